// SPDX-License-Identifier: Apache-2.0
// Kinds of members that only routing knows, for rows of bad input.
import { accountParameter, code, day, instant, oneOf, text, textParameter, truthParameter, uuid } from '../../support/bad_input.mjs';

export const CASE = { path: { id: uuid } };
export const UNIT = [...text(32, 2), ['of nobody', 'NOWHERE', 'unknown_unit']];
export const CATEGORY = [...text(64), ['of nothing', 'x', 'unknown_category']];

export const NEW_CODE = [...text(32, 2), ['in small letters', 'abc', 'bad_code'], ['of dashes', '-A', 'bad_code']];
export const KNOWN_CODE = [...NEW_CODE, ['of nobody', 'NOWHERE', 'unknown_unit']];

export const inDays = (n) => new Date(Date.now() + 7 * 3600000 + n * 86400000).toISOString().slice(0, 10);
export const FROM = [...day, ['in the past', '2026-01-01', 'in_the_past']];
export const LAST = [...day, ['before the first', '2026-01-01', 'before_from']];
export const ENDS = [...day, ['in the past', '2026-01-01', 'in_the_past']];

// The end of a window, before what another parameter says is its beginning.
export const endBefore = (first, fault) => (
  [`before ${first}`, `2026-01-01T00:00:00Z&${first}=2026-01-01T00:00:01Z`, fault]);

// What lists of cases are asked for. A saved filter holds the same as texts.
const EXAMPLE_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
export const CASE_FILTER = {
  unit: [...code(64), ['of nobody', 'NOWHERE', 'unit_not_found', 404]], phase: oneOf(),
  state: [...code(64), ['of no process', 'lost', 'unknown_word']], process: [...code(64), ['unknown', 'lost', 'unknown_process']],
  queue: oneOf(), level: oneOf(), area: code(64), category: code(64), assignee: accountParameter,
  due_after: instant, due_before: [...instant, endBefore('due_after', 'contradiction')], overdue: truthParameter, proposed: truthParameter, audit: oneOf(),
  near_border: truthParameter, task: truthParameter, merged_into: uuid, closed: truthParameter,
  text: [...textParameter(200), ['without a word', '...', 'too_short'], ['of nine words', 'a+b+c+d+e+f+g+h+i', 'too_many']],
  filter: [...uuid, ['of nobody', EXAMPLE_ID, 'unknown_filter']],
};
