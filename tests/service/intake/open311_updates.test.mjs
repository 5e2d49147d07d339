// SPDX-License-Identifier: Apache-2.0
// The update extension, posting: what a client's users say later becomes messages of what it filed.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { exampleOf, isAs } from './city.mjs';
import { FORMATS, Open311, TYPES, assertSame } from './open311.mjs';
import { png } from './png.mjs';

const client = new Open311({ folder: 'build/test/open311-updates' });
const PATH = '/servicerequestupdates';
let said;

const form = (ticket, fields = {}) => ({ api_key: 'demo-key', service_request_id: ticket, description: 'Vẫn còn hố.',
    ...fields });
const post = (ticket, fields, format = 'json') => client.call(`${PATH}.${format}`,
    { method: 'POST', form: Array.isArray(fields) ? fields : form(ticket, fields) });
const refused = (status, fields) => client.refused(status, PATH, { method: 'POST', form: fields });
const messages = (id) => client.query('SELECT * FROM submission_message WHERE submission_id = $1 ORDER BY version', [id]);

async function posted(ticket, fields, format) {
    const answer = await post(ticket, fields, format);
    assert.equal(answer.status, 200, answer.text);
    return answer;
}

before(async () => {
    await client.start();
    said = await client.topics.listen(['city.submissions.v1']);
}, { timeout: 120000 });
after(() => client.stop());

test('U1: an update is answered an update_id, in both formats, and said as a supplement', async () => {
    const { ticket, id } = await client.file();
    const fields = { update_id: 'fms-7', status: 'OPEN', updated_datetime: '2026-11-25T08:00:00+07:00', email: 'a@b.vn',
        phone: '0912345678', first_name: 'Lan', last_name: 'Nguyễn', media_url: 'https://media.ihanoi.example/1.jpg',
        service_code: 'giao-thong', 'attribute[x]': '1' };
    const [xml, json] = [await posted(ticket, fields, 'xml'), await posted(ticket, fields, 'json')];
    assert.deepEqual(FORMATS.map((f) => TYPES[f]), [xml.type, json.type]);
    assertSame(xml.xml, json.json);
    isAs('Open311UpdateReceipt', json.json[0]);
    assert.deepEqual(json.json[0], { update_id: `${ticket}.m2`, service_request_id: ticket });
    const event = await until('the event', () => said.find((e) => e.key === id && e.data.version === 2), 20000);
    assert.equal(event.type, 'vn.hanoi.submission.supplemented.v1');
    assert.deepEqual([event.data.text, event.data.media], ['Vẫn còn hố.', ['https://media.ihanoi.example/1.jpg']]);
    assert.ok(!JSON.stringify(event.data).includes('a@b.vn'), 'the sender’s contact is not kept');
});

test('U2: the same update_id of the same client is the same update, of another request it is refused', async () => {
    const { ticket, id } = await client.file();
    const first = await posted(ticket, { update_id: 'fms-8' });
    const again = await posted(ticket, { update_id: 'fms-8', description: 'Khác.' });
    assert.equal(first.text, again.text);
    const others = await Promise.all(Array.from({ length: 8 }, () => posted(ticket, { update_id: 'fms-9' })));
    assert.equal(new Set(others.map((answer) => answer.text)).size, 1);
    assert.deepEqual((await messages(id)).map((m) => [m.version, m.text]), [[2, 'Vẫn còn hố.'], [3, 'Vẫn còn hố.']]);
    const other = await client.file();
    await refused(400, form(other.ticket, { update_id: 'fms-8' }));
});

test('U3: a status is told to the unit and closes nothing; REOPEN contests the result, where there is one', async () => {
    const { ticket, id } = await client.file();
    await posted(ticket, { status: 'FIXED', description: 'Hết rồi.' });
    await posted(ticket, { status: 'CLOSED', description: 'Xong.' });
    await refused(400, form(ticket, { status: 'REOPEN' }));
    await client.tell(exampleOf(id, 1, 'resolved', { timeout_at: new Date(Date.now() + 3600e3).toISOString() }));
    await posted(ticket, { status: 'REOPEN', description: 'Lại hỏng.' });
    assert.deepEqual((await messages(id)).map((m) => [m.kind, m.text]),
        [['supplement', '[FIXED] Hết rồi.'], ['supplement', '[CLOSED] Xong.'], ['reopening', 'Lại hỏng.']]);
    await client.tell(exampleOf(id, 2, 'withdrawn'));
    const [why] = await refused(400, form(ticket));
    assert.match(why, /ended/);
});

