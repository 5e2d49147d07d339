// SPDX-License-Identifier: Apache-2.0
// Open311 GeoReport v2, what a service asks and what is answered to it: the conformance lines F1–F7 and
// P10–P12 by name, then addresses of no format.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { categories, services } from './city.mjs';
import { FORMATS, Open311, TYPES, children, textOf } from './open311.mjs';

const client = new Open311({ folder: 'build/test/open311-questions' });
let said;
const PLACE = { api_key: 'demo-key', lat: '21.0287', long: '105.8524', description: 'Ồn quá.' };
const NOISE = [...Object.entries({ ...PLACE, service_code: 'tieng-on' }),
    ['attribute[source]', 'karaoke'], ['attribute[heard_at]', '2026-11-23T22:30:00+07:00']];
const post = (form, format = 'json') => client.call(`/requests.${format}`, { method: 'POST', form });
const refused = (form) => client.refused(400, '/requests', { method: 'POST', form });
/** NOISE with these fields in place of what it had; null takes one away. */
const noise = (...fields) => [...NOISE.filter(([name]) => !fields.some(([other]) => other === name)),
    ...fields.filter(([, value]) => value !== null)];
const stored = async (answer) => (await client.query('SELECT * FROM submission WHERE ticket = $1',
    [answer.json[0].service_request_id]))[0];
const definition = (code) => client.get(`/services/${code}`);
const asking = services.filter((c) => c.questions);

before(async () => {
    await client.start();
    said = await client.topics.listen(['city.submissions.v1']);
}, { timeout: 120000 });
after(() => client.stop());

test('F1: metadata is true where there are attributes, and there are some where it is true', async () => {
    for (const { service_code: code, metadata } of await client.get('/services')) {
        const { service_code: named, attributes } = await definition(code);
        assert.equal(named, code);
        assert.equal(metadata, attributes.length > 0, code);
        assert.equal(metadata, asking.some((c) => c.code === code), code);
    }
});

test('F2: every datatype is one of the six, and all six are asked', async () => {
    const used = new Set();
    for (const { code } of asking) {
        for (const { datatype } of (await definition(code)).attributes) used.add(datatype);
    }
    assert.deepEqual([...used].sort(),
        ['datetime', 'multivaluelist', 'number', 'singlevaluelist', 'string', 'text']);
});

test('F3: the order is positive, and each place is there once', async () => {
    for (const { code, questions } of asking) {
        const { attributes } = await definition(code);
        assert.deepEqual(attributes.map((a) => a.order), questions.map((q, i) => i + 1), code);
        for (const [i, a] of attributes.entries()) {
            assert.deepEqual([a.code, a.variable, a.required, a.description],
                [questions[i].code, questions[i].variable, questions[i].required, questions[i].prompt.vi]);
        }
    }
});

test('F4: lists have values with key and name, others have none', async () => {
    for (const { code } of asking) {
        for (const a of (await definition(code)).attributes) {
            assert.equal(a.values.length > 0, a.datatype.endsWith('list'), `${code}.${a.code}`);
            assert.ok(a.values.every(({ key, name }) => key && name));
        }
    }
});

test('F5: a single attribute is an array in JSON, and one child in XML', async () => {
    const one = { ...categories.find((c) => c.code === 'khac'), code: 'mot-cau-hoi',
        questions: [{ code: 'only', variable: true, datatype: 'string', required: false, order: 7,
            prompt: { vi: 'Một câu hỏi & <một>', en: 'One question' } }] };
    const { reference } = await import('./city.mjs');
    await client.topics.publish(reference([one]));
    const answer = await until('the category', async () => {
        const found = await client.call('/services/mot-cau-hoi.json');
        return found.status === 200 && found.json;
    }, 20000);
    assert.deepEqual(answer.attributes, [{ variable: true, code: 'only', datatype: 'string', required: false,
        datatype_description: null, order: 7, description: 'Một câu hỏi & <một>', values: [] }]);
    const { xml } = await client.call('/services/mot-cau-hoi.xml');
    assert.equal(xml.nodeName, 'service_definition');
    const [, attributes] = children(xml);
    assert.deepEqual(children(attributes).map((e) => e.nodeName), ['attribute']);
    assert.equal(textOf(children(attributes)[0], 'description'), 'Một câu hỏi & <một>');
});

