// SPDX-License-Identifier: Apache-2.0
// How PostgreSQL goes about what desks ask: whatever is filtered, no table of the size of the city is
// read from end to end. Statements are planned while the tables are still small.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sleep } from '../../../deploy/local/process.mjs';
import { logPlans, scansOfLargeTables } from '../../cluster/plans.mjs';
import { Desk } from './desk.mjs';

const desk = new Desk();
const WARD = '00070';
const FOCAL = { role: 'focal_point', unit: WARD, sub: 'cuong' };
const BOARD = { role: 'supervisor', unit: 'SNNMT', sub: 'khoi' }; // a few desks
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const WHY = { 'x-access-reason': 'Kiem tra' };

before(async () => {
  await desk.start();
  await logPlans(desk, ['routing']);
});
after(() => desk.stop());

// Sessions plan anew for each of the first five times, and then once for all.
async function often(who, path, headers) {
  for (let i = 0; i < 7; i += 1) {
    const answer = await desk.call(who, 'GET', path, { headers });
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`);
  }
}

// A stream that stays open for some readings.
async function listen(who) {
  const headers = { authorization: `Bearer ${await desk.token(who)}`, 'last-event-id': '0' };
  const answer = await fetch(`${desk.stack.url('routing')}/api/routing/cases/stream`,
    { headers, signal: AbortSignal.timeout(4000) });
  await answer.text().catch(() => {}); // it never ends by itself
}

test('no list, count or look-up reads a large table from end to end', async () => {
  const { case_id: id } = await desk.opened(FOCAL, { description: 'Ổ gà đường Láng' });
  const filters = ['', 'level=urgent&category=khac', 'assignee=binh', 'assignee=none', 'proposed=true',
    'near_border=true', 'task=true', 'overdue=true', 'due_after=2026-01-01T00:00:00Z', 'text=ga', 'text=l%C3%A1ng',
    'text=HN-2026-0000001-K', 'queue=disputed', `area=${WARD}`, 'closed=true', 'state=rejected',
    'closed=true&text=ga', 'closed=true&text=HN-2026-0000001-K', 'audit=pending', `merged_into=${id}`];
  for (const who of [FOCAL, BOARD, AUDITOR]) {
    for (const filter of filters) {
      await often(who, `/cases?${filter}`);
      await often(who, `/cases/count?${filter}`);
    }
    await often(who, '/workload');
    await often(who, '/filters');
    await often(who, '/templates');
  }
  for (const what of ['report', 'print', 'audit', 'notes']) await often(FOCAL, `/cases/${id}/${what}`, WHY);
  await often(FOCAL, `/cases/${id}/history`);
  for (const query of ['', `case=${id}`, 'account=cuong', `case=${id}&account=cuong`, 'from=2026-01-01T00:00:00Z']) {
    await often(AUDITOR, `/access-log?${query}`);
  }
  await desk.act(FOCAL, id, 'return', 1, { reason: { text: 'Sai' }, proposed_unit: '00082' });

  await Promise.all([listen(AUDITOR), listen(FOCAL)]);

  const scans = scansOfLargeTables(desk);
  const bad = scans.filter((scan) => !scan.good);
  assert.deepEqual(bad.map((scan) => `${scan.scan}: ${scan.statement.slice(0, 200)}`), []);
  for (const table of ['case_current', 'case_history', 'case_words', 'access_log', 'case_note',
    'case_departure']) {
    assert.ok(scans.some((scan) => scan.table === table), `${table} was read`);
  }
});

// Where most cases have a single version, all versions of a case look as cheap as its last one.
test('of a case its last version is read, however many there are', async () => {
  const VERSIONS = 30, READS = 20;
  const sql = (text, values) => desk.stack.postgres.query(text, values, 'routing');
  const fetched = async () => {
    await sleep(1500); // sessions tell what they have read within a second
    const [row] = await sql(`SELECT idx_tup_fetch AS n FROM pg_stat_user_tables WHERE relname = 'case_history'`);
    return Number(row.n);
  };
  const { case_id: id } = await desk.opened(FOCAL);
  await sql(`WITH made AS (SELECT gen_random_uuid() AS id FROM generate_series(1, 50000)),
    cases AS (INSERT INTO case_current SELECT (jsonb_populate_record(c, jsonb_build_object('case_id', made.id))).*
      FROM made, case_current c WHERE c.case_id = $1)
    INSERT INTO case_history SELECT (jsonb_populate_record(h, jsonb_build_object('case_id', made.id,
      'event_id', gen_random_uuid()))).* FROM made, case_history h WHERE h.case_id = $1`, [id]);
  await sql('VACUUM ANALYZE');
  for (let version = 1; version < VERSIONS; version += 1) {
    const done = await desk.act(FOCAL, id, 'comment', version, { note: `Lần ${version}` });
    assert.equal(done.status, 200, JSON.stringify(done.body));
  }
  const before = await fetched();
  for (let i = 0; i < READS; i += 1) await desk.get(FOCAL, `/cases/${id}`);
  const rows = (await fetched()) - before;
  assert.ok(rows < 3 * READS, `${rows} rows for ${READS} readings`);
});
