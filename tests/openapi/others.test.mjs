// SPDX-License-Identifier: Apache-2.0
// intake, notification and analytics answer as their documents say, whatever they are asked. One cluster
// serves all three, so that there is something to be asked about.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { png } from '../service/intake/png.mjs';
import { DEMO_KEY } from '../../deploy/local/stack.mjs';
import { Cluster } from '../cluster/cluster.mjs';
import { message } from '../support/topics.mjs';
import { readDocument, testOperations, tryDocument } from './schemathesis.mjs';

const REPORTS = 6;
const HELD = 200; // released and discarded as the tests go on
const RESULT = { result: { text: 'Đã xong.', evidence: ['https://media.ihanoi.example/1.jpg'] } };
const INCIDENT = { incident_id: 'CAM-1', category: 'giao-thong', description: 'Cây đổ.',
  location: { lat: 21.02, lon: 105.85 }, occurred_at: '2026-11-24T11:20:58+07:00' };
const CATEGORIES = ['trat-tu-do-thi', 'giao-thong'];

const cluster = new Cluster({ environment: { THREAD_MESSAGES: '10000', THREAD_HOURLY: '10000' } });
const intake = await readDocument('intake');
const notification = await readDocument('notification');
const analytics = await readDocument('analytics');
const found = {};

// Reports of a resident that became cases, the first of them resolved.
async function fileReports() {
  const filed = [];
  for (let i = 0; i < REPORTS; i += 1) {
    const answer = await cluster.file({ description: `Lấn chiếm vỉa hè, chỗ ${i}.` });
    assert.equal(answer.status, 201, answer.text);
    filed.push(answer.json);
  }
  const { id } = filed[0];
  await cluster.caseOf(id);
  await cluster.command(id, 'accept', 1);
  await cluster.command(id, 'assign', 2, { assignee: 'demo-officer' });
  await cluster.command(id, 'resolve', 3, RESULT, 'officer');
  assert.equal((await cluster.view(id, 4)).json.case.state, 'resolved');
  return filed;
}

// Reports of the API key, to be talked about: just filed, asked about, resolved.
async function fileTalks() {
  const talks = { open: [], asked: [], resolved: [] };
  for (let i = 0; i < 12; i += 1) {
    const answer = await cluster.file({ description: `Chuyện thứ ${i}.` }, { as: 'system' });
    assert.equal(answer.status, 201, answer.text);
    const { id } = answer.json;
    const state = Object.keys(talks)[i % 3];
    await cluster.caseOf(id);
    if (state !== 'open') {
      await cluster.command(id, 'accept', 1);
      await cluster.command(id, 'assign', 2, { assignee: 'demo-officer' });
      await cluster.command(id, ...(state === 'asked' ? ['ask', 3, { question: 'Ở đâu?' }] : ['resolve', 3, RESULT]), 'officer');
      assert.equal((await cluster.view(id, 4, 'system')).json.case.version, 4);
    }
    talks[state].push(answer.json);
  }
  return talks;
}

// weights: {who: weight}, who as cluster.mjs has it. not: {who: [operations that they leave alone]}.
const callers = (weights, not = {}) => Promise.all(Object.entries(weights).map(async ([who, weight]) => (
  { weight, headers: who === 'nobody' ? {} : await cluster.credentials(who), not: not[who] ?? [] })));

// A picture's links, each part of which may be asked for in its place.
async function uploadPicture() {
  const answer = await fetch(`${cluster.stack.url('intake')}/api/intake/media`,
    { method: 'POST', headers: await cluster.credentials('system'), body: png({}) });
  const { id, links } = await answer.json();
  return { id, query: Object.fromEntries(new URL(links.full, 'http://x').searchParams) };
}

// What a camera brings to the topic with its coordinates swapped, for administrators to decide about.
async function quarantine() {
  const source = 'https://camera.example/hanoi', type = 'vn.hanoi.incident.reported.v1';
  const data = { ...INCIDENT, location: { lat: 105.85, lon: 21.02 } };
  await cluster.topics.publish(Array.from({ length: HELD }, (_, n) =>
    message('city.inbound.v1', type, `CAM-${n}`, data, { source })));
  const rows = await cluster.waitFor('they lie in quarantine', async () => {
    const found = await cluster.database('intake', 'SELECT id FROM quarantine');
    return found.length === HELD && found;
  });
  return rows.map(({ id }) => id);
}

