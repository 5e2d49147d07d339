// SPDX-License-Identifier: Apache-2.0
// One analytics service on a real PostgreSQL and Kafka, and cases as routing would tell of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { until } from '../../../deploy/local/process.mjs';
import { DEMO_KEY, Stack } from '../../../deploy/local/stack.mjs';
import { chance } from '../../support/chance.mjs';
import { awayFromMidnight } from '../../support/midnight.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { message, Topics, uuid7 } from '../../support/topics.mjs';

export { chance, until, uuid7 };
export { CODES, Model, RATIOS, STATES, columnOf, periodsOf } from './model.mjs';

await awayFromMidnight();

/** Waits until check() no longer throws; what it threw last is what fails. */
export async function untilHolds(what, check, timeoutMs) {
  let last;
  await until(what, async () => {
    try {
      await check();
      return true;
    } catch (error) {
      last = error;
      return false;
    }
  }, timeoutMs).catch(() => { throw last; });
}

// ---- cases ----

const iso = (ms) => new Date(ms).toISOString();
const TYPES = { open: 'opened', accept: 'accepted', assign: 'assigned', start: 'started',
  resolve: 'resolved', reject: 'rejected', route: 'routed', decide: 'routed', remind: 'reminded',
  return: 'returned', ask: 'info_requested', answer: 'info_supplied', reopen: 'reopened',
  confirm: 'advanced', close: 'closed', rate: 'rated', classify: 'classified', withdraw: 'withdrawn', merge: 'merged' };
const PHASES = { accepted: 'working', assigned: 'working', in_progress: 'working',
  info_requested: 'paused' }; // the other states are called like their phase
let number = 0;

/** The first snapshot of a case. Instants in ms. */
export function opened({ unit = '00070', category = 'giao-thong', openedAt = Date.now(),
  receiveDue = openedAt + 8 * 3600000, ...more } = {}) {
  const id = uuid7(openedAt);
  number += 1;
  return {
    case_id: id, version: 1, submission_id: id,
    ticket: `HN-2026-${String(number).padStart(7, '0')}-K`, kind: 'onsite_report', category,
    level: 'normal', phase: 'received', state: 'received', action: 'open', at: iso(openedAt),
    queue: unit ? 'unit' : 'unroutable', near_border: false, ...(unit && { unit }),
    reporter_ref: 'lan-1', language: 'vi', opened_at: iso(openedAt), receive_due: iso(receiveDue),
    escalation: 0, actor: { role: 'system' },
    rules: { routing: { code: 'routing', version: 1, source: 'assumption' },
      receive: { code: 'receive', version: 1, source: 'QĐ 1207/QĐ-UBND' } },
    ...more,
  };
}

/** The next snapshot: what the step changes, and nothing else. */
export function step(before, action, state, at, changes = {}) {
  const after = { ...before, version: before.version + 1, previous_state: before.state, action,
    phase: PHASES[state] ?? state, state, at: iso(at),
    actor: { role: action === 'remind' ? 'system' : 'officer', ref: 'an' }, ...changes };
  for (const name of Object.keys(after)) if (after[name] === undefined) delete after[name];
  return after;
}

export const accept = (c, at, resolveDue) => step(c, 'accept', 'accepted', at,
  { accepted_at: iso(at), resolve_due: iso(resolveDue),
    rules: { ...c.rules, resolve: { code: `resolve-${c.level}`, version: c.rules.receive.version, source: 'assumption' } } });
export const assign = (c, at) => step(c, 'assign', 'assigned', at, { assignee: 'an' });
export const start = (c, at) => step(c, 'start', 'in_progress', at);
const clock = (spentUs) => ({ resolve: { mode: 'working', allowed_us: 14400e6, runs: [{ from: iso(0) }], spent_us: spentUs } });
/** spentUs: working time that it took. */
export const resolve = (c, at, evidence = ['https://x.example/1.jpg'], spentUs = undefined) => step(c, 'resolve',
  'resolved', at, { resolved_at: iso(at), result: { text: 'Xong', evidence }, rating_asked: true,
    ...(spentUs !== undefined && { clocks: clock(spentUs) }) });
