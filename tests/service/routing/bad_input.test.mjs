// SPDX-License-Identifier: Apache-2.0
// Every field of every route, malformed in every way, gets the answer that names it. A new route is a
// row of ROUTES; tests/support/bad_input.mjs says what a row makes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { account, accountParameter, badRequests, cursor, day, dayParameter, email, id, instant, integer,
  misjudged, number, object, oneOf, text, truth, urls, uuid, word } from '../../support/bad_input.mjs';
import { Desk } from './desk.mjs';

const ADMINISTRATOR = { role: 'administrator', unit: 'HN', sub: 'quang' };
const CASE = { path: { id: uuid } };
const UNIT = [...text(32, 2), ['of nobody', 'NOWHERE', 'unknown_unit']];

// Of units and their people.
const inDays = (n) => new Date(Date.now() + 7 * 3600000 + n * 86400000).toISOString().slice(0, 10);
const OF_UNIT = { path: { code: [['of nobody', 'NOWHERE', 'unit_not_found', 404]] } };
const CODE = [...text(32, 2), ['in small letters', 'abc', 'bad_code'], ['of dashes', '-A', 'bad_code']];
const KNOWN = [...CODE, ['of nobody', 'NOWHERE', 'unknown_unit']];
const CODES = [['null', null, 'wrong_type'], ['of another type', {}, 'wrong_type'],
  ['too many', Array(16).fill('00004'), 'too_many'], ['with a number in it', ['00004', 7], 'wrong_type', '[1]'],
  ['with an empty one', [''], 'too_short', '[0]'], ['with one that is too long', ['X'.repeat(33)], 'too_long', '[0]'],
  ['with one in small letters', ['ab'], 'bad_code', '[0]'], ['with one of nobody', ['NOWHERE'], 'unknown_unit', '[0]'],
  ['with one twice', ['00004', '00004'], 'twice', '[1]'], ['with the main one', ['00082'], 'twice', '[0]']];
const FIELD = [...text(64), ['of nothing', 'bong-da', 'unknown_category']];
const FROM = [...day, ['in the past', '2026-01-01', 'in_the_past']];
const LAST = [...day, ['before the first', '2026-01-01', 'before_from']];
const ENDS = [...day, ['in the past', '2026-01-01', 'in_the_past']];
const change = (what, body, members, required = Object.keys(body)) => ({
  route: `POST /api/routing/units/{code}/${what}`, versioned: true, ...OF_UNIT, body: { ...body, reason: 'r' },
  members: { ...members, reason: text(2000) }, required: [...required, 'reason'] });

