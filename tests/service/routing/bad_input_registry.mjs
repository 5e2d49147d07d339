// SPDX-License-Identifier: Apache-2.0
// Rows of bad input: units, their people, reception hours.
import { account, array, cursor, day, dayParameter, email, instant, instantMember, integer, key, number, object, text, uuid,
  word } from '../../support/bad_input.mjs';
import { ENDS, FROM, KNOWN_CODE, LAST, NEW_CODE, inDays } from './bad_input_fields.mjs';

const OF_UNIT = { path: { code: [['of nobody', 'NOWHERE', 'unit_not_found', 404]] } };
const CODES = [['null', null, 'wrong_type'], ['of another type', {}, 'wrong_type'],
  ['too many', Array(16).fill('00004'), 'too_many'], ['with a number in it', ['00004', 7], 'wrong_type', '[1]'],
  ['with an empty one', [''], 'too_short', '[0]'], ['with one that is too long', ['X'.repeat(33)], 'too_long', '[0]'],
  ['with one in small letters', ['ab'], 'bad_code', '[0]'], ['with one of nobody', ['NOWHERE'], 'unknown_unit', '[0]'],
  ['with one twice', ['00004', '00004'], 'twice', '[1]'], ['with the main one', ['00082'], 'twice', '[0]']];
const FIELD = [...text(64), ['of nothing', 'bong-da', 'unknown_category']];
const change = (what, body, members, required = Object.keys(body)) => ({
  route: `POST /api/routing/units/{code}/${what}`, versioned: true, ...OF_UNIT, body: { ...body, reason: 'r' },
  members: { ...members, reason: text(2000) }, required: [...required, 'reason'] });

// The hour that begins in n days, at a whole minute.
const hour = (n, minute = 0) => `${inDays(n)}T01:${String(minute).padStart(2, '0')}:00Z`;
const OFFICE = [['of nobody', 'NOWHERE', 'unit_not_found', 404]];
const SLOT = { starts_at: hour(1), ends_at: hour(1, 30), capacity: 1, room: 'P.1' };
const SLOT_TIME = [...instantMember, ['within a minute', hour(1).replace('00Z', '01Z'), 'not_allowed']];

export const REGISTRY_ROUTES = [
  { route: 'GET /api/routing/units', query: { at: dayParameter } },
  { route: 'GET /api/routing/units/{code}', ...OF_UNIT },
  { route: 'POST /api/routing/units', headers: { 'Idempotency-Key': key },
    body: { code: 'BAN-X', type: 'board', parent: 'HN', name: { vi: 'Ban', en: 'Board' }, from: inDays(1), source: 'QĐ 1', reason: 'r' },
  members: { code: NEW_CODE, type: word, parent: KNOWN_CODE, name: object, 'name.vi': text(200), 'name.en': text(200),
    from: FROM, last_day: LAST, source: text(200), reason: text(2000) },
  required: ['code', 'type', 'parent', 'name', 'name.vi', 'name.en', 'from', 'source', 'reason'] },
  change('alter', { from: inDays(1), source: 'QĐ 1' }, { from: FROM, type: word, parent: KNOWN_CODE, name: object,
    'name.vi': text(200), 'name.en': text(200), source: text(200) }),
  change('end', { last_day: inDays(1) }, { last_day: ENDS }),
  change('merge', { into: '00082', from: inDays(1) }, { into: KNOWN_CODE, from: FROM, also: CODES }, ['into', 'from']),
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
  { route: 'GET /api/routing/receptions/{unit}/slots', path: { unit: OFFICE }, query: { cursor, limit: integer(1, 200),
    from: instant, to: [...instant, ['before its beginning', '1970-01-01T00:00:00Z', 'out_of_range'],
      ['far from it', '2999-01-01T00:00:00Z', 'out_of_range']] } },
  { route: 'POST /api/routing/receptions/{unit}/slots', path: { unit: OFFICE },
    headers: { 'Idempotency-Key': key }, body: { slots: [SLOT] },
    members: { 'slots[0]': object, slots: [...array(200, {}, object), ['empty', [], 'too_few'],
      ['of the same room and time', [SLOT, SLOT], 'overlaps', '[1]']],
      'slots[0].starts_at': [...SLOT_TIME, ['in the past', '2026-01-01T00:00:00Z', 'past'],
        ['far ahead', hour(400), 'out_of_range']],
      'slots[0].ends_at': [...SLOT_TIME, ['no later', hour(1), 'out_of_range'], ['a day later', hour(2), 'out_of_range']],
      'slots[0].capacity': number(1, 100), 'slots[0].room': text(64) },
    required: ['slots', 'slots[0].starts_at', 'slots[0].ends_at', 'slots[0].capacity', 'slots[0].room'] },
  { route: 'DELETE /api/routing/receptions/{unit}/slots/{id}', path: { unit: OFFICE, id: uuid } },
  { route: 'GET /api/routing/reference/changes', query: { kind: [], key: [], cursor, limit: integer(1, 200) } },
];
