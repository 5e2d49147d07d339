// SPDX-License-Identifier: Apache-2.0
// What intake files of every kind becomes a case of its process: with its details and answers, a booking with
// a place of its own or refused with the reason, and never a submission without a case.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { compiler } from '../../contract/contracts.mjs';
import { Desk, HOAN_KIEM, submission, submitted } from './desk.mjs';

const desk = new Desk();
const HEAD = { role: 'supervisor', unit: '00070', sub: 'dung' };
const CITY = { role: 'administrator', unit: 'HN', sub: 'quang' };
const WHEN = '2026-11-23T22:30:00+07:00';
const ajv = compiler('2020-12');
let slots;

const hour = (n) => new Date(Math.ceil(Date.now() / 3600000) * 3600000 + n * 3600000).toISOString();
const opened = (id) => until('the case', () => desk.events.find((e) => e.topic === 'city.cases.v1' && e.key === id), 30000);

/** Files, and gives the event that told of the case. */
async function filed(wishes) {
  const event = await opened(await desk.file(wishes));
  const check = ajv.getSchema(`https://schemas.ihanoi.example/events/${event.headers.ce_type}`);
  assert.ok(check(event.data), JSON.stringify(check.errors));
  return event.data;
}
const booking = (slot, ref, wishes = {}) => ({ kind: 'reception_booking', category: 'tiep-cong-dan', location: undefined,
  details: { ...(slot && { slot }), matter: 'Đất đai' }, reporter: { ref, anonymous: false }, ...wishes });
const places = async () => (await desk.db.query('SELECT count(*)::int AS n FROM reception_place')).rows[0].n;

before(async () => {
  await desk.start();
  const answer = await desk.call(HEAD, 'POST', '/receptions/00070/slots', { headers: { 'idempotency-key': 'slots' },
    body: { slots: [1, 3].map((n, i) => ({ starts_at: hour(n), ends_at: hour(n + 1), capacity: 1 + 2 * i, room: 'P.101' })) } });
  assert.equal(answer.status, 201, answer.text);
  slots = answer.body.items.map((item) => item.slot_id);
}, { timeout: 180000 });
after(() => desk.stop());

test('each kind is opened in its process, with its details', async () => {
  const rows = [
    ['procedure_report', 'thu-tuc-hanh-chinh', { procedure: '1.000656', dossier: 'H26-1' }, undefined],
    ['waste_report', 'lang-phi', undefined, undefined],
    ['initiative', 'sang-kien', undefined, undefined],
    ['voter_petition', 'kien-nghi-cu-tri', { session: 'Kỳ họp thứ 20', delegate: 'Tổ 3' }, HOAN_KIEM],
    ['hotline_ticket', 'tong-dai-1022', { call_at: WHEN, consent: 'none' }, undefined],
  ];
  for (const [kind, category, details, location] of rows) {
    const told = await filed({ kind, category, details, location });
    assert.deepEqual([told.kind, told.phase, told.version, told.actor.role], [kind, 'received', 1, 'system']);
    assert.deepEqual(told.details, details);
    assert.ok(told.unit, `${kind} has a unit`);
  }
});

test('a booking takes a place, until the end of its slot, at the unit of the slot', async () => {
  const told = await filed(booking(slots[1], 'an'));
  assert.deepEqual([told.state, told.phase, told.unit], ['booked', 'working', '00070']);
  assert.equal(told.details.slot_at, hour(3));
  assert.equal(told.resolve_due, hour(4));
  const { rows } = await desk.db.query('SELECT slot_id, reporter FROM reception_place WHERE case_id = $1', [told.case_id]);
  assert.deepEqual(rows, [{ slot_id: slots[1], reporter: 'an' }]);
});

test('whose slot cannot be had has a case that says why', async () => {
  await filed(booking(slots[0], 'binh'));
  const before = await places();
  const rows = [
    [booking(slots[0], 'chi'), /không còn chỗ/],
    [booking(slots[0], 'binh'), /đã đặt lịch/],
    [booking('01a20bee-d4b3-7c38-8010-0f98910ae571', 'chi'), /Không có khung giờ/],
    [booking(undefined, 'chi'), /Không có khung giờ/],
    [booking('tomorrow', 'chi', { language: 'en' }), /^There is no such time/],
  ];
  for (const [wishes, text] of rows) {
    const told = await filed(wishes);
    assert.deepEqual([told.state, told.phase, told.reason.class], ['refused', 'rejected', 'other']);
    assert.match(told.reason.text, text);
    assert.ok(told.rejected_at);
    assert.equal(told.receive_due !== undefined, true);
    const view = await desk.get(CITY, `/cases/${told.case_id}`);
    assert.equal(view.status, 200);
    assert.equal(view.body.state, 'refused');
  }
  assert.equal(await places(), before, 'no place was taken');
});

test('of many who file for one place one has it, whichever batch they come in', async () => {
  const messages = Array.from({ length: 20 }, (_, i) => submission(booking(slots[1], `dan-${i}`)));
  await desk.producer.send({ messages: messages.map((data) => submitted(data)) });
  const told = await Promise.all(messages.map((data) => opened(data.submission_id)));
  const states = told.map((e) => e.data.state);
  assert.equal(states.filter((state) => state === 'booked').length, 2, 'of three places one was taken before');
  assert.equal(states.filter((state) => state === 'refused').length, 18);
  const winner = messages[states.indexOf('booked')];
  const before = await places();
  await desk.producer.send({ messages: [submitted(winner)] }); // told again
  await filed({});
  assert.equal(await places(), before);
});

test('a detail that is wrong is told with the case, which is there all the same', async () => {
  const told = await filed({ kind: 'voter_petition', category: 'kien-nghi-cu-tri', details: { session: 'x'.repeat(201), delegate: 'Tổ 3' } });
  assert.equal(told.phase, 'received');
  assert.deepEqual(told.details, { delegate: 'Tổ 3' });
  assert.match(told.note, /^details\.session: /);
  const missing = await filed({ kind: 'hotline_ticket', category: 'tong-dai-1022', details: { call_at: WHEN } });
  assert.match(missing.note, /^details\.consent: is required/);
});

test('officers read answers where they read the words, and say why', async () => {
  const answers = [{ code: 'source', datatype: 'singlevaluelist', prompt: { vi: 'Tiếng ồn từ đâu?', en: 'From where?' },
    values: ['karaoke'], names: [{ vi: 'Karaoke & loa', en: 'Karaoke' }] },
  { code: 'habit', datatype: 'text', prompt: { vi: 'Khung giờ?', en: 'When?' }, values: ['Từ 22 giờ'] }];
  const { case_id: id } = await filed({ category: 'tieng-on', answers });
  assert.equal((await desk.get(HEAD, `/cases/${id}/report`)).status, 400, 'no reason was given');
  const report = await desk.get(HEAD, `/cases/${id}/report?reason=kiem%20tra`);
  assert.deepEqual(report.body.answers, answers);
  const page = await desk.get(HEAD, `/cases/${id}/print?reason=kiem%20tra`);
  assert.match(page.text, /Tiếng ồn từ đâu\?<\/th><td>Karaoke &amp; loa<\/td>/);
  assert.match(page.text, /Khung giờ\?<\/th><td>Từ 22 giờ<\/td>/);
});
