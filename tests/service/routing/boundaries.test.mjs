// SPDX-License-Identifier: Apache-2.0
// Boundaries are replaced while the city works; what lies near them waits for the city office, with
// all that it must dispatch.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { CODES, chessboard, inCell } from './chessboard.mjs';
import { Desk, HAI_PHONG } from './desk.mjs';

const desk = new Desk();
const ADMIN = { role: 'administrator', sub: 'quan-tri' };
const WARD_ADMIN = { role: 'administrator', unit: '00070', sub: 'phuong' };
const OFFICE = { role: 'supervisor', unit: 'VPUB', sub: 'hanh' };
const WARD = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const CITIZEN = { role: 'citizen', sub: 'an' };

before(() => desk.start());
after(() => desk.stop());

// Until running processes have read a change.
const followed = () => new Promise((resolve) => { setTimeout(resolve, 2500); });

const explain = (who, id) => desk.get(who, `/cases/${id}/explain`);

const importBoundaries = (who, body, query = '') =>
  desk.call(who, 'POST', `/boundaries${query}`, { body });

// The answer to a body of so many bytes, which is given before the body is sent.
async function statusOfLength(length) {
  const headers = { authorization: `Bearer ${await desk.token(ADMIN)}`, 'content-length': length,
    'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const post = request(`${desk.stack.url('routing')}/api/routing/boundaries`,
      { method: 'POST', headers }, (answer) => { post.destroy(); resolve(answer.statusCode); });
    post.once('error', reject);
    post.flushHeaders();
  });
}

test('bad boundaries are refused with unit and reason, and change nothing', async () => {
  const bow = { type: 'Polygon', coordinates: [[[105, 21], [106, 22], [106, 21], [105, 22], [105, 21]]] };
  const metres = { type: 'Polygon', coordinates: [[[587000, 2325000], [588000, 2325000],
    [588000, 2326000], [587000, 2325000]]] };
  const rows = [
    [({ features }) => { features[3].geometry = bow; }, 'features[3].geometry',
      new RegExp(`Self-intersection.*unit ${CODES[3]}`)],
    [({ features }) => { features[5].geometry = metres; }, 'features[5].geometry', /degrees/],
    [({ features }) => { delete features[0].geometry; }, 'features[0].geometry', /missing/],
    [({ features }) => { features.pop(); }, 'features', new RegExp(CODES.at(-1))],
    [({ features }) => { features[1].properties.code = '99999'; }, 'features[1]', /99999/],
    [(document) => { delete document.attribution; }, 'source', /survey/],
    [(document) => { document.attribution = 'a\u0007b'; }, 'attribution', /control/],
    [(document) => { delete document.features; }, 'features', /FeatureCollection/],
  ];
  for (const [change, field, text] of rows) {
    const { status, body } = await importBoundaries(ADMIN, chessboard(change));
    assert.equal(status, 400, JSON.stringify(body));
    assert.equal(body.errors[0].field, field);
    assert.match(body.errors.map(({ detail }) => detail).join(), text);
  }
  assert.equal((await importBoundaries(WARD_ADMIN, chessboard())).status, 403);
  assert.equal((await importBoundaries(OFFICE, chessboard())).status, 403);
  assert.equal((await importBoundaries(ADMIN, chessboard(), '?repair=perhaps')).status, 400);
  assert.equal(await statusOfLength((16 << 20) + 1), 413);
  const { body } = await desk.get(WARD, '/boundaries');
  assert.equal(body.items.length, 1);
  assert.equal(body.items[0].approximate, true);
});

test('boundaries are replaced at once; cases of before keep theirs', async () => {
  const early = await desk.opened(WARD, { category: 'trat-tu-do-thi' });
  const answers = await Promise.all([1, 2].map(() => importBoundaries(ADMIN, chessboard())));
  const imported = answers.find(({ status }) => status === 201);
  assert.ok(imported, JSON.stringify(answers));
  assert.ok([200, 429].includes(answers.find((one) => one !== imported).status), 'one at a time');
  assert.deepEqual([imported.body.source, imported.body.units, imported.body.current,
    imported.body.approximate], ['Bàn cờ', 126, true, false]);
  const again = await importBoundaries(ADMIN, chessboard());
  assert.equal(again.status, 200, 'the same file is the same set');
  assert.equal(again.body.id, imported.body.id);
  await followed();

  const late = await desk.opened(OFFICE, { category: 'trat-tu-do-thi', location: inCell(30) });
  assert.equal(late.unit, CODES[30]);
  assert.equal(late.area_set, imported.body.id);
  const now = (await explain(OFFICE, late.case_id)).body;
  assert.equal(now.place.boundaries.source, 'Bàn cờ');
  assert.equal(now.opened.agrees, true);
  const then = (await explain(WARD, early.case_id)).body;
  assert.equal(then.place.boundaries.id, early.area_set);
  assert.equal(then.place.area, '00070');
  assert.equal(then.opened.agrees, true);
  assert.equal((await desk.get(WARD, `/cases/${early.case_id}`)).body.version, 1);

  const { body } = await desk.get(WARD, '/boundaries?limit=1');
  assert.deepEqual(body.items.map(({ id, current }) => [id, current]), [[imported.body.id, true]]);
  const second = await desk.get(WARD, `/boundaries?limit=1&cursor=${body.next}`);
  assert.deepEqual(second.body.items.map(({ id, current }) => [id, current]),
    [[early.area_set, false]]);
  assert.equal(second.body.next, undefined);
  assert.equal((await desk.get(null, '/units')).body.boundaries.id, imported.body.id);
});

