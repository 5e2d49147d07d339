// SPDX-License-Identifier: Apache-2.0
// Does the checker see what it is for? A small run must pass; then damage is planted, one kind at
// a time, in the databases, in the topics and in the ledger, and each must be found.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Random } from '../../deploy/local/random.mjs';
import { message, uuid7 } from '../support/topics.mjs';
import { check, describeViolations } from './checker.mjs';
import { Cluster } from './cluster.mjs';
import { collect, quiesce } from './evidence.mjs';
import { Ledger, readLedger } from './ledger.mjs';
import { Load } from './load.mjs';

const cluster = new Cluster();
let path;
let victim; // a report that was worked on to its end

const idsOf = (ledger) => [...ledger.filings.values()].flat().flatMap(({ id }) => id ?? []);

async function violations(ledger = readLedger(path)) {
  return check({ ledger, evidence: await collect(cluster, idsOf(ledger)) });
}

async function assertFound(invariant, pattern, ledger) {
  const found = await violations(ledger);
  assert.ok(found.some((v) => v.invariant === invariant && pattern.test(v.text)),
    `${invariant} ${pattern} is not among:\n${describeViolations(found)}`);
}

// As the superuser, past triggers: what a disk or a person might do.
async function damage(service, ...statements) {
  await cluster.stack.postgres.query(['BEGIN', 'SET LOCAL session_replication_role = replica',
    ...statements, 'COMMIT'].join(';'), [], service);
}

// The columns that a row is put back by; generated ones make themselves.
async function columnsOf(service, table) {
  const rows = await cluster.database(service, `SELECT column_name FROM information_schema.columns
    WHERE table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`, [table]);
  return rows.map(({ column_name: name }) => name);
}

before(async () => {
  await cluster.start();
  path = join(cluster.folder, 'ledger');
  const ledger = new Ledger(path);
  const load = new Load({ cluster, ledger, random: new Random(7), rate: 40, worked: 0.6 });
  await load.run(4);
  await load.finish();
  ledger.close();
  await quiesce(cluster);
  [{ id: victim }] = await cluster.database('routing',
    "SELECT case_id AS id FROM case_current WHERE state = 'resolved' LIMIT 1");
});
after(() => cluster.stop());

test('an undamaged run has no violation', async () => {
  const found = await violations();
  assert.deepEqual(found, [], describeViolations(found));
  assert.ok(idsOf(readLedger(path)).length > 100);
});

test('a lost row is found', async () => {
  await damage('intake', 'CREATE TABLE kept AS SELECT * FROM submission',
    `DELETE FROM submission WHERE id = '${victim}'`);
  await assertFound('I1', new RegExp(`${victim}.*not in the database of intake`));
  const columns = await columnsOf('intake', 'submission');
  await damage('intake', `INSERT INTO submission (${columns}) SELECT ${columns} FROM kept WHERE id = '${victim}'`);
});

test('a row that nobody filed is found, and a second one under a key', async () => {
  const other = uuid7();
  const columns = await columnsOf('intake', 'submission');
  await damage('intake', `INSERT INTO submission (${columns}) SELECT ${columns.map((column) => `s.${column}`)}
    FROM kept k, jsonb_populate_record(k, jsonb_build_object('id', '${other}',
      'ticket', 'HN-2026-9999999-0', 'idempotency', '${other}')) s WHERE k.id = '${victim}'`);
  await assertFound('I3', /stored 2 reports/);
  await damage('intake', `UPDATE submission SET description = 'x' WHERE id = '${other}'`);
  await assertFound('I2', new RegExp(`${other} was never filed`));
  await damage('intake', `DELETE FROM submission WHERE id = '${other}'`, 'DROP TABLE kept');
});

test('a gap in the versions is found', async () => {
  await damage('routing', 'CREATE TABLE kept AS SELECT * FROM case_history',
    `DELETE FROM case_history WHERE case_id = '${victim}' AND version = 3`);
  await assertFound('I4', new RegExp(`history of ${victim} at version 5: 1,2,4,5`));
  await damage('routing', `INSERT INTO case_history SELECT * FROM kept
    WHERE case_id = '${victim}' AND version = 3`, 'DROP TABLE kept');
});

