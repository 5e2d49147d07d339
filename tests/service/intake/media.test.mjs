// SPDX-License-Identifier: Apache-2.0
// Uploaded pictures: what is taken, what is left of it, who may read it, and what a crash leaves.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { MediaCity, refusal } from './media_city.mjs';
import { exif, png, sizeOfJpeg, withExif } from './png.mjs';

const city = new MediaCity('build/test/media');
const { stack } = city;
const get = city.get.bind(city), upload = city.upload.bind(city), uploaded = city.uploaded.bind(city);
const rows = city.rows.bind(city), stored = city.stored.bind(city);
const residentKb = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${city.program.pid}/status`, 'utf8'))[1]);

before(async () => {
  await city.start();
  await city.person('office', { role: 'officer', sub: 'office', unit: 'VPUB' });
}, { timeout: 120000 });

after(() => city.stop());

test('a picture is taken, made anew as JPEG, and read by its links', async () => {
  const media = await uploaded(png({ width: 640, height: 480 }), { type: 'image/png' });
  assert.deepEqual([media.type, media.width, media.height], ['image/jpeg', 640, 480]);
  const full = await get(media.links.full);
  assert.equal(full.status, 200, String(full.bytes));
  assert.equal(full.bytes.length, media.bytes);
  assert.equal(full.headers.get('content-type'), 'image/jpeg');
  assert.equal(full.headers.get('x-content-type-options'), 'nosniff');
  assert.match(full.headers.get('content-security-policy'), /sandbox/);
  assert.match(full.headers.get('cache-control'), /^private, max-age=3[0-9]{3}$/);
  assert.deepEqual(sizeOfJpeg(full.bytes), [640, 480]);
  const small = await get(media.links.small);
  assert.deepEqual(sizeOfJpeg(small.bytes), [320, 240]);
});

test('a part of a file may be asked for, and one that is there already is not sent', async () => {
  const { links } = await uploaded(png({ width: 640, height: 480 }));
  const whole = await get(links.full);
  const part = await get(links.full, undefined, { range: 'bytes=10-19' });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), `bytes 10-19/${whole.bytes.length}`);
  assert.deepEqual(part.bytes, whole.bytes.subarray(10, 20));
  const etag = whole.headers.get('etag');
  assert.equal((await get(links.full, undefined, { 'if-none-match': etag })).status, 304);
  assert.equal((await get(links.full, undefined, { range: 'bytes=0-0', 'if-range': etag })).status, 206);
  assert.notEqual((await get(links.small)).headers.get('etag'), etag);
  assert.deepEqual(refusal(await get(links.full, undefined, { range: `bytes=${whole.bytes.length}-` })), [416, 'bad_range']);
});

test('a large one is made smaller, a clear one white behind', async () => {
  const media = await uploaded(png({ width: 6000, height: 100, pixel: [0, 0, 0, 0] }));
  assert.deepEqual([media.width, media.height], [4096, 68]);
});

test('the same file again has the same name, of another person another', async () => {
  const body = png({ pixel: [1, 2, 3] });
  const [first, again] = [await uploaded(body), await uploaded(body)];
  const theirs = await uploaded(body, { as: 'other' });
  assert.equal(again.id, first.id);
  assert.notEqual(theirs.id, first.id);
  const of = await uploaded(body, { as: 'system' });
  assert.notEqual(of.id, first.id);
});

test('no metadata is left: neither place nor camera; the picture stands upright', async () => {
  const plain = await get((await uploaded(png({ width: 100, height: 40 }))).links.full);
  const tagged = withExif(plain.bytes);
  assert.ok(tagged.includes('CanaryCamera'));
  for (const body of [tagged, png({ width: 100, height: 40, extra: [['eXIf', exif()],
    ['tEXt', Buffer.from('Comment\0CanaryCamera')]] })]) {
    const media = await uploaded(body);
    for (const path of stored(media.id)) {
      const bytes = readFileSync(path);
      for (const mark of ['Exif', 'CanaryCamera', 'MM\0*', 'http://ns.adobe.com']) assert.ok(!bytes.includes(mark), mark);
    }
    if (body === tagged) assert.deepEqual([media.width, media.height], [40, 100]);
  }
});

test('what stands behind a picture, or between its parts, is gone', async () => {
  const html = Buffer.from('<html><script>alert(1)</script>PK\x05\x06%PDF-1.7');
  const media = await uploaded(Buffer.concat([png({ extra: [['tEXt', Buffer.concat([Buffer.from('x\0'), html])]] }), html]));
  for (const path of stored(media.id)) {
    const bytes = readFileSync(path);
    for (const mark of ['<script', 'PK\x05\x06', '%PDF']) assert.ok(!bytes.includes(mark), mark);
    assert.equal(bytes.subarray(-2).toString('hex'), 'ffd9');
  }
});

const whole = png({ width: 300, height: 300, pixel: [9, 8, 7] });
for (const [what, body, options, expected] of [
  ['HTML that says to be a picture', '<!doctype html><script>x</script>', { type: 'image/png' }, [422, 'unsupported_type']],
  ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>', { type: 'image/svg+xml' }, [422, 'unsupported_type']],
  ['a GIF', Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1'), {}, [422, 'unsupported_type']],
  ['a ZIP', Buffer.from('PK\x03\x04aaaa', 'latin1'), {}, [422, 'unsupported_type']],
  ['a PNG that says to be a JPEG', whole, { type: 'image/jpeg' }, [422, 'type_mismatch']],
  ['a picture that is cut off', whole.subarray(0, whole.length - 60), {}, [422, 'broken_picture']],
  ['a picture without all of its rows', png({ width: 300, height: 300, rows: 100 }), {}, [422, 'broken_picture']],
  ['noise behind a good header', Buffer.concat([whole.subarray(0, 33), Buffer.alloc(5000, 7)]), {}, [422, 'broken_picture']],
  ['nothing', '', {}, [422, 'unsupported_type']],
  ['a picture of nobody', whole, { as: null }, [401, 'sign_in']],
  ['a picture of 30,000 × 30,000', png({ width: 30000, height: 30000, rows: 3 }), {}, [422, 'picture_too_large']],
]) {
  test(`${what} is refused`, async () => assert.deepEqual(refusal(await upload(body, options)), expected));
}

test('a picture over 20 MiB is refused', async () => {
  const body = Buffer.concat([whole, Buffer.alloc(20 * 1024 * 1024)]);
  assert.deepEqual(refusal(await upload(body)), [413, 'file_too_large']);
});

// Before it is sent: the answer is there when the length is.
test('a file over 64 MiB is refused', async () => {
  const status = await new Promise((resolve, reject) => {
    const asked = request(`${stack.url('intake')}/api/intake/media`, { method: 'POST', headers: {
      authorization: `Bearer ${city.tokens.citizen}`, 'content-length': 64 * 1024 * 1024 + 1 } });
    asked.on('response', (answer) => { resolve(answer.statusCode); asked.destroy(); });
    asked.on('error', reject);
    asked.flushHeaders();
  });
  assert.equal(status, 413);
});

test('a bomb of as many pixels as are taken needs memory of another process only', async () => {
  const before = residentKb();
  const body = png({ width: 7000, height: 7000 });
  const media = await uploaded(body);
  assert.deepEqual([media.width, media.height], [4096, 4096]);
  const grown = residentKb() - before;
  assert.ok(grown < 24 * 1024, `grew by ${grown} KiB`);
});

test('links are for who uploaded it and for the city', async () => {
  const { id } = await uploaded(png({ pixel: [4, 5, 6] }));
  const path = `/api/intake/media/${id}/links`;
  for (const as of ['citizen', 'office']) {
    const answer = await get(path, as);
    assert.equal(answer.status, 200, String(answer.bytes));
    assert.equal((await get(answer.json.links.small)).status, 200);
  }
  assert.deepEqual(refusal(await get(path, 'other')), [404, 'unknown_media']);
  assert.deepEqual(refusal(await get(path)), [401, 'sign_in']);
});

test('a link that was changed is refused, and so is one that is too old', async () => {
  const { id, links } = await uploaded(png({ pixel: [7, 7, 7] }));
  const other = await uploaded(png({ pixel: [8, 8, 8] }));
  for (const bad of [links.full.replace('full', 'small'), links.full.replace(id, other.id),
    links.full.replace(/expires=\d+/, (text) => `${text}0`), links.full.replace(/signature=./, 'signature='),
    `/api/intake/media/${id}`]) {
    const answer = await get(bad);
    assert.deepEqual(refusal(answer), [403, 'bad_link'], bad);
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  }
});

test('links live as long as is set', async () => {
  await stack.stopPart('intake');
  await city.run({ MEDIA_LINK_S: '1' });
  const { links } = await uploaded(png({ pixel: [9, 9, 9] }));
  assert.equal((await get(links.full)).status, 200);
  await until('the link is too old', async () => (await get(links.full)).status === 403, 5000);
  assert.deepEqual(refusal(await get(links.full)), [403, 'expired_link']);
});

test('after a crash between file and row the same upload makes all whole', async () => {
  const body = png({ pixel: [10, 20, 30] });
  const media = await uploaded(body);
  await rows('UPDATE media SET type = NULL, width = NULL, height = NULL, bytes = NULL WHERE id = $1', [media.id]);
  assert.deepEqual(refusal(await get(`/api/intake/media/${media.id}/links`, 'citizen')), [404, 'unknown_media']);
  const again = await uploaded(body);
  assert.equal(again.id, media.id);
  assert.equal((await get(again.links.full)).bytes.length, again.bytes);
});

test('kill -9 while pictures come in leaves none half there', async () => {
  const bodies = [...Array(12).keys()].map((i) => png({ width: 900, height: 700, pixel: [i, 100, 200] }));
  const sent = bodies.map((body) => upload(body).catch(() => undefined));
  await Promise.race(sent);
  await stack.kill('intake');
  await Promise.all(sent);
  await city.run({});
  for (const { id, bytes } of await rows('SELECT id, bytes FROM media WHERE type IS NOT NULL')) {
    assert.equal(readFileSync(stored(id)[0]).length, bytes);
    assert.ok(existsSync(stored(id)[1]));
  }
  for (const body of bodies) {
    const media = await uploaded(body);
    assert.equal((await get(media.links.full)).bytes.length, media.bytes);
  }
  const [{ n }] = await rows('SELECT count(*)::int AS n FROM media WHERE type IS NULL');
  const refusedNames = 4; // those that could not be decoded have a row, which goes with the sweep
  assert.ok(n <= refusedNames, `${n} rows without a file`);
  assert.ok(city.halfWritten().length <= 4);
});

test('many at once are all taken, or told to come again', async () => {
  const bodies = [...Array(60).keys()].map((i) => png({ width: 200, height: 200, pixel: [i, i, 1] }));
  const answers = await Promise.all(bodies.map((body) => upload(body)));
  for (const { status, headers } of answers) {
    assert.ok(status === 201 || (status === 503 && headers.get('retry-after')), String(status));
  }
  assert.ok(answers.filter(({ status }) => status === 201).length >= 30);
});
