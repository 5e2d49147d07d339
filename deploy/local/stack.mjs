// SPDX-License-Identifier: Apache-2.0
// The whole cluster on this machine, in parts that can be started, stopped, killed and started
// again one by one. The local run, the tests and the bench use it, each with its own folder and
// ports:
//
//   const stack = new Stack({ folder: 'build/test/cluster', offset: 1000 });
//   stack.on('crash', (part) => …);     // a part ended without having been told to
//   await stack.start();
//   await stack.kill('routing'); await stack.startService('routing');
//   await stack.stop();
//
// Paths are relative to the project's root; so is the process that uses this.
import { execFile } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Kafka } from './kafka.mjs';
import { Postgres } from './postgres.mjs';
import { Process, tailOf, until } from './process.mjs';

const run = promisify(execFile);

export const SERVICES = ['intake', 'routing', 'notification', 'analytics'];

// Moved by the stack's offset.
export const PORTS = {
  intake: 8081, routing: 8082, notification: 8083, analytics: 8084, gateway: 8080, idp: 8090,
  smtp: 1025, mail: 8025, postgres: 55432, kafka: 59092, kafkaController: 59093,
};

export const DEMO_KEY = 'demo-key';
const DEMO_MEDIA_KEY = Buffer.from('ihanoi demo media key, not good.').toString('base64');
const DEMO_CONTACT_KEY = Buffer.from('ihanoi demo contact key, no good').toString('base64');

// One person or key stands for a city here.
const NO_LIMITS = { READS_PER_S: '0', OPEN311_READS_PER_S: '0', ADDRESS_FILES_PER_HOUR: '0', KEY_FILES_PER_S: '0',
  PERSON_FILES_PER_HOUR: '0', PERSON_PROOF_AFTER_PER_HOUR: '0', NEAR_DUPLICATE_MINUTES: '0' };

