// SPDX-License-Identifier: Apache-2.0
// Uploads that nothing names go after a while, those that something names never, whoever sweeps and dies.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../../../deploy/local/process.mjs';
import { MediaCity, refusal } from './media_city.mjs';
import { png } from './png.mjs';

const NEVER = { MEDIA_SWEEP_S: '86400' }, OFTEN = { MEDIA_SWEEP_S: '1' };
const city = new MediaCity('build/test/media_sweep', NEVER);
let shade = 0;
const picture = () => png({ width: 40, height: 30, pixel: [shade += 1, 5, 200] });
const age = (ids) => city.rows("UPDATE media SET uploaded_at = now() - interval '25 hours' WHERE id = ANY ($1)", [ids]);
const left = async () => (await city.rows('SELECT id FROM media ORDER BY id')).map(({ id }) => id);
const files = () => readdirSync(city.files).filter((name) => name.length === 2)
  .flatMap((shelf) => readdirSync(join(city.files, shelf)))
  .filter((name) => !/md5$|json$/.test(name)).map((name) => name.slice(0, 36)); // what a bucket keeps beside

const start = (...options) => promisify(execFile)('build/bin/intake', ['media', 'sweep', ...options],
  { env: { ...process.env, ...city.stack.serviceEnvironment('intake') } });
const said = ({ stdout }) => stdout.split('\n').find((line) => / uploads /.test(line)); // beside it, the log
const sweep = async (...options) => said(await start(...options));

// Every row that is whole has both files, every file a row.
async function assertWhole() {
  const whole = (await city.rows('SELECT id FROM media WHERE type IS NOT NULL')).map(({ id }) => id);
  for (const id of whole) for (const path of city.stored(id)) assert.ok(existsSync(path), path);
  assert.deepEqual([...new Set(files())].sort(), whole.sort());
}

before(() => city.start(), { timeout: 120000 });
after(() => city.stop());

test('old uploads go that nothing names; young ones and named ones stay', async () => {
  const [old, young, named] = [await city.uploaded(picture()), await city.uploaded(picture()), await city.uploaded(picture())];
  await city.filed([named.reference]);
  await age([old.id, named.id]);
  assert.match(await sweep('--dry-run'), new RegExp(`^1 uploads would be removed, ${old.bytes} bytes$`));
  assert.equal((await left()).length, 3, 'a dry run removes nothing');
  assert.equal(await sweep(), '1 uploads removed');
  assert.deepEqual(await left(), [young.id, named.id].sort());
  await assertWhole();
  assert.deepEqual(refusal(await city.get(old.links.full)), [404, 'unknown_media']);
  assert.deepEqual(refusal(await city.file([old.reference])), [422, 'unknown_media']);
  assert.equal((await city.get(named.links.full)).status, 200);
});

test('naming an upload keeps it for as long again, also when the filing fails', async () => {
  const { id, reference } = await city.uploaded(picture());
  await age([id]);
  assert.equal((await city.file([reference, `media:${crypto.randomUUID()}`])).status, 422);
  assert.equal(await sweep(), '0 uploads removed');
  assert.ok((await left()).includes(id));
});

test('rows of files that never became whole go, and what is half written', { skip: city.bucket && 'half written is nothing' }, async () => {
  const { id } = await city.uploaded(picture());
  await city.rows('UPDATE media SET type = NULL WHERE id = $1', [id]);
  city.stored(id).forEach((path) => rmSync(path));
  await age([id]);
  const [stale, fresh] = ['stale', 'fresh'].map((name) => join(city.files, 'incoming', name));
  [stale, fresh].forEach((path) => writeFileSync(path, 'half'));
  utimesSync(stale, 0, Date.now() / 1000 - 7200);
  assert.equal(await sweep(), '1 uploads removed');
  assert.deepEqual([existsSync(stale), existsSync(fresh)], [false, true]);
  rmSync(fresh);
});

