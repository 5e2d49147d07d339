// SPDX-License-Identifier: Apache-2.0
// Cases that stand for others, and cases with two matters.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Counter, faults } from './counter.mjs';
import { BA_VI, Desk } from './desk.mjs';

const desk = new Desk();
const counter = new Counter(desk);
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const OFFICER = { role: 'officer', unit: '00070', sub: 'binh' };
const CITY = { role: 'supervisor', unit: 'HN', sub: 'dung' };
const POWER = { role: 'focal_point', unit: 'EVNHANOI', sub: 'dien' };
const AN = { role: 'citizen', sub: 'an' };
const RESULT = { result: { text: 'Đã xong.', evidence: ['https://media.ihanoi.example/1.jpg'] } };
const UNCLEAR = { reason: { class: 'unclear', text: 'Không rõ địa điểm.' } };
const count = async (sql, ...values) => (await desk.db.query(sql, values)).rows[0].n;

const filed = (wishes) => desk.opened(CITY, wishes);
const merge = (who, now, into) => counter.act(who, now, 'merge', { into: into.case_id });
const related = async (who, id) => {
  const answer = await counter.call(who, 'GET', `/cases/${id}/related`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
};

async function inProgress(wishes) {
  let now = await counter.act(FOCAL, await filed(wishes), 'accept');
  now = await counter.act(FOCAL, now, 'assign', { assignee: 'binh' });
  return counter.act(OFFICER, now, 'start');
}

before(async () => {
  await desk.start();
  await counter.startSecond();
});
after(() => desk.stop());

// ---- merging ----

test('a duplicate follows its lead: its reporter is told the result by its own event', async () => {
  const lead = await inProgress();
  const duplicate = await filed({ reporter: { ref: 'an', anonymous: false } });
  const merged = await merge(FOCAL, duplicate, lead);
  assert.equal(merged.phase, 'merged');
  assert.equal(merged.merged_into, lead.case_id);
  await counter.act(OFFICER, lead, 'resolve', RESULT);
  const resolved = await counter.becomes(FOCAL, duplicate.case_id, 'resolved');
  assert.equal(resolved.result.text, 'Đã xong.');
  assert.deepEqual(resolved.actor, { role: 'system' });
  await desk.said('its own event', (e) => e.key === duplicate.case_id
    && e.headers.ce_type === 'vn.hanoi.case.resolved.v1' && e.data.reporter_ref === 'an');
  assert.equal((await desk.get(AN, `/cases/${duplicate.case_id}`)).body.result.text, 'Đã xong.');
});

test('any two are merged: of other places, units and categories, within the scope', async () => {
  const lead = await filed({ category: 'dien-nuoc' });
  const far = await filed({ location: BA_VI });
  assert.notEqual(far.unit, lead.unit);
  await counter.refused(FOCAL, await filed(), 'merge', { into: far.case_id }, 400, 'invalid_input');
  const merged = await merge(CITY, far, lead);
  assert.equal(merged.merged_into, lead.case_id);
  assert.equal(merged.unit, far.unit, 'it stays at its unit');
});

test('what cannot be merged says why', async () => {
  const one = await filed();
  const other = await filed();
  const rejected = await counter.act(FOCAL, await filed(), 'reject', UNCLEAR);
  await counter.refused(FOCAL, one, 'merge', { into: one.case_id }, 400, 'invalid_input');
  await counter.refused(FOCAL, one, 'merge', {}, 400, 'invalid_input');
  await counter.refused(FOCAL, one, 'merge', { into: rejected.case_id }, 422, 'condition_not_met');
  await counter.refused(FOCAL, rejected, 'merge', { into: one.case_id }, 422, 'action_not_allowed');
  const merged = await merge(FOCAL, one, other);
  await counter.refused(FOCAL, other, 'merge', { into: merged.case_id }, 422, 'condition_not_met');
  await counter.refused(AN, merged, 'separate', {}, 404, 'case_not_found');
});

test('separating undoes it: the case goes on where it was, on a clock that had stood still', async () => {
  const lead = await filed();
  const before = await inProgress();
  const merged = await merge(OFFICER, before, lead);
  assert.deepEqual(merged.allowed, []);
  const apart = await counter.act(FOCAL, merged, 'separate', { reason: { text: 'Khác việc.' } });
  assert.equal(apart.state, 'in_progress');
  assert.equal(apart.merged_into, undefined);
  assert.equal(apart.assignee, 'binh');
  assert.equal(apart.clocks.resolve.runs.length, 2);
  assert.ok(Date.parse(apart.resolve_due) >= Date.parse(before.resolve_due));
  await counter.act(FOCAL, lead, 'reject', UNCLEAR);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal((await desk.get(FOCAL, `/cases/${apart.case_id}`)).body.version, apart.version);
});

test('followers are counted, through each other too, and a chain ends with its head', async () => {
  const head = await inProgress();
  const middle = await filed();
  const ends = [await filed(), await filed()];
  for (const end of ends) await merge(FOCAL, end, middle);
  const merged = await merge(FOCAL, middle, head);
  const { follower_count: many, followers } = await related(FOCAL, head.case_id);
  assert.equal(many, 3);
  assert.deepEqual(new Set(followers.map((one) => one.case_id)),
    new Set([merged, ...ends].map((one) => one.case_id)));
  assert.deepEqual(followers.filter((one) => one.merged_into === middle.case_id).length, 2);
  assert.equal((await related(FOCAL, middle.case_id)).merged_into, head.case_id);
  await counter.act(OFFICER, head, 'resolve', RESULT);
  for (const end of ends) {
    const resolved = await counter.becomes(FOCAL, end.case_id, 'resolved');
    assert.equal(resolved.result.text, 'Đã xong.');
  }
});

test('when the lead is rejected, each is judged by itself again', async () => {
  const lead = await filed();
  const followers = [await merge(FOCAL, await filed(), lead), await merge(FOCAL, await filed(), lead)];
  await counter.act(FOCAL, lead, 'reject', UNCLEAR);
  for (const { case_id: id } of followers) {
    const apart = await counter.becomes(FOCAL, id, 'received');
    assert.equal(apart.merged_into, undefined);
    assert.equal(apart.action, 'separate');
    assert.deepEqual(apart.actor, { role: 'system' });
  }
  assert.equal((await related(FOCAL, lead.case_id)).follower_count, 0);
});

test('two that are merged into each other at once: one follows, one stays', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [a, b] = [await filed(), await filed()];
    const post = (now, into, replica) => counter.call(FOCAL, 'POST', `/cases/${now.case_id}/merge`,
      { version: 1, body: { into: into.case_id }, replica });
    const answers = await Promise.all([post(a, b, 0), post(b, a, round % 2)]);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 422]);
    assert.equal(await count(`SELECT count(*)::int AS n FROM case_current
      WHERE case_id = ANY ($1) AND phase = 'merged'`, [a.case_id, b.case_id]), 1);
  }
});

