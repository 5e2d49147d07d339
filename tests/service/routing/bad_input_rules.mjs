// SPDX-License-Identifier: Apache-2.0
// Rows of bad input: rules, boundaries, explanations, the dispatch desk, the history's checkpoints.
import { array, cursor, dayParameter, degrees, instant, instantMember, integer, object, oneOf, text, truth }
  from '../../support/bad_input.mjs';
import { ENDS, FROM, LAST, inDays } from './bad_input_fields.mjs';

const PAGE = { cursor, limit: integer(1, 200) };
const RULE_CODE = [...text(64), ['in capitals', 'A', 'bad_code'], ['of dashes', '-a', 'bad_code']];
const ACTOR = [...text(32), ['of nobody', 'NOWHERE', 'unknown_unit']];
const RULE = {
  code: RULE_CODE, process: [...text(64), ['of nothing', 'x', 'unknown_process']],
  area: [...text(64), ['no ward', 'SXD', 'unknown_unit']], category: [...text(64), ['of nothing', 'x', 'unknown_category']],
  level: [...text(64), ['no known word', 'nonsense', 'unknown_word']], lead: ACTOR,
  cooperating: array(8, 'SYT', [...ACTOR, ['the lead', 'SXD', 'duplicate_unit']]),
  focal_point: [...text(128), ['of nobody there', 'nobody', 'not_at_unit']],
};
const inRule = (path) => Object.fromEntries(Object.entries(RULE).map(([name, kind]) => [path + name, kind]));

export const RULE_ROUTES = [
  { route: 'POST /api/routing/recomputations', body: { apply: false, reason: 'QĐ 1.' },
    members: { apply: truth, reason: text(500, 3) }, required: ['apply', 'reason'] },
  { route: 'GET /api/routing/rules' },
  { route: 'POST /api/routing/rules/routes', versioned: true,
    body: { code: 'x', lead: 'SXD', from: inDays(1), source: 'QĐ 1', reason: 'r' },
    members: { ...RULE, from: [...FROM, ['far ahead', '2999-01-01', 'out_of_range']], last_day: LAST, source: text(200),
      reason: text(2000) },
    required: ['code', 'lead', 'from', 'source', 'reason'] },
  { route: 'POST /api/routing/rules/routes/{code}/end', versioned: true,
    path: { code: [['of nothing', 'none', 'rule_not_found', 404]] }, body: { last_day: inDays(1), reason: 'r' },
    members: { last_day: ENDS, reason: text(2000) }, required: ['last_day', 'reason'] },
  { route: 'POST /api/routing/rules/dry-run', bodyMax: 256 * 1024,
    body: { rules: [{ code: 'x', lead: 'SXD' }, { code: 'y', lead: 'SXD' }] },
    members: { ...inRule('rules[0].'), rules: array(200, {}, object), 'rules[0]': object,
      'rules[1].code': [...RULE_CODE, ['there before', 'x', 'twice']],
      ended: array(200, 'route-y-te', [...text(64), ['of nothing', 'none', 'unknown_rule']]),
      from: [...instantMember, ['in the future', '2999-01-01T00:00:00Z', 'out_of_range'],
        ['long ago', '2020-01-01T00:00:00Z', 'out_of_range']],
      to: instantMember },
    required: ['rules[0].code', 'rules[0].lead', 'rules'] },
  { route: 'GET /api/routing/processes' },
  { route: 'GET /api/routing/explain', required: ['category'],
    query: { lat: degrees(90), lon: degrees(180), category: oneOf('unknown_category'), level: oneOf(),
      process: oneOf('unknown_process'), at: instant } },
  { route: 'GET /api/routing/dispatch', query: { why: oneOf(), due_before: instant, ...PAGE } },
  { route: 'GET /api/routing/boundaries', query: PAGE },
  { route: 'GET /api/routing/audit/checkpoints', query: { from: dayParameter, ...PAGE } },
  { route: 'GET /api/routing/audit/key' },
];
