// SPDX-License-Identifier: Apache-2.0
// A year of a small city: what analytics tells is what the model counts, to the last digit, however the service came to
// its sums. make model does the same with half a million cases.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { compiler } from '../contract/contracts.mjs';
import { Comparer } from './city.mjs';
import { Run } from './run.mjs';
import { year } from './year.mjs';

const CASES = Number(process.env.CASES ?? 6000);
const PARTS = [0.04, 0.04, 0.04];
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6));
const run = new Run({ cases: CASES, seed, parts: PARTS });

before(() => run.start(), { timeout: 120000 });
after(() => run.stop());

function agree({ figures, differences }) {
  assert.ok(figures > 10000, `${figures} figures`);
  assert.equal(differences, 0, `seed ${seed}`);
}

test('generated events are as the contract says', () => {
  const ajv = compiler('draft-07');
  const known = new Map();
  for (const chunk of year({ ...run.settings, cases: 600 })) {
    for (const line of chunk.trimEnd().split('\n')) {
      const [key, type, , at, data] = line.split('\t');
      const snapshot = JSON.parse(data);
      const validate = ajv.getSchema(`https://schemas.ihanoi.example/events/${type}`);
      assert.ok(validate(snapshot), `${type}: ${JSON.stringify(validate.errors)}`);
      assert.deepEqual([snapshot.case_id, snapshot.at], [key, at]);
      if (!known.has(type)) known.set(type, 0);
      known.set(type, known.get(type) + 1);
    }
  }
  assert.ok(known.size >= 19, [...known.keys()].join());
});

test('a replay', { timeout: 300000 }, async () => {
  await run.replay();
  const { dumped, events, cases } = await run.readDump();
  assert.deepEqual([dumped, events, cases], [run.events, run.events, CASES]);
  agree(await run.compare());
});

test('a replay in which analytics is killed', { timeout: 300000 }, async () => {
  const killedAt = await run.replayKilled();
  assert.ok(killedAt > 0 && killedAt < run.events, `killed at ${killedAt} of ${run.events}`);
  agree(await run.compare());
});

test('a rebuild', { timeout: 300000 }, async () => {
  await run.rebuild();
  agree(await run.compare());
});

test('one case that the model does not know is found', { timeout: 120000 }, async () => {
  const folder = `${run.dumped}-less`;
  cpSync(run.dumped, folder, { recursive: true });
  const lines = readFileSync(join(folder, '00.ndjson'), 'utf8').split('\n');
  const { case_id: id } = JSON.parse(lines[0]);
  writeFileSync(join(folder, '00.ndjson'), lines.filter((line) => !line.includes(id)).join('\n'));
  const told = [];
  const comparer = new Comparer(folder, run.city.stack.url('analytics'), (line) => told.push(line));
  try {
    assert.equal((await comparer.read()).cases, CASES - 1);
    assert.ok((await comparer.compare(4, 0)).differences > 0);
    assert.ok(told[0].startsWith('DIFFERENCE '), told[0]);
  } finally {
    comparer.stop();
  }
});
