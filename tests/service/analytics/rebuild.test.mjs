// SPDX-License-Identifier: Apache-2.0
// Counting again from the topics gives the same figures: with the service running and idle, with
// events coming meanwhile, with two replicas, and with the service stopped. And what outlives a
// crash: turns, sequences, sums.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accept, chance, City, life, Model, opened, RATIOS, until } from './city.mjs';

const city = new City();
const model = new Model();
const UNITS = ['00070', '00082', 'SXD'];
const CATEGORIES = ['giao-thong', 've-sinh'];
const random = chance(7);
// So long that no due time, but those of the first seconds, passes while a test compares sums.
const SPREAD_MS = 1000 * 3600000;
let indicators;

before(async () => {
  await city.start();
  await city.name(UNITS, CATEGORIES);
  indicators = await city.topics.listen(['analytics.indicators.v1']);
  const snapshots = Array.from({ length: 400 },
    () => life(random, { units: UNITS, categories: CATEGORIES, spreadMs: SPREAD_MS })).flat();
  await tell(random.shuffle(snapshots));
  await city.counted();
  await new Promise((done) => { setTimeout(done, 5000); }); // the last due has passed
}, { timeout: 90000 });

after(() => city.stop());

function tell(snapshots) {
  snapshots.forEach((snapshot) => model.see(snapshot));
  return city.tell(snapshots);
}

/** All sums as they stand, but those of nothing. */
const sums = () => city.sql(`SELECT subject, grouping, period, first, a, b, encode(data, 'hex') AS data FROM cell
  WHERE data <> '\\x0000' ORDER BY 1, 2, 3, 4, 5, 6`);

async function agrees() {
  for (const code of RATIOS) {
    let figure;
    let expected;
    await until(`${code} agrees with the model`, async () => {
      figure = await city.figure(code).catch(() => null); // 503 while counting again
      expected = figure && model.figure(code, {}, Date.parse(figure.as_of));
      return figure && ['numerator', 'denominator', 'pending'].every((n) => figure[n] === expected[n]);
    }, 15000).catch((error) => assert.deepEqual(figure, expected, error.message));
  }
}

/** Until all that changed has been said, and has come back to us. */
async function published() {
  await until('all is said', async () => {
    const [{ dirty }] = await city.sql(`SELECT EXISTS (SELECT FROM heard)
      OR EXISTS (SELECT FROM fact WHERE turn_at = 'epoch')
      OR EXISTS (SELECT FROM cell WHERE untold) AS dirty`);
    return !dirty;
  }, 15000);
  const [{ n }] = await city.sql(
    'SELECT count(*)::int AS n FROM outbox WHERE topic = $1', ['analytics.indicators.v1']);
  await until('all that was said is heard', () => indicators.length >= n, 15000);
}

test('a rebuild beside an idle service gives the same figures', { timeout: 90000 }, async () => {
  await agrees();
  await published();
  const before = await sums();
  const said = indicators.length;
  const output = await city.rebuild();
  assert.deepEqual(await sums(), before);
  assert.match(output, /^facts: 400 counted again, 0 of them kept, .*; 0 new, 0 told otherwise$/m);
  assert.match(output, /^figures: [1-9][0-9]+ in [1-9][0-9]+ sums compared, 0 in 0 differ$/m);
  assert.match(output, /^switched/m);
  await agrees();
  await published();
  assert.equal(indicators.length, said, 'nothing has changed, so nothing is said');
});

test('a migration has all cases counted again from their facts, and nobody is told of less meanwhile', { timeout: 60000 }, async () => {
  await published();
  const before = await sums();
  const said = indicators.length;
  const migration = readFileSync('services/analytics/sql/0017_rules.sql', 'utf8');
  const done = await city.db.query(`BEGIN; ${migration.slice(migration.indexOf('INSERT INTO rebuild_target'))}
    SELECT is_rebuilding() AS so; COMMIT`);
  assert.equal(done.at(-2).rows[0].so, true);
  await until('it is counted', async () => {
    const { status, body } = await city.get('/indicators?code=received_on_time');
    if (status === 200) assert.equal(body.items[0].denominator, model.figure('received_on_time', {}, Date.now()).denominator);
    return status === 200;
  }, 20000);
  await published();
  assert.deepEqual(await sums(), before);
  assert.equal(indicators.length, said);
});

