// SPDX-License-Identifier: Apache-2.0
// Rows of bad input: one case, its papers, and what is done with it.
import { account, id, integer, number, object, text, urls, uuid, word } from '../../support/bad_input.mjs';
import { CASE, CATEGORY, UNIT } from './bad_input_fields.mjs';

export const CASE_ROUTES = [
  { route: 'GET /api/routing/cases/{id}', ...CASE,
    query: { min_version: integer(0, 2147483647), wait_ms: integer(0, 10000) } },
  { route: 'GET /api/routing/cases/{id}/history', ...CASE },
  { route: 'POST /api/routing/cases/{id}/{action}', versioned: true, body: {},
    path: { id: uuid, action: [['of no process', 'fly', 'unknown_action', 404]] },
    members: { result: object, 'result.text': text(4000), 'result.evidence': urls(10),
      reason: object, 'reason.class': word, 'reason.text': text(2000), assignee: account, unit: UNIT,
      proposed_unit: UNIT, question: text(2000), asked: word, answer: text(4000), rating: word,
      minutes: number(1, 525600), into: id, category: CATEGORY,
      level: word, details: object, note: text(2000) } },
];