test('F6: an unknown code is 404, and so is one that Open311 cannot file', async () => {
    for (const code of ['khong-co', 'tiep-cong-dan', 'kien-nghi-cu-tri', 'tong-dai-1022']) {
        assert.deepEqual(await client.refused(404, `/services/${code}`), ['service_code was not found']);
    }
});

test('F7: where nothing is asked there are no attributes', async () => {
    assert.deepEqual(await definition('khac'), { service_code: 'khac', attributes: [] });
});

test('P10: a required attribute that is missing is 400, and named', async () => {
    assert.deepEqual(await refused(noise(['attribute[source]', null])), ['source required']);
    assert.deepEqual(await refused(noise(['attribute[source]', ''])), ['source required']);
    assert.deepEqual(await refused(noise(['attribute[source]', null], ['attribute[heard_at]', null])),
        ['source required', 'heard_at required']);
    const whole = await post(noise(['attribute[nobody_asks_this]', 'x'], ['attribute', 'y'], ['attribute[open', 'z']));
    assert.equal(whole.status, 200, whole.text);
});

test('P11: a key that is not in the list is 400, as is what has another type', async () => {
    const rows = [
        ['attribute[source]', 'dog', /^source is none of the keys/],
        ['attribute[source]', 'Karaoke', /^source is none of the keys/],
        ['attribute[days][]', 'monday', /^days is none of the keys/],
        ['attribute[heard_at]', 'last night', /^heard_at must be RFC 3339/],
        ['attribute[heard_at]', '2026-11-23T22:30:00', /^heard_at must be RFC 3339/],
        ['attribute[habit]', 'x'.repeat(1001), /^habit must have at most 1000/],
        ['attribute[habit]', 'a\u0007b', /^habit holds a control character/],
    ];
    for (const [name, value, description] of rows) {
        const said = await refused(noise([name, value]));
        assert.equal(said.length, 1, said.join());
        assert.match(said[0], description);
    }
    const lamp = { ...PLACE, service_code: 'chieu-sang', 'attribute[issue]': 'out' };
    for (const lamps of ['two', '2,5', '1e3', '0x10', 'NaN', '2000000000000']) {
        assert.match((await refused({ ...lamp, 'attribute[lamps]': lamps }))[0], /^lamps must be a decimal number/);
    }
    assert.match((await refused([...Object.entries(lamp), ['attribute[issue]', 'flicker']]))[0], /^issue takes one answer/);
});

test('P12: of a list with several values all are taken, each once', async () => {
    for (const format of FORMATS) {
        const days = ['saturday', 'sunday', 'saturday'].map((day) => ['attribute[days][]', day]);
        const answer = await post([...NOISE, ...days], format);
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.type, TYPES[format]);
    }
    const row = await stored(await post([...NOISE, ['attribute[days][]', 'sunday'], ['attribute[days]', 'holiday']]));
    assert.deepEqual(row.answers.map((a) => [a.code, a.values]),
        [['source', ['karaoke']], ['heard_at', ['2026-11-23T22:30:00+07:00']], ['days', ['sunday', 'holiday']]]);
    const event = await until('the event', () => said.find((e) => e.key === row.id), 20000);
    assert.deepEqual(event.data.answers, row.answers);
    assert.deepEqual(event.data.answers[2].names.map((name) => name.vi), ['Chủ nhật', 'Ngày lễ']);
    assert.equal(event.data.kind, 'onsite_report');
});

test('what another process takes in comes with its kind', async () => {
    const row = await stored(await post({ ...PLACE, service_code: 'thu-tuc-hanh-chinh', 'attribute[trouble][]': 'late' }));
    assert.equal(row.kind, 'procedure_report');
    assert.deepEqual(row.answers[0].values, ['late']);
});

test('an address of another format is 400, of none as well, both in XML', async () => {
    for (const path of ['/services.yaml', '/services', '/requests.csv', '/requests/HN-2026-0000001-7.html',
        '/services/giao-thong', '/tokens/x.', '/discovery', '/servicerequestupdates.txt']) {
        const answer = await client.call(path);
        assert.equal(answer.status, 400, path);
        assert.equal(answer.type, TYPES.xml);
        assert.equal(textOf(children(answer.xml)[0], 'code'), '400');
        assert.match(textOf(children(answer.xml)[0], 'description'), /\.xml or \.json/);
    }
    const posted = await client.call('/requests.yaml', { method: 'POST', form: PLACE });
    assert.deepEqual([posted.status, posted.type], [400, TYPES.xml]);
    assert.deepEqual(await client.refused(404, '/nowhere'), ['there is nothing at this address']);
});
