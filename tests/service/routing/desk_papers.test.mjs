// SPDX-License-Identifier: Apache-2.0
// What was filed and what became of it, to read, to print and to check; and who read it, and why.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Desk, uuid7 } from './desk.mjs';

const desk = new Desk();
const WARD = '00070';
const FOCAL = { role: 'focal_point', unit: WARD, sub: 'cuong' };
const OFFICER = { role: 'officer', unit: WARD, sub: 'binh' };
const FAR = { role: 'officer', unit: '00082', sub: 'nga' };
const AUDITOR = { role: 'auditor', unit: 'HN', sub: 'phuong' };
const ADMINISTRATOR = { role: 'administrator', unit: 'HN', sub: 'quang' };
const CITIZEN = { role: 'citizen', sub: 'demo-citizen' };
const WORDS = 'Rác <b>chất đống</b> & "bốc mùi" \' </style><script>alert(1)</script>';
const BEFORE = 'https://media.ihanoi.example/truoc.jpg?a=1&b="2"';
const AFTER = 'https://media.ihanoi.example/sau.jpg';
const REPORT = { description: WORDS, title: 'Điểm rác', media: [BEFORE],
  location: { lat: 21.0287, lon: 105.8524, address: '5 Hàng Trống' } };
const RESULT = { result: { text: 'Đã dọn sạch.', evidence: [AFTER] } };

before(() => desk.start());
after(() => desk.stop());

