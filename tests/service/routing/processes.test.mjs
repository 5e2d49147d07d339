// SPDX-License-Identifier: Apache-2.0
// What a case goes through beside the straight way: asked and answered, handed over, extended,
// refused with a second pair of eyes, checked, reopened, rated.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { compiler } from '../../contract/contracts.mjs';
import { Desk } from './desk.mjs';

const desk = new Desk();
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const HEAD = { role: 'supervisor', unit: '00070', sub: 'dung' };
const OFFICER = { role: 'officer', unit: '00070', sub: 'binh' };
const NEXT = { role: 'focal_point', unit: '00082', sub: 'nga' };
const OFFICE = { role: 'supervisor', unit: 'VPUB', sub: 'hanh' };
const CONTROL = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const CITIZEN = { role: 'citizen', sub: 'demo-citizen' };
const STRANGER = { role: 'citizen', sub: 'somebody-else' };
const RESULT = { result: { text: 'Đã giải tỏa.', evidence: ['https://media.ihanoi.example/1.jpg'] } };
const BECAUSE = { reason: { text: 'Vì lý do sau.' } };

before(() => desk.start());
after(() => desk.stop());

// Does it, or tells why not.
async function act(who, now, action, body) {
  const answer = await desk.act(who, now.case_id, action, now.version, body);
  assert.equal(answer.status, 200, `${action}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function refused(who, now, action, body, status, code) {
  const answer = await desk.act(who, now.case_id, action, now.version, body);
  assert.equal(answer.status, status, `${action}: ${JSON.stringify(answer.body)}`);
  if (code) assert.equal(answer.body.code, code);
  return answer.body;
}

async function inProgress(wishes) {
  let now = await desk.opened(FOCAL, wishes);
  now = await act(FOCAL, now, 'accept');
  now = await act(FOCAL, now, 'assign', { assignee: 'binh' });
  return act(OFFICER, now, 'start');
}

const resolved = async (wishes) => act(OFFICER, await inProgress(wishes), 'resolve', RESULT);

async function events(id, version) {
  const ajv = compiler('2020-12');
  await desk.said(`version ${version}`, (e) => e.key === id && e.data.version === version);
  const told = desk.eventsOf(id);
  for (const { headers, data } of told) {
    const check = ajv.getSchema(`https://schemas.ihanoi.example/events/${headers.ce_type}`);
    assert.ok(check, `${headers.ce_type} has a schema`);
    assert.ok(check(data), `${headers.ce_type}: ${JSON.stringify(check.errors)}`);
  }
  return told.map((e) => e.headers.ce_type.split('.')[3]);
}

test('every process is told as it is in force', async () => {
  const { status, body } = await desk.get(null, '/processes');
  assert.equal(status, 200);
  assert.deepEqual(body.items.map((process) => process.code).sort(), ['hotline_ticket', 'initiative',
    'onsite_report', 'procedure_report', 'reception_booking', 'voter_petition', 'waste_report']);
  for (const process of body.items) assert.ok(process.source.length > 0 && process.version >= 1);
});

test('the clock stands still while the resident is asked, and runs on with the answer', async () => {
  let now = await inProgress();
  assert.ok(now.resolve_due);
  now = await act(OFFICER, now, 'ask', { question: 'Ở số nhà nào?' });
  assert.equal(now.phase, 'paused');
  assert.equal(now.resolve_due, undefined);
  assert.ok(Date.parse(now.timeout_at) > Date.now());
  await refused(STRANGER, now, 'answer', { answer: 'Số 5.' }, 404);
  const seen = await desk.get(CITIZEN, `/cases/${now.case_id}`);
  assert.equal(seen.status, 200);
  assert.equal(seen.body.question.text, 'Ở số nhà nào?');
  assert.equal(seen.body.assignee, undefined);
  assert.deepEqual(seen.body.allowed.sort(), ['answer', 'comment', 'withdraw']);
  now = await act(CITIZEN, seen.body, 'answer', { answer: 'Số 5, ngõ 7.' });
  now = (await desk.get(OFFICER, `/cases/${now.case_id}`)).body;
  assert.equal(now.state, 'in_progress');
  assert.equal(now.clocks.resolve.runs.length, 2);
  assert.ok(now.clocks.resolve.due_working && now.clocks.resolve.due_always);
  assert.equal(now.question.answer, 'Số 5, ngõ 7.');
  assert.deepEqual((await events(now.case_id, now.version)).slice(-2),
    ['info_requested', 'info_supplied']);
});

