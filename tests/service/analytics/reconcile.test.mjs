// SPDX-License-Identifier: Apache-2.0
// Counts beside those of their owners, played here: the verb, the night, and what is no difference.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { message } from '../../support/topics.mjs';
import { accept, City, opened, until, uuid7 } from './city.mjs';

const city = new City();
const KEY = 'key-of-the-night';
const HOUR = 36e5, DAY = 24 * HOUR;
const SINCE = Math.floor((Date.now() + 7 * HOUR) / DAY) * DAY - 7 * HOUR - 29 * DAY; // of the city's day 29 days ago
const CASES = 'cases: 24 counts compared with those of routing, 0 differ';
const DELIVERIES = 'deliveries: 9 counts compared with those of notification, 0 differ';

const TRUE = () => [
  { unit: '00070', phase: 'received', state: 'received', cases: 3 },
  { unit: 'SXD', phase: 'working', state: 'accepted', cases: 2 },
  { phase: 'received', state: 'received', cases: 1 },
];
const SENT = () => [
  { channel: 'email', result: 'sent', deliveries: 3 },
  { channel: 'email', result: 'skipped', deliveries: 1 },
  { channel: 'inapp', result: 'sent', deliveries: 1 },
];

// Answers as an owner would. items: (how many times it was asked) => the census.
function owner(path, truth, more = {}) {
  const played = { asked: 0, status: 200, truth, items: truth, more };
  played.server = createServer((request, response) => {
    played.asked += 1;
    const known = request.url === path && request.headers['x-api-key'] === KEY;
    response.writeHead(known ? played.status : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ at: new Date().toISOString(), ...played.more, items: played.items(played.asked) }));
  });
  return played;
}

const routing = owner('/api/routing/census', TRUE);
const notification = owner('/api/notification/census', SENT, { since: new Date(SINCE).toISOString() });
const owners = [routing, notification];

const delivery = (result, at, { id = uuid7(at), channel = 'email', attempts = 1, reason } = {}) =>
  message('city.deliveries.v1', `vn.hanoi.delivery.${result}.v1`, '6'.repeat(64),
    { delivery_id: id, event_id: uuid7(at), channel, recipient_hash: '6'.repeat(64), template: 'accepted',
      attempts, at: new Date(at).toISOString(), ...(reason && { reason }) }, { source: '/ihanoi/notification' });

// On the first and the last day that are counted, one that was tried again, and one that is too old.
function deliveries(now) {
  const again = uuid7(now);
  return [delivery('sent', SINCE), delivery('sent', now), delivery('sent', SINCE - 1), delivery('sent', now, { channel: 'inapp' }),
    delivery('skipped', now - 2 * DAY, { attempts: 0, reason: 'no_contact' }),
    delivery('failed', SINCE + DAY, { id: again, reason: 'refused_by_server' }),
    delivery('sent', SINCE + 2 * DAY, { id: again, attempts: 2 })];
}

before(async () => {
  for (const { server } of owners) await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  await city.start();
  const now = Date.now();
  const cases = ['00070', '00070', '00070', 'SXD', 'SXD', null].map((unit) => opened({
    unit, category: 've-sinh', openedAt: now, receiveDue: now + HOUR }));
  await city.tell([...cases, ...cases.slice(3, 5).map((c) => accept(c, now, now + 2 * HOUR))]);
  await city.topics.publish(deliveries(now));
  await city.counted();
  await city.counted(20000, 'city.deliveries.v1');
}, { timeout: 90000 });

after(async () => {
  for (const { server } of owners) server.close();
  await city.stop();
});

const address = ({ server }) => `http://127.0.0.1:${server.address().port}`;
const environment = (more = {}) => ({ ROUTING_URL: address(routing), NOTIFICATION_URL: address(notification), RECONCILE_KEY: KEY, ...more });

function behave() {
  for (const played of owners) Object.assign(played, { asked: 0, status: 200, items: played.truth });
}

async function reconcile(more) {
  for (const played of owners) played.asked = 0;
  const env = { ...process.env, ...city.stack.serviceEnvironment('analytics'), ...environment(more) };
  const { stdout, stderr, code = 0 } = await promisify(execFile)(join(city.stack.bin, 'analytics'), ['reconcile'],
    { env, timeout: 60000 }).catch((error) => error);
  return { code, stderr, lines: stdout.trim().split('\n') };
}

test('what is the same is told so, at the first look', { timeout: 60000 }, async () => {
  behave();
  await reconcile(); // until it is settled what is counted
  const { code, lines } = await reconcile();
  assert.deepEqual(lines, [CASES, DELIVERIES]);
  assert.equal(code, 0);
  assert.deepEqual(owners.map(({ asked }) => asked), [1, 1]);
});

test('what stays different is listed, and whose it is', { timeout: 60000 }, async () => {
  behave();
  routing.items = () => [...TRUE(), { unit: '00082', phase: 'paused', state: 'info_requested', cases: 4 }];
  const cases = await reconcile();
  assert.deepEqual(cases.lines, ['differs: city in_progress: routing 4, analytics 0',
    'differs: 00082 in_progress: routing 4, analytics 0', 'cases: 32 counts compared with those of routing, 2 differ', DELIVERIES]);
  assert.equal(cases.code, 1);
  assert.deepEqual(owners.map(({ asked }) => asked), [3, 1]);
  behave();
  notification.items = () => [{ ...SENT()[0], deliveries: 2 }, ...SENT().slice(1), { channel: 'inapp', result: 'failed', deliveries: 1 }];
  const { code, lines } = await reconcile();
  assert.deepEqual(lines, [CASES,
    'differs: city sent: notification 3, analytics 4', 'differs: city failed: notification 1, analytics 0',
    'differs: email sent: notification 2, analytics 3', 'differs: inapp failed: notification 1, analytics 0',
    'deliveries: 9 counts compared with those of notification, 4 differ']);
  assert.equal(code, 1);
  assert.deepEqual(owners.map(({ asked }) => asked), [1, 3]);
});

