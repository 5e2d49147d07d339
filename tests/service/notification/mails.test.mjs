// SPDX-License-Identifier: Apache-2.0
// What people and officials are told by e-mail, once, whatever breaks on the way.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { compiler } from '../../contract/contracts.mjs';
import { message, uuid7 } from '../../support/topics.mjs';
import { City, someone, submission, until } from './city.mjs';

const city = new City();
const ajv = compiler('2020-12');

function isValid(event) {
  const check = ajv.getSchema(`https://schemas.ihanoi.example/events/${event.type}`);
  assert.ok(check(event.data), `${event.type}: ${JSON.stringify(check.errors)}`);
  assert.equal(event.key, event.data.recipient_hash);
}

before(() => city.start());
after(() => city.stop());

test('who files is told at once, by mail and in the app', async () => {
  const lan = someone();
  await city.knows(lan, 'Nguyễn Thị Lan');
  const filed = await city.file(lan.ref);
  const [mail] = await city.mailsTo(lan.email, 1);
  assert.equal(mail.subject, `Đã nhận phản ánh ${filed.ticket}`);
  assert.match(mail.text, /^Kính gửi Nguyễn Thị Lan,/);
  assert.match(mail.text, /Lĩnh vực: Giao thông/);
  assert.match(mail.text, /Công dân Thủ đô số – iHaNoi\s*$/);
  assert.equal(mail.from, 'khong-tra-loi@ihanoi.example');
  const row = await city.settled(filed.submission_id, lan.ref, 'sent');
  assert.equal(mail.headers['message-id'], `<${row.id}@ihanoi.example>`);
  assert.equal(row.attempts, 1);

  const [sent] = await city.said(row.id);
  isValid(sent);
  assert.equal(sent.type, 'vn.hanoi.delivery.sent.v1');
  assert.equal(sent.data.template, 'acknowledged');
  const inapp = await city.row(filed.submission_id, lan.ref, 'inapp');
  const [shown] = await city.said(inapp.id);
  isValid(shown);
  assert.equal(shown.data.channel, 'inapp');
  assert.equal(shown.key, sent.key);
});

test('a contact that comes after the report is waited for', async () => {
  const late = someone('c');
  const filed = await city.file(late.ref, { language: 'en' });
  await until('the row', () => city.row(filed.submission_id, late.ref), 10000);
  await city.contact(late.ref, { email: late.email });
  const [mail] = await city.mailsTo(late.email, 1);
  assert.equal(mail.subject, `We have received your report ${filed.ticket}`);
  assert.match(mail.text, /^Dear resident,/);
  assert.equal(await city.row(filed.submission_id, late.ref, 'inapp'), undefined);
});

test('a system without a contact is told nothing', async () => {
  const filed = await city.file('k-demo');
  const marker = someone();
  await city.knows(marker);
  await city.file(marker.ref);
  await city.mailsTo(marker.email, 1);
  const rows = await city.sql('SELECT 1 FROM delivery WHERE case_id = $1', [filed.submission_id]);
  assert.equal(rows.length, 0);
});

test('an event that comes twice is told once', async () => {
  const twin = someone();
  await city.knows(twin);
  const id = uuid7();
  const filed = await city.file(twin.ref, {}, id);
  await city.settled(filed.submission_id, twin.ref, 'sent');
  await city.file(twin.ref, filed, id);
  const later = await city.file(twin.ref);
  await city.settled(later.submission_id, twin.ref, 'sent');
  const mails = await city.mails(twin.email);
  assert.equal(mails.filter((mail) => mail.subject.includes(filed.ticket)).length, 1);
});

test('each step is told to whom it concerns', async () => {
  const minh = someone('minh');
  await city.knows(minh, 'Minh');
  const filed = await city.file(minh.ref);
  await city.tell('opened', filed, { level: 'urgent' });
  for (const step of ['accepted', 'assigned', 'started', 'resolved']) {
    await city.tell(step, filed, { assignee: 'binh' });
  }
  const mails = await city.mailsTo(minh.email, 5);
  const subjects = mails.map((mail) => mail.subject).sort();
  assert.deepEqual(subjects, [
    `Phản ánh ${filed.ticket} đang được xử lý`, `Phản ánh ${filed.ticket} đã có kết quả`,
    `Phản ánh ${filed.ticket} đã được phân công xử lý`, `Phản ánh ${filed.ticket} đã được tiếp nhận`,
    `Đã nhận phản ánh ${filed.ticket}`].sort());
  const resolved = mails.find((mail) => mail.subject.endsWith('kết quả'));
  assert.match(resolved.text, /Phường Hoàn Kiếm đã trả kết quả phản ánh/);
  assert.match(resolved.text, /- https:\/\/media\.ihanoi\.example\/.*sau\.jpg/);
  const office = await city.mailsTo('cuong@official.example', 1);
  assert.ok(office.some((mail) => mail.subject === `[KHẨN] Phản ánh mới ${filed.ticket}`));
  const binh = await city.row(filed.submission_id, 'binh', 'inapp');
  assert.equal(binh.template, 'given');
});

