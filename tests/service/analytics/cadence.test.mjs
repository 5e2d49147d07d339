// SPDX-License-Identifier: Apache-2.0
// How units keep telling the city something, against a model that lives day by day; what is said
// on the topic, and counted again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { compiler, proto, readYaml } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';
import { chance, City, periodsOf, until, untilHolds, uuid7 } from './city.mjs';

const city = new City();
const random = chance(25);
const DAY = 86400000;
const CITY = 7 * 3600000; // ahead of UTC
const iso = (ms) => new Date(ms).toISOString();
const dayOf = (instant) => Math.floor((Date.parse(instant) + CITY) / DAY);
const text = (day) => new Date(day * DAY).toISOString().slice(0, 10);
const today = () => Math.floor((Date.now() + CITY) / DAY);
const at = (day, hour = 3) => iso(day * DAY - CITY + hour * 3600000);
const FIRST = Math.floor(Date.parse('2024-06-28') / DAY);

/** Who is there: type, first day, the first day without it. */
const UNITS = {
  VPUB: { type: 'office', from: FIRST - 4000 },
  SXD: { type: 'department', from: today() - 300 },
  SYT: { type: 'department', from: today() - 61 },
  BQL: { type: 'board', from: today() - 1 },
  SCU: { type: 'department', from: today() - 400, until: today() - 50 },
  '00070': { type: 'ward', from: FIRST },
};
const BOUND = Object.keys(UNITS).filter((code) => UNITS[code].type !== 'ward');
let said;

before(async () => {
  await city.start();
  said = await city.topics.listen(['analytics.cadence.v1']);
}, { timeout: 90000 });

after(() => city.stop());

const unitEvent = (code, { type, from, until: end }) => message('city.reference.v1', 'vn.hanoi.unit.defined.v1',
  `unit:${code}`, { kind: 'unit', code, name: { vi: `Tên ${code}`, en: `Name of ${code}` }, type,
    valid_from: at(from, 0), ...(end && { valid_to: at(end, 0) }), source: 'assumption' });

// ---- publications ----

/** All that is told of one, the last is how it stands. */
function publication(unit, day) {
  const first = { publication_id: uuid7(), version: 1 + random.upTo(3), unit, kind: 'news', language: 'vi',
    published_at: at(day, random.upTo(24)), at: at(day, 23) };
  const told = [{ type: 'published', data: first }];
  const step = (type, changes) => {
    const { data } = told.at(-1);
    told.push({ type, data: { ...data, version: data.version + 1, [`${type}_at`]: at(day + 1), at: at(day + 1), ...changes } });
  };
  if (random.next() < 0.3) step('corrected');
  if (random.next() < 0.1) step('corrected', { unit: random.pick(BOUND) }); // somebody else answers for it
  if (random.next() < 0.2) step('cancelled', { cancelled_reason: 'wrong' });
  return told;
}

const publicationEvent = ({ type, data }) => message('city.publications.v1', `vn.hanoi.publication.${type}.v1`,
  data.publication_id, data, { source: '/ihanoi/notification', time: new Date(data.at) });
const told = [];

// ---- the model: one day after the other ----

const stands = () => told.map((all) => all.at(-1)).filter(({ type }) => type !== 'cancelled').map(({ data }) => data);

function cadence(code, period = 'all') {
  const { from, until: end = Infinity } = UNITS[code];
  const start = Math.max(FIRST, from);
  const days = stands().filter((p) => p.unit === code).map((p) => dayOf(p.published_at));
  const sum = { unit: code, items: 0, windows: 0, kept: 0, missed: 0, longest_gap_days: 0 };
  let last = start - 1;
  let found = false;
  for (let day = start; day <= today() && day < end; day += 1) {
    const counts = periodsOf(at(day)).includes(period);
    const items = days.filter((d) => d === day).length;
    if (items > 0) sum.last_item_on = text(day);
    if ((day - start) % 3 === 0) found = false;
    if (counts) {
      sum.items += items;
      sum.longest_gap_days = Math.max(sum.longest_gap_days, day - last);
    }
    found ||= items > 0;
    if (counts && (day - start) % 3 === 2 && day < today()) {
      sum.windows += 1;
      sum[found ? 'kept' : 'missed'] += 1;
      if (!found) sum.last_missed_from = text(day - 2);
    }
    if (items > 0) last = day;
  }
  if (sum.windows > 0) sum.share = Math.round((sum.kept / sum.windows) * 1e6) / 1e6;
  if (sum.last_item_on) sum.days_since_last = today() - last;
  if (today() < end) sum.next_due_on = text(today() + 2 - ((today() - start) % 3) + (found ? 3 : 0));
  return sum;
}

