// SPDX-License-Identifier: Apache-2.0
// Submissions of all kinds over the JSON route: what a category asks, what only a kind asks for, who may
// file it, and a business that files. The test plays routing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { compiler } from '../../contract/contracts.mjs';
import { HOAN_KIEM, categories, isAs } from './city.mjs';
import { Open311 } from './open311.mjs';

const client = new Open311({ folder: 'build/test/questions' });
const validate = compiler('draft-07').getSchema('https://schemas.ihanoi.example/events/vn.hanoi.submission.submitted.v1');
const SLOT = '01a20bee-d4b3-7c38-8010-0f98910ae571';
const BUSINESS = { name: 'Công ty TNHH Canh Ty Mẫu', tax_code: '0100109106', representative: 'Trần Văn Đại Diện' };
const WHEN = '2026-11-23T22:30:00+07:00';
let said, citizen, other, operator, auditor;

async function call(method, path, { body, token, key = token ? undefined : 'demo-key' } = {}) {
    const answer = await fetch(client.stack.url('intake') + path, { method,
        headers: { ...(token && { authorization: `Bearer ${token}` }), ...(key && { 'x-api-key': key }),
            ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body) });
    return { status: answer.status, json: await answer.json() };
}
const file = (body, as = {}) => call('POST', '/api/intake/submissions',
    { body: { description: 'Đề nghị xem xét.', ...body }, ...as });
const faults = (answer) => {
    assert.equal(answer.status, 400, JSON.stringify(answer.json));
    return answer.json.errors.map((e) => `${e.field}: ${e.code}`);
};

/** Files, and gives what its reporter reads of it and what was said of it. */
async function filed(body, as = {}) {
    const answer = await file(body, as);
    assert.equal(answer.status, 201, JSON.stringify(answer.json));
    const { id } = answer.json;
    const view = await call('GET', `/api/intake/submissions/${id}`, as);
    assert.equal(view.status, 200);
    isAs('Submission', view.json);
    const { data } = await until('the event', () => said.find((e) => e.key === id), 20000);
    assert.ok(validate(data), JSON.stringify(validate.errors));
    return { id, view: view.json, data };
}

before(async () => {
    await client.start();
    said = await client.topics.listen(['city.submissions.v1', 'city.contacts.v1']);
    const issuer = client.stack.url('idp');
    const token = (role, more = {}) => requestToken({ issuer, role, ...more });
    citizen = { token: await token('citizen', { email: 'lan@ihanoi.example', name: 'Nguyễn Thị Lan' }) };
    other = { token: await token('citizen', { sub: 'someone-else' }) };
    operator = { token: await token('hotline_operator') };
    auditor = { token: await token('auditor') };
}, { timeout: 120000 });
after(() => client.stop());

test('what may be asked is listed, with how each kind is filed', async () => {
    const { json } = await call('GET', '/api/intake/categories');
    assert.equal(json.items.length, categories.length);
    for (const item of json.items) {
        isAs('Category', item);
        const { questions = [], kind = 'onsite_report' } = categories.find((c) => c.code === item.code);
        assert.deepEqual([item.kind, item.questions], [kind, questions]);
    }
    json.kinds.forEach((kind) => isAs('Kind', kind));
    const { filing } = json.kinds.find((kind) => kind.code === 'reception_booking');
    assert.deepEqual(filing.details.map((d) => [d.code, d.type, d.required]),
        [['slot', 'slot', true], ['matter', 'text', false]]);
    assert.equal(filing.source, 'assumption');
});

test('answers of each type come back with what was asked', async () => {
    const answers = { source: 'karaoke', heard_at: WHEN, days: ['sunday', 'holiday'], habit: 'Từ 22 giờ\nđến 1 giờ.' };
    const { view, data } = await filed({ category: 'tieng-on', location: HOAN_KIEM, answers }, citizen);
    assert.deepEqual(view.answers.map((a) => [a.code, a.datatype, a.values]), [
        ['source', 'singlevaluelist', ['karaoke']], ['heard_at', 'datetime', [WHEN]],
        ['days', 'multivaluelist', ['sunday', 'holiday']], ['habit', 'text', ['Từ 22 giờ\nđến 1 giờ.']]]);
    assert.deepEqual(view.answers[0].names, [{ vi: 'Karaoke, loa kéo', en: 'Karaoke, loudspeakers' }]);
    assert.deepEqual(view.answers[0].prompt, { vi: 'Tiếng ồn từ đâu?', en: 'Where does the noise come from?' });
    assert.deepEqual(data.answers, view.answers);
    for (const [lamps, text] of [[2, '2'], [2.5, '2.5'], [-0.125, '-0.125'], [1e12, '1000000000000'], [0, '0']]) {
        const { view: light } = await filed({ category: 'chieu-sang', location: HOAN_KIEM,
            answers: { issue: 'out', lamps, pole: 'CS-0123' } });
        assert.deepEqual(light.answers.map((a) => a.values[0]), ['out', text, 'CS-0123']);
    }
    const { view: silent } = await filed({ category: 'giao-thong', location: HOAN_KIEM, answers: {} });
    assert.equal(silent.answers, undefined, 'nothing there was required');
});

