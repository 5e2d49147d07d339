// SPDX-License-Identifier: Apache-2.0
// Units and their people change over HTTP, by day; every change is kept and told.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { compiler } from '../../contract/contracts.mjs';
import { BA_VI, Desk } from './desk.mjs';

const desk = new Desk();
const folder = mkdtempSync(join(tmpdir(), 'ihanoi-people-'));
const ADMIN = { role: 'administrator', sub: 'quang' };
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const CHIEF = { role: 'supervisor', unit: '00070', sub: 'truong' };
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'tuyet' };
const OFFICER = { role: 'officer', unit: '00070', sub: 'binh' };
const FAR = { role: 'supervisor', unit: '09700', sub: 'xa' };
const CITIZEN = { role: 'citizen', sub: 'an' };
const REFERENCE = new URL('../../../services/routing/reference/', import.meta.url);
const CATEGORIES = new URL('categories.json', REFERENCE);
const reason = 'Quyết định 12/QĐ-UBND';

// Days in Hanoi, from today on.
const day = (n) => new Date(Date.now() + 7 * 3600000 + n * 86400000).toISOString().slice(0, 10);
const told = (key) => desk.events.filter((e) => e.topic === 'city.reference.v1' && e.key === key);
const unit = async (code, who = ADMIN) => (await desk.get(who, `/units/${code}`)).body;

// A change on the version that the unit is at.
async function change(who, code, what, body, version) {
  const seen = version ?? Number((await desk.get(ADMIN, `/units/${code}`)).etag?.replaceAll('"', '') ?? 1);
  return desk.call(who, 'POST', `/units/${code}/${what}`, { version: seen, body: { reason, ...body } });
}

function create(code, wishes = {}, key) {
  const body = { code, type: 'board', parent: 'HN', name: { vi: `Ban ${code}`, en: `Board ${code}` },
    from: day(0), source: 'QĐ 1', reason, ...wishes };
  return desk.call(ADMIN, 'POST', '/units', { body, headers: key ? { 'idempotency-key': key } : {} });
}

const person = (account, wishes = {}) => ({ field: '*', account, name: `Bà ${account}`,
  email: `${account}@hoankiem.ihanoi.example`, from: day(0), ...wishes });

