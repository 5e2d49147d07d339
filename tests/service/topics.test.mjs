// SPDX-License-Identifier: Apache-2.0
// The one-shot that makes topics what proto/topics.yaml says, on a broker of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { Kafka } from '../../deploy/local/kafka.mjs';

const run = promisify(execFile);
const PROGRAM = join(process.env.SERVICE_BIN ?? 'build/bin', 'topics');
const DECLARED = 'proto/topics.yaml';
const TOPIC = 'city.cases.v1';

const folder = mkdtempSync(join(tmpdir(), 'ihanoi-topics-'));
const kafka = new Kafka({ folder, port: 62992, controllerPort: 62993, heap: '-Xms128m -Xmx256m' });

before(() => kafka.start());
after(async () => {
  await kafka.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function topics(...args) {
  const { stdout, stderr, code = 0 } = await run(PROGRAM, args).catch((error) => error);
  return { code, stderr, lines: stdout.trim().split('\n') };
}

const onBroker = (verb, file = DECLARED) =>
  topics(verb, '--brokers', kafka.brokers, '--file', file, '--timeout', '20');

// The declared topics with one of them changed.
function changed(change) {
  const declared = parse(readFileSync(DECLARED, 'utf8'));
  change(declared.topics[TOPIC]);
  const file = join(folder, 'changed.yaml');
  writeFileSync(file, stringify(declared));
  return file;
}

test('verify tells what is missing and makes nothing', async () => {
  for (let i = 0; i < 2; i++) {
    const { code, lines, stderr } = await onBroker('verify');
    assert.equal(code, 1);
    assert.ok(lines.every((line) => line.endsWith(': missing')), lines.join('\n'));
    assert.match(stderr, /\d+ of \d+ topics are not as declared/);
  }
});

test('apply makes them, and has nothing to do the second time', async () => {
  const first = await onBroker('apply');
  assert.equal(first.code, 0, first.stderr);
  assert.ok(first.lines.every((line) => line.endsWith(': created')), first.lines.join('\n'));
  for (const verb of ['apply', 'verify']) {
    const { code, lines } = await onBroker(verb);
    assert.equal(code, 0);
    assert.ok(lines.every((line) => line.endsWith(': ok')), lines.join('\n'));
  }
});

test('a setting that differs is told, and put right', async () => {
  const other = changed((topic) => { topic.config['retention.ms'] = 3600000; });
  assert.equal((await onBroker('apply', other)).code, 0);
  const told = await onBroker('verify');
  assert.equal(told.code, 1);
  assert.deepEqual(told.lines.filter((line) => !line.endsWith(': ok')).map((line) => line.replace(/\d{7,}$/, 'N')),
    [`${TOPIC}: differs: retention.ms is 3600000, not N`]);
  const { code, lines } = await onBroker('apply');
  assert.equal(code, 0);
  assert.ok(lines.some((line) => line.startsWith(`${TOPIC}: altered: retention.ms`)), lines.join('\n'));
  assert.equal((await onBroker('verify')).code, 0);
});

test('a setting that nobody declared is told, and taken away', async () => {
  const other = changed((topic) => { topic.config['segment.jitter.ms'] = 1000; });
  assert.equal((await onBroker('apply', other)).code, 0);
  const told = await onBroker('verify');
  assert.ok(told.lines.includes(`${TOPIC}: differs: segment.jitter.ms is 1000, not declared`),
    told.lines.join('\n'));
  assert.equal((await onBroker('apply')).code, 0);
  assert.equal((await onBroker('verify')).code, 0);
});

test('another number of partitions is refused by both', async () => {
  const other = changed((topic) => { topic.partitions += 1; });
  for (const verb of ['apply', 'verify']) {
    const { code, lines } = await onBroker(verb, other);
    assert.equal(code, 1);
    assert.ok(lines.some((line) => line.startsWith(`${TOPIC}: has 12 partitions, not 13`)),
      lines.join('\n'));
  }
  assert.equal((await onBroker('verify')).code, 0);
});

test('a wrong call or file, and a broker that is not there, are told', async () => {
  assert.equal((await topics('apply')).code, 2);
  assert.equal((await topics('destroy', '--brokers', kafka.brokers)).code, 2);
  const bad = join(folder, 'bad.yaml');
  writeFileSync(bad, 'version: 1\ntopics:\n  a:\n    partitions: many\n');
  const read = await onBroker('verify', bad);
  assert.equal(read.code, 1);
  assert.match(read.stderr, /partitions/);
  const away = await topics('verify', '--brokers', '127.0.0.1:1', '--timeout', '1');
  assert.equal(away.code, 1);
  assert.notEqual(away.stderr, '');
});
