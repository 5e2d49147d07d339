// SPDX-License-Identifier: Apache-2.0
// Figures across 1/7/2025: in the areas of today, in the districts of their days, and never the two as one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { compiler, proto, readYaml } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';
import { DEMO_KEY } from '../../../deploy/local/stack.mjs';
import { chance, City, CODES, life, Model, periodsOf, RATIOS, until, untilHolds } from './city.mjs';

const city = new City();
const UNITS = ['00070', '00082', 'SXD'];
const CATEGORIES = ['giao-thong', 've-sinh'];
const LAST_DAY = Date.parse('2025-06-30T17:00:00Z'); // and it is over
const random = chance(61);

/** Former code -> [district, area of today]. 00004 was Trúc Bạch and is Ba Đình; 00097 came from two districts. */
const FORMER = { '00001': ['001', '00097'], '00004': ['001', '00004'], '00037': ['002', '00097'], '00070': ['002', '00070'] };
const TODAY = ['00004', '00070', '00097'];
const DISTRICTS = ['001', '002'];

const former = (moved = {}) => ({ code: '2-districts', valid_to: new Date(LAST_DAY).toISOString(), source: 'assumption',
  districts: DISTRICTS.map((code) => ({ code, name: { vi: `Quận ${code}`, en: `District ${code}` } })),
  areas: Object.entries({ ...FORMER, ...moved }).map(([code, [district, successor]]) => ({ code, district, successor })) });
const present = { code: '3-units', source: '19/2025/QĐ-TTg', areas: TODAY.map((code) => ({ code })) };
const setEvent = (data, code = data.code) => message('city.reference.v1', 'vn.hanoi.unit_set.published.v1', `unit_set:${code}`, data);

const openapi = addFormats(new Ajv2020({ strict: false })).addSchema(readYaml(proto('openapi', 'analytics.yaml')), 'openapi');
const isAs = (name, body) => {
  const validate = openapi.getSchema(`openapi#/components/schemas/${name}`);
  assert.ok(validate(body), JSON.stringify([validate.errors, body]));
};

/** A case as it is to be counted. */
const placed = (snapshot, sets) => {
  const [district, area] = Date.parse(snapshot.opened_at) < LAST_DAY ? sets[snapshot.area] ?? [] : [undefined, snapshot.area];
  return { ...snapshot, district, area: area ?? snapshot.area };
};

const lives = Array.from({ length: 400 }, () => {
  const snapshots = life(random, { units: UNITS, categories: CATEGORIES, now: Date.parse('2025-07-20T03:00:00Z'), days: 300 });
  const codes = Date.parse(snapshots[0].opened_at) < LAST_DAY ? Object.keys(FORMER) : TODAY;
  const area = random.next() < 0.95 ? random.pick(codes) : undefined;
  return snapshots.map((snapshot) => (area ? { ...snapshot, area } : (({ area: _, ...rest }) => rest)(snapshot)));
}).flat();
const asCounted = (sets) => {
  const model = new Model();
  lives.forEach((snapshot) => model.see(placed(snapshot, sets)));
  return model;
};

const sums = ({ numerator, denominator, pending }) => ({ numerator, denominator, pending });
const PERIODS = ['all', '2024', '2025', '2025-Q2', '2025-06', '2025-07', '2025-06-30', '2025-07-01', '2025-W27'];

async function agree(model) {
  const members = [...DISTRICTS.map((district) => ({ district })), ...TODAY.map((area) => ({ area }))];
  for (const member of members) {
    for (const period of PERIODS) {
      const { status, body } = await city.get(`/indicators?${new URLSearchParams({ ...member, period })}`);
      assert.equal(status, 200, JSON.stringify(body));
      for (const figure of body.items.filter(({ code }) => RATIOS.includes(code))) {
        assert.deepEqual(sums(figure), model.figure(figure.code, { ...member, period }, Date.parse(figure.as_of)),
          JSON.stringify(figure));
      }
    }
  }
}

const becomesTrue = (model) => untilHolds('figures agree with the model', () => agree(model), 20000);

before(async () => {
  await city.start();
  await city.name(UNITS, CATEGORIES);
}, { timeout: 90000 });
after(() => city.stop());

test('while nobody told how the city is divided, an area is what it is called, and figures name no set', async () => {
  await city.tell(lives);
  await city.counted();
  const { body } = await city.get('/indicators?code=processed_of_all&area=00037');
  assert.ok(body.items[0].denominator > 0);
  assert.deepEqual(body.items[0].unit_sets, []);
  assert.equal((await city.get('/indicators?code=processed_of_all&district=001')).body.code, 'unknown_district');
});

