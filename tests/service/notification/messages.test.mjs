// SPDX-License-Identifier: Apache-2.0
// Messages in the app, and the log of deliveries.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { DEMO_KEY } from '../../../deploy/local/stack.mjs';
import { message } from '../../support/topics.mjs';
import { City, someone, until } from './city.mjs';

const city = new City();
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const FOCAL = { role: 'focal_point', unit: '00070', sub: 'cuong' };

before(() => city.start());
after(() => city.stop());

// Files that many, one after another; the tickets.
async function fileAll(ref, count) {
  const tickets = [];
  for (let i = 0; i < count; i += 1) {
    const filed = await city.file(ref);
    tickets.push(filed.ticket);
    await until('the message', () => city.row(filed.submission_id, ref, 'inapp'), 10000);
  }
  return tickets;
}

test('messages are listed newest first, page by page', async () => {
  const { ref } = someone();
  const me = { role: 'citizen', sub: ref };
  const tickets = await fileAll(ref, 3);
  const first = await city.get(me, '/messages?limit=2');
  assert.equal(first.status, 200);
  assert.deepEqual(first.body.items.map((item) => item.ticket), [tickets[2], tickets[1]]);
  const second = await city.get(me, `/messages?limit=2&cursor=${first.body.next}`);
  assert.deepEqual(second.body.items.map((item) => item.ticket), [tickets[0]]);
  assert.equal(second.body.next, undefined);
  const [message] = second.body.items;
  assert.equal(message.title, `Đã nhận phản ánh ${tickets[0]}`);
  assert.equal(message.about, 'acknowledged');
  assert.doesNotMatch(message.text, /Kính gửi|tự động/);
});

test('a message is read once, by its owner', async () => {
  const { ref } = someone();
  const me = { role: 'citizen', sub: ref };
  await fileAll(ref, 2);
  const { body: { items } } = await city.get(me, '/messages');
  const read = await city.call(me, 'POST', `/messages/${items[0].id}/read`);
  assert.equal(read.status, 200);
  assert.ok(read.body.read_at);
  const again = await city.call(me, 'POST', `/messages/${items[0].id}/read`);
  assert.equal(again.body.read_at, read.body.read_at);
  const unread = await city.get(me, '/messages?unread=true');
  assert.deepEqual(unread.body.items.map((item) => item.id), [items[1].id]);
  const other = await city.call({ role: 'citizen', sub: 'other' }, 'POST',
    `/messages/${items[1].id}/read`);
  assert.equal(other.status, 404);
  assert.equal((await city.call(me, 'POST', '/messages/nonsense/read')).status, 400);
});

test('nobody reads without signing in, and bad input is named', async () => {
  assert.equal((await city.get(null, '/messages')).status, 401);
  const key = await fetch(`${city.stack.url('notification')}/api/notification/messages`,
    { headers: { 'x-api-key': DEMO_KEY } });
  assert.equal(key.status, 403);
  const bad = await city.get({ role: 'citizen', sub: 'an' }, '/messages?limit=0&cursor=x&unread=1');
  assert.equal(bad.status, 400);
  assert.equal(bad.type, 'application/problem+json');
  assert.deepEqual(bad.body.errors.map((error) => error.field).sort(), ['cursor', 'limit', 'unread']);
});

test('a stream brings what comes, and resumes where it ended', async () => {
  const { ref } = someone();
  const me = { role: 'citizen', sub: ref };
  await fileAll(ref, 1);
  const live = await city.listen(me);
  assert.equal(live.status, 200);
  const tickets = await fileAll(ref, 2);
  await until('two events', () => live.events.length === 2, 5000);
  assert.deepEqual(live.events.map((event) => event.data.ticket), tickets);
  assert.deepEqual(live.events.map((event) => event.event), ['message', 'message']);
  live.close();

  const [missed] = await fileAll(ref, 1);
  const resumed = await city.listen(me, { lastId: live.events[1].id });
  await until('what was missed', () => resumed.events.length === 1, 5000);
  assert.equal(resumed.events[0].data.ticket, missed);
  resumed.close();

  const all = await city.listen(me, { lastId: '0' });
  await until('all', () => all.events.length === 4, 5000);
  all.close();
});

