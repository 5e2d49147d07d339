// SPDX-License-Identifier: Apache-2.0
// Rows of bad input: queues, filters, templates, the live stream and the rest of a desk.
import { accountParameter, cursor, instant, integer, key, object, oneOf, text, truth, uuid } from '../../support/bad_input.mjs';
import { CASE_FILTER, endBefore } from './bad_input_fields.mjs';

const PAGE = { cursor, limit: integer(1, 200) };
const UNIT_IN_SCOPE = [['of nobody', 'NOWHERE', 'unit_not_found', 404], ['empty', '', 'unit_not_found', 404]];
const KEYED = { headers: { 'Idempotency-Key': key } };

// ---- saved filters: parameters of a list, as texts ----

const parameter = (bad, fault) => [...text(200), [`"${bad}"`, bad, fault]];
const FILTER = { body: { name: 'x', query: { state: 'received' } },
  members: { name: text(100), shared: truth, query: object,
    ...Object.fromEntries(Object.entries({
      unit: parameter('a b', 'bad_code'), phase: parameter('lost', 'unknown_word'), state: parameter('lost', 'unknown_word'),
      process: parameter('lost', 'unknown_process'), queue: parameter('lost', 'unknown_word'),
      level: parameter('lost', 'unknown_word'), area: parameter('a b', 'bad_code'), category: parameter('a b', 'bad_code'),
      assignee: parameter('a@b', 'bad_reference'), due_after: parameter('yesterday', 'bad_instant'),
      due_before: parameter('2026-02-30T00:00:00Z', 'bad_instant'), overdue: parameter('yes', 'not_allowed'),
      proposed: parameter('1', 'not_allowed'), audit: parameter('passed', 'unknown_word'),
      near_border: parameter('1', 'not_allowed'), task: parameter('maybe', 'not_allowed'),
      merged_into: parameter('x', 'bad_uuid'), text: parameter('...', 'too_short'), closed: parameter('1', 'not_allowed'),
    }).map(([name, faults]) => [`query.${name}`, faults])) },
  required: ['name', 'query'] };

// ---- templates: texts with places, for a unit, a process, a state, an action ----

const template = [...text(4000), ['with a place that there is not', '{{lost}}', 'bad_template'],
  ['with a place that is not closed', '{{due', 'bad_template'], ['with a section that is not closed', '{{#due}}x', 'bad_template'],
  ['with a section closed by another', '{{#due}}x{{/unit}}', 'bad_template'],
  ['with a place without a name', '{{}}', 'bad_template']];
const TEMPLATE = { body: { name: 'x', unit: '00070', text: { vi: 'x' } },
  members: { name: text(100), unit: [...text(32, 2), ['of nobody', 'NOWHERE', 'unknown_unit']],
    process: [...text(64), ['unknown', 'lost', 'unknown_process']], state: [...text(64), ['of no process', 'lost', 'unknown_state']],
    action: [...text(64), ['of no process', 'fly', 'unknown_action']], text: object, 'text.vi': template, 'text.en': template },
  required: ['name', 'text', 'text.vi'] };
const OF_RECORD = { path: { id: uuid } };

export const DESK_ROUTES = [
  { route: 'GET /api/routing/cases', query: { ...CASE_FILTER, ...PAGE } },
  { route: 'GET /api/routing/cases/count', query: CASE_FILTER },
  { route: 'GET /api/routing/cases/stream', query: { unit: UNIT_IN_SCOPE }, headers: { 'Last-Event-ID': [
    ['no number', 'x', 'not_allowed'], ['empty', '', 'not_allowed'], ['negative', '-1', 'not_allowed'],
    ['too long', '9'.repeat(20), 'not_allowed']] } },
  { route: 'GET /api/routing/workload', query: { unit: UNIT_IN_SCOPE } },
  { route: 'GET /api/routing/census' },
  { route: 'GET /api/routing/access-log', query: { case: uuid, account: accountParameter, from: instant,
    until: [...instant, endBefore('from', 'before_from')], ...PAGE } },
  { route: 'GET /api/routing/rejections' },
  { route: 'GET /api/routing/filters', query: PAGE },
  { route: 'GET /api/routing/filters/{id}', ...OF_RECORD },
  { route: 'POST /api/routing/filters', ...KEYED, ...FILTER },
  { route: 'PUT /api/routing/filters/{id}', versioned: true, ...OF_RECORD, ...FILTER },
  { route: 'DELETE /api/routing/filters/{id}', versioned: true, ...OF_RECORD },
  { route: 'GET /api/routing/templates', query: { unit: UNIT_IN_SCOPE, case: uuid,
    process: oneOf('unknown_process'), state: oneOf('unknown_state'), action: oneOf('unknown_action'), ...PAGE } },
  { route: 'GET /api/routing/templates/{id}', ...OF_RECORD },
  { route: 'POST /api/routing/templates', ...KEYED, ...TEMPLATE },
  { route: 'PUT /api/routing/templates/{id}', versioned: true, ...OF_RECORD, ...TEMPLATE },
  { route: 'DELETE /api/routing/templates/{id}', versioned: true, ...OF_RECORD },
];
