// SPDX-License-Identifier: Apache-2.0
// Who has an account, by the words of the definitions: account by account, knowing nothing of how
// the service does it. And random lives of accounts, as intake would tell of them.
import { message, uuid7 } from '../../support/topics.mjs';

export const DAY = 86400000;
/** The city's day of an instant (UTC+7). */
export const cityDay = (instant) => new Date(Date.parse(instant) + 7 * 3600000).toISOString().slice(0, 10);
const iso = (ms) => new Date(ms).toISOString();

// ---- events ----

export function accountEvent(data) {
  const step = data.closed_at === data.at ? 'closed' : data.activated_at === data.at ? 'activated'
    : data.version === 1 ? 'created' : 'changed';
  return message('city.accounts.v1', `vn.hanoi.account.${step}.v1`, data.account, data,
    { source: '/ihanoi/intake', time: new Date(data.at) });
}

export const installationEvent = (data) => message('city.accounts.v1',
  'vn.hanoi.installation.first_opened.v1', data.installation_id, data, { source: '/ihanoi/intake' });

export const rosterEvent = (unit, asOf, headcount, source = 'QĐ 1') => message('city.reference.v1',
  'vn.hanoi.roster.published.v1', `roster:${unit}:${asOf}`,
  { unit, as_of: asOf, headcount, source }, { source: '/ihanoi/routing' });

export const populationEvent = (area, year, over15, source = 'Niên giám') => message('city.reference.v1',
  'vn.hanoi.population.published.v1', `population:${area}:${year}`,
  { area, year, over_15: over15, source }, { source: '/ihanoi/routing' });

/** created; more: unit or area, team … */
export function account(kind, createdAt, more = {}) {
  return { account: uuid7(createdAt), version: 1, kind, method: 'sso', assurance: 2,
    created_at: iso(createdAt), at: iso(createdAt), ...more };
}

const next = (before, at, changes) => ({ ...before, version: before.version + 1, at: iso(at), ...changes });
export const activate = (before, at) => next(before, at, { activated_at: iso(at) });
export const close = (before, at) => next(before, at, { closed_at: iso(at) });

/** A random life, days of it far apart. */
export function life(random, { units, areas, teams, from, days }) {
  let at = from + random.upTo(days * DAY);
  const later = () => { at += 1 + random.upTo(20 * DAY); return at; };
  const kind = random.pick(['citizen', 'citizen', 'business', 'official']);
  const team = random.next() < 0.4 && kind !== 'official' ? random.pick(teams) : undefined;
  const where = kind === 'official' ? { unit: random.pick(units) }
    : random.next() < 0.8 ? { area: random.pick(areas) } : {};
  const snapshots = [account(kind, at, { ...where, method: team ? 'assisted' : random.pick(['vneid', 'phone']),
    ...(team && { team }) })];
  if (random.next() < 0.7) snapshots.push(activate(snapshots.at(-1), later()));
  if (random.next() < 0.3) {
    snapshots.push(next(snapshots.at(-1), later(), kind === 'official'
      ? { unit: random.pick(units) } : { area: random.pick(areas) }));
  }
  if (random.next() < 0.2) snapshots.push(close(snapshots.at(-1), later()));
  return snapshots;
}

// ---- what is true ----

const MADE = {
  accounts_of_officials: (a) => a.kind === 'official',
  accounts_activated: (a) => a.activated_at !== undefined,
  accounts_assisted: (a) => a.method === 'assisted',
  accounts_closed: (a) => a.closed_at !== undefined,
};
export const SHARES = Object.keys(MADE);
const names = { process: 'kind', channel: 'method' };

export class AdoptionModel {
  accounts = new Map();

  bases = new Map();

  see(snapshot) {
    const known = this.accounts.get(snapshot.account);
    if (!known || known.version < snapshot.version) this.accounts.set(snapshot.account, snapshot);
  }

  /** number undefined: withdrawn. since: a day, or a year. */
  base(kind, code, since, number, source) {
    if (number === undefined) this.bases.delete(`${kind}:${code}:${since}`);
    else this.bases.set(`${kind}:${code}:${since}`, { kind, code, since: String(since), number, source });
  }

  share(code, { period, ...members }) {
    const among = [...this.accounts.values()].filter((a) => (!period || cityDay(a.created_at).startsWith(period))
      && Object.entries(members).every(([name, member]) => a[names[name] ?? name] === member));
    return { numerator: among.filter(MADE[code]).length, denominator: among.length };
  }

  #basis(kind, code, limit) {
    return [...this.bases.values()].filter((b) => b.kind === kind && b.code === code && b.since <= limit)
      .sort((a, b) => (a.since < b.since ? 1 : -1))[0];
  }

  #until = (instant, day) => instant !== undefined && cityDay(instant) <= day;

  unit(unit, day) {
    const accounts = [...this.accounts.values()].filter((a) => a.unit === unit
      && this.#until(a.activated_at, day) && !this.#until(a.closed_at, day));
    return { numerator: accounts.length, basis: this.#basis('roster', unit, day) };
  }

  area(area, day) {
    const accounts = [...this.accounts.values()].filter((a) => a.kind === 'citizen'
      && (area === 'HN' || a.area === area)
      && this.#until(a.created_at, day) && !this.#until(a.closed_at, day));
    return { numerator: accounts.length, basis: this.#basis('population', area, day.slice(0, 4)) };
  }
}
