// SPDX-License-Identifier: Apache-2.0
// Which systems may bring what, how much, and what becomes of what cannot be taken as it came: quarantine, from the
// message on the topic to its end. The test plays the systems and the operators.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { loadSystems, system } from '../../support/sources.mjs';
import { Topics, message, uuid7 } from '../../support/topics.mjs';
import { HOAN_KIEM, isAs, reference } from './city.mjs';

const stack = new Stack({ folder: 'build/test/intake-quarantine', offset: takeOffset() });
const INCIDENT = 'vn.hanoi.incident.reported.v1', PARKING = 'vn.hanoi.parking.counted.v1';
const SOURCE = 'https://camera.example/hanoi', METERED = 'urn:metered', MIXED = 'urn:mixed', SHARED = 'urn:shared', GONE = 'urn:gone';
const SYSTEMS = [system('https://camera.example', { types: [INCIDENT] }), system('urn:all'),
    system(METERED, { per_s: 5, burst: 10 }), system(MIXED, { per_s: 1, burst: 1 }), system(SHARED, { per_s: 1, burst: 20 }), system(GONE, { per_s: 1, burst: 1 })];
let topics, deadLetters, administrator, officer, second;

const incident = (more = {}) => ({ incident_id: 'CAM-1/5', category: 'giao-thong', description: 'Cây đổ chắn làn đường.',
    location: HOAN_KIEM, occurred_at: '2026-11-24T11:20:58.5+07:00', ...more });
const BAD = incident({ location: { lat: 105.85, lon: 21.02 } });
const send = (data, { id = uuid7(), source = SOURCE, type = INCIDENT, key = 'k' } = {}) =>
    ({ id, source, message: message('city.inbound.v1', type, key, data, { id, source }) });
const publish = (...events) => topics.publish(events.map((e) => e.message));

async function call(method, path, { as = administrator, version, body, base = stack.url('intake') } = {}) {
    const answer = await fetch(`${base}/api/intake/quarantine${path}`, { method, body: body && JSON.stringify(body),
        headers: { ...(as && { authorization: `Bearer ${as}` }), ...(body && { 'content-type': 'application/json' }),
            ...(version !== undefined && { 'if-match': `"${version}"` }) } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) };
}
const act = (what, row, body = {}, options = {}) => call('POST', `/${row.id}/${what}`,
    { version: row.version, body: { why: 'kiểm tra', ...body }, ...options });
const rows = (text, values = []) => stack.postgres.query(text, values, 'intake');
const rowOf = async (event) => (await rows('SELECT * FROM quarantine WHERE source = $1 AND event_id = $2', [event.source, event.id]))[0];
const filed = async (description) => (await rows('SELECT id FROM submission WHERE description = $1', [description])).length;
const quarantined = (event, state = 'open') => until(`${event.id} is ${state}`, async () => {
    const row = await rowOf(event);
    return row?.state === state && row;
}, 20000);

async function post(events, { base = stack.url('intake') } = {}) {
    const answer = await fetch(`${base}/api/intake/events`, { method: 'POST', body: JSON.stringify(events),
        headers: { 'x-api-key': 'key of systems', 'content-type': 'application/cloudevents-batch+json' } });
    return { status: answer.status, headers: answer.headers, json: await answer.json() };
}
const event = (source, data = incident(), type = INCIDENT) => ({ specversion: '1.0', id: uuid7(), source, type, data });

before(async () => {
    writeFileSync(stack.apiKeysFile, JSON.stringify({ keys: [{ id: 'systems', scopes: ['events:write'],
        sha256: createHash('sha256').update('key of systems').digest('hex') }] }));
    await stack.startBackends();
    await stack.prepare('intake');
    await loadSystems(stack, ...SYSTEMS);
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake', { environment: { EVENT_RATE: '100000' } });
    deadLetters = await topics.listen(['city.inbound.v1.intake.dlq']);
    const issuer = stack.url('idp');
    administrator = await requestToken({ issuer, role: 'administrator', sub: 'admin-1' });
    second = await requestToken({ issuer, role: 'administrator', sub: 'admin-2' });
    officer = await requestToken({ issuer, role: 'officer', unit: '00070' });
}, { timeout: 120000 });

after(async () => {
    await topics?.close();
    await stack.discard();
});

test('over HTTP the sender is told: an unknown source, a type that is not its own', async () => {
    const { json } = await post([event('urn:stranger'), event('https://camera.example', {}, PARKING), event('https://camera.example.evil'),
        event('urn:all', {}, 'a.b'), event('urn:all', BAD), event('https://camera.example/7')]);
    assert.deepEqual(json.events.map((e) => e.code ?? e.state),
        ['unknown_source', 'foreign_type', 'unknown_source', 'unknown_type', 'invalid_input', 'taken']);
    assert.equal((await rows('SELECT count(*)::int AS n FROM quarantine'))[0].n, 0);
});

