// SPDX-License-Identifier: Apache-2.0
// What the processes hold in memory, under load and after.
import { sleep } from '../../deploy/local/process.mjs';

const SECONDS = 8;
const CONNECTIONS = 256;
const PERIOD_MS = 250;
const TRIM_MS = 11000; // services give back what a burst left behind each 10 s
const SERVICE_MB = 25;
const CLUSTER_MB = 1200;

function describe(memory) {
  return Object.entries(memory).map(([part, mb]) => `${part} ${mb.toFixed(1)}`).join(', ');
}

function total(memory) {
  return Object.values(memory).reduce((sum, mb) => sum + mb, 0);
}

export async function measureMemory(cluster, { report }) {
  const peak = {};
  let over = false;
  const load = cluster.load('file', { connections: CONNECTIONS, seconds: SECONDS })
    .finally(() => { over = true; });
  while (!over) {
    for (const [part, mb] of Object.entries(cluster.memory())) {
      peak[part] = Math.max(peak[part] ?? 0, mb);
    }
    await sleep(PERIOD_MS);
  }
  await load;
  await cluster.settle();
  await sleep(TRIM_MS);
  const after = cluster.memory();
  for (const service of cluster.services) {
    report.add({ name: `memory of ${service} under load`, unit: 'MB RSS', runs: [peak[service]],
      budget: SERVICE_MB, less: true });
  }
  report.add({ name: 'memory of the whole cluster under load', unit: 'MB', runs: [total(peak)],
    budget: CLUSTER_MB, less: true, detail: `under load: ${describe(peak)}\n    after: ${describe(after)}`,
    more: { under_load: peak, after } });
}