test('rejections name the right channel; reminders and escalations stay inside', async () => {
  const an = someone('an');
  await city.knows(an);
  const filed = await city.file(an.ref, { language: 'en' });
  await city.tell('rejected', filed, { language: 'en' });
  await city.tell('escalated', filed);
  await city.tell('reminded', filed, { assignee: undefined, alert: { clock: 'resolve', step: 0 } });
  const mails = await city.mailsTo(an.email, 2);
  assert.equal(mails.length, 2);
  const rejected = mails.find((mail) => mail.subject.endsWith('not accepted'));
  assert.match(rejected.text, /Citizen Reception Board/);
  const [escalated] = await city.mailsTo('dung@official.example', 1);
  assert.match(escalated.subject, /đã quá hạn/);
  await until('the reminder', async () => (await city.mails('cuong@official.example'))
    .some((mail) => mail.subject.includes(`${filed.ticket} sắp đến hạn`)), 10000);
});

test('what happens on the way is told to the reporter, and nothing of the administration',
  { timeout: 60000 }, async () => {
    const nga = someone('nga');
    await city.knows(nga);
    const filed = await city.file(nga.ref);
    for (const step of ['returned', 'info_requested/minimal', 'proposed', 'declined', 'extended',
      'merged', 'separated', 'task_changed', 'classified', 'recomputed', 'audited', 'commented']) {
      await city.tell(step, filed);
    }
    await city.tell('withdrawn', filed, { actor: { role: 'citizen', ref: nga.ref } });
    const mails = await city.mailsTo(nga.email, 7);
    const about = (await city.sql('SELECT template FROM delivery WHERE recipient = $1 AND channel = $2',
      [nga.ref, 'inapp'])).map((row) => row.template).sort();
    assert.deepEqual(about, ['acknowledged', 'commented', 'extended', 'info_requested', 'merged',
      'returned', 'separated', 'withdrawn']);
    assert.equal(mails.length, 7, 'a comment is no mail');
    const returned = mails.find((mail) => mail.subject.endsWith('chuyển đơn vị'));
    assert.match(returned.text, /Văn phòng UBND Thành phố sẽ quyết định/);
    assert.match(returned.text, /- SXD → Phường Hoàn Kiếm \(12:30 24\/11\/2026\): Tuyến phố do phường/);
    const asked = mails.find((mail) => mail.subject.includes('bổ sung thông tin'));
    assert.match(asked.text, /Hố sụt ở làn đường nào\?\n\nXin trả lời trước/);
    const extended = mails.find((mail) => mail.subject.includes('gia hạn'));
    assert.match(extended.text, /đến 09:00 26\/11\/2026\.\n\nLý do:\nPhải chờ khô nền/);
    assert.match(mails.find((mail) => mail.subject.endsWith('được rút')).text, /Theo yêu cầu của Quý vị/);
  });

test('a rating is asked for once, though a result may come twice', async () => {
  const thu = someone('thu');
  await city.knows(thu);
  const filed = await city.file(thu.ref);
  const resolved = await city.tell('resolved/minimal', filed);
  await city.tell('reopened/minimal', filed);
  await city.tell('resolved/minimal', filed, { reopenings: 1, clocks: { ...resolved.clocks,
    resolve: { ...resolved.clocks.resolve, runs: [{ from: resolved.at, to: resolved.at }] } } });
  const mails = await city.mailsTo(thu.email, 4);
  const asking = mails.filter((mail) => /Xin Quý vị đánh giá/.test(mail.text));
  assert.equal(mails.filter((mail) => mail.subject.endsWith('đã có kết quả')).length, 2);
  assert.equal(asking.length, 1);
});

