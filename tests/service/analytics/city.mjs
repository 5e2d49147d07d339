// SPDX-License-Identifier: Apache-2.0
// One analytics service on a real PostgreSQL and Kafka, cases as routing would tell of them, and a
// model that counts them by the words of the definitions, knowing nothing of the service.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { message, Topics, uuid7 } from '../../support/topics.mjs';

export { until, uuid7 };

export const STATES = ['received', 'accepted', 'assigned', 'in_progress', 'resolved', 'rejected'];
export const CODES = ['received_on_time', 'resolved_on_time'];

// ---- chance that can be repeated ----

/** mulberry32: the same seed gives the same city. */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const upTo = (n) => Math.floor(next() * n);
  const shuffle = (items) => {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = upTo(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  };
  return { next, upTo, pick: (items) => items[upTo(items.length)], shuffle };
}

// ---- cases ----

const iso = (ms) => new Date(ms).toISOString();
const TYPES = { open: 'opened', accept: 'accepted', assign: 'assigned', start: 'started',
  resolve: 'resolved', reject: 'rejected', route: 'routed', remind: 'reminded' };
let number = 0;

/** The first snapshot of a case. Instants in ms. */
export function opened({ unit = '00070', category = 'giao-thong', openedAt = Date.now(),
  receiveDue = openedAt + 8 * 3600000 } = {}) {
  const id = uuid7(openedAt);
  number += 1;
  return {
    case_id: id, version: 1, submission_id: id,
    ticket: `HN-2026-${String(number).padStart(7, '0')}-K`, kind: 'onsite_report', category,
    level: 'normal', state: 'received', action: 'open', at: iso(openedAt),
    queue: unit ? 'unit' : 'unroutable', near_border: false, ...(unit && { unit }),
    reporter_ref: 'lan-1', language: 'vi', opened_at: iso(openedAt), receive_due: iso(receiveDue),
    escalation: 0, actor: { role: 'system' },
    rules: { routing: { code: 'routing', version: 1, source: 'assumption' },
      receive: { code: 'receive', version: 1, source: 'QĐ 1207/QĐ-UBND' } },
  };
}

/** The next snapshot: what the step changes, and nothing else. */
export function step(before, action, state, at, changes = {}) {
  return { ...before, version: before.version + 1, previous_state: before.state, action, state,
    at: iso(at), actor: { role: action === 'remind' ? 'system' : 'officer', ref: 'an' }, ...changes };
}

export const accept = (c, at, resolveDue) => step(c, 'accept', 'accepted', at,
  { accepted_at: iso(at), resolve_due: iso(resolveDue) });
export const assign = (c, at) => step(c, 'assign', 'assigned', at, { assignee: 'an' });
export const start = (c, at) => step(c, 'start', 'in_progress', at);
export const resolve = (c, at) => step(c, 'resolve', 'resolved', at,
  { resolved_at: iso(at), result: { text: 'Xong', evidence: ['https://x.example/1.jpg'] } });
export const reject = (c, at) => step(c, 'reject', 'rejected', at,
  { rejected_at: iso(at), reason: { class: 'unclear', text: 'Chưa rõ' } });
export const route = (c, at, unit) => step(c, 'route', c.state, at, { unit, queue: 'unit' });
export const remind = (c, at) => step(c, 'remind', c.state, at);

export function caseEvent(snapshot) {
  return message('city.cases.v1', `vn.hanoi.case.${TYPES[snapshot.action]}.v1`, snapshot.case_id,
    snapshot, { source: '/ihanoi/routing', time: new Date(snapshot.at) });
}

/** A random life: some cases wait, some are late, some move; dues lie before and after now. */
export function life(random, { units, categories, now = Date.now(), spreadMs = 3600000 }) {
  let at = now - random.upTo(spreadMs);
  const soon = () => random.pick([-spreadMs / 4, 500, 2000, 4000, spreadMs]) * random.next();
  const snapshots = [opened({ unit: random.next() < 0.1 ? null : random.pick(units),
    category: random.pick(categories), openedAt: at, receiveDue: now + soon() })];
  const add = (make, ...args) => {
    at = Math.min(now, at + random.upTo(600000));
    snapshots.push(make(snapshots.at(-1), at, ...args));
  };
  const steps = random.upTo(8);
  if (!snapshots[0].unit || random.next() < 0.1) add(route, random.pick(units));
  if (steps > 0 && random.next() < 0.1) add(reject);
  else if (steps > 0) {
    add(accept, now + soon());
    if (steps > 1) add(remind);
    if (steps > 2) add(assign);
    if (steps > 3) add(start);
    if (steps > 4) add(random.next() < 0.15 ? reject : resolve);
  }
  return snapshots;
}

// ---- the model ----

const zeros = () => Object.fromEntries(STATES.map((state) => [state, 0]));

/** I1: received in time ÷ (received, or the time has passed). */
function receivedOnTime(c, now) {
  const due = Date.parse(c.receive_due);
  const receivedAt = c.accepted_at ?? c.rejected_at;
  if (receivedAt) return Date.parse(receivedAt) <= due ? 'met' : 'missed';
  return now > due ? 'missed' : 'pending';
}

/** I2: resolved in time ÷ (resolved, or open and overdue). */
function resolvedOnTime(c, now) {
  if (!c.resolve_due || c.state === 'rejected' || c.state === 'received') return null;
  const due = Date.parse(c.resolve_due);
  if (c.state === 'resolved') return Date.parse(c.resolved_at) <= due ? 'met' : 'missed';
  return now > due ? 'missed' : 'pending';
}

