// SPDX-License-Identifier: Apache-2.0
// Uploaded films: their picture and sound in a container of our own, without what else came with them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { box, boxes, film, padded, within } from './film.mjs';
import { MediaCity, refusal } from './media_city.mjs';
import { sizeOfJpeg } from './png.mjs';

const MiB = 1024 * 1024;
const MARK = 'CanaryMark';
const city = new MediaCity('build/test/media_film');
const { upload, uploaded, get, stored } = Object.fromEntries(['upload', 'uploaded', 'get', 'stored']
  .map((name) => [name, city[name].bind(city)]));
const types = (bytes) => boxes(bytes).map(([type]) => type);

before(() => city.start(), { timeout: 120000 });
after(() => city.stop());

for (const [name, declared, type, size] of [
  ['film.mp4', 'video/mp4', 'video/mp4', [64, 96]], // turned upright
  ['film.mov', 'video/quicktime', 'video/mp4', [96, 64]],
  ['film.webm', 'video/webm', 'video/webm', [96, 64]],
  ['attached.mkv', 'video/x-matroska', 'video/webm', [96, 64]],
  ['hevc.mp4', 'video/mp4', 'video/mp4', [96, 64]],
  ['av1.mp4', 'application/octet-stream', 'video/mp4', [96, 64]],
]) {
  test(`${name} is taken, and read by its links`, async () => {
    const media = await uploaded(film(name), { type: declared });
    assert.deepEqual([media.type, media.width, media.height], [type, ...size]);
    const full = await get(media.links.full);
    assert.equal(full.headers.get('content-type'), type);
    assert.equal(full.headers.get('x-content-type-options'), 'nosniff');
    assert.match(full.headers.get('content-security-policy'), /sandbox/);
    assert.equal(full.bytes.length, media.bytes);
    const small = await get(media.links.small);
    assert.equal(small.headers.get('content-type'), 'image/jpeg');
    assert.deepEqual(sizeOfJpeg(small.bytes), size);
  });
}

test('what a player needs first stands first, and it gets parts', async () => {
  const { links } = await uploaded(film('film.mp4'));
  const { bytes } = await get(links.full);
  assert.deepEqual(types(bytes).filter((type) => type !== 'free'), ['ftyp', 'moov', 'mdat']);
  const part = await get(links.full, undefined, { range: 'bytes=0-1' }); // as Safari begins
  assert.deepEqual([part.status, part.headers.get('content-type')], [206, 'video/mp4']);
  assert.equal(part.headers.get('content-range'), `bytes 0-1/${bytes.length}`);
});

test('what the camera and the encoder said is gone: place, title, handler, encoder', async () => {
  for (const [name, said] of [['film.mov', ['+21.0287', 'xyz', 'x264']], ['film.mp4', [MARK, 'loci', 'x264']], ['film.webm', [MARK]],
    ['hevc.mp4', ['x265']], ['attached.mkv', [MARK, 'text/html']]]) {
    const before = film(name);
    for (const mark of said) assert.ok(before.includes(mark), `${name} has ${mark}`);
    const { id } = await uploaded(before);
    const bytes = readFileSync(stored(id)[0]);
    for (const mark of [...said, '<script', 'creation_time']) assert.ok(!bytes.includes(mark), `${name} keeps ${mark}`);
  }
});

test('what stands in a film beside it, or behind it, is gone', async () => {
  const html = `<html><script>${MARK}</script>`;
  const laden = Buffer.concat([
    within(film('film.mov'), box('udta', box('\xa9xyz', '\0\x12\x15\xc7', MARK), box('XMP_', `<x:xmpmeta>${MARK}`)),
      box('meta', MARK), box('uuid', Buffer.alloc(16, 1), MARK)),
    box('uuid', Buffer.alloc(16, 2), html), box('free', html), Buffer.from(`%PDF-1.7 ${html}PK\x05\x06`, 'latin1')]);
  const { id } = await uploaded(laden);
  const bytes = readFileSync(stored(id)[0]);
  for (const mark of [MARK, '<html', '<script', '%PDF', 'PK\x05\x06', 'uuid', 'xmpmeta', 'xyz']) {
    assert.ok(!bytes.includes(mark), mark);
  }
  const plain = readFileSync(stored((await uploaded(film('film.mov'))).id)[0]);
  assert.deepEqual(bytes, plain);
});

for (const [what, body, expected] of [
  ['sound without a picture', film('sound.mp4'), [422, 'broken_film']],
  ['a film of another codec', film('mpeg4.mp4'), [422, 'unsupported_codec']],
  ['a film of more than ten minutes', film('long.mp4'), [422, 'film_too_long']],
  ['a film that is cut off', film('film.mov').subarray(0, 6000), [422, 'broken_film']],
  ['a head without a film', box('ftyp', 'isom\0\0\x02\0'), [422, 'broken_film']],
  ['a head of Matroska and noise', Buffer.concat([film('film.webm').subarray(0, 40), Buffer.alloc(4000, 7)]), [422, 'broken_film']],
  ['HTML before a film', Buffer.concat([Buffer.from('<html>'), film('film.mp4')]), [422, 'unsupported_type']],
]) {
  test(`${what} is refused`, async () => assert.deepEqual(refusal(await upload(body)), expected));
}

test('a film that says to be a picture is refused', async () => {
  assert.deepEqual(refusal(await upload(film('film.mp4'), { type: 'image/png' })), [422, 'type_mismatch']);
});

// Announced, and not sent: its place is taken all the same.
function announce(size) {
  const { port } = new URL(city.stack.url('intake'));
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`POST /api/intake/media HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${city.tokens.citizen}\r\n`
    + `Content-Type: video/mp4\r\nContent-Length: ${size}\r\n\r\n`);
  return socket;
}

test('a film of 64 MiB is taken; when two of them are under way, the third is told to come again', async () => {
  const large = padded(film('film.mov'), 64 * MiB);
  const media = await uploaded(large, { type: 'video/quicktime' });
  assert.ok(media.bytes < MiB, 'what nothing plays is gone');
  const others = [announce(64 * MiB), announce(64 * MiB)];
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  const answer = await upload(large);
  assert.deepEqual(refusal(answer), [503, 'uploads_full']);
  assert.ok(answer.headers.get('retry-after'));
  assert.equal((await upload(film('film.mp4'))).status, 201); // small ones still find room
  for (const socket of others) socket.destroy();
});

test('a film is named in a report as a picture is', async () => {
  const { reference } = await uploaded(film('film.webm'));
  const { id } = await city.filed([reference]);
  const { json } = await get(`/api/intake/submissions/${id}`, 'citizen');
  assert.equal((await get(json.media[0].links.full)).headers.get('content-type'), 'video/webm');
  assert.equal((await get(json.media[0].links.small)).headers.get('content-type'), 'image/jpeg');
});
