// SPDX-License-Identifier: Apache-2.0
// Open311 GeoReport v2, what is posted and what comes of it: the conformance lines P1–P9, P13–P22 and
// T1–T3 by name, then the updates of requests.
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { uuid7 } from '../../support/topics.mjs';
import { exampleOf } from './city.mjs';
import { FORMATS, Open311, TYPES, assertSame, children, textOf } from './open311.mjs';

const client = new Open311({ folder: 'build/test/open311-posting' });
let said;
const FORM = { api_key: 'demo-key', service_code: 'giao-thong', lat: '21.0287', long: '105.8524', description: 'Hố sụt.' };
const post = (form, { format = 'json', ...options } = {}) =>
    client.call(`/requests.${format}`, { method: 'POST', form, ...options });
const refused = (status, form) => client.refused(status, '/requests', { method: 'POST', form });
/** FORM with these fields; null takes one away. */
const changed = (fields) => Object.fromEntries(
    Object.entries({ ...FORM, ...fields }).filter(([, value]) => value !== null));
const stored = async (answer) => (await client.query('SELECT * FROM submission WHERE ticket = $1',
    [answer.json[0].service_request_id]))[0];

/** What is answered to a form of this size before it is sent: it is refused unread. */
function announced(format, size, headers) {
    return new Promise((resolve, reject) => {
        const request = http.request(`${client.stack.url('intake')}/open311/v2/requests.${format}`,
            { method: 'POST', headers: { ...headers, 'content-length': size } });
        request.on('response', (answer) => {
            resolve([answer.statusCode, answer.headers['content-type']]);
            answer.on('error', () => {}).resume();
            request.destroy();
        }).on('error', reject).flushHeaders();
    });
}

before(async () => {
    await client.start();
    said = await client.topics.listen(['city.submissions.v1']);
}, { timeout: 120000 });
after(() => client.stop());

test('P1: lat and long are enough of a place', async () => {
    for (const format of FORMATS) {
        const answer = await post(FORM, { format });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.type, TYPES[format]);
    }
    const row = await stored(await post(FORM));
    assert.deepEqual([row.lat, row.lon, row.channel], [21.0287, 105.8524, 'open311']);
});

async function comesWithoutPoint(fields, location) {
    const answer = await post(changed({ lat: null, long: null, ...fields }));
    assert.equal(answer.status, 200, answer.text);
    const row = await stored(answer);
    assert.deepEqual([row.lat, row.lon], [null, null]);
    const [told] = await client.get(`/requests/${row.ticket}`);
    assert.deepEqual([told.lat, told.long, told.address, told.address_id], [null, null, null, null]);
    const [full] = await client.get(`/requests/${row.ticket}`, { api_key: 'demo-key' });
    assert.deepEqual([full.address, full.address_id], [location.address ?? null, location.address_id ?? null]);
    const event = await until('the event', () => said.find((e) => e.key === row.id), 20000);
    assert.deepEqual(event.data.location, location);
    const view = await fetch(`${client.stack.url('intake')}/api/intake/submissions/${row.id}`,
        { headers: { 'x-api-key': 'demo-key' } });
    assert.equal(view.status, 200);
    assert.deepEqual((await view.json()).location, location);
}

test('P2: an address_string is enough of a place', () =>
    comesWithoutPoint({ address_string: 'Số 1 Hàng Bài' }, { address: 'Số 1 Hàng Bài' }));

test('P3: an address_id is enough of a place', () =>
    comesWithoutPoint({ address_id: 'HN-00070-0001' }, { address_id: 'HN-00070-0001' }));

test('P4: lat without long is 400, and the other way round', async () => {
    assert.match((await refused(400, changed({ long: null }))).join(), /long/);
    assert.match((await refused(400, changed({ lat: '' }))).join(), /lat/);
    assert.match((await refused(400, changed({ lat: null, address_string: 'Số 1 Hàng Bài' }))).join(), /lat/);
});

test('P5: no place is 400', async () => {
    assert.match((await refused(400, changed({ lat: null, long: null }))).join(), /lat/);
    assert.match((await refused(400, changed({ lat: '', long: '', address_string: '', address_id: '' }))).join(), /lat/);
});

test('P6: no service_code is 400', async () => {
    assert.deepEqual(await refused(400, changed({ service_code: null })), ['service_code is required']);
    assert.deepEqual(await refused(400, changed({ service_code: '' })), ['service_code is required']);
});

test('P7: an unknown service_code is 404', async () => {
    assert.deepEqual(await refused(404, changed({ service_code: 'khong-co' })), ['service_code was not found']);
});

