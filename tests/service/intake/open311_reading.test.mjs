// SPDX-License-Identifier: Apache-2.0
// Open311 GeoReport v2, what is read: the conformance lines D1–D6, L1–L7, Q1–Q16 by name, then the
// extensions of requests that other servers have, too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { logPlans, scansOfLargeTables } from '../../cluster/plans.mjs';
import { uuid7 } from '../../support/topics.mjs';
import { categories, exampleOf, services as open } from './city.mjs';
import { FORMATS, Open311, TYPES, assertSame, children, textOf } from './open311.mjs';

const DAY = 86400e3;
const ODD = { code: 'ky-tu-la', name: { vi: 'Ngõ & "phố" <Huế>', en: 'Odd & <ends>' }, group: categories[0].group,
    level: 'normal', keywords: ['đường & hè'], sensitive: false, source: 'test' };
const client = new Open311({ folder: 'build/test/open311-reading' });
const started = Date.now();
const ago = (days) => new Date(started - days * DAY);
const iso = (days) => ago(days).toISOString();
const ids = (requests) => requests.map((request) => request.service_request_id);
const list = (query) => client.get('/requests', query);
const listed = async (query) => ids(await list(query));

/** A report of that time, beside what the server takes now. */
async function fileAt(at, { category = 'giao-thong', lat = 21.0287, lon = 105.8524 } = {}) {
    const id = uuid7(at.getTime());
    const ticket = `HN-2025-${id.replaceAll('-', '').slice(-12)}`;
    await client.query(`INSERT INTO submission (id, ticket, kind, channel, category, level, description, lat, lon,
        media, reporter_ref, anonymous, client, language, submitted_at, receive_by, rule_code, rule_version,
        rule_source, idempotency, fingerprint) VALUES ($1, $2, 'onsite_report', 'app', $3, 'normal', 'Cũ.', $4, $5,
        '[]', 'x', false, 'account', 'vi', $6, $6, 'r', 1, 's', $1, '\\x00')`, [id, ticket, category, lat, lon, at]);
    return { id, ticket };
}

before(() => client.start([...categories, ODD]), { timeout: 120000 });
after(() => client.stop());

test('D1: discovery in both formats, with the right types', async () => {
    for (const format of FORMATS) {
        const answer = await client.call(`/discovery.${format}`);
        assert.equal(answer.status, 200);
        assert.equal(answer.type, TYPES[format]);
    }
    assert.match((await client.call('/discovery.xml')).text, /^<\?xml version="1.0" encoding="utf-8"\?>/);
});

test('D2: the six required fields are there', async () => {
    const discovery = await client.get('/discovery');
    for (const name of ['changeset', 'contact', 'key_service']) assert.ok(discovery[name], name);
    for (const endpoint of discovery.endpoints) {
        assert.equal(endpoint.specification, 'http://wiki.open311.org/GeoReport_v2');
        for (const name of ['url', 'changeset', 'type', 'formats']) assert.ok(endpoint[name].length > 0, name);
    }
});

test('D3: changesets are instants of ISO 8601 that have passed', async () => {
    const { changeset, endpoints } = await client.get('/discovery');
    for (const text of [changeset, ...endpoints.map((e) => e.changeset)]) {
        assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
        assert.ok(new Date(text) < new Date(), text);
    }
});

test('D4: the endpoint of v2 lists text/xml, and JSON', async () => {
    const { endpoints } = await client.get('/discovery');
    assert.deepEqual(endpoints[0].formats, ['text/xml', 'application/json']);
    assert.ok(['production', 'test'].includes(endpoints[0].type));
});

test('D5: both formats say the same', async () => {
    const [xml, json] = await Promise.all(FORMATS.map((format) => client.call(`/discovery.${format}`)));
    assert.equal(xml.xml.nodeName, 'discovery');
    assertSame(xml.xml, json.json);
});

