// SPDX-License-Identifier: Apache-2.0
// intake alone on a real PostgreSQL and Kafka: filing, repeats, reading, what goes out on topics
// and what comes in from them. The test plays routing and the other city systems.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { compiler } from '../../contract/contracts.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { loadSystems } from '../../support/sources.mjs';
import { Topics, message, uuid7 } from '../../support/topics.mjs';
import { HOAN_KIEM, categories, exampleOf, isAs, reference, services as open } from './city.mjs';

const stack = new Stack({ folder: 'build/test/intake', offset: takeOffset() });
const ajv = compiler('draft-07');
let topics, said, deadLetters, citizen, other;

function caseEvent(id, version, action, state, more = {}) {
    return message('city.cases.v1', `vn.hanoi.case.${action}ed.v1`, id, {
        case_id: id, version, submission_id: id, ticket: 'HN-2026-0000001-7', kind: 'onsite_report',
        category: 'giao-thong', level: 'normal', state, action, at: new Date().toISOString(),
        queue: 'unit', unit: '00070', near_border: false, reporter_ref: 'x', language: 'vi',
        opened_at: new Date().toISOString(), receive_due: '2026-12-01T00:00:00.000Z', escalation: 0,
        actor: { role: 'system' },
        rules: { routing: { code: 'r', version: 1, source: 's' }, receive: { code: 'r', version: 1, source: 's' } },
        ...more,
    });
}

