// SPDX-License-Identifier: Apache-2.0
// Receptions: the slots of an office, and bookings that never share a place.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Counter, faults } from './counter.mjs';
import { Desk, uuid7 } from './desk.mjs';

const desk = new Desk();
const counter = new Counter(desk);
const HEAD = { role: 'supervisor', unit: '00070', sub: 'dung' };
const OFFICER = { role: 'officer', unit: '00070', sub: 'binh' };
const OTHER_HEAD = { role: 'supervisor', unit: '00082', sub: 'xa' };
const CITY = { role: 'administrator', unit: 'HN', sub: 'quang' };
const HOTLINE = { role: 'hotline_operator', unit: 'VPUB', sub: 'mai' };
const citizen = (i) => ({ role: 'citizen', sub: `dan-${i}` });
const AN = citizen('an');
const DAY = 86400000;
const SLOTS = '/receptions/00070/slots';
const count = async (sql, ...values) => (await desk.db.query(sql, values)).rows[0].n;

// Whole hours from the next full one on: each test has a day of its own.
const hour = (day, n) => new Date(Math.ceil(Date.now() / 3600000) * 3600000 + day * DAY
  + n * 3600000).toISOString();
const slot = (day, n, wishes) => ({ starts_at: hour(day, n), ends_at: hour(day, n + 1), capacity: 1,
  room: 'P.101', ...wishes });
const booking = (id, wishes) => ({ process: 'reception_booking', category: 'khac',
  description: 'Xin gặp về việc cấp sổ.', details: { slot: id, matter: 'Cấp sổ' }, ...wishes });

async function offered(...slots) {
  const answer = await counter.call(HEAD, 'POST', SLOTS, { body: { slots } });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.items;
}

async function free(id, day) {
  const { body } = await counter.call(AN, 'GET',
    `${SLOTS}?from=${hour(day, -1)}&to=${hour(day, 24)}`);
  return body.items.find((item) => item.slot_id === id)?.free;
}

// All of them at once, at both replicas; how many got which answer.
async function rush(people, id) {
  await Promise.all(people.map((who) => desk.token(who)));
  const answers = await Promise.all(people.map((who, i) =>
    counter.open(who, booking(id), { replica: i % 2 })));
  for (const answer of answers) {
    if (answer.status !== 201) {
      assert.deepEqual([answer.status, answer.body.code], [409, 'slot_taken']);
    }
  }
  return answers.filter((answer) => answer.status === 201);
}

before(async () => {
  await desk.start();
  await counter.startSecond();
});
after(() => desk.stop());

test('an office offers slots, everybody sees what is free', async () => {
  const items = await offered(slot(2, 0, { capacity: 3 }), slot(2, 1), slot(2, 0, { room: 'P.102' }));
  assert.deepEqual(items.map(({ capacity, free: left, unit }) => [capacity, left, unit]),
    [[3, 3, '00070'], [1, 1, '00070'], [1, 1, '00070']]);
  const seen = [];
  let cursor = '';
  do {
    const page = await counter.call(AN, 'GET', `${SLOTS}?limit=2`
      + `&from=${hour(2, 0)}&to=${hour(2, 24)}${cursor && `&cursor=${cursor}`}`);
    assert.equal(page.status, 200, page.text);
    seen.push(...page.body.items);
    cursor = page.body.next;
  } while (cursor);
  assert.equal(seen.length, 3);
  assert.deepEqual(new Set(seen.map((item) => item.slot_id)),
    new Set(items.map((item) => item.slot_id)));
  assert.deepEqual(seen.map((item) => item.starts_at),
    [hour(2, 0), hour(2, 0), hour(2, 1)]);
});

test('only heads and administrators of the unit offer and take back', async () => {
  const body = { slots: [slot(3, 0)] };
  const rows = [[OFFICER, 403], [AN, 403], [OTHER_HEAD, 404], [CITY, 201]];
  for (const [who, status] of rows) {
    const answer = await counter.call(who, 'POST', SLOTS, { body });
    assert.equal(answer.status, status, `${who.sub}: ${answer.text}`);
  }
  const [item] = await offered(slot(3, 2));
  const path = `${SLOTS}/${item.slot_id}`;
  for (const [who, status] of [[OFFICER, 403], [OTHER_HEAD, 404], [HEAD, 204], [HEAD, 404]]) {
    assert.equal((await counter.call(who, 'DELETE', path)).status, status);
  }
  assert.equal((await counter.call(HEAD, 'DELETE', `${SLOTS}/none`)).status, 400);
  const [kept] = await offered(slot(3, 3));
  assert.equal((await counter.call(OTHER_HEAD, 'DELETE',
    `/receptions/00082/slots/${kept.slot_id}`)).status, 404);
  assert.equal((await counter.call(HEAD, 'POST', '/receptions/NOWHERE/slots', { body })).status, 404);
});

