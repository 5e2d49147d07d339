// SPDX-License-Identifier: Apache-2.0
// A stop while the database is away: in order, and within the time that is given for it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sleep } from '../../../deploy/local/process.mjs';
import { City, opened } from './city.mjs';

const LIMIT_MS = 12000;
const city = new City();

before(() => city.start(), { timeout: 240000 });
after(() => city.stop());

test('who is stopped while the database is away ends in order and in time', { timeout: 90000 }, async () => {
  await city.tell(Array.from({ length: 50 }, () => opened({ unit: '00070', category: 'giao-thong' })));
  await city.counted();
  await city.db.end();
  city.db = null;
  await city.stack.stopPart('postgres', 'SIGQUIT');
  await sleep(3000); // each of its steps waits for a connection
  const begun = Date.now();
  await city.stack.stopPart('analytics'); // throws when it does not end with 0
  assert.ok(Date.now() - begun < LIMIT_MS, `${Date.now() - begun} ms`);
});