// The case of a report filed now, once the desk knows what has changed.
async function focalPointOfNewCase(wanted, wishes) {
  for (let tries = 0; ; tries += 1) {
    const found = await desk.opened(CHIEF, wishes);
    if (found.focal_point === wanted || tries === 20) return found.focal_point;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

before(() => desk.start());
after(async () => {
  await desk.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a day long past shows the units of that day', async () => {
  const { body } = await desk.get(null, '/units?at=2025-06-30');
  const count = (...types) => body.items.filter((u) => types.includes(u.type)).length;
  assert.equal(body.at, '2025-06-30');
  assert.equal(count('district'), 30);
  assert.equal(count('ward', 'commune', 'township'), 526);
  assert.equal(body.items.find((u) => u.code === '00004').name.vi, 'Phường Trúc Bạch');
  const next = (await desk.get(null, '/units?at=2025-07-01')).body;
  assert.equal(next.items.filter((u) => ['ward', 'commune'].includes(u.type)).length, 126);
  assert.equal(next.items.filter((u) => u.type === 'district').length, 0);
  const bad = await desk.get(null, '/units?at=2025-02-30');
  assert.equal(bad.status, 400);
  assert.equal(bad.body.errors[0].field, 'at');
});

test('a unit is created once, and is told', async () => {
  const first = await create('BAN-A', {}, 'key-a');
  assert.equal(first.status, 201, first.text);
  assert.equal(first.location, '/api/routing/units/BAN-A');
  const again = await create('BAN-A', {}, 'key-a');
  assert.deepEqual(again, first);
  assert.equal((await create('BAN-A', { reason: 'khác' }, 'key-a')).status, 422);
  const twice = await create('BAN-A');
  assert.equal(twice.status, 409);
  assert.equal(JSON.parse(twice.text).code, 'unit_exists');
  await desk.said('the board', (e) => e.key === 'unit:BAN-A');
  assert.equal(told('unit:BAN-A')[0].data.name.en, 'Board BAN-A');
});

const tellsUnit = compiler('2020-12').getSchema('https://schemas.ihanoi.example/events/vn.hanoi.unit.defined.v1');

test('a district is registered, and told with its heir', async () => {
  const made = await create('QUAN-A', { type: 'district', name: { vi: 'Quận A', en: 'District A' } });
  assert.equal(made.status, 201, made.text);
  const merged = await change(ADMIN, 'QUAN-A', 'merge', { into: '00004', also: ['00008'], from: day(1) });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  const [{ data }] = await desk.said('its heir', (e) => e.key === 'unit:QUAN-A' && e.data.successor);
  assert.ok(tellsUnit(data), JSON.stringify(tellsUnit.errors));
  assert.deepEqual([data.type, data.successor], ['district', '00004']);
  assert.equal(data.valid_to, new Date(Date.parse(`${day(1)}T00:00+07:00`)).toISOString());
});

test('a district that ended before anybody was told of it is told once it has an heir', async () => {
  assert.deepEqual(told('unit:002'), []);
  const files = join(folder, 'reference');
  cpSync(REFERENCE, files, { recursive: true });
  const file = join(files, 'successors.json');
  const loaded = JSON.parse(readFileSync(file, 'utf8'));
  loaded.successors = [{ former: '002', current: '00070', main: true },
    { former: '002', current: '00082', main: false }];
  writeFileSync(file, JSON.stringify(loaded));
  const done = await desk.verb('reference', 'load', files);
  assert.equal(done.code, 0, done.stderr);
  const [{ data }] = await desk.said('the district', (e) => e.key === 'unit:002');
  assert.ok(tellsUnit(data), JSON.stringify(tellsUnit.errors));
  assert.deepEqual([data.type, data.valid_to, data.successor],
    ['district', '2025-06-30T17:00:00.000Z', '00070']);
  assert.deepEqual(told('unit:001'), []);
});

test('a bad creation is told which field is wrong', async () => {
  const rows = [
    [{ parent: 'NOWHERE' }, 'parent'], [{ from: day(-1) }, 'from'], [{ from: '2026-13-01' }, 'from'],
    [{ type: 'township' }, 'type'], [{ type: 'city' }, 'type'], [{ code: 'ban b' }, 'code'],
    [{ name: { vi: 'Ban' } }, 'name.en'], [{ last_day: day(-1) }, 'last_day'], [{ reason: '' }, 'reason'],
    [{ reason: undefined }, 'reason'], [{ source: undefined }, 'source'], [{ boss: 1 }, 'boss'],
  ];
  for (const [wishes, field] of rows) {
    const answer = await create('BAN-B', wishes);
    assert.equal(answer.status, 400, `${field}: ${answer.text}`);
    assert.deepEqual(JSON.parse(answer.text).errors.map((e) => e.field), [field]);
  }
});

test('only administrators change units, and the version guards each change', async () => {
  for (const [who, status] of [[CHIEF, 403], [OFFICER, 403], [CITIZEN, 403], [null, 401]]) {
    assert.equal((await change(who, 'BAN-A', 'end', { last_day: day(9) })).status, status);
  }
  const ofWard = { role: 'administrator', unit: '00070', sub: 'phuong' };
  assert.equal((await change(ofWard, 'BAN-A', 'end', { last_day: day(9) })).status, 404);
  const missing = await desk.call(ADMIN, 'POST', '/units/BAN-A/end', { body: { last_day: day(9), reason } });
  assert.equal(missing.status, 428);
  const { version } = await unit('BAN-A');
  const name = { vi: 'Ban A mới', en: 'New Board A' };
  const body = { from: day(3), name, source: 'QĐ 2' };
  const done = await change(ADMIN, 'BAN-A', 'alter', body, version);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal(done.etag, `"${version + 1}"`);
  const again = await change(ADMIN, 'BAN-A', 'alter', body, version);
  assert.deepEqual(again.body, done.body);
  const stale = await change({ ...ADMIN, sub: 'other' }, 'BAN-A', 'alter', body, version);
  assert.equal(stale.status, 409);
  assert.equal(stale.body.code, 'stale_version');
  assert.deepEqual(stale.body.current, { version: version + 1 });
  const { periods, name: now } = await unit('BAN-A');
  assert.deepEqual(now, { vi: 'Ban BAN-A', en: 'Board BAN-A' });
  assert.deepEqual(periods.map((p) => [p.from, p.last_day]), [[day(0), day(2)], [day(3), undefined]]);
  const later = (await desk.get(null, `/units?at=${day(3)}`)).body.items.find((u) => u.code === 'BAN-A');
  assert.deepEqual(later.name, name);
});

test('of many who change one version at once, one wins', async () => {
  const { version } = await unit('BAN-A');
  const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((sub) => ({ ...ADMIN, sub }));
  await Promise.all(people.map((who) => desk.token(who)));
  const answers = await Promise.all(people.map((who, i) => change(who, 'BAN-A', 'head',
    { account: `head-${i}`, name: 'Ông', from: day(0) }, version)));
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409, 409, 409, 409, 409]);
  assert.equal((await unit('BAN-A')).version, version + 1);
});