test('what is being removed can neither be named nor sent; when the lease is over it is taken up', async () => {
  const body = picture();
  const { id, reference } = await city.uploaded(body);
  await age([id]);
  await city.rows("UPDATE media SET sweep_until = now() + interval '60 seconds' WHERE id = $1", [id]);
  assert.deepEqual(refusal(await city.file([reference])), [422, 'unknown_media']);
  const again = await city.upload(body);
  assert.deepEqual(refusal(again), [503, 'swept']);
  assert.ok(again.headers.get('retry-after'));
  await age([id]);
  assert.equal(await sweep(), '0 uploads removed', 'another has it');
  await city.rows("UPDATE media SET sweep_until = now() - interval '1 second' WHERE id = $1", [id]);
  assert.equal(await sweep(), '1 uploads removed');
  assert.equal((await city.uploaded(body)).id, id);
  await assertWhole();
});

test('two sweeps at once remove each file once', async () => {
  const ids = [];
  for (let i = 0; i < 30; i += 1) ids.push((await city.uploaded(picture())).id);
  await city.rows(`INSERT INTO media (id, uploader, uploaded_at) SELECT gen_random_uuid(), 'person x', now() - interval '25 hours'
    FROM generate_series(1, 500)`);
  await age(ids);
  const ends = await Promise.all([sweep(), sweep(), sweep()]);
  const removed = ends.map((text) => Number(text.split(' ')[0]));
  assert.equal(removed.reduce((sum, n) => sum + n), 530, ends.join());
  assert.ok(!(await left()).some((id) => ids.includes(id)));
  await assertWhole();
});

test('a sweep that is told to stop ends after the batch under way and says how far it came', async () => {
  const MANY = 50000;
  const nameless = () => city.rows("SELECT count(*)::int AS n FROM media WHERE uploader = 'person y'").then(([{ n }]) => n);
  await city.rows(`INSERT INTO media (id, uploader, uploaded_at) SELECT gen_random_uuid(), 'person y', now() - interval '25 hours'
    FROM generate_series(1, $1)`, [MANY]);
  const run = start();
  await until('some are gone', async () => await nameless() < MANY, 10000);
  run.child.kill('SIGTERM');
  const [count] = said(await run).split(' ');
  const rest = await nameless();
  assert.ok(rest > 0, 'more than it could sweep meanwhile');
  assert.equal(Number(count), MANY - rest);
  await city.rows("DELETE FROM media WHERE uploader = 'person y'");
});

test('kill -9 while uploads come in, are named and swept: in the end no row without file, no file without row', async () => {
  for (let round = 0; round < 3; round += 1) {
    await city.stack.stopPart('intake');
    await city.run(OFTEN);
    const bodies = Array.from({ length: 12 }, picture);
    const sent = bodies.map((body) => city.upload(body)
      .then(async ({ json }) => {
        await age([json.id]); // old at once: it is named, or swept, whichever is first
        return city.file([json.reference], { title: 'sẽ giữ' });
      }).catch(() => undefined));
    await Promise.race(sent);
    await city.stack.kill('intake');
    await Promise.all(sent);
    await city.run(OFTEN);
    for (const { width, height } of await Promise.all(bodies.slice(0, 3).map((body) => city.uploaded(body)))) {
      assert.deepEqual([width, height], [40, 30]);
    }
  }
  const unused = await city.rows('SELECT id FROM media WHERE NOT used');
  await city.rows("UPDATE media SET sweep_until = now() - interval '1 second' WHERE sweep_until IS NOT NULL");
  await age(unused.map(({ id }) => id));
  await until('nothing unused is left', async () => (await city.rows('SELECT 1 FROM media WHERE NOT used')).length === 0, 20000);
  const [{ n }] = await city.rows('SELECT count(*)::int AS n FROM media WHERE type IS NULL');
  assert.equal(n, 0, 'rows without file');
  await assertWhole();
  const [{ n: lost }] = await city.rows(`SELECT count(*)::int AS n FROM submission s, jsonb_array_elements_text(s.media) m
    WHERE m LIKE 'media:%' AND NOT EXISTS (SELECT FROM media_use u WHERE u.submission_id = s.id AND 'media:' || u.media_id = m)`);
  assert.equal(lost, 0, 'named and yet not bound');
  const metrics = String((await city.get('/metrics')).bytes);
  assert.match(metrics, /intake_media_swept_total [1-9]/);
});
