// SPDX-License-Identifier: Apache-2.0
// Counts and indicators against a model, whatever the order and number of the events; what is said
// on the topics; what HTTP answers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { compiler, proto, readYaml } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';
import { accept, AREAS, assign, CHANNELS, chance, City, CODES, decide, giveBack, life, Model, opened, periodsOf, RATIOS, reject,
  resolve, STATES, start, until, untilHolds } from './city.mjs';

const city = new City();
const model = new Model();
const UNITS = ['00070', '00082', 'SXD'];
const CATEGORIES = ['giao-thong', 've-sinh', 'cay-xanh'];
const SECOND = 1000;
const picked = chance(11);
let indicators;
let unitCounts;

before(async () => {
  await city.start();
  await city.name(UNITS, CATEGORIES);
  indicators = await city.topics.listen(['analytics.indicators.v1']);
  unitCounts = await city.topics.listen(['analytics.units.v1']);
}, { timeout: 90000 });

after(() => city.stop());

const told = (snapshots) => {
  snapshots.forEach((snapshot) => model.see(snapshot));
  return city.tell(snapshots);
};

const sums = ({ numerator, denominator, pending }) => ({ numerator, denominator, pending });

/** Slices of every grouping and period, some of them by chance. */
function slices() {
  const pairs = UNITS.flatMap((unit) => CATEGORIES.map((category) => ({ unit, category })));
  const singles = [{}, ...UNITS.map((unit) => ({ unit })), ...CATEGORIES.map((category) => ({ category })),
    ...AREAS.map((area) => ({ area })), ...CHANNELS.map((channel) => ({ channel })),
    ...['urgent', 'complex', 'normal'].map((level) => ({ level })), { process: 'onsite_report' },
    { process: 'reception_booking' }];
  const opening = [...model.cases.values()].map((c) => c.opened_at);
  const period = (from) => picked.pick(periodsOf(picked.pick(opening)).slice(...from));
  return [...singles, ...pairs, ...opening.length === 0 ? [] : [
    ...[...singles, ...singles].map((slice) => ({ ...slice, period: period([0]) })),
    ...[...pairs, { unit: '00070', level: 'urgent' }, { unit: '00070', process: 'onsite_report' },
      { unit: 'SXD', channel: 'app' }, { area: '00082', category: 've-sinh' }]
      .map((slice) => ({ ...slice, period: period([0, 4]) })),
  ]];
}

async function agreesNow() {
  for (const slice of slices()) {
    const { body } = await city.get(`/indicators?${new URLSearchParams(slice)}`);
    if (body.code?.startsWith('unknown_')) continue; // nothing was counted of it
    assert.deepEqual(body.items?.map((item) => item.code), CODES, JSON.stringify(body));
    for (const figure of body.items) {
      const asOf = Date.parse(figure.as_of);
      if (figure.kind === 'time') agreeTimes(figure, model.times(slice));
      else assert.deepEqual(sums(figure), model.figure(figure.code, slice, asOf), JSON.stringify(figure));
    }
  }
  for (const unit of UNITS) {
    const { body } = await city.get(`/units/${unit}`);
    const { counts, byCategory, overdue, handovers } = model.unit(unit, Date.parse(body.as_of));
    assert.deepEqual(body.counts, counts);
    assert.equal(body.overdue, overdue);
    assert.deepEqual(body.handovers, handovers);
    for (const [category, states] of Object.entries(body.by_category)) {
      assert.deepEqual(states, byCategory[category]
        ?? Object.fromEntries(STATES.map((state) => [state, 0])));
    }
    for (const category of Object.keys(byCategory)) assert.ok(body.by_category[category]);
  }
}

const within = (told, true_) => Math.abs(told - true_) <= Math.max(0.011 * true_, 0.02); // 1 %, two decimals

function agreeTimes(figure, { count, open, median, p90 }) {
  assert.deepEqual([figure.count, figure.open], [count, open], JSON.stringify(figure));
  if (count === 0) return;
  assert.ok(within(figure.median_hours, median), `${figure.median_hours} for ${median}`);
  assert.ok(within(figure.p90_hours, p90), `${figure.p90_hours} for ${p90}`);
}

