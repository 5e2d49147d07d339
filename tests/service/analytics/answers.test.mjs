// SPDX-License-Identifier: Apache-2.0
// How answers with figures may be kept.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEMO_KEY } from '../../../deploy/local/stack.mjs';
import { accept, City, opened, resolve, until } from './city.mjs';

const city = new City();
const UNITS = ['00070', '00082'];
const CATEGORIES = ['giao-thong', 've-sinh'];
const DAY = 86400000;

const FIGURES = ['/indicators', '/indicators?code=processed&unit=00070', '/comparison?code=processed&by=unit',
  '/series?code=processed&step=year', '/units/00070', '/cadence', '/adoption', '/funnel'];
const DEFINITIONS = ['/definitions', '/dimensions'];

/** Cases of one unit that are resolved. */
const tellCases = (unit, count) => city.tell(Array.from({ length: count }).flatMap(() => {
  const at = Date.now() - 1000, c = opened({ unit, openedAt: at }), accepted = accept(c, at, at + DAY);
  return [c, accepted, resolve(accepted, at + 1)];
}));

const get = (path, headers = {}) => fetch(`${city.stack.url('analytics')}/api/analytics${path}`, { headers });
const official = { 'x-api-key': DEMO_KEY };

before(async () => {
  await city.start();
  await city.name(UNITS, CATEGORIES);
  await tellCases('00070', 6);
  await tellCases('00082', 2);
  await until('they are counted', async () => (await city.figure('processed')).denominator === 8);
}, { timeout: 90000 });
after(() => city.stop());

test('who has an answer already gets 304, until something is counted', async () => {
  for (const path of [...FIGURES, ...DEFINITIONS]) {
    const first = await get(path);
    assert.equal(first.status, 200, `${path}: ${await first.text()}`);
    const tag = first.headers.get('etag');
    await new Promise((done) => { setTimeout(done, 20); }); // as_of moves
    for (const tags of [tag, `"other", ${tag}`]) {
      const same = await get(path, { 'if-none-match': tags });
      assert.equal(same.status, 304, path);
      assert.equal(same.headers.get('etag'), tag);
      assert.equal(await same.text(), '');
    }
    assert.equal((await get(path, { 'if-none-match': '"other"' })).status, 200);
  }
  const { headers } = await get('/indicators', official);
  await tellCases('00070', 1);
  await until('it is another answer', async () => (
    await get('/indicators', { ...official, 'if-none-match': headers.get('etag') })).status === 200);
});

test('what only some may see is kept for nobody else', async () => {
  for (const path of FIGURES) {
    const everyone = await get(path), some = await get(path, official);
    assert.equal(everyone.headers.get('cache-control'), 'public, max-age=1', path);
    assert.equal(some.headers.get('cache-control'), 'private, max-age=1', path);
    assert.match(some.headers.get('vary'), /Authorization/);
  }
  const everyone = await get('/comparison?code=processed&by=unit');
  const some = await get('/comparison?code=processed&by=unit', official);
  assert.notEqual(everyone.headers.get('etag'), some.headers.get('etag'));
  assert.equal((await get(DEFINITIONS[0], official)).headers.get('cache-control'), 'public, max-age=3600');
});
