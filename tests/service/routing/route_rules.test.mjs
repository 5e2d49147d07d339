// SPDX-License-Identifier: Apache-2.0
// Who must act, and why: rules that change while the city works, and rules that are only tried out.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { logPlans, scansOfLargeTables } from '../../cluster/plans.mjs';
import { Desk, HAI_PHONG, HOAN_KIEM, uuid7 } from './desk.mjs';

const desk = new Desk();
const folder = mkdtempSync(join(tmpdir(), 'ihanoi-routes-'));
const ADMIN = { role: 'administrator', sub: 'quan-tri' };
const WARD_ADMIN = { role: 'administrator', unit: '00070', sub: 'phuong' };
const OFFICE = { role: 'supervisor', unit: 'VPUB', sub: 'hanh' };
const WARD = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const FAR = { role: 'focal_point', unit: '09700', sub: 'xa' };
const CITIZEN = { role: 'citizen', sub: 'an' };

before(() => desk.start());
after(async () => {
  await desk.stop();
  rmSync(folder, { recursive: true, force: true });
});

const hanoiDay = (ahead = 0) =>
  new Date(Date.now() + 7 * 3600000 + ahead * 86400000).toISOString().slice(0, 10);

// Until running processes have read a change.
const followed = () => new Promise((resolve) => { setTimeout(resolve, 2500); });

const rule = (wishes) => ({ code: 'route-test', lead: 'SXD', from: hanoiDay(),
  source: 'QĐ 99/QĐ-UBND', reason: 'Thử.', ...wishes });

const addRule = (who, version, wishes) =>
  desk.call(who, 'POST', '/rules/routes', { version, body: rule(wishes) });

const explain = (who, id) => desk.get(who, `/cases/${id}/explain`);

const hypothetical = (wishes, who = WARD) =>
  desk.get(who, `/explain?${new URLSearchParams(wishes)}`);

// ---- why ----

test('a case says which rule routed it, and why no other', async () => {
  const found = await desk.opened(WARD, { category: 'giao-thong', level: 'normal' });
  const { status, body } = await explain(WARD, found.case_id);
  assert.equal(status, 200);
  assert.deepEqual(body.question, { process: 'onsite_report', area: '00070',
    category: 'giao-thong', level: 'normal', at: found.opened_at });
  assert.equal(body.route.rule.code, 'route-giao-thong');
  assert.equal(body.route.rule.version, 1);
  assert.equal(body.route.rule.source, 'assumption');
  assert.deepEqual(body.route.matched, ['category']);
  assert.equal(body.route.lead.code, '00070');
  assert.equal(body.route.lead.name.vi, 'Phường Hoàn Kiếm');
  assert.deepEqual(body.route.cooperating.map(({ code }) => code), ['SXD']);
  const passed = Object.fromEntries(body.route.passed_over.map((one) => [one.code, one.because]));
  assert.deepEqual(passed['route-giao-thong-urgent'], ['level']);
  assert.deepEqual(passed['route-an-ninh-trat-tu-urgent'], ['category', 'level']);
  assert.deepEqual(passed['route-hotline-ticket'], ['process']);
  assert.ok(!('route-y-te' in passed), 'less specific rules were not passed over');
  assert.equal(body.route.passed_over_left_out, 0);
  assert.equal(body.focal_point.because, 'none_named');
  assert.equal(body.opened.agrees, true);
  assert.deepEqual(body.opened.rule, found.rules.routing);
  assert.equal(body.now.unit, '00070');
  assert.equal(body.place.boundaries.approximate, true);
  assert.equal(body.place.boundaries.id, found.area_set);
  assert.deepEqual(body.place.candidates[0].unit.code, '00070');
  assert.equal(body.place.candidates[0].distance_m, 0);
});

test('who does not see a case as an official is told nothing', async () => {
  const { case_id: id } = await desk.opened(WARD, { reporter: { ref: 'an', anonymous: false } });
  assert.equal((await explain(FAR, id)).status, 404);
  assert.equal((await explain(CITIZEN, id)).status, 403);
  assert.equal((await explain(null, id)).status, 401);
  assert.equal((await explain(WARD, uuid7())).status, 404);
  assert.equal((await explain(OFFICE, id)).status, 200);
});

