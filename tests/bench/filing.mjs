// SPDX-License-Identifier: Apache-2.0
// Filing: POST /api/intake/submissions, durable and idempotent.
const RUNS = 3;
const SECONDS = 4;

const ALONE = { 1: null, 16: null, 64: 14000, 256: null };
const P99_MS = { 64: 12 };
const WHOLE = { 64: 9000, 256: 14000 };

// CPU of each part for one run, in the given unit.
export function cpuPerRun(results, scale) {
  const parts = [...new Set(results.flatMap((result) => Object.keys(result.cpu)))];
  const totals = parts.map((part) => [part, results.reduce((sum, r) => sum + (r.cpu[part] ?? 0), 0)]);
  const count = results.reduce((sum, result) => sum + result.runs, 0);
  return Object.fromEntries(totals.map(([part, seconds]) => [part, seconds * scale / count]));
}

export function describeCpu(cpu, unit) {
  return `CPU-${unit} each: ${Object.entries(cpu).map(([part, n]) => `${part} ${n.toPrecision(3)}`).join(', ')}`;
}

async function fileAt(cluster, connections, between = async () => {}) {
  const results = [];
  await cluster.reuseLog();
  for (let i = 0; i < RUNS; i++) {
    results.push(await cluster.load('file', { connections, seconds: SECONDS }));
    await between();
  }
  return results;
}

async function report({ report, ceilings }, results, connections, name, budget, p99Budget) {
  const cpu = cpuPerRun(results, 1e6);
  const pick = (field) => results.map((result) => result[field]);
  report.add({ name, unit: 'requests/s', runs: pick('per_second'), budget,
    ceiling: await ceilings.filing(connections), detail: describeCpu(cpu, 'µs'), more: { cpu_us: cpu } });
  report.add({ name: `${name}: p50`, unit: 'ms', runs: pick('p50_ms'), less: true });
  report.add({ name: `${name}: p99`, unit: 'ms', runs: pick('p99_ms'), budget: p99Budget, less: true });
}

export async function measureIntakeAlone(cluster, bench, suffix = '',
  levels = Object.keys(ALONE).map(Number)) {
  await cluster.stopBehindIntake();
  for (const connections of levels) {
    await bench.ceilings.filing(connections); // before, while the database is small
    await report(bench, await fileAt(cluster, connections), connections,
      `file, intake alone, ${connections}${suffix}`, ALONE[connections], P99_MS[connections] ?? null);
  }
}

export async function measureFilingInCluster(cluster, bench) {
  for (const connections of Object.keys(WHOLE).map(Number)) {
    const results = await fileAt(cluster, connections, () => cluster.settle());
    await report(bench, results, connections, `file, whole cluster, ${connections}`,
      WHOLE[connections], null);
  }
}
