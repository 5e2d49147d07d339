// SPDX-License-Identifier: Apache-2.0
// One routing service on a real PostgreSQL, Kafka and identity provider, and what its tests do
// with it: file submissions as intake would, act as officials, listen to what routing says.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Consumer, Producer, stringDeserializers, stringSerializers }
  from '@platformatic/kafka';
import pg from 'pg';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';

export const HOAN_KIEM = { lat: 21.0287, lon: 105.8524 }; // in 00070
export const BA_VI = { lat: 21.08, lon: 105.37 }; // in the west, far from 00070
export const HAI_PHONG = { lat: 20.8449, lon: 106.6881 }; // in no unit of ours

// RFC 9562, version 7.
export function uuid7(ms = Date.now()) {
  const hex = ms.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  const variant = (8 + (parseInt(hex[16], 16) & 3)).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-`
    + `${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

let ticket = 0;

export function submission(wishes = {}) {
  const now = Date.now();
  ticket += 1;
  return {
    submission_id: uuid7(now), version: 1, ticket: `HN-2026-${String(ticket).padStart(7, '0')}-K`,
    kind: 'onsite_report', channel: 'app', category: 'trat-tu-do-thi', level: 'normal',
    description: 'Lấn chiếm vỉa hè trước số 5.', location: HOAN_KIEM, media: [],
    reporter: { ref: 'demo-citizen', anonymous: false }, client: 'account', language: 'vi',
    submitted_at: new Date(now).toISOString(),
    receive_by: new Date(now + 86400000).toISOString(),
    receive_rule: { code: 'receive', version: 1, source: 'QĐ 1207/QĐ-UBND' },
    ...wishes,
  };
}

export function submitted(data, id = uuid7()) {
  return {
    topic: 'city.submissions.v1', key: data.submission_id, value: JSON.stringify(data),
    headers: {
      ce_specversion: '1.0', ce_id: id, ce_source: '/ihanoi/intake',
      ce_type: 'vn.hanoi.submission.submitted.v1', ce_subject: data.submission_id,
      ce_time: data.submitted_at, 'content-type': 'application/json',
    },
  };
}

export class Desk {
  constructor(options = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'ihanoi-routing-'));
    this.stack = new Stack({ folder: this.folder, offset: takeOffset(), ...options });
    this.events = [];
    this.tokens = new Map();
  }

  async start() {
    const { stack } = this;
    stack.writeApiKeys();
    await stack.startBackends();
    await stack.prepare('routing');
    this.db = new pg.Pool({ connectionString: stack.postgres.url('routing'), max: 2 });
    this.producer = new Producer({ clientId: 'test', bootstrapBrokers: [stack.kafka.brokers],
      serializers: stringSerializers, autocreateTopics: false });
    await stack.startService('routing');
    await this.#listen();
  }

  async #listen() {
    this.consumer = new Consumer({ groupId: `test-${uuid7()}`, clientId: 'test',
      bootstrapBrokers: [this.stack.kafka.brokers], deserializers: stringDeserializers });
    const stream = await this.consumer.consume({ mode: 'earliest', autocommit: false,
      topics: ['city.cases.v1', 'city.reference.v1', 'city.submissions.v1.routing.dlq'] });
    stream.on('data', ({ topic, key, value, headers }) => this.events.push({
      topic, key, data: value ? JSON.parse(value) : null,
      headers: Object.fromEntries([...headers].map(([k, v]) => [k.toString(), v.toString()])),
    }));
    this.stream = stream;
  }

  async stop() {
    await this.stream?.close();
    await this.consumer?.close(true);
    await this.producer?.close();
    await this.db?.end();
    await this.stack.discard();
    rmSync(this.folder, { recursive: true, force: true });
  }

  // ---- as intake ----

  async file(wishes) {
    const data = submission(wishes);
    await this.producer.send({ messages: [submitted(data)] });
    return data.submission_id;
  }

  // ---- as an official ----

  async token(who) {
    const key = JSON.stringify(who);
    if (!this.tokens.has(key)) {
      this.tokens.set(key, await requestToken({ issuer: this.stack.url('idp'), ...who }));
    }
    return this.tokens.get(key);
  }

  async call(who, method, path, { body, version, headers: more,
    port = this.stack.ports.routing } = {}) {
    const headers = { ...more };
    if (who) headers.authorization = `Bearer ${await this.token(who)}`;
    if (version !== undefined) headers['if-match'] = `"${version}"`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const answer = await fetch(`http://127.0.0.1:${port}/api/routing${path}`,
      { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    const type = answer.headers.get('content-type');
    return { status: answer.status, etag: answer.headers.get('etag'), type, text,
      headers: answer.headers, location: answer.headers.get('location'),
      body: text && type?.includes('json') ? JSON.parse(text) : text || null };
  }

  get(who, path) {
    return this.call(who, 'GET', path);
  }

  act(who, id, action, version, body) {
    return this.call(who, 'POST', `/cases/${id}/${action}`, { version, body });
  }

  // The case, once it is there.
  async opened(who, wishes) {
    const id = await this.file(wishes);
    const answer = await this.get(who, `/cases/${id}?min_version=1&wait_ms=10000`);
    if (answer.status !== 200) throw new Error(`case ${id}: ${JSON.stringify(answer)}`);
    return answer.body;
  }

  // Milliseconds that others wait for an answer while something is under way, ascending.
  async waitsDuring(promise) {
    const waits = [];
    let running = true;
    promise.finally(() => { running = false; }).catch(() => {});
    while (running) {
      const start = performance.now();
      await (await fetch(`${this.stack.url('routing')}/livez`)).text();
      waits.push(performance.now() - start);
    }
    return waits.sort((a, b) => a - b);
  }

  // ---- as an operator and as a reader of topics ----

  async verb(...args) {
    const env = { ...process.env, ...this.stack.serviceEnvironment('routing') };
    try {
      const done = await promisify(execFile)(join(this.stack.bin, 'routing'), args, { env });
      return { code: 0, ...done };
    } catch (error) {
      return { code: error.code, stdout: error.stdout, stderr: error.stderr };
    }
  }

  // The events that check picks, once there is one.
  async said(what, check, timeoutMs = 10000) {
    await until(what, () => this.events.some(check), timeoutMs);
    return this.events.filter(check);
  }

  eventsOf(id) {
    return this.events.filter((event) => event.key === id);
  }
}
