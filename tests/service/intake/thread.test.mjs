// SPDX-License-Identifier: Apache-2.0
// What whoever filed a submission says later: sent once, in order, and ended by what the case tells. The test plays routing.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { requestToken } from '../../../deploy/idp/token.mjs';
import { until } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { compiler } from '../../contract/contracts.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { Topics, message, uuid7 } from '../../support/topics.mjs';
import { HOAN_KIEM, exampleOf, isAs, reference } from './city.mjs';

const stack = new Stack({ folder: 'build/test/intake-thread', offset: takeOffset() });
const OTHER = { instance: 'intake-1', port: stack.ports.intake + 7 };
const PATHS = { supplement: 'supplements', answer: 'answers', withdrawal: 'withdrawal', rating: 'rating',
    reopening: 'reopening' };
const BODIES = { supplement: { text: 'Ngay cổng trường.' }, answer: { text: 'Số 5.' }, rating: { rating: 'satisfied' },
    reopening: { text: 'Lại hỏng.' } };
const contract = compiler('draft-07');
let topics, said, citizen, other, db;

async function call(method, path, { body, headers = {}, token = citizen, key, port = stack.ports.intake } = {}) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
            ...(key ? { 'x-api-key': key } : { authorization: `Bearer ${token}` }),
            ...(body !== undefined && { 'content-type': 'application/json' }), ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type')) ? JSON.parse(text) : undefined;
    return { status: answer.status, headers: answer.headers, text, json };
}

async function file(options) {
    const answer = await call('POST', '/api/intake/submissions', { ...options,
        body: { category: 'giao-thong', description: 'Hố sụt lún giữa đường.', location: HOAN_KIEM } });
    assert.equal(answer.status, 201, answer.text);
    return answer.json.id;
}

const send = (id, kind, { body = BODIES[kind], ...options } = {}) =>
    call('POST', `/api/intake/submissions/${id}/${PATHS[kind]}`, { body, ...options });

async function sent(id, kind, options) {
    const answer = await send(id, kind, options);
    assert.equal(answer.status, 202, answer.text);
    isAs('MessageReceipt', answer.json);
    return answer.json;
}

async function refused(id, kind, status, code, options) {
    const answer = await send(id, kind, options);
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.json.code, code);
    return answer.json;
}

async function thread(id, { version = 0, ...options } = {}) {
    const answer = await call('GET', `/api/intake/submissions/${id}/thread?min_version=${version}&wait_ms=9000`, options);
    assert.equal(answer.status, 200, answer.text);
    isAs('Thread', answer.json);
    return answer.json;
}

// Tells a step of the case, by an example; waits until it is seen.
async function told(id, version, example, more) {
    await topics.publish([exampleOf(id, version, example, { at: new Date().toISOString(), ...more })]);
    return thread(id, { version });
}

const eventOf = (messageId) => until('the event', () => said.find((e) => e.data?.message_id === messageId), 20000);
const kinds = ({ items }) => items.map((item) => item.kind);

before(async () => {
    stack.writeApiKeys();
    await stack.startBackends();
    await stack.prepare('intake');
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake');
    await stack.startService('intake', OTHER);
    said = await topics.listen(['city.submissions.v1']);
    db = new pg.Pool({ connectionString: stack.postgres.url('intake'), max: 2 });
    citizen = await requestToken({ issuer: stack.url('idp'), role: 'citizen', email: 'lan@ihanoi.example' });
    other = await requestToken({ issuer: stack.url('idp'), role: 'citizen', sub: 'someone-else' });
}, { timeout: 120000 });

after(async () => {
    await topics?.close();
    await db?.end();
    await stack.discard();
});

test('a supplement is the next version of its submission, and said with it', async () => {
    const id = await file();
    const media = ['https://media.ihanoi.example/2.jpg'];
    const receipt = await sent(id, 'supplement', { body: { text: 'Ngay cổng trường.', media } });
    assert.deepEqual([receipt.submission_id, receipt.version, receipt.kind, receipt.state], [id, 2, 'supplement', 'sent']);
    const event = await eventOf(receipt.id);
    assert.ok(contract.getSchema(`https://schemas.ihanoi.example/events/${event.type}`)(event.data));
    assert.equal(event.type, 'vn.hanoi.submission.supplemented.v1');
    assert.deepEqual([event.key, event.data.version, event.data.text, event.data.media, event.data.at],
        [id, 2, 'Ngay cổng trường.', media, receipt.at]);
    assert.equal(said.findIndex((e) => e.key === id), said.findIndex((e) => e.key === id && e.data.version === 1));
    const { items, version, current, allowed } = await thread(id);
    assert.deepEqual([version, current, allowed], [2, { version: 0 }, ['supplement', 'withdrawal']]);
    assert.deepEqual(items.map((i) => [i.kind, i.by, i.text, i.state]),
        [['submission', 'reporter', 'Hố sụt lún giữa đường.', undefined],
            ['supplement', 'reporter', 'Ngay cổng trường.', 'sent']]);
});