const RULES = { received_on_time: receivedOnTime, resolved_on_time: resolvedOnTime };

function isOverdue(c, now) {
  if (c.state === 'resolved' || c.state === 'rejected') return false;
  return now > Date.parse(c.state === 'received' ? c.receive_due : (c.resolve_due ?? '9999-01-01'));
}

export class Model {
  cases = new Map();

  /** Keeps the highest version, whatever comes first. */
  see(snapshot) {
    const known = this.cases.get(snapshot.case_id);
    if (!known || known.version < snapshot.version) this.cases.set(snapshot.case_id, snapshot);
  }

  #of({ unit, category }) {
    return [...this.cases.values()].filter((c) => (!unit || c.unit === unit)
      && (!category || c.category === category));
  }

  figure(code, dimensions, now) {
    const standings = this.#of(dimensions).map((c) => RULES[code](c, now));
    const count = (...names) => standings.filter((s) => names.includes(s)).length;
    return { numerator: count('met'), denominator: count('met', 'missed'), pending: count('pending') };
  }

  unit(unit, now) {
    const counts = zeros();
    const byCategory = {};
    let overdue = 0;
    for (const c of this.#of({ unit })) {
      byCategory[c.category] ??= zeros();
      counts[c.state] += 1;
      byCategory[c.category][c.state] += 1;
      overdue += isOverdue(c, now);
    }
    return { counts, byCategory, overdue };
  }
}

// ---- the service ----

export class City {
  /** Offsets from 5600 on keep all ports out of the range that outgoing connections take. */
  constructor(offset) {
    this.folder = mkdtempSync(join(tmpdir(), 'ihanoi-analytics-'));
    this.stack = new Stack({ folder: this.folder, offset });
  }

  async start() {
    const { stack } = this;
    stack.writeApiKeys();
    await Promise.all([stack.startPostgres(), stack.startKafka().then(() => stack.applyTopics()),
      stack.startIdentityProvider()]);
    await stack.prepare('analytics');
    this.db = new pg.Pool({ connectionString: stack.postgres.url('analytics'), max: 2 });
    this.topics = new Topics(stack.kafka.brokers);
    await stack.startService('analytics');
  }

  /** Units and categories, as routing publishes them; waits until their names are known. */
  async name(units, categories) {
    const name = (code) => ({ vi: `Tên ${code}`, en: `Name of ${code}` });
    const dated = { valid_from: '2025-06-30T17:00:00.000Z', source: 'assumption' };
    await this.topics.publish([
      ...units.map((code) => message('city.reference.v1', 'vn.hanoi.unit.defined.v1', `unit:${code}`,
        { kind: 'unit', code, name: name(code), type: 'ward', ...dated })),
      ...categories.map((code) => message('city.reference.v1', 'vn.hanoi.category.defined.v1',
        `category:${code}`, { code, name: name(code), group: name('group'), level: 'normal',
          keywords: [], sensitive: false, ...dated })),
    ]);
    await until('the names are known', async () => {
      const [{ n }] = await this.sql('SELECT (SELECT count(*) FROM unit_name) '
        + '+ (SELECT count(*) FROM category_name) AS n');
      return Number(n) === units.length + categories.length;
    }, 20000);
  }

  async stop() {
    await this.topics?.close();
    await this.db?.end();
    await this.stack.discard();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async sql(text, parameters = []) {
    return (await this.db.query(text, parameters)).rows;
  }

  async get(path, { base = this.stack.url('analytics') } = {}) {
    const answer = await fetch(`${base}/api/analytics${path}`);
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  async figure(code, dimensions = {}, options = {}) {
    const query = new URLSearchParams({ code, ...dimensions });
    const { status, body } = await this.get(`/indicators?${query}`, options);
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    return body.items[0];
  }

  async tell(snapshots) {
    for (let i = 0; i < snapshots.length; i += 1000) {
      await this.topics.publish(snapshots.slice(i, i + 1000).map(caseEvent));
    }
  }

  /** Until every message told so far is counted. */
  async counted(timeoutMs = 30000) {
    const ends = await this.ends();
    await until('all is counted', async () => {
      const rows = await this.sql(
        'SELECT partition, next_offset FROM consumer_position WHERE topic = $1', ['city.cases.v1']);
      const at = new Map(rows.map((row) => [row.partition, BigInt(row.next_offset)]));
      return ends.every((end, partition) => end === 0n || (at.get(partition) ?? -1n) >= end);
    }, timeoutMs);
  }

  /** Offsets behind the last message of each partition. */
  async ends() {
    const { promise, resolve: done, reject: fail } = Promise.withResolvers();
    const { Consumer } = await import('@platformatic/kafka');
    const consumer = new Consumer({ groupId: `ends-${uuid7()}`, clientId: 'test',
      bootstrapBrokers: [this.stack.kafka.brokers] });
    consumer.listOffsets({ topics: ['city.cases.v1'] }).then(done, fail);
    const offsets = await promise;
    await consumer.close(true);
    return offsets.get('city.cases.v1');
  }

  async rebuild(...args) {
    const environment = { ...process.env, ...this.stack.serviceEnvironment('analytics') };
    const { stdout } = await promisify(execFile)(join(this.stack.bin, 'analytics'),
      ['rebuild', ...args], { env: environment, timeout: 60000 });
    return stdout;
  }
}
