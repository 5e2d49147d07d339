// SPDX-License-Identifier: Apache-2.0
// How cases of a city fare, by chance: most are done in time, some wait, go from hand to hand, come back, are never done.
import { WARDS } from './division.mjs';
import { DAY, HOUR, instant, MINUTE, ruleOf, Tale, uuidOf } from './tale.mjs';

const REASONS = ['out_of_scope_legal', 'unclear', 'duplicate', 'not_city', 'abusive', 'other'];
const RATINGS = ['satisfied', 'satisfied', 'acceptable', 'dissatisfied'];
const PROCESSES = [['onsite_report', 0.72], ['procedure_report', 0.1], ['waste_report', 0.04], ['initiative', 0.04],
  ['voter_petition', 0.03], ['hotline_ticket', 0.05], ['reception_booking', 0.02]];
const CHANNELS = [['app', 0.78], ['open311', 0.06], ['api', 0.08], ['inbound', 0.05], [undefined, 0.03]];
const LEVELS = [['normal', 0.7], ['complex', 0.2], ['urgent', 0.1]];

export const AGENCIES = ['VPUB', 'TTPVHCC', 'SNV', 'STP', 'STC', 'SCT', 'SNNMT', 'SXD', 'SKHCN', 'SQHKT', 'SVHTT', 'SYT', 'SGDDT',
  'SDL', 'TTRA', 'CATP', 'EVNHANOI', 'DSDT', 'BQLDAGT', 'BQLDADD'];
export { WARDS };
export const UNITS = [...WARDS, ...AGENCIES];
export const CATEGORIES = ['giao-thong', 'trat-tu-do-thi', 'moi-truong-rac-thai', 'ha-tang', 'chieu-sang', 'tieng-on',
  'cay-xanh', 'dien-nuoc', 'xay-dung-trat-tu-xd', 'an-ninh-trat-tu', 'an-toan-thuc-pham', 'y-te', 'giao-duc',
  'thu-tuc-hanh-chinh', 'khac'];

export function weighted(random, rows) {
  let left = random.next();
  return (rows.find(([, weight]) => (left -= weight) < 0) ?? rows[0])[0];
}

/** The first ones far more often: of 126 wards ten have a third of all. */
const skewed = (random, items) => items[Math.floor(items.length * random.next() ** 2)];
const unitOf = (random, area) => (area && random.next() < 0.75 ? area : skewed(random, random.next() < 0.5 ? UNITS : AGENCIES));

/** Mostly soon, sometimes long after: about `usual`, one in 150 more than ten times that. */
const after = (random, usual) => Math.ceil(usual * (0.02 + (-Math.log(1 - random.next())) ** 2 * 0.6));

/** Few at night; one in twelve within four minutes of the city's midnight, on either side. */
function timeOfDay(random) {
  if (random.next() < 0.08) return (17 * HOUR + (random.next() - 0.5) * 8 * MINUTE + DAY) % DAY; // 0:00 is 17:00 UTC
  return random.next() < 0.9 ? random.upTo(15 * HOUR) : random.upTo(DAY);
}

/** An instant on the day (of UTC) that begins at `day`. */
export const openingOn = (random, day) => day + Math.floor(timeOfDay(random));

function opening(random, number, openedAt, wards) {
  const area = random.next() < 0.94 ? skewed(random, wards) : undefined;
  const routed = random.next() < 0.97;
  return { number, openedAt, kind: weighted(random, PROCESSES), category: skewed(random, CATEGORIES),
    level: weighted(random, LEVELS), channel: weighted(random, CHANNELS), area, ...(area && { area_set: 3 }),
    near_border: random.next() < 0.08, receiveDue: openedAt + 8 * HOUR + random.upTo(3) * 16 * HOUR,
    ...(routed ? { unit: unitOf(random, area) } : { queue: 'unroutable' }) };
}

/** Steps of one life in order of time. Each returns true when the life ends there. */
class Life {
  constructor(random, tale) {
    Object.assign(this, { random, tale });
  }

  chance(share) {
    return this.random.next() < share;
  }

  later(usual) {
    return this.tale.at + after(this.random, usual);
  }

  due(at) {
    return at + { urgent: 8 * HOUR, normal: 7 * DAY, complex: 21 * DAY }[this.tale.last.level];
  }

  evidence() {
    return this.chance(0.8) ? Array.from({ length: 1 + this.random.upTo(3) }, () => this.random.upTo(1e6)) : [];
  }

  other() {
    return skewed(this.random, UNITS.filter((unit) => unit !== this.tale.last.unit));
  }

  live() {
    return this.arrive() || this.handedOn() || this.take() || this.work() || this.outcome();
  }

  arrive() {
    const { random, tale } = this;
    if (tale.last.near_border && this.chance(0.4)) tale.tell('confirm_area', this.later(HOUR), { area_confirmed: true });
    if (this.chance(0.08)) {
      tale.tell('classify', this.later(HOUR), { category: skewed(random, CATEGORIES), level: weighted(random, LEVELS),
        reason: { text: 'Chọn nhầm lĩnh vực.' } });
    }
    if (tale.last.queue === 'unit') return false;
    if (this.chance(0.1)) return true; // nobody's for ever
    tale.tell('route', this.later(4 * HOUR), { unit: this.other(), queue: 'unit' });
    return false;
  }

  handedOn() {
    const { tale } = this;
    while (this.chance(0.09) && (tale.last.handovers ?? []).length < 6) {
      if ((tale.last.handovers ?? []).length < 2 || this.chance(0.5)) {
        tale.giveBack(this.later(6 * HOUR), this.other());
        continue;
      }
      tale.giveBack(this.later(6 * HOUR));
      if (this.chance(0.15)) return true; // disputed for ever
      tale.tell('decide', this.later(6 * HOUR), { unit: this.chance(0.3) ? tale.last.unit : this.other(), queue: 'unit', bound: true });
      return false;
    }
    return false;
  }

