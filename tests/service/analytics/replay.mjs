// SPDX-License-Identifier: Apache-2.0
// How fast does analytics count what is in the topic? Generates EVENTS (200,000) events of whole
// lives in 126 units and 15 categories, starts the service on them, and tells the rate and whose
// CPU it took:  node tests/service/analytics/replay.mjs [EVENTS]
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { accept, assign, chance, City, opened, resolve, start } from './city.mjs';

const EVENTS = Number(process.argv[2] ?? 200000);
const HOUR = 3600000;
const random = chance(42);
const units = Array.from({ length: 126 }, (_, i) => String(70 + i * 3).padStart(5, '0'));
const categories = Array.from({ length: 15 }, (_, i) => `loai-${i}`);

/** Lives of a month, interleaved as time would have it. */
function history() {
  const all = [];
  while (all.length < EVENTS) {
    const openedAt = Date.now() - 24 * HOUR - random.upTo(30 * 24 * HOUR);
    let c = opened({ unit: random.pick(units), category: random.pick(categories), openedAt });
    const push = (next) => all.push({ at: Date.parse(next.at), next: (c = next) });
    push(c);
    push(accept(c, openedAt + random.upTo(10 * HOUR), openedAt + 60 * HOUR));
    push(assign(c, Date.parse(c.at) + random.upTo(HOUR)));
    push(start(c, Date.parse(c.at) + random.upTo(HOUR)));
    push(resolve(c, Date.parse(c.at) + random.upTo(60 * HOUR)));
  }
  return all.sort((a, b) => a.at - b.at).slice(0, EVENTS).map(({ next }) => next);
}

/** CPU seconds so far of a process and, for PostgreSQL, of its children. */
function cpu(ids) {
  return ids.reduce((sum, id) => {
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

const pids = (...args) => execFileSync('pgrep', args, { encoding: 'utf8' }).trim().split('\n');
const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

const city = new City();
await city.start();
await city.stack.stopPart('analytics');
await city.tell(history());
console.log(`${EVENTS} events are in the topic`);
const starting = city.stack.startService('analytics');
const applied = async () => Number((await city.sql(`SELECT coalesce(sum(next_offset), 0) AS n
  FROM consumer_position WHERE topic = 'city.cases.v1' AND next_offset > 0`))[0].n);
while (await applied() === 0) await sleep(5);
const from = Date.now();
const first = await applied();
const postmaster = readFileSync(`${city.stack.postgres.data}/postmaster.pid`, 'utf8').split('\n')[0];
const processes = { analytics: pids('-f', `${city.stack.bin}/analytics serve`),
  PostgreSQL: pids('-P', postmaster), Kafka: pids('-f', `java.*${city.folder}`) };
const before = Object.entries(processes).map(([name, ids]) => [name, ids, cpu(ids)]);
while (await applied() < EVENTS) await sleep(20);
const seconds = (Date.now() - from) / 1000;
console.log(`${((EVENTS - first) / seconds).toFixed(0)} events/s (${seconds.toFixed(2)} s after the first commit)`);
for (const [name, ids, was] of before) console.log(`CPU of ${name}: ${(cpu(ids) - was).toFixed(2)} s`);
await starting;
const metrics = await (await fetch(`${city.stack.url('analytics')}/metrics`)).text();
console.log(metrics.split('\n').filter((line) => /^(process_|consume_batches|analytics_)/.test(line)).join('\n'));
await city.stop();
