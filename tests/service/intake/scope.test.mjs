// SPDX-License-Identifier: Apache-2.0
// Every route × everybody who may call × what belongs to somebody else. A route that is not in the table fails.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { people } from '../../../deploy/idp/people.mjs';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { Topics } from '../../support/topics.mjs';
import { HOAN_KIEM, exampleOf, reference } from './city.mjs';
import { png } from './png.mjs';

const stack = new Stack({ folder: 'build/test/intake-scope', offset: takeOffset() });
const KEYS = { key_write: ['report:write'], key_read: ['report:read'], key_events: ['events:write'],
    key_records: ['records:read'], key_nothing: [] };
const OFFICIALS = [...people.keys()].filter((key) => key !== 'citizen');
const SIGNED_IN = ['owner', 'stranger', ...OFFICIALS, ...Object.keys(KEYS)];
const EVERYBODY = ['nobody', ...SIGNED_IN];
const PERSONS = ['owner', 'stranger', ...OFFICIALS];
const credentials = { nobody: {} };
const mine = {}; // what belongs to the owner
let topics;

/* Who reads what somebody else filed; who decides what everybody may see (the ward's own among the supervisors). */
const READERS = ['owner', 'key_read', 'auditor', 'administrator', 'hotline_operator'];
const MODERATORS = ['editor', 'approver', 'administrator', 'supervisor', 'city_office'];
const BURST_WATCHERS = OFFICIALS.filter((key) => !['volunteer'].includes(key));
const WORKERS = ['officer', 'focal_point', 'supervisor', 'city_office'];
const json = (body) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const form = (fields) => ({ body: new URLSearchParams(fields) });
const report = () => json({ category: 'giao-thong', description: 'Của tôi.', location: HOAN_KIEM });
const said = () => json({ text: 'Thêm một điều.' });

/* Route → who may, and what is sent when it is not a plain GET. */
const ROUTES = {
    'POST /api/intake/submissions': [[...PERSONS, 'key_write'], report],
    'GET /api/intake/submissions': [SIGNED_IN],
    'GET /api/intake/submissions/nearby': [EVERYBODY, undefined, `lat=${HOAN_KIEM.lat}&lon=${HOAN_KIEM.lon}&category=giao-thong`],
    'GET /api/intake/submissions/{id}': [READERS],
    'GET /api/intake/submissions/{id}/thread': [READERS],
    'POST /api/intake/submissions/{id}/supplements': [['owner'], said],
    'POST /api/intake/submissions/{id}/answers': [['owner'], said],
    'POST /api/intake/submissions/{id}/withdrawal': [['owner'], () => json({})],
    'POST /api/intake/submissions/{id}/rating': [['owner'], () => json({ rating: 'satisfied' })],
    'POST /api/intake/submissions/{id}/reopening': [['owner'], said],
    'POST /api/intake/media': [[...PERSONS, 'key_write'],
        () => ({ body: png({}), headers: { 'content-type': 'application/octet-stream' } })],
    'GET /api/intake/media/{id}': [[]], // by a link alone, whoever asks
    'GET /api/intake/media/{id}/links': [[...READERS, ...WORKERS]],
    'GET /api/intake/categories': [EVERYBODY],
    'POST /api/intake/events': [['key_events'], () => json({})],
    'GET /api/intake/records': [EVERYBODY],
    'GET /api/intake/public/submissions': [EVERYBODY],
    'GET /api/intake/public/submissions/{id}': [EVERYBODY],
    'PUT /api/intake/public/submissions/{id}/support': [PERSONS],
    'DELETE /api/intake/public/submissions/{id}/support': [PERSONS],
    'PUT /api/intake/public/submissions/{id}/follow': [PERSONS],
    'DELETE /api/intake/public/submissions/{id}/follow': [PERSONS],
    'GET /api/intake/followed': [PERSONS],
    'GET /api/intake/moderation': [MODERATORS],
    'GET /api/intake/moderation/{id}': [MODERATORS],
    'POST /api/intake/moderation/{id}/decisions': [MODERATORS,
        () => ({ ...json({ decision: 'approve' }), headers: { 'content-type': 'application/json', 'if-match': '"0"' } })],
};

const NO_SUCH = { isThere: false }; // whoever may is told that there is none
Object.assign(ROUTES, {
    'GET /api/intake/bursts': [BURST_WATCHERS],
    'GET /api/intake/quarantine': [['administrator']],
    'GET /api/intake/quarantine/{id}': [['administrator'], undefined, '', NO_SUCH],
    'POST /api/intake/quarantine/{id}/fix': [['administrator'], () => json({ data: {}, reason: 'x' }), '', NO_SUCH],
    'POST /api/intake/quarantine/{id}/release': [['administrator'], () => json({ reason: 'x' }), '', NO_SUCH],
    'POST /api/intake/quarantine/{id}/discard': [['administrator'], () => json({ reason: 'x' }), '', NO_SUCH],
});

