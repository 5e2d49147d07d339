// SPDX-License-Identifier: Apache-2.0
// Where figures come from: what they are made of, and the cases behind them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { DEMO_KEY } from '../../../deploy/local/stack.mjs';
import { logPlans, scansOfLargeTables } from '../../cluster/plans.mjs';
import { proto, readYaml } from '../../contract/contracts.mjs';
import { AREAS, CHANNELS, chance, City, CODES, life, Model, opened, periodsOf, rate, accept, resolve, until } from './city.mjs';

const city = new City();
const model = new Model();
const UNITS = ['00070', '00082', 'SXD'];
const CATEGORIES = ['giao-thong', 've-sinh'];
const LIVES = 150;
const picked = chance(29);

const openapi = addFormats(new Ajv2020({ strict: false })).addSchema(readYaml(proto('openapi', 'analytics.yaml')), 'openapi');
function isAs(name, body) {
  const validate = openapi.getSchema(`openapi#/components/schemas/${name}`);
  assert.ok(validate(body), JSON.stringify([validate.errors, body]));
}

const told = (snapshots) => {
  snapshots.forEach((snapshot) => model.see(snapshot));
  return city.tell(snapshots);
};

before(async () => {
  await city.start();
  await city.name(UNITS, CATEGORIES);
  const random = chance(7);
  // Nothing is due while it is looked at.
  const now = Date.now() - 7200000;
  await told(Array.from({ length: LIVES }).flatMap(() => life(random, { units: UNITS, categories: CATEGORIES, now, days: 60 })));
  await city.counted();
}, { timeout: 90000 });
after(() => city.stop());

const get = async (path, query, options) => {
  const answer = await city.get(`${path}?${new URLSearchParams(query)}`, options);
  return { ...answer, query: JSON.stringify(query) };
};

async function listed(query) {
  const items = [];
  let cursor = '';
  do {
    const { status, body } = await get('/cases', { ...query, cursor, limit: picked.pick([1, 7, 50, 200]) });
    assert.equal(status, 200, JSON.stringify(body));
    isAs('CasesOfFigure', body);
    items.push(...body.items);
    cursor = body.next;
  } while (cursor !== undefined);
  assert.equal(new Set(items.map((item) => item.case_id)).size, items.length, 'none twice');
  return items;
}

function slices() {
  const opening = [...model.cases.values()].map((c) => c.opened_at);
  const period = () => ({ period: picked.pick(periodsOf(picked.pick(opening))) });
  const month = () => ({ period: periodsOf(picked.pick(opening)).find((text) => /^\d{4}-\d\d$/.test(text)) });
  return [{}, period(), { unit: 'SXD' }, { unit: '00070', ...period() }, { category: 've-sinh' }, { area: AREAS[0], ...period() },
    { channel: CHANNELS[1] }, { level: 'urgent' }, { process: 'onsite_report' },
    { receive_rule: 'receive@2', ...month() }, { resolve_rule: 'resolve-urgent@1' }, { unit: '00082', category: 'giao-thong' },
    { unit: '00070', level: 'urgent', ...month() }];
}

test('there are as many cases behind a figure as it says', { timeout: 120000 }, async () => {
  for (const slice of slices()) {
    for (const code of [...CODES, 'handovers_per_case', 'resolution_time']) {
      const figure = await city.figure(code, slice);
      const query = { code, ...slice };
      const many = figure.kind === 'time' ? [figure.count, figure.count, figure.open]
        : [figure.numerator, figure.denominator, figure.pending];
      for (const [i, part] of ['numerator', 'denominator', 'pending'].entries()) {
        const { status, body } = await get('/cases', { ...query, part });
        if (status === 400) {
          assert.deepEqual(body.errors.map((e) => `${e.field} ${e.code}`), ['part not_allowed']);
          assert.equal(many[i], 0, `${code} ${part}`);
          continue;
        }
        const items = await listed({ ...query, part });
        const sum = code === 'handovers_per_case' && part === 'numerator'
          ? items.reduce((all, item) => all + item.amount, 0) : items.length;
        assert.equal(sum, many[i], `${code} ${part} ${JSON.stringify(slice)}`);
        for (const item of items) if (slice.unit) assert.equal(item.unit, slice.unit);
      }
    }
  }
});