async function tryIntake(filed, talks) {
  const held = await quarantine();
  const talk = (path, state) => ({ path: `/api/intake/submissions/{id}/${path}`, in: 'path', name: 'id',
    values: talks[state].map((report) => report.id) });
  const picture = await uploadPicture();
  const ids = filed.map((report) => report.id);
  const tickets = filed.map((report) => report.ticket);
  const page = await cluster.call('intake', 'GET', '/api/intake/submissions?limit=2', { as: 'citizen' });
  const dates = [0, 30, 60].map((days) => new Date(Date.now() - days * 86400000).toISOString());
  return tryDocument(intake, { base: cluster.stack.url('intake'),
    callers: await callers({ system: 12, citizen: 4, administrator: 6, nobody: 1 },
      { citizen: ['POST /api/intake/submissions'], administrator: ['POST /api/intake/submissions'] }),
    values: [
      { path: '/api/intake/submissions/{id}', in: 'path', name: 'id', values: ids },
      talk('supplements', 'open'), talk('withdrawal', 'open'), talk('answers', 'asked'), talk('rating', 'resolved'),
      talk('reopening', 'resolved'), talk('thread', 'asked'),
      { path: '/api/intake/submissions/{id}/', in: 'header', name: 'If-Match', values: ['"0"', '"1"', '"4"'], share: 1 },
      { path: '/api/intake/submissions/{id}', in: 'query', name: 'wait_ms', values: [0, 10], share: 1 },
      { path: '/api/intake/submissions/{id}', in: 'query', name: 'min_version', values: [0, 1], share: 0.99 },
      { path: '/api/intake/submissions', in: 'query', name: 'cursor', values: [page.json.next, ''], share: 1 },
      { path: '/api/intake/submissions', in: 'body', name: 'category', values: CATEGORIES, share: 1 },
      { path: '/api/intake/records', in: 'query', name: 'type', values: ['parking', 'warning'], share: 0.9 },
      { path: '/api/intake/quarantine/{id}', in: 'path', name: 'id', values: held },
      { path: '/api/intake/quarantine', in: 'query', name: 'cursor', values: [''], share: 1 },
      { path: '/api/intake/quarantine/{id}/fix', in: 'body', name: 'data', values: [INCIDENT], share: 1 },
      { path: '/api/intake/media/{id}', in: 'path', name: 'id', values: [picture.id] },
      ...Object.entries(picture.query).map(([name, value]) => (
        { path: '/api/intake/media/{id}', in: 'query', name, values: [value], share: 0.9 })),
      { path: '/api/intake/moderation', in: 'path', name: 'id', values: ids },
      { path: '/api/intake/public/submissions', in: 'path', name: 'id', values: [...ids, ...tickets] },
      { path: '/api/intake/public/submissions', in: 'query', name: 'bbox', values: ['105,20,106,21.5'], share: 1 },
      { path: '/api/intake/public/submissions', in: 'query', name: 'category', values: CATEGORIES, share: 1 },
      { path: '/open311/v2/services', in: 'path', name: 'code', values: CATEGORIES },
      { path: '/open311/v2/requests', in: 'body', name: 'media_url', values: [['https://anh.example/1.jpg']], share: 1 },
      { path: '/open311/v2/requests', in: 'path', name: 'id', values: tickets },
      { path: '/open311/v2/tokens', in: 'path', name: 'token', values: tickets },
      { path: '/open311/v2/servicerequestupdates', in: 'body', name: 'service_request_id',
        values: talks.asked.map((report) => report.ticket) }, // which nobody withdraws
      // What may be reopened, and which id was used for what, no schema can tell.
      { path: '/open311/v2/servicerequestupdates', in: 'body', name: 'status', values: ['OPEN', 'FIXED', ''], share: 1 },
      { path: '/open311/v2/servicerequestupdates', in: 'body', name: 'update_id', values: [''], share: 1 },
      { path: '/open311/v2/servicerequestupdates', in: 'body', name: 'media_url', values: [['https://anh.example/1.jpg']], share: 1 },
      { path: '/open311/v2/servicerequestupdates', in: 'query', name: 'start_date', values: dates, share: 1 },
      { path: '/open311/v2/servicerequestupdates', in: 'query', name: 'end_date', values: dates, share: 1 },
      { path: '/open311/v2/servicerequestupdates', in: 'query', name: 'page', values: [1, 2, 5, ''], share: 1 },
      { path: '/open311/v2/requests', in: 'query', name: 'service_request_id', values: tickets, share: 0.3 },
      { path: '/open311/v2/requests', in: 'query', name: 'start_date', values: dates, share: 1 },
      { path: '/open311/v2/requests', in: 'query', name: 'end_date', values: dates, share: 1 },
      { path: '/open311/v2/requests', in: 'query', name: 'updated_after', values: dates, share: 1 },
      { path: '/open311/v2/requests', in: 'query', name: 'updated_before', values: dates, share: 1 },
      { path: '/open311/v2/requests', in: 'query', name: 'bbox', values: ['105,20,106,21.5', ''], share: 1 },
      { path: '/open311/v2/requests', in: 'query', name: 'page', values: [1, 2, 5, ''], share: 1 },
      { path: '/open311/v2/requests', in: 'body', name: 'service_code', values: CATEGORIES },
    ], beyond: ['If-Match malformed'] });
}

