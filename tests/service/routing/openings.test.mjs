// SPDX-License-Identifier: Apache-2.0
// Cases that are opened in routing itself: by whom, what they need, and once per Idempotency-Key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Counter, checkDigit, faults } from './counter.mjs';
import { Desk, HOAN_KIEM, uuid7 } from './desk.mjs';

const desk = new Desk();
const counter = new Counter(desk);
const OFFICE = { role: 'supervisor', unit: 'VPUB', sub: 'hanh' };
const OFFICER = { role: 'officer', unit: '00070', sub: 'binh' };
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const HOTLINE = { role: 'hotline_operator', unit: 'VPUB', sub: 'nga-1022' };
const CITIZEN = { role: 'citizen', sub: 'an' };
const count = async (sql, ...values) => (await desk.db.query(sql, values)).rows[0].n;

const petition = (wishes) => ({ process: 'voter_petition', category: 'ha-tang', unit: 'SXD',
  description: 'Cử tri đề nghị sớm thoát nước cho ngõ 12.',
  details: { session: 'Kỳ họp thứ 20', delegate: 'Tổ đại biểu số 3' }, ...wishes });

const call = (wishes) => ({ process: 'hotline_ticket', category: 'khac', unit: 'VPUB',
  description: 'Không đăng nhập được.', reporter_ref: 'p-4711',
  details: { call_at: '2026-11-24T03:10:00.000Z', consent: 'verbal' }, ...wishes });

before(async () => {
  await desk.start();
  await counter.startSecond();
});
after(() => desk.stop());

test('what is opened here is a case like others, with a number of its own', async () => {
  const answer = await counter.open(OFFICE, petition({ title: 'Thoát nước',
    location: { ...HOAN_KIEM, address: 'Ngõ 12' }, media: ['https://media.ihanoi.example/a.jpg'] }));
  assert.equal(answer.status, 201, answer.text);
  const opened = answer.body;
  assert.equal(answer.location, `/api/routing/cases/${opened.case_id}`);
  assert.equal(answer.etag, '"1"');
  assert.match(opened.ticket, /^HN-\d{4}-9\d{7}-/);
  assert.equal(opened.ticket.at(-1), checkDigit(opened.ticket.slice(0, -2)));
  assert.equal(opened.state, 'received');
  assert.equal(opened.unit, 'SXD');
  assert.equal(opened.area, '00070');
  assert.equal(opened.near_border, false);
  assert.equal(opened.rules.routing.code, 'named-at-opening');
  assert.equal(opened.rules.receive.code, 'receive');
  assert.equal(opened.reporter_ref, 'hanh');
  assert.deepEqual(opened.actor, { role: 'supervisor', ref: 'hanh' });
  assert.deepEqual((await desk.get(OFFICE, `/cases/${opened.case_id}`)).body, opened);

  const { allowed, ...told } = opened;
  const [event] = await desk.said('the opening', (e) => e.key === opened.case_id);
  assert.equal(event.headers.ce_type, 'vn.hanoi.case.opened.v1');
  assert.deepEqual(event.data, told);
  assert.ok(allowed.includes('route'));
  const history = await desk.get(OFFICE, `/cases/${opened.case_id}/history`);
  assert.deepEqual(history.body.items, [told]);

  const { body: report } = await desk.get(OFFICE, `/cases/${opened.case_id}/report?reason=Kiem+tra`);
  assert.equal(report.submission_id, opened.case_id);
  assert.equal(report.kind, 'voter_petition');
  assert.equal(report.title, 'Thoát nước');
  assert.deepEqual(report.location, { ...HOAN_KIEM, address: 'Ngõ 12' });
  assert.deepEqual(report.reporter, { ref: 'hanh', anonymous: false });
  assert.deepEqual(report.details, opened.details);
  assert.equal(report.receive_by, opened.receive_due);

  for (const text of ['thoát nước ngõ', 'thoat nuoc', opened.ticket]) {
    const found = await desk.get(OFFICE, `/cases?${new URLSearchParams({ text })}`);
    assert.deepEqual(found.body.items.map((item) => item.case_id), [opened.case_id], text);
  }
  const page = await desk.get(OFFICE, `/cases/${opened.case_id}/print?reason=Kiem+tra`);
  assert.equal(page.status, 200);
  assert.ok(page.body.includes('Thoát nước') && page.body.includes('Ngõ 12'));
});

test('numbers are given once', async () => {
  const who = [OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, OFFICE];
  const opened = await Promise.all(who.map((one) => counter.opened(one, petition())));
  assert.equal(new Set(opened.map((one) => one.ticket)).size, who.length);
});