test('a merge that meets the end of its lead is either refused or follows', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [lead, one] = [await inProgress(), await filed()];
    const [ended, merged] = await Promise.all([
      desk.act(OFFICER, lead.case_id, 'resolve', lead.version, RESULT),
      counter.call(FOCAL, 'POST', `/cases/${one.case_id}/merge`,
        { version: 1, body: { into: lead.case_id }, replica: round % 2 })]);
    assert.equal(ended.status, 200);
    assert.ok([200, 422].includes(merged.status), merged.text);
    await counter.becomes(FOCAL, one.case_id, merged.status === 200 ? 'resolved' : 'received');
  }
});

// ---- splitting ----

const part = (wishes) => ({ category: 'dien-nuoc', reason: { text: 'Đèn hỏng là việc của điện lực.' },
  ...wishes });
const split = (who, now, body, replica) => counter.call(who, 'POST', `/cases/${now.case_id}/split`,
  { version: now.version, body, replica });

test('a part becomes a case of its own, with place, reporter and report of the whole', async () => {
  const parent = await counter.act(FOCAL, await filed({ title: 'Hè và đèn', channel: 'open311',
    reporter: { ref: 'an', anonymous: true } }), 'accept');
  const answer = await split(FOCAL, parent, part({ note: 'Tách phần đèn.', description: 'Đèn hỏng.' }));
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.etag, '"1"');
  const { case_id: id } = answer.body;
  assert.equal(answer.location, `/api/routing/cases/${id}`);

  const child = (await desk.get(POWER, `/cases/${id}`)).body;
  assert.equal(child.unit, 'EVNHANOI');
  assert.equal(child.kind, 'onsite_report');
  assert.equal(child.process.version, parent.process.version);
  assert.equal(child.state, 'received');
  assert.equal(child.split_from, parent.case_id);
  assert.equal(child.reporter_ref, 'an');
  assert.deepEqual([parent.channel, child.channel], ['open311', 'open311']);
  assert.equal(child.area, parent.area);
  assert.equal(child.note, `${parent.ticket}: Tách phần đèn.`);
  assert.deepEqual(child.actor, { role: 'focal_point', ref: 'cuong' });
  assert.ok(Date.parse(child.receive_due) > Date.parse(child.opened_at));
  const { body: report } = await desk.get(POWER, `/cases/${id}/report?reason=Kiem+tra`);
  assert.equal(report.title, 'Hè và đèn');
  assert.equal(report.description, 'Đèn hỏng.');
  assert.equal(report.channel, 'open311');
  assert.deepEqual(report.reporter, { ref: 'an', anonymous: true });
  assert.equal(report.ticket, child.ticket);

  const now = (await desk.get(FOCAL, `/cases/${parent.case_id}`)).body;
  assert.equal(now.version, parent.version + 1);
  assert.equal(now.state, parent.state);
  assert.equal(now.note, `${child.ticket}: Tách phần đèn.`);
  assert.equal(now.reason.text, 'Đèn hỏng là việc của điện lực.');
  const [event] = await desk.said('the split', (e) => e.key === parent.case_id
    && e.data.version === now.version);
  assert.equal(event.headers.ce_type, 'vn.hanoi.case.split.v1');
  await desk.said('the opening', (e) => e.key === id
    && e.headers.ce_type === 'vn.hanoi.case.opened.v1');
  assert.deepEqual((await related(FOCAL, parent.case_id)).children,
    [{ case_id: id, version: now.version }]);
  assert.equal((await related(POWER, id)).split_from, parent.case_id);
  assert.equal((await desk.get(AN, `/cases/${id}`)).status, 200, 'its reporter sees it');
});