test('when it is told, what was counted before is counted again', { timeout: 60000 }, async () => {
  const isValid = compiler('draft-07').getSchema('https://schemas.ihanoi.example/events/vn.hanoi.unit_set.published.v1');
  assert.ok(isValid(former()) && isValid(present), JSON.stringify(isValid.errors));
  await city.topics.publish([setEvent(former()), setEvent(present)]);
  await becomesTrue(asCounted(FORMER));
  const { body } = await city.get('/comparison?code=processed_of_all&by=area');
  assert.deepEqual(body.items.filter(({ denominator }) => denominator > 0).map(({ member }) => member).sort(), TODAY);
});

test('what comes late is counted where it was', { timeout: 60000 }, async () => {
  const more = life(random, { units: UNITS, categories: CATEGORIES, now: Date.parse('2025-05-05T03:00:00Z'), days: 10 })
    .map((snapshot) => ({ ...snapshot, area: '00037' }));
  lives.push(...more);
  await city.tell(more);
  await becomesTrue(asCounted(FORMER));
});

test('districts are compared among themselves, with their names, up to 30/6/2025', async () => {
  const model = asCounted(FORMER);
  for (const period of ['all', '2025', '2025-06']) {
    const { body } = await city.get(`/comparison?code=processed_of_all&by=district&period=${period}`);
    isAs('Comparison', body);
    assert.deepEqual(body.unit_sets, ['2-districts']);
    assert.deepEqual(body.items.map(({ member }) => member).sort(), DISTRICTS);
    for (const item of body.items) {
      assert.equal(item.name.en, `District ${item.member}`);
      assert.equal(item.denominator, model.figure('processed_of_all', { district: item.member, period }, Date.now()).denominator);
    }
  }
  const { body } = await city.get('/comparison?code=processed_of_all&by=district&period=2025-07');
  assert.deepEqual([body.unit_sets, body.items.filter(({ denominator }) => denominator > 0)], [[], []]);
});

test('every figure names the units that it is of', async () => {
  const both = ['2-districts', '3-units'];
  for (const [query, sets] of [[{}, ['3-units']], [{ area: '00097', period: '2025-03' }, ['3-units']],
    [{ district: '001' }, ['2-districts']], [{ unit: 'SXD', period: '2025-06' }, ['2-districts']],
    [{ unit: 'SXD', period: '2025-07' }, ['3-units']], [{ unit: 'SXD' }, both], [{ unit: 'SXD', period: '2025' }, both]]) {
    const { body } = await city.get(`/indicators?${new URLSearchParams(query)}`);
    isAs('Figure', body.items[0]);
    assert.equal(body.items.length, CODES.length);
    body.items.forEach((figure) => assert.deepEqual(figure.unit_sets, sets, JSON.stringify(query)));
    const explained = (await city.get(`/explain?${new URLSearchParams({ code: 'processed', ...query })}`)).body;
    isAs('Explanation', explained);
    assert.deepEqual(explained.unit_sets, sets);
  }
  assert.deepEqual((await city.get('/units/SXD')).body.unit_sets, both);
});

test('a series across the change is marked, and each of its points names its units', async () => {
  const { body } = await city.get('/series?code=processed_of_all&unit=SXD&from=2025-05&to=2025-08');
  isAs('Series', body);
  assert.deepEqual(body.breaks.map(({ at }) => at), ['2025-07-01']);
  assert.deepEqual(body.items.map(({ unit_sets: sets }) => sets.join()), ['2-districts', '2-districts', '3-units', '3-units']);
  const ofArea = (await city.get('/series?code=processed_of_all&area=00097&from=2025-05&to=2025-08')).body;
  assert.match(ofArea.breaks[0].why.en, /not quite the same area/);
  const ofDistrict = (await city.get('/series?code=processed_of_all&district=002&from=2025-05&to=2025-08')).body;
  assert.deepEqual(ofDistrict.items.map(({ unit_sets: sets, denominator }) => [sets.length, denominator > 0]),
    [[1, true], [1, true], [0, false], [0, false]]);
});

test('the cases behind a figure of a district are as many as it says', async () => {
  const figure = await city.figure('processed_of_all', { district: '002', period: '2025-05' });
  const { body } = await city.get('/cases?code=processed_of_all&part=denominator&district=002&period=2025-05&limit=200');
  assert.equal(body.items.length, figure.denominator);
  assert.ok(figure.denominator > 0);
});