test('without a unit it goes where place and rules lead', async () => {
  const routed = await counter.opened(OFFICER, petition({ unit: undefined, location: HOAN_KIEM }));
  assert.equal(routed.unit, '00070');
  assert.equal(routed.rules.routing.code, 'route-ha-tang');
  assert.deepEqual(routed.tasks.map(({ unit, state }) => [unit, state]), [['SXD', 'open']]);
  const lost = await counter.opened(OFFICE, petition({ unit: undefined }));
  assert.equal(lost.queue, 'unroutable');
  assert.ok(lost.clocks.dispatch, 'the city office has a clock of its own');
});

test('an Idempotency-Key gives the same case, byte by byte, at every replica', async () => {
  const key = uuid7();
  const first = await counter.open(OFFICE, petition(), { key });
  await desk.act({ role: 'focal_point', unit: 'SXD', sub: 'xuan' }, first.body.case_id, 'accept', 1);
  for (const replica of [0, 1]) {
    const again = await counter.open(OFFICE, petition(), { key, replica });
    assert.equal(again.status, 201);
    assert.equal(again.text, first.text);
    assert.equal(again.location, first.location);
    assert.equal(again.etag, '"1"');
    const other = await counter.open(OFFICE, petition({ title: 'Khác' }), { key, replica });
    assert.equal(other.status, 422);
    assert.equal(other.body.code, 'idempotency_key_reused');
  }
  const somebody = await counter.open({ ...OFFICE, sub: 'khac' }, petition(), { key });
  assert.notEqual(somebody.body.case_id, first.body.case_id, 'the key is each caller\'s own');
  assert.equal(await count('SELECT count(*)::int AS n FROM opening_key WHERE made = $1',
    first.body.case_id), 1);
});

test('one key at two replicas at once opens one case', async () => {
  for (let round = 0; round < 8; round += 1) {
    const key = uuid7();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) =>
      counter.open(OFFICE, petition({ title: `Lượt ${round}` }), { key, replica: i % 2 })));
    const made = answers.filter((answer) => answer.status === 201);
    const waited = answers.filter((answer) => answer.status === 409); // in flight in one process
    assert.equal(made.length + waited.length, answers.length);
    assert.equal(new Set(made.map((answer) => answer.text)).size, 1);
    assert.equal(await count(`SELECT count(*)::int AS n FROM case_history
      WHERE version = 1 AND report LIKE $1`, `%Lượt ${round}"%`), 1);
  }
});

test('who may open a case is a matter of the process', async () => {
  const rows = [
    [CITIZEN, petition(), 403, 'forbidden'],
    [HOTLINE, petition(), 403, 'forbidden'],
    [{ role: 'auditor', unit: 'HN', sub: 'kiem' }, call(), 403, 'forbidden'],
    [FOCAL, call(), 403, 'forbidden'],
    [OFFICER, petition({ unit: '00070' }), 201],
    [OFFICER, petition({ unit: 'SXD' }), 400, 'invalid_input'],
    [OFFICER, petition({ unit: 'NOWHERE' }), 400, 'invalid_input'],
  ];
  for (const [who, body, status, code] of rows) {
    const answer = await counter.open(who, body);
    assert.equal(answer.status, status, `${who.role}: ${answer.text}`);
    if (code) assert.equal(answer.body.code, code);
  }
  assert.deepEqual(faults(await counter.open(OFFICER, petition({ unit: 'SXD' }))),
    { unit: 'unknown_unit' });
  assert.equal((await fetch(`${desk.stack.url('routing')}/api/routing/cases`, { method: 'POST' }))
    .status, 401);
});

