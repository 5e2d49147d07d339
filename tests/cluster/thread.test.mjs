// SPDX-License-Identifier: Apache-2.0
// After filing, both ways: what a resident says reaches the desk, what the desk says reaches the resident, with two of
// each service and whatever comes twice or at once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { compiler } from '../contract/contracts.mjs';
import { png } from '../service/intake/png.mjs';
import { uuid7 } from '../support/topics.mjs';
import { Cluster } from './cluster.mjs';
import { quiesce } from './evidence.mjs';
import { logPlans, scansOfLargeTables } from './plans.mjs';

const cluster = new Cluster();
const contract = compiler('draft-07');
const RESULT = { result: { text: 'Đã giải tỏa.', evidence: ['https://anh.ihanoi.example/1.jpg'] } };
const PATHS = { supplement: 'supplements', answer: 'answers', withdrawal: 'withdrawal', rating: 'rating',
  reopening: 'reopening' };
let other, spoken;

before(async () => {
  await cluster.start();
  await logPlans(cluster);
  other = await cluster.startInstance('intake', 'intake-1');
  await cluster.startInstance('routing', 'routing-1');
  spoken = await cluster.topics.listen(['city.submissions.v1', 'city.cases.v1']);
});
after(() => cluster.stop());

const send = (id, kind, body, { headers, ...options } = {}) => cluster.call('intake', 'POST',
  `/api/intake/submissions/${id}/${PATHS[kind]}`, { as: 'citizen', body,
    headers: { 'idempotency-key': `"${randomUUID()}"`, ...headers }, ...options });

async function sent(id, kind, body, options) {
  const answer = await send(id, kind, body, options);
  assert.equal(answer.status, 202, answer.text);
  return answer.json;
}

