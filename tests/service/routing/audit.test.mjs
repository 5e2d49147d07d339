// SPDX-License-Identifier: Apache-2.0
// The history of cases: what is written, how days are signed, and that each kind of damage is told,
// which a superuser plants past the triggers.
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { Desk } from './desk.mjs';
import { chain, closedCase, dayAfter, digestOf, dueDay, insertCases, insertRows, isSigned, link, root,
  startOf, untilNoDayCloses } from './ledger.mjs';

const desk = new Desk();
const { stack } = desk;
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'cuong' };
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const OTHER = { instance: 'routing-1', port: stack.ports.routing + 7 };

await untilNoDayCloses();
const last = dueDay();
const days = [-3, -2, -1, 0].map((back) => dayAfter(last, back)); // that have checkpoints
const file = (name) => join(desk.folder, name);
const pemOf = (privatePem) => createPublicKey(privatePem).export({ type: 'spki', format: 'pem' });

before(() => desk.start());
after(() => desk.stop());

async function verify(...args) {
  const { code, stdout, stderr } = await desk.verb('audit', 'verify', ...args);
  assert.equal(stderr, '');
  return { code, lines: stdout.trim().split('\n') };
}

const asSuperuser = (sql, values) => stack.postgres.query(sql, values, 'routing');
const columns = 'case_id, version, event_id, at, action, actor, snapshot, report, hash';

describe('what is written', () => {
  test('each version of a case bears a link that other code comes to as well', async () => {
    const { case_id: id } = await desk.opened(FOCAL);
    await desk.act(FOCAL, id, 'accept', 1);
    await desk.act(FOCAL, id, 'assign', 2, { assignee: 'binh', note: 'Nhờ đội 1.' });
    await desk.act(FOCAL, id, 'start', 3);
    const rows = (await desk.db.query(
      `SELECT ${columns}, extract(epoch FROM at) * 1000000 AS us FROM case_history WHERE case_id = $1
       ORDER BY version`, [id])).rows;
    assert.equal(rows.length, 4);
    assert.ok(rows[0].report.includes('Lấn chiếm'));
    let previous = Buffer.alloc(32);
    for (const row of rows) {
      row.at = { getTime: () => Number(row.us) / 1000 }; // a Date has no µs
      assert.deepEqual(row.hash, link(previous, row));
      previous = row.hash;
    }
  });

  test('it is found good', async () => {
    const { case_id: id } = await desk.opened(FOCAL);
    await desk.act(FOCAL, id, 'reject', 1, { reason: { class: 'unclear', text: 'Ở đâu?' } });
    assert.deepEqual(await verify(), { code: 0, lines: ['2 cases, 6 versions, 0 checkpoints: good'] });
  });

  test('the service itself can neither change nor take away', async () => {
    for (const sql of ['UPDATE case_history SET actor = NULL', 'DELETE FROM case_history',
      'TRUNCATE case_history', 'UPDATE audit_checkpoint SET rows = 0', 'DELETE FROM audit_checkpoint',
      'TRUNCATE audit_checkpoint']) {
      await assert.rejects(desk.db.query(sql), { code: 'IH101' }, sql);
    }
    await assert.rejects(desk.db.query(`INSERT INTO case_history (${columns})
      SELECT case_id, 99, event_id, at, action, actor, snapshot, report, '' FROM case_history LIMIT 1`),
    /case_history_hash_check/);
  });
});

// A day of many rows, read in several parts, with many at one instant; a day of none; two cases on
// the last one.
const many = Array.from({ length: 5000 }, (_, i) => closedCase(days[0], 1, Math.floor(i / 900)));
const second = closedCase(days[1], 5, 100);
const newest = closedCase(days[3], 5, 200);
const neighbour = closedCase(days[3], 5, 201);
const planted = [...many, second, newest, neighbour];
let kept; // the checkpoints

const logged = () => ['routing', 'routing-1'].flatMap((name) => readFileSync(stack.logFile(name), 'utf8')
  .split('\n').filter((line) => line.includes('"audit_checkpoint"')));

