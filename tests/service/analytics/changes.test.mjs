// SPDX-License-Identifier: Apache-2.0
// Figures as they change, over HTTP: what is told to whom, from which replica, and after a pause.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DEMO_KEY } from '../../../deploy/local/stack.mjs';
import { logPlans, scansOfLargeTables } from '../../cluster/plans.mjs';
import { compiler } from '../../contract/contracts.mjs';
import { accept, City, opened, resolve, until } from './city.mjs';

const city = new City();
const UNITS = ['00070', '00082', 'SXD'];
const DAY = 86400000;
const isValid = compiler('draft-07').getSchema('https://schemas.ihanoi.example/events/vn.hanoi.indicator.changed.v1');
const streams = [];
let indicators;

before(async () => {
  await city.start();
  await city.name(UNITS, ['giao-thong']);
  indicators = await city.topics.listen(['analytics.indicators.v1']);
}, { timeout: 90000 });
after(async () => {
  streams.forEach((stream) => stream.close());
  await city.stop();
});

async function collect(body, events) {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop();
    for (const block of blocks.filter((b) => !b.startsWith(':'))) {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
      events.push({ ...fields, data: JSON.parse(fields.data) });
    }
  }
}

/** An open stream; events gathers [{event, id, data}]. */
async function listen(query, { base = city.stack.url('analytics'), lastId, isPublic = false } = {}) {
  const aborter = new AbortController();
  const answer = await fetch(`${base}/api/analytics/changes?${new URLSearchParams(query)}`, { signal: aborter.signal,
    headers: { ...(!isPublic && { 'x-api-key': DEMO_KEY }), ...(lastId !== undefined && { 'last-event-id': lastId }) } });
  if (answer.status !== 200) return { status: answer.status, body: await answer.json(), headers: answer.headers };
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  const stream = { status: 200, events: [], close: () => aborter.abort() };
  collect(answer.body, stream.events).catch(() => {});
  streams.push(stream);
  await until('the stream is open', () => stream.events.length > 0, 10000);
  return stream;
}

const tellCases = (unit, count, category = 'giao-thong') => city.tell(Array.from({ length: count }).flatMap(() => {
  const at = Date.now() - 1000, c = opened({ unit, category, openedAt: at }), accepted = accept(c, at, at + DAY);
  return [c, accepted, resolve(accepted, at + 1)];
}));

const figures = (stream) => stream.events.filter(({ event }) => event === 'figure');
const lastOf = (stream, unit) => figures(stream).findLast(({ data }) => data.dimensions.unit === unit);
const told = (stream, denominator, unit) => until(`${denominator} of ${unit} are told`,
  () => lastOf(stream, unit)?.data.denominator === denominator && lastOf(stream, unit), 20000);

test('who listens is told what the topics tell, with the same sequence', async () => {
  const one = await listen({ code: 'processed', unit: '00070' });
  const all = await listen({ code: 'processed', by: 'unit' });
  const wholeCity = await listen({});
  assert.equal(one.events[0].event, 'ready');
  await tellCases('00070', 6);
  await tellCases('00082', 7);
  await told(one, 6, '00070');
  await told(all, 7, '00082');
  await until('the city is told', () => figures(wholeCity).some(({ data }) => data.code === 'processed' && data.denominator === 13), 20000);
  assert.ok(figures(one).every(({ data }) => data.dimensions.unit === '00070' && data.code === 'processed' && data.period === 'all'));
  assert.ok(figures(wholeCity).every(({ data }) => Object.keys(data.dimensions).length === 0));
  assert.ok(new Set(figures(wholeCity).map(({ data }) => data.code)).size > 10);
  for (const { id, data } of [...figures(one), ...figures(all)]) {
    assert.ok(isValid(data), JSON.stringify(isValid.errors));
    assert.equal(id, String(data.sequence));
  }
  const { id, data } = await told(one, 6, '00070');
  const event = await until('the topic tells it', () => indicators.findLast((e) => e.key === 'processed|unit=00070'), 20000);
  assert.equal(String(event.data.sequence), id);
  assert.equal(data.numerator, 6);
});

