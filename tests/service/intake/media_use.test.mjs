// SPDX-License-Identifier: Apache-2.0
// Uploads in submissions and results: who may name them, how they are bound, who gets links to them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { message } from '../../support/topics.mjs';
import { exampleOf, isAs } from './city.mjs';
import { MediaCity, refusal } from './media_city.mjs';
import { png } from './png.mjs';

const SITE = 'https://ihanoi.example';
const city = new MediaCity('build/test/media_use', { PUBLIC_URL: SITE });
let shade = 0;

// A picture that nobody uploaded before.
const picture = () => png({ pixel: [shade += 1, 77, 99] });
const fields = (answer) => answer.json.errors.map(({ field, code }) => [field, code]);
const linksOf = (id, as) => city.get(`/api/intake/media/${id}/links`, as);
const uses = async (submission) => (await city.rows(
  'SELECT media_id FROM media_use WHERE submission_id = $1 ORDER BY media_id', [submission])).map((row) => row.media_id);

async function view(id, as = 'citizen', version = 0) {
  const answer = await city.get(`/api/intake/submissions/${id}?min_version=${version}&wait_ms=9000`, as);
  assert.equal(answer.status, 200, String(answer.bytes));
  isAs('Submission', answer.json);
  return answer.json;
}

async function thread(id, as = 'citizen') {
  const answer = await city.get(`/api/intake/submissions/${id}/thread`, as);
  assert.equal(answer.status, 200, String(answer.bytes));
  isAs('Thread', answer.json);
  return answer.json;
}

const unit = (code, parent) => message('city.reference.v1', 'vn.hanoi.unit.defined.v1', `unit:${code}`, {
  kind: 'unit', code, name: { vi: `Đơn vị ${code}`, en: `Unit ${code}` }, type: 'department', parent,
  valid_from: '2025-06-30T17:00:00.000Z', source: 'test' });

before(async () => {
  await city.start([unit('SXD', 'HN'), unit('SXD-1', 'SXD'), unit('SGTVT', 'HN')]);
  await city.person('officer', { role: 'officer', sub: 'an-officer', unit: 'SXD-1' });
  await city.person('above', { role: 'supervisor', sub: 'above', unit: 'SXD' });
  await city.person('elsewhere', { role: 'officer', sub: 'elsewhere', unit: 'SGTVT' });
  await city.person('office', { role: 'focal_point', sub: 'office', unit: 'VPUB' });
  await city.person('auditor', { role: 'auditor', sub: 'auditor' });
}, { timeout: 120000 });

after(() => city.stop());

test('what a submission names is bound to it, and read by fresh links', async () => {
  const [first, second] = [await city.uploaded(picture()), await city.uploaded(picture())];
  const elsewhere = 'https://media.example/3.jpg';
  assert.equal(first.reference, `media:${first.id}`);
  const { id } = await city.filed([first.reference, second.reference, elsewhere]);
  assert.deepEqual(await uses(id), [first.id, second.id].sort());
  const { media } = await view(id);
  assert.deepEqual(media.map(({ reference, url }) => reference ?? url), [first.reference, second.reference, elsewhere]);
  for (const { links } of media.slice(0, 2)) {
    for (const variant of ['full', 'small']) {
      const answer = await city.get(links[variant]);
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'image/jpeg']);
    }
  }
});

test('unknown files, and those of others, are named in one answer', async () => {
  const mine = await city.uploaded(picture());
  const theirs = await city.uploaded(picture(), { as: 'other' });
  const answer = await city.file([theirs.reference, mine.reference, `media:${randomUUID()}`]);
  assert.deepEqual(refusal(answer), [422, 'unknown_media']);
  assert.deepEqual(fields(answer), [['media[0]', 'unknown_media'], ['media[2]', 'unknown_media']]);
  assert.equal((await city.rows('SELECT 1 FROM media_use WHERE media_id = $1', [mine.id])).length, 0);
});

test('a reference that is none is malformed', async () => {
  const { id } = await city.uploaded(picture());
  const bad = ['media:', `media:${id}x`, `media:${id.toUpperCase()}`, id, `MEDIA:${id}`, `media:${id.slice(1)}`];
  for (const reference of bad) {
    const answer = await city.file(['https://media.example/1.jpg', reference]);
    assert.deepEqual([answer.status, fields(answer)], [400, [['media[1]', 'bad_url']]], reference);
  }
});

test('a file that is not whole yet is unknown', async () => {
  const { id, reference } = await city.uploaded(picture());
  await city.rows('UPDATE media SET type = NULL WHERE id = $1', [id]);
  assert.deepEqual(refusal(await city.file([reference])), [422, 'unknown_media']);
});

test('a link counts as what it links to', async () => {
  const { id, reference, links } = await city.uploaded(picture());
  const filed = await city.filed([SITE + links.small]);
  assert.equal((await view(filed.id)).media[0].reference, reference);
  assert.deepEqual(await uses(filed.id), [id]);
});

