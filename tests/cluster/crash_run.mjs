// SPDX-License-Identifier: Apache-2.0
// Load, faults, healing, check: one seeded run, short in tests/cluster and long in tests/faults.
import { join } from 'node:path';
import { sleep } from '../../deploy/local/process.mjs';
import { Random } from '../../deploy/local/random.mjs';
import { check } from './checker.mjs';
import { SESSION_TIMEOUT_MS } from './cluster.mjs';
import { collect, quiesce } from './evidence.mjs';
import { Ledger, readLedger } from './ledger.mjs';
import { Load } from './load.mjs';

const HTTP_ASKED_MAX = 3000;

// A seed of the caller's, or a new one; always told, so that the run can be had again.
export function chooseSeed() {
  return process.env.SEED === undefined ? (Date.now() & 0x7fffffff) : Number(process.env.SEED);
}

function killed(service) {
  return async ({ stack }, { downMs }) => {
    await stack.kill(service);
    await sleep(downMs);
    await stack.startService(service);
  };
}

// Silent for longer than the session timeout: others take over, and then it comes back and goes
// on as if nothing had been. It may find that it must end; then it is started again.
function zombie(instance) {
  const service = instance.split('-')[0];
  return async (cluster) => {
    const program = cluster.stack.running.get(instance);
    program.pause();
    await sleep(SESSION_TIMEOUT_MS + 4000);
    program.resume();
    await sleep(5000);
    if (!program.ended) return;
    cluster.crashes = cluster.crashes.filter((text) => !text.startsWith(`${instance} `));
    await cluster.startInstance(service, instance);
  };
}

// name → what is done and undone; resolves when the part is well again.
export const FAULTS = {
  intake: killed('intake'),
  routing: killed('routing'),
  notification: killed('notification'),
  analytics: killed('analytics'),
  async kafka({ stack }, { downMs }) {
    await stack.kill('kafka');
    await sleep(downMs);
    await stack.startKafka();
  },
  async postgres({ stack }, { downMs, ledger, random }) {
    if (random.chance(0.5)) await stack.stopPart('postgres', 'SIGQUIT'); // -m immediate
    else await stack.kill('postgres');
    await ledger.fault('postgres', 'begin');
    await sleep(downMs);
    await ledger.fault('postgres', 'end');
    await stack.startPostgres();
  },
  'zombie routing': zombie('routing-1'),
  'zombie notification': zombie('notification-1'),
  'zombie analytics': zombie('analytics-1'),
  'zombie intake': zombie('intake-1'),
};

// Faults one after another, in an order of chance, each name as often as any other, while there is
// time; resolves to what was done.
async function spoil(cluster, { names, random, ledger, seconds, say }) {
  const end = Date.now() + seconds * 1000;
  const done = [];
  while (Date.now() < end) {
    for (const name of random.shuffled(names)) {
      await sleep(1500 + random.below(2500));
      const start = Date.now();
      await FAULTS[name](cluster, { ledger, random, downMs: 300 + random.below(2000) });
      done.push(name);
      say(`${name}: well again after ${((Date.now() - start) / 1000).toFixed(1)} s`);
    }
  }
  return done;
}

// {violations, done, count}. Faults run whole rounds: at least one, and while `seconds` last.
export async function crashRun(cluster, { seed, seconds, rate, names, say, isOrdered = true }) {
  const random = new Random(seed);
  const path = join(cluster.folder, `ledger-${seed}`);
  const ledger = new Ledger(path);
  const load = new Load({ cluster, ledger, random: random.fork(), rate });
  let over = false;
  const filing = (async () => {
    while (!over) await load.run(1);
  })();
  const done = await spoil(cluster, { names, random, ledger, seconds, say });
  await sleep(2000); // all is well, and work goes on
  over = true;
  await filing;
  await load.finish();
  ledger.close();
  say(`healed: ${JSON.stringify(load.count)}`);
  await quiesce(cluster);
  const read = readLedger(path);
  const ids = [...read.filings.values()].flatMap((attempts) => attempts.find(({ id }) => id)?.id ?? []);
  const asked = random.shuffled(ids).slice(0, HTTP_ASKED_MAX);
  const evidence = await collect(cluster, asked);
  return { violations: check({ ledger: read, evidence, isOrdered }), done, count: load.count };
}
