// SPDX-License-Identifier: Apache-2.0
// One notification service on a real PostgreSQL, Kafka, mail server and identity provider, and what
// its tests do with it: speak as intake and routing would, read mail, ask as a person.
import { createCipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { message, Topics, uuid7 } from '../../support/topics.mjs';

export { until, uuid7 };

const RULE = { code: 'receive', version: 1, source: 'QĐ 1207/QĐ-UBND' };

let number = 0;
let person = 0;

/** A new reporter: ref and address. */
export function someone(prefix = 'lan') {
  person += 1;
  return { ref: `${prefix}-${person}`, email: `${prefix}-${person}@x.example` };
}

function example(type, size = 'maximal') {
  const file = `proto/examples/vn.hanoi.${type}.v1/${size}.json`;
  return JSON.parse(readFileSync(file, 'utf8')).data;
}

export function submission(ref, wishes = {}) {
  number += 1;
  const now = Date.now();
  return {
    ...example('submission.submitted', 'minimal'),
    submission_id: uuid7(now), ticket: `HN-2026-${String(number).padStart(7, '0')}-K`,
    reporter: { ref, anonymous: false }, language: 'vi', category: 'giao-thong',
    submitted_at: new Date(now).toISOString(), receive_by: new Date(now + 86400000).toISOString(),
    receive_rule: RULE, ...wishes,
  };
}

export class City {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'ihanoi-notification-'));
    this.stack = new Stack({ folder: this.folder, offset: takeOffset() });
    this.key = Buffer.from(this.stack.serviceEnvironment('notification').CONTACT_KEY, 'base64');
    this.tokens = new Map();
  }

  async start() {
    const { stack } = this;
    stack.writeApiKeys();
    await stack.startBackends({ mail: true });
    await stack.prepare('notification');
    this.db = new pg.Pool({ connectionString: stack.postgres.url('notification'), max: 2 });
    this.topics = new Topics(stack.kafka.brokers);
    await this.publishReference();
    await stack.startService('notification');
    this.deliveries = await this.topics.listen(['city.deliveries.v1']);
    await this.sql('SELECT 1');
    await until('the reference data are here', async () => {
      const [{ n }] = await this.sql('SELECT count(*)::int AS n FROM focal_point');
      return n === 3;
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

  // ---- as intake ----

  seal(ref, contact) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(ref));
    const text = cipher.update(JSON.stringify(contact), 'utf8');
    const sealed = Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64url');
  }

  contact(ref, contact) {
    return this.topics.publish([message('city.contacts.v1', 'vn.hanoi.contact.changed.v1', ref,
      { ref, sealed: this.seal(ref, contact) })]);
  }

  erase(ref) {
    return this.topics.publish([{ topic: 'city.contacts.v1', key: ref }]);
  }

  async knows({ ref, email }, name) {
    await this.contact(ref, { email, name, language: 'vi' });
    await until('the contact is here', async () => {
      const rows = await this.sql('SELECT 1 FROM contact WHERE ref = $1', [ref]);
      return rows.length === 1;
    }, 10000);
  }

  async file(ref, wishes, id = uuid7()) {
    const data = submission(ref, wishes);
    await this.topics.publish([message('city.submissions.v1', 'vn.hanoi.submission.submitted.v1',
      data.submission_id, data, { id })]);
    return data;
  }

  // ---- as routing ----

  publishReference() {
    const valid = { valid_from: '2024-06-28T00:00:00.000Z', source: 'assumption' };
    const unit = (code, vi, en, type, more = {}) => message('city.reference.v1',
      'vn.hanoi.unit.defined.v1', `unit:${code}`,
      { kind: 'unit', code, name: { vi, en }, type, ...more, ...valid });
    const seat = (code, account, name) => message('city.reference.v1',
      'vn.hanoi.focal_point.assigned.v1', `focal_point:${code}:*:${account}`,
      { account, unit: code, field: '*', name, email: `${account}@official.example`,
        valid_from: valid.valid_from });
    return this.topics.publish([
      unit('HN', 'Thành phố Hà Nội', 'City of Hanoi', 'city'),
      unit('00070', 'Phường Hoàn Kiếm', 'Hoan Kiem Ward', 'ward', { parent: 'HN',
        head: { account: 'hanh', name: 'Vũ Thị Hạnh', email: 'hanh@official.example' } }),
      unit('VPUB', 'Văn phòng UBND', 'City Office', 'office', { parent: 'HN' }),
      message('city.reference.v1', 'vn.hanoi.category.defined.v1', 'category:giao-thong',
        { ...example('category.defined'), code: 'giao-thong',
          name: { vi: 'Giao thông', en: 'Traffic' } }),
      seat('00070', 'cuong', 'Lê Văn Cường'),
      seat('HN', 'dung', 'Đỗ Dũng'),
      seat('VPUB', 'oanh', 'Phạm Oanh'),
    ]);
  }

  /** An example as an event of that submission's case; `step` may name one: "resolved/minimal". */
  async tell(step, submissionData, wishes = {}) {
    const [word, size] = step.split('/');
    const type = `vn.hanoi.case.${word}.v1`;
    const data = {
      ...example(`case.${word}`, size), case_id: submissionData.submission_id,
      submission_id: submissionData.submission_id, ticket: submissionData.ticket,
      reporter_ref: submissionData.reporter.ref, unit: '00070', focal_point: 'cuong',
      category: 'giao-thong', ...wishes,
    };
    await this.topics.publish([message('city.cases.v1', type, data.case_id, data)]);
    return data;
  }

  // ---- as a mail server ----

  async mails(address) {
    const answer = await fetch(`${this.stack.url('mail')}/messages?to=${encodeURIComponent(address)}`);
    return (await answer.json()).messages;
  }

  async mailsTo(address, count, timeoutMs = 15000) {
    let mails;
    await until(`${count} mails to ${address}`, async () => {
      mails = await this.mails(address);
      return mails.length >= count;
    }, timeoutMs);
    return mails;
  }

  behave(behaviour) {
    return fetch(`${this.stack.url('mail')}/behaviour`,
      { method: 'PUT', body: JSON.stringify(behaviour) });
  }

  // ---- as a person ----

  async token(who) {
    const key = JSON.stringify(who);
    if (!this.tokens.has(key)) {
      this.tokens.set(key, await requestToken({ issuer: this.stack.url('idp'), ...who }));
    }
    return this.tokens.get(key);
  }

  async call(who, method, path, { base = this.stack.url('notification') } = {}) {
    const headers = who ? { authorization: `Bearer ${await this.token(who)}` } : {};
    const answer = await fetch(`${base}/api/notification${path}`, { method, headers });
    const text = await answer.text();
    return { status: answer.status, type: answer.headers.get('content-type'),
      body: text ? JSON.parse(text) : null };
  }

  get(who, path) {
    return this.call(who, 'GET', path);
  }

  // Server-sent events as they come: {id, event, data}.
  async listen(who, { lastId, base = this.stack.url('notification') } = {}) {
    const headers = { authorization: `Bearer ${await this.token(who)}`,
      ...(lastId !== undefined && { 'last-event-id': lastId }) };
    const abort = new AbortController();
    const answer = await fetch(`${base}/api/notification/messages/stream`,
      { headers, signal: abort.signal });
    const events = [];
    this.#collect(answer.body, events).catch((error) => {
      if (error.name !== 'AbortError') throw error;
    });
    return { status: answer.status, events, close: () => abort.abort() };
  }

  async #collect(body, events) {
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of body) {
      text += decoder.decode(part, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop();
      for (const block of blocks.filter((b) => !b.startsWith(':'))) {
        const fields = Object.fromEntries(block.split('\n').map((line) => {
          const colon = line.indexOf(': ');
          return [line.slice(0, colon), line.slice(colon + 2)];
        }));
        events.push({ ...fields, data: JSON.parse(fields.data) });
      }
    }
  }

  // ---- what became of it ----

  async row(caseId, ref, channel = 'email') {
    const [row] = await this.sql(
      'SELECT * FROM delivery WHERE case_id = $1 AND recipient = $2 AND channel = $3',
      [caseId, ref, channel]);
    return row;
  }

  async settled(caseId, ref, state, timeoutMs = 15000) {
    let row;
    await until(`${ref} is ${state}`, async () => {
      row = await this.row(caseId, ref);
      return row?.state === state;
    }, timeoutMs);
    return row;
  }

  async said(deliveryId) {
    const ofIt = (event) => event.data.delivery_id === deliveryId;
    await until('the delivery event', () => this.deliveries.some(ofIt), 10000);
    return this.deliveries.filter(ofIt);
  }
}
