// SPDX-License-Identifier: Apache-2.0
// Reference data: what is loaded, what of it is told, and that running processes follow a change.
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { compiler } from '../../contract/contracts.mjs';
import { Desk, submission } from './desk.mjs';

const REFERENCE = 'services/routing/reference';
const desk = new Desk();
const folder = mkdtempSync(join(tmpdir(), 'ihanoi-reference-'));
const OFFICE = { role: 'supervisor', unit: 'VPUB', sub: 'hanh' };

const told = (key) => desk.events.filter((e) => e.topic === 'city.reference.v1' && e.key === key);
const loaded = (name) => JSON.parse(readFileSync(join(REFERENCE, name), 'utf8'));

before(() => desk.start());
after(async () => {
  await desk.stop();
  rmSync(folder, { recursive: true, force: true });
});

// A copy of the reference data with one file changed.
function changed(name, change) {
  for (const file of readdirSync(REFERENCE)) {
    if (/json$/.test(file)) copyFileSync(join(REFERENCE, file), join(folder, file));
  }
  const document = loaded(name);
  change(document);
  writeFileSync(join(folder, name), JSON.stringify(document));
}

test('units, categories and promises are told once, parents first', async () => {
  await desk.said('the last promise', (e) => e.key?.startsWith('promise:'));
  const ajv = compiler('2020-12');
  const events = desk.events.filter((e) => e.topic === 'city.reference.v1');
  for (const { data, headers, key } of events) {
    const check = ajv.getSchema(`https://schemas.ihanoi.example/events/${headers.ce_type}`);
    assert.ok(check(data), `${key}: ${JSON.stringify(check.errors)}`);
  }
  const keys = events.map((e) => e.key);
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keys.filter((key) => /^unit:\d{5}$/.test(key)).length, 126);
  assert.equal(keys.filter((key) => key.startsWith('category:')).length, 21);
  assert.ok(keys.indexOf('unit:HN') < keys.indexOf('unit:SNNMT'));
  assert.ok(keys.indexOf('unit:SNNMT') < keys.indexOf('unit:VPDKDD'));
});

test('the city is told as it is divided, and as it was until 2025-06-30', async () => {
  const sets = desk.events.filter((e) => e.key?.startsWith('unit_set:'));
  assert.deepEqual(sets.map((e) => e.key), ['unit_set:126-units', 'unit_set:30-districts']);
  const [now, then] = sets.map((e) => e.data);
  assert.deepEqual(Object.keys(now), ['code', 'source', 'areas']);
  assert.equal(now.source, '19/2025/QĐ-TTg');
  assert.equal(now.areas.length, 126);
  assert.ok(now.areas.every((area) => Object.keys(area).join() === 'code'));
  assert.equal(then.valid_to, '2025-06-30T17:00:00.000Z');
  assert.equal(then.source, 'vietnamadminunits 1.0.4 (units before 2025-07-01)');
  assert.equal(then.areas.length, 526);
  assert.equal(then.districts.length, 30);
  assert.deepEqual(then.districts[0], { code: '001', name: { vi: 'Quận Ba Đình', en: 'Ba Dinh Urban District' } });
  const districts = new Set(then.districts.map(({ code }) => code));
  const areas = new Set(now.areas.map(({ code }) => code));
  assert.ok(then.areas.every((area) => districts.has(area.district) && areas.has(area.successor)));
  assert.ok(Buffer.byteLength(JSON.stringify(then)) < 40000); // of 64 KiB at most
  // Truc Bach, whose code is Ba Dinh's since.
  assert.deepEqual(then.areas.find(({ code }) => code === '00004'),
    { code: '00004', district: '001', successor: '00004' });
});

test('the promises of this month and the next two are there', async () => {
  const local = new Date(Date.now() + 7 * 3600000); // Hanoi
  for (const ahead of [0, 1, 2]) {
    const month = new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + ahead, 1));
    const [event] = told(`promise:receive:${month.toISOString().slice(0, 7)}`);
    assert.equal(event.data.rule.minutes, 480);
    assert.ok(Date.parse(event.data.segments[0].from) <= month.getTime() - 7 * 3600000);
  }
});

