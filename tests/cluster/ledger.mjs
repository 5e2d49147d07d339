// SPDX-License-Identifier: Apache-2.0
// What clients asked of the cluster and what they were told, in a file that is only ever added to
// and is on disk before the request leaves: the yardstick of checker.mjs.
//
// One JSON object a line:
//   {n, op: "file", key, body, sent}              a filing; body: digest of what was sent
//   {n, op: "command", id, action, version, actor, sent}
//   {of: n, outcome, status?, …, at}              the end of request n:
//        ok        the answer was 2xx: filing {id, answer: digest of the bytes}
//        refused   the cluster said no: status, code
//        unknown   no answer, or one that does not tell (5xx): it may have happened or not
//   {fault, phase: "begin" | "end", at}           what was done to the cluster, for I8
import { createHash } from 'node:crypto';
import { mkdirSync, openSync, readFileSync, closeSync, fdatasync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

export function digest(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

// 4xx tell that nothing happened, but for those that only mean "not now".
export function outcomeOf(status) {
  if (status >= 200 && status < 300) return 'ok';
  return status >= 500 || status === 429 || status === 408 ? 'unknown' : 'refused';
}

export class Ledger {
  constructor(path) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'a');
    this.next = 1;
    this.syncing = null; // the sync under way
    this.waiting = null; // the one after it, for what was written meanwhile
  }

  // Resolves when the line is on disk. Lines that come while the disk is busy share its next turn.
  #append(line) {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
    if (this.syncing === null) {
      this.syncing = sync(this.file).finally(() => { this.syncing = null; });
      return this.syncing;
    }
    this.waiting ??= this.syncing.then(() => {
      this.waiting = null;
      this.syncing = sync(this.file).finally(() => { this.syncing = null; });
      return this.syncing;
    });
    return this.waiting;
  }

  // Before the request leaves. The number names it in end().
  async begin(request) {
    const n = this.next;
    this.next += 1;
    await this.#append({ n, ...request, sent: Date.now() });
    return n;
  }

  end(n, result) {
    return this.#append({ of: n, ...result, at: Date.now() });
  }

  fault(name, phase) {
    return this.#append({ fault: name, phase, at: Date.now() });
  }

  close() {
    closeSync(this.file);
  }
}

// {filings: by key, commands: by id/version/action, faults}: each with all its attempts. A request
// whose end is not in the file is unknown.
export function readLedger(path) {
  const requests = new Map();
  const faults = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line);
    if (entry.fault !== undefined) faults.push(entry);
    else if (entry.of === undefined) requests.set(entry.n, { ...entry, outcome: 'unknown' });
    else Object.assign(requests.get(entry.of), entry);
  }
  const group = (op, keyOf) => Map.groupBy([...requests.values()].filter((r) => r.op === op), keyOf);
  return {
    faults,
    filings: group('file', ({ key }) => key),
    commands: group('command', ({ id, version, action }) => `${id}/${version}/${action}`),
  };
}
