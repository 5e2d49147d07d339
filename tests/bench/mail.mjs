// SPDX-License-Identifier: Apache-2.0
// From a filing to the mail that acknowledges it: from submitted_at to when the mail server had taken
// the mail, at a steady rate.
import { until } from '../../deploy/local/process.mjs';

const RUNS = 3;
const SECONDS = 8;
const RATE = 200;
const CLIENTS = 50;

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

async function runOnce(cluster) {
  const [{ now }] = await cluster.query('intake', 'SELECT now() AS now');
  const { runs } = await cluster.load('file', { connections: CLIENTS, seconds: SECONDS, rate: RATE,
    'with-contact': true });
  const filed = new Map((await cluster.query('intake',
    'SELECT id, extract(epoch FROM submitted_at) * 1000 AS ms FROM submission WHERE submitted_at >= $1',
    [now])).map(({ id, ms }) => [id, Number(ms)]));
  if (filed.size !== runs) throw new Error(`${runs} filed, ${filed.size} stored`);
  const sent = await until('all mails are sent', async () => {
    const rows = await cluster.query('notification', 'SELECT case_id, state, '
      + 'extract(epoch FROM settled_at) * 1000 AS ms FROM delivery WHERE created_at >= $1 '
      + "AND channel = 'email' AND recipient LIKE 'c-%'", [now]);
    const settled = rows.filter(({ ms }) => ms !== null);
    const lost = settled.find(({ state }) => state !== 'sent');
    if (lost) throw new Error(`the mail of ${lost.case_id} is ${lost.state}`);
    return settled.length === runs && settled;
  }, 60000);
  const times = sent.map(({ case_id: id, ms }) => Number(ms) - filed.get(id)).sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

export async function measureMail(cluster, { report, ceilings }) {
  await cluster.load('file', { connections: CLIENTS, seconds: 1, rate: RATE, 'with-contact': true });
  await cluster.settle(); // contacts are known from here on
  const results = [];
  for (let i = 0; i < RUNS; i++) results.push(await runOnce(cluster));
  const floor = await ceilings.sequence({ commits: 2, requests: 0, hops: 1 });
  report.add({ name: `filed → mail sent, ${RATE}/s: p50`, unit: 'ms', runs: results.map((r) => r.p50),
    budget: 5, less: true, ceiling: floor });
  report.add({ name: `filed → mail sent, ${RATE}/s: p99`, unit: 'ms', runs: results.map((r) => r.p99),
    budget: 15, less: true });
}
