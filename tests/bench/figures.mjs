// SPDX-License-Identifier: Apache-2.0
// What analytics makes of the events of cases: how fast it counts a year of them, how long an event takes until a figure
// has it, and what pages of figures cost with so many cases stored, and with five times as many.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Consumer, stringDeserializers } from '@platformatic/kafka';
import { DEMO_KEY } from '../../deploy/local/stack.mjs';
import { sleep } from '../../deploy/local/process.mjs';
import { AGENCIES, CATEGORIES, WARDS } from '../model/life.mjs';
import { HOUR, Tale, typeOf } from '../model/tale.mjs';
import { year } from '../model/year.mjs';
import { chance } from '../support/chance.mjs';
import { message, Topics } from '../support/topics.mjs';
import { CASES } from './cluster.mjs';
import { describeCpu } from './filing.mjs';
import { inSeries } from './report.mjs';

const STORED = Number(process.env.BENCH_FIGURES ?? 100000);
const RUNS = 3;
const REPLAY_MS = 3600000;
const FACTS = 2000; // of a batch, as analytics takes them
const PAGE_BUDGET_MS = 20;
const PAGE_SECONDS = 4;
const RATE = 500; // events a second
const STEPS = 5; // of a life
const FRESH_SECONDS = 20;
const FRESH_BUDGET_MS = 1000;
const REST_MS = 1000; // a key that was told is not told again before
const MORE_YEARS = 4; // for five times as many
const TICK_MS = 20;
const POLL_MS = 20;
const COUNT = 'handovers_per_case'; // its denominator is the number of cases

const PAGES = [
  ['indicators of the city', '/api/analytics/indicators'],
  ['indicators of a unit in a year', '/api/analytics/indicators?unit=00070&period=2026'],
  ['a series of months', '/api/analytics/series?code=resolved_on_time&step=month'],
  ['a comparison of units', '/api/analytics/comparison?code=resolved_on_time&by=unit'],
  ['a comparison of wards, one category', '/api/analytics/comparison?code=processed&by=area&category=giao-thong'],
  ["a unit's page", '/api/analytics/units/00070'],
];

// ---- counting ----

// Chunks of lines into the topic; resolves to how many events they were.
async function fill(cluster, chunks) {
  const program = spawn('build/release/model/produce', [cluster.stack.kafka.brokers, CASES],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = program.stdout.toArray();
  const ended = once(program, 'exit');
  for (const chunk of chunks) {
    if (!program.stdin.write(chunk)) await once(program.stdin, 'drain');
  }
  program.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`produce ended with ${code}`);
  return Number(Buffer.concat(await said));
}

// As if nothing had ever been heard.
async function forget(cluster) {
  await cluster.query('analytics', 'TRUNCATE fact, cell, unit_said, adoption_said');
  await cluster.query('analytics', `UPDATE consumer_position SET next_offset = -1 WHERE topic = '${CASES}'`);
}

async function isCounted(cluster, events) {
  if (await cluster.applied('analytics', CASES) < events) return false;
  const [{ left }] = await cluster.query('analytics', 'SELECT EXISTS (SELECT FROM heard) AS left');
  return !left;
}

async function waitUntilCounted(cluster, events) {
  const start = Date.now();
  while (!await isCounted(cluster, events)) {
    if (cluster.crash) throw cluster.crash;
    if (Date.now() - start > REPLAY_MS) throw new Error('not counted in an hour');
    await sleep(20);
  }
}

async function replayOnce(cluster, events) {
  await cluster.stack.stopPart('analytics');
  await forget(cluster);
  await cluster.reuseLog();
  const before = cluster.cpu();
  const start = Date.now();
  await cluster.stack.startService('analytics');
  await waitUntilCounted(cluster, events);
  const seconds = (Date.now() - start) / 1000;
  const cpu = Object.entries(cluster.cpu()).map(([part, s]) => [part, (s - (before[part] ?? 0)) * 1e6 / events]);
  return { rate: events / seconds, cpu: Object.fromEntries(cpu) };
}

async function measureReplay(cluster, { report, ceilings }, events) {
  const results = [];
  for (let i = 0; i < RUNS; i++) results.push(await replayOnce(cluster, events));
  const { cpu } = results.at(-1);
  const [consumed, upserted] = [await ceilings.reading(CASES, events), await ceilings.facts(FACTS)];
  report.add({ name: `figures: replay of ${events.toLocaleString('en')} events`, unit: 'events/s',
    runs: results.map(({ rate }) => rate), budget: 40000, ceiling: inSeries(consumed.per_second, upserted.per_second),
    detail: `${describeCpu(cpu, 'µs')}\n    alone: Kafka delivers ${Math.round(consumed.per_second)}/s, PostgreSQL upserts ${
      Math.round(upserted.per_second)}/s`, more: { cpu_us: cpu } });
}

