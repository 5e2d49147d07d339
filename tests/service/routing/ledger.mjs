// SPDX-License-Identifier: Apache-2.0
// The history of cases as services/routing/README.md describes it, written and checked by other
// code than the service's: links, roots of days, checkpoints.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { uuid7 } from './desk.mjs';

export const DAY_MS = 86400000;
const OFFSET_MS = 7 * 3600000;
const ZEROS = Buffer.alloc(32);

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const bytes = (uuid) => Buffer.from(uuid.replaceAll('-', ''), 'hex');

function int(size, value) {
  const buffer = Buffer.alloc(size);
  if (size === 4) buffer.writeUInt32BE(value);
  else buffer.writeBigInt64BE(BigInt(value));
  return buffer;
}

function text(value) {
  if (value === null || value === undefined) return int(8, -1);
  return Buffer.concat([int(8, Buffer.byteLength(value)), Buffer.from(value)]);
}

// row: {case_id, version, event_id, at (Date), action, actor, snapshot, report}
export function link(previous, row) {
  return sha256(Buffer.from('ihanoi link\0'), previous, bytes(row.case_id), int(4, row.version),
    bytes(row.event_id), int(8, row.at.getTime() * 1000), text(row.action), text(row.actor),
    text(row.snapshot), text(row.report));
}

export function chain(rows) {
  rows.forEach((row, i) => { row.hash = link(i === 0 ? ZEROS : rows[i - 1].hash, row); });
  return rows;
}

export const dayOf = (ms) => new Date(ms + OFFSET_MS).toISOString().slice(0, 10);
export const startOf = (day) => Date.parse(`${day}T00:00:00Z`) - OFFSET_MS;
export const dayAfter = (day, days = 1) => dayOf(startOf(day) + days * DAY_MS);
// The last day that can have a checkpoint: ten minutes after its end.
export const dueDay = (ms = Date.now()) => dayAfter(dayOf(ms - 600000), -1);

// No day may be closed while a test counts them.
export async function untilNoDayCloses() {
  while (dueDay(Date.now() + 180000) !== dueDay()) await new Promise((done) => { setTimeout(done, 1000); });
}

export function root(rows) {
  const sorted = rows.toSorted((a, b) => a.at - b.at || Buffer.compare(bytes(a.case_id), bytes(b.case_id))
    || a.version - b.version);
  return sorted.reduce((sum, row) => sha256(Buffer.from('ihanoi root\0'), sum, bytes(row.case_id),
    int(4, row.version), row.hash), ZEROS);
}

export function statement(it) {
  return `ihanoi audit checkpoint 1\nday ${it.day}\nrows ${it.rows}\ntotal ${it.total}\n`
    + `root ${it.root}\nprevious ${it.previous}\nkey ${it.key_id}\n`;
}

export function isSigned(it, pem) {
  return verify(null, Buffer.from(statement(it)), createPublicKey(pem),
    Buffer.from(it.signature, 'base64url'));
}

export const digestOf = (it) => sha256(Buffer.from(statement(it))).toString('hex');

// A case that was closed on a day long ago, in so many steps; `seconds` after the day's beginning.
export function closedCase(day, steps, seconds) {
  const at = startOf(day) + seconds * 1000;
  const id = uuid7(at);
  return chain(Array.from({ length: steps }, (_, i) => ({
    case_id: id, version: i + 1, event_id: uuid7(at + i), at: new Date(at + i),
    action: ['open', 'accept', 'assign', 'start', 'resolve'][i % 5], actor: i === 0 ? null : 'cuong',
    snapshot: JSON.stringify({ case_id: id, version: i + 1, note: 'Đã xử lý' }),
    report: i === 0 ? JSON.stringify({ description: 'Lấn chiếm vỉa hè' }) : null })));
}

const COLUMNS = ['case_id', 'version', 'action', 'actor', 'at', 'event_id', 'snapshot', 'report', 'hash'];

export async function insertRows(client, rows) {
  await client.query(`INSERT INTO case_history (${COLUMNS}) SELECT * FROM unnest($1::uuid[], $2::int[],
    $3::text[], $4::text[], $5::timestamptz[], $6::uuid[], $7::text[], $8::text[], $9::bytea[])`,
  COLUMNS.map((name) => rows.map((row) => row[name])));
}

// The cases too, closed: no timer looks at them.
export async function insertCases(client, cases) {
  await insertRows(client, cases.flat());
  await client.query(`INSERT INTO case_current (case_id, version, process, state, phase, queue, desk, category,
    level, reporter, near_border, audit_pending, proposed, task_desks) SELECT id, version,
    'onsite_report', 'resolved', 'resolved', 'unit', '00070', 'khac', 'normal', 'demo-citizen', false,
    false, false, '{}' FROM unnest($1::uuid[], $2::int[]) AS i (id, version)`,
  [cases.map((rows) => rows[0].case_id), cases.map((rows) => rows.length)]);
}