test('a system files with its uploads, and through Open311 with their links', async () => {
  const mine = await city.uploaded(picture(), { as: 'system' });
  const theirs = await city.uploaded(picture());
  await city.filed([mine.reference], { as: 'system' });
  const post = (...urls) => city.call('POST', '/open311/v2/requests.json', { as: 'system', body: new URLSearchParams([
    ['service_code', 'giao-thong'], ['lat', '21.0287'], ['long', '105.8524'], ['description', 'Hố sụt.'],
    ...urls.map((url) => ['media_url', url])]) });
  const filed = await post(SITE + mine.links.full, 'https://media.example/2.jpg');
  assert.equal(filed.status, 200, String(filed.bytes));
  const ticket = filed.json[0].service_request_id;
  const read = await city.get(`/open311/v2/requests/${ticket}.json?extensions=true`, 'system');
  assert.ok(read.json[0].media_url.startsWith(`${SITE}/api/intake/media/${mine.id}?`), read.json[0].media_url);
  assert.equal((await city.get(read.json[0].media_url.slice(SITE.length))).status, 200);
  assert.equal(read.json[0].extended_attributes.media_urls.length, 2);
  const open = await city.get(`/open311/v2/requests/${ticket}.json`);
  assert.equal(open.json[0].media_url, null);
  const refused = await post(SITE + theirs.links.full);
  assert.equal(refused.status, 400, String(refused.bytes));
  assert.match(String(refused.bytes), /media_url\[0\]/);
});

test('a repeat binds nothing twice, and one that lost nothing at all', async () => {
  const { reference, id: media } = await city.uploaded(picture());
  const headers = { 'idempotency-key': `"${randomUUID()}"` };
  const answers = await Promise.all(Array.from({ length: 20 }, () => city.file([reference], { headers })));
  const ids = new Set(answers.filter(({ status }) => status === 201).map(({ json }) => json.id));
  assert.equal(ids.size, 1);
  const bound = await city.rows('SELECT submission_id FROM media_use WHERE media_id = $1', [media]);
  assert.deepEqual(bound.map((row) => row.submission_id), [...ids]);
});

test('links follow who may read the words', async () => {
  const { id: media, reference } = await city.uploaded(picture());
  const everybody = ['citizen', 'other', 'officer', 'above', 'elsewhere', 'office', 'auditor', 'system'];
  const readers = async () => (await Promise.all(everybody.map(async (as) => [as, (await linksOf(media, as)).status])))
    .filter(([, status]) => status === 200).map(([as]) => as);
  const always = ['citizen', 'office', 'auditor', 'system'];
  assert.deepEqual(await readers(), always, 'of no submission yet');
  const { id } = await city.filed([reference]);
  assert.deepEqual(await readers(), always, 'of no case yet');
  const tell = async (version, more) => {
    const { tasks, assignee, ...rest } = more;
    await city.topics.publish([exampleOf(id, version, 'accepted/minimal', { ...rest, ...(tasks && { tasks }), ...(assignee && { assignee }) })]);
    await view(id, 'citizen', version);
  };
  const names = (...more) => everybody.filter((as) => always.includes(as) || more.includes(as));
  await tell(1, { unit: 'SXD-1' });
  assert.deepEqual(await readers(), names('officer', 'above'), "the unit's case");
  await tell(2, { unit: 'SGTVT' });
  assert.deepEqual(await readers(), names('elsewhere'), 'handed over');
  await tell(3, { unit: 'SGTVT', tasks: [{ unit: 'SXD', state: 'open' }] });
  assert.deepEqual(await readers(), names('elsewhere', 'above'), 'another unit co-operates');
  await tell(4, { unit: 'SGTVT', assignee: 'an-officer' });
  assert.deepEqual(await readers(), names('elsewhere', 'officer'), 'assigned to somebody');
  await tell(5, { unit: 'SGTVT', queue: 'disputed' });
  assert.deepEqual(await readers(), names(), 'the office decides whose it is');
});

test("a result's uploads are bound to the submission and shown to the reporter", async () => {
  const proof = await city.uploaded(picture(), { as: 'officer' });
  const { id } = await city.filed([]);
  assert.equal((await linksOf(proof.id, 'citizen')).status, 404);
  await city.topics.publish([exampleOf(id, 1, 'resolved/minimal', { unit: 'SXD-1',
    result: { text: 'Đã vá.', evidence: [proof.reference, 'https://media.example/after.jpg', `media:${randomUUID()}`] } })]);
  const { case: told } = await view(id, 'citizen', 1);
  assert.deepEqual(await uses(id), [proof.id]);
  assert.equal(told.result.evidence[1].url, 'https://media.example/after.jpg');
  assert.equal((await city.get(told.result.evidence[0].links.small)).status, 200);
  assert.equal((await linksOf(proof.id, 'above')).status, 200);
  assert.equal((await linksOf(proof.id, 'other')).status, 404);
});

