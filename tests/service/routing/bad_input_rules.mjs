// SPDX-License-Identifier: Apache-2.0
// Rows of bad input: rules, boundaries, explanations, the dispatch desk, the history's checkpoints.
import { array, cursor, dayParameter, degrees, instant, instantMember, integer, object, oneOf, text, textParameter,
  truth, truthParameter } from '../../support/bad_input.mjs';
import { ENDS, FROM, LAST, inDays } from './bad_input_fields.mjs';
import { chessboard } from './chessboard.mjs';

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

// What cannot be a boundary; a reason that GEOS gives, and those of metres, are in boundaries.test.mjs.
const ring = (...positions) => ({ type: 'Polygon', coordinates: [positions] });
const GEOMETRY = [['null', null], ['of another type', 7], ['an array', []], ['empty', {}],
  ['a point', { type: 'Point', coordinates: [105, 21] }],
  ['without coordinates', { type: 'Polygon' }], ['without rings', { type: 'MultiPolygon', coordinates: [[]] }],
  ['with a ring too short', ring([105, 21], [106, 21], [105, 21])],
  ['with an open ring', ring([105, 21], [106, 21], [106, 22], [105, 22])],
  ['a bow', ring([105, 21], [106, 22], [106, 21], [105, 22], [105, 21])],
  ['with texts for numbers', ring(['105', '21'], ['106', '21'], ['106', '22'], ['105', '21'])],
  ['beyond the earth', ring([181, 21], [182, 21], [182, 22], [181, 21])],
].map(([what, value]) => [what, value, 'bad_geometry']);
const NO_TEXT = [['null', null, 'wrong_type'], ['of another type', {}, 'wrong_type']];

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
  { route: 'POST /api/routing/boundaries', query: { source: textParameter(200), repair: truthParameter },
    body: chessboard(), isGeoJson: true,
    members: { type: [...NO_TEXT, ['another one', 'Feature', 'not_allowed']], attribution: text(200),
      approximate: truth,
      features: [...array(10000, chessboard().features[0]), ['empty', [], 'too_few'],
        ['short of all units but one', chessboard().features.slice(0, 1), 'missing_unit']],
      'features[1]': [['null', null, 'wrong_type'], ['of another type', 'x', 'wrong_type'], ['an array', [], 'wrong_type'],
        ['one of a unit that was there', chessboard().features[0], 'duplicate_unit'],
        ['one of no unit', { ...chessboard().features[0], id: 1, properties: { code: '99999' } }, 'unknown_unit']],
      'features[1].properties.code': NO_TEXT, 'features[0].geometry': GEOMETRY },
    required: ['type', 'features', 'features[0].properties.code'] },
  { route: 'GET /api/routing/audit/checkpoints', query: { from: dayParameter, ...PAGE } },
  { route: 'GET /api/routing/audit/key' },
];