test('a case behind a figure is the one that was told', async () => {
  const items = await listed({ code: 'resolved_on_time', part: 'numerator' });
  const { body } = await get('/explain', { code: 'resolved_on_time' });
  assert.ok(items.length > 0);
  for (const item of items) {
    const known = model.cases.get(item.case_id);
    assert.equal(item.opened_on, periodsOf(known.opened_at).at(-1));
    assert.equal(item.unit, known.unit);
    assert.equal(item.state, 'resolved');
    assert.ok(item.counters.includes(body.parts[0].counters[0].counter));
  }
  assert.deepEqual(items.map((item) => item.opened_on), items.map((item) => item.opened_on).sort().reverse());
});

test('an explanation names the versions of the rules, and how many cases of the city each was for', async () => {
  const cases = [...model.cases.values()].filter((c) => c.kind !== 'reception_booking');
  const byRule = (name, within) => Object.fromEntries([...Map.groupBy(cases.filter((c) => c.rules[name] && within(c)),
    (c) => `${c.rules[name].code}@${c.rules[name].version}`)].map(([rule, of]) => [rule, of.length]));
  const month = periodsOf(cases[0].opened_at).find((text) => /^\d{4}-\d\d$/.test(text));
  for (const [code, name] of [['received_on_time', 'receive'], ['resolved_on_time', 'resolve']]) {
    for (const period of ['all', month, periodsOf(cases[0].opened_at).at(-1)]) { // of a day: its month
      const { body } = await get('/explain', { code, period });
      isAs('Explanation', body);
      assert.deepEqual(Object.fromEntries(body.rules.applied.map(({ rule, cases: n }) => [rule, n])),
        byRule(name, (c) => period === 'all' || periodsOf(c.opened_at).includes(month)), `${code} ${period}`);
    }
  }
  const { body } = await get('/explain', { code: 'resolved_on_time' }, { isPublic: true });
  for (const { rule, cases: n } of body.rules.applied) assert.ok(n === undefined || n >= 5, rule);
  assert.equal((await get('/explain', { code: 'processed' })).body.rules.applied, undefined);
});

test('figures are kept apart by the versions of rules', async () => {
  const { body } = await get('/comparison', { code: 'resolved_on_time', by: 'resolve_rule' });
  isAs('Comparison', body);
  assert.ok(body.items.length >= 4, JSON.stringify(body.items));
  for (const { member, denominator } of body.items) {
    assert.equal(denominator, model.figure('resolved_on_time', { resolve_rule: member }, Date.now()).denominator, member);
  }
  for (const rule of ['receive', 'Receive@1', 'receive@', 'receive@x', 'receive@12345678901']) {
    const { status, body: bad } = await get('/indicators', { receive_rule: rule });
    assert.deepEqual([status, bad.errors?.[0].field], [400, 'receive_rule'], rule);
  }
});

test('an explanation adds up to the figure', async () => {
  for (const slice of slices()) {
    for (const code of CODES) {
      const figure = await city.figure(code, slice);
      const { status, body } = await get('/explain', { code, ...slice });
      assert.equal(status, 200, JSON.stringify(body));
      isAs('Explanation', body);
      for (const name of ['value', 'numerator', 'denominator', 'pending', 'count', 'open', 'formula', 'dimensions', 'cutoff']) {
        assert.deepEqual(body[name], figure[name], name);
      }
      for (const { part, sum, counters, less } of body.parts) {
        const add = (list) => list.reduce((all, { number }) => all + number, 0);
        assert.equal(add(counters) - add(less), sum);
        if (figure.kind !== 'time') assert.equal(sum, figure[part]);
      }
      assert.equal(body.disclosure.state, 'shown');
      assert.equal(body.rules.known[0].version, figure.definition_version);
      if (figure.kind === 'share') {
        const left = body.left_out.filter(({ reason }) => reason !== 'appointments').reduce((all, { number }) => all + number, 0);
        const all = (await city.figure('processed_of_all', slice)).denominator;
        assert.equal(left + figure.denominator, all, 'what was counted is in it, or was left out');
      }
    }
  }
  const { body } = await get('/explain', { code: 'processed', unit: 'SXD', level: 'urgent', period: 'all' });
  assert.deepEqual([body.sums.dimensions, body.sums.kept_by], [['unit', 'level'], 'month']);
});

