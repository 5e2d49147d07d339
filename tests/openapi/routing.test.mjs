// SPDX-License-Identifier: Apache-2.0
// routing answers as proto/openapi/routing.yaml says, whatever it is asked.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { BA_VI, Desk, HAI_PHONG } from '../service/routing/desk.mjs';
import { readDocument, testOperations, tryDocument } from './schemathesis.mjs';

const OF_EACH = 20;
const RESULT = { result: { text: 'Đã xong.', evidence: ['https://media.ihanoi.example/1.jpg'] } };
const REASON = { reason: { class: 'unclear', text: 'Không rõ ở đâu.' } };
const ASSIGN = ['assign', { assignee: 'binh' }];
const ADMINISTRATOR = { role: 'administrator', unit: 'HN', sub: 'quang' };

// What was done with cases, by what may be done with them next.
const LIVES = {
  accept: [], reject: [], assign: [['accept']], start: [['accept'], ASSIGN], resolve: [['accept'], ASSIGN, ['start']],
  route: [], nothing: [['accept'], ASSIGN, ['resolve', RESULT]], 'nothing either': [['reject', REASON]],
};

const desk = new Desk(6200);
const documented = await readDocument('routing');
let found;

async function open(steps, location) {
  const { case_id: id } = await desk.opened(ADMINISTRATOR, { location });
  for (const [index, [action, body]] of steps.entries()) {
    const answer = await desk.act(ADMINISTRATOR, id, action, index + 1, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  return id;
}

// Their ids, by what may be done next.
async function openCases() {
  const ids = {};
  for (const [next, steps] of Object.entries(LIVES)) {
    ids[next] = [];
    for (let i = 0; i < OF_EACH; i += 1) {
      ids[next].push(await open(steps, next === 'route' ? HAI_PHONG : BA_VI));
    }
  }
  return ids;
}

async function callers() {
  const people = [[16, ADMINISTRATOR], [1, { role: 'supervisor', unit: 'HN' }],
    [1, { role: 'officer', unit: '00070' }], [1, { role: 'auditor', unit: 'HN' }], [1, { role: 'citizen' }]];
  return Promise.all(people.map(async ([weight, who]) => (
    { weight, headers: { Authorization: `Bearer ${await desk.token(who)}` } })));
}

before(async () => {
  await desk.start();
  const ids = await openCases();
  const page = await desk.get(ADMINISTRATOR, '/cases?limit=5');
  const units = ['HN', 'VPUB', '00070', '09700'];
  found = await tryDocument(documented, { base: desk.stack.url('routing'), callers: await callers(),
    values: [
      { path: '/api/routing/cases/{id}', in: 'path', name: 'id', values: Object.values(ids).flat() },
      ...Object.entries(ids).map(([next, values]) => (
        { path: `/api/routing/cases/{id}/${next}`, in: 'path', name: 'id', values, share: 0.5 })),
      { path: '/api/routing/cases', in: 'query', name: 'unit', values: units },
      { path: '/api/routing/cases', in: 'query', name: 'cursor', values: [page.body.next, ''] },
      { path: '/api/routing/cases/{id}/route', in: 'body', name: 'unit', values: units.slice(2), share: 1 },
      { path: '/api/routing/cases/{id}', in: 'query', name: 'wait_ms', values: [0, 10], share: 1 },
    ] });
});
after(() => desk.stop());

testOperations(documented, () => found);