test('question, answer, result, rating, reopening and refusals are one thread', async () => {
    const id = await file();
    await told(id, 1, 'opened/minimal', { state: 'received', phase: 'received' });
    const asked = await told(id, 2, 'info_requested', { question: { asked: 'reporter', text: 'Ở số mấy?' } });
    assert.deepEqual(asked.allowed, ['supplement', 'answer', 'withdrawal']);
    const answer = await sent(id, 'answer', { headers: { 'if-match': '"2"' } });
    const event = await eventOf(answer.id);
    assert.deepEqual([event.data.is_answer, event.data.case_version], [true, 2]);
    await refused(id, 'answer', 409, 'already_sent');
    await told(id, 3, 'info_supplied', { message: { id: answer.id },
        question: { asked: 'reporter', text: 'Ở số mấy?', answer: 'Số 5.' } });
    const timeout = { timeout_at: new Date(Date.now() + 3600e3).toISOString() };
    const resolved = await told(id, 4, 'resolved', { rating: undefined, rating_asked: true, ...timeout });
    assert.deepEqual(resolved.allowed, ['supplement', 'rating', 'reopening']);
    const rating = await sent(id, 'rating', { body: { rating: 'dissatisfied', text: 'Chưa xong.' } });
    const late = await sent(id, 'supplement', { body: { text: 'Nắp cống vỡ.' } });
    await told(id, 5, 'rated', { message: { id: rating.id }, rating: 'dissatisfied', ...timeout });
    await topics.publish([message('city.cases.v1', 'vn.hanoi.message.refused.v1', id, {
        message_id: late.id, case_id: id, submission_id: id, kind: 'supplement', code: 'case_too_large', version: 5,
        phase: 'resolved', state: 'resolved', at: new Date().toISOString() })]);
    const reopening = await sent(id, 'reopening');
    await refused(id, 'rating', 422, 'already_rated');
    const reopened = await told(id, 6, 'reopened', { message: { id: reopening.id }, reason: { text: 'Lại hỏng.' },
        rating: 'dissatisfied' });
    const messages = reopened.items.filter((item) => item.message_id);
    assert.deepEqual(messages.map((m) => [m.kind, m.version, m.state, m.case_version, m.refused]), [
        ['answer', 2, 'done', 3, undefined], ['rating', 3, 'done', 5, undefined],
        ['supplement', 4, 'refused', 5, 'case_too_large'], ['reopening', 5, 'done', 6, undefined]]);
    assert.deepEqual(kinds(reopened).filter((kind) => kind !== 'supplement' && kind !== 'note'),
        ['submission', 'question', 'answer', 'result', 'rating', 'reopening']);
    const result = reopened.items.find((item) => item.kind === 'result');
    assert.ok(result.text && result.media.length > 0);
    assert.equal(result.by, 'unit');
    assert.equal(JSON.stringify(reopened).includes('officer'), false, 'nobody’s account');
});

test('what cannot be any more is refused, with where the case stands', async () => {
    const id = await file();
    await told(id, 1, 'opened/minimal', { state: 'received', phase: 'received' });
    const stale = await refused(id, 'supplement', 409, 'stale_version', { headers: { 'if-match': '"7"' } });
    assert.deepEqual(stale.current, { version: 1, phase: 'received' });
    await refused(id, 'answer', 422, 'nothing_asked');
    await refused(id, 'rating', 422, 'no_result');
    await refused(id, 'reopening', 422, 'no_result');
    await told(id, 2, 'resolved', { timeout_at: new Date(Date.now() - 1000).toISOString() });
    await refused(id, 'withdrawal', 422, 'too_late');
    await refused(id, 'reopening', 422, 'window_over');
    await told(id, 3, 'withdrawn');
    const ended = await refused(id, 'supplement', 422, 'case_ended');
    assert.deepEqual(ended.current, { version: 3, phase: 'withdrawn' });
    isAs('Problem', ended);
    assert.equal((await thread(id)).version, 1, 'nothing was stored');
});

test('a withdrawal needs no words, and is the last message on its way', async () => {
    const id = await file();
    const receipt = await sent(id, 'withdrawal', { body: undefined });
    assert.equal((await eventOf(receipt.id)).type, 'vn.hanoi.submission.withdrawn.v1');
    await refused(id, 'supplement', 409, 'already_sent');
    await refused(id, 'withdrawal', 409, 'already_sent');
    const { items } = await told(id, 1, 'withdrawn', { message: { id: receipt.id } });
    assert.deepEqual(items.map((item) => [item.kind, item.state]), [['submission', undefined], ['withdrawal', 'done']]);
});

