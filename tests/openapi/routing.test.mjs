// SPDX-License-Identifier: Apache-2.0
// routing answers as proto/openapi/routing.yaml says, whatever it is asked.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { BA_VI, Desk, HAI_PHONG } from '../service/routing/desk.mjs';
import { readDocument, testOperations, tryDocument } from './schemathesis.mjs';

const OF_EACH = 12;
const RESULT = { result: { text: 'Đã xong.', evidence: ['https://media.ihanoi.example/1.jpg'] } };
const REASON = { reason: { class: 'unclear', text: 'Không rõ ở đâu.' } };
const ACCEPT = ['accept'];
const ASSIGN = ['assign', { assignee: 'binh' }];
const ADMINISTRATOR = { role: 'administrator', unit: 'HN', sub: 'quang' };
const REPORTER = { role: 'citizen', sub: 'demo-citizen' };

// What was done with cases, so that there are some in every phase.
const LIVES = [
  [], [ACCEPT], [ACCEPT, ASSIGN], [ACCEPT, ASSIGN, ['start']], [ACCEPT, ['ask', { question: 'Ở đâu?' }]],
  [ACCEPT, ASSIGN, ['resolve', RESULT]], [['reject', REASON]],
];
const OTHERS = ['00070', '00082']; // units that may get the cases
const STATES = ['received', 'accepted', 'in_progress', 'resolved', 'closed'];
const KINDS = ['onsite_report', 'procedure_report', 'waste_report', 'initiative'];

const desk = new Desk(6200);
const documented = await readDocument('routing');
let found;

async function open(steps, wishes) {
  const { case_id: id } = await desk.opened(ADMINISTRATOR, wishes);
  for (const [index, [action, body]] of steps.entries()) {
    const answer = await desk.act(ADMINISTRATOR, id, action, index + 1, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  return id;
}

async function openCases() {
  const wanted = LIVES.flatMap((steps) => Array(OF_EACH).fill([steps, { location: BA_VI }])).concat(
    Array(OF_EACH).fill([[], { location: HAI_PHONG }]), KINDS.map((kind) => [[], { kind, location: BA_VI }]));
  const ids = [];
  for (const [steps, wishes] of wanted) ids.push(await open(steps, wishes));
  return ids;
}

async function callers() {
  const people = [[16, ADMINISTRATOR], [4, REPORTER], [2, { role: 'supervisor', unit: 'VPUB' }], [1, { role: 'supervisor', unit: 'HN' }],
    [1, { role: 'officer', unit: '00070' }], [1, { role: 'auditor', unit: 'HN' }], [1, { role: 'citizen' }]];
  return Promise.all(people.map(async ([weight, who]) => (
    { weight, headers: { Authorization: `Bearer ${await desk.token(who)}` } })));
}

before(async () => {
  await desk.start();
  const ids = await openCases();
  const page = await desk.get(ADMINISTRATOR, '/cases?limit=5');
  found = await tryDocument(documented, { base: desk.stack.url('routing'), callers: await callers(),
    values: [
      { path: '/api/routing/cases/{id}', in: 'path', name: 'id', values: ids },
      { path: '/api/routing/cases/{id}/{action}', in: 'path', name: 'action', member: 'allowed' },
      ...Object.entries({ unit: OTHERS, proposed_unit: OTHERS, category: ['giao-thong'], details: [{}] }).map(
        ([name, values]) => ({ path: '/api/routing/cases/{id}/{action}', in: 'body', name, values, share: 1 })),
      { path: '/api/routing/cases', in: 'query', name: 'unit', values: ['HN', 'VPUB', ...OTHERS] },
      { path: '/api/routing/cases', in: 'query', name: 'state', values: STATES, share: 1 },
      { path: '/api/routing/cases', in: 'query', name: 'cursor', values: [page.body.next, ''], share: 1 },
      { path: '/api/routing/cases/{id}', in: 'query', name: 'wait_ms', values: [0, 10], share: 1 },
      { path: '/api/routing/cases/{id}', in: 'query', name: 'min_version', values: [0, 1, 2], share: 0.99 },
    ] });
});
after(() => desk.stop());

testOperations(documented, () => found);