test('a command whose effect is gone is found', async () => {
  const ledger = readLedger(path);
  const [attempt] = ledger.commands.get(`${victim}/4/resolve`);
  attempt.actor = 'somebody-else';
  await assertFound('I1', /resolve of .* was answered, but version 5 is resolve by demo-officer/, ledger);
});

test('a count that is not that of the topic is found', async () => {
  const pairs = 'subject = 0 AND grouping = 7 AND period = 0';
  await damage('analytics', `CREATE TABLE kept AS SELECT * FROM cell WHERE ${pairs}`,
    `UPDATE cell SET data = '\\x010a00' WHERE (a, b) = (SELECT a, b FROM cell WHERE ${pairs} LIMIT 1) AND ${pairs}`); // 5 received
  await assertFound('I5', /analytics counts \d+ of .*, the topic \d+/);
  await damage('analytics', `UPDATE cell c SET data = k.data FROM kept k WHERE (c.subject, c.grouping, c.period,
    c.first, c.a, c.b) = (k.subject, k.grouping, k.period, k.first, k.a, k.b)`, 'DROP TABLE kept');
});

test('a second delivery of one message is found', async () => {
  const delivery = uuid7();
  const unique = 'delivery_event_id_recipient_channel_key';
  await damage('notification', `ALTER TABLE delivery DROP CONSTRAINT ${unique}`,
    `INSERT INTO delivery SELECT (jsonb_populate_record(d, jsonb_build_object('id', '${delivery}',
       'channel', 'email', 'seq', null))).* FROM delivery d WHERE channel = 'email' LIMIT 1`);
  await assertFound('I5', /2 deliveries for/);
  await damage('notification', `DELETE FROM delivery WHERE id = '${delivery}'`,
    `ALTER TABLE delivery ADD CONSTRAINT ${unique} UNIQUE (event_id, recipient, channel)`);
});

test('two answers to one key are found', async () => {
  const ledger = readLedger(path);
  const attempts = [...ledger.filings.values()].find((list) => list.length > 1);
  attempts[0].answer = 'other bytes';
  await assertFound('I3', /was answered in 2 ways/, ledger);
});

test('a refused filing that is stored is found', async () => {
  const ledger = readLedger(path);
  for (const attempt of ledger.filings.values().next().value) attempt.outcome = 'refused';
  await assertFound('I2', /was refused, and is stored/, ledger);
});

test('a yes while PostgreSQL is down is found', async () => {
  const ledger = readLedger(path);
  const [{ sent, at }] = ledger.filings.values().next().value;
  ledger.faults.push({ fault: 'postgres', phase: 'begin', at: sent - 1 },
    { fault: 'postgres', phase: 'end', at: at + 1 });
  await assertFound('I8', /while PostgreSQL was down/, ledger);
});

test('events out of order, or missing, are found', async () => {
  const ledger = readLedger(path);
  const evidence = await collect(cluster, []);
  const topic = 'city.cases.v1';
  const whole = evidence.events[topic];
  const own = whole.filter(({ key }) => key === victim);
  [own[1].offset, own[2].offset] = [own[2].offset, own[1].offset];
  assert.ok(check({ ledger, evidence }).some(({ invariant }) => invariant === 'I6'));
  evidence.events[topic] = whole.filter((event) => event !== own[1]);
  assert.ok(check({ ledger, evidence }).some(({ invariant, text }) => (
    invariant === 'I4' && text.includes(`topic has versions 1,3,4,5 of ${victim}`))));
});

// Last: what is once in a topic stays there.
test('one effect under two event ids is found', async () => {
  const [{ snapshot }] = await cluster.database('routing',
    'SELECT snapshot FROM case_history WHERE case_id = $1 AND version = 5', [victim]);
  const { partition } = (await collect(cluster, [])).events['city.cases.v1'].find(({ key }) => key === victim);
  const twin = message('city.cases.v1', 'vn.hanoi.case.resolved.v1', victim, JSON.parse(snapshot));
  await cluster.topics.publish([{ ...twin, partition }]);
  await quiesce(cluster);
  await assertFound('I5', new RegExp(`${victim}/5 was told as 2 different events`));
  const found = await violations();
  assert.ok(found.every(({ text }) => text.startsWith(`${victim}/5 `)), // and no version, view or count moved
    describeViolations(found));
});