test('a message names the matter by its kind, in the language of its sender', { timeout: 60000 }, async () => {
  const matters = {
    onsite_report: ['phản ánh', 'report'],
    procedure_report: ['phản ánh về thủ tục hành chính', 'report on procedures'],
    waste_report: ['phản ánh về lãng phí', 'report of waste'],
    initiative: ['sáng kiến', 'initiative'],
    voter_petition: ['kiến nghị cử tri', 'voter petition'],
    reception_booking: ['đăng ký tiếp công dân', 'reception booking'],
    hotline_ticket: ['yêu cầu hỗ trợ', 'support request'],
  };
  const { definitions } = JSON.parse(readFileSync('proto/events/common.schema.json', 'utf8'));
  assert.deepEqual(Object.keys(matters), definitions.kind.enum, 'each kind has its words');
  const read = async (kind, language) => {
    const { ref } = someone();
    const filed = await city.file(ref, { kind, language });
    await city.tell('accepted/minimal', filed, { kind, language });
    let items;
    await until('two messages', async () => {
      ({ items } = (await city.get({ role: 'citizen', sub: ref }, '/messages')).body);
      return items.length === 2;
    }, 10000);
    return items.map((item) => item.title.replace(filed.ticket, 'T')).sort();
  };
  for (const [kind, [vi, en]] of Object.entries({ ...matters, of_next_year: ['yêu cầu', 'request'] })) {
    const capital = vi[0].toUpperCase() + vi.slice(1);
    assert.deepEqual(await read(kind, 'vi'), [`${capital} T đã được tiếp nhận`, `Đã nhận ${vi} T`].sort());
    assert.deepEqual(await read(kind, 'en'), [`We have received your ${en} T`, `Your ${en} T was taken up`]);
  }
});

test('what is said about a report later is no news by itself, and no dead letter', async () => {
  const { ref } = someone();
  const filed = await city.file(ref);
  const id = filed.submission_id;
  const said = (type) => {
    const { data } = JSON.parse(readFileSync(`proto/examples/vn.hanoi.${type}.v1/maximal.json`, 'utf8'));
    return { ...data, submission_id: id, ...('case_id' in data ? { case_id: id } : {}) };
  };
  const types = ['supplemented', 'withdrawn', 'rated', 'reopen_requested'].map((word) => `submission.${word}`);
  await city.topics.publish([
    ...types.map((type) => message('city.submissions.v1', `vn.hanoi.${type}.v1`, id, said(type))),
    message('city.cases.v1', 'vn.hanoi.message.refused.v1', id, said('message.refused'))]);
  await city.tell('accepted/minimal', filed); // behind them on its topic
  const after = await city.file(ref, { submission_id: id }); // and behind the others on theirs
  let items;
  await until('three messages', async () => {
    ({ items } = (await city.get({ role: 'citizen', sub: ref }, '/messages')).body);
    return items.length === 3;
  }, 10000);
  assert.ok(items.some((item) => item.title.includes(after.ticket)));
  assert.deepEqual(await city.sql('SELECT * FROM dead_letter'), []);
});

test('the log shows a case to auditors, and officials what they were sent', async () => {
  const lan = someone();
  await city.knows(lan);
  const filed = await city.file(lan.ref);
  await city.tell('opened', filed);
  await until('all four', async () => (await city.sql(
    `SELECT 1 FROM delivery WHERE case_id = $1 AND state = 'sent'`, [filed.submission_id])).length === 4,
  30000);
  const path = `/deliveries?case_id=${filed.submission_id}`;
  const all = await city.get(AUDITOR, path);
  assert.equal(all.status, 200);
  assert.equal(all.body.items.length, 4);
  assert.doesNotMatch(JSON.stringify(all.body), /@/);
  const own = await city.get(FOCAL, path);
  assert.deepEqual(own.body.items.map((item) => item.about), ['opened', 'opened']);
  const page = await city.get(AUDITOR, `${path}&limit=3`);
  const rest = await city.get(AUDITOR, `${path}&limit=3&cursor=${page.body.next}`);
  assert.deepEqual([...page.body.items, ...rest.body.items], all.body.items);
  assert.equal((await city.get({ role: 'citizen', sub: lan.ref }, path)).status, 403);
  const missing = await city.get(AUDITOR, '/deliveries');
  assert.equal(missing.status, 400);
  assert.equal(missing.body.errors[0].field, 'case_id');
});