test('what a known source brings by the topic and cannot be taken lies in quarantine, once, whole', async () => {
    const bad = send({ ...BAD, secret: 'giữ nguyên' }), foreign = send({}, { type: PARKING }), unheard = send({}, { source: 'urn:all', type: 'a.b' });
    const stranger = send(incident(), { source: 'urn:stranger' });
    await publish(bad, foreign, stranger, bad, unheard, bad);
    await until('the last', async () => Number((await rowOf(bad))?.times) === 3, 20000);
    const row = await quarantined(bad);
    assert.deepEqual([row.reason, row.field, row.prefix, row.type], ['invalid_data', 'location.lat', 'https://camera.example', INCIDENT]);
    assert.equal(String(row.value), bad.message.value);
    assert.equal((await quarantined(foreign)).reason, 'foreign_type');
    assert.equal((await quarantined(unheard)).reason, 'unknown_type');
    await until('the dead letter', () => deadLetters.length === 1, 20000);
    assert.equal(deadLetters[0].headers['dlq-error-class'], 'unknown_source');
    assert.equal(deadLetters[0].headers.ce_source, 'urn:stranger');
});

test('administrators see it, nobody else does', async () => {
    const [{ id }] = await rows("SELECT id FROM quarantine WHERE reason = 'invalid_data'");
    for (const [as, status] of [[null, 401], [officer, 403]]) {
        for (const [method, path, body] of [['GET', ''], ['GET', `/${id}`], ['POST', `/${id}/release`, { why: 'x' }]]) {
            assert.equal((await call(method, path, { as, body, version: 1 })).status, status);
        }
    }
    const list = await call('GET', '?state=open');
    assert.equal(list.status, 200);
    assert.equal(list.json.items.length, 3);
    list.json.items.forEach((item) => isAs('Quarantined', item));
    assert.doesNotMatch(list.text, /giữ nguyên/, 'a list holds no data');
    assert.equal((await call('GET', '?reason=foreign_type')).json.items.length, 1);
    assert.equal((await call('GET', '?source=urn:all')).json.items.length, 1);
    const page = await call('GET', '?limit=2');
    const next = await call('GET', `?limit=2&cursor=${page.json.next}`);
    assert.deepEqual([page.json.items.length, next.json.items.length, next.json.next], [2, 1, undefined]);
    const one = await call('GET', `/${id}`);
    isAs('QuarantinedWhole', one.json);
    assert.match(one.json.message.value, /giữ nguyên/);
    assert.equal(one.headers.get('etag'), '"1"');
    assert.equal((await call('GET', `/${uuid7()}`)).status, 404);
    assert.equal((await call('GET', '?state=old')).json.errors[0].field, 'state');
    assert.equal((await call('POST', `/${id}/release`, { body: { why: 'x' } })).status, 428);
});

test('fixed and released it is as a fresh event, once', async () => {
    const bad = send({ ...BAD, description: 'Sửa rồi thả.' });
    await publish(bad);
    let row = await quarantined(bad);
    const refused = await act('fix', row, { data: { ...BAD, category: 'KHÔNG' } });
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.json.errors.map((e) => e.field).sort(), ['category', 'location.lat', 'location.lon']);
    assert.equal((await act('fix', row, { why: '', data: {} })).status, 400);
    const good = incident({ description: 'Sửa rồi thả.' });
    const fixed = await act('fix', row, { data: good });
    assert.deepEqual([fixed.status, fixed.json], [200, { state: 'open', version: 2 }]);
    assert.equal((await act('release', row)).status, 409, 'version 1 is stale');
    row = await rowOf(bad);
    const released = await act('release', row, {}, { as: second });
    assert.deepEqual([released.status, released.json.state], [202, 'releasing']);
    row = await quarantined(bad, 'released');
    assert.ok(row.submission_id);
    assert.equal(await filed('Sửa rồi thả.'), 1);
    await publish(bad, bad);
    await until('they are counted', async () => Number((await rowOf(bad)).times) === 3, 20000);
    assert.equal((await rowOf(bad)).state, 'released');
    assert.equal(await filed('Sửa rồi thả.'), 1);
    assert.equal((await act('release', await rowOf(bad))).status, 409);
    const { acts } = (await call('GET', `/${row.id}`)).json;
    assert.deepEqual(acts.map((a) => [a.by, a.act, a.why]), [['admin-1', 'quarantine_fix', 'kiểm tra'], ['admin-2', 'quarantine_release', 'kiểm tra']]);
});

