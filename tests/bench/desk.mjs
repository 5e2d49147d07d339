// SPDX-License-Identifier: Apache-2.0
// What a desk does all day: commands on cases, and pages of its queue.
const RUNS = 3;
const SECONDS = 4;
const CLIENTS = [1, 10, 50];
const PAGE_BUDGET_MS = 20;

// As a desk and as the city office see them; the words are those of the filing sample.
export const PAGES = [
  ['queue of a ward', '/api/routing/cases?unit=00070&limit=50'],
  ['queue of the city', '/api/routing/cases?limit=50'],
  ['overdue of the city', '/api/routing/cases?overdue=true&limit=50'],
  ['closed of a ward', '/api/routing/cases?unit=00070&phase=resolved&limit=50'],
  ['search in a ward', '/api/routing/cases?unit=00070&text=nap+cong&limit=50'],
];

async function runs(cluster, what, options) {
  const results = [];
  for (let i = 0; i < RUNS; i++) {
    results.push(await cluster.load(what, { seconds: SECONDS, ...options }));
  }
  return results;
}

export async function measureDesk(cluster, { report, ceilings }, suffix = '') {
  const commit = (await ceilings.pg(32)).per_second;
  for (const connections of CLIENTS) {
    const results = await runs(cluster, 'commands', { connections });
    report.add({ name: `commands, ${connections} clients${suffix}`, unit: 'transitions/s',
      runs: results.map((r) => r.per_second), ceiling: connections === 50 ? commit : null,
      detail: `p95 ${results.map((r) => r.p95_ms.toFixed(1)).join(', ')} ms` });
  }
  for (const [name, path] of PAGES) {
    const results = await runs(cluster, 'read', { connections: 4, path });
    report.add({ name: `${name}: p95${suffix}`, unit: 'ms', runs: results.map((r) => r.p95_ms),
      budget: PAGE_BUDGET_MS, less: true,
      detail: `${Math.round(results[0].per_second)} pages/s at 4 connections` });
  }
}