test('D6: the url of the endpoint serves services', async () => {
    const [{ url }] = (await client.get('/discovery')).endpoints;
    const base = client.stack.url('intake') + new URL(url).pathname; // PUBLIC_URL is where a gateway listens
    assert.equal((await client.call('/services.json', { base })).status, 200);
});

test('L1: the root is services, its children service', async () => {
    const { xml, type } = await client.call('/services.xml');
    assert.equal(type, TYPES.xml);
    assert.equal(xml.nodeName, 'services');
    assert.deepEqual([...new Set(children(xml).map((e) => e.nodeName))], ['service']);
});

test('L2: JSON is an array', async () => {
    const services = await client.get('/services');
    assert.equal(services.length, open.length + 1);
});

test('L3: every service has code, name, metadata and type', async () => {
    for (const service of await client.get('/services')) {
        assert.ok(service.service_code && service.service_name);
        assert.equal(typeof service.metadata, 'boolean');
        assert.ok(['realtime', 'batch', 'blackbox'].includes(service.type));
    }
});

test('L4: an unknown jurisdiction is 404, in the asked format', async () => {
    for (const path of ['/services', '/services/giao-thong', '/requests', '/requests/HN-2026-0000001-7']) {
        await client.refused(404, path, { query: { jurisdiction_id: 'hue.gov.vn' } });
    }
});

test('L5: an empty jurisdiction is an absent one', async () => {
    const all = await client.get('/services');
    assert.deepEqual(await client.get('/services', { jurisdiction_id: '' }), all);
    assert.deepEqual(await client.get('/services', { jurisdiction_id: 'hanoi.gov.vn' }), all);
});

test('L6: Vietnamese comes as it was told, in both formats', async () => {
    const { name } = categories.find((c) => c.code === 'giao-thong');
    const services = await client.get('/services');
    assert.equal(services.find((s) => s.service_code === 'giao-thong').service_name, name.vi);
});

test('L7: XML escapes what it must, and no control character comes in', async () => {
    const { xml, text } = await client.call('/services.xml');
    const odd = children(xml).find((e) => textOf(e, 'service_code') === ODD.code);
    assert.equal(textOf(odd, 'service_name'), ODD.name.vi);
    assert.match(text, /Ngõ &amp; &quot;phố&quot; &lt;Huế&gt;/);
    for (const control of ['\u0007', '\u007f', '\u0084']) {
        const faults = await client.refused(400, '/requests', { method: 'POST', form: { api_key: 'demo-key',
            service_code: 'giao-thong', lat: '21', long: '105.8', description: `a${control}b` } });
        assert.deepEqual(faults, ['description holds a control character']);
    }
});

test('Q1: ids override all other filters', async () => {
    const [a, b] = [await client.file(), await client.file()];
    const found = await listed({ service_request_id: `${a.ticket},HN-2026-9999999-X,${b.ticket}`,
        service_code: 'moi-truong', status: 'closed', start_date: iso(300), end_date: iso(299), page_size: 1,
        updated_after: iso(300), updated_before: iso(299), bbox: '0,0,1,1' });
    assert.deepEqual(found, [b.ticket, a.ticket], 'an unknown one is passed over');
});

test('Q2: a list of service codes', async () => {
    const [road, odd] = [await client.file(), await client.file({ service_code: ODD.code })];
    const both = await listed({ service_code: `giao-thong,${ODD.code}` });
    assert.ok(both.includes(road.ticket) && both.includes(odd.ticket));
    assert.deepEqual(await listed({ service_code: ODD.code }), [odd.ticket]);
});

test('Q3: a list of states', async () => {
    const [open, closed] = [await client.file(), await client.file()];
    await client.tell(exampleOf(closed.id, 1, 'resolved/minimal'));
    const [all, some, done] = await Promise.all([listed({ status: 'open,closed' }), listed({ status: 'open' }),
        listed({ status: 'closed' })]);
    assert.ok(all.includes(open.ticket) && all.includes(closed.ticket));
    assert.ok(some.includes(open.ticket) && !some.includes(closed.ticket));
    assert.ok(!done.includes(open.ticket) && done.includes(closed.ticket));
    assert.deepEqual(await client.refused(400, '/requests', { query: { status: 'resolved' } }),
        ['status must be open or closed']);
});