describe('checkpoints', () => {
  test('what is missing is made at the start, once by two replicas', async () => {
    await stack.stopPart('routing');
    await insertCases(desk.db, planted);
    await Promise.all([stack.startService('routing'), stack.startService('routing', OTHER)]);
    await until('four checkpoints', async () => {
      kept = (await desk.get(AUDITOR, '/audit/checkpoints')).body.items;
      return kept.length === 4;
    }, 20000);
    await stack.stopPart('routing-1');
    await stack.stopPart('routing');
    assert.deepEqual(logged().map((line) => JSON.parse(line).day).sort(), days);
    await stack.startService('routing');
  });

  test('they hold what other code finds in the history, each naming the one before', async () => {
    const { body: key } = await desk.get(null, '/audit/key');
    assert.equal(key.algorithm, 'Ed25519');
    const rows = planted.flat();
    let previous = '0'.repeat(64);
    let total = 0;
    for (const [i, checkpoint] of kept.entries()) {
      const ofDay = rows.filter((row) => row.at >= startOf(days[i]) && row.at < startOf(dayAfter(days[i])));
      total += ofDay.length;
      const { made_at: madeAt, signature, ...signed } = checkpoint;
      assert.deepEqual(signed, { day: days[i], rows: ofDay.length, total, previous,
        root: root(ofDay).toString('hex'), key_id: key.key_id });
      assert.ok(isSigned(checkpoint, key.public_key), signature);
      assert.ok(Math.abs(Date.parse(madeAt) - Date.now()) < 60000);
      previous = digestOf(checkpoint);
    }
    assert.deepEqual(kept.map(({ rows: n }) => n), [5000, 5, 0, 10]);
  });

  test('they are read page by page, by auditors and administrators', async () => {
    const first = await desk.get(AUDITOR, '/audit/checkpoints?limit=3');
    assert.deepEqual(first.body.items, kept.slice(0, 3));
    const rest = await desk.get({ role: 'administrator', sub: 'quan-tri' },
      `/audit/checkpoints?limit=3&cursor=${first.body.next}`);
    assert.deepEqual(rest.body, { items: kept.slice(3) });
    assert.deepEqual((await desk.get(AUDITOR, `/audit/checkpoints?from=${days[2]}`)).body.items, kept.slice(2));
    assert.equal((await desk.get(FOCAL, '/audit/checkpoints')).status, 403);
    assert.equal((await desk.get(null, '/audit/checkpoints')).status, 401);
    for (const [query, field] of [['from=2026-02-30', 'from'], ['limit=0', 'limit'], ['cursor=x', 'cursor']]) {
      const refused = await desk.get(AUDITOR, `/audit/checkpoints?${query}`);
      assert.equal(refused.status, 400);
      assert.equal(refused.body.errors[0].field, field);
    }
  });

  test('history and checkpoints are found good, since any day', async () => {
    writeFileSync(file('page.json'), JSON.stringify({ items: kept }));
    writeFileSync(file('service.log'),
      ['routing', 'routing-1'].map((name) => readFileSync(stack.logFile(name), 'utf8')).join(''));
    const all = planted.length + 2;
    const versions = planted.flat().length + 6;
    assert.deepEqual(await verify(), { code: 0, lines: [`${all} cases, ${versions} versions, 4 checkpoints: good`] });
    assert.deepEqual(await verify('--checkpoints', file('page.json')),
      { code: 0, lines: [`${all} cases, ${versions} versions, 4 checkpoints, 4 kept ones: good`] });
    assert.equal((await verify('--from', days[1], '--checkpoints', file('page.json'))).code, 0);
    assert.deepEqual((await verify('--from', days[3])).lines, ['4 cases, 16 versions, 2 checkpoints: good']);
    assert.deepEqual((await verify('--from', dayAfter(last))).lines, ['2 cases, 6 versions, 1 checkpoints: good']);
    const told = await verify('--checkpoints', file('service.log'));
    assert.deepEqual(told.lines, [`${all} cases, ${versions} versions, 4 checkpoints, 4 kept ones: good`]);
  });

  test('a wrong wish is refused', async () => {
    for (const args of [['verify', '--from'], ['verify', '--from', 'today'], ['verify', '--all', 'x'], ['sign'],
      [], ['checkpoint'], ['checkpoint', '--day', '2026-02-30']]) {
      assert.equal((await desk.verb('audit', ...args)).code, 2, args.join(' '));
    }
    writeFileSync(file('empty.json'), '{"items":[]}\n');
    for (const [args, why] of [[['--checkpoints', file('nowhere')], /No such file/],
      [['--checkpoints', file('empty.json')], /no checkpoint in it/],
      [['--key', file('page.json')], /not a key of Ed25519/]]) {
      const refused = await desk.verb('audit', 'verify', ...args);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, why);
    }
  });
});

