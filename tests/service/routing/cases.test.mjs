// SPDX-License-Identifier: Apache-2.0
// The life of a case over HTTP and Kafka.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { compiler } from '../../contract/contracts.mjs';
import { BA_VI, Desk, HAI_PHONG, submission, submitted } from './desk.mjs';

const desk = new Desk();
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const OFFICER = { role: 'officer', unit: '00070', sub: 'binh' };
const OFFICE = { role: 'supervisor', unit: 'VPUB', sub: 'hanh' };
const FAR = { role: 'focal_point', unit: '09700', sub: 'xa' };
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const CITIZEN = { role: 'citizen', sub: 'an' };
const RESULT = { result: { text: 'Đã giải tỏa.', evidence: ['https://media.ihanoi.example/1.jpg'] } };

const validate = (() => {
  const ajv = compiler('2020-12');
  return (event) => {
    const check = ajv.getSchema(`https://schemas.ihanoi.example/events/${event.headers.ce_type}`);
    assert.ok(check(event.data), `${event.headers.ce_type}: ${JSON.stringify(check.errors)}`);
  };
})();

before(() => desk.start());
after(() => desk.stop());

test('a submission becomes a case at the ward of its point', async () => {
  const found = await desk.opened(FOCAL);
  assert.equal(found.unit, '00070');
  assert.equal(found.area, '00070');
  assert.equal(found.state, 'received');
  assert.equal(found.version, 1);
  assert.deepEqual(found.rules.routing,
    { code: 'route-trat-tu-do-thi', version: 1, source: 'assumption' });
  assert.deepEqual(found.allowed.sort(),
    ['accept', 'add_task', 'classify', 'comment', 'merge', 'reject', 'return', 'split']);
});

test('it is accepted, assigned, started and resolved, and every step is told', async () => {
  const { case_id: id } = await desk.opened(FOCAL, { level: 'urgent' });
  const accepted = await desk.act(FOCAL, id, 'accept', 1);
  assert.equal(accepted.status, 200);
  assert.equal(accepted.etag, '"2"');
  assert.deepEqual(accepted.body.rules.resolve,
    { code: 'resolve-urgent', version: 1, source: 'QĐ 1207/QĐ-UBND' });
  const assigned = await desk.act(FOCAL, id, 'assign', 2, { assignee: 'binh', note: 'Nhờ đội 1.' });
  assert.equal(assigned.body.assignee, 'binh');
  assert.equal((await desk.act(OFFICER, id, 'start', 3)).body.state, 'in_progress');
  const resolved = await desk.act(OFFICER, id, 'resolve', 4, RESULT);
  assert.equal(resolved.body.state, 'resolved');
  assert.equal(resolved.body.actor.ref, 'binh');
  assert.deepEqual(resolved.body.allowed, ['comment']);

  await desk.said('the result', (event) => event.key === id && event.data.version === 5);
  const events = desk.eventsOf(id);
  events.forEach(validate);
  assert.deepEqual(events.map((event) => event.data.version), [1, 2, 3, 4, 5]);
  assert.deepEqual(events.map((event) => event.headers.ce_type.split('.')[3]),
    ['opened', 'accepted', 'assigned', 'started', 'resolved']);
  const history = await desk.get(FOCAL, `/cases/${id}/history`);
  assert.deepEqual(history.body.items, events.map((event) => event.data));
});

// Milliseconds of office hours between two instants, by the calendar that is shipped.
function worked(from, to) {
  const file = new URL('../../../services/routing/reference/calendar.json', import.meta.url);
  const { periods, exceptions } = JSON.parse(readFileSync(file, 'utf8'));
  const hours = (day) => {
    const decided = exceptions.findLast((e) => e.date === day.toISOString().slice(0, 10));
    const works = decided ? decided.works : day.getUTCDay() % 6 !== 0;
    return works ? decided?.periods ?? periods : [];
  };
  let sum = 0;
  for (let day = Date.parse(`${from.slice(0, 10)}T00:00Z`) - 86400000; day < Date.parse(to); day += 86400000) {
    for (const { start, end } of hours(new Date(day))) {
      const [opens, closes] = [start, end].map((at) => day + Date.parse(`1970-01-01T${at}+07:00`));
      sum += Math.max(0, Math.min(closes, Date.parse(to)) - Math.max(opens, Date.parse(from)));
    }
  }
  return sum;
}