test('of many operators who press at once one lets it go', async () => {
    const bad = send({ ...BAD, description: 'Hai người cùng bấm.' });
    await publish(bad);
    await act('fix', await quarantined(bad), { data: incident({ description: 'Hai người cùng bấm.' }) });
    const row = await rowOf(bad);
    const verbs = [1, 2].map(() => stack.verb('intake', 'quarantine', 'release', row.id, '--reason', 'verb').catch((error) => error.message));
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => act('release', row, {}, { as: n % 2 ? second : administrator })));
    await Promise.all(verbs);
    await quarantined(bad, 'released');
    assert.ok(answers.filter((a) => a.status === 202).length <= 1);
    assert.ok(answers.every((a) => [202, 409].includes(a.status)), answers.map((a) => a.status).join());
    const { acts } = (await call('GET', `/${row.id}`)).json;
    assert.equal(acts.filter((a) => a.act === 'quarantine_release').length, 1);
    assert.equal(await filed('Hai người cùng bấm.'), 1);
});

test('what is still bad is open again, and what was discarded never comes in', async () => {
    const bad = send({ ...BAD, description: 'Vẫn sai.' });
    await publish(bad);
    let row = await quarantined(bad);
    assert.equal((await act('release', row)).status, 202);
    row = await until('it is open again', async () => {
        const now = await rowOf(bad);
        return now.version === 3 && now;
    }, 20000);
    assert.deepEqual([row.state, row.reason, row.field], ['open', 'invalid_data', 'location.lat']);
    const unknown = incident({ description: 'Vẫn sai.', category: 'khong-co' });
    await act('fix', row, { data: unknown });
    await act('release', await rowOf(bad));
    row = await until('for another reason', async () => {
        const now = await rowOf(bad);
        return now.field === 'category' && now;
    }, 20000);
    assert.equal((await act('discard', row)).status, 200);
    await publish(bad);
    await until('it is counted', async () => Number((await rowOf(bad)).times) === 2, 20000);
    row = await rowOf(bad);
    assert.equal(row.state, 'discarded');
    for (const what of ['fix', 'release', 'discard']) {
        assert.equal((await act(what, row, what === 'fix' ? { data: incident() } : {})).status, 409);
    }
    assert.equal(await filed('Vẫn sai.'), 0);
});

test('an event whose sender mended it meanwhile is one with the released one', async () => {
    const bad = send({ ...BAD, description: 'Nguồn tự sửa.' });
    await publish(bad);
    const row = await quarantined(bad);
    await publish(send(incident({ description: 'Nguồn tự sửa.' }), { id: bad.id }));
    const [{ id }] = await until('it is filed', async () => {
        const found = await rows("SELECT id FROM submission WHERE description = 'Nguồn tự sửa.'");
        return found.length > 0 && found;
    }, 20000);
    await act('fix', row, { data: incident({ description: 'Người trực sửa.' }) });
    await act('release', await rowOf(bad));
    assert.equal((await quarantined(bad, 'released')).submission_id, id);
    assert.equal(await filed('Người trực sửa.'), 0);
});

test('what is over its quota waits, and comes in by itself, in order, each once', async () => {
    const events = Array.from({ length: 40 }, (_, n) => send(incident({ description: `Đo ${n}.` }), { source: METERED, id: `m-${n}` }));
    await publish(...events);
    await until('some wait', async () => (await rows("SELECT count(*)::int AS n FROM quarantine WHERE state = 'waiting'"))[0].n > 20, 20000);
    const busy = await post([event(METERED)]);
    assert.deepEqual([busy.status, busy.json.code], [429, 'over_quota']);
    assert.ok(Number(busy.headers.get('retry-after')) >= 1);
    await until('all are in', async () => (await rows("SELECT count(*)::int AS n FROM submission WHERE description LIKE 'Đo %'"))[0].n === 40, 30000);
    const order = await rows("SELECT description FROM submission WHERE description LIKE 'Đo %' ORDER BY id");
    assert.deepEqual(order.map((row) => row.description), events.map((_, n) => `Đo ${n}.`));
    const [{ waiting, released, seconds }] = await rows(`SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
        count(*) FILTER (WHERE state = 'released')::int AS released, extract(epoch FROM max(settled_at) - min(first_at))::float AS seconds
        FROM quarantine WHERE prefix = $1`, [METERED]);
    assert.equal(waiting, 0);
    assert.ok(released >= 28 && released <= 30, `${released}`);
    assert.ok(seconds > released / 5 - 1.5, `${seconds} s for ${released}`);
    assert.equal(deadLetters.length, 1);
});

