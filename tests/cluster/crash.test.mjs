// SPDX-License-Identifier: Apache-2.0
// Every part is killed in turn, under load, and nothing that was answered is lost or done twice.
// The order, the times and the load come from a seed: SEED=… makes the same run again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { describeViolations } from './checker.mjs';
import { Cluster } from './cluster.mjs';
import { chooseSeed, crashRun } from './crash_run.mjs';

const SECONDS = Number(process.env.CRASH_SECONDS ?? 45);
const RATE = Number(process.env.CRASH_RATE ?? 60); // filings a second; commands come on top
const seed = chooseSeed();
const cluster = new Cluster();

before(() => cluster.start());
after(() => cluster.stop());

test(`six kinds of crashes under load, SEED=${seed}`, async (t) => {
  const { violations, done, count } = await crashRun(cluster, { seed, seconds: SECONDS, rate: RATE,
    names: ['intake', 'routing', 'notification', 'analytics', 'kafka', 'postgres'],
    say: (text) => t.diagnostic(text) });
  assert.deepEqual(violations, [], `SEED=${seed}\n${describeViolations(violations)}`);
  assert.ok(done.length >= 6);
  assert.ok(count.filed > RATE * 10, `only ${count.filed} filed`);
  assert.equal(count.stale, 0, 'a desk that repeated its own command was told it is stale');
  assert.equal(count.abandoned, 0, 'a client never got an answer');
  assert.deepEqual(cluster.crashes, []);
});