async function call(method, path, { body, headers = {}, token, key = token ? undefined : 'demo-key', form } = {}) {
    const answer = await fetch(stack.url('intake') + path, {
        method,
        headers: {
            ...(token && { authorization: `Bearer ${token}` }), ...(key && { 'x-api-key': key }),
            ...(body !== undefined && { 'content-type': 'application/json' }), ...headers,
        },
        body: form ? new URLSearchParams(form) : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type')) ? JSON.parse(text) : undefined;
    return { status: answer.status, headers: answer.headers, text, json };
}

const report = (wishes = {}) => ({
    category: 'giao-thong', description: 'Hố sụt lún giữa đường.', location: HOAN_KIEM, ...wishes,
});
const file = (wishes, options = {}) => call('POST', '/api/intake/submissions', { body: report(wishes), ...options });
const faults = (answer) => answer.json.errors.map((e) => `${e.field}: ${e.code}`).sort();

before(async () => {
    stack.writeApiKeys();
    await stack.startBackends();
    await stack.prepare('intake');
    await loadSystems(stack, 'https://camera.example');
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake');
    said = await topics.listen(['city.submissions.v1', 'city.contacts.v1']);
    deadLetters = await topics.listen(['city.inbound.v1.intake.dlq']);
    const issuer = stack.url('idp');
    citizen = await requestToken({ issuer, role: 'citizen', email: 'lan@ihanoi.example', name: 'Nguyễn Thị Lan' });
    other = await requestToken({ issuer, role: 'citizen', sub: 'someone-else' });
}, { timeout: 120000 });

after(async () => {
    await topics?.close();
    await stack.discard();
});

test('a filing is answered with ticket and deadline, and said with the same', async () => {
    const answer = await file({ level: 'urgent', title: 'Hố sụt' }, { token: citizen });
    assert.equal(answer.status, 201, answer.text);
    const { id, ticket, submitted_at: at, receive_by: by } = answer.json;
    assert.match(ticket, /^HN-2026-\d{7}-[0-9A-Z]$/);
    assert.equal(answer.headers.get('location'), `/api/intake/submissions/${id}`);
    assert.equal(new Date(by) - new Date(at), 86400e3, 'the promise: one day later');
    const event = await until('the event', () => said.find((e) => e.key === id), 20000);
    assert.ok(ajv.getSchema(`https://schemas.ihanoi.example/events/${event.type}`)(event.data), ajv.errorsText());
    assert.equal(event.data.ticket, ticket);
    assert.equal(event.data.receive_by, by);
    assert.equal(event.data.client, 'account');
    assert.equal(event.headers.ce_source, '/ihanoi/intake');
    assert.match(event.headers.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
});

test('a contact is told once, sealed', async () => {
    const token = await requestToken({ issuer: stack.url('idp'), role: 'citizen', sub: 'told-once', email: 'told@ihanoi.example' });
    await file({}, { token });
    await file({}, { token });
    await until('the contact', () => said.some((e) => e.key === 'told-once'), 20000);
    const told = said.filter((e) => e.key === 'told-once' && e.topic === 'city.contacts.v1');
    assert.equal(told.length, 1);
    assert.match(told[0].data.sealed, /^[A-Za-z0-9_-]{40,}$/);
    assert.ok(!JSON.stringify(told[0].data).includes('told@'), 'not in clear');
});

test('a repeat gets the same bytes; another body does not', async () => {
    const headers = { 'idempotency-key': `"${uuid7()}"` };
    const [first, again] = [await file({}, { headers }), await file({}, { headers })];
    assert.equal(first.status, 201);
    assert.equal(again.status, 201);
    assert.equal(again.text, first.text);
    const reused = await file({ title: 'Khác' }, { headers });
    assert.equal(reused.status, 422);
    assert.equal(reused.json.code, 'idempotency_key_reused');
    const foreign = await file({}, { headers, token: other });
    assert.notEqual(foreign.json.id, first.json.id, "another caller's key is another key");
});

test('fifty repeats at once file once', async () => {
    const headers = { 'idempotency-key': `"${uuid7()}"` };
    const answers = await Promise.all(Array.from({ length: 50 }, () => file({}, { headers })));
    const filed = answers.filter((a) => a.status === 201);
    assert.ok(filed.length > 0);
    assert.equal(new Set(filed.map((a) => a.text)).size, 1);
    assert.ok(answers.every((a) => a.status === 201 || a.json.code === 'in_flight'));
    const rows = await stack.postgres.query('SELECT count(*)::int AS n FROM submission WHERE id = $1', [filed[0].json.id], 'intake');
    assert.equal(rows[0].n, 1);
});

test('bad input is told field by field', async () => {
    const rows = [
        [{ category: undefined }, ['category: required']],
        [{ category: 'khong-co' }, ['category: unknown_category']],
        [{ description: '' }, ['description: too_short']],
        [{ description: 'a'.repeat(4001) }, ['description: too_long']],
        [{ location: { lat: 105.8, lon: 21 } }, ['location.lat: out_of_range', 'location.lon: out_of_range']],
        [{ location: [] }, ['location: wrong_type']],
        [{ media: ['http://a.example/b.jpg'] }, ['media[0]: bad_url']],
        [{ media: Array(11).fill('https://a.example/b.jpg') }, ['media: too_many']],
        [{ contact: { email: 'nobody' } }, ['contact.email: bad_email']],
        [{ level: 'huge', colour: 'red' }, ['colour: unknown_field', 'level: not_allowed']],
        [{ title: null }, ['title: wrong_type']],
    ];
    for (const [wishes, expected] of rows) {
        const answer = await file(wishes);
        assert.equal(answer.status, 400, answer.text);
        assert.equal(answer.headers.get('content-type'), 'application/problem+json');
        assert.deepEqual(faults(answer), expected);
    }
    for (const body of ['', '{', '[]', '{"a":1,"a":2}', '\ufeff{}', '{"description":"\\u0000"}']) {
        const answer = await call('POST', '/api/intake/submissions', { body });
        assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text}`);
    }
    assert.equal((await file({ contact: { email: 'a@b.example' } }, { token: citizen })).status, 400);
});

test('who may do what', async () => {
    assert.equal((await file({}, { key: null })).status, 401);
    assert.equal((await file({}, { key: 'wrong' })).status, 401);
    const { id } = (await file({}, { token: citizen })).json;
    const path = `/api/intake/submissions/${id}`;
    assert.equal((await call('GET', path, { token: citizen })).status, 200);
    assert.equal((await call('GET', path)).status, 200, 'a key with report:read');
    assert.equal((await call('GET', path, { token: other })).status, 404, 'exists for its reporter only');
    assert.equal((await call('GET', path, { key: null })).status, 401);
    assert.equal((await call('GET', '/api/intake/submissions/not-an-id')).status, 400);
});

test('own submissions come in pages, newest first', async () => {
    const token = await requestToken({ issuer: stack.url('idp'), role: 'citizen', sub: 'pager' });
    const ids = [];
    for (let i = 0; i < 5; i++) ids.unshift((await file({}, { token })).json.id);
    const seen = [];
    for (let next = ''; next !== undefined;) {
        const page = (await call('GET', `/api/intake/submissions?limit=2&cursor=${next}`, { token })).json;
        assert.ok(page.items.length <= 2);
        seen.push(...page.items.map((item) => item.id));
        next = page.next;
    }
    assert.deepEqual(seen, ids);
    assert.equal((await call('GET', '/api/intake/submissions?cursor=x', { token })).status, 400);
    assert.equal((await call('GET', '/api/intake/submissions?limit=0', { token })).status, 400);
});

test('case events feed the timeline, in any order and once', async () => {
    const { id } = (await file({}, { token: citizen })).json;
    const opened = caseEvent(id, 1, 'open', 'received');
    const accepted = caseEvent(id, 2, 'accept', 'accepted', { resolve_due: '2026-12-05T00:00:00.000Z', note: 'Đã nhận.' });
    const resolved = caseEvent(id, 3, 'resolv', 'resolved', {
        action: 'resolve', result: { text: 'Đã vá.', evidence: ['https://media.example/a.jpg'] } });
    const waiting = call('GET', `/api/intake/submissions/${id}?min_version=3&wait_ms=9000`, { token: citizen });
    await topics.publish([resolved]);
    await topics.publish([opened, accepted, opened]);
    assert.equal((await waiting).json.case.state, 'resolved', 'a GET waits for the version it names');
    const view = await until('all three', async () => {
        const { json } = await call('GET', `/api/intake/submissions/${id}`, { token: citizen });
        return json.timeline.length === 3 && json;
    }, 20000);
    assert.deepEqual(view.timeline.map((s) => s.version), [1, 2, 3]);
    assert.equal(view.case.version, 3);
    assert.deepEqual(view.case.result, { text: 'Đã vá.', evidence: [{ url: 'https://media.example/a.jpg' }] });
    assert.equal(view.timeline[1].note, 'Đã nhận.');
    assert.equal(view.case.unit.name.vi, 'Phường Hoàn Kiếm');
});

test('a reporter sees the trail, what is asked, and what may be rated', async () => {
    const { id, ticket } = (await file({}, { token: citizen })).json;
    const seen = async (version) => (await call('GET',
        `/api/intake/submissions/${id}?min_version=${version}&wait_ms=9000`, { token: citizen })).json;
    const public311 = async () => (await call('GET', `/open311/v2/requests/${ticket}.json`, { key: null })).json[0];

    await topics.publish([exampleOf(id, 1, 'returned', { unit: '00070', handovers: [
        { from: '00070', to: 'SXD', reason: 'Tuyến phố do Sở quản lý.', at: '2026-11-24T05:30:00.000Z' }] })]);
    let view = await seen(1);
    assert.equal(view.case.phase, 'received');
    assert.equal(view.case.queue, 'disputed');
    assert.deepEqual(view.case.handovers, [{ from: { code: '00070',
        name: { vi: 'Phường Hoàn Kiếm', en: 'Hoan Kiem Ward' } }, to: { code: 'SXD' },
    reason: 'Tuyến phố do Sở quản lý.', at: '2026-11-24T05:30:00.000Z' }]);

    await topics.publish([exampleOf(id, 2, 'info_requested')]);
    view = await seen(2);
    assert.deepEqual(view.case.phase_name, { vi: 'Chờ bổ sung thông tin', en: 'Waiting for information' });
    assert.deepEqual(view.case.question, { asked: 'third_party', text: 'Hố sụt có nằm trên nắp cống không?' });
    assert.ok(view.case.timeout_at > view.case.updated_at);
    assert.equal('resolve_due' in view.case, false, 'the clock stands still');
    let request = await public311();
    assert.deepEqual([request.status, request.status_notes, request.expected_datetime],
        ['open', 'Chờ bổ sung thông tin', null]);

    await topics.publish([exampleOf(id, 3, 'proposed'), exampleOf(id, 4, 'extended')]);
    view = await seen(4);
    assert.equal('note' in view.timeline[2], false, 'a proposal is a matter of the administration');
    assert.equal(view.timeline[3].reason, 'Phải chờ khô nền trước khi thảm nhựa.');
    assert.equal((await public311()).expected_datetime, view.case.resolve_due);

    await topics.publish([exampleOf(id, 5, 'resolved/minimal')]);
    view = await seen(5);
    assert.deepEqual(view.case.rating, { allowed: true });
    assert.equal((await public311()).status, 'closed');
    await topics.publish([exampleOf(id, 6, 'rated/minimal'), exampleOf(id, 7, 'closed', { rating: 'acceptable' })]);
    view = await seen(7);
    assert.deepEqual(view.case.rating, { allowed: false, given: 'acceptable' });
    assert.deepEqual(view.timeline.map((step) => step.phase),
        ['received', 'paused', 'working', 'working', 'resolved', 'resolved', 'closed']);
    assert.doesNotMatch(JSON.stringify(view), /a1d5c0de|c44d19e2/, 'no account of an official');
    isAs('Submission', view);
});

test('a merged report is open, a withdrawn one closed, and lists say so', async () => {
    const merged = (await file({}, { token: citizen })).json, withdrawn = (await file({}, { token: citizen })).json;
    await topics.publish([exampleOf(merged.id, 1, 'merged/minimal'), exampleOf(withdrawn.id, 1, 'withdrawn/minimal')]);
    for (const { id } of [merged, withdrawn]) {
        await call('GET', `/api/intake/submissions/${id}?min_version=1&wait_ms=9000`, { token: citizen });
    }
    const listed = async (status) => (await call('GET', `/open311/v2/requests.json?status=${status}`, { key: null }))
        .json.map((request) => request.service_request_id);
    const [open, closed] = [await listed('open'), await listed('closed')];
    assert.ok(open.includes(merged.ticket) && !closed.includes(merged.ticket));
    assert.ok(closed.includes(withdrawn.ticket) && !open.includes(withdrawn.ticket));
    const own = (await call('GET', '/api/intake/submissions', { token: citizen })).json.items;
    assert.equal(own.find((item) => item.id === merged.id).phase, 'merged');
    const { json } = await call('GET', `/api/intake/submissions/${merged.id}`, { token: citizen });
    assert.match(json.case.merged_into, /^[0-9a-f-]{36}$/);
    assert.equal('receive_due' in json.case, false);
});

test('a case that nobody filed here is taken note of, and is no submission', async () => {
    const id = uuid7();
    const { id: filed } = (await file({}, { token: citizen })).json;
    await topics.publish([caseEvent(id, 1, 'open', 'received', { ticket: 'HN-2026-90000001-Z' }),
        caseEvent(id, 2, 'accept', 'accepted'), caseEvent(filed, 1, 'open', 'received')]);
    const path = `/api/intake/submissions/${filed}?min_version=1&wait_ms=9000`;
    assert.equal((await call('GET', path, { token: citizen })).json.case.version, 1);
    const unknown = await call('GET', `/api/intake/submissions/${id}?min_version=2&wait_ms=9000`, { token: citizen });
    assert.equal(unknown.status, 404);
    const { json: list } = await call('GET', '/api/intake/submissions?limit=100', { token: citizen });
    assert.ok(list.items.every((item) => item.id !== id));
});

test('an incident of another system is filed once, poison goes to the dead letters', async () => {
    const incident = { incident_id: 'CAM-1/5', category: 'giao-thong', description: 'Cây đổ.', location: HOAN_KIEM, occurred_at: '2026-11-24T11:20:58.5+07:00' };
    const type = 'vn.hanoi.incident.reported.v1', source = 'https://camera.example';
    const good = message('city.inbound.v1', type, 'CAM-1', incident, { id: '77', source });
    const bad = message('city.inbound.v1', type, 'CAM-1', { ...incident, location: { lat: 1, lon: 2 } }, { id: '78', source });
    const stray = message('city.inbound.v1', type, 'CAM-1', incident, { id: '79', source: 'https://camera.example.net' });
    await topics.publish([good, bad, stray, good]);
    await until('the dead letter', () => deadLetters.length === 1, 20000);
    assert.equal(deadLetters[0].headers['dlq-error-class'], 'unknown_source');
    assert.equal(deadLetters[0].headers['dlq-error-detail'], 'source');
    const [held] = await stack.postgres.query('SELECT event_id, reason, field FROM quarantine', [], 'intake');
    assert.deepEqual(held, { event_id: '78', reason: 'invalid_data', field: 'location.lat' });
    await until('the submission', () => said.some((e) => e.data?.channel === 'inbound'), 20000);
    const filed = said.filter((e) => e.data?.channel === 'inbound');
    assert.equal(filed.length, 1);
    assert.equal(filed[0].data.description, 'Cây đổ.');
});

test('Open311 serves both formats, also of its errors', async () => {
    const form = { api_key: 'demo-key', service_code: 'giao-thong', lat: '21.0287', long: '105.8524', description: 'Đèn & <b>cột</b>' };
    const posted = await call('POST', '/open311/v2/requests.json', { form, key: null });
    assert.equal(posted.status, 200, posted.text);
    const ticket = posted.json[0].service_request_id;
    const one = await call('GET', `/open311/v2/requests/${ticket}.xml`, { key: null });
    assert.equal(one.status, 200);
    assert.match(one.headers.get('content-type'), /^text\/xml/);
    assert.match(one.text, new RegExp(`<service_requests><request><service_request_id>${ticket}</service_request_id><status>open</status>`));
    const full = await call('GET', `/open311/v2/requests/${ticket}.xml?api_key=demo-key`, { key: null });
    assert.match(full.text, /<description>Đèn &amp; &lt;b&gt;cột&lt;\/b&gt;<\/description>/);
    assert.doesNotMatch(one.text, /cột/, 'words are not public');
    const list = await call('GET', '/open311/v2/requests.json?status=open&service_code=giao-thong', { key: null });
    assert.ok(list.json.some((r) => r.service_request_id === ticket));
    const services = await call('GET', '/open311/v2/services.json', { key: null });
    assert.equal(services.json.length, open.length);
    for (const format of ['xml', 'json']) {
        const rows = [
            [403, call('POST', `/open311/v2/requests.${format}`, { form: { ...form, api_key: '' }, key: null })],
            [400, call('POST', `/open311/v2/requests.${format}`, { form: { ...form, lat: '21,5' }, key: null })],
            [400, call('POST', `/open311/v2/requests.${format}`, { form: { ...form, long: '' }, key: null })],
            [404, call('POST', `/open311/v2/requests.${format}`, { form: { ...form, service_code: 'x' }, key: null })],
            [404, call('GET', `/open311/v2/requests/HN-2026-9999999-X.${format}`, { key: null })],
            [404, call('GET', `/open311/v2/services.${format}?jurisdiction_id=hue.gov.vn`, { key: null })],
            [400, call('GET', `/open311/v2/requests.${format}?start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z`, { key: null })],
        ];
        for (const [status, calling] of rows) {
            const answer = await calling;
            assert.equal(answer.status, status, answer.text);
            if (format === 'json') assert.ok(answer.json[0].description, answer.text);
            else assert.match(answer.text, /<errors><error><code>\d+<\/code><description>.+<\/description>/);
        }
    }
});

test('what is sensitive never comes out in public', async () => {
    const { ticket } = (await file({ category: 'lang-phi' })).json;
    assert.equal((await call('GET', `/open311/v2/requests/${ticket}.json`, { key: null })).status, 404);
    const list = await call('GET', '/open311/v2/requests.json', { key: null });
    assert.ok(!list.text.includes(ticket));
});

test('while PostgreSQL is away nothing is promised, and afterwards all works again', async () => {
    await stack.kill('postgres');
    const away = await file();
    assert.equal(away.status, 503);
    assert.ok(Number(away.headers.get('retry-after')) > 0);
    await until('not ready', async () => (await fetch(`${stack.url('intake')}/readyz`)).status === 503, 20000);
    assert.equal((await fetch(`${stack.url('intake')}/livez`)).status, 200);
    await stack.startPostgres();
    await until('filing works', async () => (await file()).status === 201, 20000);
});

test('what was answered while the broker was away is said when it is back, after kill -9 too', async () => {
    await topics.close();
    await stack.kill('kafka');
    const { id } = (await file()).json;
    await stack.kill('intake');
    await stack.startKafka();
    await stack.startService('intake');
    topics = new Topics(stack.kafka.brokers);
    said = await topics.listen(['city.submissions.v1']);
    await until('the event', () => said.find((e) => e.key === id), 30000);
    assert.equal(new Set(said.filter((e) => e.key === id).map((e) => e.id)).size, 1, 'under one id');
});