test('Q4: without a span the last 90 days, at most 1,000', async () => {
    const [old, recent] = [await fileAt(ago(91)), await fileAt(ago(89))];
    const found = await listed({});
    assert.ok(found.includes(recent.ticket) && !found.includes(old.ticket));
    await client.query(`INSERT INTO submission SELECT (overlay(id::text placing lpad(to_hex(n), 12, '0') from 25))::uuid,
        'HN-2024-' || n, kind, channel, category, level, title, description, lat, lon, address, media, reporter_ref,
        anonymous, client, language, submitted_at, receive_by, rule_code, rule_version, rule_source,
        (overlay(id::text placing lpad(to_hex(n), 12, '0') from 25))::uuid, fingerprint
        FROM submission, generate_series(1, 1200) n WHERE ticket = $1`, [(await fileAt(ago(150))).ticket]);
    assert.equal((await list({ start_date: iso(151), end_date: iso(149) })).length, 1000);
});

test('Q5: a span of more than 90 days is refused', async () => {
    const query = { start_date: iso(100), end_date: iso(9.9) };
    assert.deepEqual(await client.refused(400, '/requests', { query }),
        ['start_date and end_date may span at most 90 days']);
    await list({ start_date: iso(100), end_date: iso(10) });
});

test('Q6: one end alone gives the 90 days from it', async () => {
    const [early, in80, late] = [await fileAt(ago(260)), await fileAt(ago(180)), await fileAt(ago(165))];
    const from = await listed({ start_date: iso(261), service_code: 'giao-thong' });
    assert.ok(from.includes(early.ticket) && from.includes(in80.ticket) && !from.includes(late.ticket));
    const to = await listed({ end_date: iso(164) });
    assert.ok(to.includes(late.ticket) && to.includes(in80.ticket) && !to.includes(early.ticket));
    assert.deepEqual(await listed({ end_date: '1970-01-01T00:00:00Z' }), [], 'an instant of 1970 is given, too');
});

test('Q7: zones are compared as instants', async () => {
    const { ticket } = await fileAt(new Date('2025-03-01T17:30:00Z'));
    const between = (start, end) => listed({ start_date: start, end_date: end });
    assert.deepEqual(await between('2025-03-02T00:00:00+07:00', '2025-03-02T01:00:00+07:00'), [ticket]);
    assert.deepEqual(await between('2025-03-01T17:00:00Z', '2025-03-01T18:00:00Z'), [ticket]);
    assert.deepEqual(await between('2025-03-01T17:00:00+07:00', '2025-03-01T18:00:00+07:00'), []);
});

test('Q8: a bad date is 400', async () => {
    for (const name of ['start_date', 'end_date', 'updated_after', 'updated_before']) {
        for (const bad of ['yesterday', '2026-11-24', '2026-11-24T05:02:11', '2026-02-30T00:00:00Z']) {
            const [fault] = await client.refused(400, '/requests', { query: { [name]: bad } });
            assert.equal(fault, `${name} must be like 2026-11-24T05:02:11Z`);
        }
    }
});

test('Q9: order stable, newest first', async () => {
    const filed = [];
    for (let i = 0; i < 5; i += 1) filed.unshift((await client.file({ service_code: 'moi-truong-rac-thai' })).ticket);
    const first = await list({ service_code: 'moi-truong-rac-thai' });
    assert.deepEqual(ids(first), filed);
    assert.deepEqual(await list({ service_code: 'moi-truong-rac-thai' }), first);
});

