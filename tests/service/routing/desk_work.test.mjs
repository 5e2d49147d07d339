// SPDX-License-Identifier: Apache-2.0
// Work on many cases at once, what desks note and begin their answers with, who has how much to do.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk, uuid7 } from './desk.mjs';

const desk = new Desk();
const WARD = '00070';
const OTHER = '00082';
const FOCAL = { role: 'focal_point', unit: WARD, sub: 'cuong' };
const OFFICER = { role: 'officer', unit: WARD, sub: 'binh' };
const NEIGHBOUR = { role: 'focal_point', unit: OTHER, sub: 'nga' };
const CITY = { role: 'supervisor', unit: 'HN', sub: 'dung' };
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const CITIZEN = { role: 'citizen', sub: 'an' };
const WHY = { 'x-access-reason': 'Kiem tra ho so' };

before(() => desk.start());
after(() => desk.stop());

async function act(who, now, action, body) {
  const answer = await desk.act(who, now.case_id, action, now.version, body);
  assert.equal(answer.status, 200, `${action}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const bulk = (who, body) => desk.call(who, 'POST', '/cases/bulk', { body });
const seen = ({ case_id: id, version }) => ({ id, version });

// ---- many cases ----

test('one command goes to many cases, each with a result of its own', async () => {
  const cases = [];
  for (let i = 0; i < 5; i += 1) cases.push(await desk.opened(FOCAL));
  const accepted = await bulk(FOCAL, { action: 'accept', cases: cases.map(seen) });
  assert.equal(accepted.status, 200);
  assert.deepEqual(accepted.body, { done: 5, failed: 0,
    results: cases.map(({ case_id: id }) => ({ id, status: 200, version: 2, state: 'accepted' })) });

  const far = await desk.opened(AUDITOR, { location: { lat: 21.08, lon: 105.37 } });
  const fresh = await desk.opened(FOCAL);
  const ghost = uuid7();
  const wanted = [seen(cases[0]), { ...seen(cases[1]), version: 2 }, { ...seen(cases[2]), version: 2 },
    seen(far), { id: ghost, version: 1 }, seen(fresh)];
  const mixed = await bulk(FOCAL, { action: 'assign', assignee: 'binh', note: 'Cả loạt', cases: wanted });
  assert.equal(mixed.status, 200);
  assert.deepEqual(mixed.body.results.map((result) => result.status), [409, 200, 200, 404, 404, 422]);
  assert.deepEqual([mixed.body.done, mixed.body.failed], [2, 4]);
  const [stale, good, , , , early] = mixed.body.results;
  assert.equal(stale.code, 'stale_version');
  assert.deepEqual(stale.current, { version: 2, state: 'accepted' });
  assert.deepEqual([good.version, good.state], [3, 'assigned']);
  assert.equal(early.code, 'action_not_allowed');
  assert.ok(early.allowed.includes('accept'));
  const { body } = await desk.get(FOCAL, `/cases/${cases[1].case_id}`);
  assert.deepEqual([body.assignee, body.note, body.actor.ref], ['binh', 'Cả loạt', 'cuong']);
  await desk.said('each is told', (event) => event.key === cases[2].case_id && event.data.version === 3);

  // The answer was lost: the same again is the same.
  const again = await bulk(FOCAL, { action: 'assign', assignee: 'binh', note: 'Cả loạt', cases: [wanted[1]] });
  assert.deepEqual(again.body.results, [good]);
  const faulty = await bulk(FOCAL, { action: 'assign', cases: [wanted[0]] });
  assert.equal(faulty.body.results[0].status, 409);
  const lacking = await bulk(FOCAL, { action: 'assign', cases: [{ ...seen(cases[0]), version: 2 }] });
  assert.equal(lacking.body.results[0].status, 400);
  assert.equal(lacking.body.results[0].errors[0].field, 'assignee');
});

test('two hundred cases go in one request', async () => {
  const ids = await Promise.all(Array.from({ length: 200 }, () => desk.file()));
  for (const id of ids) await desk.get(FOCAL, `/cases/${id}?min_version=1&wait_ms=10000`);
  const answer = await bulk(FOCAL, { action: 'accept', cases: ids.map((id) => ({ id, version: 1 })) });
  assert.equal(answer.body.done, 200);
  assert.deepEqual(answer.body.results.map((result) => result.id), ids);
});

test('of people who take the same cases at once, one wins each', async () => {
  const cases = [];
  for (let i = 0; i < 20; i += 1) cases.push(await desk.opened(FOCAL));
  const people = ['a', 'b', 'c'].map((sub) => ({ ...FOCAL, sub }));
  await Promise.all(people.map((who) => desk.token(who)));
  const answers = await Promise.all(people.map((who) => bulk(who, { action: 'accept', cases: cases.map(seen) })));
  for (let i = 0; i < cases.length; i += 1) {
    assert.deepEqual(answers.map(({ body }) => body.results[i].status).sort(), [200, 409, 409]);
  }
});

test('a bulk request that makes no sense is refused as a whole', async () => {
  const one = { id: uuid7(), version: 1 };
  const rows = [
    [{ cases: [one] }, 'action'], [{ action: 'accept' }, 'cases'], [{ action: 'accept', cases: [] }, 'cases'],
    [{ action: 'accept', cases: [{ id: 'x', version: 1 }] }, 'cases[0].id'],
    [{ action: 'accept', cases: [one, { ...one, version: 0 }] }, 'cases[1].version'],
    [{ action: 'accept', cases: [one, one] }, 'cases[1].id'],
    [{ action: 'accept', cases: Array.from({ length: 201 }, () => ({ id: uuid7(), version: 1 })) }, 'cases'],
    [{ action: 'dance', cases: [one] }, 'action'], [{ action: 'accept', cases: [one], lost: 1 }, 'lost'],
    [{ action: 'assign', cases: [one], assignee: 'a@b' }, 'assignee'],
  ];
  for (const [body, field] of rows) {
    const answer = await bulk(FOCAL, body);
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.ok(answer.body.errors.some((error) => error.field === field), JSON.stringify(answer.body));
  }
  assert.equal((await bulk(CITIZEN, { action: 'accept', cases: [one] })).status, 403);
  const two = await bulk(FOCAL, { action: 'accept', cases: [{ id: 'x', version: 1 }, { id: 'y', version: 1 }] });
  assert.deepEqual(two.body.errors.map(({ field, code }) => [field, code]),
    [['cases[0].id', 'bad_uuid'], ['cases[1].id', 'bad_uuid']]);
  // What only the process of a case can tell is told of each case.
  const real = await desk.opened(FOCAL);
  const details = await bulk(FOCAL, { action: 'accept', cases: [seen(real)], details: { lost: 'x' } });
  assert.equal(details.body.results[0].errors[0].field, 'details.lost');
  const none = await bulk(FOCAL, { action: 'note_answer', cases: [seen(real)] });
  assert.equal(none.body.results[0].code, 'unknown_action');
});

// ---- notes ----

test('notes are for officials of the case, are only ever added, and stay out of events', async () => {
  const now = await desk.opened(FOCAL);
  const path = `/cases/${now.case_id}/notes`;
  const key = { 'idempotency-key': uuid7() };
  const first = await desk.call(OFFICER, 'POST', path, { body: { text: 'Gọi cho tổ dân phố.' }, headers: key });
  assert.equal(first.status, 201);
  assert.equal(first.body.text, 'Gọi cho tổ dân phố.');
  assert.deepEqual([first.body.account, first.body.unit, first.body.mine], ['binh', WARD, true]);
  const again = await desk.call(OFFICER, 'POST', path, { body: { text: 'Gọi cho tổ dân phố.' }, headers: key });
  assert.deepEqual(again.body, first.body);
  assert.equal((await desk.call(OFFICER, 'POST', path, { body: { text: 'Khác' }, headers: key })).status, 422);
  await desk.call(FOCAL, 'POST', path, { body: { text: 'Đã gọi.' } });
  const list = await desk.call(FOCAL, 'GET', path, { headers: WHY });
  assert.deepEqual(list.body.items.map((note) => [note.text, note.mine]),
    [['Gọi cho tổ dân phố.', false], ['Đã gọi.', true]]);
  const page = await desk.call(FOCAL, 'GET', `${path}?limit=1`, { headers: WHY });
  const rest = await desk.call(FOCAL, 'GET', `${path}?limit=1&cursor=${page.body.next}`, { headers: WHY });
  assert.deepEqual([...page.body.items, ...rest.body.items], list.body.items);
  assert.equal(rest.body.next, undefined);

  assert.equal((await desk.call(NEIGHBOUR, 'GET', path, { headers: WHY })).status, 404);
  assert.equal((await desk.call(NEIGHBOUR, 'POST', path, { body: { text: 'x' } })).status, 404);
  assert.equal((await desk.call(CITIZEN, 'GET', path, { headers: WHY })).status, 403);
  for (const body of [{}, { text: '' }, { text: 'x'.repeat(4001) }, { text: 'x', more: 1 }]) {
    assert.equal((await desk.call(FOCAL, 'POST', path, { body })).status, 400, JSON.stringify(body));
  }
  await act(FOCAL, now, 'accept');
  await desk.said('the acceptance', (event) => event.key === now.case_id && event.data.version === 2);
  assert.ok(!JSON.stringify(desk.eventsOf(now.case_id)).includes('tổ dân phố'));
  await assert.rejects(desk.db.query('DELETE FROM case_note'), /only ever added to/);
  await assert.rejects(desk.db.query("UPDATE case_note SET body = 'x'"), /only ever added to/);
});

// ---- templates ----

test('templates hold for a unit and those below it, and are filled in for a case', async () => {
  const everywhere = { name: 'Chung', text: { vi: 'Kính gửi Ông/Bà, phản ánh {{ticket}} đã tới {{unit}}.',
    en: 'Your report {{ticket}} is at {{unit}}.' } };
  const made = await desk.call(CITY, 'POST', '/templates', { body: everywhere });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const own = { name: 'Xong', unit: WARD, process: 'onsite_report', action: 'accept',
    text: { vi: 'Hạn: {{due}}{{#result}}, {{result}}{{/result}}' } };
  const ward = await desk.call(FOCAL, 'POST', '/templates', { body: own });
  assert.equal(ward.status, 201, JSON.stringify(ward.body));
  assert.deepEqual({ ...ward.body, id: 0, changed_at: 0 },
    { ...own, id: 0, version: 1, mine: true, changed_by: 'cuong', changed_at: 0 });

  const names = async (who, query) => (await desk.get(who, `/templates${query}`)).body.items.map((t) => t.name);
  assert.deepEqual((await names(FOCAL, '')).sort(), ['Chung', 'Xong']);
  assert.deepEqual(await names(NEIGHBOUR, ''), ['Chung']);
  assert.deepEqual((await names(AUDITOR, `?unit=${WARD}`)).sort(), ['Chung', 'Xong']);
  assert.deepEqual(await names(FOCAL, '?action=resolve'), ['Chung']);
  assert.deepEqual(await names(FOCAL, '?process=waste_report'), ['Chung']);

  const now = await desk.opened(FOCAL);
  const { body } = await desk.get(OFFICER, `/templates?case=${now.case_id}&action=accept`);
  const filled = Object.fromEntries(body.items.map((item) => [item.name, item.filled]));
  assert.equal(filled.Chung.en, `Your report ${now.ticket} is at Hoan Kiem Ward.`);
  assert.match(filled.Chung.vi, new RegExp(`^Kính gửi Ông/Bà, phản ánh ${now.ticket} đã tới .*Hoàn Kiếm\\.$`));
  assert.match(filled.Xong.vi, /^Hạn: \d\d:\d\d \d\d\/\d\d\/\d{4}$/);
  assert.equal(filled.Xong.en, undefined);
  assert.equal((await desk.get(NEIGHBOUR, `/templates?case=${now.case_id}`)).status, 404);
  assert.equal((await desk.get(FOCAL, '/templates?case=x')).status, 400);
});

test('who may change templates, and what they may say', async () => {
  const body = { name: 'Mẫu', unit: WARD, text: { vi: 'Xin chào {{ticket}}' } };
  const { body: made } = await desk.call(FOCAL, 'POST', '/templates', { body });
  const path = `/templates/${made.id}`;
  assert.equal((await desk.call(OFFICER, 'POST', '/templates', { body })).status, 403);
  assert.equal((await desk.call(NEIGHBOUR, 'POST', '/templates', { body })).status, 400);
  assert.equal((await desk.call(FOCAL, 'POST', '/templates', { body: { ...body, unit: undefined } })).status, 400);
  assert.equal((await desk.call(NEIGHBOUR, 'PUT', path, { body: { ...body, unit: OTHER }, version: 1 })).status, 403);
  assert.equal((await desk.call(NEIGHBOUR, 'DELETE', path, { version: 1 })).status, 403);
  const changed = await desk.call(CITY, 'PUT', path, { body: { ...body, name: 'Mẫu 2' }, version: 1 });
  assert.deepEqual([changed.status, changed.body.version, changed.body.name], [200, 2, 'Mẫu 2']);
  assert.equal((await desk.call(FOCAL, 'PUT', path, { body, version: 1 })).status, 409);
  assert.equal((await desk.get(OFFICER, path)).body.mine, false);
  assert.equal((await desk.call(FOCAL, 'DELETE', path, { version: 2 })).status, 204);
  assert.equal((await desk.get(FOCAL, path)).status, 404);

  const rows = [
    [{ text: { vi: 'x' }, unit: WARD }, 'name'], [{ name: 'a', unit: WARD }, 'text'],
    [{ name: 'a', unit: WARD, text: {} }, 'text.vi'],
    [{ name: 'a', unit: WARD, text: { vi: '{{lost}}' } }, 'text.vi'],
    [{ name: 'a', unit: WARD, text: { vi: '{{#due}}x' } }, 'text.vi'],
    [{ name: 'a', unit: WARD, text: { vi: 'x', en: '{{#due}}{{lost}}{{/due}}' } }, 'text.en'],
    [{ name: 'a', unit: WARD, text: { vi: 'x', fr: 'x' } }, 'text.fr'],
    [{ name: 'a', unit: WARD, process: 'lost', text: { vi: 'x' } }, 'process'],
    [{ name: 'a', unit: WARD, state: 'lost', text: { vi: 'x' } }, 'state'],
    [{ name: 'a', unit: WARD, process: 'initiative', action: 'dance', text: { vi: 'x' } }, 'action'],
  ];
  for (const [bad, field] of rows) {
    const answer = await desk.call(FOCAL, 'POST', '/templates', { body: bad });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.equal(answer.body.errors[0].field, field, JSON.stringify(answer.body));
  }
});

test('the words of rejections are public', async () => {
  const { status, body } = await desk.get(null, '/rejections');
  assert.equal(status, 200);
  const legal = body.items.find((item) => item.class === 'out_of_scope_legal');
  assert.equal(legal.needs_approval, true);
  assert.match(legal.text.vi, /Luật Khiếu nại/);
  assert.equal(legal.source, 'QĐ 1207/QĐ-UBND');
  assert.ok(body.items.every((item) => item.name.vi && item.name.en && item.text.en));
});

// ---- workload ----

test('the workload tells units and people apart', async () => {
  const who = { role: 'focal_point', unit: '00103', sub: 'tai' };
  const at = { location: { lat: 21.0650, lon: 105.8200 } };
  const hours = (n) => new Date(Date.now() + n * 3600000).toISOString();
  const one = await desk.opened(AUDITOR, { ...at, submitted_at: hours(-900), receive_by: hours(-800) });
  const unit = one.unit;
  const head = { ...who, unit };
  const soon = await desk.opened(AUDITOR, { ...at, receive_by: hours(0.2) });
  let taken = await desk.opened(AUDITOR, { ...at, receive_by: hours(2000) });
  taken = await act(head, taken, 'accept');
  taken = await act(head, taken, 'assign', { assignee: 'viet' });
  await act({ role: 'officer', unit, sub: 'viet' }, taken, 'ask', { question: 'Ở đâu?' });
  const { status, body } = await desk.get(head, '/workload');
  assert.equal(status, 200);
  assert.ok(Date.parse(body.soon) > Date.parse(body.at));
  assert.equal(body.units.length, 1);
  const [load] = body.units;
  assert.equal(load.unit, unit);
  assert.deepEqual([load.open, load.overdue, load.due_soon, load.paused, load.unassigned], [3, 1, 1, 1, 2]);
  assert.deepEqual(load.people, [{ account: 'viet', open: 1, overdue: 0, due_soon: 0, paused: 1 }]);
  const all = await desk.get(AUDITOR, '/workload');
  const same = all.body.units.find((item) => item.unit === unit);
  assert.equal(same.open, 3);
  assert.equal(same.people, undefined);
  assert.deepEqual((await desk.get(AUDITOR, `/workload?unit=${unit}`)).body.units[0].people, load.people);
  assert.equal((await desk.get(head, `/workload?unit=${WARD}`)).status, 404);
  assert.equal((await desk.get(CITIZEN, '/workload')).status, 403);
  assert.ok(soon);
});

test('the census counts all cases, by the unit that has or had them', async () => {
  const { status, body } = await desk.get(AUDITOR, '/census');
  assert.equal(status, 200);
  const { rows } = await desk.db.query(`SELECT h.snapshot::jsonb ->> 'unit' AS unit, c.phase, c.state, count(*)::int AS cases
    FROM case_current c JOIN case_history h USING (case_id, version) GROUP BY 1, 2, 3`);
  const sorted = (items) => items.map(({ unit, phase, state, cases }) => `${unit ?? '-'} ${phase} ${state} ${cases}`).sort();
  assert.ok(rows.length > 0);
  assert.deepEqual(sorted(body.items), sorted(rows));
  for (const who of [CITIZEN, { role: 'supervisor', unit: '00070', sub: 'truong' }]) {
    assert.equal((await desk.get(who, '/census')).status, 403);
  }
});
