// SPDX-License-Identifier: Apache-2.0
// What other city systems know: by HTTP in all modes and by topic, in any order, and read by who may. The test plays
// the systems; its data are the examples of proto/.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { loadSystems } from '../../support/sources.mjs';
import { Topics, message, uuid7 } from '../../support/topics.mjs';
import { isAs, reference } from './city.mjs';

const stack = new Stack({ folder: 'build/test/intake-records', offset: takeOffset() });
const TYPES = { parking: 'parking.counted', bus_alert: 'bus_alert.published', school_record: 'school_record.issued',
    bill: 'bill.issued', warning: 'warning.issued' };
const PUBLIC = ['parking', 'bus_alert', 'warning'];
const SOURCE = 'https://city.example/systems';
let topics, deadLetters;

const example = (type, name = 'minimal') =>
    JSON.parse(readFileSync(`proto/examples/vn.hanoi.${TYPES[type]}.v1/${name}.json`)).data;
const typeOf = (type) => `vn.hanoi.${TYPES[type]}.v1`;
/** A CloudEvent in JSON format. */
const event = (type, data, { id = uuid7(), source = SOURCE } = {}) => ({ specversion: '1.0', id, source, type: typeOf(type), data });

async function post(body, headers) {
    const answer = await fetch(`${stack.url('intake')}/api/intake/events`, {
        method: 'POST', body: JSON.stringify(body), headers: { 'x-api-key': 'key of systems', ...headers } });
    const text = await answer.text();
    return { status: answer.status, text, json: JSON.parse(text) };
}
const MODES = {
    binary: ({ data, ...attributes }) => post(data, { 'content-type': 'application/json',
        ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value])) }),
    structured: (one) => post(one, { 'content-type': 'application/cloudevents+json' }),
    batched: (one) => post([one].flat(), { 'content-type': 'application/cloudevents-batch+json' }),
    topic: async ({ id, source, type, data }) => topics.publish([message('city.inbound.v1', type, 'k', data, { id, source })]),
};