test('a case is handed over twice at most, then the city office decides and its word binds', async () => {
  let now = await desk.opened(FOCAL);
  const { receive_due: due } = now;
  await refused(FOCAL, now, 'return', BECAUSE, 400, 'invalid_input');
  now = await act(FOCAL, now, 'return', { ...BECAUSE, proposed_unit: '00082' });
  assert.equal(now.unit, '00082');
  assert.equal(now.receive_due, due);
  assert.equal((await desk.get(FOCAL, `/cases/${now.case_id}`)).status, 404);
  now = (await desk.get(NEXT, `/cases/${now.case_id}`)).body;
  now = await act(NEXT, now, 'return', { ...BECAUSE, proposed_unit: '00091' });
  const third = { role: 'focal_point', unit: '00091', sub: 'tu' };
  now = (await desk.get(third, `/cases/${now.case_id}`)).body;
  assert.equal(now.unit, '00091');
  await act(third, now, 'return', { ...BECAUSE, proposed_unit: '00103' });
  now = (await desk.get(OFFICE, `/cases/${now.case_id}`)).body;
  assert.equal(now.queue, 'disputed');
  assert.deepEqual(now.handovers.map(({ from, to }) => [from, to]),
    [['00070', '00082'], ['00082', '00091'], ['00091', '00103']]);
  const trail = (await desk.get(CITIZEN, `/cases/${now.case_id}`)).body.handovers;
  assert.equal(trail.length, 3);
  now = await act(OFFICE, now, 'decide', { unit: '00070' });
  assert.equal(now.bound, true);
  now = (await desk.get(FOCAL, `/cases/${now.case_id}`)).body;
  await refused(FOCAL, now, 'return', { ...BECAUSE, proposed_unit: '00082' }, 422, 'condition_not_met');
  assert.deepEqual((await events(now.case_id, now.version)).slice(1),
    ['returned', 'returned', 'returned', 'routed']);
});

test('an extension is proposed by one and approved by another, so often as the rules allow', async () => {
  let now = await inProgress();
  const due = Date.parse(now.resolve_due);
  const wish = { minutes: 480, reason: { text: 'Chờ vật tư.' } };
  now = await act(OFFICER, now, 'extend', wish);
  assert.equal(now.pending.action, 'extend');
  assert.equal(Date.parse(now.resolve_due), due);
  await refused(OFFICER, now, 'approve', {}, 403);
  await refused(FOCAL, now, 'extend', wish, 422, 'condition_not_met');
  now = await act(HEAD, now, 'approve');
  assert.equal(now.pending, undefined);
  assert.equal(now.extensions, 1);
  assert.ok(Date.parse(now.resolve_due) > due);
  now = await act(OFFICER, now, 'extend', wish);
  now = await act(HEAD, now, 'disapprove', { reason: { text: 'Đủ rồi.' } });
  assert.equal(now.extensions, 1);
  now = await act(OFFICER, now, 'extend', wish);
  now = await act(HEAD, now, 'approve');
  await refused(OFFICER, now, 'extend', wish, 422, 'condition_not_met');
  assert.deepEqual((await events(now.case_id, now.version)).slice(4),
    ['proposed', 'extended', 'proposed', 'declined', 'proposed', 'extended']);
});

test('some rejections need a second pair of eyes, others do not', async () => {
  const plain = await act(FOCAL, await desk.opened(FOCAL), 'reject',
    { reason: { class: 'unclear', text: 'Ở đâu?' } });
  assert.equal(plain.state, 'rejected');
  let now = await desk.opened(FOCAL);
  now = await act(FOCAL, now, 'reject', { reason: { class: 'out_of_scope_legal', text: 'Khiếu nại.' } });
  assert.equal(now.state, 'received');
  assert.equal(now.pending.reason.class, 'out_of_scope_legal');
  await refused(FOCAL, now, 'approve', {}, 403);
  now = await act(HEAD, now, 'approve');
  assert.equal(now.state, 'rejected');
  assert.equal(now.reason.class, 'out_of_scope_legal');
});

test('a resident rates once, reopens within the window, and a comment moves nothing', async () => {
  let now = await resolved();
  const { timeout_at: window } = now;
  assert.ok(Date.parse(window) - Date.parse(now.resolved_at) > 0);
  now = await act(CITIZEN, now, 'comment', { note: 'Vẫn còn rác.' });
  assert.equal(now.timeout_at, window);
  now = await act(CITIZEN, now, 'rate', { rating: 'dissatisfied' });
  assert.equal(now.timeout_at, window);
  await refused(CITIZEN, now, 'rate', { rating: 'satisfied' }, 422, 'condition_not_met');
  await refused(OFFICER, now, 'reopen', BECAUSE, 403);
  now = await act(CITIZEN, now, 'reopen', BECAUSE);
  assert.equal(now.phase, 'working');
  now = (await desk.get(FOCAL, `/cases/${now.case_id}`)).body;
  assert.equal(now.reopenings, 1);
  assert.equal(now.result, undefined);
  assert.ok(Date.parse(now.resolve_due) > Date.now());
});