test('a restart tells nothing again', async () => {
  const before = desk.events.length;
  await desk.stack.stopPart('routing');
  await desk.stack.startService('routing');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(desk.events.length, before);
});

test('rules say their version, source and beginning', async () => {
  const { body } = await desk.get(null, '/rules');
  const receive = body.deadlines.find((rule) => rule.code === 'receive');
  assert.equal(receive.source, 'QĐ 1207/QĐ-UBND');
  assert.equal(receive.valid_from, '2024-06-27T17:00:00.000Z');
  assert.ok(!('assumption' in receive));
  assert.equal(body.deadlines.length, loaded('deadlines.json').deadlines.length);
  for (const rule of [...body.routes, ...body.deadlines, ...body.timers]) {
    assert.equal(rule.assumption === true, rule.source.startsWith('assumption'), rule.code);
  }
  assert.equal(body.calendar.assumption, true);
  assert.equal(body.routes.length, loaded('rules.json').rules.length);
  assert.equal(body.timers[0].percent, 75);
  assert.equal(body.calendar.body.exceptions.length, loaded('calendar.json').exceptions.length);
  const units = await desk.get(null, '/units');
  assert.equal(units.body.boundaries.approximate, true);
});

test('a deadline is for a process and a level, in working time or around the clock', async () => {
  const told = async (code) => {
    const { body } = await desk.get(null, '/rules');
    const { clock, process, level, mode, minutes } = body.deadlines.find((rule) => rule.code === code);
    return { clock, process, level, mode, minutes };
  };
  assert.deepEqual(await told('resolve-urgent'),
    { clock: 'resolve', process: '*', level: 'urgent', mode: 'working', minutes: 240 });
  assert.deepEqual(await told('resolve-hotline'),
    { clock: 'resolve', process: 'hotline_ticket', level: '*', mode: 'working', minutes: 480 });
  assert.deepEqual(await told('review'),
    { clock: 'review', process: '*', level: '*', mode: 'always', minutes: 4320 });
});

test('what a deadline cannot be is refused', async () => {
  const rows = [
    [{ clock: 'patience' }, /deadline_rule_clock_check/],
    [{ clock: 'resolve', mode: 'sometimes' }, /deadline_rule_mode_check/],
    [{ clock: 'receive', mode: 'always' }, /deadline_rule_promise_check/],
    [{ clock: 'receive', process: 'waste_report' }, /deadline_rule_promise_check/],
  ];
  for (const [row, refusal] of rows) {
    changed('deadlines.json', ({ deadlines }) => {
      deadlines.push({ ...deadlines[0], code: 'wrong', ...row });
    });
    const done = await desk.verb('reference', 'load', folder);
    assert.equal(done.code, 1);
    assert.match(done.stderr, refusal);
  }
});

test('a category tells how near two reports are likely one, within limits', async () => {
  for (const { code, duplicate_radius_m: radius } of loaded('categories.json').categories) {
    assert.equal(told(`category:${code}`)[0].data.duplicate_radius_m, radius, code);
  }
  assert.equal(told('category:cay-xanh')[0].data.duplicate_radius_m, 30);
  for (const radius of [0, 1001, 2.5, '30']) {
    changed('categories.json', ({ categories }) => { categories[1].duplicate_radius_m = radius; });
    const done = await desk.verb('reference', 'load', folder);
    assert.equal(done.code, 1);
    assert.match(done.stderr, /categories\[1\]\.duplicate_radius_m/);
  }
  changed('categories.json', ({ categories }) => {
    const trees = categories.find(({ code }) => code === 'cay-xanh');
    categories.push({ ...trees, version: String(Number(trees.version) + 1), duplicate_radius_m: 40 });
  });
  assert.equal((await desk.verb('reference', 'load', folder)).code, 0);
  await desk.said('the new radius', (e) => e.key === 'category:cay-xanh' && e.data.duplicate_radius_m === 40);
});