test('a report that somebody might file is explained by the rules of its day', async () => {
  const place = { lat: HOAN_KIEM.lat, lon: HOAN_KIEM.lon };
  const { body } = await hypothetical({ ...place, category: 'an-ninh-trat-tu' });
  assert.equal(body.question.level, 'urgent', 'the usual level of the category');
  assert.equal(body.route.lead.code, 'CATP');
  assert.equal(body.opened, undefined);
  const early = await hypothetical({ ...place, category: 'khac', at: '2020-01-01T00:00:00Z' });
  assert.equal(early.body.route.queue, 'unroutable');
  assert.ok(early.body.route.passed_over.every(({ because }) => because.includes('not_begun')));
  const nowhere = await hypothetical({ category: 'khac' });
  assert.equal(nowhere.body.place, undefined);
  assert.deepEqual(nowhere.body.route.passed_over.find(({ code }) => code === 'route-khac').because,
    ['outside']);
  const abroad = await hypothetical({ ...HAI_PHONG, category: 'khac' });
  assert.deepEqual(abroad.body.place.candidates, []);
});

test('a bad question names its faults', async () => {
  const rows = [
    [{ category: 'khac', lat: 21 }, 'lon', 'required'],
    [{ category: 'khac', lat: 91, lon: 105 }, 'lat', 'out_of_range'],
    [{ category: 'khac', lat: 'nan', lon: 105 }, 'lat', 'not_a_number'],
    [{ category: 'khac', lat: 21, lon: '0x69' }, 'lon', 'not_a_number'],
    [{}, 'category', 'required'],
    [{ category: 'x' }, 'category', 'unknown_category'],
    [{ category: 'khac', level: 'x' }, 'level', 'unknown_word'],
    [{ category: 'khac', process: 'x' }, 'process', 'unknown_process'],
    [{ category: 'khac', at: 'yesterday' }, 'at', 'bad_instant'],
  ];
  for (const [query, field, code] of rows) {
    const { status, body } = await hypothetical(query);
    assert.equal(status, 400);
    assert.deepEqual([body.errors[0].field, body.errors[0].code], [field, code]);
  }
  assert.equal((await hypothetical({ category: 'khac' }, CITIZEN)).status, 403);
});

// ---- rules change ----

test('a new rule holds within seconds; what was routed before stays explained', async () => {
  const early = await desk.opened(OFFICE, { category: 'khac' });
  assert.equal(early.unit, '00070');
  const wishes = { code: 'route-khac', category: 'khac', cooperating: ['@area'] };
  const added = await addRule(ADMIN, 1, wishes);
  assert.equal(added.status, 201, JSON.stringify(added.body));
  assert.equal(added.etag, '"2"');
  assert.equal(added.body.version, 2);
  assert.equal(added.body.valid_from, `${hanoiDay(-1)}T17:00:00.000Z`);
  await followed();
  const late = await desk.opened(OFFICE, { category: 'khac' });
  assert.equal(late.unit, 'SXD');
  assert.deepEqual(late.rules.routing,
    { code: 'route-khac', version: 2, source: 'QĐ 99/QĐ-UBND' });

  const then = (await explain(OFFICE, early.case_id)).body;
  assert.equal(then.route.rule.version, 1);
  assert.equal(then.route.lead.code, '00070');
  assert.equal(then.opened.agrees, true);
  assert.ok(then.route.passed_over.every(({ code }) => code !== 'route-khac'));
  const now = (await explain(OFFICE, late.case_id)).body;
  assert.equal(now.route.rule.version, 2);
  assert.deepEqual(now.route.cooperating.map(({ code }) => code), ['00070']);

  // Two versions never hold at once, in the tables either.
  const { rows } = await desk.db.query(`SELECT version, valid_to::text FROM route_rule
    WHERE code = 'route-khac' ORDER BY version`);
  assert.deepEqual(rows, [{ version: 1, valid_to: hanoiDay(-1) }, { version: 2, valid_to: null }]);
});

test('a repeated change is answered again, another one is stale', async () => {
  const wishes = { code: 'route-x', category: 'van-hoa', area: '00070' };
  const first = await addRule(ADMIN, 0, wishes);
  assert.equal(first.status, 201, JSON.stringify(first.body));
  const again = await addRule(ADMIN, 0, wishes);
  assert.equal(again.status, 201);
  assert.deepEqual(again.body, first.body);
  const other = await addRule(ADMIN, 0, { ...wishes, lead: 'VPUB' });
  assert.equal(other.status, 409);
  assert.deepEqual(other.body.current, { version: 1 });
  assert.equal((await addRule(ADMIN, 5, wishes)).status, 409);
  assert.equal((await addRule(ADMIN, undefined, wishes)).status, 428);
  const { rows } = await desk.db.query("SELECT count(*)::int AS n FROM route_rule WHERE code = 'route-x'");
  assert.equal(rows[0].n, 1);
});

