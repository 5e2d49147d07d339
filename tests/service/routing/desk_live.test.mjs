// SPDX-License-Identifier: Apache-2.0
// Changes as they come: what is told to whom, from where on, and by which replica.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { Desk } from './desk.mjs';

const desk = new Desk();
const WARD = '00070';
const OTHER = '00082';
const FOCAL = { role: 'focal_point', unit: WARD, sub: 'cuong' };
const NEIGHBOUR = { role: 'focal_point', unit: OTHER, sub: 'nga' };
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const CITIZEN = { role: 'citizen', sub: 'an' };
const SECOND = 8082 + 5820 + 37;

before(() => desk.start());
after(() => desk.stop());

// An open stream; events gathers [{event, id, data}].
class Stream {
  constructor(who, { port, query = '', from } = {}) {
    this.events = [];
    this.aborter = new AbortController();
    this.done = this.#run(who, port, query, from).catch(() => {});
  }

  async #run(who, port, query, from) {
    const base = port ? `http://127.0.0.1:${port}` : desk.stack.url('routing');
    const headers = { authorization: `Bearer ${await desk.token(who)}` };
    if (from !== undefined) headers['last-event-id'] = from;
    const answer = await fetch(`${base}/api/routing/cases/stream${query}`, { headers, signal: this.aborter.signal });
    this.status = answer.status;
    this.type = answer.headers.get('content-type');
    let text = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.#take(text.slice(0, end));
        text = text.slice(end + 2);
      }
    }
  }

  #take(block) {
    const fields = Object.fromEntries(block.split('\n').filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    if (fields.event) this.events.push({ event: fields.event, id: fields.id, data: JSON.parse(fields.data) });
  }

  // The events about a case, once there are so many.
  async about(id, count) {
    const own = () => this.events.filter(({ data }) => data.case_id === id);
    await until(`${count} events of ${id}`, () => own().length >= count, 10000);
    return own();
  }

  async opened() {
    await until('the stream is open', () => this.events.length > 0 || this.status >= 400, 10000);
    return this;
  }

  async close() {
    this.aborter.abort();
    await this.done;
  }
}

const listen = (who, options) => new Stream(who, options).opened();