export const rate = (c, at, rating) => step(c, 'rate', c.state, at, { rating });
export const classify = (c, at, category) => step(c, 'classify', c.state, at, { category });
export const reject = (c, at, reason = 'unclear') => step(c, 'reject', 'rejected', at,
  { rejected_at: iso(at), reason: { class: reason, text: 'Chưa rõ' } });
export const route = (c, at, unit) => step(c, 'route', c.state, at, { unit, queue: 'unit' });
export const decide = (c, at, unit) => step(c, 'decide', c.state, at, { unit, queue: 'unit', bound: true });
export const remind = (c, at) => step(c, 'remind', c.state, at);
export const close = (c, at) => step(c, 'close', 'closed', at, { closed_at: iso(at) });
export const withdraw = (c, at) => step(c, 'withdraw', 'withdrawn', at);

/** To whom it names; the city office decides where that is itself. */
export const giveBack = (c, at, to) => step(c, 'return', 'received', at, {
  handovers: [...(c.handovers ?? []), { from: c.unit, to, reason: 'Không phải việc của chúng tôi', at: iso(at) }],
  ...(to === 'VPUB' ? { queue: 'disputed' } : { unit: to }) });

/** What a pause leaves of a due time: one that has passed stays. */
const paused = (due, at) => (due && Date.parse(due) < at ? due : undefined);
export const ask = (c, at) => step(c, 'ask', 'info_requested', at, { resolve_due: paused(c.resolve_due, at),
  question: { asked: 'reporter', text: 'Ở đâu?' } });
export const answer = (c, at, due) => step(c, 'answer', 'in_progress', at,
  { resolve_due: c.resolve_due ?? iso(due) });
export const merge = (c, at) => step(c, 'merge', 'merged', at, { merged_into: uuid7(at),
  receive_due: c.accepted_at ? c.receive_due : paused(c.receive_due, at),
  resolve_due: paused(c.resolve_due, at) });
export const reopen = (c, at, due) => step(c, 'reopen', 'accepted', at, { resolve_due: iso(due),
  reopenings: (c.reopenings ?? 0) + 1, resolved_at: undefined, result: undefined });

export function caseEvent(snapshot) {
  return message('city.cases.v1', `vn.hanoi.case.${TYPES[snapshot.action]}.v1`, snapshot.case_id,
    snapshot, { source: '/ihanoi/routing', time: new Date(snapshot.at) });
}

export const KINDS = ['onsite_report', 'onsite_report', 'onsite_report', 'procedure_report', 'reception_booking'];
export const AREAS = ['00070', '00082', '00097'];
export const CHANNELS = ['app', 'open311', 'api'];

/** A random life: some cases wait, some are late, some move; dues lie before and after now. */
export function life(random, { units, categories, now = Date.now(), spreadMs = 3600000, days = 0 }) {
  let at = now - random.upTo(spreadMs) - (random.next() < 0.5 ? random.upTo(days) * 86400000 : 0);
  const soon = () => random.pick([-spreadMs / 4, 500, 2000, 4000, spreadMs]) * random.next();
  const snapshots = [opened({ unit: random.next() < 0.1 ? null : random.pick(units),
    category: random.pick(categories), openedAt: at, receiveDue: now + soon(),
    level: random.pick(['urgent', 'complex', 'normal']), kind: random.pick(KINDS),
    near_border: random.next() < 0.1, ...(random.next() < 0.9 && { area: random.pick(AREAS) }),
    ...(random.next() < 0.9 && { channel: random.pick(CHANNELS) }) })];
  if (random.next() < 0.3) snapshots[0].rules.receive.version = 2;
  if (random.next() < 0.1) snapshots.push(step(snapshots[0], 'confirm', 'received', at, { area_confirmed: true }));
  const add = (make, ...args) => {
    at = Math.min(now, at + random.upTo(600000));
    snapshots.push(make(snapshots.at(-1), at, ...args));
  };
  const steps = random.upTo(10);
  if (random.next() < 0.15) add(classify, random.pick(categories));
  if (!snapshots[0].unit || random.next() < 0.1) add(route, random.pick(units));
  while (random.next() < 0.2 && (snapshots.at(-1).handovers ?? []).length < 4) {
    if (random.next() < 0.7) add(giveBack, random.pick(units));
    else {
      add(giveBack, 'VPUB');
      if (random.next() < 0.7) add(decide, random.pick(units));
      else return snapshots;
    }
  }
  if (steps > 0 && random.next() < 0.1) add(reject, random.pick(['unclear', 'duplicate', 'not_city', 'abusive']));
  else if (random.next() < 0.1) add(random.pick([withdraw, merge]));
  else if (steps > 0) {
    add(accept, now + soon());
    if (steps > 1 && random.next() < 0.1) add(giveBack, random.pick(units));
    else if (steps > 1) add(remind);
    if (steps > 2 && snapshots.at(-1).state === 'accepted') add(assign);
    if (steps > 3 && snapshots.at(-1).state === 'assigned') add(start);
    if (steps > 4 && snapshots.at(-1).state === 'in_progress') worked(random, add, steps, now + soon());
  }
  return snapshots;
}

