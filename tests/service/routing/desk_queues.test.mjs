// SPDX-License-Identifier: Apache-2.0
// Queues: every filter, words with and without accents, counts, saved filters.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk, HAI_PHONG, uuid7 } from './desk.mjs';

const desk = new Desk();
const WARD = '00070';
const OTHER = '00082';
const FOCAL = { role: 'focal_point', unit: WARD, sub: 'cuong' };
const OFFICER = { role: 'officer', unit: WARD, sub: 'binh' };
const NEIGHBOUR = { role: 'officer', unit: OTHER, sub: 'nga' };
const OFFICE = { role: 'supervisor', unit: 'VPUB', sub: 'hanh' };
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const CITIZEN = { role: 'citizen', sub: 'an' };
const BECAUSE = { reason: { text: 'Vì lý do sau.' } };
const UNCLEAR = { reason: { class: 'unclear', text: 'Ở đâu?' } };

before(() => desk.start());
after(() => desk.stop());

async function act(who, now, action, body) {
  const answer = await desk.act(who, now.case_id, action, now.version, body);
  assert.equal(answer.status, 200, `${action}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const query = (parameters) => new URLSearchParams(parameters).toString();

// All cases that a list gives, page by page.
async function list(who, parameters) {
  const items = [];
  let cursor;
  do {
    const page = await desk.get(who, `/cases?${query({ limit: 200, ...parameters, ...(cursor && { cursor }) })}`);
    assert.equal(page.status, 200, JSON.stringify(page.body));
    items.push(...page.body.items);
    cursor = page.body.next;
  } while (cursor);
  return items;
}

const ids = (items) => items.map((item) => item.case_id);

async function count(who, parameters) {
  const answer = await desk.get(who, `/cases/count?${query(parameters)}`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

async function finds(who, parameters, wanted) {
  assert.deepEqual(new Set(ids(await list(who, parameters))), new Set(ids(wanted)), query(parameters));
  assert.deepEqual(await count(who, parameters), { count: wanted.length, exact: true });
}

async function refuses(who, parameters, field) {
  for (const path of ['/cases', '/cases/count']) {
    const answer = await desk.get(who, `${path}?${query(parameters)}`);
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.ok(answer.body.errors.some((error) => error.field === field), JSON.stringify(answer.body));
  }
}

test('words are found with and without their accents, in one piece or with combining marks', async () => {
  const street = await desk.opened(FOCAL, { description: 'Ổ gà lớn trên ĐƯỜNG Láng.' });
  const raising = await desk.opened(FOCAL, { description: 'Khu vực bồi dưỡng, tưới cây ổ dịch.' });
  const plain = await desk.opened(FOCAL, { title: 'duong ngap', description: 'Nước ngập, hoà vào rác.' });
  const mine = { unit: WARD };
  await finds(FOCAL, { ...mine, text: 'duong lang' }, [street]);
  await finds(FOCAL, { ...mine, text: 'duong' }, [street, raising, plain]);
  await finds(FOCAL, { ...mine, text: 'đường' }, [street]);
  await finds(FOCAL, { ...mine, text: 'đường'.normalize('NFD') }, [street]);
  await finds(FOCAL, { ...mine, text: 'dưỡng' }, [raising]);
  await finds(FOCAL, { ...mine, text: 'o ga' }, [street]);
  await finds(FOCAL, { ...mine, text: 'ổ' }, [street, raising]);
  await finds(FOCAL, { ...mine, text: 'hòa' }, [plain]);
  await finds(FOCAL, { ...mine, text: 'Láng, ĐƯỜNG' }, [street]);
  await finds(FOCAL, { ...mine, text: 'đương' }, []);
  await finds(FOCAL, { ...mine, text: 'đường ngập' }, []);
  await finds(NEIGHBOUR, { text: 'đường' }, []);
  await finds(FOCAL, { text: street.ticket.toLowerCase() }, [street]);
  await finds(FOCAL, { text: `${street.ticket} láng` }, [street]);
  await finds(FOCAL, { text: `${street.ticket} ngập` }, []);
  await finds(NEIGHBOUR, { text: street.ticket }, []);
  await act(FOCAL, street, 'reject', UNCLEAR);
  await finds(FOCAL, { ...mine, text: 'đường' }, []);
  await finds(FOCAL, { ...mine, text: 'đường', closed: 'true' }, [street]);
  await finds(AUDITOR, { text: street.ticket, closed: 'true' }, [street]);
});

test('an address is found, and what is filed twice is found once', async () => {
  const id = await desk.file({ location: { lat: 21.0287, lon: 105.8524, address: '36 phố Hàng Bồ' } });
  await desk.get(FOCAL, `/cases/${id}?min_version=1&wait_ms=10000`);
  assert.deepEqual(ids(await list(FOCAL, { text: '36 hang bo' })), [id]);
});

test('cases are filtered by what they are', async () => {
  const urgent = await desk.opened(FOCAL, { level: 'urgent', category: 'moi-truong-rac-thai', description: 'Lọc một' });
  const waste = await desk.opened(AUDITOR, { kind: 'waste_report', category: 'lang-phi', description: 'Lọc hai' });
  let taken = await desk.opened(FOCAL, { level: 'urgent', description: 'Lọc ba' });
  taken = await act(FOCAL, taken, 'accept');
  taken = await act(FOCAL, taken, 'assign', { assignee: 'binh' });
  const text = { text: 'lọc' };
  await finds(AUDITOR, { ...text, level: 'urgent' }, [urgent, taken]);
  await finds(AUDITOR, { ...text, category: 'moi-truong-rac-thai' }, [urgent]);
  await finds(AUDITOR, { ...text, process: 'waste_report' }, [waste]);
  await finds(FOCAL, { ...text, level: 'urgent', state: 'assigned' }, [taken]);
  await finds(FOCAL, { ...text, phase: 'working' }, [taken]);
  await finds(FOCAL, { ...text, assignee: 'binh' }, [taken]);
  await finds(OFFICER, { ...text, assignee: 'me' }, [taken]);
  await finds(FOCAL, { ...text, assignee: 'none', level: 'urgent' }, [urgent]);
  await finds(AUDITOR, { assignee: 'binh' }, [taken]);
  await finds(AUDITOR, { ...text, area: WARD, level: 'urgent' }, [urgent, taken]);
  await finds(AUDITOR, { ...text, area: OTHER }, []);
});

test('a due window is cut out of the queue', async () => {
  const hours = (n) => new Date(Date.now() + n * 3600000).toISOString();
  const due = async (n) => desk.opened(FOCAL, { description: 'Hạn chót', receive_by: hours(n),
    submitted_at: hours(-300) });
  const [late, soon, later] = [await due(-250), await due(20), await due(90)];
  const text = { text: 'hạn chót' };
  assert.deepEqual(ids(await list(FOCAL, text)), ids([late, soon, later]));
  await finds(FOCAL, { ...text, overdue: 'true' }, [late]);
  await finds(FOCAL, { ...text, overdue: 'false' }, [late, soon, later]);
  await finds(FOCAL, { ...text, due_after: hours(0) }, [soon, later]);
  await finds(FOCAL, { ...text, due_after: hours(0), due_before: hours(50) }, [soon]);
  await finds(FOCAL, { ...text, due_before: later.receive_due }, [late, soon]);
  await finds(FOCAL, { ...text, due_after: later.receive_due }, [later]);
  await finds(FOCAL, { ...text, due_before: '1970-01-01T00:00:00Z' }, []);
  await refuses(FOCAL, { due_before: hours(1), closed: 'true' }, 'due_before');
});

test('proposals, tasks, near borders, merged cases and pending audits have lists of their own', async () => {
  let proposed = await desk.opened(FOCAL, { description: 'Riêng một' });
  proposed = await act(FOCAL, await act(FOCAL, proposed, 'accept'), 'extend', { minutes: 600, ...BECAUSE });
  let shared = await desk.opened(FOCAL, { description: 'Riêng hai' });
  shared = await act(FOCAL, shared, 'add_task', { unit: OTHER });
  let merged = await desk.opened(FOCAL, { description: 'Riêng ba' });
  merged = await act(FOCAL, merged, 'merge', { into: shared.case_id });
  const text = { text: 'riêng' };
  await finds(FOCAL, { ...text, proposed: 'true' }, [proposed]);
  await finds(AUDITOR, { proposed: 'true' }, [proposed]);
  await finds(NEIGHBOUR, { task: 'true' }, [shared]);
  await finds(FOCAL, { task: 'true' }, []);
  await finds(AUDITOR, { task: 'true', unit: OTHER }, [shared]);
  await finds(FOCAL, { merged_into: shared.case_id }, [merged]);
  await finds(NEIGHBOUR, { merged_into: shared.case_id }, []);
  await desk.db.query('UPDATE case_current SET audit_pending = true WHERE case_id = $1', [merged.case_id]);
  await finds(AUDITOR, { audit: 'pending' }, [merged]);
  await desk.db.query('UPDATE case_current SET near_border = true WHERE case_id = $1', [shared.case_id]);
  await finds(AUDITOR, { near_border: 'true' }, [shared]);
  await finds(FOCAL, { near_border: 'true', text: 'riêng hai' }, [shared]);
});

test('what lies at the city office is found by its queue', async () => {
  const lost = await desk.opened(OFFICE, { location: HAI_PHONG, description: 'Ngoài thành phố' });
  assert.deepEqual(ids(await list(OFFICE, { queue: 'unroutable' })), [lost.case_id]);
  assert.deepEqual(ids(await list(FOCAL, { queue: 'unroutable' })), []);
  assert.deepEqual(ids(await list(AUDITOR, { queue: 'disputed' })), []);
  assert.ok(!ids(await list(AUDITOR, { queue: 'unit' })).includes(lost.case_id));
});

test('pages hold every case once, in order, open and closed', async () => {
  const filed = [];
  const base = Date.now() + 40 * 86400000;
  for (let i = 0; i < 7; i += 1) {
    filed.push(await desk.opened(AUDITOR, { location: { lat: 21.068, lon: 105.823 }, description: 'Trang',
      receive_by: new Date(base + (i % 3) * 60000).toISOString() }));
  }
  const unit = filed[0].unit;
  const who = { role: 'focal_point', unit, sub: 'trang' };
  for (const parameters of [{}, { text: 'trang' }, { category: 'trat-tu-do-thi' }]) {
    const seen = ids(await list(who, { limit: 2, ...parameters }));
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(new Set(seen), new Set(ids(filed)));
    const dues = (await list(who, { limit: 2, ...parameters })).map((item) => item.receive_due);
    assert.deepEqual(dues, dues.toSorted());
  }
  for (const one of filed) await act(who, one, 'reject', UNCLEAR);
  const closed = ids(await list(who, { limit: 3, closed: 'true' }));
  assert.deepEqual(closed, ids(filed).toReversed());
  assert.deepEqual(await list(who, {}), []);
});

// A small generator of chance, the same for the same seed.
function chance(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const folded = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd');

test('any filter gives what it says, and nothing else', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1e6);
  console.log(`SEED=${seed}`);
  const below = chance(seed);
  const pick = (list) => list[below(list.length)];
  const levels = ['urgent', 'complex', 'normal'];
  const categories = ['trat-tu-do-thi', 'moi-truong-rac-thai', 'giao-thong'];
  const syllables = ['đường', 'dưỡng', 'rác', 'thải', 'ổ', 'gà', 'ngập'];
  const words = new Map();
  for (let i = 0; i < 40; i += 1) {
    const description = `ngẫu nhiên ${pick(syllables)} ${pick(syllables)} ${pick(syllables)}`;
    let now = await desk.opened(AUDITOR, { description, level: pick(levels), category: pick(categories),
      ...(below(2) && { location: { lat: 21.068, lon: 105.823 } }) });
    words.set(now.case_id, description.split(' '));
    const who = { ...FOCAL, unit: now.unit };
    if (below(2)) now = await act(who, now, 'accept');
    if (now.version === 2 && below(2)) now = await act(who, now, 'assign', { assignee: pick(['binh', 'minh']) });
    else if (below(3) === 0) now = await act(who, now, 'reject', UNCLEAR);
  }
  const all = [...await list(AUDITOR, { text: 'ngẫu nhiên' }),
    ...await list(AUDITOR, { text: 'ngẫu nhiên', closed: 'true' })];
  assert.equal(all.length, 40);
  const open = ['received', 'working', 'paused'];
  const has = (item, word) => words.get(item.case_id).some((own) => own === word || folded(own) === word);
  const kinds = {
    phase: () => pick(['received', 'working', 'rejected']), state: () => pick(['received', 'accepted', 'assigned']),
    level: () => pick(levels), category: () => pick(categories), area: () => pick(all).area ?? WARD,
    assignee: () => pick(['binh', 'minh', 'none', 'nobody']), process: () => pick(['onsite_report', 'waste_report']),
    closed: () => pick(['true', 'false']), queue: () => 'unit', unit: () => pick(all).unit,
    text: () => Array.from({ length: 1 + below(2) }, () => pick([pick(syllables), folded(pick(syllables))])).join(' '),
  };
  const holds = (item, wanted) => Object.entries(wanted).every(([name, value]) => {
    if (name === 'text') return value.split(' ').every((word) => has(item, word));
    if (name === 'assignee') return value === 'none' ? !item.assignee : item.assignee === value;
    if (name === 'process') return item.kind === value;
    if (name === 'closed') return value === String(!open.includes(item.phase));
    return item[name] === value;
  });
  for (let i = 0; i < 150; i += 1) {
    const wanted = {};
    for (const name of Object.keys(kinds)) if (below(4) === 0) wanted[name] = kinds[name]();
    wanted.text = `nhiên${wanted.text ? ` ${wanted.text}` : ''}`;
    const limit = 1 + below(20);
    const first = await desk.get(AUDITOR, `/cases?${query(wanted)}`);
    if (first.status === 400) { // a state or phase that is open is asked for among the closed ones
      assert.equal(first.body.errors[0].field, 'closed');
      continue;
    }
    const told = wanted.closed ?? (wanted.phase === 'rejected' ? 'true' : 'false');
    const expected = all.filter((item) => holds(item, { ...wanted, closed: told }));
    const found = ids(await list(AUDITOR, { ...wanted, limit }));
    assert.deepEqual(new Set(found), new Set(ids(expected)), JSON.stringify(wanted));
    assert.equal(found.length, expected.length);
    assert.equal((await count(AUDITOR, wanted)).count, expected.length);
  }
});

test('bad parameters are named', async () => {
  const rows = [
    [{ phase: 'lost' }, 'phase'], [{ state: 'lost' }, 'state'], [{ process: 'lost' }, 'process'],
    [{ queue: 'lost' }, 'queue'], [{ level: 'lost' }, 'level'], [{ category: 'Cây xanh' }, 'category'],
    [{ area: '' }, 'area'], [{ assignee: 'Bình' }, 'assignee'], [{ due_after: 'today' }, 'due_after'],
    [{ due_before: '2026-13-01T00:00:00Z' }, 'due_before'], [{ overdue: 'yes' }, 'overdue'],
    [{ proposed: '1' }, 'proposed'], [{ audit: 'passed' }, 'audit'], [{ near_border: '' }, 'near_border'],
    [{ task: 'maybe' }, 'task'], [{ merged_into: 'x' }, 'merged_into'], [{ text: '...' }, 'text'],
    [{ text: 'a b c d e f g h i' }, 'text'], [{ text: 'x'.repeat(201) }, 'text'], [{ closed: '2' }, 'closed'],
    [{ state: 'received', closed: 'true' }, 'closed'], [{ phase: 'rejected', closed: 'false' }, 'closed'],
    [{ task: 'true', closed: 'true' }, 'task'], [{ overdue: 'true', state: 'closed' }, 'overdue'],
    [{ merged_into: uuid7(), phase: 'working' }, 'merged_into'], [{ filter: 'x' }, 'filter'], [{ filter: uuid7() }, 'filter'],
  ];
  for (const [parameters, field] of rows) await refuses(FOCAL, parameters, field);
  assert.equal((await desk.get(FOCAL, '/cases?limit=0')).status, 400);
  assert.equal((await desk.get(FOCAL, '/cases?cursor=x')).status, 400);
  const { body } = await desk.get(FOCAL, `/cases?cursor=x&limit=0&phase=lost&filter=${uuid7()}`);
  assert.deepEqual(body.errors.map((error) => error.field).sort(), ['cursor', 'filter', 'limit', 'phase']);
  assert.equal((await desk.get(FOCAL, `/cases?unit=${OTHER}`)).status, 404);
  assert.equal((await desk.get(CITIZEN, '/cases/count')).status, 403);
  assert.equal((await desk.get(null, '/cases/count')).status, 401);
});

test('counts stop at a thousand', async () => {
  const before = await count(AUDITOR, {});
  assert.ok(before.exact && before.count > 10);
  await desk.db.query(`INSERT INTO case_current SELECT gen_random_uuid(), 1, process, state, phase, queue, 'LOAD',
    category, level, area, NULL, reporter, due_at, NULL, false, false, false, NULL, '{}'
    FROM (SELECT * FROM case_current WHERE due_at IS NOT NULL LIMIT 1) c, generate_series(1, 1200)`);
  assert.deepEqual(await count(AUDITOR, {}), { count: 1000, exact: false });
  await desk.db.query("DELETE FROM case_current WHERE desk = 'LOAD'");
  assert.deepEqual(await count(AUDITOR, {}), before);
});

test('a look-up that finds little stops, and goes on with the next page', async () => {
  let rare = await act(FOCAL, await desk.opened(FOCAL, { description: 'Hiếm hoi' }), 'accept');
  rare = await act(FOCAL, rare, 'ask', { question: 'Ở đâu?' });
  await desk.db.query(`WITH made AS (INSERT INTO case_current SELECT gen_random_uuid(), 1, process, state, phase,
    queue, desk, category, level, area, NULL, 'load', now() + i * interval '1 s', NULL, false, false, false, NULL, '{}'
    FROM (SELECT * FROM case_current WHERE category = 'trat-tu-do-thi' AND due_at IS NOT NULL AND desk = $1 LIMIT 1) c,
    generate_series(1, 7000) i RETURNING case_id) INSERT INTO case_history (case_id, version, action, at, event_id,
    snapshot, hash) SELECT case_id, 1, 'open', now(), case_id, '{}', sha256('') FROM made`, [WARD]);
  for (const who of [FOCAL, AUDITOR]) {
    const first = await desk.get(who, '/cases?phase=paused');
    assert.deepEqual([first.body.items.length, typeof first.body.next], [0, 'string']);
    assert.deepEqual(ids(await list(who, { phase: 'paused' })), [rare.case_id]);
    assert.deepEqual(await count(who, { phase: 'paused' }), { count: 1, exact: true });
    assert.deepEqual(ids(await list(who, { text: 'hiem hoi' })), [rare.case_id]);
    assert.equal((await list(who, { limit: 200 })).length >= 7000, true);
  }
  await desk.db.query("DELETE FROM case_current WHERE reporter = 'load'");
});

test('a filter is saved, shared, used, changed and removed', async () => {
  const kept = await desk.opened(FOCAL, { description: 'Được lưu', level: 'urgent' });
  await desk.opened(FOCAL, { description: 'Được lưu', level: 'normal' });
  const body = { name: 'Khẩn', shared: true, query: { level: 'urgent', text: 'duoc luu' } };
  const key = { 'idempotency-key': uuid7() };
  const made = await desk.call(OFFICER, 'POST', '/filters', { body, headers: key });
  assert.equal(made.status, 201);
  assert.equal(made.etag, '"1"');
  const { id } = made.body;
  assert.equal(made.headers.get('location'), `/api/routing/filters/${id}`);
  assert.deepEqual({ ...made.body, id: 0, changed_at: 0 },
    { ...body, id: 0, version: 1, mine: true, changed_at: 0 });
  assert.deepEqual((await desk.call(OFFICER, 'POST', '/filters', { body, headers: key })).body, made.body);
  const other = await desk.call(OFFICER, 'POST', '/filters', { body: { ...body, name: 'x' }, headers: key });
  assert.equal(other.status, 422);
  assert.equal(other.body.code, 'idempotency_key_reused');

  assert.deepEqual(ids(await list(OFFICER, { filter: id })), [kept.case_id]);
  assert.deepEqual(await count(FOCAL, { filter: id }), { count: 1, exact: true });
  assert.equal((await count(FOCAL, { filter: id, level: 'normal' })).count, 1);
  await refuses(NEIGHBOUR, { filter: id }, 'filter');
  const shared = await desk.get(FOCAL, '/filters');
  assert.deepEqual(shared.body.items.map((item) => [item.id, item.mine]), [[id, false]]);
  assert.equal((await desk.get(FOCAL, `/filters/${id}`)).status, 200);
  assert.equal((await desk.get(NEIGHBOUR, `/filters/${id}`)).status, 404);

  const path = `/filters/${id}`;
  const change = { name: 'Khẩn cấp', query: { level: 'urgent' } };
  assert.equal((await desk.call(FOCAL, 'PUT', path, { body: change, version: 1 })).status, 403);
  assert.equal((await desk.call(OFFICER, 'PUT', path, { body: change })).status, 428);
  const changed = await desk.call(OFFICER, 'PUT', path, { body: change, version: 1 });
  assert.equal(changed.status, 200);
  assert.equal(changed.body.version, 2);
  assert.equal(changed.body.shared, false);
  assert.deepEqual((await desk.call(OFFICER, 'PUT', path, { body: change, version: 1 })).body, changed.body);
  assert.equal((await desk.call(OFFICER, 'PUT', path, { body, version: 1 })).status, 409);
  assert.equal((await desk.get(FOCAL, path)).status, 404);
  assert.equal((await desk.call(FOCAL, 'DELETE', path, { version: 2 })).status, 404);
  assert.equal((await desk.call(OFFICER, 'DELETE', path, { version: 1 })).status, 409);
  assert.equal((await desk.call(OFFICER, 'DELETE', path, { version: 2 })).status, 204);
  assert.equal((await desk.get(OFFICER, path)).status, 404);
});

test('a filter that cannot be asked for cannot be saved', async () => {
  const rows = [
    [{ query: {} }, 'name'], [{ name: 'a' }, 'query'], [{ name: 'a', query: { stat: 'x' } }, 'query.stat'],
    [{ name: 'a', query: { state: 'lost' } }, 'query.state'], [{ name: '', query: {} }, 'name'],
    [{ name: 'a', query: { overdue: true } }, 'query.overdue'], [{ name: 'a', query: {}, more: 1 }, 'more'],
    [{ name: 'a', query: { text: '!' } }, 'query.text'],
  ];
  for (const [body, field] of rows) {
    const answer = await desk.call(OFFICER, 'POST', '/filters', { body });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.equal(answer.body.errors[0].field, field, JSON.stringify(answer.body));
  }
  assert.equal((await desk.get(OFFICER, '/filters/x')).status, 400);
});