test('of two that change one rule at once, one wins', async () => {
  const wishes = ['SXD', 'VPUB', 'CATP', 'SYT'].map((lead) =>
    ({ code: 'route-race', category: 'y-te', level: 'urgent', area: '00082', lead }));
  const answers = await Promise.all(wishes.map((one) => addRule(ADMIN, 0, one)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409]);
});

test('a rule ends, and does not come back with the reference data', async () => {
  const end = (version, body) =>
    desk.call(ADMIN, 'POST', '/rules/routes/route-van-hoa/end', { version, body });
  const today = { last_day: hanoiDay(), reason: 'Hết hiệu lực.' };
  const ended = await end(1, today);
  assert.equal(ended.status, 200, JSON.stringify(ended.body));
  assert.deepEqual(ended.body, { code: 'route-van-hoa', version: 1, last_day: hanoiDay() });
  assert.equal((await end(1, today)).status, 200);
  const later = await end(1, { ...today, last_day: hanoiDay(5) });
  assert.equal(later.status, 422);
  assert.equal(later.body.code, 'not_in_force');
  assert.equal((await end(2, today)).status, 409);
  assert.equal((await end(1, { ...today, last_day: hanoiDay(-1) })).status, 400);
  const none = await desk.call(ADMIN, 'POST', '/rules/routes/none/end', { version: 1, body: today });
  assert.equal(none.status, 404);

  const state = () => desk.db.query(`SELECT (SELECT version FROM reference_state),
    (SELECT valid_to::text FROM route_rule WHERE code = 'route-van-hoa')`);
  const [before] = (await state()).rows;
  assert.equal((await desk.verb('reference', 'load')).code, 0);
  const [loaded] = (await state()).rows;
  assert.deepEqual(loaded.valid_to, hanoiDay());
  const { rows: open } = await desk.db.query(`SELECT version FROM route_rule
    WHERE code = 'route-khac' AND valid_to IS NULL`);
  assert.deepEqual(open, [{ version: 2 }]);
  assert.equal(before.valid_to, loaded.valid_to);
});

test('what changes rules is refused in detail', async () => {
  const rows = [
    [ADMIN, { lead: 'NONE' }, 400, 'lead'],
    [ADMIN, { area: 'SXD' }, 400, 'area'],
    [ADMIN, { from: hanoiDay(-1) }, 400, 'from'],
    [ADMIN, { focal_point: 'nobody' }, 400, 'focal_point'],
    [ADMIN, { reason: undefined }, 400, 'reason'],
    [ADMIN, { code: 'route-y-te-2', category: 'y-te' }, 422],
    [WARD_ADMIN, {}, 403],
    [OFFICE, {}, 403],
    [null, {}, 401],
  ];
  for (const [who, wishes, status, field] of rows) {
    const answer = await addRule(who, 0, wishes);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    if (field) assert.equal(answer.body.errors[0].field, field);
  }
});

test('a version cannot be rewritten', async () => {
  await assert.rejects(desk.db.query("UPDATE route_rule SET lead = 'SXD' WHERE code = 'route-y-te'"),
    /is in force as it is/);
});

test('a change tells who makes it and why', async () => {
  await desk.db.query(`CREATE TABLE heard (actor text, role text, reason text);
    CREATE FUNCTION hear() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO heard SELECT current_setting('ihanoi.actor'), current_setting('ihanoi.role'),
        current_setting('ihanoi.reason');
      RETURN NULL; END $$;
    CREATE TRIGGER hear AFTER INSERT OR UPDATE ON route_rule FOR EACH ROW EXECUTE FUNCTION hear()`);
  await addRule(ADMIN, 0, { code: 'route-heard', area: '00082', category: 'khac' });
  const { rows } = await desk.db.query('SELECT * FROM heard');
  assert.deepEqual(rows, [{ actor: 'quan-tri', role: 'administrator', reason: 'Thử.' }]);
  await desk.db.query('DROP TRIGGER hear ON route_rule');
});

