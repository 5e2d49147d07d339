// SPDX-License-Identifier: Apache-2.0
// Every field of every route, malformed in every way, gets the answer that names it. A new route is a
// row of ROUTES; tests/support/bad_input.mjs says what a row makes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { account, accountParameter, badRequests, cursor, instant, integer, misjudged, object, oneOf, text, urls,
  uuid, word } from '../../support/bad_input.mjs';
import { Desk } from './desk.mjs';

const ADMINISTRATOR = { role: 'administrator', unit: 'HN', sub: 'quang' };
const ASSIGN = ['assign', { assignee: 'binh' }];

const NOTE = { note: text(2000) };
const CASE = { path: { id: uuid } };
const COMMAND = { ...CASE, versioned: true };

// after: what is done with the case before, so that only the body stands against the command.
const ROUTES = [
  { route: 'GET /api/routing/cases', query: { unit: [], state: oneOf(), queue: oneOf(),
    assignee: accountParameter, due_before: instant, cursor, limit: integer(1, 200) } },
  { route: 'GET /api/routing/cases/{id}', ...CASE,
    query: { min_version: integer(0, 2147483647), wait_ms: integer(0, 10000) } },
  { route: 'GET /api/routing/cases/{id}/history', ...CASE },
  { route: 'GET /api/routing/cases/{id}/report', ...CASE },
  { route: 'POST /api/routing/cases/{id}/accept', ...COMMAND, body: {}, members: NOTE },
  { route: 'POST /api/routing/cases/{id}/assign', ...COMMAND, after: [['accept']],
    body: { assignee: 'binh' }, members: { assignee: account, ...NOTE }, required: ['assignee'] },
  { route: 'POST /api/routing/cases/{id}/start', ...COMMAND, after: [['accept'], ASSIGN], body: {}, members: NOTE },
  { route: 'POST /api/routing/cases/{id}/resolve', ...COMMAND, after: [['accept'], ASSIGN],
    body: { result: { text: 'Đã xong.', evidence: ['https://x.example/1.jpg'] } },
    members: { result: object, 'result.text': text(4000), 'result.evidence': urls(10), ...NOTE },
    required: ['result.text', 'result.evidence', ['result', 'result.text']] },
  { route: 'POST /api/routing/cases/{id}/reject', ...COMMAND,
    body: { reason: { class: 'unclear', text: 'Không rõ ở đâu.' } },
    members: { reason: object, 'reason.class': word, 'reason.text': text(2000), ...NOTE },
    required: ['reason.class', 'reason.text', ['reason', 'reason.class']] },
  { route: 'POST /api/routing/cases/{id}/route', ...COMMAND, location: { lat: 20.8449, lon: 106.6881 },
    body: { unit: '00070' }, members: { unit: [...text(32, 2), ['of nobody', 'NOWHERE', 'unknown_unit']], ...NOTE },
    required: ['unit'] },
  { route: 'GET /api/routing/units' },
  { route: 'GET /api/routing/rules' },
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

// A case that is where the row wants it: {ids, version}.
async function opened({ after: steps = [], location }) {
  const { case_id: id } = await desk.opened(ADMINISTRATOR, location && { location });
  for (const [index, [action, body]] of steps.entries()) await desk.act(ADMINISTRATOR, id, action, index + 1, body);
  return { ids: { id }, version: steps.length + 1 };
}

for (const row of ROUTES) {
  test(`${row.route}: what is malformed is named`, async () => {
    const token = await desk.token(ADMINISTRATOR);
    const requests = badRequests(row, row.path ? await opened(row) : {});
    const wrong = [];
    for (const request of requests) {
      const fault = misjudged(request, ...await send(request, token));
      if (fault) wrong.push(`${request.what}: ${fault}`);
    }
    assert.deepEqual(wrong, []);
  });

  test(`${row.route}: who sends it is asked first`, async () => {
    for (const request of badRequests(row)) {
      if (request.status === 400 && request.code !== 'encoding') {
        const [answer, problem] = await send(request, 'nonsense');
        assert.equal(answer.status, 401, request.what);
        assert.equal(problem.code, 'token_malformed');
      }
    }
  });
}

test('no route is left out', () => {
  const served = execFileSync(`${desk.stack.bin}/routing`, ['routes'], { encoding: 'utf8' }).trim().split('\n');
  const parameters = ({ route, query = {} }) => `${route}?${Object.keys(query).join(' ')}`;
  assert.deepEqual(ROUTES.map(parameters).sort(), served.sort());
});
