// SPDX-License-Identifier: Apache-2.0
// The example of a dashboard, which knows the topics and nothing else, shows what HTTP says, and follows.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { chance, City, life, until } from './city.mjs';

const city = new City();
const random = chance(11);
const UNITS = ['00070', '00082', 'SXD'];
let board = [];
let program;

const tell = (count) => city.tell(random.shuffle(Array.from({ length: count }, () => life(random, {
  units: UNITS, categories: ['giao-thong'], spreadMs: 1000 * 3600000 })).flat()));

before(async () => {
  await city.start();
  await city.name(UNITS, ['giao-thong']);
  await tell(120);
  await city.counted();
  program = spawn(process.execPath, ['examples/dashboard.mjs', city.stack.kafka.brokers],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = [];
  createInterface({ input: program.stdout }).on('line', (line) => {
    if (line !== '') lines.push(line);
    else [board, lines] = [lines, []];
  });
}, { timeout: 90000 });

after(async () => {
  program?.kill();
  await city.stop();
});

const shown = (name) => board.find((line) => line.trim().startsWith(`${name} `));

async function agrees(code, query, name) {
  let line;
  let figure;
  await until(`${name} is shown as it is`, async () => {
    figure = await city.figure(code, query);
    line = shown(name) ?? '';
    return line.includes(`(${figure.numerator}/${figure.denominator}, ${figure.pending ?? 0} open)`);
  }, 20000).catch((error) => assert.fail(`${error.message}: ${line} ${JSON.stringify(figure)}`));
}

async function allAgree() {
  for (const code of ['received_on_time', 'resolved_on_time', 'reopened']) await agrees(code, {}, code);
  for (const unit of UNITS) await agrees('resolved_on_time', { unit }, unit);
}

test('it shows what is so', { timeout: 60000 }, allAgree);

test('it follows what comes', { timeout: 60000 }, async () => {
  const before = shown('received_on_time');
  await tell(200);
  await until('the board has moved', () => shown('received_on_time') !== before, 20000);
  await city.counted();
  await allAgree();
});

test('it is some thirty lines', () => {
  const lines = readFileSync('examples/dashboard.mjs', 'utf8').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'));
  assert.ok(lines.length <= 32, `${lines.length}`);
});
