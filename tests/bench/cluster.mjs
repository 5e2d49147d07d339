// SPDX-License-Identifier: Apache-2.0
// The cluster under the bench: its own folder and ports, a mail sink that costs next to nothing, and
// what all rows need to ask of it: load it, wait until it is quiet, read what it used.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import pg from 'pg';
import { requestToken } from '../../deploy/idp/token.mjs';
import { Process, sleep, until } from '../../deploy/local/process.mjs';
import { SERVICES, Stack } from '../../deploy/local/stack.mjs';
import { cpuSeconds, familyMegabytes, residentMegabytes } from './usage.mjs';

const run = promisify(execFile);

const OFFSET = 1700; // of the ports; they stay below 65536
const PROGRAMS = 'build/release/bench';
export const BEHIND_INTAKE = ['routing', 'notification', 'analytics'];
export const SUBMISSIONS = 'city.submissions.v1';
export const CASES = 'city.cases.v1';
const READERS = { // who reads what
  [SUBMISSIONS]: ['routing', 'notification'],
  [CASES]: ['intake', 'notification', 'analytics'],
};
const WARM_UP_SECONDS = 25; // a fresh JVM spends twice the CPU on the same requests
const LOG_FILES = 128; // of 16 MB: min_wal_size
const QUIET_MS = 1000;
const DRAIN_MS = 300000;

class BenchStack extends Stack {
  async startMailSink() {
    const { smtp } = this.ports;
    const sink = new Process({ name: 'mail-sink', command: join(PROGRAMS, 'mail_sink'),
      args: [String(smtp)], log: this.logFile('mail-sink') });
    this.running.set('mail-sink', sink);
    await until('the mail sink listens', async () => {
      const socket = connect(smtp, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      return true;
    }, 5000, () => sink.endedError());
  }
}

function sum(numbers) {
  return numbers.reduce((total, n) => total + Number(n), 0);
}

export class Cluster {
  constructor(log) {
    this.log = log;
    this.stack = new BenchStack({ folder: 'build/bench', offset: OFFSET, log });
    this.crash = null;
    this.stack.on('crash', ({ text, log: file, tail }) => {
      this.crash = new Error(`${text}; end of ${file}:\n${tail}`);
    });
    this.services = SERVICES.filter((service) => this.stack.isBuilt(service));
    this.databases = new Map();
  }

  async start() {
    await this.stack.start();
    await this.stack.postgres.createDatabase('ceiling');
    await run(join(this.stack.bin, 'intake'), ['migrate'], { env: { ...process.env,
      ...this.stack.serviceEnvironment('intake'), DATABASE_URL: this.stack.postgres.url('ceiling') } });
    await this.connect();
    await this.fillLog();
    await this.load('lifecycle', { connections: 50, seconds: WARM_UP_SECONDS });
    await this.settle();
  }

  async connect() {
    this.admin = new Admin({ clientId: 'bench', bootstrapBrokers: [this.stack.kafka.brokers] });
    this.token = await requestToken({ issuer: this.stack.url('idp'), role: 'administrator',
      lifetime: 3600 });
  }

  // A server that has been up for a while uses the files of its log again; a fresh one makes each,
  // and all commits wait meanwhile.
  async fillLog() {
    for (let i = 0; i < LOG_FILES; i++) {
      await this.query('postgres', "SELECT pg_logical_emit_message(true, 'bench', 'next')");
      await this.query('postgres', 'SELECT pg_switch_wal()');
    }
    await this.reuseLog();
  }

  // What the time between two checkpoints does on a server of a city.
  async reuseLog() {
    await this.query('postgres', 'CHECKPOINT');
  }

  async discard() {
    await Promise.all([...this.databases.values()].map((pool) => pool.end()));
    this.databases.clear();
    await this.admin?.close();
    await this.stack.discard();
  }

  // ---- which services run ----

  isRunning(service) {
    return this.stack.running.has(service);
  }

  async stopBehindIntake() {
    for (const service of BEHIND_INTAKE.filter((name) => this.isRunning(name))) {
      await this.stack.stopPart(service);
    }
  }

  async startBehindIntake() {
    const missing = this.services.filter((service) => !this.isRunning(service));
    await Promise.all(missing.map((service) => this.stack.startService(service)));
  }

  // ---- programs ----

  // Runs one of our C programs and returns what it printed.
  async program(name, args) {
    const { stdout } = await run(join(PROGRAMS, name), args.map(String)).catch((error) => {
      throw new Error(`${name} ${args[0]} failed (${error.code}):\n${error.stderr}${error.stdout}`);
    });
    if (this.crash) throw this.crash;
    return JSON.parse(stdout);
  }