const agrees = () => untilHolds('figures agree with the model', agreesNow, 15000);

const openapi = addFormats(new Ajv2020({ strict: false }))
  .addSchema(readYaml(proto('openapi', 'analytics.yaml')), 'openapi');

function isAs(name, body) {
  const validate = openapi.getSchema(`openapi#/components/schemas/${name}`);
  assert.ok(validate(body), JSON.stringify(validate.errors));
}

test('an empty city has figures without a value', async () => {
  for (const code of RATIOS) {
    const figure = await city.figure(code);
    assert.deepEqual(sums(figure), { numerator: 0, denominator: 0, pending: 0 });
    assert.equal('value' in figure, false);
    assert.equal('cutoff' in figure, false);
  }
});

test('a figure carries all that one needs to check it', async () => {
  const now = Date.now();
  const c = opened({ openedAt: now - 1000 });
  const accepted = accept(c, now, now + 86400000);
  await told([c, accepted, resolve(accepted, now)]);
  await agrees();
  const figure = await city.figure('resolved_on_time', { unit: '00070', category: 'giao-thong' });
  isAs('Figure', figure);
  isAs('Unit', (await city.get('/units/00070')).body);
  assert.equal(figure.value, 1);
  assert.equal(figure.definition_version, 2);
  assert.deepEqual(figure.dimensions, { category: 'giao-thong', unit: '00070' });
  for (const text of [figure.label.vi, figure.label.en, figure.formula.vi, figure.formula.en,
    figure.source]) assert.ok(text.length > 0);
  assert.equal(figure.cutoff, new Date(now).toISOString());
  assert.ok(Date.parse(figure.as_of) <= Date.now());
});

test('duplicates and any order give what the model gives', { timeout: 60000 }, async () => {
  for (const seed of [1, 2, 3]) {
    const random = chance(seed);
    const events = Array.from({ length: 150 },
      () => life(random, { units: UNITS, categories: CATEGORIES, days: 200 })).flat();
    const repeated = events.filter(() => random.next() < 0.3);
    await told(random.shuffle([...events, ...repeated]));
    await agrees();
  }
  await city.counted();
  const [{ n }] = await city.sql('SELECT count(*)::int AS n FROM fact');
  assert.equal(n, model.cases.size);
});

test('each hand counts where it was, and the case where it is', { timeout: 60000 }, async () => {
  const at = Date.now() - 5000;
  const c = opened({ unit: '00070', category: 've-sinh', openedAt: at });
  const before = model.unit('00082', at).handovers;
  const once = giveBack(c, at, '00082');
  const disputed = giveBack(giveBack(once, at, '00070'), at, 'VPUB');
  await told([c, once]);
  await agrees();
  await told([disputed]);
  await agrees();
  await told([decide(disputed, at, '00070')]);
  await agrees();
  const { body } = await city.get('/units/00082');
  assert.deepEqual(body.handovers, { returned: before.returned + 1, received: before.received + 1 });
  isAs('Unit', body);
});

test('open cases turn late once when their time is over, and not again by a late step',
  { timeout: 60000 }, async () => {
    const now = Date.now();
    const cases = Array.from({ length: 40 }, (_, i) => opened({
      unit: UNITS[i % 3], category: 'cay-xanh', openedAt: now, receiveDue: now + 1500 + i * 50 }));
    const acceptedOnes = cases.slice(20).map((c) => accept(c, now, now + 2000));
    await told([...cases, ...acceptedOnes]);
    // At every moment the figure lies between what is due at as_of and what is due now.
    while (Date.now() < now + 5000) {
      const figure = await city.figure('received_on_time', { category: 'cay-xanh' });
      const low = model.figure('received_on_time', { category: 'cay-xanh' }, Date.parse(figure.as_of));
      const high = model.figure('received_on_time', { category: 'cay-xanh' }, Date.now());
      if (Date.now() > now + 1000) {
        assert.ok(figure.denominator >= low.denominator && figure.denominator <= high.denominator,
          `${figure.denominator} in ${low.denominator}–${high.denominator}`);
      }
      await new Promise((done) => { setTimeout(done, 50); });
    }
    await agrees();
    const late = Date.now();
    await told([
      ...cases.slice(0, 10).map((c) => accept(c, late, late + 3600000)),
      ...cases.slice(10, 15).map((c) => reject(c, late)),
      ...acceptedOnes.slice(0, 10).map((c) => resolve(start(assign(c, late), late), late)),
    ]);
    await agrees();
  });

