// SPDX-License-Identifier: Apache-2.0
// The first five months of iHaNoi as the press and official reports told them, as a history of cases that has just these
// totals at the end of each day (in the city's time) of the table. What nobody published is filled in: `published` names what was.
//
// What the reports do not say, or not rightly:
// - 23/07: "97.45 %" on time is no share of the 523 processed: 509 are 97.32 %, 510 are 97.51 %.
// - 11/09: "29 % in process" cannot be: 180 had been rejected by 08/08, so that of 5,700 at most 1,580, 27.7 %, were open.
//   "69 overdue, 0.02 %" of 5,700 are 1.21 %.
// - 31/08: Hoàng Mai's "150 of 302, 61.31 %" are 49.67 %.
// - 21/11: of 1,859 reports on procedures only 1,854 have an outcome; the other five are told here as withdrawn.
import { chance } from '../support/chance.mjs';
import { DAY, HOUR, Tale, typeOf, uuidOf } from './tale.mjs';

export const HOANG_MAI = '008'; // districts, as they were until 2025
export const PROCEDURES = 'TTPVHCC';
const OTHERS = [...Array.from({ length: 30 }, (_, i) => String(i + 1).padStart(3, '0')).filter((code) => code !== HOANG_MAI),
  'SXD', 'SGTVT', 'STNMT', 'CATP', 'EVNHANOI', 'DSDT', 'BQLDAGT'];
export const ONSITE = [HOANG_MAI, ...OTHERS];
const CATEGORIES = ['trat-tu-do-thi', 'moi-truong-rac-thai', 'giao-thong', 'ha-tang', 'an-ninh-trat-tu', 'khac'];

const OPENED = '2024-06-28';
/** Totals since the opening. Hoàng Mai's are a part of onsite; working: in process, those that are overdue too. */
export const STAGES = [
  { day: '2024-07-16', onsite: { all: 338, done: 150, rejected: 20, waiting: 60, working: 108 },
    hoangMai: { all: 20, done: 8, rejected: 0, waiting: 2, working: 10 },
    ratings: { satisfied: 48, acceptable: 0, dissatisfied: 52 },
    published: { onsite: { all: 338 }, satisfied: '48%' } },
  { day: '2024-07-23', onsite: { all: 772, done: 513, rejected: 60, waiting: 90, working: 109 },
    hoangMai: { all: 50, done: 25, rejected: 0, waiting: 5, working: 20 },
    procedure: { all: 74, done: 10, rejected: 20, waiting: 14, forwarded: 30 },
    published: { onsite: { all: 772 }, procedure: { all: 74 }, all: 846, done: 523 } },
  { day: '2024-08-08', onsite: { all: 2350, done: 1654, rejected: 180, waiting: 244, working: 272 },
    hoangMai: { all: 150, done: 70, rejected: 10, waiting: 20, working: 50 },
    procedure: { all: 247, done: 23, rejected: 83, waiting: 42, forwarded: 99 },
    ratings: { satisfied: 400, acceptable: 138, dissatisfied: 282 },
    published: { onsite: { all: 2350, done: 1654, rejected: 180, waiting: 244, working: 272 },
      procedure: { all: 247, done: 23, rejected: 83, waiting: 42, working: 99 }, processed: '70.4%', pleased: '65.6%' } },
  { day: '2024-08-15', onsite: { all: 2980, done: 2100, rejected: 180, waiting: 300, working: 400 },
    hoangMai: { all: 200, done: 95, rejected: 10, waiting: 25, working: 70 },
    procedure: { all: 288, done: 30, rejected: 100, waiting: 48, forwarded: 110 },
    published: { all: 3268 } },
  { day: '2024-08-31', onsite: { all: 4600, done: 3100, rejected: 180, waiting: 420, working: 900 },
    hoangMai: { all: 302, done: 150, rejected: 10, waiting: 32, working: 110 },
    published: { hoangMai: '49.67%' } },
  { day: '2024-09-11', onsite: { all: 5700, done: 3940, rejected: 180, waiting: 480, working: 1100, overdue: 69 },
    hoangMai: { all: 350, done: 200, rejected: 10, waiting: 40, working: 100 },
    ratings: { satisfied: 900, acceptable: 323, dissatisfied: 747 },
    published: { onsite: { all: 5700, done: 3940 }, overdue: '1.21%', pleased: '62.1%' } },
  { day: '2024-10-31', onsite: { all: 17083, done: 14398, rejected: 1000, waiting: 785, working: 900 },
    hoangMai: { all: 900, done: 700, rejected: 50, waiting: 50, working: 100 },
    ratings: { satisfied: 3957, acceptable: 1300, dissatisfied: 1937 },
    published: { onsite: { all: 17083, done: 14398 }, processed: '84.3%', rated: 7194, satisfied: '55%' } },
  { day: '2024-11-21', onsite: { all: 23910, done: 19871, rejected: 1501, waiting: 1300, working: 1238 },
    hoangMai: { all: 1300, done: 1050, rejected: 80, waiting: 80, working: 90 },
    procedure: { all: 1859, done: 307, rejected: 968, waiting: 449, forwarded: 130, withdrawn: 5 },
    published: { onsite: { all: 23910, done: 19871, rejected: 1501, waiting: 1300, working: 1238 },
      procedure: { all: 1859, done: 307, rejected: 968, waiting: 449, working: 130 }, processed: '83.1%', rejected: '6.3%' } },
];

/** ms: the first instant after a day of the city. */
const endOf = (day) => Date.parse(`${day}T00:00:00+07:00`) + DAY;

