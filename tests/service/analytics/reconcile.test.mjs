// SPDX-License-Identifier: Apache-2.0
// Counts beside those of their owner, played here: the verb, the night, and what is no difference.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { accept, City, opened, until } from './city.mjs';

const city = new City();
const KEY = 'key-of-the-night';
let asked = 0;
let census; // (how many times it was asked) => items
let status = 200;

const routing = createServer((request, response) => {
  asked += 1;
  const known = request.url === '/api/routing/census' && request.headers['x-api-key'] === KEY;
  response.writeHead(known ? status : 403, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ at: new Date().toISOString(), items: census(asked) }));
});

const TRUE = () => [
  { unit: '00070', phase: 'received', state: 'received', cases: 3 },
  { unit: 'SXD', phase: 'working', state: 'accepted', cases: 2 },
  { phase: 'received', state: 'received', cases: 1 },
];

before(async () => {
  await new Promise((done) => { routing.listen(0, '127.0.0.1', done); });
  await city.start();
  const now = Date.now();
  const cases = ['00070', '00070', '00070', 'SXD', 'SXD', null].map((unit) => opened({
    unit, category: 've-sinh', openedAt: now, receiveDue: now + 36e5 }));
  await city.tell([...cases, ...cases.slice(3, 5).map((c) => accept(c, now, now + 72e5))]);
  await city.counted();
}, { timeout: 90000 });

after(async () => {
  routing.close();
  await city.stop();
});

const environment = (more = {}) => ({ ROUTING_URL: `http://127.0.0.1:${routing.address().port}`, RECONCILE_KEY: KEY, ...more });

async function reconcile(more) {
  asked = 0;
  const env = { ...process.env, ...city.stack.serviceEnvironment('analytics'), ...environment(more) };
  const { stdout, stderr, code = 0 } = await promisify(execFile)(join(city.stack.bin, 'analytics'), ['reconcile'],
    { env, timeout: 60000 }).catch((error) => error);
  return { code, stderr, lines: stdout.trim().split('\n') };
}

test('what is the same is told so, at the first look', { timeout: 60000 }, async () => {
  census = TRUE;
  await reconcile(); // until it is settled what is counted
  const { code, lines } = await reconcile();
  assert.deepEqual(lines, ['24 counts compared, 0 differ']);
  assert.equal(code, 0);
  assert.equal(asked, 1);
});

test('what stays different is listed', { timeout: 60000 }, async () => {
  census = () => [...TRUE(), { unit: '00082', phase: 'paused', state: 'info_requested', cases: 4 }];
  const { code, lines } = await reconcile();
  assert.deepEqual(lines, ['differs: city in_progress: routing 4, analytics 0',
    'differs: 00082 in_progress: routing 4, analytics 0', '32 counts compared, 2 differ']);
  assert.equal(code, 1);
  assert.equal(asked, 3);
});

test('what is on its way is no difference', { timeout: 60000 }, async () => {
  census = (look) => (look < 3 ? [...TRUE(), { unit: 'SXD', phase: 'closed', state: 'closed', cases: look }] : TRUE());
  const { code, lines } = await reconcile();
  assert.deepEqual(lines, ['24 counts compared, 0 differ']);
  assert.equal(code, 0);
});

test('who is refused, answered nonsense, or nobody there hears so', { timeout: 60000 }, async () => {
  census = TRUE;
  assert.match((await reconcile({ RECONCILE_KEY: 'another' })).stderr, /routing answered 403/);
  status = 503;
  assert.match((await reconcile()).stderr, /routing answered 503/);
  status = 200;
  census = () => [{ unit: 'SXD', phase: 'sleeping', state: 'x', cases: 1 }];
  const bad = await reconcile();
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /phase/);
  const nobody = await reconcile({ ROUTING_URL: 'http://127.0.0.1:9' });
  assert.equal(nobody.code, 1);
  assert.equal((await reconcile({ ROUTING_URL: '' })).code, 2);
});

test('every night one of the processes does it, once', { timeout: 90000 }, async () => {
  census = () => [{ ...TRUE()[0], cases: 5 }, ...TRUE().slice(1)];
  await until('the first one has found nobody', async () => (await city.sql(
    'SELECT FROM reconciliation WHERE ended_at IS NOT NULL AND differences IS NULL')).length === 1, 10000);
  await city.stack.stopPart('analytics');
  const night = environment({ RECONCILE_AT: '00:00' });
  await city.sql(`UPDATE reconciliation SET began_at = now() - interval '11 minutes'`); // before it had no routing to ask
  asked = 0;
  await Promise.all([city.stack.startService('analytics', { environment: night }),
    city.stack.startService('analytics', { environment: night, instance: 'analytics-1', port: city.stack.ports.analytics + 7 })]);
  let rows;
  await until('it is done', async () => {
    rows = await city.sql('SELECT compared, differences FROM reconciliation WHERE differences IS NOT NULL');
    return rows.length > 0;
  }, 30000);
  assert.deepEqual(rows, [{ compared: 24, differences: 2 }]);
  assert.equal(asked, 3, 'one of them asked, three times');
});

test('a time of day that is none is refused', { timeout: 60000 }, async () => {
  const { code, stderr } = await reconcile({ RECONCILE_AT: '24:00' });
  assert.equal(code, 1);
  assert.match(stderr, /RECONCILE_AT must be like 02:30/);
});