test('tables have the district and the sets behind', async () => {
  const answer = await fetch(`${city.stack.url('analytics')}/api/analytics/comparison?code=processed&by=district&format=csv`,
    { headers: { 'x-api-key': DEMO_KEY } });
  const [head, ...lines] = (await answer.text()).trim().split('\r\n');
  assert.match(head, /,cutoff,district,unit_sets,receive_rule,resolve_rule$/);
  assert.deepEqual(lines.map((line) => line.split(',').slice(-4, -2).join()).sort(), DISTRICTS.map((code) => `${code},2-districts`));
});

/** What the public is shown of districts gives no small part of an area away. */
async function publicSeesNoSmallPart() {
  const cases = [...asCounted(FORMER).cases.values()].filter(({ kind }) => kind !== 'reception_booking');
  for (const period of ['all', '2025', '2025-Q2', '2025-05']) {
    const within = cases.filter((c) => periodsOf(c.opened_at).includes(period));
    const { body } = await city.get(`/comparison?code=processed_of_all&by=district&period=${period}`, { isPublic: true });
    const shown = body.items.filter(({ hidden }) => !hidden);
    assert.ok(shown.length === 0 || shown.length === DISTRICTS.length, 'all or none');
    const parts = Map.groupBy(within.filter(({ district }) => district), ({ area, district }) => `${area} ${district}`);
    const small = [...parts.values()].some((part) => part.length < 5);
    if (small) assert.equal(shown.length, 0, period);
  }
  const { body } = await city.get('/comparison?code=processed_of_all&by=district', { isPublic: true });
  assert.deepEqual(body.items.map(({ hidden }) => hidden ?? false), [false, false]);
}

test('the public sees districts where that gives no small part of an area away', { timeout: 60000 }, async () => {
  await untilHolds('no small part is seen', publicSeesNoSmallPart, 20000); // what came late has made parts that were not there
  assert.equal((await city.get('/indicators?code=processed_of_all&district=001&area=00097', { isPublic: true })).status, 403);
});

test('topics tell districts and sets', { timeout: 30000 }, async () => {
  const isValid = compiler('draft-07').getSchema('https://schemas.ihanoi.example/events/vn.hanoi.indicator.changed.v1');
  let told;
  await until('a district is told', async () => {
    told = (await city.topics.read(['analytics.indicators.v1'])).filter(({ key }) => String(key) === 'processed_of_all|district=001');
    return told.length > 0;
  }, 20000);
  const data = JSON.parse(told.at(-1).value);
  assert.ok(isValid(data), JSON.stringify(isValid.errors));
  assert.deepEqual([data.dimensions, data.unit_sets], [{ district: '001' }, ['2-districts']]);
});

test('a division that is put right, and one that is told again', { timeout: 60000 }, async () => {
  const number = async () => (await city.sql('SELECT number FROM unit_set_change'))[0].number;
  const before_ = await number();
  await city.topics.publish([setEvent(former()), setEvent(present)]);
  const moved = { '00001': ['002', '00004'] };
  await city.topics.publish([setEvent(former(moved))]);
  await becomesTrue(asCounted({ ...FORMER, ...moved }));
  assert.equal(BigInt(await number()), BigInt(before_) + 1n, 'what is told again changes nothing');
  const said = await city.rebuild('--check');
  assert.match(said, /0 differ/);
});

test('a division that is withdrawn leaves areas as they are called', { timeout: 60000 }, async () => {
  await city.topics.publish([message('city.reference.v1', 'vn.hanoi.unit_set.published.v1', 'unit_set:2-districts', undefined)]);
  await until('nothing is in a district', async () => (await city.sql('SELECT FROM fact WHERE district IS NOT NULL')).length === 0, 20000);
  const unmapped = Object.fromEntries(Object.keys(FORMER).map((code) => [code, [undefined, code]]));
  await becomesTrue(asCounted(unmapped));
});

test('what is no division is a dead letter', { timeout: 30000 }, async () => {
  await city.topics.publish([setEvent({ ...present, areas: [{ code: '00004' }, { code: '00004' }] })]);
  await until('it is put aside', async () => {
    const letters = await city.topics.read(['city.reference.v1.analytics.dlq']);
    return letters.some(({ headers }) => JSON.stringify([...headers].map(String)).includes('invalid_data'));
  }, 20000);
});