test('what is hidden is not explained away', async () => {
  const unit = 'STC', category = 'cay-xanh', at = Date.now() - 3600000;
  await told(Array.from({ length: 4 }).flatMap(() => {
    const c = opened({ unit, category, openedAt: at }), accepted = accept(c, at, at + 86400000);
    return [c, accepted, resolve(accepted, at + 1)];
  }));
  await until('they are counted', async () => (await city.figure('processed', { category }).catch(() => null))?.denominator === 4, 20000);
  const hidden = (await get('/explain', { code: 'processed', category }, { isPublic: true })).body;
  isAs('Explanation', hidden);
  assert.equal(hidden.disclosure.state, 'hidden');
  assert.deepEqual(['parts', 'left_out', 'numerator', 'denominator'].filter((name) => name in hidden), []);
  assert.equal('cells' in hidden.sums, false);
  const { status, body } = await get('/explain', { code: 'processed', unit, category, period: '2026-11' }, { isPublic: true });
  assert.deepEqual([status, body.code], [403, 'not_public']);
});

test('a sum that may be seen does not tell of fewer', async () => {
  const category = 'chieu-sang', at = Date.now() - 3600000;
  await told(Array.from({ length: 60 }).flatMap((_, i) => {
    const c = opened({ unit: '00070', category, openedAt: at }), accepted = accept(c, at, at + 86400000);
    const resolved = resolve(accepted, at + 1);
    return [c, accepted, resolved, ...(i < 3 ? [rate(resolved, at + 2, i ? 'satisfied' : 'dissatisfied')] : [])];
  }));
  await until('they are counted', async () => (
    await city.figure('rating_response', { category }).catch(() => null))?.denominator === 60, 20000);
  const ask = async (isPublic) => (await get('/explain', { code: 'rating_response', category }, { isPublic })).body;
  const shown = await until('it is public', async () => {
    const found = await ask(true);
    return found.disclosure.state === 'shown' && found;
  }, 20000);
  assert.equal(shown.numerator, 3);
  assert.deepEqual(shown.parts.map((part) => [part.part, part.sum, 'counters' in part]),
    [['numerator', 3, false], ['denominator', 60, true]]);
  assert.deepEqual((await ask(false)).parts[0].counters.map(({ number }) => number), [2, 0, 1]);
});

test('inputs to an assessment lead to their evidence, and are never the index', { timeout: 60000 }, async () => {
  const names = /SIPAS|PAR[ -]?INDEX/i;
  const follow = async (path) => (await city.get(path.replace('/api/analytics', ''))).body;
  for (const code of ['sipas', 'par-index']) {
    for (const slice of [{}, { unit: '00070' }, { unit: '00082', category: 'giao-thong' }]) {
      const { status, body } = await get(`/assessments/${code}`, slice);
      assert.equal(status, 200, JSON.stringify(body));
      isAs('AssessmentInputs', body);
      assert.match(body.notice.en, /^Inputs to a self-assessment; not /);
      for (const { known, figure, evidence } of body.items) {
        assert.deepEqual([figure !== undefined, evidence !== undefined], [known, known]);
        if (!known) continue;
        assert.doesNotMatch(JSON.stringify(figure), names);
        const explained = await follow(evidence.explain);
        assert.deepEqual([explained.numerator, explained.denominator], [figure.numerator, figure.denominator]);
        assert.deepEqual(explained.dimensions, body.dimensions);
        for (const part of ['numerator', 'denominator']) {
          const { items } = await follow(`${evidence[part]}&limit=200`);
          assert.equal(items.length, Math.min(200, figure[part]), evidence[part]);
        }
      }
    }
  }
  const { body } = await get('/assessments/sipas', {});
  assert.deepEqual(body.items.filter((item) => item.known).map((item) => item.criterion), Array(6).fill('feedback'));
  assert.equal(new Set(body.items.map((item) => item.criterion)).size, 6);
  assert.equal((await get('/assessments/766', {})).body.code, 'unknown_assessment');
});

