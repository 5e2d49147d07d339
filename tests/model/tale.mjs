// SPDX-License-Identifier: Apache-2.0
// What routing tells of one case, step after step: whole snapshots, as city.cases.v1 carries them. Written from the
// contract (proto/events) and the processes (services/routing/reference/processes), for the model and for the
// published numbers. Instants are ms of UTC.

export const MINUTE = 60000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Of an action: the end of its event's type, and, unless the case stays as it is, state and phase. */
const STEPS = {
  accept: ['accepted', 'accepted', 'working'],
  answer: ['info_supplied'], // back to where it was
  ask: ['info_requested', 'info_requested', 'paused'],
  assign: ['assigned', 'assigned', 'working'],
  attend: ['resolved', 'attended', 'resolved'],
  cancel: ['withdrawn', 'cancelled', 'withdrawn'],
  classify: ['classified'],
  close: ['closed', 'closed', 'closed'],
  confirm_area: ['advanced'],
  decide: ['routed'],
  escalate: ['escalated'],
  extend: ['extended'],
  fail_audit: ['audited', 'accepted', 'working'],
  follow: ['resolved', 'resolved', 'resolved'],
  forward: ['advanced', 'forwarded', 'working'],
  merge: ['merged', 'merged', 'merged'],
  miss: ['closed', 'absent', 'closed'],
  open: ['opened', 'received', 'received'],
  pass_audit: ['audited'],
  rate: ['rated'],
  reject: ['rejected', 'rejected', 'rejected'],
  remind: ['reminded'],
  remind_visitor: ['advanced', 'upcoming', 'working'],
  reopen: ['reopened', 'accepted', 'working'],
  resolve: ['resolved', 'resolved', 'resolved'],
  return: ['returned', 'received', 'received'],
  route: ['routed'],
  start: ['started', 'in_progress', 'working'],
  withdraw: ['withdrawn', 'withdrawn', 'withdrawn'],
};
const SYSTEM = new Set(['open', 'remind', 'escalate', 'remind_visitor', 'follow']);
const CITIZEN = new Set(['rate', 'reopen', 'withdraw', 'answer', 'cancel']);

export const typeOf = ({ action }) => `vn.hanoi.case.${STEPS[action][0]}.v1`;
export const instant = (ms) => new Date(ms).toISOString();
export const ruleOf = (code) => ({ code, version: 1, source: code === 'receive' ? 'QĐ 1207/QĐ-UBND' : 'assumption' });

const hex = (random, digits) => Array.from({ length: digits }, () => random.upTo(16).toString(16)).join('');

