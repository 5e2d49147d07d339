// SPDX-License-Identifier: Apache-2.0
// A year of cases through analytics, compared with the model after a replay, after a replay in which analytics was killed,
// and after a rebuild:
//
//   node tests/model/run.mjs [CASES [SEED]]        (make model CASES=… SEED=…)
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { City, Comparer } from './city.mjs';
import { dump, dumpUnitSets } from './dump.mjs';
import { divisionEvents } from './division.mjs';
import { describe, endOf, year } from './year.mjs';
import { until } from '../../deploy/local/process.mjs';

const PATIENCE_MS = 3600000;

const seconds = async (action) => {
  const begun = performance.now();
  const value = await action();
  return { value, s: (performance.now() - begun) / 1000 };
};

/** The steps, in order. parts: which part of the answers each comparison looks at. tell: gets a line of text for each. */
export class Run {
  constructor({ cases, seed, parts, tell = console.log }) {
    this.settings = { cases, seed, today: Date.now() };
    Object.assign(this, { seed, parts, tell, city: new City(), compared: 0 });
  }

  async start() {
    this.tell(describe(this.settings));
    await this.city.start();
    const { value: events, s } = await seconds(() => this.city.fill(year(this.settings)));
    this.events = events;
    await this.city.topics.publish(divisionEvents(endOf(this.settings.today)));
    this.#say('written', s, `${events} events, ${(events / s).toFixed(0)}/s`);
  }

  #say(what, s, text) {
    this.tell(`${what.padEnd(34)}${s.toFixed(1).padStart(8)} s   ${text}`);
  }

  async replay() {
    const { s } = await seconds(async () => {
      await this.city.stack.startService('analytics');
      await this.city.counted(PATIENCE_MS);
    });
    this.#say('replay', s, `${(this.events / s).toFixed(0)} events/s`);
  }

  async readDump() {
    this.dumped = join(this.city.folder, 'dump');
    const dumped = await seconds(() => dump(this.city.stack.kafka.brokers, this.dumped));
    await dumpUnitSets(this.city.topics, join(this.city.folder, 'unit_sets.ndjson'));
    this.#say('dump', dumped.s, `${dumped.value} events`);
    this.comparer = new Comparer(this.dumped, this.city.stack.url('analytics'), this.tell);
    const read = await seconds(() => this.comparer.read());
    this.#say('model reads', read.s, `${read.value.cases} cases, ${read.value.turning} with a due ahead`);
    return { dumped: dumped.value, ...read.value };
  }

  async compare() {
    this.compared += 1;
    const { value, s } = await seconds(() => this.comparer.compare(this.seed + this.compared, this.parts[this.compared - 1]));
    this.#say('compare', s, `${value.figures} figures of ${value.answers} answers: ${value.differences} differences`);
    return value;
  }

  /** Another analytics, killed at about half. */
  async replayKilled() {
    const { city } = this;
    await city.forget();
    const { s } = await seconds(async () => {
      const starting = city.stack.startService('analytics').catch(() => {}); // killed, perhaps, before it answers
      await until('about half is taken over', async () => await city.taken() > this.events * 0.45, PATIENCE_MS);
      await city.stack.kill('analytics');
      await starting;
      this.killedAt = await city.taken();
      await city.stack.startService('analytics');
      await city.counted(PATIENCE_MS);
    });
    this.#say('replay, killed', s, `at ${this.killedAt} events`);
    return this.killedAt;
  }

  async rebuild() {
    const { s } = await seconds(async () => {
      await this.city.rebuild(PATIENCE_MS);
      await this.city.counted(PATIENCE_MS);
    });
    this.#say('rebuild', s, `${(this.events / s).toFixed(0)} events/s`);
  }

  async stop() {
    this.comparer?.stop();
    await this.city.stop();
  }
}

async function main() {
  const [cases = 500000, seed = 1] = process.argv.slice(2).map(Number);
  const run = new Run({ cases, seed, parts: [1, 0.25, 0.25] }); // the later ones look for damage
  const results = [];
  try {
    await run.start();
    await run.replay();
    await run.readDump();
    results.push(await run.compare());
    await run.replayKilled();
    results.push(await run.compare());
    await run.rebuild();
    results.push(await run.compare());
  } finally {
    await run.stop();
  }
  const sum = (name) => results.reduce((total, result) => total + result[name], 0);
  console.log(`${sum('figures')} figures of ${sum('answers')} answers compared, ${sum('differences')} differences`);
  process.exitCode = sum('differences') === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main();
