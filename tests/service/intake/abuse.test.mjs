// SPDX-License-Identifier: Apache-2.0
// Who asks or files too much waits, is told of what was sent twice, or proves to be a person; and nobody else notices.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { compiler } from '../../contract/contracts.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { Topics, uuid7 } from '../../support/topics.mjs';
import { HOAN_KIEM, isAs, reference } from './city.mjs';

const stack = new Stack({ folder: 'build/test/abuse', offset: takeOffset() });
const ajv = compiler('draft-07');
const HARD = 8, SOFT = 5;
let topics, verifier, asked = [], answer = () => ({ status: 200, body: '{"success": true}' });

async function call(method, path, { body, headers = {}, token, from, base = stack.url('intake') } = {}) {
    const response = await fetch(base + path, {
        method, body: body === undefined ? undefined : JSON.stringify(body),
        headers: { ...(token && { authorization: `Bearer ${token}` }), ...(from && { 'x-forwarded-for': from }),
            ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
}

const person = (sub) => requestToken({ issuer: stack.url('idp'), role: 'citizen', sub });
const words = (i) => `Việc ${uuid7().slice(-8)} thứ ${i} ở ngõ ${uuid7().slice(-6)} cần xem ${uuid7().slice(-5)}.`;
let address = 0;
/** Each call from an address of its own, unless told. */
const file = (token, { description = words(0), query = '', ...more } = {}, options = {}) => call('POST', `/api/intake/submissions${query}`,
    { token, from: `198.51.${(address += 1) >> 8}.${address & 255}`, body: { category: 'giao-thong', location: HOAN_KIEM, description, ...more }, ...options });

const ENVIRONMENT = () => ({
    TRUSTED_PROXIES: '127.0.0.1', READS_PER_S: '2', OPEN311_READS_PER_S: '2', ADDRESS_FILES_PER_HOUR: '30', KEY_FILES_PER_S: '2',
    PERSON_FILES_PER_HOUR: String(HARD), PERSON_PROOF_AFTER_PER_HOUR: String(SOFT), NEAR_DUPLICATE_MINUTES: '60',
    CAPTCHA_URL: `http://127.0.0.1:${verifier.address().port}/siteverify`, CAPTCHA_SECRET: 'shh&=%',
});

before(async () => {
    verifier = createServer((request, response) => {
        let form = '';
        request.on('data', (piece) => { form += piece; });
        request.on('end', () => {
            asked.push(Object.fromEntries(new URLSearchParams(form)));
            const { status, body, afterMs = 0 } = answer();
            setTimeout(() => response.writeHead(status).end(body), afterMs);
        });
    });
    await new Promise((resolve) => { verifier.listen(0, '127.0.0.1', resolve); });
    stack.writeApiKeys();
    await stack.startBackends();
    await stack.prepare('intake');
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake', { environment: ENVIRONMENT() });
    await stack.startService('intake', { instance: 'intake-1', port: stack.ports.gateway, environment: ENVIRONMENT() });
}, { timeout: 180000 });

after(async () => {
    verifier?.close();
    verifier?.closeAllConnections();
    await topics?.close();
    await stack.discard();
});

test('the same words at the same place are told of the first report, and may be insisted on', async () => {
    const token = await person('twice');
    const headers = { 'idempotency-key': `"${uuid7()}"` };
    const description = 'Hố sụt lún giữa đường Hàng Bài, rất nguy hiểm.';
    const first = await file(token, { description }, { headers });
    assert.equal(first.status, 201, first.text);
    const again = await file(token, { description: 'hố sụt lún giữa đường hàng bài rất nguy hiểm' });
    assert.deepEqual([again.status, again.json.code], [409, 'near_duplicate']);
    assert.ok(again.json.detail.includes(first.json.ticket), again.json.detail);
    assert.equal(again.headers.get('location'), `/api/intake/submissions/${first.json.id}`);
    assert.deepEqual((await file(token, { description }, { headers })).json, first.json, 'a repeat by key is the first');
    assert.equal((await file(token, { description, query: '?not_duplicate=true' })).status, 201);
    assert.equal((await file(await person('neighbour'), { description })).status, 201, 'of another person it is no duplicate');
    assert.equal((await file(token, { description, category: 'khac' })).status, 201);
    assert.equal((await file(token, { query: '?not_duplicate=maybe' })).json.errors[0].field, 'not_duplicate');
});

test('past the soft number a proof is asked for, past the hard one waiting, on all replicas', async () => {
    const token = await person('flood');
    for (let i = 0; i < SOFT; i += 1) assert.equal((await file(token, { description: words(i) })).status, 201);
    const asks = await file(token);
    assert.deepEqual([asks.status, asks.json.code], [403, 'captcha_required']);
    const proof = { headers: { 'captcha-response': 'a person +&' } };
    answer = () => ({ status: 200, body: '{"success": false, "error-codes": ["invalid"]}' });
    assert.equal((await file(token, {}, proof)).json.code, 'captcha_failed');
    answer = () => ({ status: 200, body: '{"success": true}' });
    asked = [];
    assert.equal((await file(token, {}, { headers: { 'captcha-response': 'good+&=' } })).status, 201);
    assert.equal(asked.length, 1);
    assert.deepEqual([asked[0].secret, asked[0].response], ['shh&=%', 'good+&=']);
    assert.match(asked[0].remoteip, /^198\.51\./);
    answer = () => ({ status: 500, body: 'oops' });
    assert.equal((await file(token, {}, { headers: { 'captcha-response': 'x' } })).status, 201, 'a verifier that is away holds nobody up');
    answer = () => ({ status: 200, body: 'no JSON' });
    assert.equal((await file(token, {}, { headers: { 'captcha-response': 'x' } })).status, 201);
    const asks2 = asked.length;
    for (const base of [stack.url('intake'), stack.url('gateway')]) {
        const late = await file(token, {}, { headers: { 'captcha-response': 'x' }, base });
        assert.deepEqual([late.status, late.json.code], [429, 'too_many_reports']);
        assert.ok(Number(late.headers.get('retry-after')) > 3000 && Number(late.headers.get('retry-after')) <= 3601);
    }
    assert.equal(asked.length, asks2, 'the hard limit asks nobody');
    await stack.stopPart('intake');
    await stack.startService('intake', { environment: ENVIRONMENT() });
    assert.equal((await file(token)).json.code, 'too_many_reports', 'a restart forgets nothing');
    assert.equal((await file(await person('calm'))).status, 201, 'nobody else waits');
});

test('a verifier that does not answer holds nobody up for long', async () => {
    const token = await person('patient');
    for (let i = 0; i < SOFT; i += 1) await file(token, { description: words(i) });
    answer = () => ({ status: 200, body: '{"success": true}', afterMs: 5000 });
    const start = Date.now();
    assert.equal((await file(token, {}, { headers: { 'captcha-response': 'x' } })).status, 201);
    assert.ok(Date.now() - start < 4500, `${Date.now() - start} ms`);
    answer = () => ({ status: 200, body: '{"success": true}' });
});

test('an address that files for very many waits, whatever it says before its proxy', async () => {
    const people = await Promise.all(Array.from({ length: 34 }, (_, i) => person(`office-${i}`)));
    const answers = [];
    for (const [i, token] of people.entries()) {
        answers.push(await file(token, { description: words(i) }, { from: `10.${i}.0.1, 203.0.113.9` }));
    }
    assert.deepEqual(answers.map(({ status }) => status), [...Array(30).fill(201), ...Array(4).fill(429)]);
    assert.equal(answers[33].json.code, 'too_many_from_address');
    assert.ok(Number(answers[33].headers.get('retry-after')) >= 1);
    assert.equal((await file(people[33], {}, { from: '203.0.113.10' })).status, 201);
});

test('a key has a quota, and so have readers without an account', async () => {
    const key = { headers: { 'x-api-key': 'demo-key' } };
    const answers = await Promise.all(Array.from({ length: 40 }, () => file(undefined, {}, key)));
    const statuses = new Set(answers.map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), [201, 429]);
    assert.equal(answers.find(({ status }) => status === 429).json.code, 'too_many_from_key');
    for (const path of ['/api/intake/public/submissions', `/api/intake/public/submissions/${uuid7()}`, '/api/intake/records?type=parking',
        '/api/intake/submissions/nearby?lat=21&lon=105.8&category=khac']) {
        const from = `192.0.2.${address += 1}`;
        const reads = await Promise.all(Array.from({ length: 40 }, () => call('GET', path, { from })));
        assert.ok(reads.some(({ status }) => status === 429) && reads.some(({ status }) => status !== 429), path);
        assert.ok(reads.find(({ status }) => status === 429).headers.get('retry-after'));
        assert.equal((await call('GET', path, { from, token: await person('reader') })).status === 429, false, 'who is signed in may');
    }
});

test('readers of Open311 without a key wait, too, and hear so in the format that they asked for', async () => {
    const paths = ['discovery', 'services', 'services/giao-thong', 'requests', 'requests/HN-2026-9999999-X', 'tokens/HN-2026-9999999-X',
        'servicerequestupdates'];
    const bodies = { xml: /^<\?xml.*<errors><error><code>429<\/code><description>[^<]+<\/description><\/error><\/errors>\s*$/s,
        json: /^\[\{"code":429,"description":"[^"]+"\}\]\s*$/ };
    for (const path of paths.flatMap((name) => Object.keys(bodies).map((format) => `/open311/v2/${name}.${format}`))) {
        const from = `203.0.${(address += 1) & 255}.7`;
        const reads = await Promise.all(Array.from({ length: 30 }, () => call('GET', path, { from })));
        const late = reads.filter(({ status }) => status === 429);
        assert.ok(late.length > 0 && late.length < reads.length, `${path}: ${late.length} of ${reads.length}`);
        const [{ headers, text }] = late;
        assert.match(text, bodies[path.split('.').at(-1)]);
        assert.match(headers.get('content-type'), path.endsWith('xml') ? /^text\/xml/ : /^application\/json/);
        assert.ok(Number(headers.get('retry-after')) >= 1);
        assert.notEqual((await call('GET', path, { from, headers: { 'x-api-key': 'demo-key' } })).status, 429, 'a key may');
        assert.notEqual((await call('GET', '/api/intake/public/submissions', { from })).status, 429, 'another bucket');
    }
});

test('a storm is no abuse: 2,000 people of one ward report, all are taken, one notice is raised', async () => {
    const key = { 'x-api-key': 'demo-key', 'content-type': 'application/json' };
    await stack.stopPart('intake');
    await stack.stopPart('intake-1');
    const many = { ...ENVIRONMENT(), KEY_FILES_PER_S: '0', BURST_LOOK_S: '1' };
    await stack.startService('intake', { environment: many });
    await stack.startService('intake', { instance: 'intake-1', port: stack.ports.gateway, environment: many });
    const all = await topics.listen(['city.bursts.v1']);
    const storm = () => all.filter(({ data }) => data.category === 'ha-tang');
    const bases = [stack.url('intake'), stack.url('gateway')];
    let next = 0;
    const statuses = [];
    await Promise.all(Array.from({ length: 32 }, async () => {
        for (let i = next++; i < 2000; i = next++) {
            const response = await fetch(`${bases[i % 2]}/api/intake/submissions`, { method: 'POST', headers: key, body: JSON.stringify({
                category: 'ha-tang', description: `Ngập nước ${i}.`, contact: { phone: `09${String(i).padStart(8, '0')}` },
                location: { lat: 21.022 + (i % 40) * 0.0004, lon: 105.842 + (i % 37) * 0.0004 } }) });
            statuses.push(response.status);
            await response.arrayBuffer();
        }
    }));
    assert.deepEqual([statuses.length, [...new Set(statuses)]], [2000, [201]]);
    await until('the notice', () => storm().length > 0, 20000);
    await new Promise((resolve) => { setTimeout(resolve, 3000); });
    const noticed = storm();
    const windows = noticed.map(({ data }) => data.from);
    assert.equal(new Set(windows).size, windows.length, 'once for each window, whoever looks');
    assert.ok(windows.length <= 2, 'two when the half hour ended meanwhile');
    assert.deepEqual([noticed[0].key, noticed[0].data.category, noticed[0].data.rule.source], ['21.03,105.85|ha-tang', 'ha-tang', 'assumption']);
    assert.ok(ajv.getSchema(`https://schemas.ihanoi.example/events/${noticed[0].type}`)(noticed[0].data), ajv.errorsText());
    const token = (role) => requestToken({ issuer: stack.url('idp'), role });
    const { json } = await call('GET', '/api/intake/bursts', { token: await token('officer') });
    isAs('Burst', json.items[0]);
    assert.equal(json.items.filter(({ category }) => category === 'ha-tang').reduce((sum, { reports }) => sum + reports, 0) > 1900, true, 'counted on');
    for (const [role, status] of [['citizen', 403], ['volunteer', 403], ['auditor', 200], ['editor', 200]]) {
        assert.equal((await call('GET', '/api/intake/bursts', { token: await token(role) })).status, status, role);
    }
    assert.equal((await call('GET', '/api/intake/bursts')).status, 401);
});