// ---- damage ----

const id = newest[0].case_id;
const of = (rows, from, to = from) => [`case_id = '${rows[0].case_id}'`, `version BETWEEN ${from} AND ${to}`].join(' AND ');
const editedWord = (rows, version) => `case ${rows[0].case_id}: version ${version} was edited`
  + `${version > 1 ? ', or the one before it together with its hash' : ''}`;
const dayWord = (what, signed, found) => `day ${last}: rows were ${what}: ${signed} were signed, ${found} are there`;
const replaced = dayWord('replaced together with their hashes, or renumbered', 10, 10);

// A chain with one row changed, worked out anew as somebody would who knows how it is done.
function forged(rows, version) {
  return chain(rows.map((row) => ({ ...row, actor: row.version === version ? 'nobody' : row.actor })));
}

async function writeAnew(rows) {
  for (const row of rows) {
    await asSuperuser(`SET session_replication_role = replica;
      UPDATE case_history SET actor = ${row.actor === null ? 'NULL' : `'${row.actor}'`},
        hash = '\\x${row.hash.toString('hex')}' WHERE ${of(rows, row.version)}`);
  }
}

const plant = (sql) => asSuperuser(`SET session_replication_role = replica; ${sql}`);

const damages = [
  ['an edit', () => plant(`UPDATE case_history SET snapshot = replace(snapshot, 'xử', 'Xử') WHERE ${of(newest, 3)}`),
    [editedWord(newest, 3)]],
  ['an edit of what was filed', () => plant(`UPDATE case_history SET report = '{}' WHERE ${of(newest, 1)}`),
    [editedWord(newest, 1)]],
  ['an edit of the time', () => plant(`UPDATE case_history SET at = at - interval '1 day' WHERE ${of(newest, 2)}`),
    [editedWord(newest, 2), `day ${days[2]}: rows were added or moved here from another day: 0 were signed, 1 are there`,
      dayWord('deleted or moved to another day', 10, 9)]],
  ['an edit with a new hash', () => writeAnew(forged(newest, 3).slice(0, 3)), [editedWord(newest, 4), replaced]],
  ['an edit with all hashes made anew', () => writeAnew(forged(newest, 3)), [replaced]],
  ['an edit of a hash', () => plant(`UPDATE case_history SET hash = sha256('x') WHERE ${of(newest, 5)}`),
    [editedWord(newest, 5), replaced]],
  ['a deletion', () => plant(`DELETE FROM case_history WHERE ${of(newest, 2, 3)}`),
    [`case ${id}: versions 2 to 3 were deleted`, dayWord('deleted or moved to another day', 10, 8)]],
  ['a reordering', () => plant(`UPDATE case_history SET version = 5 - version - 100 WHERE ${of(newest, 2, 3)};
      UPDATE case_history SET version = version + 100 WHERE case_id = '${id}' AND version < 0`),
  [`case ${id}: reordered, version 2 was written as version 3`,
    `case ${id}: reordered, version 3 was written as version 2`, replaced]],
  ['a truncation', () => plant(`DELETE FROM case_history WHERE ${of(newest, 4, 5)}`),
    [`case ${id}: truncated, versions 4 to 5 are missing`, dayWord('deleted or moved to another day', 10, 8)]],
  ['a truncation that the case follows', () => plant(`DELETE FROM case_history WHERE ${of(newest, 5)};
      UPDATE case_current SET version = 4 WHERE case_id = '${id}'`), [dayWord('deleted or moved to another day', 10, 9)]],
  ['a case moved back', () => plant(`UPDATE case_current SET version = 3 WHERE case_id = '${id}'`),
    [`case ${id}: it is at version 3, its history goes on to version 5`]],
  ['a history deleted whole', () => plant(`DELETE FROM case_history WHERE case_id = '${id}'`),
    [`case ${id}: truncated, versions 1 to 5 are missing`, dayWord('deleted or moved to another day', 10, 5)]],
  ['a case without its history', () => plant(`DELETE FROM case_current WHERE case_id = '${id}'`),
    [`case ${id}: deleted, its history goes on to version 5`]],
  ['a case deleted whole', () => plant(`DELETE FROM case_current WHERE case_id = '${id}';
      DELETE FROM case_history WHERE case_id = '${id}'`), [dayWord('deleted or moved to another day', 10, 5)]],
  ['a case written for a day that is over', async () => insertCases(desk.db, [closedCase(last, 1, 300)]),
    [dayWord('added or moved here from another day', 10, 11)]],
  ['a step added to a case', async () => {
    const more = closedCase(last, 6, 400).map((row, i) => ({ ...row, ...newest[i], version: i + 1, case_id: id }));
    await insertRows(desk.db, chain(more).slice(5));
  }, [`case ${id}: it is at version 5, its history goes on to version 6`,
    dayWord('added or moved here from another day', 10, 11)]],
  ['an edit of a checkpoint', () => plant(`UPDATE audit_checkpoint SET rows = 6 WHERE day = '${days[1]}'`),
    [`day ${days[1]}: the checkpoint is not signed by a key that was given`,
      `day ${days[1]}: the checkpoint does not go on from the one before it`,
      `day ${days[1]}: rows were deleted or moved to another day: 6 were signed, 5 are there`,
      `day ${days[2]}: the checkpoint does not go on from the one before it`]],
  ['a checkpoint taken out', () => plant(`DELETE FROM audit_checkpoint WHERE day = '${days[1]}'`),
    [`days ${days[1]} to ${days[1]}: no checkpoint`]],
  ['the last checkpoints taken away', () => plant(`DELETE FROM audit_checkpoint WHERE day >= '${days[2]}'`),
    [`days ${days[2]} to ${last}: no checkpoint`]],
  ['all checkpoints taken away', () => plant('DELETE FROM audit_checkpoint'), [`days ${days[0]} to ${last}: no checkpoint`]],
];

