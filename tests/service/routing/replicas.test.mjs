// SPDX-License-Identifier: Apache-2.0
// Two processes share one database and one group: no step twice, no version unseen, none lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk, submission, submitted } from './desk.mjs';

const desk = new Desk();
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const OTHER = { instance: 'routing-1', port: desk.stack.ports.routing + 7 };
const days = (n) => new Date(Date.now() + n * 86400000).toISOString();
const count = async (sql, ...values) => (await desk.db.query(sql, values)).rows[0].n;

before(async () => {
  await desk.start();
  await desk.stack.startService('routing', OTHER);
});
after(() => desk.stop());

async function atOther(path) {
  const answer = await fetch(`http://127.0.0.1:${OTHER.port}/api/routing${path}`,
    { headers: { authorization: `Bearer ${await desk.token(FOCAL)}` } });
  return answer.json();
}

async function fileMany(many, wishes) {
  const filed = Array.from({ length: many }, () => submission(wishes));
  for (let i = 0; i < many; i += 200) { // below what a topic takes in one batch
    const messages = filed.slice(i, i + 200).map((data) => submitted(data));
    await desk.producer.send({ messages });
  }
  return filed.map((data) => data.submission_id);
}

test('a GET at one replica sees what the other has committed', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  const waiting = atOther(`/cases/${id}?min_version=2&wait_ms=5000`);
  await desk.act(FOCAL, id, 'accept', 1);
  assert.equal((await waiting).version, 2);
});

test('400 overdue cases are escalated three times each, by whichever process', async () => {
  const ids = await fileMany(400, { submitted_at: days(-30), receive_by: days(-20) });
  const mine = new Set(ids);
  const isLast = (e) => mine.has(e.key) && e.data.escalation === 3;
  const deadline = Date.now() + 40000;
  while (desk.events.filter(isLast).length < 400 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const events = desk.events.filter((e) => mine.has(e.key));
  assert.equal(events.length, 1600);
  for (const id of ids) { // in any order: each process has an outbox of its own
    assert.deepEqual(desk.eventsOf(id).map((e) => e.data.version).sort(), [1, 2, 3, 4]);
  }
});

test('a process killed while it opens cases loses none and repeats none', async () => {
  const ids = await fileMany(20000);
  await new Promise((resolve) => setTimeout(resolve, 400));
  await desk.stack.kill('routing');
  await desk.stack.startService('routing');
  const deadline = Date.now() + 60000;
  const opened = () => count('SELECT count(*)::int AS n FROM case_current WHERE case_id = ANY ($1)',
    ids);
  while ((await opened()) < ids.length && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assert.equal(await opened(), ids.length);
  assert.equal(await count(
    'SELECT count(*)::int AS n FROM case_history WHERE case_id = ANY ($1)', ids), ids.length);
  const mine = new Set(ids);
  const told = () => new Set(desk.events.filter((e) => mine.has(e.key)).map((e) => e.headers.ce_id));
  while (told().size < ids.length && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assert.equal(told().size, ids.length); // at least once each, always under the same id
});

test('the history is as it was written after all of this', async () => {
  const { code, stdout } = await desk.verb('audit', 'verify');
  assert.match(stdout, /: good\n$/);
  assert.equal(code, 0);
});