test('U4: what is missing, unknown or malformed is refused in the standard’s form, all of it at once', async () => {
    const { ticket } = await client.file();
    await refused(403, { ...form(ticket), api_key: 'wrong' });
    const { api_key: key, ...bare } = form(ticket);
    await refused(403, bare);
    await refused(404, form('HN-2026-9999999-X'));
    await refused(404, form(ticket, { jurisdiction_id: 'elsewhere' }));
    const rows = [[{ service_request_id: '' }, /^service_request_id/], [{ description: '' }, /^description/],
        [{ description: 'x'.repeat(1901) }, /^description/], [{ status: 'SOLVED' }, /^status/],
        [{ updated_datetime: 'yesterday' }, /^updated_datetime/], [{ media_url: 'ftp://x' }, /^media_url/],
        [{ email: 'x' }, /^email/], [{ update_id: 'x'.repeat(129) }, /^update_id/]];
    for (const [fields, fault] of rows) assert.match((await refused(400, form(ticket, fields)))[0], fault);
    assert.equal((await refused(400, form(ticket, { description: '', status: 'x', email: 'x' }))).length, 3);
});

test('U5: GET shows it by the same id once the case has taken it, to keys with the scope', async () => {
    const { ticket, id } = await client.file();
    const [{ update_id: updateId }] = (await posted(ticket, { update_id: 'fms-10' })).json;
    const [{ message_id: messageId }] = await messages(id);
    const at = { at: new Date().toISOString() };
    await client.tell(exampleOf(id, 1, 'opened/minimal', { ...at, phase: 'received', state: 'received' }),
        exampleOf(id, 2, 'commented', { ...at, phase: 'received', message: { id: messageId }, note: 'Vẫn còn hố.' }));
    const updates = await client.get(PATH, { api_key: 'demo-key', page_size: 1000 });
    const found = updates.find((update) => update.update_id === updateId);
    assert.deepEqual([found.service_request_id, found.description], [ticket, 'Vẫn còn hố.']);
    const open = await client.get(PATH, { page_size: 1000 });
    assert.ok(!JSON.stringify(open).includes('Vẫn còn hố.'), 'without the scope no words');
});

// What the client of this key, or somebody else, uploaded.
async function uploaded(pixel, headers = { 'x-api-key': 'demo-key' }) {
    const answer = await fetch(`${client.stack.url('intake')}/api/intake/media`, { method: 'POST', body: png({ pixel }), headers });
    assert.equal(answer.status, 201);
    return answer.json();
}

test('U6: media_url takes what the key uploaded, by reference or link, and no others’ files', async () => {
    const { ticket, id } = await client.file();
    const [first, second] = [await uploaded([1, 2, 3]), await uploaded([4, 5, 6])];
    const urls = [first.reference, second.links.full, 'https://media.ihanoi.example/1.jpg', ''];
    await posted(ticket, [...Object.entries(form(ticket)), ...urls.map((url) => ['media_url', url])]);
    const [{ media }] = await messages(id);
    assert.deepEqual(media, [first.reference, second.reference, urls[2]]);
    const bound = await client.query('SELECT media_id FROM media_use WHERE submission_id = $1', [id]);
    assert.deepEqual(bound.map((row) => row.media_id).sort(), [first.id, second.id].sort());
    const token = await requestToken({ issuer: client.stack.url('idp'), role: 'citizen' });
    const theirs = await uploaded([7, 8, 9], { authorization: `Bearer ${token}` });
    for (const url of [theirs.reference, theirs.links.small, `media:${randomUUID()}`]) {
        assert.match((await refused(400, form(ticket, { media_url: url }))).join(), /media_url\[0\]/);
    }
    assert.match((await refused(400, form(ticket, { media_url: 'media:x' })))[0], /^media_url/);
    assert.equal((await messages(id)).length, 1);
});
