// SPDX-License-Identifier: Apache-2.0
// What is in city.cases.v1 now, as files: one for each partition, a line for each message with its data as they are. Read
// by a client that shares no code with librdkafka.
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Consumer } from '@platformatic/kafka';

const TOPIC = 'city.cases.v1';
const CHUNK = 1 << 20;

/** A file that is written a MiB at a time. */
class Lines {
  constructor(path) {
    Object.assign(this, { file: openSync(path, 'w'), parts: [], size: 0 });
  }

  add(buffer) {
    this.parts.push(buffer, Lines.#end);
    this.size += buffer.length + 1;
    if (this.size > CHUNK) this.#flush();
  }

  static #end = Buffer.from('\n');

  #flush() {
    writeSync(this.file, Buffer.concat(this.parts));
    Object.assign(this, { parts: [], size: 0 });
  }

  close() {
    this.#flush();
    closeSync(this.file);
  }
}

/** Resolves to how many messages there were. */
export async function dump(brokers, folder) {
  mkdirSync(folder, { recursive: true });
  const consumer = new Consumer({ groupId: `dump-${randomUUID()}`, clientId: 'dump', bootstrapBrokers: [brokers] });
  const ends = (await consumer.listOffsets({ topics: [TOPIC] })).get(TOPIC);
  const files = ends.map((_, partition) => new Lines(join(folder, `${String(partition).padStart(2, '0')}.ndjson`)));
  let left = ends.filter((end) => end > 0n).length;
  let count = 0;
  if (left > 0) {
    const stream = await consumer.consume({ mode: 'earliest', autocommit: false, topics: [TOPIC],
      maxWaitTime: 100, maxBytes: 8 << 20 });
    for await (const { partition, offset, value } of stream) {
      if (offset >= ends[partition]) continue;
      files[partition].add(value);
      count += 1;
      if (offset + 1n === ends[partition]) left -= 1;
      if (left === 0) break;
    }
  }
  files.forEach((file) => file.close());
  await consumer.close(true);
  return count;
}

/** How the city is divided, a line for each set. */
export async function dumpUnitSets(topics, path) {
  const told = await topics.read(['city.reference.v1']);
  const sets = told.filter(({ key }) => String(key).startsWith('unit_set:')).map(({ value }) => `${value}\n`);
  writeFileSync(path, sets.join(''));
}
