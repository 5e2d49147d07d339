// SPDX-License-Identifier: Apache-2.0
// What reporters say after filing: done once, in turn, beside what officers do at the same time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { compiler } from '../../contract/contracts.mjs';
import { Desk, submission, submitted, uuid7 } from './desk.mjs';

const desk = new Desk();
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const OFFICER = { role: 'officer', unit: '00070', sub: 'binh' };
const RESULT = { result: { text: 'Đã giải tỏa.', evidence: ['https://media.ihanoi.example/1.jpg'] } };
const TYPES = { supplement: 'supplemented', answer: 'supplemented', withdrawal: 'withdrawn', rating: 'rated',
  reopening: 'reopen_requested' };
const contract = compiler('draft-07');

before(() => desk.start());
after(() => desk.stop());

// A message as intake says it; {id, topic, key, value, headers}. wishes: text, rating, media, case_version.
function message(submissionId, kind, wishes = {}) {
  const type = `vn.hanoi.submission.${TYPES[kind]}.v1`;
  const speaks = kind !== 'withdrawal' && kind !== 'rating';
  const data = { submission_id: submissionId, version: 2, message_id: uuid7(), at: new Date().toISOString(),
    ...(speaks ? { text: 'Nhà số 5.', media: [] } : {}), ...(kind === 'answer' ? { is_answer: true } : {}), ...wishes };
  const event = submitted({ submission_id: submissionId, submitted_at: data.at });
  return { ...event, id: data.message_id, value: JSON.stringify(data), headers: { ...event.headers, ce_type: type } };
}

const publish = (...messages) => desk.producer.send({ messages: messages.map(({ id, ...rest }) => rest) });

async function say(submissionId, kind, wishes) {
  const said = message(submissionId, kind, wishes);
  await publish(said);
  return said.id;
}

const named = (event, id) => event.data?.message?.id === id || event.data?.message_id === id;

// The event that does the message, or refuses it; valid by its schema.
async function outcome(id) {
  const [event] = await desk.said(`what becomes of message ${id}`, (e) => named(e, id));
  const check = contract.getSchema(`https://schemas.ihanoi.example/events/${event.headers.ce_type}`);
  assert.ok(check(event.data), JSON.stringify(check.errors));
  return event;
}

const kindOf = (event) => event.headers.ce_type.split('.').slice(2, 4).join('.');
const at = async (id, version) => (await desk.get(FOCAL, `/cases/${id}?min_version=${version}&wait_ms=10000`)).body;