const isBefore = (a, b) => (a.windows === 0 || b.windows === 0 ? a.windows > 0 || b.windows === 0
  : a.kept / a.windows < b.kept / b.windows
    || (a.kept * b.windows === b.kept * a.windows && a.longest_gap_days >= b.longest_gap_days));

async function answer(query = {}) {
  const { status, body } = await city.get(`/cadence?${new URLSearchParams(query)}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const numbers = ({ name, ...rest }) => rest;

async function agreesNow() {
  const all = await answer();
  assert.deepEqual(all.items.map(({ unit }) => unit).sort(), [...BOUND].sort());
  for (const item of all.items) {
    assert.deepEqual(numbers(item), cadence(item.unit));
    assert.deepEqual(item.name, { vi: `Tên ${item.unit}`, en: `Name of ${item.unit}` });
  }
  all.items.slice(1).forEach((item, i) => assert.ok(isBefore(all.items[i], item), 'the worst first'));
  for (const back of [0, 20, 45, 100, 700]) {
    const period = random.pick(periodsOf(at(today() - back)));
    const { items } = await answer({ period });
    const expected = BOUND.map((unit) => cadence(unit, period))
      .filter((c) => period === 'all' || c.longest_gap_days > 0);
    assert.deepEqual(items.map(({ unit }) => unit).sort(), expected.map(({ unit }) => unit).sort(), period);
    for (const item of items) assert.deepEqual(numbers(item), cadence(item.unit, period), period);
  }
}

const agrees = () => untilHolds('the cadence agrees with the model', agreesNow, 15000);

const lastSaid = (unit) => said.filter((event) => event.key === unit).at(-1)?.data;

/** Each unit's last word is what it is now. */
async function topicAgrees() {
  for (const unit of BOUND) {
    let data;
    await until(`${unit} is said`, () => {
      data = lastSaid(unit);
      return data && data.items === cadence(unit).items && data.kept === cadence(unit).kept;
    }, 15000).catch(() => assert.deepEqual(data, cadence(unit)));
    const { rule, as_of: asOf, cutoff, sequence, ...rest } = data;
    assert.deepEqual(rest, cadence(unit));
  }
}

test('who has the duty is judged from its first day on', { timeout: 60000 }, async () => {
  await city.topics.publish(Object.entries(UNITS).map(([code, unit]) => unitEvent(code, unit)));
  await agrees();
  await topicAgrees();
  const { items: [vpub] } = await answer({ unit: 'VPUB' });
  assert.equal(vpub.windows, Math.floor((today() - FIRST) / 3));
  assert.equal(vpub.longest_gap_days, today() - FIRST + 1);
});

test('items in any order and twice told give what each day gives', { timeout: 60000 }, async () => {
  for (const unit of [...BOUND, '00070']) {
    for (let day = today() - 120; day <= today(); day += 1) {
      if (random.next() < (unit === 'SXD' ? 0.8 : 0.3)) told.push(publication(unit, day));
    }
  }
  const events = told.flat().map(publicationEvent);
  await city.topics.publish(random.shuffle([...events, ...events.filter(() => random.next() < 0.3)]));
  await agrees();
  await topicAgrees();
});

test('what is cancelled leaves a gap; a correction closes none', { timeout: 60000 }, async () => {
  const [last] = told.filter((all) => all.at(-1).data.unit === 'SYT' && all.at(-1).type !== 'cancelled')
    .sort((a, b) => Date.parse(b[0].data.published_at) - Date.parse(a[0].data.published_at));
  const { data } = last.at(-1);
  const gone = { type: 'cancelled', data: { ...data, version: data.version + 1, cancelled_at: at(today()),
    cancelled_reason: 'duplicate', at: at(today()) } };
  const corrected = { type: 'corrected', data: { ...gone.data, version: gone.data.version - 1, corrected_at: at(today()),
    cancelled_at: undefined, cancelled_reason: undefined } };
  const items = cadence('SYT').items;
  last.push(gone);
  await city.topics.publish([gone, corrected].map(publicationEvent));
  assert.equal(cadence('SYT').items, items - 1);
  await agrees();
  await topicAgrees();
});

test('what is said is valid, rises, and is said once', { timeout: 60000 }, async () => {
  const check = compiler().getSchema('https://schemas.ihanoi.example/events/vn.hanoi.cadence.changed.v1');
  const newest = new Map();
  for (const { key, data, type } of said) {
    assert.equal(type, 'vn.hanoi.cadence.changed.v1');
    assert.ok(check(data), JSON.stringify(check.errors));
    const earlier = newest.get(key);
    const { as_of: asOf, cutoff, sequence, ...rest } = data;
    if (earlier) {
      assert.ok(sequence > earlier.sequence);
      assert.ok(Date.parse(asOf) - Date.parse(earlier.asOf) >= 900, 'at most once a second');
      assert.notDeepEqual(rest, earlier.rest);
    }
    newest.set(key, { sequence, asOf, rest });
  }
  assert.deepEqual([...newest.keys()].sort(), [...BOUND].sort());
  const count = said.length;
  await city.sql('UPDATE cadence_unit SET told_day = told_day - 1'); // as if it were midnight, and nothing new
  await until('they are looked at', async () => {
    const [{ n }] = await city.sql('SELECT count(*)::int AS n FROM cadence_unit WHERE told_day < $1 AND from_day IS NOT NULL',
      [today()]);
    return n === 0;
  }, 15000);
  assert.equal(said.length, count);
});

test('an answer names its rule and is as the contract has it', async () => {
  const openapi = addFormats(new Ajv2020({ strict: false })).addSchema(readYaml(proto('openapi', 'analytics.yaml')), 'openapi');
  const validate = openapi.getSchema('openapi#/components/schemas/Cadence');
  const body = await answer({ period: text(today()).slice(0, 7) });
  assert.ok(validate(body), JSON.stringify(validate.errors));
  assert.equal(body.rule.source, 'Công điện 05/CĐ-UBND');
  assert.equal(body.rule.valid_from, '2024-06-28');
  assert.ok(Date.parse(body.cutoff) > 0);
});

test('what cannot be asked for is told', async () => {
  for (const [query, status, code] of [['unit=00070', 404, 'no_duty'], ['unit=x', 400, undefined],
    ['period=2026-13', 400, undefined], ['by=unit', 400, undefined]]) {
    const { status: is, body } = await city.get(`/cadence?${query}`);
    assert.equal(is, status, query);
    if (code) assert.equal(body.code, code);
  }
});

test('what cannot be read goes to the dead letters', { timeout: 30000 }, async () => {
  const { data } = told[0][0];
  await city.topics.publish([
    publicationEvent({ type: 'published', data: { ...data, areas: ['00070', 'Hoàn Kiếm'] } }),
    publicationEvent({ type: 'published', data: { ...data, kind: 'alert' } }),
    message('city.publications.v1', 'vn.hanoi.news.read.v1', data.publication_id, data),
    message('city.reference.v1', 'vn.hanoi.unit.defined.v1', 'unit:SXD', { code: 'SXD', name: { vi: 'x', en: 'x' },
      type: 'sect', valid_from: at(FIRST) }),
  ]);
  await until('four dead letters', async () => {
    const rows = await city.sql('SELECT error_class, error_detail FROM dead_letter ORDER BY 1, 2');
    return rows.length === 4 && assert.deepEqual(rows.map((row) => Object.values(row).join(' ')), [
      'invalid_data areas[1]', 'invalid_data severity', 'invalid_data type', 'unknown_type type',
    ]) === undefined;
  }, 15000);
});

test('counting again gives the same, and says nothing', { timeout: 60000 }, async () => {
  await city.topics.publish([unitEvent('SXD', UNITS.SXD)]); // its name again
  await agrees();
  const count = said.length;
  await city.rebuild();
  await agrees();
  assert.equal(said.length, count);
  const [{ n }] = await city.sql('SELECT count(*)::int AS n FROM publication WHERE version = 0');
  assert.equal(n, 0);
});

test('a unit that is withdrawn is told no more', { timeout: 30000 }, async () => {
  await city.topics.publish([message('city.reference.v1', 'vn.hanoi.unit.defined.v1', 'unit:BQL', undefined)]);
  await until('the tombstone', () => said.some(({ key, data }) => key === 'BQL' && data === null), 15000);
  assert.equal((await city.get('/cadence?unit=BQL')).status, 404);
});