  /** Withdrawn, merged or rejected, here and now. */
  ends(withdrawn, merged, rejected) {
    const { random, tale } = this;
    const chance = random.next();
    if (chance < withdrawn) tale.withdraw(this.later(5 * HOUR));
    else if (chance < withdrawn + merged) {
      tale.merge(this.later(8 * HOUR), uuidOf(random, tale.at));
      if (this.chance(0.5)) tale.follow(this.later(3 * DAY), this.evidence());
    } else if (chance < withdrawn + merged + rejected) tale.reject(this.later(6 * HOUR), random.pick(REASONS));
    return tale.last.phase !== 'received' && tale.last.phase !== 'working';
  }

  take() {
    const { tale } = this;
    if (this.ends(0.015, 0.03, 0.06) || this.chance(0.01)) return true;
    if (this.chance(0.05)) tale.tell('remind', this.later(5 * HOUR));
    const at = this.later(5 * HOUR);
    tale.accept(at, this.due(at));
    if (this.chance(0.03) && tale.last.bound !== true) {
      tale.giveBack(this.later(3 * HOUR), this.other());
      return this.chance(0.2); // still there
    }
    return this.ends(0.005, 0.005, 0.02);
  }

  work() {
    const { tale } = this;
    if (this.chance(0.02)) return true;
    if (tale.last.kind !== 'hotline_ticket') tale.tell('assign', this.later(this.chance(0.3) ? MINUTE : 5 * HOUR), { assignee: 'an' });
    if (this.chance(0.8)) tale.tell('start', this.later(this.chance(0.3) ? MINUTE : 5 * HOUR));
    if (tale.last.kind === 'procedure_report' && this.chance(0.3)) tale.tell('forward', this.later(5 * HOUR));
    if (this.chance(0.1)) {
      tale.ask(this.later(DAY));
      if (this.chance(0.15)) return true;
      const at = this.later(DAY);
      tale.answer(at, this.due(at));
    }
    if (this.chance(0.06)) tale.extend(this.later(HOUR), Math.max(Date.parse(tale.last.resolve_due), tale.at) + 3 * DAY);
    if (this.chance(0.05)) tale.tell('escalate', this.later(DAY), { escalation: 1, alert: { clock: 'resolve', step: 1 } });
    return this.ends(0.005, 0.01, 0) || this.chance(0.03);
  }

  result() {
    const { random, tale } = this;
    const at = this.later({ urgent: 6 * HOUR, normal: 2.5 * DAY, complex: 8 * DAY }[tale.last.level]);
    const share = 0.15 + 0.3 * random.next(); // of all time is working time
    const spentUs = Math.floor((at - Date.parse(tale.last.accepted_at)) * share) * 1000;
    tale.resolve(at, this.evidence(), this.chance(0.96) ? spentUs : undefined);
  }

  rated() {
    if (this.tale.last.rating === undefined && this.chance(0.5)) {
      this.tale.rate(this.later(DAY), this.random.pick(RATINGS));
    }
  }

  /** Results, until one stands. */
  outcome() {
    const { tale } = this;
    for (let results = 1; ; results += 1) {
      this.result();
      const audited = this.chance(0.05);
      if (audited) tale.tell('pass_audit', this.later(DAY), { audit: { state: 'passed' } });
      if (this.chance(0.5)) this.rated();
      const again = results < 3 ? this.random.next() : 1;
      if (again < 0.05) tale.reopen(this.later(DAY), this.due(tale.at + DAY));
      else if (again < 0.06) tale.failAudit(this.later(DAY), this.due(tale.at + DAY));
      else break;
      if (this.ends(0.02, 0.02, 0.02) || this.chance(0.15)) return true;
      if (this.chance(0.7)) tale.tell('assign', this.later(5 * HOUR), { assignee: 'binh' });
    }
    if (this.chance(0.92)) tale.close(tale.at + 3 * DAY);
    this.rated();
    return true;
  }
}

/** An appointment is kept, or not. */
function booking(random, tale) {
  const slotAt = tale.at + DAY + random.upTo(10 * DAY);
  const late = () => slotAt + random.upTo(2 * HOUR);
  Object.assign(tale.last, { state: 'booked', phase: 'working', accepted_at: tale.last.opened_at, resolve_due: instant(slotAt),
    details: { slot_at: instant(slotAt), matter: 'Cấp giấy chứng nhận.' },
    rules: { ...tale.last.rules, resolve: ruleOf('appointment') } });
  if (random.next() < 0.1) tale.tell('cancel', tale.at + HOUR);
  else if (random.next() < 0.05) return;
  else if (random.next() < 0.15) tale.tell('miss', late(), { closed_at: instant(slotAt) });
  else tale.tell('remind_visitor', slotAt - DAY).tell('attend', late(), { resolved_at: instant(slotAt), rating_asked: true,
    result: { text: 'Đã tiếp.', evidence: [] } });
}

/** Snapshots of one case. wards: that there were then. */
export function life(random, number, openedAt, wards = WARDS) {
  const first = opening(random, number, openedAt, wards);
  if (first.kind === 'reception_booking') Object.assign(first, { queue: 'unit', unit: 'VPUB', level: 'normal' });
  const tale = new Tale(random, first);
  if (first.kind === 'reception_booking') booking(random, tale);
  else new Life(random, tale).live();
  return tale.snapshots;
}
