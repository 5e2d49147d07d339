// SPDX-License-Identifier: Apache-2.0
// intake with uploads, and who uploads, files and reads: what the tests of media have in common.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { DEMO_KEY, Stack } from '../../../deploy/local/stack.mjs';
import { Bucket } from '../../support/bucket.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { Topics } from '../../support/topics.mjs';
import { HOAN_KIEM, isAs, reference } from './city.mjs';

async function answerOf(response) {
  const bytes = Buffer.from(await response.arrayBuffer());
  const isJson = /json/.test(response.headers.get('content-type'));
  return { status: response.status, headers: response.headers, bytes, json: isJson ? JSON.parse(bytes) : undefined };
}

export const refusal = ({ status, json }) => [status, json?.code];

/** In which kind of storage files are, for tests that are run with each: see media_in_bucket.test.mjs. */
const IN_BUCKET = process.env.MEDIA_IN_BUCKET === 'true';

export class MediaCity {
  constructor(folder, environment = {}, { inBucket = IN_BUCKET } = {}) {
    this.stack = new Stack({ folder: inBucket ? `${folder}_bucket` : folder, offset: takeOffset() });
    this.environment = environment;
    this.tokens = {};
    if (inBucket) { // the port of the gateway, which none of these tests has
      this.bucket = new Bucket({ folder: join(this.stack.folder, 'bucket'), port: this.stack.ports.gateway });
      this.stack.environment = this.bucket.settings;
    }
    this.files = this.bucket?.files ?? join(this.stack.folder, 'media');
  }

  async start(more = []) {
    this.stack.writeApiKeys();
    await this.bucket?.start();
    await this.stack.startBackends();
    await this.stack.prepare('intake');
    this.topics = new Topics(this.stack.kafka.brokers);
    await this.topics.publish([...reference(), ...more]);
    await this.run();
    await this.person('citizen', { role: 'citizen' });
    await this.person('other', { role: 'citizen', sub: 'someone-else' });
  }

  async stop() {
    await this.topics?.close();
    await this.stack.discard();
    await this.bucket?.stop();
  }

  /** Starts intake, again with other settings. */
  async run(environment = this.environment) {
    this.program = await this.stack.startService('intake', { environment });
  }

  async person(name, wishes) {
    this.tokens[name] = await requestToken({ issuer: this.stack.url('idp'), ...wishes });
  }

  headers(as) {
    return as === 'system' ? { 'x-api-key': DEMO_KEY } : as ? { authorization: `Bearer ${this.tokens[as]}` } : {};
  }

  async call(method, path, { as, headers = {}, body } = {}) {
    return answerOf(await fetch(this.stack.url('intake') + path, { method, body, headers: { ...this.headers(as), ...headers } }));
  }

  get(path, as, headers) {
    return this.call('GET', path, { as, headers });
  }

  upload(body, { as = 'citizen', type = 'application/octet-stream' } = {}) {
    return this.call('POST', '/api/intake/media', { as, body, headers: { 'content-type': type } });
  }

  async uploaded(body, options) {
    const answer = await this.upload(body, options);
    assert.equal(answer.status, 201, String(answer.bytes));
    isAs('UploadedFile', answer.json);
    return answer.json;
  }

  /** Files a report with these media. */
  file(media, { as = 'citizen', headers = {}, ...more } = {}) {
    return this.call('POST', '/api/intake/submissions', { as,
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ category: 'giao-thong', description: 'Hố sụt giữa đường.', location: HOAN_KIEM, media, ...more }) });
  }

  async filed(media, options) {
    const answer = await this.file(media, options);
    assert.equal(answer.status, 201, String(answer.bytes));
    return answer.json;
  }

  /** Says more about a submission, with these media. */
  say(id, media, { as = 'citizen', headers = {}, path = 'supplements' } = {}) {
    return this.call('POST', `/api/intake/submissions/${id}/${path}`, { as,
      headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ text: 'Thêm ảnh.', media }) });
  }

  async said(id, media, options) {
    const answer = await this.say(id, media, options);
    assert.equal(answer.status, 202, String(answer.bytes));
    return answer.json;
  }

  rows(sql, parameters) {
    return this.stack.postgres.query(sql, parameters, 'intake');
  }

  /** The files that are its variants: the bucket is one on disk, too. */
  stored(id) {
    return ['full', 'small'].map((variant) => `${id.slice(0, 2)}/${id}.${variant}`)
      .map((key) => this.bucket?.path(key) ?? join(this.files, key));
  }

  halfWritten() {
    return this.bucket ? [] : readdirSync(join(this.files, 'incoming'));
  }
}