  // One run of the load generator, with the CPU seconds that each part spent meanwhile.
  async load(what, { port = this.stack.ports.intake, ...options }) {
    const args = Object.entries(options).flatMap(([name, value]) =>
      (value === true ? [`--${name}`] : [`--${name}`, value]));
    const before = this.cpu();
    const result = await this.program('load', [what, '--intake', port, '--routing',
      this.stack.ports.routing, '--token', this.token, ...args]);
    const after = this.cpu();
    const cpu = Object.fromEntries(Object.keys(after).map((part) => [part, after[part] - before[part]]));
    return { ...result, cpu: { ...cpu, generator: result.cpu_seconds } };
  }

  // ---- what the parts use ----

  pids() {
    const services = this.services.filter((service) => this.isRunning(service))
      .map((service) => [service, this.stack.running.get(service).pid]);
    return Object.fromEntries([...services,
      ['postgres', this.stack.postgres.process.pid],
      ['kafka', Number(readFileSync(join(this.stack.folder, 'kafka/pid'), 'utf8'))]]);
  }

  cpu() {
    return Object.fromEntries(Object.entries(this.pids()).map(([part, pid]) => [part, cpuSeconds(pid)]));
  }

  // Megabytes of each part.
  memory() {
    return Object.fromEntries(Object.entries(this.pids()).map(([part, pid]) =>
      [part, part === 'postgres' ? familyMegabytes(pid) : residentMegabytes(pid)]));
  }

  // ---- databases and topics ----

  async query(database, sql, parameters = []) {
    if (!this.databases.has(database)) {
      this.databases.set(database, new pg.Pool({ max: 1,
        connectionString: this.stack.postgres.url('postgres', database) }));
    }
    return (await this.databases.get(database).query(sql, parameters)).rows;
  }

  async count(database, table) {
    const [{ n }] = await this.query(database, `SELECT count(*)::integer AS n FROM ${table}`);
    return n;
  }

  // Messages that each topic has ever had.
  async ends() {
    const timestamp = ListOffsetTimestamps.LATEST;
    const partitions = Array.from({ length: 12 }, (_, partitionIndex) =>
      ({ partitionIndex, timestamp }));
    const listed = await this.admin.listOffsets({
      topics: Object.keys(READERS).map((name) => ({ name, partitions })) });
    return Object.fromEntries(listed.map((topic) =>
      [topic.name, sum(topic.partitions.map((partition) => partition.offset))]));
  }

  // Messages of the topic that the service has applied.
  async applied(service, topic) {
    const [{ n }] = await this.query(service, 'SELECT coalesce(sum(greatest(next_offset, 0)), 0) AS n '
      + 'FROM consumer_position WHERE topic = $1', [topic]);
    return Number(n);
  }

  // {reader, topic, applied} of all that run.
  async positions() {
    const pairs = Object.entries(READERS).flatMap(([topic, readers]) => readers
      .filter((reader) => this.isRunning(reader)).map((reader) => ({ reader, topic })));
    return Promise.all(pairs.map(async ({ reader, topic }) =>
      ({ reader, topic, applied: await this.applied(reader, topic) })));
  }

  // Waits until all that was filed has gone its whole way: nobody lags, and nothing new comes.
  async settle() {
    const deadline = Date.now() + DRAIN_MS;
    let last = '', since = Date.now();
    while (Date.now() - since < QUIET_MS) {
      const [ends, positions] = [await this.ends(), await this.positions()];
      const lags = positions.some(({ topic, applied }) => applied < ends[topic]);
      const now = JSON.stringify(ends);
      if (lags || now !== last) since = Date.now();
      last = now;
      if (this.crash) throw this.crash;
      if (Date.now() > deadline) {
        throw new Error(`not drained in ${DRAIN_MS / 1000} s: ${now} ${JSON.stringify(positions)}`);
      }
      await sleep(100);
    }
  }
}

// Analytics alone, on topics that nobody else reads: so they may be filled with generated cases.
export class AnalyticsCluster extends Cluster {
  constructor() {
    super(() => {});
  }

  async start() {
    const { stack } = this;
    stack.writeApiKeys();
    await stack.startBackends();
    await stack.prepare('analytics');
    await stack.startService('analytics');
    await stack.postgres.createDatabase('ceiling');
    await this.connect();
    await this.fillLog();
  }
}