/** How it ends, or does not. */
function worked(random, add, steps, due) {
  if (random.next() < 0.3) {
    add(ask);
    if (random.next() < 0.5) return;
    add(answer, due);
  }
  if (random.next() < 0.15) {
    add(random.pick([reject, withdraw, merge]));
    return;
  }
  add(resolve, random.next() < 0.5 ? [] : undefined, random.next() < 0.9 ? random.upTo(200 * 3600e6) : undefined);
  if (random.next() < 0.5) add(rate, random.pick(['satisfied', 'acceptable', 'dissatisfied']));
  if (steps > 6 && random.next() < 0.4) {
    add(reopen, due);
    if (random.next() < 0.6) add(resolve);
  } else if (steps > 7) add(close);
}

// ---- the service ----

export class City {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'ihanoi-analytics-'));
    this.stack = new Stack({ folder: this.folder, offset: takeOffset() });
  }

  async start() {
    const { stack } = this;
    stack.writeApiKeys();
    await stack.startBackends();
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

  /** As a system that may see every figure; isPublic: as anybody. */
  async get(path, { base = this.stack.url('analytics'), isPublic = false } = {}) {
    const answer = await fetch(`${base}/api/analytics${path}`,
      { headers: isPublic ? {} : { 'x-api-key': DEMO_KEY } });
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

  /** Until every message told so far is counted: taken from the topic, and folded into the sums. */
  async counted(timeoutMs = 30000, topic = 'city.cases.v1') {
    const ends = await this.ends(topic);
    await until('all is counted', async () => {
      const rows = await this.sql(
        'SELECT partition, next_offset FROM consumer_position WHERE topic = $1', [topic]);
      const at = new Map(rows.map((row) => [row.partition, BigInt(row.next_offset)]));
      const taken = ends.every((end, partition) => end === 0n || (at.get(partition) ?? -1n) >= end);
      return taken && (await this.sql('SELECT FROM heard')).length === 0;
    }, timeoutMs);
  }

  /** Offsets behind the last message of each partition. */
  async ends(topic = 'city.cases.v1') {
    const { promise, resolve: done, reject: fail } = Promise.withResolvers();
    const { Consumer } = await import('@platformatic/kafka');
    const consumer = new Consumer({ groupId: `ends-${uuid7()}`, clientId: 'test',
      bootstrapBrokers: [this.stack.kafka.brokers] });
    consumer.listOffsets({ topics: [topic] }).then(done, fail);
    const offsets = await promise;
    await consumer.close(true);
    return offsets.get(topic);
  }

  async rebuild(...args) {
    const environment = { ...process.env, ...this.stack.serviceEnvironment('analytics') };
    const { stdout, stderr } = await promisify(execFile)(join(this.stack.bin, 'analytics'),
      ['rebuild', ...args], { env: environment, timeout: 60000 });
    if (stderr !== '') throw new Error(stderr);
    return stdout;
  }
}