async function tryNotification(filed) {
  const ids = filed.map((report) => report.id);
  const inbox = await cluster.waitFor('the resident has messages', async () => {
    const answer = await cluster.call('notification', 'GET', '/api/notification/messages?limit=3', { as: 'citizen' });
    return answer.json?.items.length === 3 && answer.json;
  });
  return tryDocument(notification, { base: cluster.stack.url('notification'),
    callers: await callers({ citizen: 8, auditor: 6, focal_point: 2, system: 1 }),
    values: [
      { path: '/api/notification/messages', in: 'path', name: 'id', values: inbox.items.map((item) => item.id) },
      { path: '/api/notification', in: 'query', name: 'cursor', values: [inbox.next, ''], share: 1 },
      { path: '/api/notification/deliveries', in: 'query', name: 'case_id', values: ids },
    ] });
}

// A survey, as intake will tell of one.
async function tellSurvey() {
  const { data } = JSON.parse(readFileSync('proto/examples/vn.hanoi.survey.opened.v1/minimal.json', 'utf8'));
  await cluster.topics.publish([message('city.surveys.v1', 'vn.hanoi.survey.opened.v1', data.survey_id, data)]);
  await cluster.waitFor('the survey', async () => (
    await cluster.call('analytics', 'GET', `/api/analytics/surveys/${data.survey_id}`)).status === 200);
  return data.survey_id;
}

async function tryAnalytics() {
  const survey = await tellSurvey();
  return tryDocument(analytics, { base: cluster.stack.url('analytics'),
    callers: await callers({ nobody: 8, auditor: 3 }),
    values: [
      { path: '/api/analytics', in: 'path', name: 'code', values: ['00070', 'HN'] },
      { path: '/api/analytics', in: 'query', name: 'unit', values: ['00070'] },
      { path: '/api/analytics', in: 'query', name: 'category', values: CATEGORIES },
      { path: '/api/analytics', in: 'query', name: 'code', values: ['resolved_on_time'], share: 1 },
      { path: '/api/analytics/assessments', in: 'path', name: 'code', values: ['sipas', 'par-index'] },
      { path: '/api/analytics/cases', in: 'query', name: 'cursor', values: [''], share: 1 },
      { path: '/api/analytics/surveys', in: 'path', name: 'id', values: [survey], share: 1 },
    ],
    // Which figures are kept, and which dates there are, no schema tells.
    beyond: ['not_kept', 'bad_period', 'out_of_range', ...['area', 'by', 'category', 'channel', 'code', 'district', 'level',
      'part', 'process', 'reason', 'receive_rule', 'resolve_rule', 'subject', 'team', 'unit'].map((name) => `${name} not_allowed`)] });
}

before(async () => {
  await cluster.start();
  const filed = await fileReports();
  found.intake = await tryIntake(filed, await fileTalks());
  found.notification = await tryNotification(filed);
  found.analytics = await tryAnalytics();
});
after(() => cluster.stop());

testOperations(intake, () => found.intake, cluster.stack.logFile('intake'));
testOperations(notification, () => found.notification, cluster.stack.logFile('notification'));
testOperations(analytics, () => found.analytics, cluster.stack.logFile('analytics'));

test('no service ended meanwhile', () => assert.deepEqual(cluster.crashes, []));