test('a part may be given to a named unit, and has the words of the whole', async () => {
  const parent = await filed({ description: 'Hai việc một chỗ.' });
  const { body } = await split(FOCAL, parent, part({ unit: 'SXD', level: 'complex' }));
  const child = (await desk.get(CITY, `/cases/${body.case_id}`)).body;
  assert.equal(child.unit, 'SXD');
  assert.equal(child.level, 'complex');
  assert.equal(child.rules.routing.code, 'named-at-opening');
  const { body: report } = await desk.get(CITY, `/cases/${body.case_id}/report?reason=Kiem+tra`);
  assert.equal(report.description, 'Hai việc một chỗ.');
  assert.deepEqual(report.location, (await desk.get(CITY, `/cases/${parent.case_id}/report?reason=Kiem+tra`)).body.location);
});

test('a lost answer is given again; another split of that version is stale', async () => {
  const parent = await filed();
  const first = await split(FOCAL, parent, part());
  const again = await split(FOCAL, parent, part(), 1);
  assert.equal(again.status, 201);
  assert.equal(again.text, first.text);
  const other = await split(FOCAL, parent, part({ category: 'giao-thong' }));
  assert.deepEqual([other.status, other.body.code], [409, 'stale_version']);
  assert.deepEqual(other.body.current, { version: 2, state: 'received' });
  const somebody = await split({ ...FOCAL, sub: 'khac' }, parent, part());
  assert.equal(somebody.status, 409);
  assert.equal(await count('SELECT count(*)::int AS n FROM case_split WHERE parent = $1',
    parent.case_id), 1);
});

test('of many that split one version, one does, and no part is left over', async () => {
  const parent = await filed();
  const people = ['a', 'b', 'c', 'd', 'e', 'f'].map((sub) => ({ ...FOCAL, sub }));
  await Promise.all(people.map((who) => desk.token(who)));
  const cases = 'SELECT count(*)::int AS n FROM case_current';
  const before = await count(cases);
  const answers = await Promise.all(people.map((who, i) => split(who, parent, part(), i % 2)));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409, 409, 409, 409]);
  assert.equal(await count(cases), before + 1);
  assert.equal(await count('SELECT count(*)::int AS n FROM case_history WHERE case_id = $1',
    parent.case_id), 2);
});

test('splits that are refused leave everything as it was', async () => {
  const parent = await filed();
  const rows = [
    [part({ category: 'nothing' }), { category: 'unknown_category' }],
    [part({ unit: 'NOWHERE' }), { unit: 'unknown_unit' }],
    [part({ reason: undefined }), { reason: 'required' }],
    [part({ reason: {} }), { 'reason.text': 'required' }],
    [part({ level: 'soon' }), { level: 'not_allowed' }],
    [part({ description: '' }), { description: 'too_short' }],
    [part({ note: 'x'.repeat(1901) }), { note: 'too_long' }],
    [part({ version: 1 }), { version: 'unknown_field' }],
  ];
  for (const [body, expected] of rows) {
    assert.deepEqual(faults(await split(FOCAL, parent, body)), expected);
  }
  assert.equal((await split(OFFICER, parent, part())).status, 403);
  assert.equal((await split(AN, parent, part())).status, 404);
  assert.equal((await counter.call(FOCAL, 'POST', `/cases/${parent.case_id}/split`,
    { body: part() })).status, 428);
  const rejected = await counter.act(FOCAL, parent, 'reject', UNCLEAR);
  const late = await split(FOCAL, rejected, part());
  assert.deepEqual([late.status, late.body.code], [422, 'action_not_allowed']);
  assert.equal(await count('SELECT count(*)::int AS n FROM case_split WHERE parent = $1',
    parent.case_id), 0);
});

test('relations are for officials who see the case', async () => {
  const { case_id: id } = await filed({ reporter: { ref: 'an', anonymous: false } });
  assert.deepEqual(await related(FOCAL, id),
    { case_id: id, children: [], follower_count: 0, followers: [] });
  for (const who of [AN, POWER]) {
    assert.equal((await counter.call(who, 'GET', `/cases/${id}/related`)).status, 404);
  }
});