test('what cannot be is refused with its reason', async () => {
  await create('BAN-C', { parent: 'BAN-A', from: day(1) });
  const rows = [
    ['HN', 'end', { last_day: day(9) }, 422, 'unit_needed'],
    ['VPUB', 'merge', { into: 'SXD', from: day(9) }, 422, 'unit_needed'],
    ['HN', 'alter', { from: day(1), parent: 'SXD', source: 'x' }, 400, 'parent'],
    ['BAN-A', 'end', { last_day: day(9) }, 422, 'unit_has_children'],
    ['BAN-A', 'alter', { from: day(2), parent: 'BAN-C', source: 'x' }, 400, 'parent'],
    ['BAN-A', 'merge', { into: 'BAN-A', from: day(9) }, 400, 'into'],
    ['BAN-A', 'merge', { into: 'SXD', also: ['SYT', 'SXD'], from: day(9) }, 400, 'also[1]'],
    ['BAN-A', 'merge', { into: 'GONE', from: day(9) }, 400, 'into'],
    ['BAN-C', 'alter', { from: day(0), source: 'x' }, 422, 'unit_not_valid'],
    ['NOWHERE', 'end', { last_day: day(9) }, 404, 'unit_not_found'],
    ['BAN-A', 'focal-points', person('x', { field: 'bong-da' }), 400, 'field'],
    ['BAN-A', 'focal-points', person('x', { email: 'x@' }), 400, 'email'],
    ['BAN-A', 'focal-points', person('x', { rank: 0 }), 400, 'rank'],
    ['BAN-A', 'focal-points/end', { field: '*', account: 'x', last_day: day(1) }, 422, 'nothing_to_end'],
    ['BAN-A', 'absences', { account: 'x', from: day(0), last_day: day(1) }, 400, 'account'],
    ['BAN-A', 'absences/end', { account: 'x', from: day(0), back_on: day(1) }, 422, 'nothing_to_end'],
  ];
  for (const [code, what, body, status, expected] of rows) {
    const answer = await change(ADMIN, code, what, body);
    assert.equal(answer.status, status, `${code} ${what}: ${JSON.stringify(answer.body)}`);
    assert.equal(status === 400 ? answer.body.errors[0].field : answer.body.code, expected);
  }
  const dropped = await change(ADMIN, 'BAN-C', 'end', { last_day: day(0) });
  assert.equal(dropped.status, 204);
  assert.equal((await desk.get(ADMIN, '/units/BAN-C')).status, 404);
  assert.equal((await change(ADMIN, 'BAN-A', 'end', { last_day: day(9) })).status, 200);
});