/** UUIDv7 whose chance can be repeated. */
export function uuidOf(random, ms) {
  const time = ms.toString(16).padStart(12, '0');
  const [a, b, c] = [random.upTo(4096), 0x8000 + random.upTo(0x4000), random.upTo(0x1000000)];
  const tail = c.toString(16).padStart(6, '0') + random.upTo(0x1000000).toString(16).padStart(6, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${a.toString(16).padStart(3, '0')}-${b.toString(16)}-${tail}`;
}

export class Tale {
  /** number: of the ticket, different for each. Times in ms. */
  constructor(random, { number, openedAt, kind = 'onsite_report', receiveDue = openedAt + 24 * HOUR, ...first }) {
    const id = uuidOf(random, openedAt);
    const year = new Date(openedAt).getUTCFullYear();
    this.random = random;
    this.snapshots = [];
    this.last = {
      case_id: id, version: 0, submission_id: id, ticket: `HN-${year}-${String(number).padStart(7, '0')}-K`,
      kind, process: { code: kind, version: 1, source: 'QĐ 1207/QĐ-UBND; limits and review window: assumption' },
      near_border: false, reporter_ref: hex(random, 12), language: 'vi', level: 'normal', queue: 'unit',
      opened_at: instant(openedAt), receive_due: instant(receiveDue), escalation: 0,
      rules: { routing: ruleOf('routing.category-area'), receive: ruleOf('receive') }, ...first,
    };
    this.tell('open', openedAt, {});
  }

  get at() {
    return this.told;
  }

  /** The next version: what changes, and nothing else. Members that are undefined are left out when it is written. */
  tell(action, at, changes = {}) {
    const [, state = this.last.state, phase = this.last.phase] = STEPS[action];
    const role = SYSTEM.has(action) ? 'system' : CITIZEN.has(action) ? 'citizen' : 'officer';
    this.told = at;
    this.last = { ...this.last, version: this.last.version + 1, state, phase, previous_state: this.last.state, action,
      at: instant(at), actor: role === 'system' ? { role } : { role, ref: 'an-nguyen' }, alert: undefined, ...changes };
    this.snapshots.push(this.last);
    return this;
  }

  // ---- steps ----

  accept(at, resolveDue) {
    const runs = [{ from: instant(at) }];
    const clocks = { receive: { mode: 'working', allowed_us: 28800e6, stopped: true,
      runs: [{ from: this.last.opened_at, to: instant(at) }], due_working: this.last.receive_due },
    resolve: { mode: 'working', allowed_us: 144000e6, runs, due_working: instant(resolveDue) } };
    return this.tell('accept', at, { accepted_at: instant(at), resolve_due: instant(resolveDue), clocks,
      focal_point: '5b0f6a3e-91c2-4c55-9f0e-2a7d31c4e802',
      rules: { ...this.last.rules, resolve: ruleOf(`resolve-${this.last.level}`) } });
  }

  /** What a pause leaves of a due: one that has passed stays. */
  static #paused(due, at) {
    return due !== undefined && Date.parse(due) < at ? due : undefined;
  }

  ask(at) {
    return this.tell('ask', at, { resolve_due: Tale.#paused(this.last.resolve_due, at),
      question: { asked: this.random.next() < 0.8 ? 'reporter' : 'third_party', text: 'Anh chị cho biết vị trí chính xác?' },
      timeout_at: instant(at + 7 * DAY), timeout_from: instant(at), resume_state: this.last.state });
  }

  answer(at, due) {
    return this.tell('answer', at, { state: this.last.resume_state, phase: 'working',
      resolve_due: this.last.resolve_due ?? instant(due), timeout_at: undefined, timeout_from: undefined,
      question: { ...this.last.question, answer: 'Trước cổng số nhà 12.' } });
  }

  /** spentUs: working time that it took; undefined: no calendar told. */
  #result(action, at, evidence, spentUs) {
    const { resolve } = this.last.clocks ?? {};
    const clocks = resolve && { ...this.last.clocks, resolve: { ...resolve, stopped: true, spent_us: spentUs,
      runs: [{ from: resolve.runs[0].from, to: instant(at) }] } };
    return this.tell(action, at, { resolved_at: instant(at), clocks, rating_asked: true,
      result: { text: 'Đã kiểm tra, xử lý xong tại hiện trường và gửi ảnh kèm theo.',
        evidence: evidence.map((n) => `https://media.ihanoi.example/2026/xong-${n}.jpg`) },
      timeout_at: instant(at + 3 * DAY), timeout_from: instant(at) });
  }

  resolve(at, evidence, spentUs) {
    return this.#result('resolve', at, evidence, spentUs);
  }

  follow(at, evidence) {
    return this.#result('follow', at, evidence);
  }

  /** As if there had never been a result. */
  #again(action, at, due, changes) {
    return this.tell(action, at, { resolve_due: instant(due), resolved_at: undefined, result: undefined,
      timeout_at: undefined, timeout_from: undefined, audit: undefined,
      clocks: { ...this.last.clocks, resolve: { mode: 'working', allowed_us: 144000e6, runs: [{ from: instant(at) }],
        due_working: instant(due) } }, ...changes });
  }

  reopen(at, due) {
    return this.#again('reopen', at, due, { reopenings: (this.last.reopenings ?? 0) + 1,
      reason: { text: 'Vẫn chưa được xử lý.' } });
  }

  failAudit(at, due) {
    return this.#again('fail_audit', at, due, { reason: undefined, audit: { state: 'failed', text: 'Ảnh không đúng vị trí.' } });
  }

  close(at) {
    return this.tell('close', at, { closed_at: instant(at), timeout_at: undefined, timeout_from: undefined });
  }

  rate(at, rating) {
    return this.tell('rate', at, { rating });
  }

  reject(at, reason) {
    return this.tell('reject', at, { rejected_at: instant(at), reason: { class: reason, text: 'Không thuộc phạm vi tiếp nhận.' } });
  }

  merge(at, into) {
    return this.tell('merge', at, { merged_into: into, resume_state: this.last.state,
      receive_due: this.last.accepted_at ? this.last.receive_due : Tale.#paused(this.last.receive_due, at),
      resolve_due: Tale.#paused(this.last.resolve_due, at) });
  }

  withdraw(at) {
    return this.tell('withdraw', at);
  }

  /** to: undefined when the city office has to decide. */
  giveBack(at, to) {
    const handover = { from: this.last.unit, to: to ?? 'VPUB', reason: 'Không thuộc địa bàn quản lý.', at: instant(at) };
    return this.tell('return', at, { handovers: [...this.last.handovers ?? [], handover],
      ...(to === undefined ? { queue: 'disputed' } : { unit: to }) });
  }

  extend(at, due) {
    return this.tell('extend', at, { resolve_due: instant(due), extensions: (this.last.extensions ?? 0) + 1,
      reason: { text: 'Chờ vật tư.' } });
  }
}