test('a repeat gets the same bytes and is one message; another body is refused', async () => {
    const id = await file();
    const headers = { 'idempotency-key': `"${uuid7()}"` };
    const answers = [await send(id, 'supplement', { headers }), await send(id, 'supplement', { headers, port: OTHER.port })];
    assert.deepEqual(answers.map((answer) => answer.status), [202, 202]);
    assert.equal(answers[0].text, answers[1].text);
    await refused(id, 'supplement', 422, 'idempotency_key_reused', { headers, body: { text: 'Khác.' } });
    const key = { 'idempotency-key': `"${uuid7()}"` };
    const many = await Promise.all(Array.from({ length: 20 }, (_, i) =>
        send(id, 'supplement', { headers: key, port: i % 2 ? OTHER.port : undefined })));
    const texts = new Set(many.filter((answer) => answer.status === 202).map((answer) => answer.text));
    assert.equal(texts.size, 1);
    many.filter((answer) => answer.status !== 202).forEach((answer) => assert.equal(answer.status, 409, answer.text));
    assert.equal((await thread(id)).version, 3);
});

test('messages at once through two replicas are versions without a gap', async () => {
    const id = await file();
    const answers = await Promise.all(Array.from({ length: 15 }, (_, i) => sent(id, 'supplement',
        { body: { text: `Lần ${i}` }, port: i % 2 ? OTHER.port : undefined })));
    const versions = Array.from({ length: 15 }, (_, i) => i + 2);
    assert.deepEqual(answers.map((answer) => answer.version).sort((a, b) => a - b), versions);
    await until('the events', () => new Set(said.filter((e) => e.key === id).map((e) => e.data.version)).size === 16, 20000);
    assert.equal(said.filter((e) => e.key === id).length, 16);
    const ratings = await file();
    await told(ratings, 1, 'resolved', { rating_asked: true });
    const both = await Promise.all([send(ratings, 'rating'), send(ratings, 'rating', { port: OTHER.port })]);
    assert.deepEqual(both.map((answer) => answer.status).sort(), [202, 409], 'a result is rated once');
});

test('a submission takes so many messages an hour', async () => {
    const id = await file();
    const { limits } = await thread(id);
    assert.deepEqual(limits, { messages: 100, per_hour: 20, source: 'assumption' });
    for (let i = 0; i < limits.per_hour; i += 1) await sent(id, 'supplement');
    const answer = await send(id, 'supplement');
    assert.equal(answer.status, 429);
    assert.equal(answer.json.code, 'too_fast');
    assert.equal(answer.headers.get('retry-after'), '3600');
    await db.query("UPDATE submission_message SET at = at - interval '2 hours' WHERE submission_id = $1", [id]);
    await sent(id, 'supplement');
});

test('others’ submissions do not exist; a key speaks about what it filed', async () => {
    const id = await file();
    for (const kind of Object.keys(PATHS)) {
        await refused(id, kind, 404, 'unknown_submission', { token: other });
        await refused(id, kind, 404, 'unknown_submission', { key: 'demo-key' });
    }
    assert.equal((await call('GET', `/api/intake/submissions/${id}/thread`, { token: other })).status, 404);
    const its = await file({ key: 'demo-key' });
    await sent(its, 'supplement', { key: 'demo-key' });
    await refused(its, 'supplement', 404, 'unknown_submission');
    assert.equal((await thread(its, { key: 'demo-key' })).version, 2);
});

test('bad input is named', async () => {
    const id = await file();
    const rows = [['supplement', {}, 'text'], ['supplement', { text: 'x'.repeat(2001) }, 'text'],
        ['supplement', { text: 'x', media: ['ftp://x'] }, 'media[0]'],
        ['answer', { text: 'x', media: ['https://x.example/1.jpg', 'media:x'] }, 'media[1]'], ['rating', { rating: 5 }, 'rating'],
        ['withdrawal', { reason: 'x' }, 'reason'], ['reopening', { text: '' }, 'text']];
    for (const [kind, body, field] of rows) {
        const answer = await refused(id, kind, 400, 'invalid_input', { body });
        assert.equal(answer.errors[0].field, field);
    }
    assert.equal((await send('x', 'supplement')).status, 400);
    assert.equal((await send(id, 'supplement', { headers: { 'if-match': 'x' } })).status, 400);
});

test('what is told again ends nothing twice, and what it says is kept once', async () => {
    const id = await file();
    const receipt = await sent(id, 'supplement');
    const step = exampleOf(id, 2, 'commented', { message: { id: receipt.id } });
    const again = () => ({ ...step, headers: { ...step.headers, ce_id: uuid7() } });
    await topics.publish([step, again(), message('city.cases.v1', 'vn.hanoi.message.refused.v1', id, {
        message_id: receipt.id, case_id: id, submission_id: id, kind: 'supplement', code: 'stale_version', version: 9,
        phase: 'working', state: 'accepted', at: new Date().toISOString() }), again()]);
    await topics.publish([exampleOf(id, 3, 'accepted/minimal')]);
    const { items } = await thread(id, { version: 3 });
    assert.deepEqual(items.map((item) => [item.kind, item.state, item.case_version]),
        [['submission', undefined, undefined], ['supplement', 'done', 2]]);
    assert.deepEqual((await db.query('SELECT 1 FROM dead_letter')).rows, []);
});