test('P8: no key is 403', async () => {
    await refused(403, changed({ api_key: null }));
    await refused(403, changed({ api_key: '' }));
});

test('P9: a bad key is 403', async () => {
    await refused(403, changed({ api_key: 'not-a-key' }));
});

test('P13: a description has at most 4,000 characters, however many bytes', async () => {
    const text = 'ộ'.repeat(4000);
    assert.equal((await stored(await post(changed({ description: text })))).description, text);
    assert.deepEqual(await refused(400, changed({ description: `${text}a` })),
        ['description must have at most 4000 characters']);
});

test('P14: HTML is text', async () => {
    const description = '<script>alert("1")</script> & <b>\nđậm</b>';
    const answer = await post(changed({ description }));
    assert.equal((await stored(answer)).description, description);
    const { service_request_id: ticket } = answer.json[0];
    const { text, xml } = await client.call(`/requests/${ticket}.xml?api_key=demo-key`);
    assert.doesNotMatch(text, /<script>|<b>/);
    assert.equal(textOf(children(xml)[0], 'description'), description);
});

test('P15: lat and long out of range, or no decimal numbers, are 400', async () => {
    for (const bad of ['91', '-91', 'NaN', 'inf', '21,0287', '0x15', '2.1e1', ' 21', '21°', '1e999', '--21', '.']) {
        assert.match((await refused(400, changed({ lat: bad }))).join(), /^lat /, bad);
    }
    assert.match((await refused(400, changed({ long: '181' }))).join(), /^long /);
    assert.match((await refused(400, changed({ lat: '105.85', long: '21.02' }))).join(), /lat .*,long /, 'swapped');
});

test('P16: a request has an id, and then no token', async () => {
    const [request] = (await post(FORM)).json;
    assert.match(request.service_request_id, /^HN-2026-\d{7}-[0-9A-Z]$/);
    assert.equal('token' in request, false);
});

test('P17: a service_notice says by when it will be received', async () => {
    const xml = await post(FORM, { format: 'xml' });
    assert.equal(xml.xml.nodeName, 'service_requests');
    const [request] = children(xml.xml);
    assert.match(textOf(request, 'service_notice'), /^Sẽ được tiếp nhận trước \d{4}-.*QĐ 1207/);
    const json = await post(FORM);
    assert.deepEqual(Object.keys(json.json[0]), children(request).map((e) => e.nodeName));
});

test('P18: forms are decoded, of a repeated field the first counts, large ones are refused', async () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const send = (body, format = 'json') => fetch(`${client.stack.url('intake')}/open311/v2/requests.${format}`,
        { method: 'POST', headers: type, body });
    const head = 'api_key=demo-key&service_code=giao-thong&lat=21.0287&long=105.8524';
    const answer = await send(`${head}&description=H%E1%BB%91+s%E1%BB%A5t+100%25%0A1%2B1&description=kh%C3%A1c`);
    assert.equal(answer.status, 200);
    assert.equal((await stored({ json: await answer.json() })).description, 'Hố sụt 100%\n1+1');
    for (const format of FORMATS) {
        assert.deepEqual(await announced(format, 1024 * 1024, type), [413, TYPES[format]]);
        for (const description of ['%E1%BB', '%zz']) {
            const bad = await send(`${head}&description=${description}`, format);
            assert.equal(bad.status, 400);
            assert.equal(bad.headers.get('content-type'), TYPES[format]);
            assert.match(await bad.text(), /error|description/);
        }
    }
});

test('P19: another content type is refused', async () => {
    for (const format of FORMATS) {
        const answer = await fetch(`${client.stack.url('intake')}/open311/v2/requests.${format}?api_key=demo-key`,
            { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(FORM) });
        assert.equal(answer.status, 415);
        assert.equal(answer.headers.get('content-type'), TYPES[format]);
    }
});

test('P20: media_url may come many times', async () => {
    const urls = ['https://media.example/1.jpg', 'https://media.example/2.jpg'];
    const form = [...Object.entries(FORM), ...urls.map((url) => ['media_url', url]), ['media_url', '']];
    const answer = await post(form);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual((await stored(answer)).media, urls);
    const [request] = await client.get(`/requests/${answer.json[0].service_request_id}`, { api_key: 'demo-key' });
    assert.equal(request.media_url, urls[0]);
});

test('P21: all errors come together', async () => {
    const faults = await refused(400, changed({ service_code: '', lat: 'x', description: '', email: 'nobody', media_url: 'ftp://x' }));
    assert.deepEqual(faults.map((fault) => fault.split(' ')[0]).sort(),
        ['description', 'email', 'lat', 'media_url', 'service_code']);
});

