// SPDX-License-Identifier: Apache-2.0
// What strangers write to city.inbound.v1, and what becomes of it: the good is filed, the bad goes
// once, whole and with its reason, to the dead letters, or to quarantine when its source is known; an operator
// looks, replays or discards.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Producer } from '@platformatic/kafka';
import { loadSystems } from '../support/sources.mjs';
import { message } from '../support/topics.mjs';
import { Cluster, HOAN_KIEM, SYSTEM } from './cluster.mjs';
import { quiesce } from './evidence.mjs';

const INBOUND = 'city.inbound.v1';
const LETTERS = 'city.inbound.v1.intake.dlq';
const TYPE = 'vn.hanoi.incident.reported.v1';
const KNOWN = 'urn:example:drainage';
const HEADERS_KEPT = 256; // common/dead_letter.c: what a letter can hold is bounded

const cluster = new Cluster();
let producer;

before(async () => {
  await cluster.start();
  await knowSystems(KNOWN);
  producer = new Producer({ clientId: 'stranger', autocreateTopics: false,
    bootstrapBrokers: [cluster.stack.kafka.brokers] }); // bytes as they are
});
after(async () => {
  await producer?.close();
  await cluster.stop();
});

// Resolves when the running intake has read them: before that their events are a stranger's.
async function knowSystems(...systems) {
  await loadSystems(cluster.stack, ...systems);
  await cluster.waitFor('the sources are known', async () => readFileSync(cluster.stack.logFile('intake'), 'utf8')
    .includes(`"sources":${systems.length}`));
}

function incident(n, changes = {}) {
  return { incident_id: `NG-${n}`, category: 'ha-tang', description: `Mực nước vượt ngưỡng (${n}).`,
    location: HOAN_KIEM, occurred_at: '2026-11-24T11:00:00+07:00', ...changes };
}

// As bytes: {key, value, headers: [[name, value]]}.
function event(id, data, { type = TYPE, without = [], extra = {}, source = KNOWN } = {}) {
  const { headers } = message(INBOUND, type, `sensor-${id}`, {}, { id, source });
  const kept = Object.entries({ ...headers, ...extra }).filter(([name]) => !without.includes(name));
  return { key: Buffer.from(`sensor-${id}`), value: data, headers: kept };
}

const json = (data) => Buffer.from(JSON.stringify(data));
const nested = (depth) => Buffer.from('{"incident_id":"N","deep":'.padEnd(26)
  + '['.repeat(depth) + ']'.repeat(depth) + '}');
