// SPDX-License-Identifier: Apache-2.0
// What other city systems bring: by HTTP in all three modes and by topic, one path for both. The test plays
// routing and the systems; events are made by the CloudEvents SDK, which shares no code with us.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { CloudEvent, HTTP } from 'cloudevents';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { loadSystems } from '../../support/sources.mjs';
import { Topics, message, uuid7 } from '../../support/topics.mjs';
import { isAs, reference } from './city.mjs';

const stack = new Stack({ folder: 'build/test/intake-events', offset: takeOffset() });
const PATH = '/api/intake/events';
const INCIDENT = 'vn.hanoi.incident.reported.v1';
const SOURCE = 'https://camera.example/hanoi';
const KEYS = {
    camera: { scopes: ['events:write'], sources: ['https://camera.example'] },
    anybody: { scopes: ['events:write'] },
    hasty: { scopes: ['events:write'] },
    app: { scopes: ['report:write', 'report:read'] },
};
let topics, said, deadLetters;

const incident = (more = {}) => ({
    incident_id: 'CAM-1/5', category: 'giao-thong', description: 'Cây đổ chắn làn đường.',
    location: { lat: 21.0287, lon: 105.8524 }, occurred_at: '2026-11-24T11:20:58.5+07:00', ...more,
});
const event = (more = {}, data = incident()) =>
    new CloudEvent({ id: uuid7(), source: SOURCE, type: INCIDENT, subject: 'CAM-1', data, ...more });

function writeKeys() {
    const keys = Object.entries(KEYS).map(([id, key]) => ({
        id, sha256: createHash('sha256').update(`key of ${id}`).digest('hex'), ...key }));
    writeFileSync(stack.apiKeysFile, JSON.stringify({ keys }));
}

async function post(body, { key = 'camera', headers = {} } = {}) {
    const answer = await fetch(stack.url('intake') + PATH, {
        method: 'POST', body, headers: { ...(key && { 'x-api-key': `key of ${key}` }), ...headers } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) };
}