test('Q10: what is closed was updated when it was closed', async () => {
    const { id, ticket } = await client.file();
    const resolved = exampleOf(id, 1, 'resolved/minimal'), rated = exampleOf(id, 2, 'rated/minimal');
    const { at } = JSON.parse(resolved.value);
    await client.tell(resolved, rated);
    assert.notEqual(JSON.parse(rated.value).at, at);
    const [request] = await client.get(`/requests/${ticket}`);
    assert.deepEqual([request.status, request.updated_datetime], ['closed', at]);
    await client.tell(exampleOf(id, 3, 'reopened/minimal'));
    const [again] = await client.get(`/requests/${ticket}`);
    assert.equal(again.status, 'open');
    assert.notEqual(again.updated_datetime, at);
});

test('Q11: expected_datetime is the deadline', async () => {
    const { id, ticket } = await client.file();
    const [filed] = await client.get(`/requests/${ticket}`);
    assert.equal(new Date(filed.expected_datetime) - new Date(filed.requested_datetime), DAY, 'to be received by');
    const accepted = exampleOf(id, 1, 'accepted');
    await client.tell(accepted);
    const [working] = await client.get(`/requests/${ticket}`);
    assert.equal(working.expected_datetime, JSON.parse(accepted.value).resolve_due);
});

test('Q12: confidential reports never appear, by id neither', async () => {
    const { ticket } = await client.file({ service_code: 'lang-phi' });
    for (const key of [{}, { api_key: 'demo-key' }]) {
        assert.ok(!(await listed(key)).includes(ticket));
        assert.deepEqual(await listed({ ...key, service_request_id: ticket }), []);
        assert.deepEqual(await listed({ ...key, service_code: 'lang-phi', updated_after: iso(1) }), []);
        await client.refused(404, `/requests/${ticket}`, { query: key });
    }
});

test('Q13: what was just posted is there', async () => {
    for (let i = 0; i < 10; i += 1) {
        const { ticket } = await client.file();
        assert.equal((await client.get(`/requests/${ticket}`)).length, 1);
        assert.equal((await listed({ page_size: 1 }))[0], ticket);
    }
});

test('Q14: HEAD and other verbs are 405', async () => {
    for (const [path, allowed] of [['/discovery', 'GET'], ['/services', 'GET'], ['/services/giao-thong', 'GET'],
        ['/requests', 'GET, POST'], ['/requests/HN-2026-0000001-7', 'GET']]) {
        for (const method of ['PUT', 'DELETE', 'PATCH', ...allowed === 'GET' ? ['POST'] : []]) {
            await client.refused(405, path, { method });
        }
        for (const format of FORMATS) {
            const { status, type, headers, text } = await client.call(`${path}.${format}`, { method: 'HEAD' });
            assert.deepEqual([status, type, text], [405, TYPES[format], '']);
            assert.deepEqual(headers.get('allow').split(', ').sort(), allowed.split(', '));
        }
    }
});

test('Q15: reading needs no key', async () => {
    const { ticket } = await client.file({ description: 'Gọi cho bà Lan.', address_string: 'Số 1 Hàng Bài',
        lat: '21.0287123', media_url: 'https://media.example/1.jpg' });
    const [told] = await client.get(`/requests/${ticket}`);
    assert.deepEqual([told.description, told.address, told.media_url, told.lat], [null, null, null, 21.029]);
    const [full] = await client.get(`/requests/${ticket}`, { api_key: 'demo-key' });
    assert.deepEqual([full.description, full.address, full.media_url, full.lat],
        ['Gọi cho bà Lan.', 'Số 1 Hàng Bài', 'https://media.example/1.jpg', 21.0287123]);
    await client.refused(403, '/requests', { query: { api_key: 'nobody' } });
});

test('Q16: an empty element of XML is null in JSON', async () => {
    const { ticket } = await client.file();
    const { text } = await client.call(`/requests/${ticket}.xml`);
    assert.match(text, /<zipcode\/>/);
    assert.equal((await client.get(`/requests/${ticket}`))[0].zipcode, null);
    const { xml } = await client.call('/requests.xml?service_code=khong-co');
    assert.equal(xml.nodeName, 'service_requests');
    assert.deepEqual(await list({ service_code: 'khong-co' }), []);
});

