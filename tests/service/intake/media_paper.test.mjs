// SPDX-License-Identifier: Apache-2.0
// Uploaded PDFs: printed anew, and nothing but what is seen on their pages is left.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { MediaCity, refusal } from './media_city.mjs';
import { laden, locked, pdf, pdfOf } from './pdf.mjs';
import { png, sizeOfJpeg, withExif } from './png.mjs';

const MARK = 'CanaryMark';
const city = new MediaCity('build/test/media_paper');
const { upload, uploaded, get, stored } = Object.fromEntries(['upload', 'uploaded', 'get', 'stored']
  .map((name) => [name, city[name].bind(city)]));

/** A stored PDF with its streams unpacked, to be searched. */
function unpacked(id) {
  const bytes = readFileSync(stored(id)[0]);
  const parts = [bytes];
  for (let at = 0; (at = bytes.indexOf('stream\n', at)) >= 0; at += 7) {
    if (bytes.subarray(at - 3, at).toString() === 'end') continue;
    try {
      parts.push(inflateSync(bytes.subarray(at + 7, bytes.indexOf('\nendstream', at))));
    } catch { /* a picture */ }
  }
  return Buffer.concat(parts);
}

before(() => city.start(), { timeout: 120000 });
after(() => city.stop());

test('a PDF is taken, printed anew, and read by its links', async () => {
  const media = await uploaded(pdf({ pages: 3 }), { type: 'application/pdf' });
  assert.equal(media.type, 'application/pdf');
  assert.deepEqual(['width' in media, 'height' in media], [false, false]);
  const full = await get(media.links.full);
  assert.equal(full.bytes.length, media.bytes);
  assert.equal(full.headers.get('content-type'), 'application/pdf');
  assert.equal(full.headers.get('content-disposition'), `attachment; filename="${media.id}.pdf"`);
  assert.equal(full.headers.get('x-content-type-options'), 'nosniff');
  assert.match(full.headers.get('content-security-policy'), /sandbox/);
  assert.equal(full.bytes.toString('latin1').match(/\/Type \/Page /g).length, 3);
  const small = await get(media.links.small);
  assert.equal(small.headers.get('content-type'), 'image/jpeg');
  assert.equal(small.headers.get('content-disposition'), null);
  assert.deepEqual(sizeOfJpeg(small.bytes), [226, 320]);
  assert.equal((await get(`/api/intake/media/${media.id}/links`, 'citizen')).json.type, 'application/pdf');
});

test('text stays text', async () => {
  const bytes = unpacked((await uploaded(pdf({ words: 'ABC' }))).id);
  assert.ok(bytes.includes('/ToUnicode') && bytes.includes('/Type /Font'));
});

test('scripts, actions, links, forms, attachments, metadata are gone; so is what a picture within says', async () => {
  const jpeg = (await get((await uploaded(png({ width: 100, height: 40 }))).links.full)).bytes;
  const tagged = withExif(Buffer.concat([jpeg, Buffer.from(MARK)]));
  const media = await uploaded(laden(tagged, MARK));
  const bytes = unpacked(media.id);
  assert.ok(bytes.includes('/DCTDecode'), 'the picture is there, as JPEG');
  for (const mark of [MARK, 'Exif', 'CanaryCamera', 'JavaScript', 'OpenAction', 'Launch', 'EmbeddedFile', 'AcroForm', '/URI',
    '/Annot', 'xmpmeta', '/Author', '/Title', 'CreationDate', 'ModDate', 'PK\x03\x04']) {
    assert.ok(!bytes.includes(mark), mark);
  }
});

test('what stands behind a PDF, or in an object that no page uses, is gone', async () => {
  const html = `<html><script>${MARK}</script>`;
  const media = await uploaded(Buffer.concat([pdf(), Buffer.from(`${html}PK\x05\x06`, 'latin1')]));
  const bytes = unpacked(media.id);
  for (const mark of [MARK, '<html', 'PK\x05\x06']) assert.ok(!bytes.includes(mark), mark);
  assert.match(bytes.toString('latin1'), /%%EOF\n/);
  assert.equal(readFileSync(stored(media.id)[0]).subarray(-6).toString(), '%%EOF\n');
});

test('the same file gives the same bytes whenever it is printed', async () => {
  const [mine, theirs] = [await uploaded(pdf()), await uploaded(pdf(), { as: 'other' })];
  assert.deepEqual(readFileSync(stored(mine.id)[0]), readFileSync(stored(theirs.id)[0]));
});

const picture = png({ pixel: [9, 8, 7] });
for (const [what, body, expected] of [
  ['a picture that says to be a PDF', Buffer.concat([Buffer.from('%PDF-1.7\n'), picture]), [422, 'broken_paper']],
  ['a PDF that does not begin the file', Buffer.concat([Buffer.from('GIF89a'), pdf()]), [422, 'unsupported_type']],
  ['HTML in front of a PDF', Buffer.concat([Buffer.from('<html>\n'), pdf()]), [422, 'unsupported_type']],
  ['a PDF of noise', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 7)]), [422, 'broken_paper']],
  ['a PDF without pages', pdf({ pages: 0 }), [422, 'broken_paper']],
  ['a PDF of too many pages', pdf({ pages: 201 }), [422, 'paper_too_long']],
  ['a PDF that is locked', locked(), [422, 'locked_paper']],
  ['a page as large as a field', pdf({ width: 20000, height: 20000 }), [422, 'broken_paper']],
  ['a PDF whose pages go round in a circle', pdfOf(['<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [2 0 R] >>']), [422, 'broken_paper']],
]) {
  test(`${what} is refused`, async () => assert.deepEqual(refusal(await upload(body)), expected));
}

test('a PDF that says to be a picture is refused', async () => {
  assert.deepEqual(refusal(await upload(pdf(), { type: 'image/png' })), [422, 'type_mismatch']);
});

test('a PDF is named in a report as a picture is', async () => {
  const { reference } = await uploaded(pdf({ words: 'Evidence' }));
  const { id } = await city.filed([reference]);
  const { json } = await get(`/api/intake/submissions/${id}`, 'citizen');
  assert.equal(json.media[0].reference, reference);
  assert.equal((await get(json.media[0].links.small)).headers.get('content-type'), 'image/jpeg');
});
