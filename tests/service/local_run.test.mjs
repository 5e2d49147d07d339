// SPDX-License-Identifier: Apache-2.0
// The local run itself, with stand-ins for the services: what starts, what stops, what is told of a
// crash. Its own folder and ports.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import nodemailer from 'nodemailer';
import { requestToken } from '../../deploy/idp/token.mjs';
import { until } from '../../deploy/local/process.mjs';
import { SERVICES, Stack } from '../../deploy/local/stack.mjs';
import { takeOffset } from '../support/ports.mjs';

const OFFSET = takeOffset(), OTHER = takeOffset();
const folder = mkdtempSync(join(tmpdir(), 'ihanoi-local-run-'));
const bin = join(folder, 'bin');

// Notes its verbs; serve answers /readyz and dies when asked for /crash.
const STAND_IN = `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const verb = process.argv.slice(2).join(' ');
const me = process.argv[1].split('/').pop();
appendFileSync(${JSON.stringify(join(folder, 'verbs'))}, me + ' ' + verb + '\\n');
if (verb === 'serve') {
  if (process.env.FAIL_AT_START) { console.log('cannot go on'); process.exit(3); }
  require('node:http').createServer((request, response) => {
    if (request.url === '/crash') { console.log('something broke'); process.exit(7); }
    response.end(JSON.stringify({ instance: process.env.INSTANCE }));
  }).listen(process.env.HTTP_PORT, '127.0.0.1');
  process.on('SIGTERM', () => {
    appendFileSync(${JSON.stringify(join(folder, 'verbs'))}, me + ' stopped\\n');
    process.exit(Number(process.env.CODE_AT_STOP ?? 0));
  });
}
`;

const stack = new Stack({ folder: join(folder, 'run'), offset: OFFSET, bin });
const crashes = [];

before(async () => {
  mkdirSync(bin);
  for (const program of [...SERVICES, 'topics']) {
    writeFileSync(join(bin, program), STAND_IN, { mode: 0o755 });
  }
  stack.on('crash', (crash) => crashes.push(crash));
  await stack.start();
});

after(async () => {
  await stack.discard();
  rmSync(folder, { recursive: true, force: true });
});

test('topics, migrations and reference data come before the services', () => {
  const verbs = readFileSync(join(folder, 'verbs'), 'utf8').trim().split('\n');
  assert.deepEqual(verbs.slice(0, 7), [`topics apply --brokers 127.0.0.1:${59092 + OFFSET}`, 'intake migrate',
    'intake sources load deploy/local/sources.json --reason local run', 'routing migrate', 'routing reference load',
    'notification migrate', 'analytics migrate']);
  assert.deepEqual(verbs.slice(7).sort(), SERVICES.map((name) => `${name} serve`).sort());
});

test('each service has its own database and may not enter another', async () => {
  for (const service of SERVICES) {
    const rows = await stack.postgres.query(
      `SELECT has_database_privilege($1, datname, 'CONNECT') AS may, datname FROM pg_database
        WHERE datname = ANY($2)`, [service, SERVICES]);
    assert.deepEqual(rows.filter((row) => row.may).map((row) => row.datname), [service]);
  }
});

test('the identity provider signs tokens that its key set proves', async () => {
  const issuer = stack.url('idp');
  const token = await requestToken({ issuer, role: 'officer', unit: '00071' });
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const { payload, protectedHeader } = await jwtVerify(token, keys, {
    issuer, audience: 'ihanoi', typ: 'at+jwt' });
  assert.equal(protectedHeader.alg, 'RS256');
  assert.deepEqual(payload.roles, ['officer']);
  assert.equal(payload.unit, '00071');
  assert.equal(payload.name, 'Trần Thị Bình');
  await assert.rejects(requestToken({ issuer, role: 'mayor' }), /role must be one of/);
});

test('the mail sink shows what it took and refuses as told', async () => {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: stack.ports.smtp,
    secure: false, ignoreTLS: true });
  const mail = { from: 'city@ihanoi.example', to: 'an@ihanoi.example', subject: 'Phản ánh',
    text: 'Đã tiếp nhận' };
  await fetch(`${stack.url('mail')}/behaviour`, { method: 'PUT',
    body: JSON.stringify({ reply: 451, count: 1 }) });
  await assert.rejects(transport.sendMail(mail), (error) => error.responseCode === 451);
  await transport.sendMail(mail);
  const answer = await fetch(`${stack.url('mail')}/messages?to=an@ihanoi.example`);
  const { messages } = await answer.json();
  assert.equal(messages.length, 1);
  assert.equal(messages[0].subject, 'Phản ánh');
  assert.equal(messages[0].text.trim(), 'Đã tiếp nhận');
  transport.close();
});

