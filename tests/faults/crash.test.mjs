// SPDX-License-Identifier: Apache-2.0
// The long form of tests/cluster/crash.test.mjs: two instances of each service, more rounds, and
// zombies: consumers that freeze for longer than the session timeout and then come back.
// CRASH_SECONDS=… CRASH_RATE=… SEED=…
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SERVICES } from '../../deploy/local/stack.mjs';
import { describeViolations } from '../cluster/checker.mjs';
import { Cluster } from '../cluster/cluster.mjs';
import { chooseSeed, crashRun, FAULTS } from '../cluster/crash_run.mjs';

const SECONDS = Number(process.env.CRASH_SECONDS ?? 300);
const RATE = Number(process.env.CRASH_RATE ?? 60);
const seed = chooseSeed();
const cluster = new Cluster();

before(async () => {
  await cluster.start();
  for (const service of SERVICES) await cluster.startInstance(service, `${service}-1`);
});
after(() => cluster.stop());

test(`crashes and zombies for ${SECONDS} s, SEED=${seed}`, async (t) => {
  const { violations, done, count } = await crashRun(cluster, { seed, seconds: SECONDS, rate: RATE,
    names: Object.keys(FAULTS), say: (text) => t.diagnostic(text),
    isOrdered: false });
  assert.deepEqual(violations, [], `SEED=${seed}\n${describeViolations(violations)}`);
  assert.ok(done.length >= Object.keys(FAULTS).length);
  assert.equal(count.stale, 0, 'a desk that repeated its own command was told it is stale');
  assert.equal(count.abandoned, 0, 'a client never got an answer');
  assert.deepEqual(cluster.crashes, []);
});
