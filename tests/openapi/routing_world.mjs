// SPDX-License-Identifier: Apache-2.0
// Something to be asked about for one routing service: cases in every phase, units with people, slots.
import assert from 'node:assert/strict';
import { chessboard } from '../service/routing/chessboard.mjs';
import { BA_VI, HAI_PHONG } from '../service/routing/desk.mjs';

export const ADMINISTRATOR = { role: 'administrator', unit: 'HN', sub: 'quang' };

const OF_EACH = 12; // cases of each life
const BOARDS = 40;
const SLOTS = 40;
const RECORDS = 60; // of each kind
const REASON = { reason: { class: 'unclear', text: 'Không rõ ở đâu.' } };
const RESULT = { result: { text: 'Đã xong.', evidence: ['https://media.ihanoi.example/1.jpg'] } };
const ACCEPT = ['accept'];
const ASSIGN = ['assign', { assignee: 'binh' }];

// What was done with cases, so that there are some in every phase.
const LIVES = [
  [], [ACCEPT], [ACCEPT, ASSIGN], [ACCEPT, ASSIGN, ['start']], [ACCEPT, ['ask', { question: 'Ở đâu?' }]],
  [ACCEPT, ASSIGN, ['resolve', RESULT]], [['reject', REASON]],
];
const KINDS = ['onsite_report', 'procedure_report', 'waste_report', 'initiative'];
const UNITS = ['00070', '00082']; // that may get cases
const OF_PROCESS = { process: ['onsite_report'], state: ['accepted'], action: ['resolve'] };

const day = (n) => new Date(Date.now() + 7 * 3600000 + n * 86400000).toISOString().slice(0, 10);
const hour = (n) => new Date(Math.ceil(Date.now() / 3600000) * 3600000 + n * 3600000).toISOString();
const slot = (n, room) => ({ starts_at: hour(n), ends_at: hour(n + 1), capacity: 2, room });