test('what a message names is bound to the submission with it, said, and shown by fresh links', async () => {
  const { id } = await city.filed([]);
  const [first, second] = [await city.uploaded(picture()), await city.uploaded(picture())];
  const elsewhere = 'https://media.example/3.jpg';
  const event = await city.topics.listen(['city.submissions.v1']);
  const headers = { 'idempotency-key': `"${randomUUID()}"` };
  const receipts = [await city.said(id, [first.reference, SITE + second.links.small, elsewhere], { headers }),
    await city.said(id, [first.reference, SITE + second.links.small, elsewhere], { headers })];
  assert.deepEqual(receipts[0], receipts[1]);
  assert.deepEqual(await uses(id), [first.id, second.id].sort());
  const { data } = await until('the event', () => event.find((e) => e.data?.message_id === receipts[0].id), 20000);
  assert.deepEqual(data.media, [first.reference, second.reference, elsewhere], 'references, which do not expire');
  const shown = async (as) => (await thread(id, as)).items.find((item) => item.kind === 'supplement').media;
  for (const as of ['citizen', 'auditor']) {
    const media = await shown(as);
    assert.deepEqual(media.map(({ reference, url }) => reference ?? url), [first.reference, second.reference, elsewhere]);
    assert.equal((await city.get(media[1].links.small)).headers.get('content-type'), 'image/jpeg');
  }
});

test('the unit that has the case gets links to what a message named, others do not', async () => {
  const { id } = await city.filed([]);
  const { id: media, reference } = await city.uploaded(picture());
  await city.topics.publish([exampleOf(id, 1, 'accepted/minimal', { unit: 'SXD-1' })]);
  await view(id, 'citizen', 1);
  assert.equal((await linksOf(media, 'officer')).status, 404);
  const receipt = await city.said(id, [reference]);
  const statuses = await Promise.all(['officer', 'above', 'elsewhere', 'other'].map(async (as) => (await linksOf(media, as)).status));
  assert.deepEqual(statuses, [200, 200, 404, 404]);
  const { reference: own } = await city.uploaded(picture(), { as: 'officer' });
  await city.topics.publish([exampleOf(id, 2, 'commented', { message: { id: receipt.id, media: [reference] } }),
    exampleOf(id, 3, 'resolved/minimal', { unit: 'SXD-1', result: { text: 'Đã vá.', evidence: [own] } })]);
  await view(id, 'citizen', 3);
  const { items } = await thread(id);
  assert.deepEqual(items.filter((item) => item.media).map((item) => [item.kind, item.media[0].reference]),
    [['supplement', reference], ['result', own]], 'told once, with its step');
  assert.equal((await city.get(items.at(-1).media[0].links.full)).status, 200);
});

test('a message that names files of others, or none, is not taken, and names each', async () => {
  const { id } = await city.filed([]);
  const theirs = await city.uploaded(picture(), { as: 'other' });
  const mine = await city.uploaded(picture());
  const answer = await city.say(id, [mine.reference, theirs.reference, `media:${randomUUID()}`]);
  assert.deepEqual(refusal(answer), [422, 'unknown_media']);
  isAs('Problem', answer.json);
  assert.deepEqual(fields(answer), [['media[1]', 'unknown_media'], ['media[2]', 'unknown_media']]);
  const late = await city.say(id, [mine.reference], { path: 'reopening' });
  assert.deepEqual(refusal(late), [422, 'no_result']);
  assert.deepEqual([(await thread(id)).version, await uses(id)], [1, []], 'nothing was stored, nothing is bound');
});

test('messages at once bind what they name, those that lost their version included', async () => {
  const { id } = await city.filed([]);
  const uploads = await Promise.all(Array.from({ length: 12 }, () => city.uploaded(picture())));
  await Promise.all(uploads.map(({ reference }) => city.said(id, [reference])));
  assert.deepEqual(await uses(id), uploads.map((upload) => upload.id).sort());
  assert.equal((await thread(id)).version, 13);
});

test('kill -9 while submissions with uploads come in: each is bound, or not there', async () => {
  const uploads = await Promise.all(Array.from({ length: 5 }, () => city.uploaded(picture())));
  const sent = Array.from({ length: 40 }, (_, i) => {
    const media = [uploads[i % 5].reference, uploads[(i + 1) % 5].reference];
    return city.file(media, { headers: { 'idempotency-key': `"${randomUUID()}"` }, title: `lần ${i}` }).catch(() => undefined);
  });
  await Promise.race(sent);
  await city.stack.kill('intake');
  await Promise.all(sent);
  await city.run();
  const half = await city.rows(`SELECT s.id FROM submission s LEFT JOIN media_use u ON u.submission_id = s.id
    WHERE s.title LIKE 'lần %' GROUP BY s.id HAVING count(u.media_id) <> 2`);
  assert.deepEqual(half, []);
  const stray = await city.rows('SELECT 1 FROM media_use u WHERE NOT EXISTS (SELECT FROM submission s WHERE s.id = u.submission_id)');
  assert.deepEqual(stray, []);
  await until('it answers', async () => (await city.get('/readyz')).status === 200, 20000);
});