test('the census counts what came to its end in the last 30 days, as the events tell it', async () => {
  const lan = someone();
  const nam = { ...someone(), email: 'x@' };
  await city.knows(lan);
  await city.knows(nam);
  const filed = [await city.file(lan.ref), await city.file(nam.ref)]; // whose address is none
  await city.settled(filed[0].submission_id, lan.ref, 'sent');
  const { id } = await city.settled(filed[1].submission_id, nam.ref, 'skipped');
  await city.said(id);
  const day = (at) => Math.floor((Date.parse(at) + 7 * 36e5) / 864e5); // of the city
  const told = ({ since }) => Object.entries(Object.groupBy(city.deliveries.filter(({ data }) => data.at >= since),
    ({ data, headers }) => `${data.channel} ${headers.ce_type.split('.')[3]}`)).map(([word, of]) => `${word} ${of.length}`);
  const counted = ({ items }) => items.map(({ channel, result, deliveries }) => `${channel} ${result} ${deliveries}`);
  let body;
  await until('all events are here', async () => {
    ({ body } = await city.get(AUDITOR, '/census'));
    return counted(body).join() === told(body).sort().join();
  }, 10000);
  assert.equal(day(body.at) - day(body.since), 29);
  assert.equal(body.since.slice(10), 'T17:00:00.000Z');
  assert.ok(body.items.some(({ channel, result }) => channel === 'email' && result === 'skipped'), JSON.stringify(body));

  const count = async () => (await city.get(AUDITOR, '/census')).body.items.find((item) => item.result === 'skipped')?.deliveries ?? 0;
  const skipped = await count();
  const move = (at) => city.sql('UPDATE delivery SET settled_at = $1 WHERE id = $2', [at, id]);
  await move(body.since);
  assert.equal(await count(), skipped);
  await move(new Date(Date.parse(body.since) - 1));
  assert.equal(await count(), skipped - 1, 'before the first day');
});

test('the census is for auditors, administrators and those who may read figures', async () => {
  const ask = (headers) => fetch(`${city.stack.url('notification')}/api/notification/census`, { headers });
  assert.equal((await ask({ 'x-api-key': DEMO_KEY })).status, 200);
  assert.equal((await city.get({ role: 'administrator', sub: 'quan' }, '/census')).status, 200);
  for (const who of [FOCAL, { role: 'citizen', sub: 'an' }, { role: 'supervisor', unit: '00070', sub: 'truong' }]) {
    assert.equal((await city.get(who, '/census')).status, 403);
  }
  assert.equal((await ask({})).status, 401);
  const asked = await city.get(AUDITOR, '/census?since=today');
  assert.deepEqual([asked.status, asked.body.errors[0].field], [400, 'since']);
});

test('a row and its event tell the same instant of its end', async () => {
  const differ = [];
  for (const { data } of city.deliveries) {
    const [row] = await city.sql('SELECT settled_at FROM delivery WHERE id = $1 AND template = $2', [data.delivery_id, data.template]);
    if (row.settled_at.toISOString() !== data.at) differ.push([row.settled_at, data]);
  }
  assert.ok(city.deliveries.length > 10);
  assert.equal(differ.length, 1, 'the one that the census has moved');
});

test('a substitute hears of the cases of who is away, from the absence on until it is over', async () => {
  const point = (account, rank, absences = []) => city.topics.publish([message('city.reference.v1',
    'vn.hanoi.focal_point.assigned.v1', `focal_point:HN:giao-thong:${account}`,
    { account, unit: 'HN', field: 'giao-thong', name: account, email: `${account}@official.example`,
      valid_from: '2024-06-28T00:00:00.000Z', rank, absences })]);
  const toldOf = async (settled) => {
    let told;
    await until(`${settled} are told`, async () => {
      const filed = await city.file(someone().ref);
      const { case_id: id } = await city.tell('opened', filed, { unit: 'HN', focal_point: undefined });
      await until('somebody is told', async () => (told = (await city.sql(
        `SELECT DISTINCT recipient FROM delivery WHERE case_id = $1 AND template = 'opened' ORDER BY 1`, [id]))
        .map((row) => row.recipient)).length > 0);
      return told.join() === settled;
    }, 20000);
  };
  const hour = (n) => new Date(Date.now() + n * 3600000).toISOString();
  await point('thay', 2);
  await point('chinh', 1);
  await toldOf('chinh');
  await point('chinh', 1, [{ from: hour(-9), to: hour(-8) }, { from: hour(-1), to: hour(9) }]);
  await toldOf('thay');
  await point('chinh', 1, [{ from: hour(5), to: hour(9) }]);
  await toldOf('chinh');
});

test('a stream on one replica brings what another has committed', async () => {
  const { ref } = someone();
  const me = { role: 'citizen', sub: ref };
  const port = 9183 + 6120;
  await city.stack.startService('notification', { instance: 'notification-1', port });
  const streams = await Promise.all([city.listen(me),
    city.listen(me, { base: `http://127.0.0.1:${port}` })]);
  const tickets = await fileAll(ref, 3);
  for (const stream of streams) {
    await until('all on each', () => stream.events.length === 3, 5000);
    assert.deepEqual(stream.events.map((event) => event.data.ticket), tickets);
    stream.close();
  }
  await city.stack.stopPart('notification-1');
});