test('a result that was sampled is checked by somebody else before it closes', async () => {
  const wishes = { kind: 'waste_report', category: 'lang-phi' }; // all of them are checked
  let now = await desk.opened(CONTROL, wishes);
  const unit = now.unit;
  const lead = { role: 'focal_point', unit, sub: 'an-lead' };
  now = await act(lead, now, 'accept');
  now = await act(lead, now, 'assign', { assignee: 'an-lead' });
  now = await act(lead, now, 'resolve', RESULT);
  assert.equal(now.audit.state, 'pending');
  await refused(CITIZEN, now, 'close', {}, 422, 'condition_not_met');
  await refused(lead, now, 'pass_audit', {}, 403);
  now = await act(CONTROL, now, 'fail_audit', { reason: { text: 'Ảnh không đúng chỗ.' } });
  assert.equal(now.phase, 'working');
  now = await act(lead, now, 'assign', { assignee: 'an-lead' });
  now = await act(lead, now, 'resolve', RESULT);
  now = await act(CONTROL, now, 'pass_audit');
  assert.equal(now.audit.state, 'passed');
  now = await act(CITIZEN, now, 'close');
  assert.equal(now.phase, 'closed');
  await events(now.case_id, now.version);
});

test('units that co-operate have tasks of their own', async () => {
  const other = { role: 'focal_point', unit: 'CATP', sub: 'khanh' };
  let now = await act(FOCAL, await desk.opened(FOCAL), 'accept');
  assert.equal((await desk.get(other, `/cases/${now.case_id}`)).status, 404);
  now = await act(FOCAL, now, 'add_task', { unit: 'CATP', note: 'Nhờ xử phạt.' });
  assert.equal(now.tasks.at(-1).state, 'open');
  assert.ok(now.tasks.at(-1).clock.due_working);
  now = (await desk.get(other, `/cases/${now.case_id}`)).body;
  await refused(other, now, 'assign', { assignee: 'x' }, 403);
  now = await act(other, now, 'accept_task');
  now = await act(FOCAL, now, 'assign', { assignee: 'binh' });
  await refused(OFFICER, now, 'resolve', RESULT, 422, 'condition_not_met');
  now = await act(other, now, 'finish_task', { note: 'Đã phạt.' });
  now = await act(OFFICER, now, 'resolve', RESULT);
  assert.equal(now.state, 'resolved');
});

test('a resident withdraws', async () => {
  const now = await act(CITIZEN, await desk.opened(FOCAL), 'withdraw');
  assert.equal(now.phase, 'withdrawn');
  await refused(FOCAL, now, 'accept', {}, 422, 'action_not_allowed');
});

test('due times are told anew after a late decision of the calendar, and listed', async () => {
  const admin = { role: 'administrator', unit: 'HN', sub: 'root' };
  const recompute = async (apply) => {
    const answer = await desk.call(admin, 'POST', '/recomputations',
      { body: { apply, reason: 'Nghỉ bù theo thông báo.' } });
    assert.equal(answer.status, 200);
    return answer.body;
  };
  const { case_id: id } = await act(FOCAL, await desk.opened(FOCAL), 'accept');
  await recompute(true); // what the test promised is not what the calendar says
  assert.equal((await recompute(false)).changed, 0);

  const folder = mkdtempSync(join(tmpdir(), 'ihanoi-calendar-'));
  cpSync('services/routing/reference', folder, { recursive: true });
  const calendar = JSON.parse(readFileSync(join(folder, 'calendar.json'), 'utf8'));
  const day = (n) => new Date(Date.now() + 7 * 3600000 + n * 86400000).toISOString().slice(0, 10);
  const added = [0, 1, 2, 3].map((n) => ({ date: day(n), works: false, kind: 'swapped-off' }));
  calendar.version = String(Number(calendar.version) + 1);
  calendar.exceptions = [...calendar.exceptions.filter((e) => !added.some((a) => a.date === e.date)),
    ...added];
  writeFileSync(join(folder, 'calendar.json'), JSON.stringify(calendar));
  const loaded = await desk.verb('reference', 'load', folder);
  rmSync(folder, { recursive: true });
  assert.equal(loaded.code, 0, loaded.stderr);
  await until('the new calendar', async () => (await recompute(false)).changed > 0, 10000);

  const listed = await recompute(false);
  const mine = listed.items.find((item) => item.case_id === id);
  assert.equal(mine.clocks[0].clock, 'resolve');
  assert.ok(Date.parse(mine.clocks[0].is) > Date.parse(mine.clocks[0].was));
  assert.equal(listed.applied, 0);
  const applied = await recompute(true);
  assert.equal(applied.applied, applied.changed);
  assert.equal((await recompute(false)).changed, 0);
  const now = (await desk.get(FOCAL, `/cases/${id}`)).body;
  assert.equal(now.resolve_due, mine.clocks[0].is);
  assert.equal(now.note, 'Nghỉ bù theo thông báo.');
  assert.equal((await events(id, now.version)).at(-1), 'recomputed');

  const wrong = async (who, body) => (await desk.call(who, 'POST', '/recomputations', { body })).status;
  assert.equal(await wrong(FOCAL, { apply: false, reason: 'abc' }), 403);
  assert.equal(await wrong(admin, { apply: true }), 400);
});