test('a planned merger may be planned anew, with another heir', async () => {
  await create('BAN-D');
  const heirs = async (into, also) => {
    const merged = await change(ADMIN, 'BAN-D', 'merge', { into, also, from: day(3) });
    assert.equal(merged.status, 200, JSON.stringify(merged.body));
    return merged.body.successors.map((heir) => `${heir.unit} ${heir.main}`).sort();
  };
  assert.deepEqual(await heirs('SXD', ['SYT']), ['SXD true', 'SYT false']);
  assert.deepEqual(await heirs('SYT', ['SXD']), ['SXD false', 'SYT true']);
  assert.deepEqual(await heirs('VPUB', []), ['VPUB true']);
});

test('a head is named, told to officials whole and to the public by name', async () => {
  const head = { account: 'dung', name: 'Phạm Tuấn Dũng', email: 'dung@hoankiem.ihanoi.example' };
  assert.equal((await change(CHIEF, '00070', 'head', { ...head, from: day(0) })).status, 403);
  assert.equal((await change(ADMIN, '00070', 'head', { ...head, from: day(0) })).status, 200);
  const next = { account: 'hoa', name: 'Vũ Thị Hoa', from: day(5) };
  assert.equal((await change(ADMIN, '00070', 'head', next)).status, 200);
  const seen = await unit('00070', OFFICER);
  assert.deepEqual(seen.head, { ...head, from: day(0), last_day: day(4) });
  assert.deepEqual(seen.heads.map((h) => h.account), ['dung', 'hoa']);
  assert.deepEqual(seen.parents.map((p) => p.code), ['HN']);
  assert.ok(seen.predecessors.length > 1); // the communes of before 2025-07-01
  assert.ok(seen.predecessors.every((p) => p.from === '2025-07-01'));
  await desk.said('the head', (e) => e.key === 'unit:00070' && e.data.head?.account === 'dung');
  for (const who of [null, CITIZEN]) {
    const open = await unit('00070', who);
    assert.deepEqual(open.head, { name: head.name, from: day(0), last_day: day(4) });
    assert.ok(!/"account"|@/.test(JSON.stringify(open)));
  }
  assert.equal((await change(ADMIN, '00070', 'head/end', { last_day: day(-1) })).status, 200);
  assert.equal((await unit('00070')).head, undefined);
});

test('the first one present gets the cases, and absences end when somebody is back', async () => {
  assert.equal((await change(FAR, '00070', 'focal-points', person('tuyet'))).status, 404);
  assert.equal((await change(CHIEF, '00070', 'focal-points', person('tuyet'))).status, 200);
  const second = await change(CHIEF, '00070', 'focal-points', person('lan', { rank: 2 }));
  assert.deepEqual(second.body.focal_points.map((p) => [p.account, p.rank, p.on_duty]),
    [['tuyet', 1, true], ['lan', 2, true]]);
  assert.equal(await focalPointOfNewCase('tuyet'), 'tuyet');

  const away = { account: 'tuyet', from: day(0), last_day: day(6) };
  assert.equal((await change({ ...FOCAL, sub: 'lan' }, '00070', 'absences', away)).status, 403);
  assert.equal((await change(FOCAL, '00070', 'absences', away)).status, 200);
  assert.equal(await focalPointOfNewCase('lan'), 'lan');
  const { case_id: id } = await desk.opened(CHIEF);
  assert.deepEqual((await desk.get(CHIEF, `/cases/${id}/explain`)).body.focal_point, { account: 'lan',
    because: 'substitute', asked: [{ account: 'tuyet', field: '*', rank: 1, absent: true },
      { account: 'lan', field: '*', rank: 2, absent: false }] });
  const seen = await unit('00070', OFFICER);
  assert.deepEqual(seen.absences, [away]);
  assert.deepEqual(seen.fields, ['*']);
  const key = 'focal_point:00070:*:tuyet';
  await desk.said('the absence', (e) => e.key === key && e.data?.absences?.length === 1);
  assert.equal(told('focal_point:00070:*:lan').at(-1).data.rank, 2);

  const back = { account: 'tuyet', from: day(0), back_on: day(0) };
  assert.equal((await change(CHIEF, '00070', 'absences/end', back)).status, 200);
  assert.equal(await focalPointOfNewCase('tuyet'), 'tuyet');
  assert.equal((await change(CHIEF, '00070', 'focal-points/end',
    { field: '*', account: 'tuyet', last_day: day(-1) })).status, 200);
  await desk.said('the withdrawal', (e) => e.key === key && e.data === null);
  assert.equal(await focalPointOfNewCase('lan'), 'lan');
});