test('what is said on the topics is valid, rises, and is the present state',
  { timeout: 60000 }, async () => {
    const ajv = compiler('draft-07');
    const latest = (events) => new Map([...new Map(events.map((event) => [event.key, event.data]))]
      .filter(([, data]) => data !== null));
    let missing;
    await until('the topics say what HTTP says', async () => {
      const said = latest(indicators);
      for (const [key, data] of picked.shuffle([...said]).slice(0, 300)) {
        const slice = { ...data.dimensions, ...(data.period !== 'all' && { period: data.period }) };
        const now = await city.figure(data.code, slice);
        missing = `${key}: ${JSON.stringify(data)} and ${JSON.stringify(now)}`;
        if (now.numerator !== data.numerator || now.denominator !== data.denominator
          || now.median_hours !== data.median_hours) return false;
        assert.equal(key, `${data.code}|${Object.keys(slice).sort().map((name) => `${name}=${slice[name]}`).join(',')}`);
      }
      const counts = latest(unitCounts);
      for (const unit of UNITS) {
        const { body } = await city.get(`/units/${unit}`);
        missing = `${unit}: ${JSON.stringify(counts.get(unit)?.counts)} and ${JSON.stringify(body.counts)}`;
        if (JSON.stringify(counts.get(unit)?.counts) !== JSON.stringify(body.counts)) return false;
      }
      for (const unit of [undefined, ...UNITS]) { // all that the public may see, and nothing else
        const { body } = await city.get(`/indicators${unit ? `?unit=${unit}` : ''}`, { isPublic: true });
        for (const figure of body.items) {
          const there = !figure.hidden && (figure.denominator ?? figure.count) + (figure.pending ?? figure.open) > 0;
          missing = `${figure.code}|${unit ? `unit=${unit}` : ''}`;
          if (said.has(missing) !== there) return false;
        }
      }
      return true;
    }, 15000).catch((error) => assert.fail(`${error.message} (${missing})`));
    const seen = new Map();
    for (const event of [...indicators, ...unitCounts]) {
      if (event.data === null) {
        seen.delete(event.key); // not to be seen any more
        continue;
      }
      const validate = ajv.getSchema(`https://schemas.ihanoi.example/events/${event.type}`);
      assert.ok(validate(event.data), JSON.stringify(validate.errors));
      const before = seen.get(event.key);
      if (before !== undefined) {
        assert.ok(event.data.sequence > before.data.sequence, 'the sequence rises');
        const apart = Date.parse(event.headers.ce_time) - Date.parse(before.headers.ce_time);
        assert.ok(apart >= SECOND, `${event.key} was said twice within ${apart} ms`);
        const value = ({ sequence, cutoff, as_of: asOf, window, ...rest }) => JSON.stringify(rest);
        assert.notEqual(value(event.data), value(before.data), 'only changed values are said');
      }
      seen.set(event.key, event);
    }
  });

const shown = ({ member, rank, ...rest }) => sums(rest);