test('what cannot be taken now leaves the quota to what can', async () => {
    const promise = reference().find(({ key }) => key.startsWith('promise:'));
    const parking = JSON.parse(readFileSync('proto/examples/vn.hanoi.parking.counted.v1/minimal.json')).data;
    const counted = Array.from({ length: 3 }, (_, n) => ({ ...parking, at: new Date().toISOString(), place_id: `MIXED-${n}` }));
    await publish(...Array.from({ length: 12 }, (_, n) => send(incident({ description: `Chờ ${n}.` }), { source: MIXED })));
    await topics.publish([{ ...promise, value: undefined }]); // now no incident can be promised anything
    await until('nobody is promised anything', async () => !(await fetch(`${stack.url('intake')}/readyz`)).ok, 20000);
    await publish(...counted.map((data) => send(data, { source: MIXED, type: PARKING })));
    await until('the counts are in', async () => (await rows('SELECT 1 FROM city_record WHERE source = $1', [MIXED])).length === 3, 20000);
    const [{ n }] = await rows("SELECT count(*)::int AS n FROM quarantine WHERE prefix = $1 AND state = 'waiting'", [MIXED]);
    assert.ok(n > 0, 'incidents still wait');
    await topics.publish([promise]);
    await until('all are in', async () => (await rows("SELECT count(*)::int AS n FROM submission WHERE description LIKE 'Chờ %'"))[0].n === 12, 30000);
});

test('a quota holds over two replicas and both doors', async () => {
    const port = stack.ports.gateway;
    await stack.startService('intake', { instance: 'intake-1', port, environment: { EVENT_RATE: '100000' } });
    const bases = [stack.url('intake'), `http://127.0.0.1:${port}`];
    const start = Date.now();
    const answers = await Promise.all(Array.from({ length: 80 }, (_, n) => post([event(SHARED)], { base: bases[n % 2] })));
    const seconds = (Date.now() - start) / 1000;
    const taken = answers.filter((a) => a.status === 200).length;
    assert.ok(taken >= 20 && taken <= 20 + seconds + 1, `${taken} in ${seconds} s`);
    assert.ok(answers.every((a) => [200, 429].includes(a.status)));
    await publish(...Array.from({ length: 30 }, (_, n) => send(incident({ description: `Chung ${n}.` }), { source: SHARED, key: `k${n}` })));
    const counts = async () => (await rows(`SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting FROM quarantine WHERE prefix = $1`, [SHARED]))[0];
    await until('they wait', async () => (await counts()).waiting >= 20, 20000);
    const [{ n }] = await rows("SELECT count(*)::int AS n FROM submission WHERE description LIKE 'Chung %'");
    assert.ok(n <= (Date.now() - start) / 1000 + 2 - (taken - 20), `${n}`);
    await loadSystems(stack, ...SYSTEMS.map((s) => (s.prefix === SHARED ? system(SHARED) : s)));
    await until('all are in', async () => (await rows("SELECT count(*)::int AS n FROM submission WHERE description LIKE 'Chung %'"))[0].n === 30, 20000);
});

test('killed while it lets go, it lets go of each once', async () => {
    const events = Array.from({ length: 300 }, (_, n) => send({ ...BAD, description: `Giết ${n}.` }, { source: 'urn:all', key: `k${n}` }));
    await publish(...events);
    await until('all lie there', async () => (await rows("SELECT count(*)::int AS n FROM quarantine WHERE prefix = 'urn:all' AND state = 'open'"))[0].n >= 300, 20000);
    await rows(`UPDATE quarantine SET fixed = jsonb_set(convert_from(value, 'UTF8')::jsonb, '{location}', '{"lat": 21.02, "lon": 105.85}')::text
        WHERE prefix = 'urn:all' AND reason = 'invalid_data'`);
    await rows("UPDATE quarantine SET state = 'releasing' WHERE prefix = 'urn:all' AND reason = 'invalid_data' AND state = 'open'");
    const done = async () => (await rows("SELECT count(*)::int AS n FROM submission WHERE description LIKE 'Giết %'"))[0].n;
    for (let round = 0; round < 3 && await done() < 300; round += 1) {
        await new Promise((resolve) => { setTimeout(resolve, 60 + 130 * round); });
        await stack.kill('intake');
        await stack.startService('intake', { environment: { EVENT_RATE: '100000' } });
    }
    await until('all are in', async () => (await rows("SELECT count(*)::int AS n FROM quarantine WHERE prefix = 'urn:all' AND state = 'releasing'"))[0].n === 0, 30000);
    assert.equal(await done(), 300);
    const [{ n, all }] = await rows(`SELECT count(DISTINCT submission_id)::int AS n, count(*)::int AS all FROM quarantine
        WHERE prefix = 'urn:all' AND state = 'released'`);
    assert.deepEqual([n, all], [300, 300]);
});