test('what cannot be offered is told slot by slot, and nothing of it is', async () => {
  const before = await count('SELECT count(*)::int AS n FROM reception_slot');
  const rows = [
    [[slot(4, 0), slot(4, 0)], { 'slots[1]': 'overlaps' }],
    [[slot(4, 0), slot(4, 3), slot(4, 2, { ends_at: hour(4, 4) })], { 'slots[2]': 'overlaps' }],
    [[slot(-1, 0)], { 'slots[0].starts_at': 'past' }],
    [[slot(400, 0)], { 'slots[0].starts_at': 'out_of_range' }],
    [[slot(4, 0, { ends_at: hour(4, 0) })], { 'slots[0].ends_at': 'out_of_range' }],
    [[slot(4, 0, { ends_at: hour(4, 13) })], { 'slots[0].ends_at': 'out_of_range' }],
    [[slot(4, 0, { starts_at: hour(4, 0).replace('00.000', '01.000') })],
      { 'slots[0].starts_at': 'not_allowed' }],
    [[slot(4, 0, { capacity: 0 })], { 'slots[0].capacity': 'out_of_range' }],
    [[slot(4, 0, { room: '' })], { 'slots[0].room': 'too_short' }],
    [[slot(4, 0, { floor: 2 })], { 'slots[0].floor': 'unknown_field' }],
    [[], { slots: 'too_few' }],
    [Array.from({ length: 201 }, () => slot(4, 0)), { slots: 'too_many' }],
  ];
  for (const [slots, expected] of rows) {
    const answer = await counter.call(HEAD, 'POST', SLOTS, { body: { slots } });
    assert.deepEqual(faults(answer), expected, JSON.stringify(slots[0]));
  }
  assert.equal(await count('SELECT count(*)::int AS n FROM reception_slot'), before);

  await offered(slot(4, 10, { ends_at: hour(4, 12) }));
  const met = await counter.call(HEAD, 'POST', SLOTS, { body: { slots: [slot(4, 8), slot(4, 9),
    slot(4, 11), slot(4, 12), slot(4, 10, { room: 'P.202' })] } });
  assert.deepEqual(faults(met), { 'slots[2]': 'overlaps' });
  assert.equal(await count('SELECT count(*)::int AS n FROM reception_slot'), before + 1);
});

test('two who offer the same room at once do not both get it', async () => {
  const body = { slots: [slot(5, 0), slot(5, 1), slot(5, 2)] };
  const answers = await Promise.all([0, 1, 0, 1, 0, 1].map((replica) =>
    counter.call(HEAD, 'POST', SLOTS, { body, replica })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 400, 400, 400, 400, 400]);
});

test('an Idempotency-Key offers once', async () => {
  const key = uuid7();
  const body = { slots: [slot(6, 0), slot(6, 1)] };
  const first = await counter.call(HEAD, 'POST', SLOTS, { body, key });
  assert.equal(first.status, 201, first.text);
  const again = await counter.call(HEAD, 'POST', SLOTS, { body, key, replica: 1 });
  assert.equal(again.text, first.text);
  assert.equal(await free(first.body.items[1].slot_id, 6), 1);
  const other = await counter.call(HEAD, 'POST', SLOTS, { body: { slots: [slot(6, 5)] }, key });
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused']);
});

test('a list says from when to when', async () => {
  const rows = [
    ['?from=heute', 'from'],
    [`?from=${hour(0, 0)}&to=${hour(0, 0)}`, 'to'],
    [`?from=${hour(0, 0)}&to=${hour(94, 0)}`, 'to'],
    ['?limit=0', 'limit'],
    ['?cursor=x', 'cursor'],
  ];
  for (const [query, field] of rows) {
    const answer = await counter.call(AN, 'GET', `${SLOTS}${query}`);
    assert.deepEqual(Object.keys(faults(answer)), [field], query);
  }
  assert.equal((await counter.call(AN, 'GET', '/receptions/NOWHERE/slots')).status, 404);
});