async function act(who, now, action, body) {
  const answer = await desk.act(who, now.case_id, action, now.version, body);
  assert.equal(answer.status, 200, `${action}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const read = (who, now, what, reason = 'Xu ly ho so') => desk.call(who, 'GET', `/cases/${now.case_id}/${what}`,
  { headers: reason ? { 'x-access-reason': reason } : {} });

async function resolved() {
  let now = await act(FOCAL, await desk.opened(FOCAL, REPORT), 'accept');
  now = await act(FOCAL, now, 'assign', { assignee: 'binh' });
  return act(OFFICER, now, 'resolve', RESULT);
}

const accesses = async (query) => (await desk.get(AUDITOR, `/access-log?${new URLSearchParams(query)}`)).body;

test('a desk reads what was filed, saying why; others do not', async () => {
  const now = await desk.opened(FOCAL, REPORT);
  const report = await read(OFFICER, now, 'report');
  assert.equal(report.status, 200);
  assert.equal(report.body.description, WORDS);
  assert.equal(report.body.submission_id, now.case_id);
  assert.equal((await read(FAR, now, 'report')).status, 404);
  assert.equal((await read(CITIZEN, now, 'report')).status, 403);
  assert.equal((await read(null, now, 'report')).status, 401);
});

test('whoever co-operates or was given the case reads it too', async () => {
  let now = await desk.opened(FOCAL, REPORT);
  now = await act(FOCAL, now, 'add_task', { unit: '00082' });
  assert.equal((await read(FAR, now, 'report')).status, 200);
  now = await act(FOCAL, now, 'accept');
  await act(FOCAL, now, 'assign', { assignee: 'xa' });
  assert.equal((await read({ role: 'officer', unit: '00091', sub: 'xa' }, now, 'report')).status, 200);
  assert.equal((await desk.get(FAR, `/cases/${now.case_id}/history`)).body.items.length, 4);
});

test('nothing that residents have told is read without a reason', async () => {
  const now = await desk.opened(FOCAL, REPORT);
  for (const what of ['report', 'print', 'audit', 'notes']) {
    for (const [reason, field, code] of [[null, 'reason', 'required'], ['ab', 'X-Access-Reason', 'too_short'],
      ['x'.repeat(201), 'X-Access-Reason', 'too_long']]) {
      const answer = await read(OFFICER, now, what, reason);
      assert.equal(answer.status, 400, `${what}: ${reason}`);
      assert.deepEqual(answer.body.errors.map((error) => [error.field, error.code]), [[field, code]]);
    }
  }
  const both = await read(OFFICER, now, 'report?reason=ab');
  assert.deepEqual([both.status, both.body.errors?.[0].field], [400, 'reason']);
  assert.deepEqual((await accesses({ case: now.case_id })).items, []);
  const why = encodeURIComponent('Kiểm tra theo đơn');
  assert.equal((await desk.get(OFFICER, `/cases/${now.case_id}/report?reason=${why}`)).status, 200);
  const { items } = await accesses({ case: now.case_id });
  assert.equal(items[0].reason, 'Kiểm tra theo đơn');
});

test('every reading is in the log: who, what, when and why; what was refused is not', async () => {
  const now = await desk.opened(FOCAL, REPORT);
  const from = new Date().toISOString();
  for (const what of ['report', 'print', 'audit', 'notes']) {
    assert.equal((await read(OFFICER, now, what, `De xem ${what}`)).status, 200);
  }
  await read(AUDITOR, now, 'report', 'Kiem soat');
  await read(FAR, now, 'report');
  const { items } = await accesses({ case: now.case_id });
  assert.deepEqual(items.map(({ account, what, reason, roles, unit }) => [account, what, reason, roles, unit]), [
    ['phuong', 'report', 'Kiem soat', 'auditor', 'HN'], ['binh', 'notes', 'De xem notes', 'officer', WARD],
    ['binh', 'audit', 'De xem audit', 'officer', WARD], ['binh', 'print', 'De xem print', 'officer', WARD],
    ['binh', 'report', 'De xem report', 'officer', WARD]]);
  assert.ok(items.every((item) => item.case_id === now.case_id && /^[0-9a-f]{32}$/.test(item.trace)));
  assert.equal((await accesses({ case: now.case_id, account: 'binh' })).items.length, 4);
  assert.equal((await accesses({ account: 'binh', from })).items.length, 4);
  assert.equal((await accesses({ account: 'binh', until: from, from })).items.length, 0);
  assert.deepEqual((await accesses({ from })).items, items);
  const never = '1970-01-01T00:00:00Z';
  assert.deepEqual((await accesses({ case: now.case_id, from: never })).items, items);
  assert.deepEqual((await accesses({ case: now.case_id, until: never })).items, []);
  const pages = [];
  for (let cursor = ''; cursor !== undefined;) {
    const page = await accesses({ case: now.case_id, limit: 2, ...(cursor && { cursor }) });
    pages.push(page.items);
    cursor = page.next;
  }
  assert.deepEqual(pages.map((page) => page.length), [2, 2, 1]);
  assert.deepEqual(pages.flat(), items);
});

test('the log is for auditors and administrators, and cannot be rewritten', async () => {
  assert.equal((await desk.get(ADMINISTRATOR, '/access-log')).status, 200);
  for (const who of [OFFICER, FOCAL, CITIZEN]) assert.equal((await desk.get(who, '/access-log')).status, 403);
  assert.equal((await desk.get(null, '/access-log')).status, 401);
  for (const query of ['case=x', 'from=now', 'until=x', 'account=', 'limit=0', 'cursor=x']) {
    const answer = await desk.get(AUDITOR, `/access-log?${query}`);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.errors[0].field, query.split('=')[0]);
  }
  await assert.rejects(desk.db.query('DELETE FROM access_log'), /only ever added to/);
  await assert.rejects(desk.db.query("UPDATE access_log SET reason = ''"), /only ever added to/);
  await assert.rejects(desk.db.query('TRUNCATE access_log'), /only ever added to/);
});

test('a case is printed as a page without scripts, in which what people write stays text', async () => {
  const now = await resolved();
  const page = await read(OFFICER, now, 'print');
  assert.equal(page.status, 200);
  assert.equal(page.type, 'text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy');
  const [, nonce] = /style-src 'nonce-([0-9a-f]{64})'/.exec(policy);
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /script-src|unsafe/);
  assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
  assert.equal(page.headers.get('cache-control'), 'no-store');
  const html = page.body;
  assert.match(html, /^<!DOCTYPE html>\n<html lang="vi">/);
  assert.ok(html.includes(`<style nonce="${nonce}">@page{size:A4`));
  assert.equal(html.match(/<\/style>/g).length, 1);
  assert.doesNotMatch(html, /<script|<b>|javascript:/i);
  assert.ok(html.includes('Rác &lt;b&gt;chất đống&lt;/b&gt; &amp; &quot;bốc mùi&quot; &#39; &lt;/style&gt;'));
  assert.ok(html.includes('src="https://media.ihanoi.example/truoc.jpg?a=1&amp;b=&quot;2&quot;"'));
  for (const text of [now.ticket, 'Đã dọn sạch.', '5 Hàng Trống', 'Hoàn Kiếm', 'Đã xử lý', AFTER,
    '<h2>Quá trình xử lý</h2>', 'Mở vụ việc', 'Tiếp nhận', 'Phân công', 'Có kết quả xử lý']) {
    assert.ok(html.includes(text), text);
  }
  const [left, right] = [html.indexOf('<p>Trước</p>'), html.indexOf('<p>Sau</p>')];
  assert.ok(left < html.indexOf('truoc.jpg') && html.indexOf('truoc.jpg') < right);
  assert.ok(right < html.indexOf('sau.jpg', right));
  assert.notEqual((await read(OFFICER, now, 'print')).headers.get('content-security-policy'), policy);
});

test('the page tells of hand-overs, tasks and refusals', async () => {
  let now = await desk.opened(FOCAL, REPORT);
  now = await act(FOCAL, now, 'return', { reason: { text: 'Không thuộc địa bàn' }, proposed_unit: '00082' });
  const next = { role: 'focal_point', unit: '00082', sub: 'nga' };
  now = (await desk.get(next, `/cases/${now.case_id}`)).body;
  now = await act(next, now, 'add_task', { unit: WARD, note: 'Nhờ phối hợp' });
  now = await act(next, now, 'reject', { reason: { class: 'unclear', text: 'Không rõ vị trí' } });
  const { body: html } = await read(next, now, 'print');
  for (const text of ['Chuyển giao giữa các đơn vị', 'Không thuộc địa bàn', 'Đơn vị phối hợp',
    'Nhờ phối hợp', 'Lý do: Không rõ vị trí', 'Từ chối']) assert.ok(html.includes(text), text);
});

test('the control office sees before and after side by side', async () => {
  const now = await resolved();
  const { status, body } = await read(AUDITOR, now, 'audit');
  assert.equal(status, 200);
  assert.deepEqual(body.before.pictures, [BEFORE]);
  assert.deepEqual(body.after.pictures, [AFTER]);
  assert.deepEqual([body.before.text, body.before.title, body.before.address], [WORDS, 'Điểm rác', '5 Hàng Trống']);
  assert.deepEqual([body.after.text, body.after.by], ['Đã dọn sạch.', 'binh']);
  assert.deepEqual([body.ticket, body.version, body.state, body.phase], [now.ticket, 4, 'resolved', 'resolved']);
  assert.ok(['none', 'pending'].includes(body.audit.state));
  assert.deepEqual(body.allowed.includes('pass_audit'), body.audit.state === 'pending');
  const open = await desk.opened(FOCAL, REPORT);
  assert.equal((await read(AUDITOR, open, 'audit')).body.after, undefined);
  assert.equal((await read(AUDITOR, { case_id: uuid7() }, 'audit')).status, 404);
});