test('updated_after finds what changed since, old reports too, newest change first', async () => {
    const [old, quiet] = [await fileAt(ago(200)), await fileAt(ago(201))];
    const before = new Date(Date.now() - 1);
    const told = exampleOf(old.id, 1, 'accepted', { at: new Date().toISOString() });
    await client.tell(told);
    const { ticket } = await client.file();
    const since = await listed({ updated_after: before.toISOString() });
    assert.deepEqual(since.slice(0, 2), [ticket, old.ticket]);
    assert.ok(!since.includes(quiet.ticket));
    assert.deepEqual(await listed({ updated_after: before.toISOString(), updated_before: before.toISOString() }), []);
    assert.deepEqual(await listed({ updated_after: before.toISOString(), start_date: iso(210), end_date: iso(199) }),
        [old.ticket], 'both spans count when both are given');
    assert.deepEqual(await listed({ updated_after: JSON.parse(told.value).at, page_size: 1, page: 2 }), [old.ticket]);
    await client.refused(400, '/requests', { query: { updated_after: iso(200), updated_before: iso(1) } });
});

test('what was closed is found by the instant of closing, and once', async () => {
    const { id, ticket } = await fileAt(ago(220));
    const at = ago(40).toISOString();
    await client.tell(exampleOf(id, 1, 'accepted', { at }), exampleOf(id, 2, 'resolved/minimal', { at, resolved_at: at }),
        exampleOf(id, 3, 'rated/minimal', { at: iso(39), resolved_at: at }));
    assert.deepEqual(await listed({ updated_after: iso(40.5), updated_before: iso(39.5) }), [ticket]);
    assert.deepEqual(await listed({ updated_after: iso(39.5), updated_before: iso(38.5) }), []);
});

test('bbox keeps to the places as they are answered', async () => {
    const { ticket } = await fileAt(ago(300), { lat: 20.98760004, lon: 105.71239996 });
    const within = (bbox, more) => listed({ bbox, start_date: iso(301), end_date: iso(299), ...more });
    assert.deepEqual(await within('105.7,20.9,105.8,21.0'), [ticket]);
    assert.deepEqual(await within('105.7,20.9,105.71,21.0'), []);
    assert.deepEqual(await within('105.7119,20.9879,105.7121,20.9881'), [ticket], 'the coarse place');
    const exact = '105.71239,20.98759,105.71241,20.98761';
    assert.deepEqual(await within(exact), [], 'small boxes do not find out more');
    assert.deepEqual(await within(exact, { api_key: 'demo-key' }), [ticket]);
    for (const bad of ['1,2,3', '1,2,3,4,5', 'a,b,c,d', '1,2,3,nan', '106,20,105,21', '105,21,106,20', '-181,0,0,0',
        '0,0,0,91', '0x1,2,3,4', ',,,', '1e1,2,30,40']) {
        const [fault] = await client.refused(400, '/requests', { query: { bbox: bad } });
        assert.match(fault, /^bbox must /, bad);
    }
});

test('pages follow each other', async () => {
    const all = await listed({ start_date: iso(151), end_date: iso(149), page_size: 1000 });
    const page = (n) => listed({ start_date: iso(151), end_date: iso(149), page_size: 300, page: n });
    assert.deepEqual([...await page(1), ...await page(2), ...await page(3)], all.slice(0, 900));
    assert.equal((await page(5)).length, 1);
    assert.deepEqual(await page(6), []);
    for (const [name, bad] of [['page', '0'], ['page', 'x'], ['page_size', '0'], ['page_size', '1001'],
        ['page', '10001']]) {
        const [fault] = await client.refused(400, '/requests', { query: { [name]: bad } });
        assert.match(fault, new RegExp(`^${name} `));
    }
    assert.deepEqual(await client.refused(400, '/requests', { query: { page: 101, page_size: 100 } }),
        ['page times page_size may be at most 10000']);
});