test('what is wrong with an answer is told by its code', async () => {
    const noise = (answers) => file({ category: 'tieng-on', location: HOAN_KIEM, answers });
    const good = { source: 'karaoke', heard_at: WHEN };
    const rows = [
        [undefined, ['answers.source: required', 'answers.heard_at: required']],
        [{}, ['answers.source: required', 'answers.heard_at: required']],
        [{ ...good, source: 'dog' }, ['answers.source: not_allowed']],
        [{ ...good, source: ['karaoke'] }, ['answers.source: wrong_type']],
        [{ ...good, heard_at: 'hôm qua' }, ['answers.heard_at: bad_instant']],
        [{ ...good, days: 'sunday' }, ['answers.days: wrong_type']],
        [{ ...good, days: ['sunday', 'monday'] }, ['answers.days: not_allowed']],
        [{ ...good, habit: 'x'.repeat(1001) }, ['answers.habit: too_long']],
        [{ ...good, nobody_asks: 'x' }, ['answers.nobody_asks: unknown_field']],
        [[], ['answers: wrong_type']],
    ];
    for (const [answers, expected] of rows) assert.deepEqual(faults(await noise(answers)), expected);
    const light = (answers) => file({ category: 'chieu-sang', location: HOAN_KIEM, answers: { issue: 'out', ...answers } });
    assert.deepEqual(faults(await light({ lamps: '2' })), ['answers.lamps: wrong_type']);
    assert.deepEqual(faults(await light({ lamps: 1e13 })), ['answers.lamps: out_of_range']);
    assert.deepEqual(faults(await light({ pole: 'x'.repeat(201) })), ['answers.pole: too_long']);
    assert.deepEqual(faults(await light({ pole: 'a\nb' })), ['answers.pole: control_character']);
    assert.deepEqual(faults(await file({ category: 'giao-thong', location: HOAN_KIEM, answers: { accident: 'yes' } })),
        ['answers.accident: not_allowed'], 'a remark is no question');
    assert.deepEqual(faults(await file({ category: 'khong-co', location: HOAN_KIEM, answers: { a: 'b' } })),
        ['category: unknown_category']);
});

test('every kind is filed with what it asks for, and without a place where none is needed', async () => {
    const rows = [
        ['procedure_report', { category: 'thu-tuc-hanh-chinh', details: { procedure: '1.000656', dossier: 'H26.1-261101-0001' },
            answers: { trouble: ['late', 'online'], applied_at: WHEN } }, citizen],
        ['waste_report', { category: 'lang-phi', anonymous: true, answers: { resource: ['land'], estimate_vnd: 2500000000 } }, citizen],
        ['initiative', { category: 'sang-kien', answers: { benefit: 'Bớt rác nhựa.', stage: 'idea' } }, citizen],
        ['voter_petition', { category: 'kien-nghi-cu-tri', location: HOAN_KIEM,
            details: { session: 'Kỳ họp thứ 20', delegate: 'Tổ đại biểu số 3' } }, citizen],
        ['reception_booking', { category: 'tiep-cong-dan', details: { slot: SLOT, matter: 'Đất đai' }, answers: { visitors: 2 } }, citizen],
        ['hotline_ticket', { category: 'tong-dai-1022', details: { call_at: WHEN, consent: 'none' }, answers: { topic: 'sign_in' } }, operator],
        ['waste_report', { category: 'lang-phi', kind: 'waste_report' }, {}],
    ];
    for (const [kind, body, as] of rows) {
        const { view, data } = await filed(body, as);
        assert.equal(view.kind, kind);
        assert.equal(data.kind, kind);
        assert.deepEqual(view.details, body.details);
        assert.deepEqual(data.details, body.details);
        assert.equal(view.location === undefined, body.location === undefined);
    }
});