test('a comparison shows every member, ranks those that are enough, the best first', async () => {
  const { body } = await city.get('/comparison?code=handed_over_often&by=unit');
  isAs('Comparison', body);
  const members = new Set([...model.cases.values()].flatMap((c) => c.unit ?? []));
  assert.deepEqual(new Set(body.items.map(({ member }) => member)), members);
  for (const row of body.items) {
    assert.deepEqual(shown(row), model.figure('handed_over_often', { unit: row.member }, Date.parse(body.as_of)));
    assert.equal(row.rank === undefined, row.denominator < body.threshold);
    assert.equal(row.name.vi, `Tên ${row.member}`);
  }
  const ranked = body.items.filter(({ rank }) => rank);
  assert.ok(ranked.length >= 2);
  assert.deepEqual(ranked.map(({ value }) => value), ranked.map(({ value }) => value).sort((a, b) => a - b)); // few are good
  assert.equal(ranked[0].rank, 1);
  ranked.slice(1).forEach((row, i) => assert.equal(row.rank === ranked[i].rank, row.value === ranked[i].value));
  const month = periodsOf(new Date().toISOString())[3];
  const pair = (await city.get(`/comparison?code=processed&by=category&unit=00070&period=${month.slice(0, 4)}`)).body;
  isAs('Comparison', pair);
  for (const row of pair.items) {
    assert.deepEqual(shown(row), model.figure('processed',
      { unit: '00070', category: row.member, period: month.slice(0, 4) }, Date.parse(pair.as_of)));
  }
  const times = (await city.get('/comparison?code=resolution_time&by=area')).body;
  isAs('Comparison', times);
  for (const row of times.items) agreeTimes(row, model.times({ area: row.member }));
  const { body: { items } } = await city.get('/comparison?code=rejected&by=unit');
  assert.ok(items.length > 0 && items.every(({ rank }) => rank === undefined), 'no end is the good one');
});

test('a series tells every period, and where the units changed', async () => {
  const now = new Date(Date.now() + 7 * 3600000).toISOString();
  for (const step of ['year', 'quarter', 'month', 'week', 'day']) {
    const { body } = await city.get(`/series?code=processed&step=${step}&unit=SXD`);
    isAs('Series', body);
    assert.equal(body.items.length, 12);
    assert.equal(body.items.at(-1).period, periodsOf(new Date().toISOString())[['year', 'quarter', 'month', 'week', 'day'].indexOf(step) + 1]);
    assert.deepEqual(body.items.map(({ over }) => over), [...Array(11).fill(true), false]);
    for (const point of body.items) {
      assert.deepEqual(sums(point), model.figure('processed', { unit: 'SXD', period: point.period }, Date.parse(body.as_of)));
    }
  }
  const long = (await city.get(`/series?code=resolution_time&from=2024-06&to=${now.slice(0, 7)}&category=ve-sinh`)).body;
  isAs('Series', long);
  assert.equal(long.items[0].period, '2024-06');
  assert.deepEqual(long.breaks.map(({ at }) => at), ['2025-07-01']);
  for (const point of long.items) agreeTimes(point, model.times({ category: 've-sinh', period: point.period }));
  const pair = (await city.get('/series?code=processed&step=quarter&unit=SXD&category=ve-sinh')).body;
  for (const point of pair.items) {
    assert.deepEqual(sums(point), model.figure('processed', { unit: 'SXD', category: 've-sinh', period: point.period },
      Date.parse(pair.as_of)));
  }
  assert.deepEqual(pair.breaks, pair.items[0].period < '2025-Q3' ? long.breaks : []);
});