test('extensions=true tells phase, level and the notes of the timeline', async () => {
    const { id, ticket } = await client.file({ media_url: 'https://media.example/1.jpg' });
    const accepted = exampleOf(id, 1, 'accepted', { note: 'Đã gọi cho bà Lan.' });
    await client.tell(accepted, exampleOf(id, 2, 'resolved/minimal'));
    assert.equal('notes' in (await client.get(`/requests/${ticket}`))[0], false);
    const [told] = await client.get(`/requests/${ticket}`, { extensions: 'true' });
    assert.deepEqual([told.extended_attributes.phase, told.extended_attributes.media_urls], ['resolved', []]);
    assert.deepEqual(told.notes.map((note) => [note.type, note.description]),
        [['accept', 'Đang xử lý'], ['resolve', 'Đã xử lý']]);
    assert.equal(told.notes[0].datetime, JSON.parse(accepted.value).at);
    const [full] = await client.get(`/requests/${ticket}`, { extensions: 'true', api_key: 'demo-key' });
    assert.equal(full.notes[0].description, 'Đã gọi cho bà Lan.');
    assert.deepEqual(full.extended_attributes.media_urls, ['https://media.example/1.jpg']);
    const found = await list({ extensions: 'true' });
    assert.equal(found.find((r) => r.service_request_id === ticket).notes.length, 2);
    assert.deepEqual(found.find((r) => r.service_request_id !== ticket && r.updated_datetime === r.requested_datetime).notes, []);
    await client.refused(400, '/requests', { query: { extensions: 'yes' } });
});

test('no question reads a large table from end to end', async () => {
    await client.query(`INSERT INTO submission SELECT (overlay(id::text placing lpad(to_hex(n + 5000), 12, '0') from 25))::uuid,
        'HN-2023-' || n, kind, channel, category, level, title, description, lat, lon, address, media, reporter_ref,
        anonymous, client, language, submitted_at, receive_by, rule_code, rule_version, rule_source,
        (overlay(id::text placing lpad(to_hex(n + 5000), 12, '0') from 25))::uuid, fingerprint
        FROM submission, generate_series(1, 20000) n WHERE ticket = $1`, [(await fileAt(ago(155))).ticket]);
    await client.query(`INSERT INTO submission_case (submission_id, version, state, phase, queue, updated_at, rating_asked)
        SELECT id, 1, 'accepted', 'working', 'unit', submitted_at, false FROM submission WHERE ticket LIKE 'HN-2023-%'`);
    await client.query(`INSERT INTO submission_step (submission_id, version, action, state, phase, actor_role, at)
        SELECT id, 1, 'accept', 'accepted', 'working', 'officer', submitted_at FROM submission WHERE ticket LIKE 'HN-2023-%'`);
    await client.query('ANALYZE');
    await logPlans(client, ['intake']);
    for (const query of [{}, { status: 'closed' }, { service_code: 'moi-truong-rac-thai' }, { bbox: '105,20,106,22' },
        { start_date: iso(160), end_date: iso(150) }, { updated_after: iso(1), extensions: 'true' },
        { updated_after: iso(156), updated_before: iso(154), page: 2, page_size: 10 },
        { service_request_id: 'HN-2023-7,HN-2023-8' }]) await list(query);
    await client.get('/servicerequestupdates', { start_date: iso(156), end_date: iso(154), page_size: 10 });
    await client.stack.stopPart('intake');
    const scans = scansOfLargeTables(client);
    const large = ['submission', 'submission_case', 'submission_step']; // others are empty here
    const seen = new Set(scans.map(({ table }) => table));
    for (const table of large) assert.ok(seen.has(table), table);
    assert.deepEqual(scans.filter(({ good, table }) => !good && large.includes(table)), []);
});