test('officials are told what they must decide, do and know', { timeout: 60000 }, async () => {
  const filed = await city.file('k-demo');
  const toldBy = async (step, wishes) => {
    const data = await city.tell(step, filed, wishes);
    await until(`deliveries of ${step}`, async () => (await city.sql(
      'SELECT 1 FROM delivery WHERE case_id = $1 AND notice->>\'at\' = $2', [filed.submission_id, data.at])).length > 0, 10000);
    const rows = await city.sql(`DELETE FROM delivery WHERE case_id = $1
      RETURNING recipient, channel, template`, [filed.submission_id]);
    return [...new Set(rows.map((row) => `${row.recipient} ${row.template}`))].sort();
  };
  assert.deepEqual(await toldBy('returned'), ['oanh disputed']);
  assert.deepEqual(await toldBy('returned/minimal'), ['cuong opened']);
  assert.deepEqual(await toldBy('proposed'), ['hanh proposed']);
  assert.deepEqual(await toldBy('escalated', { alert: { clock: 'resolve', step: 1 } }),
    ['cuong escalated', 'hanh escalated']);
  assert.deepEqual(await toldBy('escalated', { alert: { clock: 'resolve', step: 2 } }), ['dung escalated']);
  assert.deepEqual(await toldBy('escalated', { alert: { clock: 'resolve', step: 3 } }), ['oanh escalated']);
  assert.deepEqual(await toldBy('escalated/dispatch'), ['oanh escalated']);
  assert.deepEqual(await toldBy('audited/failed', { assignee: 'binh' }), ['binh contested', 'cuong contested']);
  assert.deepEqual(await toldBy('info_supplied', { assignee: 'binh' }), ['binh answered']);
  assert.deepEqual(await toldBy('rated', { assignee: undefined }), ['cuong rated']);
  assert.deepEqual(await toldBy('task_changed/minimal', { unit: 'SXD' }), ['cuong task']);
});

test('a visitor is told when and where, and again when it is near', async () => {
  for (const [language, booked, near, place] of [
    ['vi', 'Đã nhận đăng ký tiếp công dân', 'Nhắc lịch tiếp công dân', 'tại Phường Hoàn Kiếm'],
    ['en', 'We have received your reception booking', 'Your appointment', 'at Hoan Kiem Ward']]) {
    const visitor = someone('visitor');
    await city.knows(visitor);
    const booking = submission(visitor.ref, { kind: 'reception_booking' });
    const actor = { role: 'citizen', ref: visitor.ref };
    await city.tell('opened/booking', booking, { language, actor });
    await city.tell('advanced/appointment', booking, { language });
    const mails = await city.mailsTo(visitor.email, 2);
    for (const subject of [booked, near]) {
      const mail = mails.find((one) => one.subject.startsWith(`${subject} ${booking.ticket}`));
      assert.ok(mail, `${subject} among ${mails.map((one) => one.subject)}`);
      assert.match(mail.text, new RegExp(`09:00 27/11/2026,? ${place}`));
      assert.doesNotMatch(mail.text, /phản ánh|report/i);
    }
  }
});

test('what the mail server defers is tried again, as the same mail', async () => {
  const soon = someone('soon');
  await city.knows(soon);
  await city.behave({ reply: 451, count: 1 });
  const filed = await city.file(soon.ref);
  let row;
  await until('the first try', async () => {
    row = await city.row(filed.submission_id, soon.ref);
    return row?.attempts === 1;
  }, 10000);
  assert.equal(row.state, 'waiting');
  assert.equal(row.reason, 'deferred_by_server');
  assert.ok(row.next_attempt_at - Date.now() > 15000);
  await city.sql('UPDATE delivery SET next_attempt_at = now() WHERE id = $1', [row.id]);
  const [mail] = await city.mailsTo(soon.email, 1);
  assert.equal(mail.headers['message-id'], `<${row.id}@ihanoi.example>`);
  assert.equal((await city.settled(filed.submission_id, soon.ref, 'sent')).attempts, 2);
});

test('what the mail server refuses has failed', async () => {
  const gone = someone('gone');
  await city.knows(gone);
  await city.behave({ reply: 550, count: 1 });
  const filed = await city.file(gone.ref);
  const row = await city.settled(filed.submission_id, gone.ref, 'failed');
  const [failed] = await city.said(row.id);
  isValid(failed);
  assert.equal(failed.type, 'vn.hanoi.delivery.failed.v1');
  assert.equal(failed.data.reason, 'refused_by_server');
});