describe('damage', () => {
  before(async () => { // the service would make anew what is taken away
    await stack.stopPart('routing');
    for (const table of ['case_history', 'case_current', 'audit_checkpoint']) {
      await asSuperuser(`CREATE TABLE kept_${table} AS SELECT * FROM ${table}`);
    }
  });

  async function mend() {
    for (const table of ['case_history', 'case_current', 'audit_checkpoint']) {
      await plant(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM kept_${table}`);
    }
  }

  for (const [name, cause, told] of damages) {
    test(`${name} is told`, async () => {
      await cause();
      const { code, lines } = await verify();
      await mend();
      assert.equal(code, 1);
      assert.deepEqual(lines.slice(0, -1), told);
      assert.match(lines.at(-1), new RegExp(`: ${told.length} faults$`));
    });
  }

  test('rows that changed places with those of another case are told of both', async () => {
    await plant(`UPDATE case_history SET case_id = '${neighbour[0].case_id}', version = 102 WHERE ${of(newest, 2)};
      UPDATE case_history SET case_id = '${id}' WHERE ${of(neighbour, 2)};
      UPDATE case_history SET version = 2 WHERE version = 102`);
    const { code, lines } = await verify();
    await mend();
    assert.equal(code, 1);
    assert.deepEqual(lines.slice(0, -1).sort(),
      [2, 3].flatMap((version) => [editedWord(newest, version), editedWord(neighbour, version)])
        .concat(replaced).sort());
  });

  test('another key than the one that signed is told', async () => {
    const other = generateKeyPairSync('ed25519');
    const own = readFileSync(stack.serviceEnvironment('routing').AUDIT_SIGNING_KEY_FILE, 'utf8');
    writeFileSync(file('own.pem'), pemOf(own));
    writeFileSync(file('other.pem'), other.publicKey.export({ type: 'spki', format: 'pem' }));
    const { code, lines } = await verify('--key', file('other.pem'));
    assert.equal(code, 1);
    assert.deepEqual(lines.slice(0, -1),
      days.map((day) => `day ${day}: the checkpoint is not signed by a key that was given`));
    assert.equal((await verify('--key', file('other.pem'), '--key', file('own.pem'))).code, 0);
  });

  test('who has the key and writes the last day anew is told by what was kept', async () => {
    await plant(`DELETE FROM case_current WHERE case_id = '${id}'; DELETE FROM case_history WHERE case_id = '${id}';
      DELETE FROM audit_checkpoint WHERE day = '${last}'`);
    const made = await desk.verb('audit', 'checkpoint', '--day', last);
    assert.equal(JSON.parse(made.stdout).rows, 5);
    const alone = await verify();
    const against = await verify('--checkpoints', file('page.json'));
    await mend();
    assert.equal(alone.code, 0);
    assert.deepEqual(against.lines.slice(0, -1), [`day ${last}: the checkpoint is not the one that was kept`]);
  });

  test('a checkpoint made by hand is the one that the service makes; only the next one can be', async () => {
    await plant(`DELETE FROM audit_checkpoint WHERE day >= '${days[2]}'`);
    for (const [day, why] of [[days[1], `that of ${days[2]}`], [last, `that of ${days[2]}`]]) {
      const refused = await desk.verb('audit', 'checkpoint', '--day', day);
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, new RegExp(why));
    }
    for (const [i, day] of [[2, days[2]], [3, last]]) {
      const { made_at: madeAt, ...made } = JSON.parse((await desk.verb('audit', 'checkpoint', '--day', day)).stdout);
      const { made_at: keptAt, ...before } = kept[i];
      assert.deepEqual(made, before, `${madeAt} ${keptAt}`);
    }
    assert.match((await desk.verb('audit', 'checkpoint', '--day', dayAfter(last))).stderr, /after its end/);
    assert.equal((await verify()).code, 0);
  });

  test('a day waits for a transaction that began before its end', async () => {
    await plant(`DELETE FROM audit_checkpoint WHERE day = '${last}'`);
    const late = await desk.db.connect();
    try {
      await late.query('BEGIN');
      await late.query("SELECT pg_current_xact_id()");
      // Since it cannot have begun yesterday, the question is asked for a later instant.
      const ask = (since) => desk.db.query(`SELECT audit_is_quiet(${since}) AS quiet`);
      assert.equal((await ask('clock_timestamp()')).rows[0].quiet, false);
      assert.equal((await ask("clock_timestamp() - interval '1 hour'")).rows[0].quiet, true);
    } finally {
      await late.query('ROLLBACK');
      late.release();
    }
    await mend();
  });

  test('the service signs on from where it was', async () => {
    await plant(`DELETE FROM audit_checkpoint WHERE day >= '${days[2]}'`);
    await stack.startService('routing');
    await until('the checkpoints', async () => (await desk.get(AUDITOR, '/audit/checkpoints')).body.items.length === 4);
    assert.deepEqual((await verify('--checkpoints', file('page.json'))).code, 0);
  });
});

test('a service with a key that signs nothing does not start', async () => {
  const { port } = OTHER;
  stack.once('crash', () => {});
  await assert.rejects(stack.startService('routing', { instance: 'routing-2', port, readyMs: 5000,
    environment: { AUDIT_SIGNING_KEY_FILE: file('own.pem') } }), /ended|exit|code/);
  assert.match(readFileSync(stack.logFile('routing-2'), 'utf8'), /not a private key of Ed25519/);
});