async function read(query, { key, headers = {} } = {}) {
    const answer = await fetch(`${stack.url('intake')}/api/intake/records?${new URLSearchParams(query)}`,
        { headers: { ...(key && { 'x-api-key': `key of ${key}` }), ...headers } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: text === '' ? null : JSON.parse(text) };
}
const recordsOf = async (type, subject, as = { key: 'reader' }) => {
    const answer = await read({ type, subject }, as);
    assert.equal(answer.status, 200, answer.text);
    answer.json.items.forEach((item) => isAs('Record', item));
    return answer.json.items;
};
const one = async (type, subject) => {
    const items = await recordsOf(type, subject);
    assert.equal(items.length, 1);
    return items[0];
};
const at = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();

before(async () => {
    const keys = { systems: ['events:write'], reader: ['records:read'], app: ['report:read'] };
    writeFileSync(stack.apiKeysFile, JSON.stringify({ keys: Object.entries(keys).map(([id, scopes]) => (
        { id, scopes, sha256: createHash('sha256').update(`key of ${id}`).digest('hex') })) }));
    await stack.startBackends();
    await stack.prepare('intake');
    await loadSystems(stack, SOURCE);
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake', { environment: { EVENT_RATE: '1000' } });
    deadLetters = await topics.listen(['city.inbound.v1.intake.dlq']);
}, { timeout: 120000 });

after(async () => {
    await topics?.close();
    await stack.discard();
});

const SUBJECT = { parking: 'place_id', bus_alert: 'alert_id', school_record: 'pupil_ref', bill: 'customer_ref', warning: 'identifier' };

for (const mode of Object.keys(MODES)) {
    test(`every type is taken (${mode})`, async () => {
        for (const type of Object.keys(TYPES)) {
            const subject = `${type}-${mode}`;
            const data = { ...example(type, 'maximal'), [SUBJECT[type]]: subject, unknown: 'skipped' };
            const answer = await MODES[mode](event(type, data));
            const item = await until(`the ${type}`, async () => (await recordsOf(type, subject))[0], 20000);
            assert.deepEqual([item.source, item.subject], [SOURCE, subject]);
            assert.equal('unknown' in item.data, false);
            if (mode !== 'topic') {
                assert.equal(answer.status, 200, answer.text);
                isAs('EventResults', answer.json);
                assert.equal(answer.json.events[0].record, item.id);
            }
        }
    });
}

test('who may see what', async () => {
    for (const type of Object.keys(TYPES)) {
        for (const as of [{}, { key: 'app' }, { key: 'systems' }]) {
            const answer = await read({ type }, as);
            assert.equal(answer.status, PUBLIC.includes(type) ? 200 : 404, `${type}: ${answer.text}`);
        }
        assert.equal((await read({ type }, { key: 'reader' })).status, 200);
    }
    const secret = (await read({ type: 'bill' })).json, none = (await read({ type: 'moon' })).json;
    assert.deepEqual({ ...secret, trace: '' }, { ...none, trace: '' }, 'what may not be seen does not exist');
    assert.equal((await read({ type: 'parking' }, { key: 'nobody' })).status, 401);
    await MODES.structured(event('warning', { ...example('warning'), identifier: 'drill', status: 'Exercise' }));
    assert.equal((await recordsOf('warning', 'drill')).length, 1);
    assert.equal((await recordsOf('warning', 'drill', {})).length, 0, 'an exercise is not for the public');
});

test('a late or repeated event never replaces a newer one', async () => {
    const versions = [1, 2, 3].map((n) => event('parking',
        { ...example('parking'), place_id: 'P-late', free: n, at: at(n - 60) }, { id: `late-${n}` }));
    const orders = [[1, 0, 2], [2, 1, 0], [0, 2, 1], [2, 2, 0]];
    for (const [n, order] of orders.entries()) {
        const events = order.map((i) => ({ ...versions[i], source: `${SOURCE}/${n}` }));
        const answer = await MODES.batched(events);
        assert.equal(answer.json.taken, 3, answer.text);
        await MODES.topic(events[2]);
    }
    await until('all are there', async () => (await recordsOf('parking', 'P-late')).length === 4, 20000);
    const kept = await recordsOf('parking', 'P-late');
    assert.deepEqual(kept.map((item) => item.data.free), [3, 3, 3, 3]);
    // Of the same instant, the greater id, bytewise.
    const same = ['b', 'B', 'a'].map((id, n) => event('parking', { ...example('parking'), place_id: 'P-same', free: n, at: at(-1) }, { id }));
    same.forEach((e) => { e.data.at = same[0].data.at; });
    for (const e of [...same, ...same.toReversed()]) assert.equal((await MODES.structured(e)).status, 200);
    assert.equal((await one('parking', 'P-same')).data.free, 0);
});

test('a hundred versions from all sides at once leave the newest', async () => {
    const events = Array.from({ length: 100 }, (_, n) => event('bus_alert',
        { ...example('bus_alert'), alert_id: 'BA-storm', header: `Bản ${n}`, at: at(n - 200) }, { id: `storm-${n}` }));
    const shuffled = events.toSorted((a, b) => (a.id + a.id < b.id + a.id ? -1 : 1));
    const sending = [MODES.batched(shuffled), MODES.batched(events.toReversed()), ...shuffled.slice(0, 30).map(MODES.binary)];
    for (const answer of await Promise.all(sending)) assert.equal(answer.status, 200, answer.text);
    assert.equal((await one('bus_alert', 'BA-storm')).data.header, 'Bản 99');
});

test('warnings are replaced, cancelled and expired, in whatever order it is told', async () => {
    const alert = (identifier, more = {}) => event('warning', { ...example('warning'), identifier, sent: at(-100), ...more });
    const ref = (identifier) => `${example('warning').sender},${identifier},${at(-100)}`;
    const update = alert('W-2', { msgType: 'Update', sent: at(-50), references: [ref('W-1')] });
    const cancel = alert('W-3', { msgType: 'Cancel', sent: at(-20), references: [ref('W-1'), ref('W-2')], info: undefined });
    const states = async () => Object.fromEntries(await Promise.all(['W-1', 'W-2', 'W-3'].map(async (id) =>
        [id, (await recordsOf('warning', id, {}))[0]?.state])));
    await MODES.structured(update); // before what it replaces
    await MODES.structured(alert('W-1'));
    assert.deepEqual(await states(), { 'W-1': 'replaced', 'W-2': 'current', 'W-3': undefined });
    await MODES.structured(cancel);
    assert.deepEqual(await states(), { 'W-1': 'cancelled', 'W-2': 'cancelled', 'W-3': 'cancelled' });
    await MODES.structured(update);
    assert.deepEqual(await states(), { 'W-1': 'cancelled', 'W-2': 'cancelled', 'W-3': 'cancelled' });
    const over = { ...example('warning').info[0], expires: at(-1) };
    await MODES.structured(alert('W-4', { info: [over] }));
    assert.equal((await one('warning', 'W-4')).state, 'expired');
    await MODES.structured(alert('W-5', { info: [{ ...over, expires: at(2) }] }));
    assert.equal((await one('warning', 'W-5')).state, 'current');
    await until('it expires', async () => (await one('warning', 'W-5')).state === 'expired', 10000);
    const listed = await read({ type: 'warning', state: 'current' });
    assert.ok(listed.json.items.every((item) => item.state === 'current' && !['W-1', 'W-4'].includes(item.subject)));
    await MODES.structured(event('warning', { ...cancel.data, identifier: 'W-6', references: [ref('W-4')] },
        { source: `${SOURCE}/other` }));
    assert.equal((await one('warning', 'W-4')).state, 'expired', 'another source ends nothing of this one');
});

test('a count of a car park is old after a quarter of an hour, by a rule that is shown', async () => {
    await MODES.structured(event('parking', { ...example('parking'), place_id: 'P-old', at: at(-14 * 60) }));
    const item = await one('parking', 'P-old');
    assert.equal(item.state, 'current');
    assert.deepEqual(item.expiry_rule, { code: 'parking-count', version: 1, source: 'assumption' });
    await MODES.structured(event('parking', { ...example('parking'), place_id: 'P-older', at: at(-16 * 60) }));
    assert.equal((await one('parking', 'P-older')).state, 'expired');
});

test('a list is given page by page, and a page has a tag', async () => {
    const source = `${SOURCE}/pages`;
    await MODES.batched(Array.from({ length: 25 }, (_, n) =>
        event('parking', { ...example('parking'), place_id: `P-${n}`, at: at(-1) }, { source })));
    const seen = [];
    let cursor = '';
    do {
        const page = await read({ type: 'parking', source, limit: 10, cursor });
        seen.push(...page.json.items.map((item) => item.subject));
        cursor = page.json.next;
        // Newer versions of what was seen and of what was not do not move anything.
        await MODES.batched(['P-3', 'P-20'].map((place_id) =>
            event('parking', { ...example('parking'), place_id, at: at(0) }, { source })));
    } while (cursor);
    assert.equal(seen.length, 25);
    assert.equal(new Set(seen).size, 25);
    const first = await read({ type: 'parking', source });
    const tag = first.headers.get('etag');
    assert.match(tag, /^"[0-9a-f]{32}"$/);
    assert.match(first.headers.get('cache-control'), /^public/);
    const again = await read({ type: 'parking', source }, { headers: { 'if-none-match': `W/"x", ${tag}` } });
    assert.deepEqual([again.status, again.text, again.headers.get('etag')], [304, '', tag]);
    await MODES.structured(event('parking', { ...example('parking'), place_id: 'P-1', free: 1, at: at(1) }, { source }));
    const changed = await read({ type: 'parking', source }, { headers: { 'if-none-match': tag } });
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.get('etag'), tag);
    assert.match((await read({ type: 'bill' }, { key: 'reader' })).headers.get('cache-control'), /^private/);
});

