// SPDX-License-Identifier: Apache-2.0
// Every field of every route, malformed in every way, gets the answer that names it. A new route is a
// row of ROUTES; tests/support/bad_input.mjs says what a row makes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { account, accountParameter, badRequests, cursor, id, instant, integer, misjudged, number, object,
  oneOf, text, truth, urls, uuid, word } from '../../support/bad_input.mjs';
import { Desk } from './desk.mjs';

const ADMINISTRATOR = { role: 'administrator', unit: 'HN', sub: 'quang' };
const CASE = { path: { id: uuid } };
const UNIT = [...text(32, 2), ['of nobody', 'NOWHERE', 'unknown_unit']];

const ROUTES = [
  { route: 'GET /api/routing/cases', query: { unit: [['of nobody', 'NOWHERE', 'unit_not_found', 404]], state: oneOf(),
    phase: oneOf(), queue: oneOf(), assignee: accountParameter, due_before: instant, cursor, limit: integer(1, 200) } },
  { route: 'GET /api/routing/cases/{id}', ...CASE,
    query: { min_version: integer(0, 2147483647), wait_ms: integer(0, 10000) } },
  { route: 'GET /api/routing/cases/{id}/history', ...CASE },
  { route: 'GET /api/routing/cases/{id}/report', ...CASE },
  { route: 'POST /api/routing/cases/{id}/{action}', versioned: true, body: {},
    path: { id: uuid, action: [['of no process', 'fly', 'unknown_action', 404]] },
    members: { result: object, 'result.text': text(4000), 'result.evidence': urls(10),
      reason: object, 'reason.class': word, 'reason.text': text(2000), assignee: account, unit: UNIT,
      proposed_unit: UNIT, question: text(2000), asked: word, answer: text(4000), rating: word,
      minutes: number(1, 525600), into: id, category: [...text(64), ['of nothing', 'x', 'unknown_category']],
      level: word, details: object, note: text(2000) } },
  { route: 'POST /api/routing/recomputations', body: { apply: false, reason: 'QĐ 1.' },
    members: { apply: truth, reason: text(500, 3) }, required: ['apply', 'reason'] },
  { route: 'GET /api/routing/units' },
  { route: 'GET /api/routing/rules' },
  { route: 'GET /api/routing/processes' },
];

const desk = new Desk(6400);
before(() => desk.start());
after(() => desk.stop());

async function send({ method, path, headers, body }, token) {
  const answer = await fetch(desk.stack.url('routing') + path, { method, body,
    headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) } });
  const content = await answer.text();
  return [answer, content === '' ? null : JSON.parse(content)];
}

async function received() {
  const { case_id: case_ } = await desk.opened(ADMINISTRATOR);
  return { ids: { id: case_, action: 'accept' }, version: 1 };
}

for (const row of ROUTES) {
  test(`${row.route}: what is malformed is named`, async () => {
    const token = await desk.token(ADMINISTRATOR);
    const requests = badRequests(row, row.path ? await received() : {});
    const wrong = [];
    for (const request of requests) {
      const fault = misjudged(request, ...await send(request, token));
      if (fault) wrong.push(`${request.what}: ${fault}`);
    }
    assert.deepEqual(wrong, []);
  });

  test(`${row.route}: who sends it is asked first`, async () => {
    for (const request of badRequests(row, { ids: { action: 'accept' } })) {
      if (request.status === 400 && request.code !== 'encoding') {
        const [answer, problem] = await send(request, 'nonsense');
        assert.equal(answer.status, 401, request.what);
        assert.equal(problem.code, 'token_malformed');
      }
    }
  });
}

// What an action requires and takes is data of the process; that it is asked for, is shown by some.
test('what an action lacks or does not take is named', async () => {
  const { ids: { id: case_ } } = await received();
  const rows = [
    ['accept', { unit: '00070', reason: { text: 'x' } }, ['unit not_expected', 'reason.text not_expected']],
    ['comment', {}, ['note required']],
    ['reject', { reason: {} }, ['reason.text required', 'reason.class required']],
    ['reject', { reason: { class: 'unclear' }, rating: 'satisfied' }, ['reason.text required', 'rating not_expected']],
    ['split', { reason: { text: 'x' } }, ['category required']],
    ['merge', { into: case_ }, ['into same_case']],
    ['merge', { into: '01890a5d-ac96-774b-bcce-b302099a8057' }, ['into unknown_case']],
  ];
  for (const [action, body, wanted] of rows) {
    const answer = await desk.act(ADMINISTRATOR, case_, action, 1, body);
    assert.equal(answer.status, 400, action);
    const named = answer.body.errors.map((error) => `${error.field} ${error.code}`);
    assert.deepEqual(named.sort(), wanted.sort(), action);
  }
});

test('no route is left out', () => {
  const served = execFileSync(`${desk.stack.bin}/routing`, ['routes'], { encoding: 'utf8' }).trim().split('\n');
  const parameters = ({ route, query = {} }) => `${route}?${Object.keys(query).join(' ')}`;
  const sorted = (line) => line.split('?').map((part) => part.split(' ').sort().join(' ')).join('?');
  assert.deepEqual(ROUTES.map(parameters).map(sorted).sort(), served.map(sorted).sort());
});
