// SPDX-License-Identifier: Apache-2.0
// Uploads in a bucket: where they are, and what a storage that refuses, is slow or away does to them. What is
// true of any storage: media_in_bucket.test.mjs.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, truncateSync, utimesSync } from 'node:fs';
import { get } from 'node:http';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { until } from '../../../deploy/local/process.mjs';
import { DOORS } from '../../support/bucket.mjs';
import { MediaCity, refusal } from './media_city.mjs';
import { pdf } from './pdf.mjs';
import { png } from './png.mjs';

const city = new MediaCity('build/test/media_bucket', {}, { inBucket: true });
const { stack, bucket } = city;
let shade = 0;
const picture = () => png({ width: 60, height: 40, pixel: [shade += 1, 60, 20] });
const keys = (id) => ['full', 'small'].map((variant) => `${id.slice(0, 2)}/${id}.${variant}`);
const objectsOf = (id) => bucket.objects().filter((key) => key.includes(id));
const log = () => readFileSync(stack.logFile('intake'), 'utf8');

function assertAway(answer) {
  assert.deepEqual(refusal(answer), [503, 'storage_away'], String(answer.bytes));
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
}

/** Starts intake; resolves to why it is not ready, after a while in which it may become so. */
async function notReady(environment) {
  await stack.stopPart('intake');
  return stack.startService('intake', { environment, readyMs: 4000 }).then(() => 'ready', ({ message }) => message);
}

async function sweep() {
  const { stdout } = await promisify(execFile)('build/bin/intake', ['media', 'sweep'],
    { env: { ...process.env, ...stack.serviceEnvironment('intake') } }).catch((error) => error);
  return stdout.split('\n').find((line) => / uploads /.test(line));
}

before(() => city.start(), { timeout: 120000 });
after(() => city.stop());

test('an upload is two objects, which its links read', async () => {
  const { id, links } = await city.uploaded(picture());
  assert.deepEqual(objectsOf(id), keys(id));
  for (const [i, variant] of ['full', 'small'].entries()) {
    const answer = await city.get(links[variant]);
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'image/jpeg']);
    assert.deepEqual(answer.bytes, readFileSync(bucket.path(keys(id)[i])));
  }
  assert.ok(bucket.objects().every((key) => key !== 'probe'), 'what was tried at the start is gone');
});

test('the same upload again is no other object, of another person it is', async () => {
  const body = picture();
  const [first, again] = [await city.uploaded(body), await city.uploaded(body)];
  const before = bucket.objects().length;
  assert.equal(again.id, first.id);
  await city.uploaded(body, { as: 'other' });
  assert.equal(bucket.objects().length, before + 2);
});

test('a paper and a part of a file come from a bucket as they do from a directory', async () => {
  const paper = await city.uploaded(pdf());
  const whole = await city.get(paper.links.full);
  assert.deepEqual([whole.status, whole.headers.get('content-type')], [200, 'application/pdf']);
  const etag = whole.headers.get('etag');
  const part = await city.get(paper.links.full, undefined, { range: 'bytes=5-9', 'if-range': etag });
  assert.deepEqual([part.status, part.bytes], [206, whole.bytes.subarray(5, 10)]);
  assert.equal((await city.get(paper.links.full, undefined, { 'if-none-match': etag })).status, 304);
  utimesSync(bucket.path(keys(paper.id)[0]), 1, 1); // as if it were written at another time
  assert.equal((await city.get(paper.links.full, undefined, { 'if-none-match': etag })).status, 200);
});

test('an object that is gone is a file that there is not', async () => {
  const { id, links } = await city.uploaded(picture());
  rmSync(bucket.path(keys(id)[0]));
  assert.deepEqual(refusal(await city.get(links.full)), [404, 'unknown_media']);
  assert.equal((await city.get(links.small)).status, 200);
});

test('storage that is away: come again, and reports without pictures are taken', async () => {
  const body = picture();
  const known = await city.uploaded(picture());
  await bucket.stop();
  assertAway(await city.upload(body));
  assertAway(await city.get(known.links.full));
  await city.filed([]);
  assert.equal((await city.get('/readyz')).status, 200, 'it goes on with what it can');
  await bucket.start();
  const { id, links } = await city.uploaded(body);
  assert.deepEqual(objectsOf(id), keys(id));
  assert.equal((await city.get(links.full)).status, 200);
  assert.equal((await city.get(known.links.full)).status, 200);
});

test('storage that is overloaded: come again', async () => {
  const body = picture();
  bucket.door = DOORS.away;
  assertAway(await city.upload(body));
  bucket.door = DOORS.open;
  await city.uploaded(body);
});

test('storage that never answers is away after some seconds', async () => {
  const body = picture();
  const { links } = await city.uploaded(picture());
  bucket.door = DOORS.silent;
  const begun = Date.now();
  (await Promise.all([city.upload(body), city.get(links.full), city.get(links.small)])).forEach(assertAway);
  assert.ok(Date.now() - begun < 9900, 'before the request is over');
  bucket.door = DOORS.open;
  await city.uploaded(body);
  assert.equal((await city.get(links.full)).status, 200);
});