test('inputs are a table, too, and hide what is hidden', async () => {
  const url = `${city.stack.url('analytics')}/api/analytics/assessments/par-index`;
  const lines = (await (await fetch(`${url}?format=csv`, { headers: { 'x-api-key': DEMO_KEY } })).text()).split('\r\n');
  assert.equal(lines.length, 1 + 8 + 3 + 1, 'names, criteria of which nothing is known, figures');
  assert.ok(lines.slice(1, -1).every((line) => line.includes('Inputs to a self-assessment; not the PAR INDEX.')));
  const { body } = await get('/assessments/sipas', { unit: 'SXD', category: 've-sinh', period: '2024-07' }, { isPublic: true });
  assert.equal(body.code, 'not_public');
  const hidden = (await get('/assessments/sipas', { category: 'cay-xanh' }, { isPublic: true })).body;
  for (const { figure } of hidden.items) assert.ok(figure === undefined || figure.hidden === true);
});

test('cases are listed for those who see all', async () => {
  const query = { code: 'processed', part: 'numerator' };
  assert.equal((await get('/cases', query, { isPublic: true })).status, 401);
  for (const [bad, field] of [[{ code: 'processed' }, 'part required'], [{ ...query, part: 'all' }, 'part not_allowed'],
    [{ ...query, code: 'deliveries_sent' }, 'code not_allowed'], [{ ...query, cursor: 'x' }, 'cursor bad_cursor'],
    [{ ...query, limit: 201 }, 'limit out_of_range'], [{ part: 'pending' }, 'code required']]) {
    const { status, body } = await get('/cases', bad);
    assert.equal(status, 400, JSON.stringify(bad));
    assert.equal(`${body.errors[0].field} ${body.errors[0].code}`, field);
  }
  assert.equal((await get('/cases', { ...query, unit: 'NOWHERE' })).status, 404);
  assert.equal((await get('/explain', { code: 'processed', unit: 'NOWHERE' })).status, 404);
});

test('cases are found without reading all of them', { timeout: 60000 }, async () => {
  // A city of many cases, so that reading them all would not be the cheapest plan.
  await city.sql(`INSERT INTO fact (id, subject, version, day, marks, bucket, body, unit, category)
    SELECT gen_random_uuid(), 0, 1, 19000 + n % 700, 1 << 9, -1, '', 'SYT', 'y-te' FROM generate_series(1, 30000) n`);
  await city.sql('ANALYZE fact');
  await logPlans(city, ['analytics']);
  await until('it answers', async () => (await city.get('/dimensions')).status === 200, 20000);
  for (const query of [{}, { unit: 'SXD' }, { unit: 'SXD', period: '2026-11' }, { category: 've-sinh', period: '2026' }]) {
    const { body } = await get('/cases', { code: 'rejected', part: 'numerator', ...query });
    if (body.next) await get('/cases', { code: 'rejected', part: 'numerator', cursor: body.next, ...query });
  }
  // Of 30,000 that are none, so many are looked at for a page.
  const { body } = await get('/cases', { code: 'rejected', part: 'numerator', period: '2022' });
  assert.equal(body.items.length, 0);
  assert.ok(body.next);
  const scans = scansOfLargeTables(city).filter(({ statement }) => statement.includes('matches'));
  assert.ok(scans.length > 0);
  for (const { scan, good } of scans) assert.ok(good && scan.includes('fact_case_day'), scan);
});
