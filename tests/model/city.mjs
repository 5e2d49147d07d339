// SPDX-License-Identifier: Apache-2.0
// One analytics service on a real PostgreSQL and Kafka, whose city.cases.v1 is filled by generators.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import pg from 'pg';
import { until } from '../../deploy/local/process.mjs';
import { DEMO_KEY, Stack } from '../../deploy/local/stack.mjs';
import { takeOffset } from '../support/ports.mjs';
import { Topics } from '../support/topics.mjs';

const TOPIC = 'city.cases.v1';
const PRODUCE = 'build/release/model/produce';

export class City {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'ihanoi-model-'));
    this.stack = new Stack({ folder: this.folder, offset: takeOffset() });
  }

  /** All but the service itself. */
  async start() {
    if (!existsSync(PRODUCE)) throw new Error('make model-programs builds what is needed');
    this.stack.writeApiKeys();
    await this.stack.startBackends();
    this.topics = new Topics(this.stack.kafka.brokers);
    await this.stack.prepare('analytics');
    this.#connect();
  }

  #connect() {
    this.db = new pg.Pool({ connectionString: this.stack.postgres.url('analytics'), max: 1 });
  }

  async stop() {
    await this.topics?.close();
    if (this.db?.ended === false) await this.db.end();
    await this.stack.discard();
  }

  /** Chunks of lines into the topic; resolves to how many events they were. */
  async fill(chunks) {
    const program = spawn(PRODUCE, [this.stack.kafka.brokers, TOPIC], { stdio: ['pipe', 'pipe', 'inherit'] });
    const said = program.stdout.toArray();
    const ended = once(program, 'exit');
    for (const chunk of chunks) {
      if (!program.stdin.write(chunk)) await once(program.stdin, 'drain');
    }
    program.stdin.end();
    const [code] = await ended;
    if (code !== 0) throw new Error(`${PRODUCE} ended with ${code}`);
    return Number(Buffer.concat(await said));
  }

  /** As a system that may see small figures too. */
  async get(path) {
    const answer = await fetch(`${this.stack.url('analytics')}/api/analytics${path}`, { headers: { 'x-api-key': DEMO_KEY } });
    const body = await answer.json();
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(body)}`);
    return body;
  }

  /** How many of the events have been taken over. */
  async taken() {
    const { rows } = await this.db.query(`SELECT coalesce(sum(next_offset), 0)::bigint AS n FROM consumer_position
      WHERE topic = $1 AND next_offset > 0`, [TOPIC]);
    return Number(rows[0].n);
  }

  /** Until all that is in the topic is in the figures. */
  async counted(timeoutMs) {
    const ends = (await this.topics.ends([TOPIC]))[TOPIC];
    const all = ends.reduce((sum, end) => sum + end, 0);
    await until('all is taken over', async () => await this.taken() === all, timeoutMs);
    const since = Date.now();
    await until('all is counted', async () => {
      const { items: [{ as_of: asOf }] } = await this.get('/indicators?code=processed');
      return Date.parse(asOf) > since;
    }, timeoutMs);
  }

  /** Another analytics, that knows nothing yet. */
  async forget() {
    await this.stack.stopPart('analytics');
    await this.db.end();
    await this.stack.postgres.query('DROP DATABASE analytics');
    await this.stack.postgres.query('CREATE DATABASE analytics OWNER analytics');
    await this.stack.prepare('analytics');
    this.#connect();
  }

  async rebuild(timeoutMs) {
    const env = { ...process.env, ...this.stack.serviceEnvironment('analytics') };
    await promisify(execFile)(join(this.stack.bin, 'analytics'), ['rebuild'], { env, timeout: timeoutMs });
  }
}

/** tests/model/compare.py, which has read the dump in a folder. */
export class Comparer {
  constructor(folder, url, tell = console.log) {
    this.program = spawn('python3', ['tests/model/compare.py', folder, url, DEMO_KEY], { stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
    this.lines = createInterface({ input: this.program.stdout })[Symbol.asyncIterator]();
    this.tell = tell;
  }

  /** The next line that is no difference; differences are told. */
  async #answer() {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error('compare.py has ended');
      if (!value.startsWith('DIFFERENCE')) return JSON.parse(value);
      this.tell(value);
    }
  }

  /** What the dump holds; to be asked first. */
  read() {
    return this.#answer();
  }

  /** part: of the slices of two dimensions; 1: all of them. */
  async compare(seed, part) {
    this.program.stdin.write(`${seed} ${part}\n`);
    return this.#answer();
  }

  stop() {
    this.program.stdin.end();
    this.program.kill();
  }
}