test('readers are answered while it counts again', { timeout: 90000 }, async () => {
  const rebuilt = city.rebuild();
  let done = false;
  rebuilt.finally(() => { done = true; });
  const before = await model.figure('received_on_time', {}, Date.now());
  while (!done) {
    const { denominator } = await city.figure('received_on_time');
    assert.equal(denominator, before.denominator, 'never less than all');
    await new Promise((wait) => { setTimeout(wait, 20); });
  }
  await rebuilt;
  await agrees();
});

test('figures that have gone wrong are listed, and mended by the switch', { timeout: 90000 }, async () => {
  await published();
  const before = await sums();
  const [{ id }] = await city.sql(`DELETE FROM fact WHERE id = (SELECT id FROM fact WHERE subject = 0
    AND unit = '00070' AND turn_at IS NULL ORDER BY id LIMIT 1) RETURNING id`);
  await city.sql(`UPDATE cell SET data = (SELECT data FROM cell WHERE a = 've-sinh' AND grouping = 2 AND period = 0)
    WHERE a = 'giao-thong' AND grouping = 2 AND period = 0`);
  const checked = await city.rebuild('--check').catch((error) => error);
  assert.equal(checked.code, 1);
  assert.match(checked.stdout, /^facts: .* 1 new, 0 told otherwise$/m);
  assert.match(checked.stdout, /^differs: received_on_time\|category=giao-thong: \d+ of \d+ .*, counted again \d+ of/m);
  assert.match(checked.stdout, /^figures: .* compared, \d+ in 1 differ$/m);
  assert.notDeepEqual(await sums(), before, 'a check changes nothing');
  const output = await city.rebuild();
  assert.match(output, /^differs: .*category=giao-thong/m);
  assert.deepEqual(await sums(), before);
  assert.equal((await city.sql('SELECT FROM fact WHERE id = $1', [id])).length, 1);
  await agrees();
});

test('what the topics no longer hold is kept', { timeout: 90000 }, async () => {
  const put = await city.sql(`INSERT INTO fact (id, subject, version, body, filed, turn_at)
    SELECT gen_random_uuid(), subject, version, body, filed, 'epoch' FROM fact
     WHERE subject = 0 AND turn_at IS NULL ORDER BY id LIMIT 5 RETURNING id`);
  await published();
  const before = await sums();
  assert.match(await city.rebuild(), /, 5 of them kept,/);
  assert.deepEqual(await sums(), before);
  await city.sql(`DO $$ BEGIN
      DELETE FROM fact WHERE id IN (${put.map(({ id }) => `'${id}'`).join(', ')});
      UPDATE cell SET data = '\\x0000';
      UPDATE fact SET turn_at = 'epoch', day = NULL;
    END $$`);
  await agrees();
});

test('while a migration has the topics read again, readers hear so', { timeout: 90000 }, async () => {
  await city.stack.stopPart('analytics');
  await city.sql(`WITH moved AS (UPDATE consumer_position p SET next_offset = -1 FROM consumer_position o
      WHERE p.consumer = 'analytics' AND p.topic LIKE '%cases%'
      AND (p.consumer, p.topic, p.partition) = (o.consumer, o.topic, o.partition)
      RETURNING p.topic, p.partition, o.next_offset)
    INSERT INTO rebuild_target (topic, partition, next_offset) SELECT * FROM moved`);
  await city.stack.startService('analytics', { environment: { LOG_LEVEL: 'info' } });
  await until('read again', async () => {
    const { status, body, headers } = await city.get('/indicators?code=received_on_time');
    if (status === 503) {
      assert.equal(body.code, 'rebuilding');
      assert.ok(Number(headers.get('retry-after')) > 0);
      return false;
    }
    return true;
  }, 30000);
  await agrees();
});