test('each fault names its field', async () => {
  const rows = [
    [{ process: 'onsite_report' }, { process: 'unknown_process' }],
    [{ process: 'nothing' }, { process: 'unknown_process' }],
    [{ process: undefined }, { process: 'required' }],
    [{ category: 'nothing' }, { category: 'unknown_category' }],
    [{ level: 'soon' }, { level: 'not_allowed' }],
    [{ description: '' }, { description: 'too_short' }],
    [{ description: undefined }, { description: 'required' }],
    [{ title: 'x'.repeat(201) }, { title: 'too_long' }],
    [{ location: { lat: 50, lon: 105 } }, { 'location.lat': 'out_of_range' }],
    [{ media: ['http://plain.example/a.jpg'] }, { 'media[0]': 'bad_url' }],
    [{ language: 'fr' }, { language: 'not_allowed' }],
    [{ reporter_ref: 'a@b' }, { reporter_ref: 'bad_reference' }],
    [{ details: {} }, { 'details.session': 'required', 'details.delegate': 'required' }],
    [{ details: { ...petition().details, answer_by: '2026-02-30' } },
      { 'details.answer_by': 'not_allowed' }],
    [{ details: { ...petition().details, mood: 'good' } }, { 'details.mood': 'unknown_field' }],
    [{ unit: 'NOWHERE' }, { unit: 'unknown_unit' }],
    [{ colour: 'red' }, { colour: 'unknown_field' }],
  ];
  for (const [wishes, expected] of rows) {
    const answer = await counter.open(OFFICE, petition(wishes));
    assert.deepEqual(faults(answer), expected, JSON.stringify(wishes));
  }
  const before = await count('SELECT count(*)::int AS n FROM case_current');
  await counter.open(OFFICE, petition({ category: 'nothing' }), { key: uuid7() });
  assert.equal(await count('SELECT count(*)::int AS n FROM case_current'), before);
});

test('a call is recorded for who called, who agreed to it, and when', async () => {
  const opened = await counter.opened(HOTLINE, call());
  assert.equal(opened.reporter_ref, 'p-4711');
  assert.equal(opened.details.consent, 'verbal');
  assert.equal(opened.details.call_at, '2026-11-24T03:10:00.000Z');
  assert.deepEqual(opened.actor, { role: 'hotline_operator', ref: 'nga-1022' });
  const waiting = await desk.get(HOTLINE, '/cases?process=hotline_ticket&state=received&limit=200');
  assert.ok(waiting.body.items?.some((item) => item.case_id === opened.case_id), JSON.stringify(waiting.body));
  const accepted = await counter.act(HOTLINE, opened, 'accept');
  const resolved = await counter.act(HOTLINE, accepted, 'resolve',
    { result: { text: 'Đã hướng dẫn đặt lại mật khẩu.' } });
  assert.equal(resolved.state, 'resolved');

  const nobody = await counter.opened(HOTLINE, call({ reporter_ref: undefined,
    details: { ...call().details, consent: 'none' } }));
  assert.equal(nobody.reporter_ref, 'nga-1022', 'whoever did not agree is not named');
  const rows = [
    [{ details: { ...call().details, consent: 'none' } }, { reporter_ref: 'no_consent' }],
    [{ reporter_ref: undefined }, { reporter_ref: 'required' }],
    [{ details: { consent: 'verbal' } }, { 'details.call_at': 'required' }],
    [{ details: { ...call().details, consent: 'perhaps' } }, { 'details.consent': 'not_allowed' }],
    [{ details: { ...call().details, call_at: 'gestern' } }, { 'details.call_at': 'not_allowed' }],
  ];
  for (const [wishes, expected] of rows) {
    assert.deepEqual(faults(await counter.open(HOTLINE, call(wishes))), expected);
  }
});

test('a process that is killed while it opens cases: who asks again gets theirs, once', async () => {
  const keys = Array.from({ length: 300 }, () => uuid7());
  const ask = (key, i) => counter.open(OFFICE, petition({ title: `Bão ${i}` }), { key })
    .catch(() => ({ status: 0 }));
  const asked = Promise.all(keys.map(async (key, i) => {
    await new Promise((resolve) => setTimeout(resolve, i));
    return ask(key, i);
  }));
  await new Promise((resolve) => setTimeout(resolve, 150));
  await desk.stack.kill('routing');
  const first = await asked;
  assert.ok(first.some(({ status }) => status === 201) && first.some(({ status }) => status === 0));
  await desk.stack.startService('routing');
  const again = await Promise.all(keys.map(ask));
  for (const [i, answer] of again.entries()) {
    assert.equal(answer.status, 201, answer.text);
    if (first[i].status === 201) assert.equal(answer.text, first[i].text);
  }
  const ids = again.map(({ body }) => body.case_id);
  assert.equal(new Set(ids).size, keys.length);
  assert.equal(await count(`SELECT count(*)::int AS n FROM case_history
    WHERE version = 1 AND report LIKE '%"Bão %'`), keys.length);
  const mine = new Set(ids);
  const told = () => new Set(desk.events.filter((e) => mine.has(e.key)).map((e) => e.headers.ce_id));
  const deadline = Date.now() + 20000;
  while (told().size < ids.length && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(told().size, ids.length); // at least once each, always under the same id
});