test('a key tells of the term that is not over, not of one that is planned', async () => {
  const key = 'focal_point:00070:y-te:giang';
  await change(CHIEF, '00070', 'focal-points', person('giang', { field: 'y-te', last_day: day(2) }));
  await change(CHIEF, '00070', 'focal-points', person('giang', { field: 'y-te', from: day(5), rank: 4 }));
  await desk.said('the term', (e) => e.key === key);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  assert.ok(told(key).every(({ data }) => data.rank === 1 && data.valid_to !== undefined));
  await change(CHIEF, '00070', 'focal-points/end', { field: 'y-te', account: 'giang', last_day: day(-1) });
  await desk.said('its withdrawal', (e) => e.key === key && e.data === null);
});

test('coverage tells where nobody gets the cases', async () => {
  const { body } = await desk.get(CHIEF, '/focal-points/coverage');
  assert.deepEqual([body.units, body.covered, body.items], [1, 1, []]);
  await change(CHIEF, '00070', 'absences', { account: 'lan', from: day(0), last_day: day(0) });
  await change(CHIEF, '00070', 'focal-points', person('chi', { field: 'y-te' }));
  const found = await desk.said('chi', (e) => e.key === 'focal_point:00070:y-te:chi');
  assert.equal(found.length, 1);
  const now = (await desk.get(CHIEF, '/focal-points/coverage')).body;
  assert.equal(now.covered, 0);
  assert.equal(now.day, day(0));
  assert.deepEqual(now.items[0].nobody, []);
  const fields = JSON.parse(readFileSync(CATEGORIES)).categories.map(({ code }) => code);
  assert.deepEqual(now.items[0].away.toSorted(), fields.filter((code) => code !== 'y-te').toSorted());
  assert.ok(!now.items[0].away.includes('y-te'));
  const all = (await desk.get(AUDITOR, '/focal-points/coverage')).body;
  assert.deepEqual(all.items.find((item) => item.unit === 'SYT').nobody, ['*']);
  assert.equal((await desk.get(AUDITOR, '/focal-points/coverage?unit=00070')).body.units, 1);
  assert.equal((await desk.get(FAR, '/focal-points/coverage?unit=00070')).status, 404);
  assert.equal((await desk.get(CITIZEN, '/focal-points/coverage')).status, 403);
});

const sets = () => desk.events.filter((e) => e.key?.startsWith('unit_set:'));

test('a ward under a new name does not divide the city anew', async () => {
  const name = { vi: 'Phường Cửa Nam mới', en: 'New Cua Nam Ward' };
  const altered = await change(ADMIN, '00082', 'alter', { from: day(0), name, source: 'QĐ 3' });
  assert.equal(altered.status, 200, JSON.stringify(altered.body));
  await desk.said('the name', (e) => e.key === 'unit:00082' && e.data.name.en === name.en);
  await create('BAN-E'); // told after whatever the new name would have brought
  await desk.said('the board', (e) => e.key === 'unit:BAN-E');
  assert.deepEqual(sets().map((e) => e.key), ['unit_set:126-units', 'unit_set:30-districts']);
});