test('an operator does it all from the command line', async () => {
    const bad = send({ ...BAD, description: 'Dòng \u001b[31mlệnh.'.replace('\u001b', '\\u001b') }), other = send({ ...BAD, incident_id: 7 });
    await publish(bad, other);
    const row = await quarantined(bad);
    await quarantined(other);
    assert.match(await stack.verb('intake', 'quarantine', 'list', '--state', 'open'), new RegExp(row.id));
    const shown = await stack.verb('intake', 'quarantine', 'show', row.id);
    assert.match(shown, /reason: invalid_data/);
    assert.match(shown, /header ce_type: vn\.hanoi\.incident\.reported\.v1/);
    assert.doesNotMatch(shown, /[\0-\x08\x0b-\x1f\x7f]/);
    const file = join(stack.folder, 'fix.json');
    writeFileSync(file, JSON.stringify(BAD));
    await assert.rejects(stack.verb('intake', 'quarantine', 'fix', row.id, '--data', file, '--reason', 'x'), /location\.lat/);
    writeFileSync(file, JSON.stringify(incident({ description: 'Dòng lệnh.' })));
    assert.match(await stack.verb('intake', 'quarantine', 'fix', row.id, '--data', file, '--reason', 'đổi chỗ'), /1 fixed/);
    assert.match(await stack.verb('intake', 'quarantine', 'release', row.id, '--reason', 'đã sửa'), /released\tsubmission [0-9a-f-]{36}\n1 let go/);
    assert.equal(await filed('Dòng lệnh.'), 1);
    const { id } = await rowOf(other);
    assert.match(await stack.verb('intake', 'quarantine', 'discard', id, '--reason', 'rác'), /1 discarded/);
    await assert.rejects(stack.verb('intake', 'quarantine', 'discard', id, '--reason', 'rác'), /0 discarded/);
    await assert.rejects(stack.verb('intake', 'quarantine', 'release', id), /usage/);
    assert.match(await stack.verb('intake', 'quarantine', 'show', id), /quarantine_discard by .+: rác/);
});

test('the sources are data: checked, changed at once, and every change is noted', async () => {
    const file = join(stack.folder, 'bad.json');
    writeFileSync(file, JSON.stringify({ sources: [system('urn:a', { types: ['a.b'] }), system('urn:a', { per_s: 0 })] }));
    await assert.rejects(stack.loadSources(file), (error) => ['sources[0].types[0]', 'sources[1].per_s', 'sources[1].prefix']
        .every((field) => error.message.includes(field)));
    await publish(...[1, 2, 3].map((n) => send(incident({ description: `Nguồn mất ${n}.` }), { source: GONE })));
    await until('two wait', async () => (await rows("SELECT count(*)::int AS n FROM quarantine WHERE prefix = $1", [GONE]))[0].n >= 1, 20000);
    const [{ last }] = await rows('SELECT max(id) AS last FROM operator_act');
    const left = SYSTEMS.filter((s) => s.prefix !== GONE && s.prefix !== SHARED).map((s) => (s.prefix === METERED ? { ...s, per_s: 6 } : s));
    await loadSystems(stack, ...left, system(SHARED), system('urn:new'));
    const acts = await rows('SELECT act, about, why, detail FROM operator_act WHERE id > $1 ORDER BY about', [last]);
    assert.deepEqual(acts.map((a) => `${a.act} ${a.about}`),
        ['source_removed urn:gone', 'source_changed urn:metered', 'source_added urn:new']);
    assert.deepEqual([acts[1].detail.before.per_s, acts[1].detail.after.per_s, acts[1].why], [5, 6, 'local run']);
    const orphans = await rows("SELECT state, reason FROM quarantine WHERE prefix = $1 AND state <> 'released'", [GONE]);
    assert.ok(orphans.every((row) => row.state === 'open' && row.reason === 'unknown_source'));
    await until('it is unknown', async () => (await post([event(GONE)])).json.events[0].code === 'unknown_source', 10000);
    assert.equal((await post([event('urn:new')])).json.taken, 1);
    assert.match(await stack.verb('intake', 'sources', 'list'), /urn:new\t/);
});