test('what cannot be asked for is told, field by field', async () => {
  const wrong = async (path) => {
    const { status, body } = await city.get(path);
    assert.equal(status, 400, JSON.stringify(body));
    isAs('Problem', body);
    return body.errors.map(({ field, code }) => `${field} ${code}`).join();
  };
  for (const [path, fault] of [
    ['/indicators?period=2026-13', 'period bad_period'], ['/indicators?period=2026-W54', 'period bad_period'],
    ['/indicators?unit=SXD&category=ve-sinh&period=2026-11-24', 'period not_kept'],
    ['/indicators?level=urgent&channel=app', 'channel not_kept'], ['/indicators?level=URGENT', 'level bad_code'],
    ['/indicators?unit=SXD&level=urgent&channel=app', 'channel not_kept'],
    ['/comparison', 'code required,by required'], ['/comparison?code=sipas&by=unit', 'code not_allowed'],
    ['/comparison?code=processed&by=colour', 'by not_allowed'],
    ['/comparison?code=processed&by=unit&unit=SXD', 'unit not_allowed'],
    ['/comparison?code=processed&by=level&area=00070', 'area not_kept'],
    ['/series?code=processed&step=hour', 'step not_allowed'], ['/series?code=processed&from=all', 'from bad_period'],
    ['/series?code=processed&from=2026-11&to=2026-10', 'to out_of_range'],
    ['/series?code=processed&step=day&from=2024&to=2026', 'from out_of_range'],
    ['/series?code=processed&step=day&unit=SXD&category=ve-sinh', 'step not_kept'],
    ['/series?code=processed&period=2026', 'period unknown_parameter'],
  ]) assert.equal(await wrong(path), fault, path);
});

test('the public sees no small sum, nor what would give one away', { timeout: 60000 }, async () => {
  const isHidden = (figure) => figure.hidden === true;
  const at = (await city.get('/indicators?code=placed')).body.items[0];
  const rare = opened({ unit: 'EVNHANOI', category: 'dien', openedAt: Date.now(), level: 'urgent', area: '00001' });
  await told([rare, ...['giao-thong', 've-sinh', 'giao-thong'].map((category) => (
    opened({ unit: 'EVNHANOI', category, openedAt: Date.now() })))]);
  await until('they are counted', async () => (
    (await city.get('/indicators?code=placed')).body.items[0].denominator === at.denominator + 4), 10000);
  let units;
  await until('another unit is hidden with the small one', async () => {
    units = (await city.get('/comparison?code=placed&by=unit', { isPublic: true })).body;
    return units.items.filter(isHidden).length >= 2;
  }, 15000);
  isAs('Comparison', units);
  assert.ok(units.items.find(({ member }) => member === 'EVNHANOI').hidden);
  assert.deepEqual(Object.keys(units.items.find(isHidden)).sort(), ['hidden', 'member', 'name']
    .filter((name) => name !== 'name' || units.items.find(isHidden).name));
  assert.ok(units.items.some((row) => row.denominator >= 5), 'others are seen');
  const month = periodsOf(new Date().toISOString())[3];
  for (const path of ['/indicators', `/indicators?period=${month}`, '/indicators?unit=EVNHANOI', '/indicators?unit=SXD',
    '/indicators?level=urgent&period=2026', '/indicators?unit=SXD&category=ve-sinh', '/indicators?area=00001']) {
    const { body } = await city.get(path, { isPublic: true });
    for (const figure of body.items) {
      isAs('Figure', figure);
      const of = figure.denominator ?? figure.count;
      assert.ok(figure.hidden || of === 0 || of >= 5, `${path} ${figure.code}: ${of}`);
    }
  }
  assert.ok((await city.get('/indicators?unit=EVNHANOI', { isPublic: true })).body.items.every(isHidden));
  const page = (await city.get('/units/EVNHANOI', { isPublic: true })).body;
  isAs('Unit', page);
  assert.equal(page.hidden, true);
  assert.equal(page.counts, undefined);
  const { body: series } = await city.get('/series?code=placed&unit=EVNHANOI', { isPublic: true });
  isAs('Series', series);
  const years = new Set([...model.cases.values()].map((c) => periodsOf(c.opened_at)[1])); // before, nobody has cases
  assert.ok(series.items.filter(({ period }) => years.has(period.slice(0, 4))).every(isHidden), 'months without a case too');
  for (const path of ['/indicators?unit=SXD&period=2026-11-24', '/indicators?unit=SXD&level=urgent',
    '/indicators?unit=SXD&category=ve-sinh&period=2026-11', '/comparison?code=placed&by=category&unit=SXD&period=2026',
    '/series?code=placed&step=day&unit=SXD']) {
    const { status, body } = await city.get(path, { isPublic: true });
    assert.deepEqual([status, body.code], [403, 'not_public'], path);
    assert.equal((await city.get(path)).status, 200, path);
  }
  const seen = (await city.get('/indicators?unit=EVNHANOI&code=placed')).body.items[0];
  assert.deepEqual(sums(seen), { numerator: 1, denominator: 4, pending: 0 });
  const answers = await Promise.all([true, false].map((isPublic) => city.get('/indicators', { isPublic })));
  assert.deepEqual(answers.map(({ headers }) => headers.get('cache-control')), ['public, max-age=1', 'private, max-age=1']);
  for (const { key, data } of [...indicators, ...unitCounts]) {
    if (data === null) continue;
    const of = data.denominator ?? data.count ?? Object.values(data.counts).reduce((a, b) => a + b);
    assert.ok(of === 0 || of >= 5, `${key}: ${of}`);
    assert.doesNotMatch(key, /EVNHANOI|area=00001/);
  }
});