test('a merged unit keeps its closed cases; the open ones and new reports go to the successor', async () => {
  const { case_id: open } = await desk.opened(CHIEF);
  const { case_id: id } = await desk.opened(CHIEF);
  const no = await desk.act({ ...CHIEF, role: 'administrator' }, id, 'reject', 1,
    { reason: { class: 'unclear', text: 'Ở đâu?' } });
  assert.equal(no.status, 200, JSON.stringify(no.body));
  const { case_id: helped } = await desk.opened(ADMIN, { location: BA_VI });
  assert.equal((await desk.act(ADMIN, helped, 'add_task', 1, { unit: '00070' })).status, 200);
  const merged = await change(ADMIN, '00070', 'merge', { into: '00082', also: ['00004'], from: day(0) });
  assert.equal(merged.status, 200, JSON.stringify(merged.body));
  assert.deepEqual(merged.body.successors.filter((s) => s.from === day(0)),
    [{ unit: '00082', from: day(0), main: true }, { unit: '00004', from: day(0), main: false }]);
  assert.deepEqual(merged.body.focal_points.filter((p) => p.on_duty), []);
  await desk.said('the end', (e) => e.key === 'unit:00070' && e.data?.successor === '00082');
  assert.ok(told('unit:00070').every((e) => e.data !== null));

  const heir = { role: 'supervisor', unit: '00082', sub: 'thua-ke' };
  const kept = await desk.get(heir, `/cases/${id}`);
  assert.equal(kept.status, 200);
  assert.equal(kept.body.unit, '00070');
  assert.ok((await desk.get(heir, '/cases?unit=00070&state=rejected&limit=200')).body.items
    .some((item) => item.case_id === id));
  await desk.said('the succession', (e) => e.key === open && e.data.action === 'succeed');
  const handed = (await desk.get(heir, `/cases/${open}`)).body;
  assert.deepEqual([handed.unit, handed.state, handed.rules.routing.code],
    ['00082', 'received', 'unit-succession']);
  await desk.said('its part', (e) => e.key === helped && e.data.action === 'succeed_task');
  assert.deepEqual((await desk.get(heir, `/cases/${helped}`)).body.tasks.map((t) => [t.unit, t.state]),
    [['00082', 'open']]);
  const due = desk.eventsOf(open).map((e) => e.data.receive_due);
  assert.deepEqual(new Set(due).size, 1);
  assert.equal((await desk.get(heir, `/cases/${id}/history`)).status, 200);
  assert.equal((await desk.get(FAR, `/cases/${id}`)).status, 404);
  const next = await desk.opened(heir);
  assert.deepEqual([next.unit, next.area], ['00082', '00082']);
  const gone = (await desk.get(null, '/units')).body.items.find((u) => u.code === '00070');
  assert.equal(gone, undefined);
  assert.ok((await desk.get(null, `/units?at=${day(-1)}`)).body.items.some((u) => u.code === '00070'));
  assert.ok((await unit('00082', null)).predecessors.some((p) => p.unit === '00070' && p.main));
});

test('a merger ends the division of the city before it, which is told with the heir', async () => {
  const [{ data: now }] = await desk.said('what is left', (e) => e.key === 'unit_set:125-units');
  assert.equal(now.areas.length, 125);
  assert.ok(!('valid_to' in now) && !now.areas.some(({ code }) => code === '00070'));
  const before = told('unit_set:126-units').at(-1).data;
  assert.equal(before.valid_to, new Date(`${day(0)}T00:00+07:00`).toISOString());
  assert.equal(before.areas.length, 126);
  assert.deepEqual(before.areas.filter((area) => area.successor), [{ code: '00070', successor: '00082' }]);
  assert.equal(told('unit_set:30-districts').length, 1);
});