function isTaken(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

export class Stack extends EventEmitter {
  constructor({ folder = 'build/run', offset = 0, bin = process.env.SERVICE_BIN ?? 'build/bin', kafkaHeap = '-Xms256m -Xmx384m',
    environment = {}, limits = false, log = () => {} } = {}) {
    super();
    this.folder = resolve(folder);
    this.bin = resolve(bin);
    this.environment = environment; // of all services, over our own
    this.limits = limits; // of callers, as they are by default: tests do in a second what people do in a day
    this.log = log;
    this.ports = Object.fromEntries(Object.entries(PORTS).map(([k, port]) => [k, port + offset]));
    this.logs = join(this.folder, 'logs');
    this.apiKeysFile = join(this.folder, 'api-keys.json');
    this.stopping = false;
    this.unheard = []; // ends of parts that nobody listened for; stop() tells them
    this.running = new Map(); // name of the part → what has stop() and kill(), in starting order
    mkdirSync(this.logs, { recursive: true });
    const onCrash = (part) => this.#crashed(part);
    this.postgres = new Postgres({
      folder: this.folder, port: this.ports.postgres, log: this.logFile('postgres'), onCrash });
    this.kafka = new Kafka({ folder: this.folder, port: this.ports.kafka,
      controllerPort: this.ports.kafkaController, heap: kafkaHeap, onCrash });
  }

  url(part) {
    return `http://127.0.0.1:${this.ports[part]}`;
  }

  logFile(name) {
    return join(this.logs, `${name}.log`);
  }

  #crashed(part) {
    this.running.delete(part.name);
    const crash = { name: part.name, text: part.describeEnd(), log: part.log, tail: tailOf(part.log) };
    if (!this.emit('crash', crash)) this.unheard.push(new Error(`${crash.text}\n${crash.tail}`));
  }

  // ---- the parts, each on its own ----

  async startPostgres() {
    this.running.set('postgres', this.postgres);
    this.log(`PostgreSQL's data: ${this.postgres.data}`);
    await this.postgres.start();
    for (const service of SERVICES) await this.postgres.createDatabase(service);
  }

  async startKafka() {
    this.running.set('kafka', this.kafka);
    await this.kafka.start();
  }

  async applyTopics() {
    await this.#runOnce('topics', ['apply', '--brokers', this.kafka.brokers], {});
  }

  async startMailSink() {
    await this.#startTool('mail-sink', ['deploy/local/mail-sink.mjs', '--smtp', this.ports.smtp,
      '--http', this.ports.mail], `${this.url('mail')}/messages`);
  }

  async startIdentityProvider() {
    const origins = [...SERVICES, 'gateway'].flatMap((name) => ['127.0.0.1', 'localhost']
      .flatMap((host) => ['--origin', `http://${host}:${this.ports[name]}`]));
    await this.#startTool('idp', ['deploy/idp/provider.mjs', '--port', this.ports.idp, '--state',
      join(this.folder, 'idp'), ...origins], `${this.url('idp')}/.well-known/openid-configuration`);
  }

  // All that a service needs around it, at once. Waits for every part also when one has failed, so
  // that stop() finds whatever has started.
  async startBackends({ mail = false } = {}) {
    const ends = await Promise.allSettled([
      this.startPostgres(), this.startKafka().then(() => this.applyTopics()),
      this.startIdentityProvider(), ...(mail ? [this.startMailSink()] : []),
    ]);
    const errors = ends.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
    if (errors.length > 0) throw new AggregateError(errors, errors.map((e) => e.message).join('\n'));
  }

  // Migrations, the reference data of routing, and which other city systems there are.
  async prepare(service) {
    await this.verb(service, 'migrate');
    if (service === 'routing') await this.verb(service, 'reference', 'load');
    if (service === 'intake') await this.loadSources('deploy/local/sources.json');
  }

  // Resolves to what it printed.
  verb(service, ...args) {
    return this.#runOnce(service, args, this.serviceEnvironment(service));
  }

  loadSources(file) {
    return this.verb('intake', 'sources', 'load', file, '--reason', 'local run');
  }

  // Another instance of a service: {instance: 'routing-1', port: 9182}.
  async startService(service, { instance = `${service}-0`, port = this.ports[service],
    environment = {}, readyMs = 60000 } = {}) {
    const name = instance === `${service}-0` ? service : instance;
    const program = this.#start(name, join(this.bin, service), ['serve'], {
      ...this.serviceEnvironment(service), INSTANCE: instance, HTTP_PORT: String(port), ...environment,
    });
    await this.#answers(name, `http://127.0.0.1:${port}/readyz`, program, readyMs);
    return program;
  }

  // ---- all of it ----

  // Services that are not built yet are left out, with a warning.
  async start() {
    this.stopping = false;
    await this.#checkPorts();
    this.writeApiKeys();
    await this.#step('PostgreSQL', () => this.startPostgres());
    await this.#step('Kafka', () => this.startKafka());
    await this.#step('mail sink', () => this.startMailSink());
    await this.#step('identity provider', () => this.startIdentityProvider());
    if (this.isBuilt('topics')) await this.#step('topics', () => this.applyTopics());
    const services = SERVICES.filter((service) => this.isBuilt(service));
    for (const service of services) {
      await this.#step(`${service}: database`, () => this.prepare(service));
    }
    await this.#step(services.join(', ') || 'no services',
      () => Promise.all(services.map((service) => this.startService(service))));
  }

  // Everything that runs, last started first. Goes on when a part does not stop in order, and
  // then throws.
  async stop() {
    this.stopping = true;
    const errors = this.unheard.splice(0);
    for (const [name, part] of [...this.running].reverse()) {
      this.running.delete(name);
      this.log(`stopping ${name}`);
      await part.stop().catch((error) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, errors.map((e) => e.message).join('\n'));
  }

  // For tests: stops, and removes all that was kept.
  async discard() {
    await this.stop();
    for (const path of [this.postgres.data, this.folder]) {
      rmSync(path, { recursive: true, force: true });
    }
  }

  // how: of the part's stop(): stopPart('postgres', 'SIGQUIT') is pg_ctl stop -m immediate.
  async stopPart(name, ...how) {
    await this.#take(name).stop(...how);
  }

  // As by kill -9.
  async kill(name) {
    await this.#take(name).kill();
  }

  #take(name) {
    const part = this.running.get(name);
    if (part === undefined) throw new Error(`${name} does not run`);
    this.running.delete(name);
    return part;
  }

  isBuilt(program) {
    const built = existsSync(join(this.bin, program));
    if (!built) this.log(`warning: ${program} is not built, going on without it`);
    return built;
  }

  // ---- settings ----

  // Made at the first start and kept: another key would disown the checkpoints of the run before.
  #auditSigningKey() {
    const file = join(this.folder, 'audit-signing-key.pem');
    if (!existsSync(file)) {
      const { privateKey } = generateKeyPairSync('ed25519');
      writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    }
    return file;
  }

  writeApiKeys() {
    const sha256 = createHash('sha256').update(DEMO_KEY).digest('hex');
    const keys = [{ id: 'demo', sha256, scopes: ['report:write', 'report:read', 'events:write', 'figures:read'], demo: true }];
    writeFileSync(this.apiKeysFile, JSON.stringify({ keys }, null, 2));
  }

  serviceEnvironment(service) {
    const common = {
      MODE: 'demo',
      DATABASE_URL: this.postgres.url(service),
      KAFKA_BROKERS: this.kafka.brokers,
      HTTP_PORT: String(this.ports[service]),
      OIDC_ISSUER: this.url('idp'),
      API_KEYS_FILE: this.apiKeysFile,
      NO_PROXY: '127.0.0.1,localhost',
    };
    const own = {
      intake: { ...(this.limits ? {} : NO_LIMITS), CONTACT_KEY: DEMO_CONTACT_KEY, MEDIA_KEY: DEMO_MEDIA_KEY, MEDIA_DIR: join(this.folder, 'media') },
      routing: { AUDIT_SIGNING_KEY_FILE: this.#auditSigningKey() },
      notification: {
        CONTACT_KEY: DEMO_CONTACT_KEY,
        SMTP_URL: `smtp://127.0.0.1:${this.ports.smtp}`,
        MAIL_FROM: 'khong-tra-loi@ihanoi.example',
        PUBLIC_URL: this.url('intake'),
      },
      analytics: { ROUTING_URL: this.url('routing'), NOTIFICATION_URL: this.url('notification'), RECONCILE_KEY: DEMO_KEY },
    };
    return { ...common, ...own[service], ...this.environment };
  }

  // ---- how ----

  // A clear word now instead of a bind error in a log later. PostgreSQL and Kafka see to what an
  // earlier run left of them.
  async #checkPorts() {
    for (const part of [...SERVICES, 'idp', 'smtp', 'mail']) {
      if (await isTaken(this.ports[part])) {
        throw new Error(`port ${this.ports[part]} (${part}) is taken by another program`);
      }
    }
  }

  async #step(what, action) {
    if (this.stopping) throw new Error('stopped while starting');
    const start = Date.now();
    await action();
    this.log(`${what}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
  }

  #start(name, command, args, env) {
    if (this.running.has(name)) throw new Error(`${name} runs already`);
    const program = new Process({ name, command, args: args.map(String), env,
      log: this.logFile(name), onCrash: (part) => this.#crashed(part) });
    this.running.set(name, program);
    return program;
  }

  async #startTool(name, args, url) {
    const program = this.#start(name, process.execPath, args, {});
    await this.#answers(name, url, program, 20000);
  }

  async #answers(name, url, program, timeoutMs) {
    const check = async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${answer.status} ${text.trim()}`);
      return true;
    };
    await until(`${name} is ready`, check, timeoutMs, () => program.endedError());
  }

  async #runOnce(program, args, env) {
    try {
      const { stdout, stderr } = await run(join(this.bin, program), args,
        { env: { ...process.env, ...env }, maxBuffer: 1 << 26 });
      writeFileSync(this.logFile(program), stdout + stderr, { flag: 'a' });
      return stdout;
    } catch (error) {
      throw new Error(`${program} ${args.join(' ')} failed:\n${error.stdout ?? ''}${error.stderr ?? error.message}`);
    }
  }
}