test('a stream goes on from its last event, at any replica', async () => {
  const first = await listen({ code: 'processed', unit: '00070' });
  await tellCases('00070', 1);
  const { id } = await told(first, 7, '00070');
  first.close();
  await tellCases('00070', 2);
  await tellCases('00082', 1);
  await until('it is counted', async () => (await city.figure('processed', { unit: '00070' })).denominator === 9, 20000);
  const port = city.stack.ports.analytics + 7;
  await city.stack.startService('analytics', { instance: 'analytics-1', port });
  const base = `http://127.0.0.1:${port}`;
  const second = await listen({ code: 'processed', unit: '00070' }, { base, lastId: id });
  assert.deepEqual([second.events[0].event, second.events[0].id], ['ready', id]);
  await told(second, 9, '00070');
  assert.ok(figures(second).every((e) => BigInt(e.id) >= BigInt(id)));
  await tellCases('00070', 1);
  await told(second, 10, '00070');
  const beyond = await listen({ code: 'processed', unit: '00070' }, { base, lastId: '999999999999' });
  assert.equal(beyond.events[0].event, 'reset');
});

test('the public is told nothing that it may not see', async () => {
  const category = 'cay-xanh';
  const everyone = await listen({ code: 'processed', by: 'category' }, { isPublic: true });
  const official = await listen({ code: 'processed', by: 'category' });
  await tellCases('SXD', 3, category);
  await until('officials are told', () => figures(official).some(({ data }) => data.dimensions.category === category), 20000);
  await tellCases('SXD', 9, category);
  await until('everyone is told', () => figures(everyone).some(({ data }) => data.dimensions.category === category), 20000);
  for (const { data } of figures(everyone)) assert.ok(data.denominator >= 5, JSON.stringify(data));
  const month = { code: 'processed', unit: 'SXD', category, period: 'all' };
  assert.equal((await listen(month, { isPublic: true })).status, 200);
  assert.equal((await listen({ ...month, period: '2026-11' })).body.errors[0].code, 'not_kept');
  assert.equal((await listen({ code: 'processed', period: new Date().toISOString().slice(0, 10), unit: 'SXD' })).status, 400);
});

test('what cannot be listened to is told', async () => {
  for (const [query, field, lastId] of [[{ by: 'unit' }, 'code required'], [{ code: 'processed', by: 'x' }, 'by not_allowed'],
    [{ code: 'processed', by: 'unit', unit: 'SXD' }, 'unit not_allowed'], [{ code: 'nothing' }, 'code not_allowed'],
    [{}, 'Last-Event-ID not_allowed', 'x'], [{ code: 'activated_of_roster' }, 'code not_kept']]) {
    const { status, body } = await listen(query, { lastId });
    assert.equal(status, 400, JSON.stringify(query));
    assert.equal(`${body.errors[0].field} ${body.errors[0].code}`, field);
  }
});

test('the public cannot take all streams', { timeout: 60000 }, async () => {
  const opened_ = await Promise.all(Array.from({ length: 110 }, () => listen({ code: 'processed' }, { isPublic: true })));
  const refused = opened_.filter(({ status }) => status === 503);
  assert.ok(refused.length >= 10, `${refused.length} refused`);
  assert.equal(refused[0].body.code, 'too_many_streams');
  assert.ok(Number(refused[0].headers.get('retry-after')) > 0);
  const official = await listen({ code: 'processed' });
  assert.equal(official.status, 200);
  opened_.forEach((stream) => stream.close?.());
  await until('there is room again', async () => { // who has gone is noticed when something is sent
    await tellCases('00070', 1);
    return (await listen({ code: 'processed' }, { isPublic: true })).status === 200;
  }, 40000);
});

test('changes are found without reading all sums', { timeout: 60000 }, async () => {
  await city.sql(`INSERT INTO cell (subject, grouping, period, first, a, b, untold, data)
    SELECT 0, 8, 3, n % 300, 'x' || n, 'y', false, '' FROM generate_series(1, 20000) n`);
  await city.sql('ANALYZE cell');
  await logPlans(city, ['analytics']);
  const stream = await until('it answers', async () => listen({ code: 'processed', by: 'unit' }, { lastId: '1' }), 20000);
  await tellCases('00070', 1);
  await until('it is told', () => figures(stream).length > 0, 20000);
  const scans = scansOfLargeTables(city).filter(({ statement }) => statement.includes('told > $'));
  assert.ok(scans.length > 0);
  for (const { scan, good } of scans) assert.ok(good, scan);
});