test('poison is put aside and named, what follows is counted', async () => {
  const now = Date.now();
  const good = opened({ unit: '00082', category: 'cay-xanh', openedAt: now });
  const bad = { ...opened({ openedAt: now }), phase: 'done' };
  await city.topics.publish([
    message('city.cases.v1', 'vn.hanoi.case.opened.v1', bad.case_id, bad),
    { ...message('city.cases.v1', 'vn.hanoi.case.opened.v1', bad.case_id, bad), value: '{"case_id":' },
    message('city.cases.v1', 'vn.hanoi.weather.observed.v1', 'x', { a: 1 }),
    message('city.cases.v1', 'vn.hanoi.message.refused.v1', bad.case_id, // no step of the case: no matter here
      JSON.parse(readFileSync('proto/examples/vn.hanoi.message.refused.v1/minimal.json', 'utf8')).data),
  ]);
  await told([good]);
  await agrees();
  await until('three dead letters', async () => {
    const rows = await city.sql('SELECT error_class, error_detail FROM dead_letter ORDER BY 1, 2');
    return JSON.stringify(rows.map((row) => [row.error_class, row.error_detail])) === JSON.stringify(
      [['invalid_data', 'invalid_json'], ['invalid_data', 'phase'], ['unknown_type', 'type']]);
  }, 10000);
});

test('a unit has its newest name, also when it is withdrawn', async () => {
  const unit = (name) => message('city.reference.v1', 'vn.hanoi.unit.defined.v1', 'unit:00070', {
    kind: 'unit', code: '00070', name, type: 'ward', valid_from: '2025-06-30T17:00:00.000Z',
    source: 'assumption' });
  await city.topics.publish([unit({ vi: 'Cũ', en: 'Old' }),
    unit({ vi: 'Phường Hoàn Kiếm', en: 'Hoan Kiem Ward' }),
    { topic: 'city.reference.v1', key: 'unit:00070' }]);
  await until('the name is here', async () => {
    const { body } = await city.get('/units/00070');
    return body.name.en === 'Hoan Kiem Ward' && body.name.vi === 'Phường Hoàn Kiếm';
  }, 10000);
});

test('what is not there is told', async () => {
  assert.equal((await city.get('/units/99999')).body.code, 'unknown_unit');
  assert.equal((await city.get('/units/99999')).status, 404);
  assert.equal((await city.get('/indicators?unit=99999')).status, 404);
  assert.equal((await city.get('/indicators?category=x')).body.code, 'unknown_category');
  const { status, body } = await city.get('/indicators?code=sipas');
  isAs('Problem', body);
  assert.equal(status, 400);
  assert.equal(body.errors[0].field, 'code');
});

test('definitions are told in two languages', async () => {
  const { status, body } = await city.get('/definitions');
  assert.equal(status, 200);
  assert.deepEqual(body.items.filter(({ subject }) => subject === 'cases').map((item) => item.code), CODES);
  for (const item of body.items) isAs('Definition', item);
});