test('without a contact the mail is skipped in the end', async () => {
  const nobody = someone('c');
  const filed = await city.file(nobody.ref);
  await until('the row', () => city.row(filed.submission_id, nobody.ref), 10000);
  await city.sql(`UPDATE delivery SET created_at = now() - interval '1 minute',
    next_attempt_at = now() WHERE case_id = $1`, [filed.submission_id]);
  const row = await city.settled(filed.submission_id, nobody.ref, 'skipped');
  const [skipped] = await city.said(row.id);
  isValid(skipped);
  assert.equal(skipped.data.reason, 'no_contact');
  assert.equal(skipped.data.attempts, 0);
});

test('an address that could write headers is not written to', async () => {
  const mallory = someone('mallory');
  await city.knows({ ...mallory, email: 'm@x.example>\r\nRCPT TO:<all@x.example' });
  const filed = await city.file(mallory.ref);
  const row = await city.settled(filed.submission_id, mallory.ref, 'skipped');
  assert.equal(row.reason, 'bad_address');
});

test('a tombstone erases, also for what waits', async () => {
  const leaver = someone('leaver');
  await city.knows(leaver);
  await city.behave({ reply: 451, count: 1 });
  const filed = await city.file(leaver.ref);
  await until('the first try', async () =>
    (await city.row(filed.submission_id, leaver.ref))?.attempts === 1, 10000);
  await city.sql(`UPDATE delivery SET created_at = now() - interval '1 minute' WHERE case_id = $1`,
    [filed.submission_id]);
  await city.erase(leaver.ref);
  const row = await city.settled(filed.submission_id, leaver.ref, 'skipped');
  assert.equal(row.reason, 'no_contact');
  assert.equal((await city.sql('SELECT 1 FROM contact WHERE ref = $1', [leaver.ref])).length, 0);
  assert.equal((await city.mails(leaver.email)).length, 0);
});

test('a message that cannot be read goes to the dead letters, the rest goes on', async () => {
  const hoa = someone('hoa');
  await city.knows(hoa);
  await city.topics.publish([
    message('city.cases.v1', 'vn.hanoi.case.opened.v1', uuid7(), { case_id: 'none' }),
    message('city.contacts.v1', 'vn.hanoi.contact.changed.v1', 'x-1',
      { ref: 'x-1', sealed: 'A'.repeat(60) }),
  ]);
  const filed = await city.file(hoa.ref);
  await city.settled(filed.submission_id, hoa.ref, 'sent');
  await until('two dead letters', async () => {
    const rows = await city.sql('SELECT topic, error_class FROM dead_letter ORDER BY topic');
    return rows.length === 2 && rows.every((row) => row.error_class === 'invalid_data');
  }, 10000);
});

test('a mail under way when the process is killed goes out again, as the same mail', async () => {
  const again = someone('again');
  await city.knows(again);
  await city.behave({ delay_ms: 3000, count: 1 });
  const filed = await city.file(again.ref);
  await until('it is being sent', async () =>
    (await city.row(filed.submission_id, again.ref))?.state === 'sending', 10000);
  await city.stack.kill('notification');
  await city.sql('UPDATE delivery SET next_attempt_at = now() WHERE case_id = $1 AND state = $2',
    [filed.submission_id, 'sending']); // as if the lease had run out
  await city.stack.startService('notification');
  const row = await city.settled(filed.submission_id, again.ref, 'sent', 30000);
  const mails = await city.mailsTo(again.email, 1);
  assert.ok(mails.every((mail) => mail.headers['message-id'] === `<${row.id}@ihanoi.example>`));
});

test('logs, metrics and delivery events hold no address and no name', async () => {
  const metrics = await (await fetch(`${city.stack.url('notification')}/metrics`)).text();
  assert.match(metrics, /mails_total\{result="sent"\} [1-9]/);
  const texts = [metrics, readFileSync(city.stack.logFile('notification'), 'utf8'),
    JSON.stringify(city.deliveries.map(({ key, headers, data }) => ({ key, headers, data })))];
  for (const text of texts) {
    assert.doesNotMatch(text, /@x\.example|@official\.example|Nguyễn|lan-1/);
  }
});