const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x-noise-${i}`, `value ${i}`]));

// Events whose data are bad: of a known source they lie in quarantine, of another one they are dead letters.
const faulty = (source) => [
  { name: 'no JSON', id: 'p1', value: Buffer.from('{"incident_id": ') },
  { name: 'a list instead of an object', id: 'p2', value: json([1, 2]) },
  { name: 'a field of the wrong type', id: 'p3', value: json(incident('3', { incident_id: 3 })), field: /incident_id/ },
  { name: 'latitude and longitude swapped', id: 'p4', value: json(incident('4', { location: { lat: 105.85, lon: 21.03 } })), field: /location/ },
  { name: 'a time without a zone', id: 'p5', value: json(incident('5', { occurred_at: '2026-11-24T11:00:00' })), field: /occurred_at/ },
  { name: 'an unknown category', id: 'p6', value: json(incident('6', { category: 'no-such' })), field: /category/ },
  { name: 'an unknown type', id: 'p7', value: json(incident('7')), type: 'vn.hanoi.unheard.of.v1', reason: 'unknown_type' },
  { name: 'deep nesting', id: 'p13', value: nested(20000) },
  { name: 'a null value', id: 'p14', value: null, reason: 'no_data' },
  { name: 'a NUL in a text', id: 'p16', value: json(incident('16', { description: 'a\0b' })) },
  { name: 'five hundred headers, and no JSON', id: 'p17', value: Buffer.from('x'), extra: many },
  { name: 'neither key nor sense', id: 'p18', value: Buffer.from([0, 1, 2, 3]), key: null },
].map(({ name, id, value, field, reason = 'invalid_data', key, ...rest }) => (
  { name, id, ...event(id, value, { ...rest, source }), ...(key === null && { key }), field, reason }));

const HELD = faulty(KNOWN);
const POISON = [
  ...faulty('urn:stranger').map((row) => ({ ...row, class: 'unknown_source', detail: /^source$/ })),
  { name: 'no ce_id', ...event('p8', json(incident('8')), { without: ['ce_id'] }) },
  { name: 'no ce_type', ...event('p9', json(incident('9')), { without: ['ce_type'] }) },
  { name: 'no ce_source', ...event('p10', json(incident('10')), { without: ['ce_source'] }) },
  { name: 'no headers at all', key: Buffer.from('bare'), value: json(incident('11')), headers: [] },
  { name: 'one megabyte', ...event('p12', json(incident('12', { description: 'a'.repeat(1 << 20) }))) },
  { name: 'no UTF-8', ...event('p15', Buffer.concat([Buffer.from('{"incident_id":"N","description":"'),
    Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"}')])), class: 'invalid_utf8' },
  { name: 'a good one, of a source that will be known', ...event('p19', json(incident('19')), { source: 'urn:late' }),
    class: 'unknown_source' },
];
const GOOD = Array.from({ length: 40 }, (_, i) => event(`good-${i}`, json(incident(`good-${i}`))));

function publish(messages) {
  return producer.send({ messages: messages.map(({ key, value, headers }) => ({
    topic: INBOUND, partition: 0, key: key ?? undefined, value: value ?? undefined,
    headers: new Map(headers.map(([name, text]) => [Buffer.from(name), Buffer.from(text)])) })) });
}

async function letters() {
  return (await cluster.topics.read([LETTERS])).map((letter) => ({ ...letter,
    reason: Object.fromEntries(letter.headers.filter(([name]) => name.startsWith('dlq-'))
      .map(([name, value]) => [name, String(value)])) }));
}

const bytes = (value) => (value === null || value === undefined ? null : Buffer.from(value).toString('base64'));

function originalOf({ key, value, headers }) {
  return { key: bytes(key), value: bytes(value),
    headers: headers.filter(([name]) => !name.startsWith('dlq-'))
      .map(([name, text]) => `${name}=${bytes(text)}`).slice(0, HEADERS_KEPT).sort() };
}

async function filedIncidents() {
  return (await cluster.database('intake',
    "SELECT id, description FROM submission WHERE channel = 'inbound' ORDER BY id"));
}

async function openLetters() {
  const { stdout, code } = await cluster.verb('intake', 'dlq', 'list', '--json');
  assert.equal(code, 0);
  return stdout.trim().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
}

test('the good among the bad is filed, each once', async () => {
  const mixed = [];
  for (let i = 0; i < GOOD.length; i += 1) {
    mixed.push(GOOD[i]);
    if (i < POISON.length) mixed.push(POISON[i]);
    if (i < HELD.length) mixed.push(HELD[i]);
  }
  await publish(mixed);
  await publish([GOOD[0]]); // the same incident once more
  await quiesce(cluster);
  const rows = await filedIncidents();
  assert.deepEqual(rows.map(({ description }) => description).sort(),
    GOOD.map(({ value }) => JSON.parse(value).description).sort());
  for (const { id } of rows) {
    assert.equal((await cluster.view(id, 1, SYSTEM)).json.case.state, 'received');
  }
});

test('each of the bad is in the dead letters once, untouched, with its reason', async () => {
  const found = await letters();
  assert.equal(found.length, POISON.length);
  const byOffset = found.toSorted((a, b) => a.reason['dlq-original-offset'] - b.reason['dlq-original-offset']);
  POISON.forEach((poison, i) => {
    const letter = byOffset[i];
    const told = originalOf(letter);
    const sent = originalOf(poison);
    assert.deepEqual([told.key, told.value], [sent.key, sent.value], poison.name);
    if (poison.headers.length <= HEADERS_KEPT) assert.deepEqual(told.headers, sent.headers, poison.name);
    else assert.equal(letter.reason['dlq-headers-dropped'], String(poison.headers.length - told.headers.length));
    assert.equal(letter.reason['dlq-original-topic'], INBOUND);
    assert.equal(letter.reason['dlq-original-partition'], '0');
    assert.equal(letter.reason['dlq-group'], 'intake');
    assert.match(letter.reason['dlq-error-class'], /^[a-z][a-z0-9_]*$/, poison.name);
    assert.match(letter.reason['dlq-failed-at'], /^2\d{3}-.*Z$/);
    if (poison.class) assert.equal(letter.reason['dlq-error-class'], poison.class, poison.name);
    if (poison.detail) assert.match(letter.reason['dlq-error-detail'], poison.detail, poison.name);
  });
});

test('each of the bad of a known source is in quarantine once, untouched, with its reason', async () => {
  const rows = await cluster.database('intake', 'SELECT event_id, reason, field, state, times, key, value FROM quarantine');
  assert.equal(rows.length, HELD.length);
  for (const held of HELD) {
    const row = rows.find(({ event_id: id }) => id === held.id);
    assert.deepEqual([row.reason, row.state, Number(row.times)], [held.reason, 'open', 1], held.name);
    assert.deepEqual([bytes(row.key), bytes(row.value)], [bytes(held.key), bytes(held.value)], held.name);
    if (held.field) assert.match(row.field, held.field, held.name);
  }
});

test('a restart brings no letter twice', async () => {
  await cluster.stack.kill('intake');
  await cluster.stack.startService('intake');
  await publish([event('after-restart', json(incident('after-restart')))]);
  await quiesce(cluster);
  assert.equal((await letters()).length, POISON.length);
  assert.equal((await filedIncidents()).length, GOOD.length + 1);
});

test('dlq list and show tell an operator what it is', async () => {
  const open = await openLetters();
  assert.equal(open.length, POISON.length);
  const text = (await cluster.verb('intake', 'dlq', 'list')).stdout;
  assert.match(text, new RegExp(`${POISON.length} open`));
  const shown = (await Promise.all(open.map(({ id }) => cluster.verb('intake', 'dlq', 'show', String(id)))))
    .find(({ stdout }) => /no-such/.test(stdout));
  assert.equal(shown.code, 0);
  assert.match(shown.stdout, /key: sensor-p6/);
  assert.match(shown.stdout, /header ce_id: p6/);
  // Control characters of a stranger must not reach the terminal.
  for (const { id } of open) {
    const { stdout } = await cluster.verb('intake', 'dlq', 'show', String(id));
    assert.doesNotMatch(stdout, /[\0-\x08\x0b-\x1f\x7f]/);
  }
  assert.notEqual((await cluster.verb('intake', 'dlq', 'show', '999999')).code, 0);
});

// The open letter whose message has this event id.
async function letterOf(eventId) {
  for (const { id } of await openLetters()) {
    const { stdout } = await cluster.verb('intake', 'dlq', 'show', String(id));
    if (stdout.includes(`header ce_id: ${eventId}\n`)) return String(id);
  }
  return undefined;
}

test('what has become valid is filed when it is replayed', async () => {
  await knowSystems(KNOWN, 'urn:late');
  const id = await letterOf('p19');
  const replayed = await cluster.verb('intake', 'dlq', 'replay', id);
  assert.equal(replayed.code, 0, replayed.stderr);
  await quiesce(cluster);
  const rows = await filedIncidents();
  assert.equal(rows.filter(({ description }) => description.includes('(19)')).length, 1);
  assert.equal((await openLetters()).length, POISON.length - 1);

  const again = await cluster.verb('intake', 'dlq', 'replay', id); // it is settled
  await quiesce(cluster);
  assert.equal((await filedIncidents()).length, rows.length, again.stdout);
});

test('what is still bad comes back as a new letter; discarded ones stay away', async () => {
  const open = await openLetters();
  const bad = await letterOf('p5');
  assert.equal((await cluster.verb('intake', 'dlq', 'replay', bad)).code, 0);
  await quiesce(cluster);
  const after = await openLetters();
  assert.equal(after.length, open.length);
  assert.ok(!after.some(({ id }) => String(id) === bad));

  assert.notEqual((await cluster.verb('intake', 'dlq', 'discard', String(after[0].id))).code, 0); // no reason
  const discarded = await cluster.verb('intake', 'dlq', 'discard', ...after.map(({ id }) => String(id)),
    '--reason', 'sender is mended');
  assert.equal(discarded.code, 0, discarded.stderr);
  assert.deepEqual(await openLetters(), []);
  await quiesce(cluster);
  assert.equal((await filedIncidents()).length, GOOD.length + 2);
  const kept = await cluster.database('intake', "SELECT DISTINCT state FROM dead_letter ORDER BY 1");
  assert.deepEqual(kept.map(({ state }) => state), ['discarded', 'replayed']);
});

test('no text of a stranger is in the logs', async () => {
  assert.doesNotMatch(readFileSync(cluster.stack.logFile('intake'), 'utf8'), /Mực nước|x-noise/);
});

test('nothing crashed', () => assert.deepEqual(cluster.crashes, []));
