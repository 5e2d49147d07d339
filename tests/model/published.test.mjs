// SPDX-License-Identifier: Apache-2.0
// The numbers that were published in 2024, replayed day by day: analytics tells the same totals, and the rates that follow
// from them, also where the printed ones do not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { City } from './city.mjs';
import { HOANG_MAI, history, ONSITE, PROCEDURES, STAGES } from './published.mjs';

const city = new City();
const stages = history();

before(async () => {
  await city.start();
  await city.stack.startService('analytics');
}, { timeout: 120000 });

after(() => city.stop());

const figure = async (code, slice = {}) => (await city.get(`/indicators?${new URLSearchParams({ code, ...slice })}`)).items[0];
const onsite = { process: 'onsite_report' };
const procedure = { process: 'procedure_report' };
/** As a report prints it. */
const percent = (value, digits) => `${(100 * value).toFixed(digits)}%`;
const sameAs = (text, value) => assert.equal(percent(value, text.match(/[.](\d+)/)?.[1].length ?? 0), text);

/** Cases of units by what a report calls them. */
async function standing(units) {
  const sum = { waiting: 0, working: 0, overdue: 0 };
  for (const { counts, overdue } of await Promise.all(units.map((unit) => city.get(`/units/${unit}`)))) {
    sum.waiting += counts.received;
    sum.working += counts.accepted + counts.assigned + counts.in_progress;
    sum.overdue += overdue;
  }
  return sum;
}

async function totals(slice, units) {
  const [processed, rejected] = [await figure('processed_of_all', slice), await figure('rejected', slice)];
  return { all: processed.denominator, done: processed.numerator, rejected: rejected.numerator, ...await standing(units) };
}

const known = (totals_, published) => Object.fromEntries(Object.keys(published).map((name) => [name, totals_[name]]));

/** Told to the end of the day, and counted. */
async function reach(day) {
  for (;;) {
    const { value: stage } = stages.next();
    await city.fill([stage.lines.join('')]);
    if (stage.day === day) break;
  }
  await city.counted(60000);
}

for (const { day, published } of STAGES) {
  test(`${day}: the totals are the published ones`, { timeout: 120000 }, async () => {
    await reach(day);
    const { all, done, onsite: reports = {}, procedure: procedures } = published;
    assert.deepEqual(known(await totals(onsite, ONSITE), reports), reports);
    if (procedures) assert.deepEqual(known(await totals(procedure, [PROCEDURES]), procedures), procedures);
    const whole = await figure('processed_of_all');
    if (all) assert.equal(whole.denominator, all);
    if (done) assert.equal(whole.numerator, done);
    if (published.rated) assert.equal((await figure('satisfied', onsite)).denominator, published.rated);
    for (const [name, code] of [['processed', 'processed_of_all'], ['rejected', 'rejected'], ['satisfied', 'satisfied'],
      ['pleased', 'satisfied_or_accepting']]) {
      if (published[name]) sameAs(published[name], (await figure(code, onsite)).value);
    }
    await checks[day]?.();
  });
}

/** What was published wrongly, or only for all, and other ways to the same totals. */
const checks = {
  '2024-07-23': async () => {
    const { value } = await figure('processed_of_all');
    sameAs('61.8%', value); // 523 of 846
    for (let inTime = 0; inTime <= 523; inTime += 1) assert.notEqual(percent(inTime / 523, 2), '97.45%');
  },
  '2024-08-31': async () => {
    const { numerator, denominator, value } = await figure('processed_of_all', { unit: HOANG_MAI });
    assert.deepEqual([numerator, denominator], [150, 302]);
    sameAs('49.67%', value); // not 61.31 %
    const { items } = await city.get('/comparison?code=processed_of_all&by=unit');
    assert.equal(items.find(({ member }) => member === HOANG_MAI).value, value);
  },
  '2024-09-11': async () => {
    const { overdue, waiting, working } = await standing(ONSITE);
    const { denominator: all } = await figure('processed_of_all', onsite);
    assert.deepEqual([overdue, all], [69, 5700]);
    sameAs('1.21%', overdue / all); // not 0.02 %
    sameAs('27.7%', (waiting + working) / all); // not 29 %
    sameAs('69.1%', (await figure('processed_of_all', onsite)).value);
    const { numerator, denominator, pending } = await figure('resolved_on_time', onsite);
    assert.deepEqual([numerator, denominator, pending], [3940, 3940 + 69, working - 69]);
  },
  '2024-11-21': async () => {
    const all = await figure('processed_of_all', onsite);
    assert.deepEqual([all.numerator, all.denominator], [19871, 23910]);
    const { numerator, denominator, value } = await figure('processed', onsite);
    assert.deepEqual([numerator, denominator], [19871, 23910 - 1501]);
    sameAs('88.7%', value);
    sameAs('16.5%', (await figure('processed_of_all', procedure)).value);
    sameAs('34.5%', (await figure('processed', procedure)).value); // 307 of 891
    const { counts: { withdrawn } } = await city.get(`/units/${PROCEDURES}`);
    assert.equal(withdrawn, 5);
    await months();
  },
};

/** Cases belong to the day on which they were opened: what was told up to 31/10 is what the months up to then hold. */
async function months() {
  const { items } = await city.get('/series?code=processed_of_all&step=month&from=2024-06&to=2024-11&process=onsite_report');
  const opened = items.map(({ denominator }) => denominator);
  assert.equal(opened.reduce((sum, n) => sum + n, 0), 23910);
  assert.equal(opened.at(-1), 23910 - 17083);
  const days = await city.get('/series?code=processed_of_all&step=day&from=2024-11-01&to=2024-11-21&process=onsite_report');
  assert.ok(days.items.every(({ denominator }) => Math.abs(denominator - 325) <= 2), 'about 325 a day');
}
