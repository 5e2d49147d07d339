// SPDX-License-Identifier: Apache-2.0
// A backlog: submissions that were filed while everything behind intake was down, and events that
// analytics counts anew.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sleep } from '../../deploy/local/process.mjs';
import { CASES, SUBMISSIONS } from './cluster.mjs';
import { describeCpu } from './filing.mjs';
import { inSeries } from './report.mjs';

const RUNS = 3;
const BACKLOG = 200000;
const CONNECTIONS = 256;
const DRAIN_MS = 300000;

const run = promisify(execFile);

// What each service must have stored when n submissions went through.
const STORED = [
  ['routing', 'case_current'], ['routing', 'case_history'], ['intake', 'submission_case'],
  ['intake', 'submission_step'], ['analytics', 'fact'],
];

async function stored(cluster) {
  const tables = STORED.filter(([service]) => cluster.services.includes(service));
  return Promise.all(tables.map(async ([service, table]) =>
    ({ what: `${service}.${table}`, rows: await cluster.count(service, table) })));
}

async function drainOnce(cluster, number) {
  await cluster.stopBehindIntake();
  const before = await stored(cluster);
  const cases = (await cluster.ends())[CASES];
  await cluster.load('file', { connections: CONNECTIONS, seconds: 300, count: BACKLOG });
  const cpuBefore = cluster.cpu();
  const submissions = (await cluster.ends())[SUBMISSIONS];
  const goal = { [SUBMISSIONS]: submissions, [CASES]: cases + BACKLOG };
  const start = Date.now();
  await cluster.startBehindIntake();
  const reached = {}; // seconds until each reader had all
  for (;;) {
    const positions = await cluster.positions();
    const seconds = (Date.now() - start) / 1000;
    for (const { reader, topic, applied } of positions) {
      if (applied >= goal[topic]) reached[`${reader} ${topic}`] ??= seconds;
    }
    if (Object.keys(reached).length === positions.length) break;
    if (cluster.crash) throw cluster.crash;
    if (Date.now() - start > DRAIN_MS) throw new Error(`not drained: ${JSON.stringify(positions)}`);
    await sleep(50);
  }
  const seconds = (Date.now() - start) / 1000;
  const cpuAfter = cluster.cpu();
  for (const [i, { what, rows }] of (await stored(cluster)).entries()) {
    if (rows - before[i].rows !== BACKLOG) {
      throw new Error(`run ${number}: ${what} grew by ${rows - before[i].rows}, not ${BACKLOG}`);
    }
  }
  return { seconds, reached, cpuBefore, cpuAfter };
}

export async function measureDrain(cluster, { report, ceilings }) {
  const results = [];
  for (let i = 1; i <= RUNS; i++) results.push(await drainOnce(cluster, i));
  const { reached, cpuBefore, cpuAfter } = results.at(-1);
  const cpu = Object.fromEntries(Object.keys(cpuAfter).map((part) =>
    [part, (cpuAfter[part] - (cpuBefore[part] ?? 0)) * 1e6 / BACKLOG]));
  const { produced_per_second: produced, consumed_per_second: consumed } = await ceilings.kafka();
  report.add({ name: `drain ${BACKLOG.toLocaleString('en')} submissions`, unit: 'submissions/s',
    runs: results.map(({ seconds }) => BACKLOG / seconds), budget: 25000,
    ceiling: inSeries(produced, consumed, (await ceilings.pg(500)).per_second),
    detail: `${describeCpu(cpu, 'µs')}\n    last run, seconds until all was applied: `
      + Object.entries(reached).map(([reader, s]) => `${reader} ${s.toFixed(1)}`).join(', '),
    more: { cpu_us: cpu, seconds_by_reader: reached } });
}

export async function measureReplay(cluster, { report, ceilings }) {
  if (!cluster.services.includes('analytics')) {
    console.log('analytics is not built: no replay');
    return;
  }
  const { stack } = cluster;
  const rates = [];
  for (let i = 0; i < RUNS; i++) {
    const events = (await cluster.ends())[CASES];
    const start = Date.now();
    await run(join(stack.bin, 'analytics'), ['rebuild'],
      { env: { ...process.env, ...stack.serviceEnvironment('analytics') }, timeout: DRAIN_MS });
    rates.push(events * 1000 / (Date.now() - start));
  }
  const { consumed_per_second: consumed } = await ceilings.kafka();
  report.add({ name: 'analytics replay', unit: 'events/s', runs: rates, budget: 40000,
    ceiling: inSeries(consumed, (await ceilings.pg(500)).per_second) });
}