test('loading the reference data again leaves changes of people alone', async () => {
  assert.equal((await desk.verb('reference', 'load')).code, 0);
  assert.equal((await unit('00070')).last_day, day(-1));
  const file = join(folder, 'people.json');
  const mai = { unit: '00082', field: '*', account: 'mai', name: 'Mai', valid_from: '2026-01-01',
    email: 'mai@cuanam.ihanoi.example', rank: 2 };
  writeFileSync(file, JSON.stringify({ focal_points: [mai],
    absences: [{ unit: '00082', account: 'mai', valid_from: day(0), valid_to: day(1) }] }));
  const { version } = await unit('00082');
  assert.equal((await desk.verb('focal-points', 'load', file)).code, 0);
  const seen = await unit('00082');
  assert.ok(seen.version > version);
  assert.deepEqual(seen.focal_points.map((p) => [p.account, p.rank, p.on_duty]), [['mai', 2, false]]);
  writeFileSync(file, JSON.stringify({ focal_points: [{ ...mai, valid_from: '2026-02-01' }] }));
  const twice = await desk.verb('focal-points', 'load', file);
  assert.equal(twice.code, 1);
  assert.match(twice.stderr, /valid twice on a day/);
});

test('every change is kept with who made it and why, and cannot be undone in the tables', async () => {
  const { body } = await desk.get(AUDITOR, '/reference/changes?key=00070&limit=200');
  const kinds = new Set(body.items.map((item) => item.kind));
  for (const kind of ['unit', 'unit_head', 'unit_successor', 'focal_point', 'absence']) {
    assert.ok(kinds.has(kind), kind);
  }
  const [ended] = body.items.filter((item) => item.kind === 'unit');
  assert.deepEqual(ended.actor, { ref: 'quang', role: 'administrator' });
  assert.equal(ended.reason, reason);
  assert.equal(ended.before.valid_to, null);
  assert.equal(ended.after.valid_to, day(-1));
  const [dropped] = body.items.filter((item) => item.key === '00070:tuyet');
  assert.equal(dropped.kind, 'absence');
  assert.equal(dropped.actor.ref, 'truong');
  assert.equal(dropped.after, undefined);

  const loaded = await desk.get(AUDITOR, '/reference/changes?kind=focal_point&key=00082:*:mai');
  assert.equal(loaded.body.items.length, 1);
  assert.equal(loaded.body.items[0].actor.role, 'operator');
  assert.equal(loaded.body.items[0].reason, 'routing focal-points load');

  const pages = [];
  let cursor = '';
  do {
    const page = (await desk.get(ADMIN, `/reference/changes?kind=route_rule&limit=7${cursor}`)).body;
    pages.push(...page.items.map((item) => item.id));
    cursor = page.next && `&cursor=${page.next}`;
  } while (cursor);
  const { rows } = await desk.db.query("SELECT count(*)::int AS n FROM reference_change WHERE kind = 'route_rule'");
  assert.equal(pages.length, rows[0].n);
  assert.equal(new Set(pages).size, pages.length);
  assert.equal((await desk.get(ADMIN, '/reference/changes?cursor=x')).status, 400);
  assert.equal((await desk.get(CHIEF, '/reference/changes')).status, 403);
  assert.equal((await desk.get({ ...AUDITOR, unit: '00082' }, '/reference/changes')).status, 403);
  for (const sql of ['DELETE FROM reference_change', "UPDATE reference_change SET reason = 'x'",
    'TRUNCATE reference_change']) {
    await assert.rejects(desk.db.query(sql), /only ever added to/);
  }
});

test('what is told fits its schema', () => {
  const ajv = compiler('2020-12');
  for (const { data, headers, key, topic } of desk.events) {
    if (topic === 'city.reference.v1' && data !== null) {
      const check = ajv.getSchema(`https://schemas.ihanoi.example/events/${headers.ce_type}`);
      assert.ok(check(data), `${key}: ${JSON.stringify(check.errors)}`);
    }
  }
});
