// SPDX-License-Identifier: Apache-2.0
// The life of a case: create → routed → accept → assign → resolve → read.
import { cpuPerRun, describeCpu } from './filing.mjs';
import { inSeries } from './report.mjs';

const RUNS = 3;
const SECONDS = 5;
const CLIENTS = 50;
const STEPS = 6; // requests, and commits that one waits for: the view's is the last

async function checkTickets(cluster, created) {
  const [{ rows, tickets }] = await cluster.query('intake',
    'SELECT count(*)::integer AS rows, count(DISTINCT ticket)::integer AS tickets FROM submission');
  if (rows !== created || tickets !== created) {
    throw new Error(`${created} created, but ${rows} stored with ${tickets} tickets`);
  }
  console.log(`    ${tickets} submissions, ${tickets} different tickets`);
}

async function runs(cluster, connections) {
  const results = [];
  for (let i = 0; i < RUNS; i++) {
    results.push(await cluster.load('lifecycle', { connections, seconds: SECONDS }));
  }
  return results;
}

// Returns the median of cases per second.
export async function measureLifecycle(cluster, { report, ceilings }, suffix = '') {
  const before = await cluster.count('intake', 'submission');
  const one = await runs(cluster, 1);
  const many = await runs(cluster, CLIENTS);
  const cpu = cpuPerRun(many, 1e3);
  const total = Object.entries(cpu).filter(([part]) => part !== 'generator')
    .reduce((sum, [, ms]) => sum + ms, 0);
  const step = inSeries((await ceilings.http(64)).per_second, (await ceilings.pg(32)).per_second);
  report.add({ name: `lifecycle, ${CLIENTS} clients${suffix}`, unit: 'cases/s',
    runs: many.map((r) => r.per_second), budget: 1300, ceiling: step / STEPS });
  report.add({ name: `lifecycle, CPU of all parts${suffix}`, unit: 'CPU-ms each', runs: [total],
    budget: 1.3, less: true, detail: describeCpu(cpu, 'ms'), more: { cpu_ms: cpu } });
  report.add({ name: `lifecycle, 1 client: p50${suffix}`, unit: 'ms', runs: one.map((r) => r.p50_ms),
    budget: 4, less: true,
    ceiling: await ceilings.sequence({ commits: STEPS, requests: STEPS, hops: 2 }) });
  const created = [...one, ...many].reduce((sum, r) => sum + r.runs, 0);
  await checkTickets(cluster, before + created);
}
