// SPDX-License-Identifier: Apache-2.0
// Rows of bad input: rules, boundaries, explanations, the history's checkpoints.
import { cursor, dayParameter, integer, text, truth } from '../../support/bad_input.mjs';

export const RULE_ROUTES = [
  { route: 'POST /api/routing/recomputations', body: { apply: false, reason: 'QĐ 1.' },
    members: { apply: truth, reason: text(500, 3) }, required: ['apply', 'reason'] },
  { route: 'GET /api/routing/rules' },
  { route: 'GET /api/routing/processes' },
  { route: 'GET /api/routing/audit/checkpoints', query: { from: dayParameter, cursor, limit: integer(1, 200) } },
  { route: 'GET /api/routing/audit/key' },
];