test('every step tells by which way a case came, pauses and results the working time spent', async () => {
  const days = (n) => new Date(Date.now() + n * 86400000).toISOString();
  const { case_id: id } = await desk.opened(FOCAL, // over a weekend at least
    { channel: 'inbound', submitted_at: days(-9), receive_by: days(60) });
  const steps = [[FOCAL, 'accept'], [FOCAL, 'assign', { assignee: 'binh' }], [OFFICER, 'start'],
    [OFFICER, 'ask', { question: 'Số nhà nào?' }], [OFFICER, 'answer', { answer: 'Số 5.' }],
    [OFFICER, 'resolve', RESULT]];
  for (const [at, [who, action, body]] of steps.entries()) {
    assert.equal((await desk.act(who, id, action, at + 1, body)).status, 200, action);
  }
  await desk.said('the result', (event) => event.key === id && event.data.version === 7);
  const events = desk.eventsOf(id);
  events.forEach(validate);
  for (const { data } of events) {
    assert.equal(data.channel, 'inbound');
    for (const clock of Object.values(data.clocks)) {
      const ended = clock.runs.filter((run) => run.to);
      assert.equal(clock.spent_us, ended.length === 0 ? undefined
        : ended.reduce((sum, run) => sum + 1000 * worked(run.from, run.to), 0));
    }
  }
  const { receive, resolve } = events.at(-1).data.clocks;
  assert.ok(receive.spent_us > 0);
  assert.equal(resolve.runs.length, 2);
  assert.notEqual(resolve.spent_us, undefined);
});

test('a stale command gets the present version, a lost answer is given again', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  const first = await desk.act(FOCAL, id, 'accept', 1);
  const again = await desk.act(FOCAL, id, 'accept', 1);
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, first.body);
  const stale = await desk.act({ ...FOCAL, sub: 'other' }, id, 'accept', 1);
  assert.equal(stale.status, 409);
  assert.equal(stale.type, 'application/problem+json');
  assert.equal(stale.body.code, 'stale_version');
  assert.deepEqual(stale.body.current, { version: 2, state: 'accepted' });
});

test('of two that act at once on one version, one wins', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((sub) => ({ ...FOCAL, sub }));
  await Promise.all(people.map((who) => desk.token(who)));
  const answers = await Promise.all(people.map((who) => desk.act(who, id, 'accept', 1)));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409, 409, 409, 409]);
});

test('refusals say why', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  const rows = [
    [FOCAL, 'accept', undefined, undefined, 428],
    [FOCAL, 'start', 1, undefined, 422, 'action_not_allowed'],
    [OFFICER, 'accept', 1, undefined, 403],
    [CITIZEN, 'accept', 1, undefined, 404, 'case_not_found'],
    [null, 'accept', 1, undefined, 401],
    [FAR, 'accept', 1, undefined, 404, 'case_not_found'],
    [FOCAL, 'accept', 1, { assignee: 'x' }, 400, 'invalid_input'],
    [FOCAL, 'reject', 1, { reason: { class: 'unclear' } }, 400, 'invalid_input'],
    [FOCAL, 'reject', 7, { reason: { class: 'unclear', text: 'Ở đâu?' } }, 409, 'stale_version'],
  ];
  for (const [who, action, version, body, status, code] of rows) {
    const answer = await desk.act(who, id, action, version, body);
    assert.equal(answer.status, status, `${action}: ${JSON.stringify(answer.body)}`);
    if (code) assert.equal(answer.body.code, code);
  }
  const refused = await desk.act(FOCAL, id, 'start', 1);
  assert.ok(refused.body.allowed.includes('accept') && !refused.body.allowed.includes('start'));
  assert.equal((await desk.get(FOCAL, '/cases/not-an-id')).status, 400);
});

test('a case holds no more than its events can carry', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  const accepted = await desk.act(FOCAL, id, 'accept', 1);
  const assigned = await desk.act(FOCAL, id, 'assign', accepted.body.version, { assignee: 'binh' });
  const result = (url) => ({ text: '😀'.repeat(4000), evidence: Array.from({ length: 10 }, (_, i) =>
    `https://media.ihanoi.example/${'x'.repeat(url)}${i}.jpg`) });
  const refused = await desk.act(OFFICER, id, 'resolve', assigned.body.version, { result: result(1900) });
  assert.equal(refused.status, 422, JSON.stringify(refused.body));
  assert.equal(refused.body.code, 'case_too_large');
  assert.deepEqual(refused.body.current, { version: 3, state: 'assigned' });
  assert.equal((await desk.act(OFFICER, id, 'resolve', 3, { result: result(100) })).status, 200);
});

test('what nobody is responsible for waits at the city office, which names a unit', async () => {
  const found = await desk.opened(OFFICE, { location: HAI_PHONG });
  assert.equal(found.queue, 'unroutable');
  assert.equal(found.unit, undefined);
  const queue = await desk.get(OFFICE, '/cases?queue=unroutable&limit=200');
  assert.ok(queue.body.items.some((item) => item.case_id === found.case_id));
  assert.equal((await desk.get(FOCAL, `/cases/${found.case_id}`)).status, 404);
  assert.equal((await desk.act(OFFICE, found.case_id, 'route', 1, { unit: 'NOWHERE' })).status, 400);
  const routed = await desk.act(OFFICE, found.case_id, 'route', 1, { unit: '00070' });
  assert.equal(routed.body.unit, '00070');
  assert.equal(routed.body.queue, 'unit');
  assert.equal((await desk.act(FOCAL, found.case_id, 'accept', 2)).status, 200);
  await desk.said('the route', (e) => e.key === found.case_id && e.data.action === 'route');
  desk.eventsOf(found.case_id).forEach(validate);
});