// ---- pages ----

async function measurePages(cluster, { report }, suffix) {
  const port = cluster.stack.ports.analytics;
  for (const [name, path] of PAGES) {
    const results = [];
    for (let i = 0; i < RUNS; i++) {
      results.push(await cluster.load('read', { port, routing: port, connections: 4, seconds: PAGE_SECONDS, path }));
    }
    report.add({ name: `${name}: p95${suffix}`, unit: 'ms', runs: results.map((r) => r.p95_ms), budget: PAGE_BUDGET_MS,
      less: true, detail: `p50 ${results.map((r) => r.p50_ms.toFixed(2)).join(', ')} ms; ${
        Math.round(results[0].per_second)} pages/s at 4 connections` });
  }
}

// ---- freshness ----

// So many things that are waited for, in order: the nth is there when a count has reached `base` + n. Beside how long each
// took, how much of that was after the key might be told again.
class Waiting {
  constructor(base) {
    Object.assign(this, { base, since: [], ms: [], dueMs: [], rested: -Infinity });
  }

  begin() {
    this.since.push(performance.now());
  }

  reached(count) {
    const now = performance.now();
    while (this.ms.length < Math.min(this.since.length, count - this.base)) {
      const since = this.since[this.ms.length];
      this.ms.push(now - since);
      this.dueMs.push(now - Math.max(since, this.rested));
    }
    this.rested = now + REST_MS;
  }

  get left() {
    return this.since.length - this.ms.length;
  }
}

// Lives in their first steps, as many events at each call as are due.
class Lives {
  constructor() {
    Object.assign(this, { random: chance(5), number: 0, open: [], told: 0, begun: performance.now() });
  }

  * due() {
    const due = Math.floor((performance.now() - this.begun) * RATE / 1000);
    for (; this.told < due; this.told++) {
      if (this.told % STEPS === 0) {
        const tale = new Tale(this.random, { number: 9000000 + ++this.number, openedAt: Date.now(), kind: 'onsite_report',
          unit: this.random.pick([...WARDS, ...AGENCIES]), area: this.random.pick(WARDS),
          category: this.random.pick(CATEGORIES), channel: 'app' });
        this.open.push(tale);
        yield tale.last;
      } else {
        yield this.#goOn();
      }
    }
  }

  // The one that has waited longest.
  #goOn() {
    const tale = this.open.shift(), now = Date.now();
    const { action } = tale.last;
    if (action === 'open') tale.accept(now, now + 5 * 24 * HOUR);
    else if (action === 'accept') tale.tell('assign', now, { assignee: 'an-nguyen' });
    else if (action === 'assign') tale.tell('start', now);
    else tale.resolve(now, [1], 3600e6);
    if (tale.last.action !== 'resolve') this.open.push(tale);
    return tale.last;
  }
}

async function getCounts(cluster, query) {
  const answer = await fetch(`${cluster.stack.url('analytics')}/api/analytics/${query}`,
    { headers: { 'x-api-key': DEMO_KEY } });
  if (answer.status !== 200) throw new Error(`${query}: ${answer.status}`);
  return (await answer.json()).items;
}

async function listen(cluster, onFigure) {
  const consumer = new Consumer({ groupId: `bench-${Date.now()}`, clientId: 'bench',
    bootstrapBrokers: [cluster.stack.kafka.brokers], deserializers: stringDeserializers });
  const stream = await consumer.consume({ mode: 'latest', autocommit: false, maxWaitTime: 10,
    topics: ['analytics.indicators.v1'] });
  stream.on('data', ({ key, value }) => {
    if (value && key.startsWith(`${COUNT}|`)) onFigure(key, JSON.parse(value));
  });
  return async () => {
    await stream.close();
    await consumer.close(true);
  };
}

// Looks at the city's figure again and again.
function askAgain(cluster, waiting) {
  let over = false;
  const asking = (async () => {
    while (!over) {
      waiting.reached((await getCounts(cluster, `indicators?code=${COUNT}`))[0].denominator);
      await sleep(POLL_MS);
    }
  })();
  asking.catch(() => {}); // stop() tells of it
  return { stop: () => { over = true; return asking; } };
}