test('bad questions and bad data are told with the field', async () => {
    const questions = [['type: required', {}], ['limit: out_of_range', { type: 'parking', limit: 0 }],
        ['cursor: bad_cursor', { type: 'parking', cursor: 'x' }], ['state: not_allowed', { type: 'parking', state: 'old' }],
        ['subject: out_of_range', { type: 'parking', subject: '' }], ['color: unknown_parameter', { type: 'parking', color: 'x' }]];
    for (const [expected, query] of questions) {
        const { status, json } = await read(query);
        assert.deepEqual([status, json.errors?.[0]?.field], [400, expected.split(':')[0]], JSON.stringify(json));
    }
    const events = [['free', { ...example('parking'), free: 1000 }], ['at', { ...example('parking'), at: at(25 * 3600) }]];
    for (const [field, data] of events) {
        const { status, json } = await MODES.binary(event('parking', data));
        assert.deepEqual([status, json.errors[0].field], [400, field]);
    }
    assert.equal(deadLetters.length, 0);
});

test('while PostgreSQL is away nothing is taken, and the same batch is good afterwards', async () => {
    const events = [event('bill', { ...example('bill'), customer_ref: 'kh-away' })];
    await stack.kill('postgres');
    assert.equal((await MODES.batched(events)).status, 503);
    await stack.startPostgres();
    await until('it is taken', async () => (await MODES.batched(events)).status === 200, 20000);
    assert.equal((await recordsOf('bill', 'kh-away')).length, 1);
});
