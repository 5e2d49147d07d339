// SPDX-License-Identifier: Apache-2.0
// A year of the city's cases, as lines for tests/model/produce:
//
//   node tests/model/year.mjs CASES [SEED] | build/release/model/produce BROKERS city.cases.v1
//
// In the order in which they are told: nearly that of time, but some come late, some twice, some before what they
// follow. The same arguments on the same day give the same lines.
import { pathToFileURL } from 'node:url';
import { chance } from '../support/chance.mjs';
import { wardsAt } from './division.mjs';
import { life, openingOn } from './life.mjs';
import { DAY, HOUR, instant, MINUTE, typeOf, uuidOf } from './tale.mjs';

const DAYS = 365;
const QUIET_DAYS = 24; // since the last opening, so that few dues lie ahead

/** ms from when it happened to when it is told. */
function delay(random) {
  const lot = random.next();
  if (lot < 0.93) return random.upTo(2000);
  if (lot < 0.98) return random.upTo(40 * MINUTE);
  return lot < 0.995 ? random.upTo(12 * HOUR) : random.upTo(12 * DAY);
}

/** What is still to be told, by the day on which it will be. */
class Pile {
  #days = new Map();

  add(at, event) {
    const day = Math.floor(at / DAY);
    if (!this.#days.has(day)) this.#days.set(day, []);
    this.#days.get(day).push([at, event]);
  }

  /** The days before this one, in order. */
  * before(day) {
    for (const past of [...this.#days.keys()].filter((key) => key < day).sort((a, b) => a - b)) {
      const events = this.#days.get(past);
      this.#days.delete(past);
      yield events.sort(([a], [b]) => a - b).map(([, event]) => event);
    }
  }
}

const lineOf = ({ id, snapshot }) => `${snapshot.case_id}\t${typeOf(snapshot)}\t${id}\t${snapshot.at}\t${JSON.stringify(snapshot)}\n`;

/** One case's events onto the pile; what has not happened yet is not told. */
function tell(random, pile, snapshots, now) {
  for (const snapshot of snapshots) {
    const at = Date.parse(snapshot.at);
    if (at >= now) return;
    const event = { id: uuidOf(random, at), snapshot };
    const told = at + delay(random);
    pile.add(told, event);
    if (random.next() < 0.03) pile.add(told + delay(random) + random.upTo(DAY), event);
  }
}

/** The day behind the last one on which something is opened. */
export const endOf = (today) => Math.floor(today / DAY) - QUIET_DAYS;

/** Chunks of text, some hundred lines each. today: ms. */
export function* year({ cases, seed, today }) {
  const random = chance(seed);
  const pile = new Pile();
  const end = endOf(today);
  let number = 0;
  for (let day = end - DAYS; day < end; day += 1) {
    const until = Math.round(cases * (day - end + DAYS + 1) / DAYS);
    while (number < until) {
      number += 1;
      const at = openingOn(random, day * DAY);
      tell(random, pile, life(random, number, at, wardsAt(at, end)), today - DAY);
    }
    yield* written(pile.before(day));
  }
  yield* written(pile.before(Infinity));
}

function* written(days) {
  for (const events of days) {
    for (let i = 0; i < events.length; i += 500) yield events.slice(i, i + 500).map(lineOf).join('');
  }
}

export const describe = ({ cases, seed, today }) => `${cases.toLocaleString('en')} cases of a year up to ${
  instant(endOf(today) * DAY).slice(0, 10)}, seed ${seed}`;

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const settings = { cases: Number(process.argv[2] ?? 500000), seed: Number(process.argv[3] ?? 1), today: Date.now() };
  console.error(describe(settings));
  for (const text of year(settings)) {
    if (!process.stdout.write(text)) await new Promise((done) => { process.stdout.once('drain', done); });
  }
}
