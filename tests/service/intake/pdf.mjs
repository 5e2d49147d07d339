// SPDX-License-Identifier: Apache-2.0
// PDFs made in the test: pages of a few words, and the pieces that make a PDF more than paper.
import { createHash } from 'node:crypto';

const stream = (dictionary, data) => Buffer.concat([
  Buffer.from(`<< ${dictionary} /Length ${data.length} >>\nstream\n`, 'latin1'), Buffer.from(data), Buffer.from('\nendstream')]);

/** objects: of numbers 1, 2, …, as text or bytes; the first is the catalog. trailer: what it says more. */
export function pdfOf(objects, trailer = '') {
  const parts = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const offsets = [];
  const size = () => parts.reduce((sum, part) => sum + part.length, 0);
  objects.forEach((object, i) => {
    offsets.push(size());
    parts.push(Buffer.from(`${i + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n'));
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n\r\n`).join('');
  parts.push(Buffer.from(`xref\n0 ${objects.length + 1}\n0000000000 65535 f\r\n${table}trailer\n`
    + `<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${size()}\n%%EOF\n`));
  return Buffer.concat(parts);
}

const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';

/** Pages that say words, of width × height points. */
export function pdf({ pages = 1, words = 'Canary words', width = 595, height = 842 } = {}) {
  const kids = [...Array(pages).keys()].map((i) => `${4 + 2 * i} 0 R`).join(' ');
  return pdfOf(['<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Count ${pages} /Kids [${kids}] >>`, FONT,
    ...[...Array(pages).keys()].flatMap((i) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /Font << /F 3 0 R >> >> `
        + `/Contents ${5 + 2 * i} 0 R >>`,
      stream('', `BT /F 24 Tf 72 ${height / 2} Td (${words} ${i + 1}) Tj ET`)])]);
}

/** One page with all that a PDF can do besides being read; each piece holds the mark. jpeg: on the page. */
export function laden(jpeg, mark) {
  const script = `<< /S /JavaScript /JS (app.alert\\("${mark}"\\)) >>`;
  return pdfOf([
    `<< /Type /Catalog /Pages 2 0 R /OpenAction ${script} /Metadata 8 0 R /AcroForm << /Fields [9 0 R] >> `
      + '/Names << /EmbeddedFiles << /Names [(a) 10 0 R] >> /JavaScript << /Names [(b) << /S /JavaScript '
      + `/JS (${mark}) >>] >> >> /AA << /WC << /S /Launch /F (${mark}.exe) >> >> >>`,
    '<< /Type /Pages /Count 1 /Kids [4 0 R] >>', FONT,
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Resources << /Font << /F 3 0 R >> /XObject << /P 6 0 R >> >> '
      + `/Contents 5 0 R /Annots [7 0 R 9 0 R 12 0 R] /AA << /O ${script} >> >>`,
    stream('', 'BT /F 24 Tf 50 250 Td (Seen words) Tj ET q 200 0 0 100 50 50 cm /P Do Q'),
    stream('/Type /XObject /Subtype /Image /Width 100 /Height 40 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode', jpeg),
    `<< /Type /Annot /Subtype /Link /Rect [0 0 400 300] /A << /S /URI /URI (https://${mark}.example/) >> >>`,
    stream('/Type /Metadata /Subtype /XML', `<x:xmpmeta xmlns:x="adobe:ns:meta/">${mark}</x:xmpmeta>`),
    `<< /Type /Annot /Subtype /Widget /FT /Btn /T (${mark}) /Rect [10 10 60 30] /A << /S /SubmitForm /F (https://${mark}.example) >> >>`,
    `<< /Type /Filespec /F (${mark}.zip) /EF << /F 11 0 R >> >>`,
    stream('/Type /EmbeddedFile', `PK\x03\x04${mark}`),
    `<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] /FS 10 0 R /Contents (${mark}) >>`,
    `<< /Author (${mark}) /Title (${mark}) /CreationDate (D:20200101000000Z) >>`], '/Info 13 0 R');
}

function rc4(key, data) {
  const box = [...Array(256).keys()];
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + box[i] + key[i % key.length]) & 255;
    [box[i], box[j]] = [box[j], box[i]];
  }
  let i = 0, j = 0;
  return data.map((byte) => {
    i = (i + 1) & 255;
    j = (j + box[i]) & 255;
    [box[i], box[j]] = [box[j], box[i]];
    return byte ^ box[(box[i] + box[j]) & 255];
  });
}

/** One that opens with a password only (ISO 32000-1, 7.6.3, revision 2). */
export function locked(password = 'secret') {
  const md5 = (...parts) => createHash('md5').update(Buffer.concat(parts)).digest();
  const fill = Buffer.from('28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A', 'hex');
  const padded = Buffer.concat([Buffer.from(password), fill]).subarray(0, 32);
  const id = Buffer.alloc(16, 5), permissions = Buffer.from([0xfc, 0xff, 0xff, 0xff]);
  const owner = rc4(md5(padded).subarray(0, 5), padded);
  const user = rc4(md5(padded, owner, permissions, id).subarray(0, 5), fill);
  const hex = (bytes) => `<${bytes.toString('hex')}>`;
  return pdfOf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Count 1 /Kids [3 0 R] >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>',
    `<< /Filter /Standard /V 1 /R 2 /O ${hex(owner)} /U ${hex(user)} /P -4 >>`],
  `/Encrypt 4 0 R /ID [${hex(id)} ${hex(id)}]`);
}
