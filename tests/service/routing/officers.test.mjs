// SPDX-License-Identifier: Apache-2.0
// Fifty officials work on the same hundred cases through two processes: every version has one
// winner, the others are told so, and no change is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk } from './desk.mjs';

const SEED = Number(process.env.SEED ?? Date.now() % 1000000);
const OFFICIALS = 50;
const CASES = 100;
const ROUNDS = 12; // commands of each official
const desk = new Desk();
const PORTS = [desk.stack.ports.routing, desk.stack.ports.routing + 7];

// Mulberry32: small, seeded, good enough to choose by.
function random(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

before(async () => {
  await desk.start();
  await desk.stack.startService('routing', { instance: 'routing-1', port: PORTS[1] });
});
after(() => desk.stop());

const bodies = {
  assign: (n) => ({ assignee: `officer-${n}` }),
  resolve: () => ({ result: { text: 'Xong.', evidence: ['https://media.ihanoi.example/1.jpg'] } }),
  comment: (n) => ({ note: `Ghi chú ${n}.` }),
  ask: () => ({ question: 'Ở đâu?' }),
  answer: () => ({ answer: 'Ở đây.' }),
};

async function work(number, ids, ledger) {
  const who = { role: 'focal_point', unit: '00070', sub: `official-${number}` };
  const choose = random(SEED * 1000 + number);
  for (let round = 0; round < ROUNDS; round += 1) {
    const id = ids[choose(ids.length)];
    const port = PORTS[choose(2)];
    const now = (await desk.call(who, 'GET', `/cases/${id}`, { port })).body;
    const possible = ['accept', 'assign', 'start', 'comment', 'ask', 'answer', 'resolve']
      .filter((action) => now.allowed.includes(action));
    if (possible.length === 0) continue;
    const action = possible[choose(possible.length)];
    const answer = await desk.call(who, 'POST', `/cases/${id}/${action}`,
      { port: PORTS[choose(2)], version: now.version, body: bodies[action]?.(number) ?? {} });
    ledger.push({ id, who: who.sub, action, saw: now.version, status: answer.status,
      version: answer.body.version, code: answer.body.code });
  }
}

test(`fifty officials, a hundred cases, two processes (SEED=${SEED})`, async () => {
  const opened = await Promise.all(Array.from({ length: CASES }, () => desk.opened(
    { role: 'focal_point', unit: '00070', sub: 'official-0' })));
  const ids = opened.map((one) => one.case_id);
  const ledger = [];
  await Promise.all(Array.from({ length: OFFICIALS }, (_, n) => work(n, ids, ledger)));

  const odd = ledger.filter(({ status }) => ![200, 409].includes(status));
  assert.deepEqual(odd, []);
  const won = ledger.filter(({ status }) => status === 200);
  const lost = ledger.filter(({ status }) => status === 409);
  assert.ok(won.length > 200 && lost.length > 0, `${won.length} won, ${lost.length} lost`);
  for (const { saw, version } of won) assert.equal(version, saw + 1);
  for (const { code } of lost) assert.equal(code, 'stale_version');
  assert.equal(new Set(won.map(({ id, version }) => `${id} ${version}`)).size, won.length);

  const { rows } = await desk.db.query(`SELECT case_id, version, action, actor FROM case_history
    WHERE case_id = ANY ($1) AND version > 1 ORDER BY case_id, version`, [ids]);
  const told = rows.map((r) => `${r.case_id} ${r.version} ${r.action} ${r.actor}`).sort();
  const kept = won.map((w) => `${w.id} ${w.version} ${w.action} ${w.who}`).sort();
  assert.deepEqual(told, kept);
  for (const id of ids) {
    const versions = rows.filter((row) => row.case_id === id).map((row) => row.version);
    assert.deepEqual(versions, versions.map((_, i) => i + 2));
  }
  console.log(`${won.length} commands won, ${lost.length} were stale`);
});