async function must(desk, method, path, { body, version }) {
  const answer = await desk.call(ADMINISTRATOR, method, path, { body, version });
  assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer.body)}`);
  return answer;
}

async function openCase(desk, steps, wishes) {
  const { case_id: id } = await desk.opened(ADMINISTRATOR, wishes);
  for (const [index, [action, body]] of steps.entries()) {
    await must(desk, 'POST', `/cases/${id}/${action}`, { version: index + 1, body });
  }
  return id;
}

async function openCases(desk) {
  const wanted = LIVES.flatMap((steps) => Array(OF_EACH).fill([steps, { location: BA_VI }])).concat(
    Array(OF_EACH).fill([[], { location: HAI_PHONG }]), KINDS.map((kind) => [[], { kind, location: BA_VI }]));
  const ids = [];
  for (const [steps, wishes] of wanted) ids.push(await openCase(desk, steps, wishes));
  return ids;
}

// Boards with a head, a focal point and an absence, all of them of the account "an".
async function createBoards(desk) {
  const reason = 'r';
  const person = { account: 'an', name: 'An', email: 'an@x.example', from: day(0), reason };
  const codes = Array.from({ length: BOARDS }, (_, i) => `BAN-${i}`);
  for (const code of codes) {
    const post = (what, version, body) => must(desk, 'POST', `/units/${code}/${what}`, { version, body });
    await must(desk, 'POST', '/units', { body: { code, type: 'board', parent: 'HN',
      name: { vi: 'Ban', en: 'Board' }, from: day(0), source: 'QĐ 1', reason } });
    await post('head', 1, person);
    await post('focal-points', 2, { ...person, field: '*' });
    await post('absences', 3, { account: 'an', from: day(1), last_day: day(9), reason });
  }
  return codes;
}

async function offerSlots(desk) {
  const slots = Array.from({ length: SLOTS }, (_, i) => slot(24 + i, 'P.101'));
  const { body } = await must(desk, 'POST', '/receptions/00070/slots', { body: { slots } });
  return body.items.map((item) => item.slot_id);
}

async function keep(desk, path, body) {
  const ids = [];
  for (let i = 0; i < RECORDS; i += 1) ids.push((await must(desk, 'POST', path, { body })).body.id);
  return ids;
}

// What desks save for themselves: filters and templates.
const saveRecords = async (desk) => [
  await keep(desk, '/filters', { name: 'Mới nhận', shared: true, query: { state: 'received' } }),
  await keep(desk, '/templates', { name: 'Đã nhận', unit: '00070', text: { vi: 'Phiếu {{ticket}}.' } }),
];

// The city as values for hooks.py.
export async function makeWorld(desk) {
  const [ids, boards, slots] = [await openCases(desk), await createBoards(desk), await offerSlots(desk)];
  const [filters, templates] = await saveRecords(desk);
  const { body: { next } } = await desk.get(ADMINISTRATOR, '/cases?limit=5');
  const { body: { routes } } = await desk.get(ADMINISTRATOR, '/rules');
  const at = (path, where, named, share) => Object.entries(named).map(
    ([name, values]) => ({ path: `/api/routing${path}`, in: where, name, values, share }));
  return [
    ...at('/cases/{id}', 'path', { id: ids }),
    { path: '/api/routing/cases/{id}/{action}', in: 'path', name: 'action', member: 'allowed' },
    ...at('/cases/{id}', 'body', { unit: UNITS, proposed_unit: UNITS, category: ['giao-thong'] }),
    ...at('/cases/{id}/{action}', 'body', { details: [{}] }),
    ...at('/cases', 'query', { unit: ['HN', 'VPUB', ...UNITS], state: ['received', 'resolved', 'closed'], cursor: [next, ''] }),
    // Those who ask for a version that does not come wait for it.
    ...at('/cases/{id}', 'query', { wait_ms: [0, 10] }, 1),
    ...at('/cases/{id}', 'query', { min_version: [0, 1, 2] }, 0.99),
    ...at('/cases', 'query', { filter: filters, merged_into: ids, process: ['onsite_report'] }),
    ...at('/cases/{id}/notes', 'query', { cursor: [''] }),
    ...at('/cases/bulk', 'body', { action: ['accept', 'assign', 'comment', 'resolve'], category: ['giao-thong'] }, 0.7),
    ...at('/cases/bulk', 'body', { cases: ids.map((id) => [{ id, version: 1 }]) }, 0.5),
    ...at('/workload', 'query', { unit: UNITS }),
    ...at('/filters', 'path', { id: filters }),
    ...at('/filters', 'query', { cursor: [''] }),
    ...at('/filters', 'body', { query: [{ phase: 'working', level: 'urgent' }, { text: 'ổ gà', task: 'true' }] }, 0.5),
    ...at('/templates', 'path', { id: templates }),
    ...at('/templates', 'query', { ...OF_PROCESS, unit: UNITS, case: ids, cursor: [''] }),
    ...at('/templates', 'body', { ...OF_PROCESS, unit: UNITS }),
    ...at('/access-log', 'query', { case: ids, account: ['quang'], cursor: [''] }),
    ...at('/units/{code}', 'path', { code: boards }),
    ...at('/units', 'body', { code: Array.from({ length: 60 }, (_, i) => `MOI-${i}`), parent: ['HN'], into: ['SXD'],
      also: [['SGD']], field: ['*'], account: ['an'], from: [day(1), day(2)], back_on: [day(3)], last_day: [day(300)] }),
    ...at('/focal-points/coverage', 'query', { unit: UNITS }),
    ...at('/receptions', 'path', { unit: ['00070'], id: slots }),
    ...at('/receptions', 'query', { from: [hour(0)], to: [hour(300)] }, 1),
    ...at('/receptions', 'body', { slots: Array.from({ length: 200 }, (_, i) => [slot(100 + i, `P.${i}`)]) }, 1),
    ...at('/explain', 'query', { category: ['giao-thong'], process: ['onsite_report'] }),
    ...at('/boundaries', 'body', { features: [chessboard().features] }, 1),
    ...at('/rules/routes', 'path', { code: routes.map((rule) => rule.code) }),
    ...at('/rules/routes', 'header', { 'If-Match': ['"0"', '"1"'] }),
    ...at('/rules/routes', 'body', { process: ['*'], area: ['*'], category: ['giao-thong', '*'], lead: UNITS,
      cooperating: [[]], from: [day(1)], last_day: [day(300)] }),
    ...at('/rules/dry-run', 'body', { rules: [[{ code: 'route-khac', lead: '00070' }]], ended: [['route-khac']],
      from: [hour(-100)], to: [hour(0)] }, 1),
  ];
}