async function tellLives(topics, onOpened) {
  const lives = new Lives();
  while (performance.now() - lives.begun < FRESH_SECONDS * 1000) {
    const snapshots = [...lives.due()];
    for (const { unit } of snapshots.filter(({ action }) => action === 'open')) onOpened(unit);
    if (snapshots.length > 0) {
      await topics.publish(snapshots.map((one) => message(CASES, typeOf(one), one.case_id, one,
        { source: '/ihanoi/routing', time: new Date(one.at) })));
    }
    await sleep(TICK_MS);
  }
}

async function followFreshness(cluster, topics) {
  const [city] = await getCounts(cluster, `indicators?code=${COUNT}`);
  const units = new Map((await getCounts(cluster, `comparison?code=${COUNT}&by=unit`))
    .map(({ member, denominator }) => [member, new Waiting(denominator)]));
  const [cityTold, cityAsked] = [new Waiting(city.denominator), new Waiting(city.denominator)];
  const stop = await listen(cluster, (key, { denominator, dimensions }) => {
    if (key === `${COUNT}|`) cityTold.reached(denominator);
    else if (key === `${COUNT}|unit=${dimensions.unit}`) units.get(dimensions.unit)?.reached(denominator);
  });
  const asking = askAgain(cluster, cityAsked);
  const all = [cityTold, cityAsked, ...units.values()];
  const [before, start] = [cluster.cpu(), performance.now()];
  try {
    await tellLives(topics, (unit) => [cityTold, cityAsked, units.get(unit)].forEach((one) => one?.begin()));
    for (let i = 0; i < 500 && all.some(({ left }) => left > 0); i++) await sleep(20);
  } finally {
    await asking.stop();
    await stop();
  }
  const lost = all.reduce((sum, { left }) => sum + left, 0);
  if (lost > 0) throw new Error(`${lost} figures were not seen within 10 s`);
  const seconds = (performance.now() - start) / 1000;
  const told = [...units.values()];
  return {
    cpu: Object.fromEntries(Object.entries(cluster.cpu()).map(([part, s]) => [part, (s - before[part]) / seconds])),
    ms: {
      'a unit on the topic': told.flatMap(({ ms }) => ms),
      'a unit on the topic, after its second': told.flatMap(({ dueMs }) => dueMs),
      'the city on the topic': cityTold.ms,
      'the city on the topic, after its second': cityTold.dueMs,
      'the city over HTTP': cityAsked.ms,
    },
  };
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

async function measureFreshness(cluster, { report }) {
  const topics = new Topics(cluster.stack.kafka.brokers);
  const runs = [];
  try {
    for (let i = 0; i < RUNS; i++) runs.push(await followFreshness(cluster, topics));
  } finally {
    await topics.close();
  }
  for (const name of Object.keys(runs[0].ms)) {
    const sorted = runs.map(({ ms }) => ms[name].sort((a, b) => a - b));
    report.add({ name: `event → ${name}, ${RATE}/s: p99`, unit: 'ms', runs: sorted.map((ms) => quantile(ms, 0.99)),
      budget: FRESH_BUDGET_MS, less: true,
      detail: `p50 ${sorted.map((ms) => Math.round(quantile(ms, 0.5))).join(', ')} ms of ${sorted[0].length} openings` });
  }
  console.log(`    of a CPU: ${Object.entries(runs.at(-1).cpu).map(([part, s]) => `${part} ${s.toFixed(2)}`).join(', ')}`);
}

// ---- all of it ----

const suffixOf = (cases) => `, ${cases.toLocaleString('en')} cases`;

// Resolves to how many events there are then.
async function addYear(cluster, seed) {
  await fill(cluster, year({ cases: STORED, seed, today: Date.now() }));
  const events = (await cluster.ends())[CASES];
  await waitUntilCounted(cluster, events);
  return events;
}

// As they are when they have been there for a while.
async function measureStoredPages(cluster, bench, suffix) {
  await cluster.query('analytics', 'VACUUM ANALYZE');
  await measurePages(cluster, bench, suffix);
}

export async function measureFigures(cluster, bench) {
  const [some, many] = [suffixOf(STORED), suffixOf((1 + MORE_YEARS) * STORED)];
  const events = await addYear(cluster, 1);
  await measureReplay(cluster, bench, events);
  await measureStoredPages(cluster, bench, some);
  await measureFreshness(cluster, bench);
  for (let i = 0; i < MORE_YEARS; i++) await addYear(cluster, 2 + i);
  await measureStoredPages(cluster, bench, many);
  bench.report.compare(some, many);
}