const ROUTES = [
  { route: 'GET /api/routing/cases/{id}', ...CASE,
    query: { min_version: integer(0, 2147483647), wait_ms: integer(0, 10000) } },
  { route: 'GET /api/routing/cases/{id}/history', ...CASE },
  { route: 'POST /api/routing/cases/{id}/{action}', versioned: true, body: {},
    path: { id: uuid, action: [['of no process', 'fly', 'unknown_action', 404]] },
    members: { result: object, 'result.text': text(4000), 'result.evidence': urls(10),
      reason: object, 'reason.class': word, 'reason.text': text(2000), assignee: account, unit: UNIT,
      proposed_unit: UNIT, question: text(2000), asked: word, answer: text(4000), rating: word,
      minutes: number(1, 525600), into: id, category: [...text(64), ['of nothing', 'x', 'unknown_category']],
      level: word, details: object, note: text(2000) } },
  { route: 'POST /api/routing/recomputations', body: { apply: false, reason: 'QĐ 1.' },
    members: { apply: truth, reason: text(500, 3) }, required: ['apply', 'reason'] },
  { route: 'GET /api/routing/units', query: { at: dayParameter() } },
  { route: 'GET /api/routing/rules' },
  { route: 'GET /api/routing/processes' },
  { route: 'GET /api/routing/audit/checkpoints', query: { from: dayParameter('bad_day'), cursor, limit: integer(1, 200) } },
  { route: 'GET /api/routing/audit/key' },
  { route: 'GET /api/routing/units/{code}', ...OF_UNIT },
  { route: 'POST /api/routing/units', body: { code: 'BAN-X', type: 'board', parent: 'HN', name: { vi: 'Ban', en: 'Board' },
    from: inDays(1), source: 'QĐ 1', reason: 'r' },
  members: { code: CODE, type: word, parent: KNOWN, name: object, 'name.vi': text(200), 'name.en': text(200),
    from: FROM, last_day: LAST, source: text(200), reason: text(2000) },
  required: ['code', 'type', 'parent', 'name', 'name.vi', 'name.en', 'from', 'source', 'reason'] },
  change('alter', { from: inDays(1), source: 'QĐ 1' }, { from: FROM, type: word, parent: KNOWN, name: object,
    'name.vi': text(200), 'name.en': text(200), source: text(200) }),
  change('end', { last_day: inDays(1) }, { last_day: ENDS }),
  change('merge', { into: '00082', from: inDays(1) }, { into: KNOWN, from: FROM, also: CODES }, ['into', 'from']),
  change('head', { account: 'an', name: 'An', from: inDays(1) },
    { account, name: text(120), email, from: FROM, last_day: LAST }),
  change('head/end', { last_day: inDays(1) }, { last_day: ENDS }),
  change('focal-points', { field: '*', account: 'an', name: 'An', email: 'an@x.example', from: inDays(1) },
    { field: FIELD, account, name: text(120), email, rank: number(1, 9), from: FROM, last_day: LAST }),
  change('focal-points/end', { field: '*', account: 'an', last_day: inDays(1) },
    { field: text(64), account, last_day: ENDS }),
  change('absences', { account: 'an', from: inDays(1), last_day: inDays(2) },
    { account: [...account, ['of nobody there', 'an', 'not_at_unit']], from: FROM, last_day: LAST }),
  change('absences/end', { account: 'an', from: inDays(1), back_on: inDays(1) },
    { account, from: day, back_on: [...day, ['in the past', '2026-01-01', 'in_the_past']] }),
  { route: 'GET /api/routing/focal-points/coverage', query: { unit: [['of nobody', 'NOWHERE', 'unit_not_found', 404]] } },
  { route: 'GET /api/routing/reference/changes', query: { kind: [], key: [], cursor, limit: integer(1, 200) } },
];

// Only the generated requests of tests/openapi malform these so far.
const WITHOUT_ROWS = [
  'DELETE /api/routing/filters/{id}',
  'DELETE /api/routing/receptions/{unit}/slots/{id}',
  'DELETE /api/routing/templates/{id}',
  'GET /api/routing/access-log',
  'GET /api/routing/boundaries',
  'GET /api/routing/cases',
  'GET /api/routing/cases/count',
  'GET /api/routing/cases/stream',
  'GET /api/routing/cases/{id}/audit',
  'GET /api/routing/cases/{id}/explain',
  'GET /api/routing/cases/{id}/notes',
  'GET /api/routing/cases/{id}/print',
  'GET /api/routing/cases/{id}/related',
  'GET /api/routing/cases/{id}/report',
  'GET /api/routing/dispatch',
  'GET /api/routing/explain',
  'GET /api/routing/filters',
  'GET /api/routing/filters/{id}',
  'GET /api/routing/receptions/{unit}/slots',
  'GET /api/routing/rejections',
  'GET /api/routing/templates',
  'GET /api/routing/templates/{id}',
  'GET /api/routing/workload',
  'POST /api/routing/boundaries',
  'POST /api/routing/cases',
  'POST /api/routing/cases/bulk',
  'POST /api/routing/cases/{id}/notes',
  'POST /api/routing/cases/{id}/split',
  'POST /api/routing/filters',
  'POST /api/routing/receptions/{unit}/slots',
  'POST /api/routing/rules/dry-run',
  'POST /api/routing/rules/routes',
  'POST /api/routing/rules/routes/{code}/end',
  'POST /api/routing/templates',
  'PUT /api/routing/filters/{id}',
  'PUT /api/routing/templates/{id}',
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
  return { ids: { id: case_, action: 'accept', code: 'SXD' }, version: 1 };
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
  const withRows = served.filter((line) => !WITHOUT_ROWS.includes(line.split('?')[0]));
  assert.equal(served.length - withRows.length, WITHOUT_ROWS.length);
  assert.deepEqual(ROUTES.map(parameters).map(sorted).sort(), withRows.map(sorted).sort());
});
