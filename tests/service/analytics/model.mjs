// SPDX-License-Identifier: Apache-2.0
// Counts cases by the words of the definitions (GET /api/analytics/definitions), case by case, knowing nothing of
// how the service does it.

export const STATES = ['received', 'accepted', 'assigned', 'in_progress', 'resolved', 'rejected',
  'withdrawn', 'merged'];
export const REASONS = ['out_of_scope_legal', 'unclear', 'duplicate', 'not_city', 'abusive', 'other'];

const isOpen = (c) => ['received', 'working', 'paused'].includes(c.phase);
const isPast = (due, now) => due !== undefined && now > Date.parse(due);

/** As what a case is counted. */
export function columnOf({ phase, state }) {
  if (phase === 'working') return ['accepted', 'assigned'].includes(state) ? state : 'in_progress';
  return { paused: 'in_progress', closed: 'resolved' }[phase] ?? phase;
}

/** I1: received in time ÷ (received, or the time has passed). */
function receivedOnTime(c, now) {
  const receivedAt = c.accepted_at ?? c.rejected_at;
  if (!receivedAt && c.phase === 'received') return isPast(c.receive_due, now) ? 'missed' : 'pending';
  if (!c.receive_due) return null;
  if (receivedAt) return Date.parse(receivedAt) <= Date.parse(c.receive_due) ? 'met' : 'missed';
  return isPast(c.receive_due, Date.parse(c.at)) ? 'missed' : null;
}

/** I2: resolved in time ÷ (resolved, or open and overdue). */
function resolvedOnTime(c, now) {
  if (isOpen(c)) {
    if (!c.accepted_at) return null;
    return isPast(c.resolve_due, now) ? 'missed' : 'pending';
  }
  if (!c.resolved_at || !c.resolve_due || columnOf(c) !== 'resolved') return null;
  return isPast(c.resolve_due, Date.parse(c.resolved_at)) ? 'missed' : 'met';
}

const done = (c) => columnOf(c) === 'resolved';
const rejected = (c) => c.phase === 'rejected';
const rated = (c) => c.rating !== undefined;

/** What one case adds: [numerator, denominator, pending]. */
const standing = (judge) => (c, now) => {
  const s = judge(c, now);
  return [s === 'met', s === 'met' || s === 'missed', s === 'pending'].map(Number);
};
const share = (among, which) => (c) => [among(c) && which(c), among(c), 0].map(Number);
const all = () => true;

export const RULES = {
  received_on_time: standing(receivedOnTime),
  resolved_on_time: standing(resolvedOnTime),
  processed: share((c) => !rejected(c), done),
  processed_of_all: share(all, done),
  rejected: share(all, rejected),
  ...Object.fromEntries(REASONS.map((reason) => [`rejected_${reason}`,
    share(all, (c) => rejected(c) && c.reason?.class === reason)])),
  satisfied_or_accepting: share(rated, (c) => c.rating !== 'dissatisfied'),
  satisfied: share(rated, (c) => c.rating === 'satisfied'),
  rating_response: share((c) => c.rating_asked || rated(c), rated),
  resolution_time: null, // times, see there
  handovers_per_case: (c) => [(c.handovers ?? []).length, 1, 0],
  handed_over_often: share(all, (c) => (c.handovers ?? []).length >= 2),
  reopened: share((c) => c.resolved_at !== undefined || c.reopenings > 0 || c.rating_asked === true, (c) => c.reopenings > 0),
  resolved_with_evidence: share((c) => c.resolved_at !== undefined, (c) => c.result.evidence.length > 0),
  placed: share(all, (c) => c.area !== undefined && (!c.near_border || c.area_confirmed === true)),
  reclassified: share((c) => c.filed !== undefined, (c) => c.filed !== c.category),
};
export const CODES = Object.keys(RULES);
export const RATIOS = CODES.filter((code) => RULES[code] !== null);

// ---- time ----

