// SPDX-License-Identifier: Apache-2.0
// A storage with an S3 interface that others wrote (s3rver), which verifies signatures, behind a door that can
// be shut. It takes unsigned requests, which no real one does: here the door turns them away.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import S3rver from '@20minutes/s3rver';

const NAME = 'city-media', PREFIX = 'tests/intake';
const KEY = 'S3RVER'; // both halves of the only one that it knows

export const DOORS = {
  open: null,
  away: (_, response) => response.writeHead(503).end('<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>'),
  silent: () => {}, // takes the request and never answers
};

export class Bucket {
  constructor({ folder, port }) {
    this.folder = resolve(folder);
    this.port = port;
    this.files = join(this.folder, NAME, PREFIX);
    this.door = DOORS.open;
    this.requests = [];
  }

  get settings() {
    return { MEDIA_S3_ENDPOINT: `http://127.0.0.1:${this.port}`, MEDIA_S3_BUCKET: `${NAME}/${PREFIX}`,
      MEDIA_S3_REGION: 'ha-noi', MEDIA_S3_ACCESS_KEY: KEY, MEDIA_S3_SECRET_KEY: KEY };
  }

  async start() {
    mkdirSync(this.folder, { recursive: true });
    this.storage ??= new S3rver({ silent: true, directory: this.folder, vhostBuckets: false, configureBuckets: [{ name: NAME }] });
    await this.storage.configureBuckets();
    const serve = this.storage.callback();
    this.server = createServer((request, response) => {
      const { method, url, headers } = request;
      this.requests.push({ method, key: url.slice(`/${NAME}/${PREFIX}/`.length), sha256: headers['x-amz-content-sha256'] });
      if (this.door) this.door(request, response);
      else if (!headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) response.writeHead(403).end('unsigned');
      else serve(request, response);
    });
    await new Promise((done, failed) => this.server.listen(this.port, '127.0.0.1', done).on('error', failed));
  }

  /** Nobody answers at its address any more. */
  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  path(key) {
    return join(this.files, `${key}._S3rver_object`);
  }

  /** Keys of all objects, each looked at: what was signed is what is there. */
  objects() {
    const keys = (existsSync(this.files) ? readdirSync(this.files, { recursive: true }) : [])
      .filter((name) => name.endsWith('_object')).map((name) => name.replace('._S3rver_object', '')).sort();
    for (const key of keys) {
      const signed = this.requests.filter((request) => request.method === 'PUT' && request.key === key).at(-1);
      const sha256 = createHash('sha256').update(readFileSync(this.path(key))).digest('hex');
      if (signed && signed.sha256 !== sha256) throw new Error(`${key} is not what was signed`);
    }
    return keys;
  }
}