test('the days are those that the owner counts', { timeout: 60000 }, async () => {
  behave();
  const { more } = notification;
  notification.more = { since: new Date(SINCE - DAY).toISOString() };
  const { lines } = await reconcile();
  notification.more = more;
  assert.deepEqual(lines.slice(1, 3), ['differs: city sent: notification 4, analytics 5',
    'differs: email sent: notification 3, analytics 4']);
});

test('what is on its way is no difference', { timeout: 60000 }, async () => {
  behave();
  routing.items = (look) => (look < 3 ? [...TRUE(), { unit: 'SXD', phase: 'closed', state: 'closed', cases: look }] : TRUE());
  notification.items = (look) => (look < 2 ? SENT().slice(1) : SENT());
  const { code, lines } = await reconcile();
  assert.deepEqual(lines, [CASES, DELIVERIES]);
  assert.equal(code, 0);
  assert.deepEqual(owners.map(({ asked }) => asked), [2, 2]);
});

test('who is refused, answered nonsense, or nobody there hears so', { timeout: 60000 }, async () => {
  behave();
  const refused = await reconcile({ RECONCILE_KEY: 'another' });
  assert.match(refused.stderr, /routing answered 403[^]*notification answered 403/);
  assert.equal(refused.code, 1);
  routing.items = () => [{ unit: 'SXD', phase: 'sleeping', state: 'x', cases: 1 }];
  const bad = await reconcile();
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /phase/);
  behave();
  notification.items = () => [{ channel: 'email', result: 'waiting', deliveries: 1 }];
  assert.match((await reconcile()).stderr, /items\[0\]\.result/);
});

test('one owner that is away keeps nobody from comparing with the other', { timeout: 60000 }, async () => {
  behave();
  routing.status = 503;
  const away = await reconcile();
  assert.match(away.stderr, /routing answered 503/);
  assert.deepEqual(away.lines, ['cases: not compared with those of routing', DELIVERIES]);
  assert.equal(away.code, 1);
  behave();
  const nobody = await reconcile({ NOTIFICATION_URL: 'http://127.0.0.1:9' });
  assert.deepEqual(nobody.lines, [CASES, 'deliveries: not compared with those of notification']);
  assert.equal(nobody.code, 1);
});

test('an owner without an address is not asked', { timeout: 60000 }, async () => {
  behave();
  const cases = await reconcile({ NOTIFICATION_URL: '' });
  assert.deepEqual([cases.code, cases.lines], [0, [CASES]]);
  const deliveries = await reconcile({ ROUTING_URL: '' });
  assert.deepEqual([deliveries.code, deliveries.lines], [0, [DELIVERIES]]);
  assert.equal((await reconcile({ ROUTING_URL: '', NOTIFICATION_URL: '' })).code, 2);
});

const kept = () => city.sql('SELECT subject, compared, differences FROM reconciliation WHERE differences IS NOT NULL ORDER BY subject');

test('every night one of the processes does it, once', { timeout: 120000 }, async () => {
  behave();
  routing.items = () => [{ ...TRUE()[0], cases: 5 }, ...TRUE().slice(1)];
  notification.status = 503;
  await city.stack.stopPart('analytics');
  await city.sql('TRUNCATE reconciliation'); // it may have been night before, and nobody there to ask
  const night = environment({ RECONCILE_AT: '00:00' });
  const later = () => city.sql(`UPDATE reconciliation SET began_at = now() - interval '11 minutes'`);
  await Promise.all([city.stack.startService('analytics', { environment: night }),
    city.stack.startService('analytics', { environment: night, instance: 'analytics-1', port: city.stack.ports.analytics + 7 })]);
  const cases = { subject: 0, compared: 24, differences: 2 };
  await until('cases are done', async () => (await kept()).length > 0, 30000);
  assert.deepEqual(await kept(), [cases]);
  await until('deliveries could not be compared', async () => (await city.sql(
    'SELECT FROM reconciliation WHERE subject = 1 AND ended_at IS NOT NULL')).length > 0, 10000);
  notification.status = 200;
  await later();
  await until('deliveries are done', async () => (await kept()).length > 1, 45000); // at the next look
  assert.deepEqual(await kept(), [cases, { subject: 1, compared: 9, differences: 0 }]);
  assert.deepEqual(owners.map(({ asked }) => asked), [3, 2], 'one of them asked');
});

test('each owner has a number of its own in the metrics', { timeout: 60000 }, async () => {
  const told = await Promise.all([0, 7].map(async (more) => (
    await fetch(`http://127.0.0.1:${city.stack.ports.analytics + more}/metrics`)).text()));
  assert.ok(told.some((text) => /^analytics_reconciliation_differences\{subject="cases"\} 2$/m.test(text)));
  assert.ok(told.every((text) => /^analytics_reconciliation_differences\{subject="deliveries"\} 0$/m.test(text)));
});

test('a time of day that is none is refused', { timeout: 60000 }, async () => {
  const { code, stderr } = await reconcile({ RECONCILE_AT: '24:00' });
  assert.equal(code, 1);
  assert.match(stderr, /RECONCILE_AT must be like 02:30/);
});
