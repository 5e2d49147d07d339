// SPDX-License-Identifier: Apache-2.0
// routing answers as proto/openapi/routing.yaml says, whatever it is asked.
import { after, before } from 'node:test';
import { Desk } from '../service/routing/desk.mjs';
import { ADMINISTRATOR, makeWorld } from './routing_world.mjs';
import { readDocument, testOperations, tryDocument } from './schemathesis.mjs';

const PEOPLE = [
  [20, ADMINISTRATOR], [4, { role: 'citizen', sub: 'demo-citizen' }], [2, { role: 'supervisor', unit: 'VPUB' }],
  [1, { role: 'supervisor', unit: '00070' }], [1, { role: 'officer', unit: '00070' }],
  [1, { role: 'auditor', unit: 'HN' }], [1, { role: 'citizen' }],
];

// What one field demands of another.
const BEYOND = ['lat required', 'lon required', 'source required', 'rules required', 'category required',
  'reason required', 'from out_of_range', 'last_day out_of_range', 'If-Match out_of_range',
  // What it depends on who asks.
  'unit required', 'shared not_allowed',
  // What a word is.
  'text too_short', 'text too_many', 'query.text too_short', 'query.text too_many'];

const desk = new Desk();
const documented = await readDocument('routing');
let found;

before(async () => {
  await desk.start();
  const values = await makeWorld(desk);
  const callers = await Promise.all(PEOPLE.map(async ([weight, who]) => (
    { weight, headers: { Authorization: `Bearer ${await desk.token(who)}` } })));
  found = await tryDocument(documented, { base: desk.stack.url('routing'), callers, values, beyond: BEYOND });
});
after(() => desk.stop());

testOperations(documented, () => found, desk.stack.logFile('routing'));