test('parts can be killed and started again', async () => {
  await stack.kill('kafka');
  await stack.kill('postgres');
  await stack.kill('routing');
  await stack.startPostgres();
  await stack.startKafka();
  await stack.startService('routing');
  const rows = await stack.postgres.query('SELECT count(*)::int AS n FROM pg_database WHERE datname = ANY($1)',
    [SERVICES]);
  assert.equal(rows[0].n, SERVICES.length);
  assert.deepEqual(crashes, []);
});

test('a second instance has its own name and port', async () => {
  const port = 9900 + OFFSET;
  await stack.startService('routing', { instance: 'routing-1', port });
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  assert.deepEqual(await answer.json(), { instance: 'routing-1' });
  await stack.stopPart('routing-1');
});

test('a crash is told with the end of the log', async () => {
  const told = once(stack, 'crash');
  await fetch(`${stack.url('analytics')}/crash`).catch(() => {}); // it dies before it answers
  const [crash] = await told;
  assert.equal(crash.text, 'analytics ended with exit code 7');
  assert.match(crash.tail, /something broke/);
  await stack.startService('analytics');
});

test('a service that fails at start is told with the end of its log', async () => {
  await stack.stopPart('analytics');
  await assert.rejects(stack.startService('analytics', { environment: { FAIL_AT_START: '1' } }),
    /exit code 3[^]*cannot go on/);
});

test('an end with another code than 0 is told when a service is stopped', async () => {
  await stack.startService('analytics', { environment: { CODE_AT_STOP: '23' } });
  await assert.rejects(stack.stopPart('analytics'), /exit code 23 when it was stopped/);
});

test('a crash that nobody listened for is told at the stop', async () => {
  const deaf = new Stack({ folder: join(folder, 'deaf'), offset: OFFSET, bin });
  await deaf.startService('analytics');
  await fetch(`${deaf.url('analytics')}/crash`).catch(() => {}); // as above
  await until('it is gone', () => !deaf.running.has('analytics'), 10000);
  await assert.rejects(deaf.stop(), (error) => /exit code 7[^]*something broke/.test(error.message));
  await deaf.stop(); // told once
});

test('when one part cannot start, those beside it are stopped too', async () => {
  const half = new Stack({ folder: join(folder, 'half'), offset: OTHER, bin });
  const ended = once(half, 'crash');
  const other = createServer((socket) => socket.destroy()).listen(half.ports.idp, '127.0.0.1');
  await once(other, 'listening');
  await assert.rejects(half.startBackends(), /idp/);
  assert.equal((await ended)[0].name, 'idp');
  await half.discard();
  other.close();
  for (const part of ['kafka', 'postgres']) {
    await assert.rejects(once(connect(half.ports[part], '127.0.0.1'), 'connect'), /ECONNREFUSED/);
  }
});

test('run.mjs refuses ports that are taken and stops what it started', async () => {
  const run = promisify(execFile);
  const error = await run(process.execPath, ['deploy/local/run.mjs', '--folder',
    join(folder, 'second'), '--offset', String(OFFSET), '--bin', bin]).catch((e) => e);
  assert.equal(error.code, 1);
  assert.match(error.stderr, /port \d+ \(intake\) is taken/);
});

test('run.mjs: Ctrl-C stops all in reverse order, a crash stops all with 1', async () => {
  await stack.stop();
  const start = async () => {
    const program = spawn(process.execPath, ['deploy/local/run.mjs', '--folder',
      join(folder, 'run'), '--offset', String(OFFSET), '--bin', bin]);
    let out = '';
    for (const stream of [program.stdout, program.stderr]) {
      stream.on('data', (part) => { out += part; });
    }
    await until('the run is ready', () => out.includes('\nready:'), 60000);
    return { program, text: () => out };
  };
  const first = await start();
  first.program.kill('SIGINT');
  assert.deepEqual(await once(first.program, 'close'), [0, null]);
  const stops = [...first.text().matchAll(/^stopping (.*)$/gm)].map((match) => match[1]);
  assert.deepEqual(stops.slice(4), ['idp', 'mail-sink', 'kafka', 'postgres']);
  assert.deepEqual(stops.slice(0, 4).sort(), [...SERVICES].sort());

  const second = await start();
  await fetch(`${stack.url('intake')}/crash`).catch(() => {}); // as above
  assert.deepEqual(await once(second.program, 'close'), [1, null]);
  assert.match(second.text(), /intake ended with exit code 7[^]*something broke/);
});
