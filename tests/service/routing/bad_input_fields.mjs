// SPDX-License-Identifier: Apache-2.0
// Kinds of members that only routing knows, for rows of bad input.
import { day, text, uuid } from '../../support/bad_input.mjs';

export const CASE = { path: { id: uuid } };
export const UNIT = [...text(32, 2), ['of nobody', 'NOWHERE', 'unknown_unit']];
export const CATEGORY = [...text(64), ['of nothing', 'x', 'unknown_category']];

export const NEW_CODE = [...text(32, 2), ['in small letters', 'abc', 'bad_code'], ['of dashes', '-A', 'bad_code']];
export const KNOWN_CODE = [...NEW_CODE, ['of nobody', 'NOWHERE', 'unknown_unit']];

export const inDays = (n) => new Date(Date.now() + 7 * 3600000 + n * 86400000).toISOString().slice(0, 10);
export const FROM = [...day, ['in the past', '2026-01-01', 'in_the_past']];
export const LAST = [...day, ['before the first', '2026-01-01', 'before_from']];
export const ENDS = [...day, ['in the past', '2026-01-01', 'in_the_past']];