test('files that many read slowly hold no more memory than is set aside', async () => {
  const { id, links } = await city.uploaded(picture());
  truncateSync(bucket.path(keys(id)[0]), 60 << 20);
  const slow = () => new Promise((done, failed) => { // reads the header and no further
    const request = get(stack.url('intake') + links.full, (response) => { response.pause(); done({ request, response }); });
    request.on('error', failed);
  });
  const readers = [await slow(), await slow()];
  assert.deepEqual(readers.map(({ response }) => response.statusCode), [200, 200]);
  const refused = await city.get(links.full);
  assert.deepEqual(refusal(refused), [503, 'storage_busy']);
  assert.ok(refused.headers.get('retry-after'));
  assert.equal((await city.get(links.small)).status, 200, 'a small one has its place');
  readers.forEach(({ request }) => request.destroy());
  const whole = await until('its memory is given back', async () => {
    const answer = await city.get(links.full);
    return answer.status === 200 && answer;
  }, 9000);
  assert.equal(whole.bytes.length, 60 << 20);
  rmSync(bucket.path(keys(id)[0]));
});

test('the sweep removes objects; what it could not remove keeps its row until it can', async () => {
  const ids = [];
  for (let i = 0; i < 12; i += 1) ids.push((await city.uploaded(picture())).id);
  const rows = () => city.rows('SELECT 1 FROM media WHERE id = ANY ($1)', [ids]);
  await city.rows("UPDATE media SET uploaded_at = now() - interval '25 hours' WHERE id = ANY ($1)", [ids]);
  rmSync(bucket.path(keys(ids[0])[1])); // as after a crash in the middle
  bucket.door = DOORS.away;
  assert.equal(await sweep(), '0 uploads removed');
  assert.equal((await rows()).length, 12);
  bucket.door = DOORS.open;
  await city.rows("UPDATE media SET sweep_until = now() - interval '1 second' WHERE id = ANY ($1)", [ids]);
  assert.equal(await sweep(), '12 uploads removed');
  assert.deepEqual([await rows(), ids.flatMap(objectsOf)], [[], []]);
});

test('kill -9 between row and object: the same upload makes all whole', async () => {
  const body = picture();
  const waiting = async () => (await city.rows('SELECT id FROM media WHERE type IS NULL'))[0]?.id;
  bucket.door = DOORS.silent;
  const lost = city.upload(body).catch(() => 'cut');
  const id = await until('the row is there', waiting, 5000);
  await until('an object is on its way', () => bucket.requests.at(-1).key.includes(id), 5000);
  await stack.kill('intake');
  assert.equal(await lost, 'cut');
  bucket.door = DOORS.open;
  await city.run();
  assert.deepEqual(objectsOf(id), []);
  assert.equal((await city.uploaded(body)).id, id);
  assert.deepEqual(objectsOf(id), keys(id));
});

test('a wrong secret is told to the operator, at the start and each time; nothing is lost', async () => {
  const body = picture();
  const wrong = 'not-the-secret-of-the-key';
  assert.match(await notReady({ MEDIA_S3_SECRET_KEY: wrong }), /the bucket cannot be used: the storage answered 403 SignatureDoesNotMatch/);
  const before = log().length;
  assert.deepEqual(refusal(await city.upload(body)), [500, 'internal']);
  const said = log().slice(before);
  assert.match(said, /"http_failed".*"media_bucket".*the storage answered 403 SignatureDoesNotMatch/);
  const [{ id }] = await city.rows('SELECT id FROM media WHERE type IS NULL ORDER BY uploaded_at DESC');
  for (const text of [wrong, id, 'AWS4-HMAC']) assert.ok(!log().includes(text), text);
  await stack.stopPart('intake');
  await city.run();
  assert.equal((await city.uploaded(body)).id, id);
  assert.deepEqual(objectsOf(id), keys(id));
});

test('a bucket that there is not, and a key that nobody knows, are told at the start', async () => {
  assert.match(await notReady({ MEDIA_S3_BUCKET: 'elsewhere' }), /404 NoSuchBucket/);
  assert.match(await notReady({ MEDIA_S3_ACCESS_KEY: 'NOBODY' }), /403 InvalidAccessKeyId/);
});

test('settings that cannot be right end the start', async () => {
  for (const [environment, text] of [
    [{ MEDIA_S3_ENDPOINT: 'storage:9000' }, /MEDIA_S3_ENDPOINT must be like https/],
    [{ MEDIA_S3_BUCKET: 'Media' }, /MEDIA_S3_BUCKET must be like bucket/],
    [{ MEDIA_S3_REGION: 'ha noi' }, /MEDIA_S3_REGION must be like/],
    [{ MEDIA_S3_SECRET_KEY: '' }, /needs MEDIA_S3_ACCESS_KEY and MEDIA_S3_SECRET_KEY/],
    [{ MEDIA_S3_BUCKET: '', MEDIA_DIR: '' }, /set MEDIA_DIR or MEDIA_S3_BUCKET/],
  ]) {
    const { code, stdout, stderr } = await promisify(execFile)('build/bin/intake', ['media', 'sweep'],
      { env: { ...process.env, ...stack.serviceEnvironment('intake'), ...environment } }).catch((error) => error);
    assert.equal(code, 1);
    assert.match(stdout + stderr, text);
  }
});

test('a service that starts before its storage comes up by itself', async () => {
  await bucket.stop();
  assert.match(await notReady({}), /the bucket cannot be used: the storage did not answer/);
  await city.filed([]);
  await bucket.start();
  await until('it is ready', async () => (await city.get('/readyz')).status === 200, 9000);
  await city.uploaded(picture());
});