test('rings that touch themselves are mended when that is asked for', async () => {
  const spike = (document) => {
    const [ring] = document.features[7].geometry.coordinates;
    ring.splice(2, 0, [ring[1][0] + 0.01, ring[1][1]], ring[1]);
  };
  assert.equal((await importBoundaries(ADMIN, chessboard(spike))).status, 400);
  const source = encodeURIComponent('Đo đạc 2026');
  const mended = await importBoundaries(ADMIN, chessboard(spike), `?repair=true&source=${source}`);
  assert.equal(mended.status, 201, JSON.stringify(mended.body));
  assert.equal(mended.body.repaired, 1);
  assert.equal(mended.body.source, 'Đo đạc 2026');
  await followed();
});

test('a large file is read beside everything else, in little memory', async () => {
  const fine = chessboard(({ features }) => {
    for (const { geometry: { coordinates: [ring] } } of features) {
      for (let side = 3; side >= 0; side -= 1) { // 1200 points on each
        const [[x, y], [to, up]] = [ring[side], ring[side + 1]];
        const points = Array.from({ length: 1200 }, (_, i) =>
          [x + (to - x) * ((i + 1) / 1201), y + (up - y) * ((i + 1) / 1201)]);
        ring.splice(side + 1, 0, ...points);
      }
    }
  });
  const body = JSON.stringify(fine); // before, so that no wait is our own
  assert.ok(body.length > 12 << 20 && body.length < 16 << 20, `${body.length} bytes`);
  const begin = performance.now();
  const answer = fetch(`${desk.stack.url('routing')}/api/routing/boundaries`, { method: 'POST', body,
    headers: { authorization: `Bearer ${await desk.token(ADMIN)}`, 'content-type': 'application/json' } });
  const waits = await desk.waitsDuring(answer);
  assert.equal((await answer).status, 201, await (await answer).text());
  const took = performance.now() - begin, longest = waits.at(-1);
  assert.ok(longest < took / 2, `others waited up to ${longest} ms while it was read in ${took} ms`);
  if (!process.env.SERVICE_BIN) { // sanitizers and valgrind need several times as much
    const { pid } = desk.stack.running.get('routing');
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    assert.ok(kilobytes < 160 * 1024, `${kilobytes} kB at the highest`);
  }
  await followed();
  assert.equal((await importBoundaries(ADMIN, chessboard())).status, 201);
  await followed();
});

// ---- the city office's desk ----

test('near a border both units are named with their distances', async () => {
  const found = await desk.opened(OFFICE, { category: 'trat-tu-do-thi', location: inCell(30, 12) });
  assert.equal(found.near_border, true);
  assert.equal(found.near_area, CODES[31]);
  const { body } = await explain(OFFICE, found.case_id);
  assert.deepEqual(body.place.candidates.map(({ unit, distance_m: m }) => [unit.code, Math.round(m)]),
    [[CODES[30], 0], [CODES[31], 12]]);
  assert.equal(body.place.near_border_within_m, 30);
  const query = new URLSearchParams({ ...inCell(30, 80), category: 'khac' });
  const clear = (await desk.get(WARD, `/explain?${query}`)).body;
  assert.equal(clear.place.near_border, false);
  assert.equal(Math.round(clear.place.candidates[1].distance_m), 80);
});

test('what must be dispatched waits at the city office until somebody has said whose it is', async () => {
  const place = (metres) => ({ category: 'trat-tu-do-thi', location: inCell(40, metres) });
  const near = await desk.opened(OFFICE, place(5));
  const lost = await desk.opened(OFFICE, { location: HAI_PHONG });
  const plain = await desk.opened(OFFICE, place(500));
  const all = async (query = '') => (await desk.get(OFFICE, `/dispatch?limit=200${query}`)).body;
  const mine = ({ items }, id) => items.find((item) => item.case.case_id === id);

  const list = await all();
  assert.equal(list.owner, 'VPUB');
  assert.equal(mine(list, near.case_id).why, 'near_border');
  assert.deepEqual(mine(list, near.case_id).candidates,
    [{ unit: CODES[40], as: 'area' }, { unit: CODES[41], as: 'near_area' }]);
  assert.equal(mine(list, lost.case_id).why, 'unroutable');
  assert.equal(mine(list, plain.case_id), undefined);
  const dues = list.items.map(({ due }) => due);
  assert.deepEqual(dues, [...dues].sort(), 'the first due stands first');
  assert.ok((await all('&why=unroutable')).items.every(({ why }) => why === 'unroutable'));
  assert.equal(mine(await all('&why=near_border'), lost.case_id), undefined);
  assert.deepEqual((await all('&due_before=2020-01-01T00:00:00Z')).items, []);

  const seen = [];
  let cursor = '';
  do {
    const { body } = await desk.get(OFFICE, `/dispatch?limit=2${cursor && `&cursor=${cursor}`}`);
    seen.push(...body.items.map((item) => item.case.case_id));
    cursor = body.next ?? '';
  } while (cursor);
  assert.deepEqual(seen, list.items.map((item) => item.case.case_id));

  const at = { role: 'focal_point', unit: CODES[40], sub: 'tuyet' };
  assert.equal((await desk.act(at, near.case_id, 'confirm_area', 1)).status, 200);
  assert.equal((await desk.act(OFFICE, lost.case_id, 'route', 1, { unit: '00070' })).status, 200);
  const left = await all();
  assert.equal(mine(left, near.case_id), undefined);
  assert.equal(mine(left, lost.case_id), undefined);

  assert.equal((await desk.get(WARD, '/dispatch')).status, 403);
  assert.equal((await desk.get(CITIZEN, '/dispatch')).status, 403);
  assert.equal((await desk.get(OFFICE, '/dispatch?why=lost')).status, 400);
  assert.equal((await desk.get(OFFICE, '/dispatch?cursor=x')).status, 400);
});