test('a report without a point waits at the city office, unless a rule needs no area', async () => {
  const location = { address: 'Ngõ 12 phố Chùa Láng' };
  const found = await desk.opened(OFFICE, { location });
  assert.equal(found.queue, 'unroutable');
  assert.equal(found.area, undefined);
  assert.deepEqual((await desk.get(OFFICE, `/cases/${found.case_id}/report?reason=Kiem+tra`)).body.location, location);
  assert.equal((await desk.get(OFFICE, `/cases/${found.case_id}/explain`)).status, 200);
  const led = await desk.opened(OFFICE, { location: { address_id: 'HN-1' }, category: 'giao-thong', level: 'complex' });
  assert.deepEqual([led.queue, led.unit], ['unit', 'SXD']);
  desk.eventsOf(found.case_id).forEach(validate);
});

test('a desk sees its own queue in due order, page by page', async () => {
  const base = Date.now() + 50 * 86400000;
  const due = (minutes) => new Date(base + minutes * 60000).toISOString();
  const filed = [];
  for (const minutes of [30, 10, 20, 40, 0]) {
    filed.push((await desk.opened(AUDITOR, { location: BA_VI, receive_by: due(minutes) })));
  }
  const { unit } = filed[0];
  const who = { role: 'officer', unit, sub: 'desk' };
  const seen = [];
  let cursor = '';
  do {
    const page = await desk.get(who, `/cases?limit=2${cursor && `&cursor=${cursor}`}`);
    assert.equal(page.status, 200);
    seen.push(...page.body.items.map((item) => item.receive_due));
    cursor = page.body.next;
  } while (cursor);
  assert.deepEqual(seen, [0, 10, 20, 30, 40].map(due));
  const early = await desk.get(who, `/cases?due_before=${due(15)}`);
  assert.equal(early.body.items.length, 2);
  assert.equal((await desk.get(who, '/cases?unit=00070')).status, 404);
  assert.equal((await desk.get(who, '/cases?state=lost')).status, 400);
  assert.equal((await desk.get(who, '/cases?cursor=x')).status, 400);
  const all = await desk.get(AUDITOR, `/cases?unit=${unit}&state=received`);
  assert.equal(all.body.items.length, 5);
});

test('closed cases are listed apart, newest first', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  await desk.act(FOCAL, id, 'reject', 1, { reason: { class: 'unclear', text: 'Ở đâu?' } });
  const closed = await desk.get(FOCAL, '/cases?state=rejected');
  assert.equal(closed.body.items[0].case_id, id);
  const open = await desk.get(FOCAL, '/cases?limit=200');
  assert.ok(open.body.items.every((item) => item.case_id !== id));
});

test('the same submission twice is one case; poison goes to the dead letters', async () => {
  const data = submission();
  const bad = submission({ level: 'sometime' });
  await desk.producer.send({ messages: [submitted(data), submitted(data), submitted(bad)] });
  await desk.producer.send({ messages: [submitted(data)] });
  const [letter] = await desk.said('the dead letter', (e) => e.topic.endsWith('.dlq'));
  assert.match(JSON.stringify(letter.headers), /level/);
  await desk.get(FOCAL, `/cases/${data.submission_id}?min_version=1`);
  const { case_id: later } = await desk.opened(FOCAL);
  await desk.said('a later case', (event) => event.key === later);
  assert.equal(desk.eventsOf(data.submission_id).length, 1);
});

test('a GET waits for the version it asks for', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  const waiting = desk.get(FOCAL, `/cases/${id}?min_version=2&wait_ms=5000`);
  await desk.act(FOCAL, id, 'accept', 1);
  assert.equal((await waiting).body.version, 2);
  const start = Date.now();
  assert.equal((await desk.get(FOCAL, `/cases/${id}?min_version=9&wait_ms=200`)).body.version, 2);
  assert.ok(Date.now() - start >= 190);
});

test('what is overdue is escalated step by step, once each', async () => {
  const hours = (n) => new Date(Date.now() + n * 3600000).toISOString();
  const { case_id: id } = await desk.opened(FOCAL,
    { submitted_at: hours(-24 * 30), receive_by: hours(-24 * 20) });
  await desk.said('the last step', (e) => e.key === id && e.data.escalation === 3, 15000);
  const events = desk.eventsOf(id);
  events.forEach(validate);
  assert.deepEqual(events.map((e) => e.data.escalation), [0, 1, 2, 3]);
  const { rows } = await desk.db.query('SELECT next_timer FROM case_current WHERE case_id = $1', [id]);
  assert.equal(rows[0].next_timer, null);
});

test('the history cannot be rewritten', async () => {
  await assert.rejects(desk.db.query('DELETE FROM case_history'), /only ever added to/);
  await assert.rejects(desk.db.query("UPDATE case_history SET actor = 'x'"), /only ever added to/);
});