/** The city's date of an instant, as a Date at UTC midnight. */
const cityDate = (instant) => new Date(Math.floor((Date.parse(instant) + 7 * 3600000) / 86400000) * 86400000);

function isoWeek(date) {
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86400000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return `${thursday.getUTCFullYear()}-W${String(Math.floor((thursday - first) / 604800000) + 1).padStart(2, '0')}`;
}

/** Every period that an instant lies in, shortest last. */
export function periodsOf(instant) {
  const date = cityDate(instant);
  const text = date.toISOString();
  return ['all', text.slice(0, 4), `${text.slice(0, 4)}-Q${Math.floor(date.getUTCMonth() / 3) + 1}`,
    text.slice(0, 7), isoWeek(date), text.slice(0, 10)];
}

// ---- the model ----

const zeros = () => Object.fromEntries(STATES.map((state) => [state, 0]));

function isOverdue(c, now) {
  return isOpen(c) && isPast(c.accepted_at ? c.resolve_due : c.receive_due, now);
}

const giversOf = (c) => (c.handovers ?? []).map(({ from }) => from);
/** Who had it next: the next one to give it back, at last who has it now. */
const takersOf = (c) => [...giversOf(c).slice(1), ...(c.handovers && c.queue === 'unit' ? [c.unit] : [])];

const ruleOf = (rule) => rule && `${rule.code}@${rule.version}`;
const has = (c, { period = 'all', process, receive_rule: receive, resolve_rule: resolve, ...members }) => periodsOf(c.opened_at).includes(period)
  && (process === undefined || c.kind === process)
  && (receive === undefined || ruleOf(c.rules.receive) === receive)
  && (resolve === undefined || ruleOf(c.rules.resolve) === resolve)
  && Object.entries(members).every(([name, member]) => c[name] === member);

/** Number ceil(q n) in order. */
const quantile = (sorted, q) => sorted[Math.ceil(q * sorted.length) - 1];

export class Model {
  cases = new Map();

  filed = new Map();

  /** Keeps the highest version, whatever comes first. */
  see(snapshot) {
    const known = this.cases.get(snapshot.case_id);
    if (snapshot.version === 1) this.filed.set(snapshot.case_id, snapshot.category);
    if (!known || known.version < snapshot.version) this.cases.set(snapshot.case_id, snapshot);
  }

  #of(slice) {
    return [...this.cases.values()].filter((c) => has(c, slice))
      .map((c) => ({ ...c, filed: this.filed.get(c.case_id) }));
  }

  figure(code, slice, now) {
    const sums = [0, 0, 0];
    for (const c of this.#of(slice)) {
      if (c.kind !== 'reception_booking') RULES[code](c, now).forEach((n, i) => { sums[i] += n; });
    }
    return { numerator: sums[0], denominator: sums[1], pending: sums[2] };
  }

  /** Hours in order of those that are resolved, and how many are open. */
  times(slice) {
    const cases = this.#of(slice).filter((c) => c.kind !== 'reception_booking');
    const hours = cases.filter((c) => done(c) && c.clocks?.resolve?.spent_us !== undefined)
      .map((c) => c.clocks.resolve.spent_us / 3600e6).sort((a, b) => a - b);
    const open = cases.filter((c) => isOpen(c) && c.accepted_at).length;
    return { count: hours.length, open, median: quantile(hours, 0.5), p90: quantile(hours, 0.9) };
  }

  unit(unit, now) {
    const counts = zeros();
    const byCategory = {};
    let overdue = 0;
    for (const c of this.#of({ unit })) {
      byCategory[c.category] ??= zeros();
      counts[columnOf(c)] += 1;
      byCategory[c.category][columnOf(c)] += 1;
      overdue += isOverdue(c, now);
    }
    const among = (codesOf) => [...this.cases.values()].filter((c) => codesOf(c).includes(unit)).length;
    return { counts, byCategory, overdue, handovers: { returned: among(giversOf), received: among(takersOf) } };
  }
}
