// SPDX-License-Identifier: Apache-2.0
// Every field of every route, malformed in every way, gets the answer that names it. A new route is a
// row in one of bad_input_*.mjs; tests/support/bad_input.mjs says what a row makes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { badRequests, misjudged } from '../../support/bad_input.mjs';
import { CASE_ROUTES } from './bad_input_cases.mjs';
import { DESK_ROUTES } from './bad_input_desk.mjs';
import { REGISTRY_ROUTES } from './bad_input_registry.mjs';
import { RULE_ROUTES } from './bad_input_rules.mjs';
import { Desk } from './desk.mjs';

const ADMINISTRATOR = { role: 'administrator', unit: 'HN', sub: 'quang' };
const ROUTES = [...CASE_ROUTES, ...DESK_ROUTES, ...RULE_ROUTES, ...REGISTRY_ROUTES];

const desk = new Desk();
before(() => desk.start());
after(() => desk.stop());

async function send({ method, path, headers, body }, token) {
  const answer = await fetch(desk.stack.url('routing') + path, { method, body,
    headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) } });
  if (!answer.headers.get('content-type')?.includes('json')) { // a page, or a stream that goes on
    await answer.body?.cancel();
    return [answer, null];
  }
  return [answer, await answer.json()];
}

async function received() {
  const { case_id: case_ } = await desk.opened(ADMINISTRATOR);
  return { ids: { id: case_, action: 'accept', code: 'SXD', unit: '00070' }, version: 1 };
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
