// SPDX-License-Identifier: Apache-2.0
// Pictures made in the test: PNG of one colour, and pieces that real ones carry.
import { crc32, deflateSync } from 'node:zlib';

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const head = Buffer.alloc(4);
  const tail = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  tail.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, tail]);
}

function ihdr(width, height, colour) {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, colour, 0, 0, 0], 8);
  return chunk('IHDR', data);
}

/** pixel: bytes of each pixel, three (RGB) or four (RGBA). extra: chunks before the pixels. */
export function png({ width = 64, height = 48, pixel = [200, 30, 30], extra = [], rows = height }) {
  const row = Buffer.concat([Buffer.from([0]), Buffer.from(Array(width).fill(pixel).flat())]);
  const pixels = deflateSync(Buffer.concat(Array(rows).fill(row)), { level: 1 });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ihdr(width, height, pixel.length === 4 ? 6 : 2),
    ...extra.map(([type, data]) => chunk(type, data)), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

/** EXIF that turns the picture by a quarter and says where it was taken. */
export function exif() {
  const entry = (tag, type, count, value) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(tag, 0);
    bytes.writeUInt16BE(type, 2);
    bytes.writeUInt32BE(count, 4);
    Buffer.isBuffer(value) ? value.copy(bytes, 8) : type === 3 ? bytes.writeUInt16BE(value, 8) : bytes.writeUInt32BE(value, 8);
    return bytes;
  };
  const directory = (entries) => Buffer.concat([Buffer.from([0, entries.length]), ...entries, Buffer.alloc(4)]);
  const make = Buffer.from('CanaryCamera\0');
  const gpsAt = 8 + 2 + 3 * 12 + 4;
  const latitudeAt = gpsAt + 2 + 2 * 12 + 4;
  const latitude = Buffer.alloc(24);
  [21, 1, 1, 1, 43, 1].forEach((n, i) => latitude.writeUInt32BE(n, 4 * i));
  return Buffer.concat([Buffer.from('MM\0*\0\0\0\x08', 'latin1'),
    directory([entry(0x010f, 2, make.length, latitudeAt + 24), entry(0x0112, 3, 1, 6), entry(0x8825, 4, 1, gpsAt)]),
    directory([entry(1, 2, 2, Buffer.from('N\0')), entry(2, 5, 3, latitudeAt)]), latitude, make]);
}

/** A JPEG with that EXIF put into it. */
export function withExif(jpeg) {
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif()]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)]);
}

/** Width and height, from the frame of a JPEG. */
export function sizeOfJpeg(jpeg) {
  for (let at = 2; at < jpeg.length; at += 2 + jpeg.readUInt16BE(at + 2)) {
    const marker = jpeg[at + 1];
    if (marker >= 0xc0 && marker <= 0xc2) return [jpeg.readUInt16BE(at + 7), jpeg.readUInt16BE(at + 5)];
  }
  throw new Error('no frame');
}