test('the process outweighs the area; a rule asks for a person first', async () => {
  const file = join(folder, 'people.json');
  writeFileSync(file, JSON.stringify({ focal_points: ['*', 'y-te'].map((field) => ({ unit: 'SYT',
    field, account: field === '*' ? 'chung' : 'y-te', name: 'x', email: 'x@x.example',
    valid_from: '2026-01-01' })) }));
  assert.equal((await desk.verb('focal-points', 'load', file)).code, 0);
  await followed();
  const area = await addRule(ADMIN, 0, { code: 'route-area', area: '00070', lead: 'VPUB' });
  assert.equal(area.status, 201);
  const process = await addRule(ADMIN, 0, { code: 'route-process', process: 'onsite_report',
    category: 'y-te', lead: 'SYT', focal_point: 'chung' });
  assert.equal(process.status, 201, JSON.stringify(process.body));
  await followed();
  const found = await desk.opened(OFFICE, { category: 'y-te' });
  assert.equal(found.unit, 'SYT');
  assert.equal(found.focal_point, 'chung');
  const { body } = await explain(OFFICE, found.case_id);
  assert.deepEqual(body.route.matched, ['process', 'category']);
  assert.equal(body.focal_point.because, 'rule');
  assert.deepEqual(body.focal_point.asked,
    [{ account: 'chung', field: '*', rank: 1, absent: false }]);
  // Who has left gets nothing, whatever the rule says.
  await desk.db.query("UPDATE focal_point SET valid_to = '2026-01-02' WHERE account = 'chung'");
  await followed();
  const later = await desk.opened(OFFICE, { category: 'y-te' });
  assert.equal(later.focal_point, 'y-te');
  assert.equal((await explain(OFFICE, later.case_id)).body.focal_point.because, 'rank');
  // An area's rule stands behind the process, but before the category.
  assert.equal((await desk.opened(OFFICE, { category: 'giao-duc' })).unit, 'VPUB');
  for (const code of ['route-area', 'route-process']) {
    await desk.db.query("UPDATE route_rule SET valid_to = valid_from - 1 WHERE code = $1", [code]);
  }
  await followed();
});

test('a rule whose lead has ended is passed over', async () => {
  await desk.db.query("UPDATE unit SET valid_to = '2026-01-01' WHERE code = 'SGDDT' AND valid_to IS NULL");
  await followed();
  const found = await desk.opened(OFFICE, { category: 'giao-duc' });
  assert.equal(found.queue, 'unroutable');
  assert.equal(found.rules.routing.code, 'unroutable');
  const { body } = await explain(OFFICE, found.case_id);
  const [nearest] = body.route.passed_over.filter(({ code }) => code === 'route-giao-duc');
  assert.deepEqual(nearest.because, ['lead_ended']);
  assert.equal(body.route.passed_over[0].because.length, 1);
  await desk.db.query("UPDATE unit SET valid_to = NULL WHERE code = 'SGDDT' AND valid_to = '2026-01-01'");
  await followed();
});

// ---- rules on trial ----

const tryRules = (body, who = ADMIN) => desk.call(who, 'POST', '/rules/dry-run', { body });

