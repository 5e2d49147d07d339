// SPDX-License-Identifier: Apache-2.0
// Rows of bad input: one case, its papers, and what is done with it, or with many.
import { account, array, cursor, id, integer, key, number, object, real, text, textParameter, urls, uuid, word }
  from '../../support/bad_input.mjs';
import { CASE, CATEGORY, UNIT } from './bad_input_fields.mjs';

const ONE = '01890a5d-ac96-774b-bcce-b302099a8057';
const TWO = '01890a5d-ac96-774b-bcce-b302099a8058';

// What residents have told is read for a reason: in a header, or in the query.
const reasonHeader = [['too short', 'xx', 'too_short'], ['too long', 'x'.repeat(201), 'too_long'],
  ['empty', '', 'too_short'], ['no UTF-8', 'ki\u00e3m', 'encoding'], ['with a tab', 'a\tb', 'control_character']];
const READING = { ...CASE, query: { reason: textParameter(200, 3) }, headers: { 'X-Access-Reason': reasonHeader } };

// The members of a command: on one case, or on many.
const COMMAND = { result: object, 'result.text': text(4000), 'result.evidence': urls(10),
  reason: object, 'reason.class': word, 'reason.text': text(2000), assignee: account, unit: UNIT,
  proposed_unit: UNIT, question: text(2000), asked: word, answer: text(4000), rating: word,
  minutes: number(1, 525600), into: id, category: CATEGORY,
  level: word, details: object, note: text(2000) };
// Of a command on many: whether there is such a unit, category or detail, is asked for each case.
const IN_FORM = { unit: text(32, 2), proposed_unit: text(32, 2), category: text(64), details: [...object] };

export const CASE_ROUTES = [
  { route: 'GET /api/routing/cases/{id}', ...CASE,
    query: { min_version: integer(0, 2147483647), wait_ms: integer(0, 10000) } },
  { route: 'GET /api/routing/cases/{id}/history', ...CASE },
  { route: 'GET /api/routing/cases/{id}/related', ...CASE },
  { route: 'GET /api/routing/cases/{id}/explain', ...CASE },
  { route: 'GET /api/routing/cases/{id}/report', ...READING },
  { route: 'GET /api/routing/cases/{id}/print', ...READING },
  { route: 'GET /api/routing/cases/{id}/audit', ...READING },
  { route: 'GET /api/routing/cases/{id}/notes', ...READING,
    query: { ...READING.query, cursor, limit: integer(1, 200) } },
  { route: 'POST /api/routing/cases/{id}/notes', ...CASE, headers: { 'Idempotency-Key': key },
    body: { text: 'x' }, members: { text: text(4000) }, required: ['text'] },
  { route: 'POST /api/routing/cases', headers: { 'Idempotency-Key': key },
    body: { process: 'voter_petition', category: 'ha-tang', description: 'x', location: { lat: 21, lon: 105 },
      details: { session: '20', delegate: 'x' } },
    members: { process: [...text(64), ['unknown', 'lost', 'unknown_process'], ['not opened here', 'onsite_report', 'unknown_process']],
      category: CATEGORY, level: word, title: text(200), description: text(4000), location: object,
      'location.lat': real(8, 24), 'location.lon': real(102, 110), 'location.address': text(500),
      media: urls(10), unit: UNIT, language: word, reporter_ref: account, details: object,
      'details.session': text(200), 'details.delegate': text(200), 'details.conclusion': text(2000),
      'details.answer_by': [...text(64), ['no day', 'yesterday!', 'not_allowed'], ['no such day', '2026-02-30', 'not_allowed']] },
    required: ['process', 'category', 'description', 'location.lat', 'location.lon', 'details.session', 'details.delegate'] },
  { route: 'POST /api/routing/cases/{id}/split', ...CASE, versioned: true,
    body: { category: 'dien-nuoc', reason: { text: 'x' } },
    members: { category: CATEGORY, level: word, unit: UNIT, description: text(4000), reason: object,
      'reason.text': text(2000), note: text(1900) },
    required: ['category', 'reason', 'reason.text'] },
  { route: 'POST /api/routing/cases/{id}/{action}', versioned: true, body: {},
    path: { id: uuid, action: [['of no process', 'fly', 'unknown_action', 404]] }, members: COMMAND },
  { route: 'POST /api/routing/cases/bulk',
    body: { action: 'accept', cases: [{ id: ONE, version: 1 }, { id: TWO, version: 1 }] },
    members: { ...COMMAND, ...IN_FORM,
      action: [...text(64), ['of no process', 'fly', 'unknown_action']],
      cases: [...array(200, { id: ONE, version: 1 }), ['too few', [], 'too_few']], 'cases[1]': object,
      'cases[1].id': [...id, ['there already', ONE, 'twice']], 'cases[1].version': number(1, 2147483647) },
    required: ['action', 'cases', 'cases[0].id', 'cases[1].version'] },
];
