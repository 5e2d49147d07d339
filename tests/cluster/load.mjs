// SPDX-License-Identifier: Apache-2.0
// Residents who file and desks that work, at a steady rate and repeatable by seed, as clients that
// follow the rules: who got no answer asks again, with the same Idempotency-Key or version, until
// there is one. Everything goes into the ledger.
import { sleep } from '../../deploy/local/process.mjs';
import { Reports } from '../../deploy/local/reports.mjs';
import { SYSTEM } from './cluster.mjs';
import { digest, outcomeOf } from './ledger.mjs';

const RETRY_MS = [50, 100, 200, 400, 800];
const RESIDENTS = 5;
const RESULT = { result: { text: 'Đã xử lý xong.', evidence: ['https://anh.ihanoi.example/sau.jpg'] } };
const STEPS = [
  { action: 'accept', as: 'city_office', actor: 'demo-city-office' },
  { action: 'assign', as: 'city_office', actor: 'demo-city-office', body: { assignee: 'demo-officer' } },
  { action: 'start', as: 'officer', actor: 'demo-officer' },
  { action: 'resolve', as: 'officer', actor: 'demo-officer', body: RESULT },
];
const REJECTION = { action: 'reject', as: 'city_office', actor: 'demo-city-office',
  body: { reason: { class: 'unclear', text: 'Không rõ địa điểm.' } } }; // needs no second person

// A UUID from the seed, so that a run repeats.
function seededUuid(random) {
  const hex = Array.from({ length: 32 }, () => random.below(16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export class Load {
  // rate: filings a second; each may be followed by up to four commands. worked: how many are.
  constructor({ cluster, ledger, random, rate, worked = 0.3 }) {
    Object.assign(this, { cluster, ledger, random, rate, worked, over: false, tasks: new Set() });
    this.reports = new Reports(random.fork());
    this.count = { filed: 0, acted: 0, retried: 0, repeated: 0, stale: 0, abandoned: 0 };
  }

  // Files for so long, then lets what has begun come to an end.
  async run(seconds) {
    const end = Date.now() + seconds * 1000;
    let next = Date.now();
    while (Date.now() < end) {
      next += this.random.interval(this.rate) * 1000;
      await sleep(Math.max(0, next - Date.now()));
      this.#spawn(this.#case(this.#filing()));
    }
  }

  // Waits for all that is under way; what is not answered by then stays unknown.
  async finish(timeoutMs = 60000) {
    const timer = setTimeout(() => { this.over = true; }, timeoutMs);
    while (this.tasks.size > 0) await Promise.race(this.tasks);
    clearTimeout(timer);
  }

  #spawn(promise) {
    const task = promise.finally(() => this.tasks.delete(task));
    this.tasks.add(task);
  }

  // All chance is taken here, in order of filing: answers that come in another order change nothing.
  #filing() {
    const { random } = this;
    const key = seededUuid(random);
    const report = this.reports.next();
    report.description += ` [${key}]`;
    const n = random.below(RESIDENTS);
    const as = random.chance(0.2)
      ? { role: 'citizen', sub: `resident-${n}`, email: `resident-${n}@ihanoi.example` } : SYSTEM;
    if (as === SYSTEM && random.chance(0.05)) report.contact = { email: `caller-${n}@ihanoi.example` };
    return { key, as, body: JSON.stringify(report), isWorked: random.chance(this.worked),
      isRejected: random.chance(0.1), isRepeated: random.chance(0.02), pauseMs: random.below(2000) };
  }

  async #case(filing) {
    const id = await this.#file(filing);
    if (id === null) return;
    this.count.filed += 1;
    if (filing.isRepeated) {
      await this.#file(filing);
      await this.#reuseKey(filing);
      this.count.repeated += 1;
    }
    if (filing.isWorked) await this.#work(id, filing);
  }

  async #file({ key, as, body }) {
    const answer = await this.#insist({ op: 'file', key, body: digest(body) }, () => (
      this.cluster.call('intake', 'POST', '/api/intake/submissions',
        { as, body, headers: { 'idempotency-key': `"${key}"` } })),
    (a) => ({ id: a.json.id, answer: digest(a.text) }));
    return answer?.json?.id ?? null;
  }

  // Another body under an answered key must be refused; the checker sees that nothing came of it.
  async #reuseKey({ key, as, body }) {
    const other = JSON.stringify({ ...JSON.parse(body), description: 'Một nội dung khác.' });
    const answer = await this.#insist({ op: 'reuse', key, body: digest(other) }, () => (
      this.cluster.call('intake', 'POST', '/api/intake/submissions',
        { as, body: other, headers: { 'idempotency-key': `"${key}"` } })));
    if (answer !== null && answer.status !== 422) {
      throw new Error(`a reused key was answered ${answer.status}: ${answer.text}`);
    }
  }

  async #work(id, { isRejected, pauseMs }) {
    let version = 1;
    for (const step of isRejected ? [REJECTION] : STEPS) {
      await sleep(pauseMs / 4);
      const answer = await this.#act(id, version, step);
      if (answer === null) return;
      if (answer.status !== 200) {
        this.count.stale += 1;
        return;
      }
      this.count.acted += 1;
      version = answer.json.version;
    }
  }

  // A case that routing has not opened yet is 404: then the desk looks again.
  async #act(id, version, { action, as, actor, body = {} }) {
    return this.#insist({ op: 'command', id, version, action, actor },
      () => this.cluster.command(id, action, version, body, as), undefined,
      (answer) => answer.status === 404);
  }

  // Asks until there is an answer that tells; null when the run is over before.
  async #insist(request, ask, note = () => ({}), isEarly = () => false) {
    for (let turn = 0; !this.over; turn += 1) {
      if (turn > 0) this.count.retried += 1;
      const n = await this.ledger.begin(request);
      const answer = await ask().catch((error) => ({ error: error.code ?? error.message }));
      const outcome = answer.error === undefined ? outcomeOf(answer.status) : 'unknown';
      await this.ledger.end(n, { outcome, status: answer.status, code: answer.json?.code,
        error: answer.error, ...(outcome === 'ok' ? note(answer) : {}) });
      // 409 of intake: a request of ours with this key is still under way there.
      const isBusy = request.op !== 'command' && answer.status === 409;
      if (outcome !== 'unknown' && !isEarly(answer) && !isBusy) return answer;
      await sleep(RETRY_MS[Math.min(turn, RETRY_MS.length - 1)]);
    }
    this.count.abandoned += 1;
    return null;
  }
}