test('a resident books: the place is theirs, and the office says by its end who came', async () => {
  const [item] = await offered(slot(7, 0, { capacity: 2 }));
  const opened = await counter.opened(AN, booking(item.slot_id));
  assert.equal(opened.state, 'booked');
  assert.equal(opened.unit, '00070');
  assert.equal(opened.resolve_due, item.ends_at);
  assert.deepEqual(opened.details,
    { slot: item.slot_id, slot_at: item.starts_at, matter: 'Cấp sổ' });
  assert.deepEqual(opened.allowed, ['cancel', 'comment']);
  assert.equal(await free(item.slot_id, 7), 1);

  const now = (await desk.get(OFFICER, `/cases/${opened.case_id}`)).body;
  assert.deepEqual(now.details, opened.details);
  assert.equal(now.reporter_ref, 'dan-an');
  assert.equal(now.rules.resolve.code, 'appointment');
  assert.equal(Date.parse(item.starts_at) - Date.parse(now.timeout_at), DAY);
  const attended = await counter.act(OFFICER, now, 'attend', { result: { text: 'Đã tiếp.' } });
  assert.equal(attended.state, 'attended');
  assert.equal(await free(item.slot_id, 7), 1, 'a place that was used stays taken');
});

test('the visitor is reminded a day ahead', async () => {
  const [soon] = await offered(slot(0, 2));
  const { case_id: id } = await counter.opened(AN, booking(soon.slot_id));
  const upcoming = await counter.becomes(OFFICER, id, 'upcoming');
  assert.ok(upcoming.allowed.includes('attend'));
  const [event] = await desk.said('the reminder', (e) => e.key === id
    && e.data.action === 'remind_visitor');
  assert.equal(event.headers.ce_type, 'vn.hanoi.case.advanced.v1');
  assert.equal(event.data.details.slot_at, soon.starts_at);
  assert.equal(event.data.reporter_ref, 'dan-an');
});

test('50 people want the last place: one gets it', async () => {
  const [item] = await offered(slot(8, 0));
  const people = Array.from({ length: 50 }, (_, i) => citizen(i));
  assert.equal((await rush(people, item.slot_id)).length, 1);
  assert.equal(await free(item.slot_id, 8), 0);
  assert.equal(await count(`SELECT count(*)::int AS n FROM case_current c
    JOIN reception_place p ON p.case_id = c.case_id WHERE p.slot_id = $1`, item.slot_id), 1);
});

test('of three places exactly three are given', async () => {
  const [item] = await offered(slot(9, 0, { capacity: 3 }));
  const people = Array.from({ length: 50 }, (_, i) => citizen(i));
  const got = await rush(people, item.slot_id);
  assert.equal(got.length, 3);
  const places = await desk.db.query(
    'SELECT place FROM reception_place WHERE slot_id = $1 ORDER BY place', [item.slot_id]);
  assert.deepEqual(places.rows.map((row) => row.place), [1, 2, 3]);
  assert.equal(new Set(got.map((answer) => answer.body.case_id)).size, 3);
});

test('nobody takes two places of one slot', async () => {
  const [item] = await offered(slot(10, 0, { capacity: 5 }));
  const answers = await Promise.all([0, 1, 0, 1].map((replica) =>
    counter.open(AN, booking(item.slot_id), { replica })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409]);
  assert.ok(answers.every(({ status, body }) => status === 201 || body.code === 'already_booked'));
  assert.equal(await free(item.slot_id, 10), 4);
});

test('who cancels leaves the place to others, and may book again', async () => {
  const [item] = await offered(slot(11, 0));
  const first = await counter.opened(AN, booking(item.slot_id));
  const second = await counter.open(citizen('sau'), booking(item.slot_id));
  assert.deepEqual([second.status, second.body.code], [409, 'slot_taken']);
  const cancelled = await counter.act(AN, first, 'cancel', { reason: { text: 'Bận.' } });
  assert.equal(cancelled.phase, 'withdrawn');
  assert.equal(await free(item.slot_id, 11), 1);
  await counter.refused(AN, cancelled, 'cancel', {}, 422, 'action_not_allowed');
  await counter.opened(AN, booking(item.slot_id));
  assert.equal(await free(item.slot_id, 11), 0);
});