// The service judges dues by its own clock, years later: what was not late on the day has its due far ahead.
const FAR_AHEAD = Date.parse('2099-01-01T00:00:00Z');
const REASONS = ['out_of_scope_legal', 'unclear', 'duplicate', 'not_city', 'abusive', 'other'];

/** Cases of one kind, and how they stand. */
class Group {
  constructor(random, first, prefix) {
    Object.assign(this, { random, first, prefix, all: [], waiting: [], working: [], forwarded: [], done: [], ended: [], rated: 0 });
    this.rejected = 0;
    this.withdrawn = 0;
  }

  #open(count, from, to) {
    for (let i = 0; i < count; i += 1) {
      const openedAt = Math.floor(from + (to - from) * (i + 0.5) / count);
      const tale = new Tale(this.random, { number: this.prefix + this.all.length, openedAt, receiveDue: FAR_AHEAD,
        ...this.first(this.all.length) });
      this.all.push(tale);
      this.waiting.push(tale);
    }
  }

  /** An instant of the stage behind all that the case has seen. */
  #next(tale) {
    const since = Math.max(tale.at, this.from);
    return Math.floor(since + (this.to - since) * (0.1 + 0.5 * this.random.next()));
  }

  #end(name, count, how) {
    for (let i = 0; i < count; i += 1) {
      const [tale] = this.waiting.splice(this.random.upTo(this.waiting.length), 1);
      how(tale, this.#next(tale));
      this.ended.push(tale);
    }
    this[name] += count;
  }

  /** The last ones are overdue by the end of the stage, since they are not resolved in it. */
  #accept(count, overdue) {
    for (let i = 0; i < count; i += 1) {
      const tale = this.waiting.shift();
      const due = i < count - overdue ? FAR_AHEAD : this.to - HOUR;
      tale.accept(this.#next(tale), due);
      tale.tell('start', this.#next(tale));
      this.working.push(tale);
    }
  }

  #resolve(from, count) {
    for (let i = 0; i < count; i += 1) {
      const tale = from.shift();
      tale.resolve(this.#next(tale), i % 4 === 0 ? [] : [i], (2 + this.random.upTo(40)) * 3600e6);
      this.done.push(tale);
    }
  }

  /** From the instant up to another one, so that it stands as the totals say. */
  reach(totals, from, to) {
    const { all, done, rejected, waiting, working = 0, forwarded = 0, withdrawn = 0, overdue = 0 } = totals;
    Object.assign(this, { from, to });
    this.#open(all - this.all.length, from, to);
    this.#end('rejected', rejected - this.rejected, (tale, at) => tale.reject(at, this.random.pick(REASONS)));
    this.#end('withdrawn', withdrawn - this.withdrawn, (tale, at) => tale.withdraw(at));
    this.#accept(this.waiting.length - waiting, overdue);
    this.#resolve(this.forwarded, Math.max(0, this.forwarded.length - forwarded));
    this.#resolve(this.working, done - this.done.length);
    while (this.forwarded.length < forwarded) {
      const tale = this.working.shift();
      tale.tell('forward', this.#next(tale));
      this.forwarded.push(tale);
    }
    const stands = [this.all, this.done, this.waiting, this.working, this.forwarded].map(({ length }) => length);
    if (String(stands) !== String([all, done, waiting, working, forwarded])) throw new Error(`${stands} at the end of a stage`);
  }

  /** More ratings of what is done, by word. */
  rate(ratings) {
    for (const [word, count] of Object.entries(ratings)) {
      for (let i = 0; i < count; i += 1) {
        const tale = this.done[this.rated];
        tale.rate(this.#next(tale), word);
        this.rated += 1;
      }
    }
  }

  /** Snapshots since the last time. */
  * told() {
    for (const tale of this.all) yield* tale.snapshots.splice(0);
  }
}

const less = (whole, part) => Object.fromEntries(Object.entries(whole).map(([name, n]) => [name, n - (part[name] ?? 0)]));

/** {day, …, lines}: for each stage what was told in it. */
export function* history(seed = 1) {
  const random = chance(seed);
  const category = (i) => CATEGORIES[i % CATEGORIES.length];
  const filed = (i) => ({ category: category(i), channel: 'app', area: '00070' });
  const hoangMai = new Group(random, (i) => ({ ...filed(i), unit: HOANG_MAI }), 1e6);
  const others = new Group(random, (i) => ({ ...filed(i), unit: OTHERS[i % OTHERS.length] }), 2e6);
  const procedure = new Group(random, () => ({ kind: 'procedure_report', category: 'thu-tuc-hanh-chinh', channel: 'app',
    unit: PROCEDURES }), 3e6);
  let from = Date.parse(`${OPENED}T00:00:00+07:00`);
  let rated = {};
  for (const stage of STAGES) {
    const to = endOf(stage.day);
    hoangMai.reach(stage.hoangMai, from, to);
    others.reach(less(stage.onsite, stage.hoangMai), from, to);
    if (stage.procedure) procedure.reach(stage.procedure, from, to);
    others.rate(less(stage.ratings ?? {}, rated));
    rated = stage.ratings ?? rated;
    yield { ...stage, lines: linesOf(random, [hoangMai, others, procedure]) };
    from = to;
  }
}

function linesOf(random, groups) {
  const snapshots = groups.flatMap((group) => [...group.told()]).sort((a, b) => (a.at < b.at ? -1 : 1));
  return snapshots.map((snapshot) => [snapshot.case_id, typeOf(snapshot), uuidOf(random, Date.parse(snapshot.at)), snapshot.at,
    `${JSON.stringify(snapshot)}\n`].join('\t'));
}
