// SPDX-License-Identifier: Apache-2.0
// One running cluster for a test file, and how its tests talk to it: as residents, officials and
// systems over HTTP, as operators by the services' verbs, as owners of the databases.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Agent, request } from 'undici';
import { people } from '../../deploy/idp/people.mjs';
import { requestToken } from '../../deploy/idp/token.mjs';
import { sleep } from '../../deploy/local/process.mjs';
import { DEMO_KEY, SERVICES, Stack } from '../../deploy/local/stack.mjs';
import { takeOffset } from '../support/ports.mjs';
import { Topics } from '../support/topics.mjs';

export const HOAN_KIEM = { lat: 21.0287, lon: 105.8524 }; // in 00070
export const OUTSIDE = { lat: 20.62, lon: 105.62 }; // in no unit, but near enough to be taken

// Whom tests act as. A key of deploy/idp/people.mjs, or "system": the API key.
export const SYSTEM = 'system';

// How long a consumer may be silent before others take its partitions over.
export const SESSION_TIMEOUT_MS = 6000;

export class Cluster {
  constructor({ environment = {} } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'ihanoi-cluster-'));
    this.stack = new Stack({ folder: this.folder, offset: takeOffset(),
      environment: { KAFKA_SESSION_TIMEOUT_MS: String(SESSION_TIMEOUT_MS), ...environment } });
    this.crashes = [];
    this.stack.on('crash', (crash) => this.crashes.push(`${crash.text}\n${crash.tail}`));
    this.tokens = new Map();
    this.pools = new Map();
    this.agent = new Agent({ connections: 128, keepAliveTimeout: 4000 });
  }

  async start() {
    await this.stack.start();
    this.topics = new Topics(this.stack.kafka.brokers);
    for (const key of people.keys()) await this.tokenOf(key);
    await this.waitFor('intake knows its promises', async () => (
      await this.database('intake', 'SELECT 1 FROM promise LIMIT 1')).length > 0);
  }

  async stop() {
    await this.topics?.close();
    await this.agent.close();
    for (const pool of this.pools.values()) await pool.end();
    await this.stack.discard();
  }

  // A second instance, "routing-1"; also after its end. Resolves to its address.
  async startInstance(service, instance) {
    const port = this.stack.ports[service] + 50 * Number(instance.split('-')[1]);
    await this.stack.startService(service, { instance, port });
    return `http://127.0.0.1:${port}`;
  }

  // who: a key of people, or {role, unit?, sub?, email?}.
  async tokenOf(who) {
    const wishes = typeof who === 'string' ? { role: who } : who;
    const key = JSON.stringify(wishes);
    if (!this.tokens.has(key)) {
      this.tokens.set(key, await requestToken({ issuer: this.stack.url('idp'), ...wishes }));
    }
    return this.tokens.get(key);
  }

  async credentials(who) {
    if (who === undefined) return {};
    if (who === SYSTEM) return { 'x-api-key': DEMO_KEY };
    return { authorization: `Bearer ${await this.tokenOf(who)}` };
  }

  // Any status is an answer; no answer throws. body: an object goes as JSON, a URLSearchParams as
  // a form, a text as it is.
  async call(service, method, path, { as, body, headers = {}, base = this.stack.url(service),
    timeoutMs = 12000 } = {}) {
    const form = body instanceof URLSearchParams;
    const plain = typeof body === 'string' || Buffer.isBuffer(body);
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    const answer = await request(base + path, {
      method, dispatcher: this.agent, headersTimeout: timeoutMs, bodyTimeout: timeoutMs,
      headers: { ...await this.credentials(as), ...(body === undefined ? {} : { 'content-type': type }),
        ...headers },
      body: body === undefined ? undefined : plain ? body : form ? body.toString() : JSON.stringify(body),
    });
    const text = await answer.body.text();
    const isJson = /json/.test(answer.headers['content-type'] ?? '');
    return { status: answer.statusCode, headers: answer.headers, text,
      json: isJson && text !== '' ? JSON.parse(text) : undefined };
  }

  // ---- what people do ----

  file(report, { as = 'citizen', key = randomUUID(), ...options } = {}) {
    return this.call('intake', 'POST', '/api/intake/submissions', { as,
      body: { category: 'trat-tu-do-thi', description: 'Lấn chiếm vỉa hè.', location: HOAN_KIEM, ...report },
      headers: key === null ? {} : { 'idempotency-key': `"${key}"` }, ...options });
  }

  command(id, action, version, body = {}, as = 'focal_point') {
    return this.call('routing', 'POST', `/api/routing/cases/${id}/${action}`, { as, body,
      headers: version === undefined ? {} : { 'if-match': `"${version}"` } });
  }

  // The view of intake, once the case has this version.
  view(id, version, as = 'citizen') {
    return this.call('intake', 'GET',
      `/api/intake/submissions/${id}?min_version=${version}&wait_ms=8000`, { as });
  }

  caseOf(id, as = 'city_office') {
    return this.call('routing', 'GET', `/api/routing/cases/${id}?min_version=1&wait_ms=8000`, { as });
  }

  async mailsTo(address) {
    const answer = await fetch(`${this.stack.url('mail')}/messages?to=${encodeURIComponent(address)}`);
    return (await answer.json()).messages;
  }

  // ---- what operators do ----

  async verb(service, ...args) {
    return new Promise((resolve) => {
      execFile(join(this.stack.bin, service), args, { env: { ...process.env,
        ...this.stack.serviceEnvironment(service) } }, (error, stdout, stderr) => {
        resolve({ code: error ? error.code : 0, stdout, stderr });
      });
    });
  }

  // As the superuser, who may also spoil what services may not.
  async database(service, sql, parameters = []) {
    if (!this.pools.has(service)) {
      const pool = new pg.Pool({ max: 2,
        connectionString: this.stack.postgres.url('postgres', service) });
      pool.on('error', () => {}); // idle connections of a server that was killed
      this.pools.set(service, pool);
    }
    return (await this.pools.get(service).query(sql, parameters)).rows;
  }

  async metric(service, name, base = this.stack.url(service)) {
    const text = await (await fetch(`${base}/metrics`)).text();
    return text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  // check may throw meanwhile; its last words are in the error.
  async waitFor(what, check, timeoutMs = 20000) {
    const end = Date.now() + timeoutMs;
    for (;;) {
      let last = 'not yet';
      try {
        const found = await check();
        if (found) return found;
      } catch (error) {
        last = error.message;
      }
      if (Date.now() > end) throw new Error(`${what}: not in ${timeoutMs} ms (${last})`);
      await sleep(50);
    }
  }

  get services() {
    return SERVICES.filter((service) => this.stack.running.has(service));
  }
}