test('places that are given back while others want them are given once', async () => {
  const [item] = await offered(slot(12, 0, { capacity: 2 }));
  const [x, y] = [citizen('x'), citizen('y')];
  const xBooked = await counter.opened(x, booking(item.slot_id));
  const yBooked = await counter.opened(y, booking(item.slot_id));
  const people = Array.from({ length: 20 }, (_, i) => citizen(i));
  const [got] = await Promise.all([rush(people, item.slot_id),
    counter.act(x, xBooked, 'cancel'), counter.act(y, yBooked, 'cancel')]);
  const held = await count('SELECT count(*)::int AS n FROM reception_place WHERE slot_id = $1',
    item.slot_id);
  assert.equal(held, got.length);
  assert.ok(held <= 2);
});

test('a stale cancellation frees nothing', async () => {
  const [item] = await offered(slot(13, 0));
  const opened = await counter.opened(AN, booking(item.slot_id));
  await counter.act(OFFICER, opened, 'comment', { note: 'Mang theo CCCD.' });
  await counter.refused(AN, opened, 'cancel', {}, 409, 'stale_version');
  assert.equal(await free(item.slot_id, 13), 0);
});

test('an official books on behalf of somebody; a resident only for themself', async () => {
  const [item] = await offered(slot(14, 0, { capacity: 5 }));
  const opened = await counter.opened(HOTLINE, booking(item.slot_id, { reporter_ref: 'p-0912' }));
  const now = (await desk.get(OFFICER, `/cases/${opened.case_id}`)).body;
  assert.equal(now.reporter_ref, 'p-0912');
  assert.deepEqual(now.actor, { role: 'hotline_operator', ref: 'mai' });
  const rows = [
    [AN, { reporter_ref: 'somebody' }, { reporter_ref: 'not_allowed' }],
    [HOTLINE, { unit: 'VPUB' }, { unit: 'not_allowed' }],
    [AN, { details: {} }, { 'details.slot': 'required' }],
    [AN, { details: { slot: 'P.101' } }, { 'details.slot': 'not_allowed' }],
    [AN, { details: { slot: uuid7() } }, { 'details.slot': 'unknown_slot' }],
    [AN, { details: { slot: item.slot_id, slot_at: item.starts_at } },
      { 'details.slot_at': 'not_allowed' }],
  ];
  for (const [who, wishes, expected] of rows) {
    assert.deepEqual(faults(await counter.open(who, booking(item.slot_id, wishes))), expected);
  }
});

test('a slot that has begun, or is over, is not booked any more', async () => {
  const id = uuid7();
  await desk.db.query(`INSERT INTO reception_slot VALUES ($1, '00070', 'P.9', now() -
    interval '5 minutes', now() + interval '55 minutes', 1, 'dung')`, [id]);
  assert.deepEqual(faults(await counter.open(AN, booking(id))), { 'details.slot': 'past' });
});

test('a slot in which somebody has a place is not taken back', async () => {
  const [item] = await offered(slot(15, 0));
  const opened = await counter.opened(AN, booking(item.slot_id));
  const path = `${SLOTS}/${item.slot_id}`;
  const kept = await counter.call(HEAD, 'DELETE', path);
  assert.deepEqual([kept.status, kept.body.code], [409, 'slot_booked']);
  await counter.act(AN, opened, 'cancel');
  assert.equal((await counter.call(HEAD, 'DELETE', path)).status, 204);
  assert.deepEqual(faults(await counter.open(AN, booking(item.slot_id))),
    { 'details.slot': 'unknown_slot' });
});

test('taking a slot back and booking it at once: one of the two', async () => {
  for (let n = 0; n < 6; n += 1) {
    const [item] = await offered(slot(16, n));
    const [gone, booked] = await Promise.all([
      counter.call(HEAD, 'DELETE', `${SLOTS}/${item.slot_id}`, { replica: n % 2 }),
      counter.open(AN, booking(item.slot_id), { replica: 1 - n % 2 })]);
    assert.ok((gone.status === 204) !== (booked.status === 201), `${gone.status} ${booked.text}`);
    assert.ok([204, 409].includes(gone.status) && [201, 400].includes(booked.status));
  }
});