async function act(who, now, action, body) {
  const answer = await desk.act(who, now.case_id, action, now.version, body);
  assert.equal(answer.status, 200, `${action}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

test('a desk hears of its cases as they change, and of no others', async () => {
  const mine = await listen(FOCAL);
  const theirs = await listen(NEIGHBOUR);
  const all = await listen(AUDITOR);
  assert.equal(mine.status, 200);
  assert.equal(mine.type, 'text/event-stream');
  assert.equal(mine.events[0].event, 'ready');
  let now = await desk.opened(FOCAL);
  await mine.about(now.case_id, 1);
  now = await act(FOCAL, now, 'accept');
  now = await act(FOCAL, now, 'assign', { assignee: 'binh' });
  await until('the last version', () => mine.events.at(-1).data.version === 3, 10000);
  const events = await mine.about(now.case_id, 1);
  const { event, data } = events.at(-1);
  assert.equal(event, 'change');
  assert.deepEqual({ ...data, at: '' }, { case_id: now.case_id, ticket: now.ticket, version: 3, at: '',
    state: 'assigned', phase: 'working', queue: 'unit', desk: WARD, assignee: 'binh' });
  assert.ok(Date.parse(data.at) <= Date.now());
  assert.equal((await all.about(now.case_id, 1))[0].data.ticket, now.ticket);
  assert.equal(theirs.events.length, 1);
  await Promise.all([mine, theirs, all].map((stream) => stream.close()));
});

test('a case that leaves a desk is told there once more; co-operating units and assignees hear too', async () => {
  const old = await listen(FOCAL);
  const next = await listen(NEIGHBOUR);
  const officer = await listen({ role: 'officer', unit: '00091', sub: 'xa' });
  let now = await desk.opened(FOCAL);
  await old.about(now.case_id, 1);
  now = await act(FOCAL, now, 'return', { reason: { text: 'Sai địa bàn' }, proposed_unit: OTHER });
  await until('it has left', () => old.events.some((e) => e.event === 'left' && e.data.case_id === now.case_id), 10000);
  const left = old.events.findLast((e) => e.event === 'left');
  assert.equal(left.data.desk, undefined);
  assert.equal((await next.about(now.case_id, 1))[0].data.desk, OTHER);
  now = (await desk.get(NEIGHBOUR, `/cases/${now.case_id}`)).body;
  const before = old.events.length;
  now = await act(NEIGHBOUR, now, 'add_task', { unit: WARD });
  await until('the unit that shall co-operate', () => old.events.length > before, 10000);
  now = await act(NEIGHBOUR, now, 'accept');
  await act(NEIGHBOUR, now, 'assign', { assignee: 'xa' });
  await officer.about(now.case_id, 1);
  await Promise.all([old, next, officer].map((stream) => stream.close()));
});

test('a stream goes on where it was left, without loss', async () => {
  const first = await listen(FOCAL);
  const one = await desk.opened(FOCAL);
  const [{ id }] = await first.about(one.case_id, 1);
  await first.close();
  const missed = [];
  for (let i = 0; i < 30; i += 1) missed.push(await desk.opened(FOCAL));
  const second = await listen(FOCAL, { from: id });
  for (const now of missed) await second.about(now.case_id, 1);
  const live = await desk.opened(FOCAL);
  await second.about(live.case_id, 1);
  assert.ok(second.events.every((event) => event.event !== 'reset'));
  const numbers = second.events.map((event) => BigInt(event.id));
  assert.deepEqual(numbers, numbers.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  await second.close();
});

test('who is too far behind begins anew', async () => {
  const stream = await listen(FOCAL, { from: '999999999999999' });
  assert.equal(stream.events[0].event, 'reset');
  const now = await desk.opened(FOCAL);
  await stream.about(now.case_id, 1);
  await stream.close();
  const [{ change }] = (await desk.db.query('SELECT min(change::text::bigint)::text AS change FROM case_history')).rows;
  await desk.db.query(`INSERT INTO case_history (case_id, version, action, at, event_id, snapshot, hash)
    SELECT gen_random_uuid(), 1, 'open', now(), gen_random_uuid(), '{}', sha256('') FROM generate_series(1, 5001)`);
  const late = await listen(FOCAL, { from: change });
  assert.equal(late.events[0].event, 'reset');
  await late.close();
});

test('a transaction that takes long holds its changes back, and loses none', async () => {
  const stream = await listen(FOCAL);
  const now = await desk.opened(FOCAL);
  await stream.about(now.case_id, 1);
  const slow = await desk.db.connect();
  try {
    await slow.query('BEGIN');
    await slow.query(`UPDATE case_current SET version = 2, state = 'accepted' WHERE case_id = $1`, [now.case_id]);
    await slow.query(`INSERT INTO case_history (case_id, version, action, at, event_id, snapshot, hash)
      SELECT case_id, 2, 'accept', now(), gen_random_uuid(), snapshot, hash FROM case_history WHERE case_id = $1`, [now.case_id]);
    const later = await desk.opened(FOCAL);
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
    assert.equal(stream.events.filter((e) => e.data.case_id === later.case_id).length, 0);
    await slow.query('COMMIT');
    await stream.about(later.case_id, 1);
    assert.equal((await stream.about(now.case_id, 2)).at(-1).data.version, 2);
  } finally {
    slow.release();
  }
  await stream.close();
});

test('what another replica writes is told here', async () => {
  await desk.stack.startService('routing', { instance: 'routing-1', port: SECOND });
  const far = await listen(FOCAL, { port: SECOND });
  const near = await listen(FOCAL, { query: `?unit=${WARD}` });
  let now = await desk.opened(FOCAL);
  now = await act(FOCAL, now, 'accept');
  await until('both tell it', () => [far, near].every((stream) => stream.events
    .some((e) => e.data.case_id === now.case_id && e.data.version === 2)), 10000);
  await Promise.all([far.close(), near.close()]);
  await desk.stack.stopPart('routing-1');
});

test('what is asked wrongly is named', async () => {
  const status = async (who, options) => (await listen(who, options)).status;
  assert.equal(await status(FOCAL, { from: 'x' }), 400);
  assert.equal(await status(FOCAL, { from: '' }), 400);
  assert.equal(await status(FOCAL, { query: `?unit=${OTHER}` }), 404);
  assert.equal(await status(CITIZEN), 403);
});