/** HTTP binding, section 3.1.3.2: the SDK leaves this to its user. */
const encoded = (text) => String(text).replace(/[^!#$&-~]|[\\^`{|}]/gu, (c) => encodeURIComponent(c));
const binary = (one, options = {}) => {
    const { headers, body } = HTTP.binary(one);
    const own = Object.entries(headers).map(([name, value]) => [name, name.startsWith('ce-') ? encoded(value) : value]);
    return post(body, { ...options, headers: { ...Object.fromEntries(own), ...options.headers } });
};
const structured = (one, options = {}) => {
    const { headers, body } = HTTP.structured(one);
    return post(body, { ...options, headers: { ...headers, ...options.headers } });
};
const batch = (events, options = {}) => post(typeof events === 'string' ? events : JSON.stringify(events),
    { ...options, headers: { 'content-type': 'application/cloudevents-batch+json', ...options.headers } });
/** What is wrong, field by field; where it is no field, the code. */
const faults = ({ code, errors }) => (errors?.map((e) => `${e.field}: ${e.code}`).sort() ?? [code]).join();
const rows = (text, values = []) => stack.postgres.query(text, values, 'intake');

before(async () => {
    writeKeys();
    await stack.startBackends();
    await stack.prepare('intake');
    await loadSystems(stack, 'https://camera.example', 'urn:other', 'urn:drainage', 'https://camera.example.evil');
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake', { environment: { EVENT_RATE: '30' } });
    said = await topics.listen(['city.submissions.v1']);
    deadLetters = await topics.listen(['city.inbound.v1.intake.dlq']);
}, { timeout: 120000 });

after(async () => {
    await topics?.close();
    await stack.discard();
});

test('an event is taken in binary and in structured mode, and said', async () => {
    for (const send of [binary, structured]) {
        const one = event({ subject: 'Trạm 7, “Cầu Giấy” 100%' });
        const answer = await send(one);
        assert.equal(answer.status, 200, answer.text);
        isAs('EventResults', answer.json);
        assert.equal(answer.json.taken, 1);
        const [result] = answer.json.events;
        assert.deepEqual([result.source, result.id, result.state], [one.source, one.id, 'taken']);
        const [row] = await rows('SELECT ticket, channel, client FROM submission WHERE id = $1', [result.submission]);
        assert.deepEqual(row, { ticket: result.ticket, channel: 'inbound', client: 'camera' }, 'committed before the answer');
        const told = await until('the event', () => said.find((e) => e.key === result.submission), 20000);
        assert.equal(told.data.description, 'Cây đổ chắn làn đường.');
    }
});

test('a batch is answered event by event', async () => {
    const good = event(), lost = event({}, incident({ category: 'khong-co' })), late = event();
    const events = [
        good, { ...event().toJSON(), id: undefined }, lost, event({ source: 'https://camera.example.evil/x' }),
        event({ type: 'vn.hanoi.moon.landed.v1' }), event({}, incident({ location: { lat: 105, lon: 21 } })), 7, late,
    ];
    const answer = await batch(events);
    assert.equal(answer.status, 200, answer.text);
    isAs('EventResults', answer.json);
    assert.deepEqual([answer.json.taken, answer.json.refused], [2, 6]);
    const told = answer.json.events.map((e) => (e.state === 'taken' ? e.id : faults(e)));
    assert.deepEqual(told, [good.id, 'id: missing_attribute', 'category: unknown_category', 'foreign_source',
        'type: unknown_type', 'location.lat: out_of_range,location.lon: out_of_range', 'invalid_json', late.id]);
});

test('an event that comes by both ways, again and again, is one', async () => {
    const one = event();
    const by = message('city.inbound.v1', INCIDENT, 'CAM-1', incident(), { id: one.id, source: SOURCE });
    const [first] = (await binary(one)).json.events;
    await topics.publish([by, by]);
    const answers = await Promise.all([structured(one), batch([one, one]), binary(one),
        binary(event({ id: one.id }, incident({ description: 'Nói khác đi.' })))]);
    for (const { json, text } of answers) {
        assert.ok(json.events.every((e) => e.submission === first.submission && e.ticket === first.ticket), text);
    }
    const earlier = event();
    await topics.publish([message('city.inbound.v1', INCIDENT, 'CAM-1', incident(), { id: earlier.id, source: SOURCE })]);
    const [{ id }] = await until('the topic is read', async () => {
        const found = await rows("SELECT id FROM submission WHERE client = 'inbound'");
        return found.length > 0 && found;
    }, 20000);
    assert.equal((await binary(earlier)).json.events[0].submission, id, 'the topic came first');
    await until('both are said', () => [id, first.submission].every((key) => said.some((e) => e.key === key)), 20000);
    assert.equal(said.filter((e) => e.key === first.submission).length, 1);
});

test('twenty senders of the same batch at once file it once', async () => {
    const events = Array.from({ length: 5 }, () => event());
    const answers = await Promise.all(Array.from({ length: 20 }, () => batch(events, { key: 'anybody' })));
    assert.ok(answers.every((a) => a.status === 200), answers.find((a) => a.status !== 200)?.text);
    const ids = new Set(answers.flatMap((a) => a.json.events.map((e) => e.submission)));
    assert.equal(ids.size, 5);
    const [{ n }] = await rows('SELECT count(*)::int AS n FROM submission WHERE id = ANY ($1)', [[...ids]]);
    assert.equal(n, 5);
});

test('one that cannot be taken is told with the field', async () => {
    const long = 'x'.repeat(300);
    const table = [
        [400, 'specversion: missing_attribute', post(JSON.stringify(incident()),
            { headers: { 'content-type': 'application/json', 'ce-id': '1', 'ce-source': SOURCE, 'ce-type': INCIDENT } })],
        [400, 'id: bad_attribute', binary(event(), { headers: { 'ce-id': long } })],
        [400, 'id: bad_attribute', binary(event(), { headers: { 'ce-id': '%0A' } })],
        [400, 'subject: bad_attribute', binary(event(), { headers: { 'ce-subject': '100%' } })],
        [400, 'subject: invalid_utf8', binary(event(), { headers: { 'ce-subject': '%FF' } })],
        [400, 'time: bad_attribute', binary(event(), { headers: { 'ce-time': 'yesterday' } })],
        [400, 'description: required', structured(event({}, incident({ description: undefined })))],
        [400, 'category: unknown_category', binary(event({}, incident({ category: 'khong-co' })))],
        [400, 'type: unknown_type', binary(event({ type: 'a.b' }))],
        [400, 'data_base64: bad_attribute', post(JSON.stringify({ specversion: '1.0', id: '1', source: SOURCE, type: INCIDENT,
            data_base64: 'e30=' }), { headers: { 'content-type': 'application/cloudevents+json' } })],
        [403, 'foreign_source', binary(event({ source: 'https://camera.example.evil' }))],
        [403, 'foreign_source', binary(event({ source: 'urn:other' }))],
    ];
    for (const [status, expected, sending] of table) {
        const answer = await sending;
        assert.equal(answer.status, status, answer.text);
        assert.equal(answer.headers.get('content-type'), 'application/problem+json');
        assert.equal(faults(answer.json), expected, answer.text);
    }
});

test('bytes that are no events are refused as a whole', async () => {
    const deep = `[${'['.repeat(40)}${']'.repeat(40)}]`;
    const table = [[400, '[]'], [400, '{}'], [400, '[{}'], [400, '[{}] '.repeat(2)], [400, deep],
        [400, JSON.stringify(Array(101).fill({}))], [413, `["${'x'.repeat(600000)}"]`]];
    for (const [status, body] of table) {
        const answer = await batch(body, { key: 'anybody' });
        assert.equal(answer.status, status, `${body.slice(0, 40)}: ${answer.text}`);
    }
    const binaryTooLarge = await binary(event({}, incident({ more: 'x'.repeat(70000) })));
    assert.deepEqual([binaryTooLarge.status, faults(binaryTooLarge.json)], [400, 'data: too_large']);
    assert.equal((await post('x', { headers: { 'content-type': 'text/plain' } })).status, 415);
});

test('who may bring events', async () => {
    assert.equal((await binary(event(), { key: null })).status, 401);
    assert.equal((await binary(event(), { key: 'nobody' })).status, 401);
    assert.equal((await binary(event(), { key: 'app' })).status, 403);
    assert.equal((await binary(event({ source: 'urn:other' }), { key: 'anybody' })).status, 200);
});

test('over its quota a key waits, others do not', async () => {
    let refused;
    for (let i = 0; i < 10 && !refused; i++) {
        const events = Array.from({ length: 100 }, () => event({}, { not: 'good' }));
        const answer = await batch(events, { key: 'hasty' });
        refused = answer.status === 429 && answer;
    }
    assert.equal(refused.json.code, 'over_quota');
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    assert.equal((await binary(event())).status, 200);
});

const ALARM = 'vn.hanoi.sensor.alarmed.v1';
const reading = (sensor, at, more = {}) => ({ sensor_id: sensor, kind: 'water-level', value: 1.85, unit: 'm',
    category: 'ha-tang', location: { lat: 20.9876, lon: 105.8412 }, at, ...more });
const alarm = (sensor, at, more = {}) =>
    new CloudEvent({ id: uuid7(), source: 'urn:drainage', type: ALARM, data: reading(sensor, at), ...more });
const burst = async (sensor) => (await rows(`SELECT b.submission_id, b.alarms::int, b.first_at, b.last_at, b.rule_source
    FROM sensor_burst b JOIN submission s ON s.id = b.submission_id WHERE b.sensor = $1 ORDER BY b.first_at`, [sensor]));

test('the alarms of a sensor within the window are one submission, each counted once', async () => {
    const times = ['11:00:00', '11:01:00', '11:29:59.9', '11:30:00'].map((t) => `2026-11-24T${t}+07:00`);
    const alarms = times.map((at) => alarm('NG-17', at));
    const { json, text } = await batch(alarms, { key: 'anybody' });
    assert.equal(json.taken, 4, text);
    isAs('EventResults', json);
    const [first, second, third, next] = json.events.map((e) => e.submission);
    assert.deepEqual([second, third], [first, first]);
    assert.notEqual(next, first);
    for (const again of [alarms, alarms.slice(1)]) {
        assert.equal((await batch(again, { key: 'anybody' })).json.events.at(-1).submission, next);
    }
    const kept = await burst('NG-17');
    assert.deepEqual(kept.map((b) => [b.submission_id, b.alarms]), [[first, 3], [next, 1]]);
    assert.equal(kept[0].last_at - kept[0].first_at, 29 * 60e3 + 59.9e3);
    assert.equal(kept[0].rule_source, 'assumption');
    const told = await until('the event', () => said.find((e) => e.key === first), 20000);
    assert.equal(told.data.description, 'Cảm biến NG-17 báo động: water-level = 1.85 m.');
});

test('a storm of alarms by topic and over HTTP at once is one submission, and none is counted twice', async () => {
    const at = '2026-11-24T11:05:00+07:00';
    const alarms = Array.from({ length: 60 }, () => alarm('NG-18', at));
    const byTopic = alarms.slice(20).map((a) => message('city.inbound.v1', ALARM, 'NG-18', reading('NG-18', at),
        { id: a.id, source: a.source }));
    const sending = [topics.publish([...byTopic, ...byTopic]), ...Array.from({ length: 4 }, (_, i) =>
        batch(alarms.slice(i * 10, i * 10 + 20), { key: 'anybody' }))];
    for (const answer of await Promise.all(sending)) assert.ok(answer.status === undefined || answer.status === 200, answer.text);
    await until('all are counted', async () => (await burst('NG-18'))[0]?.alarms === 60, 20000);
    const more = [alarm('NG-18', at)];
    await topics.publish(byTopic);
    assert.equal((await batch(more, { key: 'anybody' })).json.events[0].submission, (await burst('NG-18'))[0].submission_id);
    await until('one more', async () => (await burst('NG-18'))[0].alarms === 61, 20000);
    assert.equal((await burst('NG-18')).length, 1);
    assert.equal(deadLetters.length, 0);
});

test('while PostgreSQL is away nothing is taken, and the same batch is good afterwards', async () => {
    const events = [event(), event()];
    await stack.kill('postgres');
    const away = await batch(events);
    assert.equal(away.status, 503, away.text);
    assert.ok(Number(away.headers.get('retry-after')) > 0);
    await stack.startPostgres();
    const taken = await until('it is taken', async () => {
        const answer = await batch(events);
        return answer.status === 200 && answer;
    }, 20000);
    assert.equal(taken.json.taken, 2);
});