async function done(who, id, action, version, body) {
  const answer = await desk.act(who, id, action, version, body);
  assert.equal(answer.status, 200, `${action}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function resolved(wishes) {
  const { case_id: id } = await desk.opened(FOCAL, wishes);
  await done(FOCAL, id, 'accept', 1);
  await done(FOCAL, id, 'assign', 2, { assignee: 'binh' });
  await done(OFFICER, id, 'resolve', 3, RESULT);
  return id;
}

test('a supplement right behind its submission is a comment of the reporter', async () => {
  const filed = submission();
  const media = ['https://media.ihanoi.example/2.jpg'];
  const said = message(filed.submission_id, 'supplement', { text: 'Ngay cổng trường.', media });
  await publish(submitted(filed), said);
  const event = await outcome(said.id);
  assert.equal(kindOf(event), 'case.commented');
  assert.equal(event.data.version, 2);
  assert.equal(event.data.note, 'Ngay cổng trường.');
  assert.deepEqual(event.data.message, { id: said.id, media });
  assert.deepEqual(event.data.actor, { role: 'citizen', ref: 'demo-citizen' });
  const now = await at(filed.submission_id, 2);
  assert.equal(now.note, 'Ngay cổng trường.');
  const accepted = await done(FOCAL, filed.submission_id, 'accept', 2);
  assert.equal(accepted.message, undefined, 'it is of its own version alone');
});

test('question and answer, result, rating and reopening go by messages', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  await done(FOCAL, id, 'accept', 1);
  await done(FOCAL, id, 'assign', 2, { assignee: 'binh' });
  await done(OFFICER, id, 'ask', 3, { question: 'Ở số mấy?' });
  const answered = await outcome(await say(id, 'answer', { text: 'Số 5.', case_version: 4 }));
  assert.equal(kindOf(answered), 'case.info_supplied');
  assert.equal(answered.data.question.answer, 'Số 5.');
  assert.equal(answered.data.state, 'assigned');
  await done(OFFICER, id, 'resolve', 5, RESULT);
  const rated = await outcome(await say(id, 'rating', { rating: 'dissatisfied', text: 'Chưa xong.' }));
  assert.equal(rated.data.rating, 'dissatisfied');
  assert.equal(rated.data.note, 'Chưa xong.');
  const reopened = await outcome(await say(id, 'reopening', { text: 'Họ lại bày ra.' }));
  assert.equal(kindOf(reopened), 'case.reopened');
  assert.deepEqual(reopened.data.reason, { text: 'Họ lại bày ra.' });
  assert.equal(reopened.data.version, 8);
  assert.equal((await at(id, 8)).state, 'accepted');
  const withdrawn = await outcome(await say(id, 'withdrawal', {}));
  assert.equal(withdrawn.data.phase, 'withdrawn');
});

test('what cannot be done is refused, and changes nothing', async () => {
  const id = await resolved();
  const rows = [['withdrawal', {}, 'action_not_allowed'], ['answer', {}, 'action_not_allowed'],
    ['rating', { rating: 'satisfied', case_version: 3 }, 'stale_version']];
  for (const [kind, wishes, code] of rows) {
    const event = await outcome(await say(id, kind, wishes));
    assert.equal(kindOf(event), 'message.refused');
    const { version, phase, state } = event.data;
    assert.deepEqual([event.data.kind, event.data.code, version, phase, state], [kind, code, 4, 'resolved', 'resolved']);
  }
  await outcome(await say(id, 'rating', { rating: 'satisfied' }));
  const twice = await outcome(await say(id, 'rating', { rating: 'acceptable' }));
  assert.equal(twice.data.code, 'condition_not_met');
  const now = await at(id, 5);
  assert.deepEqual([now.version, now.rating], [5, 'satisfied']);
});

test('the messages of one batch move the case on one after another', async () => {
  const filed = submission();
  const id = filed.submission_id;
  const said = Array.from({ length: 20 }, (_, i) => message(id, 'supplement', { text: `Thứ ${i}`, version: i + 2 }));
  await publish(submitted(filed), ...said, message(id, 'withdrawal', { version: 22 }));
  await at(id, 22);
  const { body } = await desk.get(FOCAL, `/cases/${id}/history`);
  assert.deepEqual(body.items.map((item) => item.version), Array.from({ length: 22 }, (_, i) => i + 1));
  assert.deepEqual(body.items.slice(1, 21).map((item) => item.note), said.map((_, i) => `Thứ ${i}`));
  assert.equal(body.items[21].phase, 'withdrawn');
});

test('a message that comes again is done once, also by a process that was started since', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  const said = message(id, 'supplement');
  const refused = message(id, 'reopening');
  const again = (one) => ({ ...one, headers: { ...one.headers, ce_id: uuid7() } });
  await publish(said, again(said), refused);
  await outcome(refused.id);
  await publish(again(said), again(refused));
  await desk.stack.kill('routing');
  await desk.stack.startService('routing');
  await publish(again(said), again(refused));
  const last = message(id, 'supplement', { text: 'Sau cùng.' });
  await publish(last);
  const event = await outcome(last.id);
  assert.equal(event.data.version, 3);
  const of = (one) => new Set(desk.events.filter((e) => named(e, one.id)).map((e) => e.headers.ce_id)).size;
  assert.deepEqual([of(said), of(refused)], [1, 1]);
});

test('a message about no case is a dead letter, which is good once the case is there', async () => {
  const filed = submission();
  const said = message(filed.submission_id, 'supplement');
  await publish(said);
  await until('the dead letter', async () => (await desk.db.query(
    "SELECT 1 FROM dead_letter WHERE error_class = 'unknown_case'")).rows.length === 1, 10000);
  const { rows: [letter] } = await desk.db.query("SELECT id FROM dead_letter WHERE error_class = 'unknown_case'");
  await publish(submitted(filed));
  await at(filed.submission_id, 1);
  const replayed = await desk.verb('dlq', 'replay', String(letter.id));
  assert.equal(replayed.code, 0, replayed.stderr);
  assert.equal((await outcome(said.id)).data.version, 2);
});

test('messages and officers at the same time: no step is lost, none is done twice', async () => {
  const cases = await Promise.all(Array.from({ length: 30 }, () => desk.opened(FOCAL)));
  const accept = async (id) => {
    for (let version = 1; ; version += 1) {
      const answer = await desk.act(FOCAL, id, 'accept', version);
      if (answer.status === 200) return answer.body.version;
      assert.equal(answer.status, 409, JSON.stringify(answer.body));
    }
  };
  const said = [];
  const talk = async ({ case_id: id }) => {
    for (let i = 0; i < 4; i += 1) said.push(await say(id, 'supplement', { text: `Lần ${i}`, version: i + 2 }));
  };
  await Promise.all(cases.flatMap((one) => [talk(one), accept(one.case_id)]));
  for (const { case_id: id } of cases) {
    const now = await at(id, 6);
    assert.equal(now.version, 6);
    const { body } = await desk.get(FOCAL, `/cases/${id}/history`);
    assert.deepEqual(body.items.map((item) => item.version), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(body.items.map((item) => item.action).sort(),
      ['accept', 'comment', 'comment', 'comment', 'comment', 'open']);
    assert.deepEqual(body.items.filter((item) => item.message).map((item) => item.note),
      [0, 1, 2, 3].map((i) => `Lần ${i}`), 'in the order in which they were said');
  }
  await Promise.all(said.map(outcome));
  assert.deepEqual((await desk.db.query("SELECT 1 FROM dead_letter WHERE error_class <> 'unknown_case'")).rows, []);
});

test('what cannot be read is a dead letter that names the field', async () => {
  const { case_id: id } = await desk.opened(FOCAL);
  await publish(message(id, 'rating', { rating: 'ok' }), message(id, 'supplement', { text: '' }));
  const details = async () => (await desk.db.query(
    "SELECT error_detail FROM dead_letter WHERE error_class = 'invalid_data' ORDER BY 1")).rows.map((r) => r.error_detail);
  await until('two dead letters', async () => (await details()).length === 2, 10000);
  assert.match((await details())[0], /^rating: /);
  assert.match((await details())[1], /^text: /);
});
