// SPDX-License-Identifier: Apache-2.0
// The programs that read files of strangers, given files that were good once. With SERVICE_BIN=build/sanitize/bin a fault in
// ours ends with code 99.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const BIN = process.env.SERVICE_BIN ?? 'build/bin';
const SEEDS = 'tests/fuzz/seeds/media';
const ROUNDS = Number(process.env.PRESS_ROUNDS ?? 8); // of each seed
const REFUSED = [1, 3, 4]; // press/framing.h
const HEADS = { paper: [/^%PDF-/], film: [/^....ftyp/s, /^\x1a\x45\xdf\xa3/], picture: [/^\xff\xd8\xff/] };

/** The same numbers each time, so that what fails can be seen again. */
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutated(bytes, roll) {
  const copy = Buffer.from(bytes);
  for (let n = 1 + roll(12); n > 0; n -= 1) {
    const at = 12 + roll(copy.length - 16); // its type stays
    if (roll(3) === 0) copy.writeUInt32BE([0, 1, 0x7fffffff, 0xffffffff][roll(4)], at);
    else copy[at] = roll(256);
  }
  return roll(6) === 0 ? copy.subarray(0, 12 + roll(copy.length - 12)) : copy;
}

function press(name, input) {
  return spawnSync(`${BIN}/intake-press-${name}`, { input, maxBuffer: 2 ** 28,
    env: { LC_ALL: 'C.UTF-8', ASAN_OPTIONS: 'exitcode=99:detect_leaks=0', UBSAN_OPTIONS: 'exitcode=99' } });
}

function assertPressed(name, { status, stdout }) {
  const [full, small] = [stdout.readUInt32BE(0), stdout.readUInt32BE(4)];
  assert.equal(stdout.length, 16 + full + small);
  assert.ok(HEADS[name].some((head) => head.test(stdout.toString('latin1', 16, 16 + full))), 'the full file');
  assert.match(stdout.toString('latin1', 16 + full), HEADS.picture[0]);
  assert.equal(status, 0);
}

const pressOf = (file) => (/[.]pdf$/.test(file) ? 'paper' : /[.](mp4|mov|mkv|webm)$/.test(file) ? 'film' : 'picture');

for (const file of readdirSync(SEEDS)) {
  test(`${file}, damaged, is pressed or refused`, () => {
    const name = pressOf(file), bytes = readFileSync(`${SEEDS}/${file}`);
    for (let round = 0; round < ROUNDS; round += 1) {
      const answer = press(name, mutated(bytes, dice(round * 7919 + bytes.length)));
      if (answer.status === 0) assertPressed(name, answer);
      else assert.ok(REFUSED.includes(answer.status), `round ${round}: ${answer.status} ${answer.signal}`);
    }
  });
}

test('more than may come in is refused', () => {
  assert.equal(press('paper', Buffer.alloc(20 * 1024 * 1024 + 1, '%PDF-')).status, 1);
  assert.equal(press('picture', Buffer.alloc(20 * 1024 * 1024 + 1, 255)).status, 1);
});
