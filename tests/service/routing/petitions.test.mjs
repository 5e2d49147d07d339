// SPDX-License-Identifier: Apache-2.0
// The life of a voter petition: recorded with its session, answered with a document by the date
// that was promised, followed up, concluded.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Counter, faults } from './counter.mjs';
import { Desk } from './desk.mjs';

const desk = new Desk();
const counter = new Counter(desk);
const OFFICE = { role: 'supervisor', unit: 'VPUB', sub: 'hanh' };
const CONTROL = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const BODY = { role: 'focal_point', unit: 'SXD', sub: 'xuan' };
const WORKER = { role: 'officer', unit: 'SXD', sub: 'yen' };
const DAY = 86400000;
const HANOI = 7 * 3600000;

// A date in Hanoi, so many days from now, that is no Saturday or Sunday.
function workday(days) {
  let at = Date.now() + HANOI + days * DAY;
  while ([0, 6].includes(new Date(at).getUTCDay())) at += DAY;
  return new Date(at).toISOString().slice(0, 10);
}
const endOf = (date) => Date.parse(`${date}T00:00:00Z`) + DAY - HANOI;

const petition = (details = {}, wishes = {}) => ({ process: 'voter_petition',
  category: 'ha-tang', unit: 'SXD', level: 'complex',
  description: 'Cử tri phường Hoàn Kiếm đề nghị cải tạo hệ thống thoát nước.',
  details: { session: 'Kỳ họp thứ 20, HĐND khóa XVI', delegate: 'Tổ đại biểu số 3',
    meeting: 'Tiếp xúc cử tri 12/11/2026', ...details }, ...wishes });

const started = async (details) => {
  const opened = await counter.opened(OFFICE, petition(details));
  return counter.act(BODY, await counter.act(BODY, opened, 'accept'), 'start');
};

before(() => desk.start());
after(() => desk.stop());

test('from the session to the conclusion, with a follow-up between', async () => {
  let now = await counter.opened(OFFICE, petition({ answer_by: workday(200) }));
  const id = now.case_id;
  assert.equal(now.details.meeting, 'Tiếp xúc cử tri 12/11/2026');
  now = await counter.act(BODY, now, 'accept');
  assert.equal(now.rules.resolve.code, 'resolve-petition');
  now = await counter.act(BODY, now, 'start');
  now = await counter.act(WORKER, now, 'resolve',
    { result: { text: 'Sẽ khởi công trong quý I.' }, details: { document: '4521/SXD-HTKT' } });
  assert.equal(now.state, 'answered');
  assert.equal(now.details.document, '4521/SXD-HTKT');
  assert.equal(now.details.session, 'Kỳ họp thứ 20, HĐND khóa XVI');
  await counter.refused(BODY, now, 'follow_up', { reason: { text: 'Chưa rõ.' } }, 403, 'forbidden');

  const promised = workday(3);
  now = await counter.act(OFFICE, now, 'follow_up',
    { reason: { text: 'Chưa nêu kinh phí.' }, details: { answer_by: promised } });
  assert.equal(now.state, 'follow_up');
  assert.equal(now.phase, 'working');
  assert.equal(now.reopenings, 1);
  assert.equal(now.result, undefined);
  assert.ok(Date.parse(now.resolve_due) <= endOf(promised));
  await counter.refused(OFFICE, now, 'close', { details: { conclusion: 'Xong.' } }, 422,
    'action_not_allowed');
  now = await counter.act(WORKER, now, 'resolve',
    { result: { text: 'Kinh phí 12 tỷ đồng.' }, details: { document: '4630/SXD-HTKT' } });
  await counter.refused(OFFICE, now, 'close', {}, 400, 'invalid_input');
  now = await counter.act(CONTROL, now, 'close',
    { details: { conclusion: 'Đã trả lời đầy đủ; giám sát tại kỳ họp thứ 21.' } });
  assert.equal(now.state, 'closed');
  assert.equal(now.details.conclusion, 'Đã trả lời đầy đủ; giám sát tại kỳ họp thứ 21.');
  assert.equal(now.details.document, '4630/SXD-HTKT');

  await desk.said('the end', (e) => e.key === id && e.data.version === now.version);
  assert.deepEqual(desk.eventsOf(id).map((e) => e.headers.ce_type.split('.')[3]),
    ['opened', 'accepted', 'started', 'resolved', 'reopened', 'resolved', 'closed']);
  const { allowed, ...told } = now;
  assert.deepEqual(desk.eventsOf(id).at(-1).data, told);
});

test('the answer is due at the earlier of rule and promised date', async () => {
  const rule = await started();
  const early = workday(4);
  const bound = await started({ answer_by: early });
  assert.ok(Date.parse(bound.resolve_due) <= endOf(early));
  assert.ok(Date.parse(bound.resolve_due) < Date.parse(rule.resolve_due));
  const late = await started({ answer_by: workday(300) });
  const apart = Math.abs(Date.parse(late.resolve_due) - Date.parse(rule.resolve_due));
  assert.ok(apart < 60000, 'a later date gives no more time than the rule');
});

test('a date that is noted later brings the due forward, other notes leave it', async () => {
  let now = await started();
  const due = now.resolve_due;
  now = await counter.act(WORKER, now, 'note_answer', { details: { document: '1/SXD' } });
  assert.equal(now.resolve_due, due);
  const promised = workday(5);
  now = await counter.act(OFFICE, now, 'note_answer', { details: { answer_by: promised } });
  assert.equal(now.details.answer_by, promised);
  assert.ok(Date.parse(now.resolve_due) <= endOf(promised));
  const forward = now.resolve_due;
  now = await counter.act(WORKER, now, 'extend', { minutes: 960, reason: { text: 'Chờ khảo sát.' } });
  now = await counter.act({ role: 'supervisor', unit: 'SXD', sub: 'truong' }, now, 'approve');
  assert.ok(Date.parse(now.resolve_due) > Date.parse(forward), 'an extension goes beyond it');
  const extended = now.resolve_due;
  now = await counter.act(WORKER, now, 'note_answer', { details: { document: '2/SXD' } });
  assert.equal(now.resolve_due, extended, 'and is not undone by a later note');
});

test('a date that has passed makes a petition late from the start', async () => {
  const now = await started({ answer_by: '2026-01-05' });
  assert.ok(Date.parse(now.resolve_due) <= Date.parse(now.accepted_at) + 1);
  await desk.said('a step of escalation', (e) => e.key === now.case_id && e.data.escalation >= 1);
});

test('what is recorded is checked, and read by its own desk only', async () => {
  assert.deepEqual(faults(await counter.open(OFFICE, petition({ answer_by: 'mai' }))),
    { 'details.answer_by': 'not_allowed' });
  assert.deepEqual(faults(await counter.open(OFFICE, petition({ session: 'x'.repeat(201) }))),
    { 'details.session': 'too_long' });
  const { case_id: id } = await counter.opened(OFFICE, petition());
  assert.equal((await desk.get(WORKER, `/cases/${id}/report?reason=Kiem+tra`)).status, 200);
  assert.equal((await desk.get({ role: 'officer', unit: '00070', sub: 'binh' }, `/cases/${id}`))
    .status, 404);
});