test('one that is killed leaves nothing that matters, and there is one at a time', { timeout: 90000 }, async () => {
  const before = await sums();
  const env = { ...process.env, ...city.stack.serviceEnvironment('analytics') };
  const begin = () => {
    const program = spawn(join(city.stack.bin, 'analytics'), ['rebuild'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise((done) => { program.on('exit', (code, signal) => done({ code, signal, said })); });
    let said = '';
    program.stderr.on('data', (bytes) => { said += bytes; });
    return { program, ended };
  };
  const schema = async () => (await city.sql("SELECT FROM pg_namespace WHERE nspname = 'rebuild'")).length > 0;
  const first = begin();
  await until('it has begun', schema, 10000);
  first.program.kill('SIGSTOP'); // so that it is still under way when the second one comes
  const second = await begin().ended;
  assert.equal(second.code, 1);
  assert.match(second.said, /another one is under way/);
  first.program.kill('SIGKILL');
  assert.equal((await first.ended).signal, 'SIGKILL');
  assert.deepEqual(await sums(), before);
  await agrees();
  assert.match(await city.rebuild(), /^switched/m);
  assert.equal(await schema(), false);
  assert.deepEqual(await sums(), before);
  await agrees();
});

test('events that come during a rebuild are counted once', { timeout: 90000 }, async () => {
  const coming = Array.from({ length: 200 },
    () => life(random, { units: UNITS, categories: CATEGORIES, spreadMs: SPREAD_MS, now: Date.now() - 60000 })).flat();
  const rebuilt = city.rebuild();
  for (let i = 0; i < coming.length; i += 100) await tell(coming.slice(i, i + 100));
  await rebuilt;
  await city.counted();
  await agrees();
});

test('two replicas count, sweep and publish as one', { timeout: 90000 }, async () => {
  const port = city.stack.ports.analytics + 7;
  await city.stack.startService('analytics', { instance: 'analytics-1', port });
  const now = Date.now();
  const late = Array.from({ length: 300 }, (_, i) => opened({
    unit: UNITS[i % 3], category: 've-sinh', openedAt: now, receiveDue: now + 2000 + i * 5 }));
  await tell(random.shuffle([...late, ...late.slice(0, 100).map((c) => accept(c, now, now + 3000))]));
  await new Promise((done) => { setTimeout(done, 5500); });
  await agrees();
  const before = await sums();
  await city.rebuild();
  assert.deepEqual(await sums(), before);
  const last = new Map();
  for (const event of indicators) {
    if (event.data === null) continue; // not to be seen any more; sequences rise all the same
    assert.ok(event.data.sequence > (last.get(event.key)?.data.sequence ?? 0), 'the sequence rises');
    if (last.has(event.key)) {
      assert.ok(Date.parse(event.headers.ce_time) - Date.parse(last.get(event.key).headers.ce_time) >= 1000);
    }
    last.set(event.key, event);
  }
  await city.stack.stopPart('analytics-1');
});

test('a killed service goes on: same sums, rising sequence', { timeout: 90000 }, async () => {
  const snapshots = Array.from({ length: 400 },
    () => life(random, { units: UNITS, categories: CATEGORIES, spreadMs: SPREAD_MS, now: Date.now() - 60000 })).flat();
  const told = tell(snapshots);
  await city.stack.kill('analytics');
  await told;
  await city.stack.startService('analytics');
  await city.counted();
  await agrees();
  await until('the topic says what HTTP says', async () => {
    const last = indicators.findLast((event) => event.key === 'received_on_time|');
    const figure = await city.figure('received_on_time');
    return last.data.numerator === figure.numerator && last.data.denominator === figure.denominator;
  }, 15000);
  const sequences = indicators.filter((event) => event.key === 'received_on_time|' && event.data)
    .map((event) => event.data.sequence);
  assert.deepEqual(sequences, [...new Set(sequences)].sort((a, b) => a - b));
});

test('batches, sweeps and turns never waited for each other in a ring', async () => {
  await city.sql('SELECT pg_stat_force_next_flush()');
  const [{ deadlocks }] = await city.sql(
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()');
  assert.equal(deadlocks, 0);
});