test('what a kind cannot do without, or does not take, is told by name', async () => {
    const rows = [
        [{ category: 'giao-thong' }, citizen, ['location: required']],
        [{ category: 'giao-thong', kind: 'initiative', location: HOAN_KIEM }, citizen, ['kind: not_allowed']],
        [{ category: 'giao-thong', location: HOAN_KIEM, details: { slot: SLOT } }, citizen, ['details.slot: unknown_field']],
        [{ category: 'sang-kien', anonymous: true }, citizen, ['anonymous: not_allowed', 'answers.benefit: required']],
        [{ category: 'kien-nghi-cu-tri', details: { session: 'x' } }, citizen, ['details.delegate: required']],
        [{ category: 'kien-nghi-cu-tri', details: { session: 'x'.repeat(201), delegate: 'y' } }, citizen, ['details.session: too_long']],
        [{ category: 'kien-nghi-cu-tri', details: { session: 'x', delegate: 'y', answer_by: '2026-12-25' } }, citizen, ['details.answer_by: unknown_field']],
        [{ category: 'tiep-cong-dan' }, citizen, ['details.slot: required']],
        [{ category: 'tiep-cong-dan', details: { slot: 'mai' } }, citizen, ['details.slot: bad_uuid']],
        [{ category: 'tiep-cong-dan', details: { slot: SLOT } }, {}, ['category: not_allowed']],
        [{ category: 'tong-dai-1022', details: { call_at: WHEN, consent: 'none' } }, citizen, ['category: not_allowed']],
        [{ category: 'tong-dai-1022', details: { call_at: 'nãy', consent: 'maybe' } }, operator,
            ['details.call_at: bad_instant', 'details.consent: not_allowed']],
    ];
    for (const [body, as, expected] of rows) assert.deepEqual(faults(await file(body, as)), expected, JSON.stringify(body));
});

test('who calls the hotline is named with consent, and only then', async () => {
    const ticket = (consent, contact) => file({ category: 'tong-dai-1022', details: { call_at: WHEN, consent }, contact }, operator);
    assert.deepEqual(faults(await ticket('none', { phone: '0912345678' })), ['contact: no_consent']);
    assert.deepEqual(faults(await ticket('verbal')), ['contact: required']);
    const answer = await ticket('verbal', { phone: '0912345678', name: 'Lê Văn Gọi' });
    assert.equal(answer.status, 201, JSON.stringify(answer.json));
    const { data } = await until('the event', () => said.find((e) => e.key === answer.json.id), 20000);
    assert.match(data.reporter.ref, /^c-[0-9a-f]{32}$/);
    assert.equal(data.client, 'hotline');
    const [row] = await client.query('SELECT reporter_ref, filed_by FROM submission WHERE id = $1', [answer.json.id]);
    assert.deepEqual(row, { reporter_ref: data.reporter.ref, filed_by: 'demo-hotline-operator' });
    await until('the contact', () => said.find((e) => e.key === data.reporter.ref), 20000);
    const told = JSON.stringify(said.map((e) => e.data));
    assert.ok(!told.includes('0912345678') && !told.includes('Lê Văn Gọi'));
});

test('a business is known to who filed for it, and to nobody on a topic', async () => {
    const body = { category: 'giao-thong', location: HOAN_KIEM, business: BUSINESS };
    const { id, view, data } = await filed(body, citizen);
    assert.deepEqual(view.business, BUSINESS);
    assert.deepEqual(data.reporter, { ref: 'demo-citizen', anonymous: false, business: true });
    assert.equal((await call('GET', `/api/intake/submissions/${id}`, other)).status, 404);
    assert.deepEqual((await call('GET', `/api/intake/submissions/${id}`, auditor)).json.business, BUSINESS);
    const hidden = await filed({ ...body, anonymous: true }, citizen);
    assert.deepEqual(hidden.view.business, BUSINESS);
    assert.equal((await call('GET', `/api/intake/submissions/${hidden.id}`, auditor)).json.business, undefined);
    const rows = await client.query('SELECT to_jsonb(s)::text AS row FROM submission s');
    const told = JSON.stringify(said.map((e) => e.data)) + rows.map(({ row }) => row).join();
    for (const secret of Object.values(BUSINESS)) assert.ok(!told.includes(secret), secret);
    const refused = (business) => file({ ...body, business }, citizen).then(faults);
    assert.deepEqual(await refused({}), ['business.name: required', 'business.tax_code: required', 'business.representative: required']);
    assert.deepEqual(await refused({ ...BUSINESS, tax_code: '0100109107' }), ['business.tax_code: bad_tax_code']);
    assert.deepEqual(await refused({ ...BUSINESS, tax_code: '0100109106-0' }), ['business.tax_code: bad_tax_code']);
    assert.deepEqual(await refused({ ...BUSINESS, chief: 'x' }), ['business.chief: unknown_field']);
});

test('what is too much for an event is refused as a whole', async () => {
    const full = (text, url) => ({ category: 'sang-kien', answers: { benefit: text.repeat(1000) },
        title: text.repeat(200), location: { ...HOAN_KIEM, address: text.repeat(500) }, description: text.repeat(4000),
        media: Array.from({ length: 10 }, (_, i) => `https://${i}/${url.repeat(1980)}`) });
    const { view } = await filed(full('ộ', 'x'), citizen);
    assert.equal(view.answers[0].values[0].length, 1000);
    assert.deepEqual(faults(await file(full('😀', '\\'), citizen)), ['answers: too_long']);
});