async function thread(id, base) {
  const answer = await cluster.call('intake', 'GET', `/api/intake/submissions/${id}/thread`, { as: 'citizen', base });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

const messageOf = ({ items }, id) => items.find((item) => item.message_id === id);

// The message in the thread, once it has an end; the same at both replicas.
async function ended(id, messageId) {
  const [here, there] = await Promise.all([undefined, other].map((base) => cluster.waitFor('the end of a message', async () => {
    const found = messageOf(await thread(id, base), messageId);
    return found.state !== 'sent' && found;
  })));
  assert.deepEqual(here, there);
  return here;
}

async function does(id, kind, body, options) {
  const end = await ended(id, (await sent(id, kind, body, options)).id);
  assert.equal(end.state, 'done', JSON.stringify(end));
  return end.case_version;
}

async function acts(id, action, version, body, as) {
  const answer = await cluster.command(id, action, version, body, as);
  assert.equal(answer.status, 200, `${action}: ${answer.text}`);
  return answer.json;
}

async function opened() {
  const answer = await cluster.file({});
  assert.equal(answer.status, 201, answer.text);
  await cluster.caseOf(answer.json.id);
  return answer.json.id;
}

test('supplement, question, answer, result, rating, reopening and withdrawal, on both ends', async () => {
  const id = await opened();
  assert.equal(await does(id, 'supplement', { text: 'Ngay cổng trường.' }), 2);
  await acts(id, 'accept', 2);
  await acts(id, 'assign', 3, { assignee: 'demo-officer' });
  await acts(id, 'ask', 4, { question: 'Ở số mấy?' }, 'officer');
  await cluster.view(id, 5);
  assert.equal(await does(id, 'answer', { text: 'Số 5.' }, { headers: { 'if-match': '"5"' } }), 6);
  await acts(id, 'resolve', 6, RESULT, 'officer');
  await cluster.view(id, 7);
  assert.equal(await does(id, 'rating', { rating: 'dissatisfied', text: 'Chưa xong.' }), 8);
  assert.equal(await does(id, 'reopening', { text: 'Họ lại bày ra.' }), 9);
  assert.equal(await does(id, 'withdrawal', { text: 'Thôi.' }), 10);
  const { json: now } = await cluster.caseOf(id);
  assert.deepEqual([now.version, now.phase, now.rating], [10, 'withdrawn', 'dissatisfied']);
  const { items, version, allowed } = await thread(id);
  assert.deepEqual([version, allowed], [6, []]);
  assert.deepEqual(items.filter((item) => item.kind !== 'note').map((item) => [item.kind, item.by]), [
    ['submission', 'reporter'], ['supplement', 'reporter'], ['question', 'unit'], ['answer', 'reporter'],
    ['result', 'unit'], ['rating', 'reporter'], ['reopening', 'reporter'], ['withdrawal', 'reporter']]);
  const history = await cluster.call('routing', 'GET', `/api/routing/cases/${id}/history`, { as: 'focal_point' });
  assert.deepEqual(history.json.items.filter((item) => item.message).map((item) => item.message.id),
    items.filter((item) => item.message_id).map((item) => item.message_id));
});

test('a picture that was uploaded for a message reaches the desk, whose officials get links to it', async () => {
  const id = await opened();
  const upload = await cluster.call('intake', 'POST', '/api/intake/media', { as: 'citizen', body: png({ pixel: [7, 8, 9] }),
    headers: { 'content-type': 'image/png' } });
  assert.equal(upload.status, 201, upload.text);
  const { reference, id: media } = upload.json;
  const version = await does(id, 'supplement', { text: 'Ảnh sáng nay.', media: [reference] }, { base: other });
  const [history, page, links] = await Promise.all([
    cluster.call('routing', 'GET', `/api/routing/cases/${id}/history`, { as: 'focal_point' }),
    cluster.call('routing', 'GET', `/api/routing/cases/${id}/print?reason=Xem%20%E1%BA%A3nh`, { as: 'focal_point' }),
    cluster.call('intake', 'GET', `/api/intake/media/${media}/links`, { as: 'focal_point' })]);
  assert.deepEqual(history.json.items.find((item) => item.version === version).message.media, [reference]);
  assert.ok(page.text.includes(`/api/intake/media/${media}/links`), page.text);
  assert.equal(links.status, 200, links.text);
  const item = (await thread(id)).items.find(({ kind }) => kind === 'supplement');
  assert.equal(item.media[0].reference, reference);
  assert.equal((await cluster.call('intake', 'GET', item.media[0].links.full)).status, 200);
});

test('said before there is a case, it waits behind the submission', async () => {
  const answer = await cluster.file({});
  const receipts = [await sent(answer.json.id, 'supplement', { text: 'Một.' }),
    await sent(answer.json.id, 'supplement', { text: 'Hai.' }, { base: other })];
  const ends = await Promise.all(receipts.map(({ id }) => ended(answer.json.id, id)));
  assert.deepEqual(ends.map((end) => end.state), ['done', 'done']);
  assert.deepEqual(ends.map((end) => end.case_version).sort(), [2, 3]);
});

test('what intake could not know is refused by the case, and told', async () => {
  const id = await opened();
  const { json } = await cluster.view(id, 1);
  const step = cluster.command(id, 'accept', 1); // at the same time
  const receipt = await send(id, 'withdrawal', {}, { headers: { 'if-match': `"${json.case.version}"` } });
  const accepted = (await step).status === 200;
  if (receipt.status === 202) {
    const end = await ended(id, receipt.json.id);
    assert.equal(end.state, accepted ? 'refused' : 'done');
    if (accepted) assert.equal(end.refused, 'stale_version');
  } else {
    assert.equal(receipt.json.code, 'stale_version');
  }
});

test('a message that comes again acts once', async () => {
  const id = await opened();
  const receipt = await sent(id, 'supplement', { text: 'Một lần.' });
  await ended(id, receipt.id);
  const event = spoken.find((e) => e.data?.message_id === receipt.id && e.topic === 'city.submissions.v1');
  const again = (ceId) => ({ topic: event.topic, key: event.key, value: JSON.stringify(event.data),
    headers: { ...event.headers, ce_id: ceId } });
  await cluster.topics.publish([again(event.id), again(uuid7()), again(uuid7())]);
  await quiesce(cluster);
  const { json } = await cluster.caseOf(id);
  assert.equal(json.version, 2);
  assert.equal((await thread(id)).items.filter((item) => item.kind === 'supplement').length, 1);
});

test('two messages and an officer at once: all three are done', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, opened));
  await Promise.all(ids.map(async (id) => {
    const accept = async () => {
      for (let version = 1; ; version += 1) {
        const answer = await cluster.command(id, 'accept', version);
        if (answer.status === 200) return;
        assert.equal(answer.status, 409, answer.text);
      }
    };
    const [first, second] = await Promise.all([sent(id, 'supplement', { text: 'Một.' }),
      sent(id, 'supplement', { text: 'Hai.' }, { base: other }), accept()]);
    const ends = [await ended(id, first.id), await ended(id, second.id)];
    assert.deepEqual(ends.map((end) => end.state), ['done', 'done']);
    const history = await cluster.call('routing', 'GET', `/api/routing/cases/${id}/history`, { as: 'focal_point' });
    assert.deepEqual(history.json.items.map((item) => item.version), [1, 2, 3, 4]);
    assert.deepEqual(history.json.items.map((item) => item.action).sort(), ['accept', 'comment', 'comment', 'open']);
  }));
});

test('all that was said is as its schema says, and nothing was put aside', async () => {
  await quiesce(cluster);
  for (const event of spoken) {
    const check = contract.getSchema(`https://schemas.ihanoi.example/events/${event.type}`);
    assert.ok(check(event.data), `${event.type}: ${JSON.stringify(check.errors)}`);
  }
  for (const service of ['intake', 'routing', 'notification', 'analytics']) {
    assert.deepEqual(await cluster.database(service, 'SELECT error_class FROM dead_letter'), [], service);
  }
  assert.deepEqual(cluster.crashes, []);
});

test('no statement reads what was said from end to end', () => {
  const scans = scansOfLargeTables(cluster); // of these tables; lifecycle.test.mjs looks at the others
  assert.ok(scans.some(({ table }) => table === 'submission_message'), 'are the plans logged?');
  const said = ['submission_message', 'submission_word', 'reporter_message'];
  assert.deepEqual(scans.filter(({ table, good }) => said.includes(table) && !good), []);
});