test('a dry run shows what would have gone elsewhere, and writes nothing', async () => {
  const from = new Date().toISOString();
  const filed = [];
  for (const [category, count] of [['giao-thong', 3], ['trat-tu-do-thi', 2], ['dien-nuoc', 1]]) {
    for (let i = 0; i < count; i += 1) {
      filed.push(await desk.opened(OFFICE, { category, location: HOAN_KIEM }));
    }
  }
  const tables = async () => (await desk.db.query(`SELECT (SELECT version FROM reference_state),
    (SELECT count(*) FROM route_rule), (SELECT count(*) FROM case_history)`)).rows;
  const before = await tables();
  const { status, body } = await tryRules({ from, rules: [
    { code: 'route-giao-thong', category: 'giao-thong', lead: 'SXD', cooperating: ['@area'] },
    { code: 'route-idle', category: 'y-te', area: '00070', lead: 'SYT' },
  ], ended: ['route-dien-nuoc'] });
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(await tables(), before);
  assert.deepEqual([body.cases, body.moved, body.whole], [6, 4, true]);
  assert.deepEqual(body.unroutable, { present: 0, proposed: 1 });
  assert.deepEqual(body.flows, [{ from: '00070', to: 'SXD', cases: 3 },
    { from: 'EVNHANOI', cases: 1 }]);
  assert.deepEqual(body.rules.sort((a, b) => (a.code < b.code ? -1 : 1)),
    [{ code: 'route-giao-thong', cases: 3 }, { code: 'route-idle', cases: 0 }]);
  assert.deepEqual(body.examples.map((example) => example.case_id), // newest first
    [...filed.slice(5), ...filed.slice(0, 3).reverse()].map((one) => one.case_id));
  const [, example] = body.examples;
  assert.deepEqual([example.from, example.from_rule.version, example.to, example.to_rule],
    ['00070', 1, 'SXD', { code: 'route-giao-thong', source: 'proposed' }]);

  const rows = [
    [{}, 400, 'rules'],
    [{ ended: ['none'] }, 400, 'ended[0]'],
    [{ rules: [{ code: 'a', lead: 'NONE' }] }, 400, 'rules[0].lead'],
    [{ ended: ['route-y-te'], from: '2027-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, 400, 'from'],
    [{ ended: ['route-y-te'], from: '2020-01-01T00:00:00Z' }, 400, 'from'],
    [{ ended: ['route-y-te'], to: '1970-01-01T00:00:00Z' }, 400, 'from'],
    [{ ended: ['route-y-te'], from: '1970-01-01T00:00:00Z', to: '1970-06-01T00:00:00Z' }, 200],
    [{ ended: ['route-y-te'], from: '1970-01-01T00:00:00Z' }, 400, 'from'],
  ];
  for (const [asked, code, field] of rows) {
    const answer = await tryRules(asked);
    assert.equal(answer.status, code, JSON.stringify(answer.body));
    assert.equal(answer.body.errors?.[0].field, field);
  }
  assert.equal((await tryRules({ ended: ['route-y-te'] }, WARD_ADMIN)).status, 403);
  assert.equal((await tryRules({ ended: ['route-y-te'] }, OFFICE)).status, 403);
});

// A city's month behind one ward: 120,000 cases, of which 3,000 must be dispatched.
async function fillTables() {
  await desk.db.query(`INSERT INTO case_current (case_id, version, process, state, phase, queue, desk,
      category, level, area, reporter, due_at, near_border, audit_pending, proposed, task_desks,
      dispatch_at)
    SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - 60000 - i * 10), 12, '0')
        || '7' || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid,
      1, 'onsite_report', 'received', 'received', 'unit', $1, 'giao-thong', 'normal', $1, 'x', now(),
      i % 40 = 0, false, false, '{}', CASE WHEN i % 40 = 0 THEN now() - i * interval '1 s' END
    FROM generate_series(1, 120000) i`, ['09700']);
  await desk.db.query(`INSERT INTO case_history (case_id, version, action, at, event_id, snapshot, hash)
    SELECT c.case_id, 1, 'open', now(), c.case_id, s.snapshot, s.hash FROM case_current c,
      (SELECT snapshot, hash FROM case_history WHERE version = 1 LIMIT 1) s WHERE c.reporter = 'x'`);
  await desk.db.query('ANALYZE case_current, case_history');
}

test('a hundred thousand cases are judged without anybody waiting, and by their index', async () => {
  await fillTables();
  await logPlans(desk, ['routing']);
  const proposal = { rules: [{ code: 'route-giao-thong', category: 'giao-thong', lead: 'SXD' }] };
  const answer = tryRules(proposal);
  const second = await tryRules(proposal);
  const waits = await desk.waitsDuring(answer);
  const { status, body } = await answer;
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(second.status, 429, 'one at a time');
  assert.deepEqual([body.cases, body.whole, body.examples.length], [100000, false, 200]);
  assert.ok(body.moved > 90000);
  const median = waits[Math.floor(waits.length / 2)];
  assert.ok(waits.length > 20 && median < 20, `${waits.length} answers, median ${median} ms`);

  assert.equal((await desk.get(OFFICE, '/dispatch')).body.items.length, 50);
  const { case_id: id } = await desk.opened(OFFICE, { location: HOAN_KIEM });
  assert.equal((await explain(OFFICE, id)).status, 200);
  await desk.stack.stopPart('routing');
  const scans = scansOfLargeTables({ stack: desk.stack });
  const seen = new Set(scans.map(({ table }) => table));
  assert.ok(seen.has('case_current') && seen.has('case_history'), 'plans were logged');
  assert.deepEqual(scans.filter(({ good }) => !good), []);
  await desk.stack.startService('routing');
});