/* Open311: everybody reads what is public, who has a key for it files. Same rows for both formats. */
const OPEN311 = {
    'GET discovery': [EVERYBODY],
    'GET services': [EVERYBODY],
    'GET services/{code}': [EVERYBODY],
    'GET requests': [EVERYBODY],
    'GET requests/{id}': [EVERYBODY],
    'GET tokens/{token}': [EVERYBODY],
    'GET servicerequestupdates': [EVERYBODY],
    'POST servicerequestupdates': [['key_write'], () => form({ service_request_id: 'x' }), '', NO_SUCH],
    'POST requests': [['key_write'], () => form({ service_code: 'giao-thong', lat: '21.0287', long: '105.8524', description: 'Hố.' })],
};

for (const format of ['xml', 'json']) {
    for (const [route, row] of Object.entries(OPEN311)) {
        const [method, path] = route.split(' ');
        ROUTES[`${method} /open311/v2/${path}.${format}`] = row;
    }
}

function writeKeys() {
    const keys = Object.entries(KEYS).map(([id, scopes]) => (
        { id, sha256: createHash('sha256').update(`key of ${id}`).digest('hex'), scopes }));
    writeFileSync(stack.apiKeysFile, JSON.stringify({ keys }));
    for (const id of Object.keys(KEYS)) credentials[id] = { 'x-api-key': `key of ${id}` };
}

async function call(caller, method, path, { body, headers = {} } = {}) {
    const answer = await fetch(stack.url('intake') + path, { method, body, headers: { ...credentials[caller], ...headers } });
    const text = await answer.text();
    return { status: answer.status, text };
}

async function make(path, wish) {
    const { status, text } = await call('owner', 'POST', path, wish);
    assert.equal(status, 201, text);
    return JSON.parse(text);
}

before(async () => {
    writeKeys();
    await stack.startBackends();
    await stack.prepare('intake');
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake');
    const issuer = stack.url('idp');
    const token = async (name, wishes) => {
        credentials[name] = { authorization: `Bearer ${await requestToken({ issuer, ...wishes })}` };
    };
    await token('owner', { role: 'citizen', sub: 'the-owner' });
    await token('stranger', { role: 'citizen', sub: 'a-stranger' });
    await Promise.all(OFFICIALS.map((key) => token(key, { role: people.get(key).role, unit: people.get(key).unit })));
    mine.media = (await make('/api/intake/media', ROUTES['POST /api/intake/media'][1]())).id;
    Object.assign(mine, await make('/api/intake/submissions', json({ category: 'giao-thong', description: 'Của tôi.',
        location: HOAN_KIEM, media: [`media:${mine.media}`] })));
    await topics.publish([exampleOf(mine.id, 1, 'opened', { unit: '00070' })]);
    await until('its case', async () => (await stack.postgres.query(
        'SELECT 1 FROM submission_case WHERE submission_id = $1', [mine.id], 'intake')).length === 1, 20000);
}, { timeout: 120000 });

after(async () => {
    await topics?.close();
    await stack.discard();
});

/** The route's path with what belongs to the owner. */
function pathOf(route, query = '') {
    const id = route.includes('/media/') ? mine.media : route.includes('/open311/') ? mine.ticket : mine.id;
    const path = route.split(' ')[1].replace('{id}', id).replace('{token}', mine.ticket).replace('{code}', 'giao-thong');
    return query ? `${path}?${query}` : path;
}

test('every route of the service is in the table', () => {
    const lines = execFileSync(`${stack.bin}/intake`, ['routes'], { encoding: 'utf8' }).trim().split('\n');
    const routes = lines.map((line) => line.split('?')[0]).filter((route) => !route.includes('{resource}'));
    assert.deepEqual(routes.filter((route) => !(route in ROUTES)), [], 'routes without a row');
    assert.deepEqual(Object.keys(ROUTES).filter((route) => !routes.includes(route)), [], 'rows without a route');
});

for (const [route, [who, wish = () => ({}), query, { isThere = true } = {}]] of Object.entries(ROUTES)) {
    test(`${route}: ${who.length === EVERYBODY.length ? 'everybody' : who.join(', ') || 'nobody'}`, async () => {
        for (const caller of EVERYBODY) {
            const { status, text } = await call(caller, route.split(' ')[0], pathOf(route, query), wish());
            const told = `${caller}: ${status} ${text.slice(0, 300)}`;
            assert.ok(status < 500, told);
            if (who.includes(caller)) {
                assert.ok(![401, 403].includes(status) && (status !== 404 || !isThere), told);
            } else {
                assert.ok([401, 403, 404].includes(status), told);
                assert.ok(!text.includes(mine.ticket), told);
            }
        }
    });
}

test('a list of one\'s own holds nobody else\'s', async () => {
    for (const caller of SIGNED_IN.filter((name) => name !== 'owner')) {
        const { text } = await call(caller, 'GET', '/api/intake/submissions');
        assert.ok(!text.includes(mine.id), caller);
    }
});