test('P22: a retry with the same idempotency key gets the same id', async () => {
    const headers = { 'idempotency-key': `"${uuid7()}"` };
    const [first, again, other] = [await post(FORM, { headers }), await post(FORM, { headers }), await post(FORM)];
    assert.equal(first.text, again.text);
    assert.notEqual(first.text, other.text);
    assert.equal((await post(changed({ description: 'Khác.' }), { headers })).status, 422);
});

test('T1: a token resolves', async () => {
    const [{ service_request_id: ticket }] = (await post(FORM)).json;
    const { xml } = await client.call(`/tokens/${ticket}.xml`);
    assert.equal(xml.nodeName, 'service_requests');
    assert.deepEqual(await client.get(`/tokens/${ticket}`), [{ service_request_id: ticket, token: ticket }]);
});

test('T2: an unknown token is 404, one of a confidential report too', async () => {
    const [{ service_request_id: secret }] = (await post(changed({ service_code: 'lang-phi' }))).json;
    for (const token of ['HN-2026-9999999-X', '123', secret]) {
        assert.deepEqual(await client.refused(404, `/tokens/${token}`), ['token was not found']);
    }
    await client.refused(404, '/tokens/1', { query: { jurisdiction_id: 'hue.gov.vn' } });
});

test('T3: it resolves at once', async () => {
    const started = Date.now();
    const [{ service_request_id: ticket }] = (await post(FORM)).json;
    await client.get(`/tokens/${ticket}`);
    assert.ok(Date.now() - started < 10000, 'FixMyStreet gives up after ten seconds');
});

test('updates of requests tell each change of phase, oldest first, with extended statuses', async () => {
    const { id, ticket } = await client.file();
    const at = (minute) => `2026-03-01T01:${String(minute).padStart(2, '0')}:00.000Z`;
    await client.tell(exampleOf(id, 1, 'accepted', { at: at(1), note: 'Đã gọi cho bà Lan.' }),
        exampleOf(id, 2, 'assigned', { at: at(2) }), exampleOf(id, 3, 'info_requested', { at: at(3) }),
        exampleOf(id, 4, 'resolved/minimal', { at: at(4) }), exampleOf(id, 5, 'reopened/minimal', { at: at(5) }));
    const span = { start_date: at(0), end_date: at(9) };
    const updates = (query) => client.get('/servicerequestupdates', { ...span, ...query });
    const told = await updates({});
    assert.deepEqual(told.map((u) => [u.update_id, u.service_request_id, u.status, u.updated_datetime]), [
        [`${ticket}.1`, ticket, 'IN_PROGRESS', at(1)], [`${ticket}.3`, ticket, 'INVESTIGATING', at(3)],
        [`${ticket}.4`, ticket, 'FIXED', at(4)], [`${ticket}.5`, ticket, 'REOPEN', at(5)]]);
    assert.equal(told[0].description, 'Đang xử lý', 'no words of officers in public');
    const full = await updates({ api_key: 'demo-key' });
    assert.equal(full[0].description, 'Đã gọi cho bà Lan.');
    assert.ok(full.length >= told.length);
    const { xml } = await client.call(`/servicerequestupdates.xml?${new URLSearchParams(span)}`);
    assert.equal(xml.nodeName, 'service_request_updates');
    assert.deepEqual([...new Set(children(xml).map((e) => e.nodeName))], ['request_update']);
    assertSame(xml, told);
    assert.deepEqual(await updates({ page: 2, page_size: 1 }), told.slice(1, 2));
    assert.deepEqual(await updates({ start_date: at(4), end_date: at(5) }), told.slice(2, 3), 'the end is not within');
});

test('updates of confidential reports are not told, bad spans are refused', async () => {
    const { id } = await client.file({ service_code: 'lang-phi' });
    await client.tell(exampleOf(id, 1, 'accepted', { at: '2026-02-01T00:00:00.000Z' }));
    const query = { start_date: '2026-01-31T00:00:00Z', end_date: '2026-02-02T00:00:00Z' };
    assert.deepEqual(await client.get('/servicerequestupdates', query), []);
    assert.deepEqual(await client.get('/servicerequestupdates', { ...query, api_key: 'demo-key' }), []);
    for (const bad of [{ start_date: 'x' }, { ...query, end_date: '2026-07-01T00:00:00Z' }, { page: '0' }]) {
        await client.refused(400, '/servicerequestupdates', { query: bad });
    }
    await client.refused(404, '/servicerequestupdates', { query: { jurisdiction_id: 'hue.gov.vn' } });
    await client.refused(405, '/servicerequestupdates', { method: 'PUT' });
});
