// SPDX-License-Identifier: Apache-2.0
// The cluster in containers, as the tests see it: docker compose with ports and secrets of its own.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OUTPUT_MAX = 1 << 26;

export const SERVICES = ['intake', 'routing', 'notification', 'analytics'];
export const PORTS = {
  intake: 28081, routing: 28082, notification: 28083, analytics: 28084, idp: 28090, mail: 28025,
  kafka: 28092, prometheus: 28095,
};
export const SECRETS = resolve('build/compose/secrets');
export const ISSUER = `http://127.0.0.1:${PORTS.idp}`;

const settings = {
  ...Object.fromEntries(Object.entries(PORTS).map(
    ([part, port]) => [`${part.toUpperCase()}_PORT`, String(port)])),
  SECRETS,
  KAFKA_HEAP: '384m',
};

// Its result says how it ended: {code, stdout, stderr}.
export async function command(program, args, env = {}) {
  try {
    const { stdout, stderr } = await run(program, args,
      { env: { ...process.env, ...settings, ...env }, maxBuffer: OUTPUT_MAX });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (typeof error.code !== 'number') throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

// Fails unless the command does its work; gives what it prints.
async function succeed(program, args) {
  const { code, stdout, stderr } = await command(program, args);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code}\n${stdout}${stderr}`);
  return stdout;
}

export function production(args, env) {
  return command('docker', ['compose', ...args], env);
}

// All profiles.
export function demo(...args) {
  return succeed('docker', ['compose', '--env-file', 'deploy/compose/demo.env', '--profile', 'demo',
    '--profile', 'observability', ...args]);
}

export async function up() {
  try {
    await demo('up', '-d', '--wait', '--wait-timeout', '180');
  } catch (error) {
    throw new Error(`${error.message}\n${await demo('logs', '--tail', '20')}`);
  }
}

export function makeSecrets() {
  return succeed('deploy/compose/make-secrets', [SECRETS]);
}

export function readSecret(name) {
  return readFileSync(join(SECRETS, name), 'utf8').trim();
}

// Whatever an earlier run left, and all that this one kept.
export async function discard() {
  if (existsSync(SECRETS)) await demo('down', '--volumes', '--remove-orphans', '--timeout', '30');
  rmSync(SECRETS, { recursive: true, force: true });
}

export async function containers() {
  const ids = (await demo('ps', '--all', '--quiet')).split('\n').filter(Boolean);
  const list = JSON.parse(await succeed('docker', ['inspect', ...ids]));
  return new Map(list.map((it) => [it.Config.Labels['com.docker.compose.service'], it]));
}

export async function imageUser(image) {
  return (await succeed('docker', ['image', 'inspect', '--format', '{{.Config.User}}', image])).trim();
}

// As the superuser, inside the container, who alone may. One row a line, fields by "|".
export async function query(database, sql) {
  const text = await demo('exec', '-T', 'postgres', 'psql', '-U', 'postgres', '-d', database,
    '-AtX', '-v', 'ON_ERROR_STOP=1', '-c', sql);
  return text.trim();
}

export async function request(service, path, { method = 'GET', token, key, headers = {}, json } = {}) {
  const response = await fetch(`http://127.0.0.1:${PORTS[service]}${path}`, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(key && { 'X-API-Key': key }),
      ...(json && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: json && JSON.stringify(json),
    signal: AbortSignal.timeout(20000),
  });
  const text = await response.text();
  const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
  return { status: response.status, headers: response.headers, body };
}

// Asks until the answer is one, for at most 30 s.
export async function eventually(what, ask) {
  const end = Date.now() + 30000;
  let seen;
  while (Date.now() < end) {
    seen = await ask();
    if (seen) return seen;
    await new Promise((done) => { setTimeout(done, 200); });
  }
  throw new Error(`${what}: not within 30 s`);
}
