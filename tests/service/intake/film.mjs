// SPDX-License-Identifier: Apache-2.0
// Films of a second, a few KiB each (made with ffmpeg, kept as seeds of the fuzzer), and what telephones put into them.
import { readFileSync } from 'node:fs';

/** film.mp4 lies on its side and has a title; film.mov says where it was taken; attached.mkv brings a file. */
export const film = (name) => readFileSync(`tests/fuzz/seeds/media/${name}`);

export function box(type, ...parts) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** The boxes of a file, or of a box's body: [type, bytes with their head]. */
export function boxes(bytes) {
  const found = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32BE(at);
    found.push([bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at, at + size)]);
    at += size;
  }
  return found;
}

/** An MP4 whose moov, its last box, holds these boxes more. */
export function within(mp4, ...added) {
  const all = boxes(mp4);
  const [type, moov] = all.at(-1);
  if (type !== 'moov') throw new Error('moov is not the last');
  return Buffer.concat([...all.slice(0, -1).map(([, bytes]) => bytes), box('moov', moov.subarray(8), ...added)]);
}

/** An MP4 with room of so many bytes in it that nothing plays. */
export const padded = (mp4, size) => Buffer.concat([mp4, box('free', Buffer.alloc(size - mp4.length - 8))]);