test('a changed version of a rule is refused as a whole', async () => {
  changed('rules.json', (document) => { document.rules[0].lead = 'SXD'; });
  const done = await desk.verb('reference', 'load', folder);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /route-giao-thong version 1 is in force as it is/);
});

test('a new version takes effect within a second or two', async () => {
  changed('rules.json', ({ rules }) => {
    rules.push({ ...rules.find((rule) => rule.code === 'route-khac'), version: '2', lead: 'SXD' });
  });
  assert.equal((await desk.verb('reference', 'load', folder)).code, 0);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const found = await desk.opened(OFFICE, { category: 'khac' });
  assert.equal(found.unit, 'SXD');
  assert.deepEqual(found.rules.routing, { code: 'route-khac', version: 2, source: 'assumption' });
});

test('focal points get cases of their field, and are told and withdrawn', async () => {
  const file = join(folder, 'people.json');
  const person = { unit: '00070', field: 'trat-tu-do-thi', account: 'tuyet', name: 'Tuyết',
    email: 'tuyet@hoankiem.ihanoi.example', valid_from: '2026-01-01' };
  writeFileSync(file, JSON.stringify({ focal_points: [person] }));
  assert.equal((await desk.verb('focal-points', 'load', file)).code, 0);
  const key = 'focal_point:00070:trat-tu-do-thi:tuyet';
  await desk.said('the focal point', (e) => e.key === key);
  const found = await desk.opened(OFFICE);
  assert.equal(found.focal_point, 'tuyet');
  await desk.db.query("UPDATE focal_point SET valid_to = '2026-01-02'");
  await desk.said('the withdrawal', (e) => e.key === key && e.data === null);
});

test('boundaries are imported whole or not at all', async () => {
  const file = join(folder, 'boundaries.geojson');
  const document = loaded('boundaries.geojson');
  document.approximate = false;
  const write = (features) => writeFileSync(file, JSON.stringify({ ...document, features }));

  write(document.features.slice(1));
  const short = await desk.verb('units', 'import', file);
  assert.equal(short.code, 1);
  assert.match(short.stderr, /features: unit 00004 is missing/);

  const bow = { type: 'Polygon', coordinates: [[[105, 21], [106, 22], [106, 21], [105, 22], [105, 21]]] };
  write(document.features.map((f, i) => (i === 3 ? { ...f, geometry: bow } : f)));
  const crossed = await desk.verb('units', 'import', file);
  assert.equal(crossed.code, 1);
  assert.match(crossed.stderr, /features\[3\]\.geometry: Self-intersection/);

  // The whole city moved a degree east: what was in a ward is outside now.
  const east = (at) => (typeof at[0] === 'number' ? [at[0] + 1, at[1]] : at.map(east));
  write(document.features.map((f) => ({ ...f,
    geometry: { ...f.geometry, coordinates: east(f.geometry.coordinates) } })));
  assert.equal((await desk.verb('units', 'import', file)).code, 0);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const units = await desk.get(null, '/units');
  assert.equal(units.body.boundaries.approximate, false);
  const { location } = submission();
  assert.equal((await desk.opened(OFFICE)).queue, 'unroutable');
  const moved = await desk.opened(OFFICE, { location: { ...location, lon: location.lon + 1 } });
  assert.equal(moved.unit, '00070');

  // Loading the reference data again leaves imported boundaries alone.
  assert.equal((await desk.verb('reference', 'load')).code, 0);
  const { rows } = await desk.db.query('SELECT count(*)::int AS n FROM boundary_set');
  assert.equal(rows[0].n, 2);
});

test('wrong usage exits with 2', async () => {
  assert.equal((await desk.verb('reference', 'store')).code, 2);
  assert.equal((await desk.verb('units', 'import')).code, 2);
});
