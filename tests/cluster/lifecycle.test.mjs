// SPDX-License-Identifier: Apache-2.0
// The life of a report through all four services, seen from outside by everyone who takes part.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { request } from 'undici';
import { compiler } from '../contract/contracts.mjs';
import { Cluster, OUTSIDE, SYSTEM } from './cluster.mjs';
import { logPlans, scansOfLargeTables } from './plans.mjs';

const cluster = new Cluster();
const contract = compiler('draft-07');
const RESULT = { result: { text: 'Đã giải tỏa.', evidence: ['https://anh.ihanoi.example/1.jpg'] } };
let spoken; // every event of the topics that the tests look at

before(async () => {
  await cluster.start();
  await logPlans(cluster);
  spoken = await cluster.topics.listen(['city.submissions.v1', 'city.cases.v1',
    'city.deliveries.v1', 'analytics.units.v1', 'analytics.indicators.v1']);
});
after(() => cluster.stop());

async function filed(report, options) {
  const answer = await cluster.file(report, options);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

// Filed and routed: {receipt, id}.
async function opened(report, options) {
  const receipt = await filed(report, options);
  const answer = await cluster.caseOf(receipt.id);
  assert.equal(answer.status, 200, answer.text);
  return { receipt, id: receipt.id, snapshot: answer.json };
}

async function done(id, action, version, body, as) {
  const answer = await cluster.command(id, action, version, body, as);
  assert.equal(answer.status, 200, `${action}: ${answer.text}`);
  assert.equal(answer.headers.etag, `"${version + 1}"`);
  return answer.json;
}

function problem(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.code, code);
  return answer.json;
}

describe('a report from filing to result', () => {
  const citizen = { role: 'citizen', sub: 'lien', email: 'lien@ihanoi.example' };
  let id;
  let receipt;

  test('is answered with a ticket and a promise', async () => {
    ({ id, receipt } = await opened({}, { as: citizen }));
    assert.match(receipt.ticket, /^HN-\d{4}-\d{7,}-[0-9A-Z]$/);
    assert.equal(receipt.state, 'submitted');
    assert.ok(receipt.receive_by > receipt.submitted_at);
    assert.ok(receipt.receive_rule.source);
  });

  test('is routed to the ward of its place, with the deadline that was promised', async () => {
    const { json } = await cluster.caseOf(id, 'focal_point');
    assert.equal(json.state, 'received');
    assert.equal(json.unit, '00070');
    assert.equal(json.queue, 'unit');
    assert.equal(json.receive_due, receipt.receive_by);
    assert.equal(json.version, 1);
  });

  test('is accepted, assigned, started and resolved by those whose task it is', async () => {
    assert.equal((await done(id, 'accept', 1)).state, 'accepted');
    assert.equal((await done(id, 'assign', 2, { assignee: 'demo-officer' })).state, 'assigned');
    assert.equal((await done(id, 'start', 3, {}, 'officer')).state, 'in_progress');
    const resolved = await done(id, 'resolve', 4, RESULT, 'officer');
    assert.equal(resolved.state, 'resolved');
    assert.ok(resolved.resolved_at >= resolved.accepted_at);
  });

  test('shows its reporter each step', async () => {
    const { json } = await cluster.view(id, 5, citizen);
    assert.equal(json.case.version, 5);
    assert.equal(json.case.state, 'resolved');
    assert.equal(json.case.result.text, RESULT.result.text);
    assert.equal(json.case.unit.name.vi, 'Phường Hoàn Kiếm');
    assert.deepEqual(json.timeline.map((step) => step.version), [1, 2, 3, 4, 5]);
    assert.deepEqual(json.timeline.map((step) => step.action),
      ['open', 'accept', 'assign', 'start', 'resolve']);
  });

  test('is told on Kafka: versions in order under its key', async () => {
    const events = await cluster.waitFor('five events', () => {
      const own = spoken.filter((e) => e.topic === 'city.cases.v1' && e.key === id);
      return own.length === 5 && own;
    });
    assert.deepEqual(events.map((e) => e.data.version), [1, 2, 3, 4, 5]);
    assert.equal(new Set(events.map((e) => e.id)).size, 5);
    assert.equal(new Set(events.map((e) => e.partition)).size, 1);
  });

  test('is mailed to its reporter: acknowledgment first, result last', async () => {
    const mails = await cluster.waitFor('the mail of the result', async () => {
      const all = await cluster.mailsTo(citizen.email);
      return all.some((m) => m.text.includes(RESULT.result.text)) && all;
    });
    assert.ok(mails[0].text.includes(receipt.ticket), mails[0].text);
    assert.equal(new Set(mails.map((m) => m.headers['message-id'])).size, mails.length);
  });

  test('is in the inbox of its reporter, and of nobody else', async () => {
    const read = async (as) => (await cluster.call('notification', 'GET',
      '/api/notification/messages?limit=200', { as })).json.items;
    const own = await cluster.waitFor('the message of the result', async () => {
      const items = await read(citizen);
      return JSON.stringify(items).includes(RESULT.result.text) && items;
    });
    assert.ok(JSON.stringify(own).includes(receipt.ticket));
    const others = await read({ role: 'citizen', sub: 'nobody', email: 'n@ihanoi.example' });
    assert.deepEqual(others, []);
  });

  test('is read with another’s eyes as if it were not there', async () => {
    const other = { role: 'citizen', sub: 'stranger', email: 's@ihanoi.example' };
    problem(await cluster.view(id, 0, other), 404, 'unknown_submission');
  });
});

test('mail and message come in the language of the report', async () => {
  const citizen = { role: 'citizen', sub: 'john', email: 'john@ihanoi.example' };
  const { receipt } = await opened({ language: 'en' }, { as: citizen });
  const vietnamese = { role: 'citizen', sub: 'tuan', email: 'tuan@ihanoi.example' };
  await opened({ language: 'vi' }, { as: vietnamese });
  const first = async ({ email }) => cluster.waitFor(`mail to ${email}`,
    async () => (await cluster.mailsTo(email))[0]);
  const english = await first(citizen);
  assert.match(`${english.subject} ${english.text}`, /report/i);
  assert.ok(english.text.includes(receipt.ticket));
  const other = await first(vietnamese);
  assert.match(`${other.subject} ${other.text}`, /phản ánh/i);
});

test('a message appears on the open stream of its reporter', async () => {
  const citizen = { role: 'citizen', sub: 'streamer', email: 'streamer@ihanoi.example' };
  const { body, statusCode } = await request(
    `${cluster.stack.url('notification')}/api/notification/messages/stream`,
    { headers: { ...await cluster.credentials(citizen), accept: 'text/event-stream' } });
  assert.equal(statusCode, 200);
  let text = '';
  body.on('data', (part) => { text += part; });
  body.on('error', () => {}); // we go away first
  const { receipt } = await opened({}, { as: citizen });
  await cluster.waitFor('the message', () => text.includes(receipt.ticket));
  assert.match(text, /^id: /m);
  assert.match(text, /^data: \{/m);
  body.destroy();
});

describe('who may do what', () => {
  let id;
  before(async () => { ({ id } = await opened()); });

  test('a command without If-Match is 428', async () => {
    problem(await cluster.command(id, 'accept'), 428, 'if_match_required');
  });

  test('a citizen may not command: 403; nobody is 401', async () => {
    problem(await cluster.command(id, 'accept', 1, {}, 'citizen'), 403, 'forbidden');
    assert.equal((await cluster.call('routing', 'POST', `/api/routing/cases/${id}/accept`,
      { body: {}, headers: { 'if-match': '"1"' } })).status, 401);
  });

  test('for the desk of another ward the case is not there: 404', async () => {
    const far = { role: 'focal_point', unit: '00004', sub: 'far' };
    problem(await cluster.command(id, 'accept', 1, {}, far), 404, 'case_not_found');
    problem(await cluster.caseOf(id, far), 404, 'case_not_found');
  });

  test('an action that the state does not allow is 422 and names those it does', async () => {
    const answer = problem(await cluster.command(id, 'resolve', 1, RESULT, 'administrator'),
      422, 'action_not_allowed');
    assert.ok(answer.allowed.includes('accept'), JSON.stringify(answer));
    assert.ok(!answer.allowed.includes('resolve'));
  });

  test('a stale version is 409 and shows the present one; a repeat is answered again', async () => {
    const once = await cluster.command(id, 'accept', 1);
    assert.equal(once.status, 200, once.text);
    const repeat = await cluster.command(id, 'accept', 1);
    assert.equal(repeat.status, 200);
    assert.equal(repeat.text, once.text);
    const stale = problem(await cluster.command(id, 'reject', 1,
      { reason: { class: 'other', text: 'Nhầm.' } }, 'supervisor'), 409, 'stale_version');
    assert.deepEqual(stale.current, { version: 2, state: 'accepted' });
  });

  test('of many desks that accept at once, one wins', async () => {
    const { id: other } = await opened();
    const subs = Array.from({ length: 8 }, (_, i) => ({ role: 'focal_point', unit: '00070', sub: `fp-${i}` }));
    await Promise.all(subs.map((who) => cluster.tokenOf(who)));
    const answers = await Promise.all(subs.map((who) => cluster.command(other, 'accept', 1, {}, who)));
    const statuses = answers.map((a) => a.status).sort();
    assert.deepEqual(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
  });
});

describe('a report that is handed over, asked about, contested and rated', () => {
  const citizen = { role: 'citizen', sub: 'hanh', email: 'hanh@ihanoi.example' };
  const here = { role: 'focal_point', unit: '00070', sub: 'fp-here' };
  const there = { role: 'focal_point', unit: '00004', sub: 'fp-there' };
  const officer = { role: 'officer', unit: '00004', sub: 'officer-there' };
  let id;
  const phases = [];

  async function step(action, body, as) {
    const { phase, version } = await done(id, action, phases.length, body, as);
    assert.equal(version, phases.push(phase));
  }

  before(async () => {
    ({ id } = await opened({}, { as: citizen }));
    phases.push('received');
    await step('return', { reason: { text: 'Thuộc phường bên.' }, proposed_unit: '00004' }, here);
    await step('accept', {}, there);
    await step('ask', { question: 'Ở số nhà nào?' }, there);
    await step('answer', { answer: 'Số 12.' }, citizen);
    await step('assign', { assignee: officer.sub }, there);
    await step('resolve', RESULT, officer);
    await step('reopen', { reason: { text: 'Lại hỏng rồi.' } }, citizen);
    await step('assign', { assignee: officer.sub }, there);
    await step('resolve', RESULT, officer);
    await step('rate', { rating: 'acceptable' }, citizen);
  });

  test('goes through the phases that others go by', () => {
    assert.deepEqual(phases, ['received', 'received', 'working', 'paused', 'working', 'working',
      'resolved', 'working', 'working', 'resolved', 'resolved']);
  });

  test('is shown to its reporter with trail, question, result and rating', async () => {
    const { json: view } = await cluster.view(id, phases.length, citizen);
    assert.deepEqual(view.timeline.map(({ phase }) => phase), phases);
    assert.deepEqual(view.case.handovers.map(({ from, to, reason }) => [from.code, to.code, reason]),
      [['00070', '00004', 'Thuộc phường bên.']]);
    assert.deepEqual(view.case.question,
      { asked: 'reporter', text: 'Ở số nhà nào?', answer: 'Số 12.' });
    assert.deepEqual(view.case.rating, { allowed: false, given: 'acceptable' });
    assert.equal(view.timeline[7].reason, 'Lại hỏng rồi.');
    assert.doesNotMatch(JSON.stringify(view), /fp-there|officer-there/);
  });

  test('is told to its reporter, who is asked to rate once', async () => {
    const wanted = ['acknowledged', 'returned', 'accepted', 'info_requested', 'assigned', 'resolved',
      'reopened', 'assigned', 'resolved'];
    const messages = await cluster.waitFor('all messages', async () => {
      const { json } = await cluster.call('notification', 'GET', '/api/notification/messages?limit=200',
        { as: citizen });
      return json.items.length === wanted.length && json.items.reverse();
    });
    assert.deepEqual(messages.map(({ about }) => about).sort(), wanted.toSorted());
    assert.equal(messages.filter(({ text }) => /đánh giá kết quả/.test(text)).length, 1);
    assert.ok(messages.find(({ about }) => about === 'returned').text.includes('Thuộc phường bên.'));
  });

  test('counts where it was handed over, as reopened, and with evidence', async () => {
    const get = async (path) => (await cluster.call('analytics', 'GET', `/api/analytics/${path}`,
      { as: 'supervisor' })).json; // the public sees no sum over a single case
    const figure = async (code) => (await get(`indicators?code=${code}&unit=00004`)).items[0];
    // Between the reopening and the second result it counts as reopened, but not as resolved.
    await cluster.waitFor('the case, reopened and resolved again', async () =>
      (await figure('reopened'))?.numerator === 1 && (await figure('resolved_with_evidence'))?.value === 1);
    assert.equal((await figure('reopened')).denominator, 1);
    assert.equal((await get('units/00070')).handovers.returned, 1);
    assert.equal((await get('units/00004')).handovers.received, 1);
    assert.equal((await figure('handed_over_often')).numerator, 0);
  });

  test('is told on Kafka in events that keep their contract', async () => {
    const events = await cluster.waitFor('all events', () => {
      const own = spoken.filter((e) => e.topic === 'city.cases.v1' && e.key === id);
      return own.length === phases.length && own;
    });
    for (const event of events) {
      const validate = contract.getSchema(`https://schemas.ihanoi.example/events/${event.type}`);
      assert.ok(validate(event.data), `${event.type}: ${JSON.stringify(validate.errors)}`);
    }
  });
});

test('a point outside of the city’s units waits at the city office, and is routed from there', async () => {
  const { id, snapshot } = await opened({ location: OUTSIDE });
  assert.equal(snapshot.queue, 'unroutable');
  assert.equal(snapshot.unit, undefined);
  const list = await cluster.call('routing', 'GET', '/api/routing/cases?queue=unroutable&limit=200',
    { as: 'city_office' });
  assert.ok(list.json.items.some((item) => (item.case_id ?? item.id) === id), list.text);
  problem(await cluster.command(id, 'route', 1, { unit: '00070' }), 404, 'case_not_found');
  const routed = await done(id, 'route', 1, { unit: '00070', note: 'Thuộc Hoàn Kiếm.' }, 'city_office');
  assert.equal(routed.unit, '00070');
  assert.equal(routed.queue, 'unit');
  await done(id, 'accept', 2);
});

test('a point close to a border is flagged with the unit beyond', async () => {
  const { features } = JSON.parse(
    readFileSync('services/routing/reference/boundaries.geojson', 'utf8'));
  const ward = features.find((f) => f.properties.code === '00070').geometry.coordinates[0];
  const [lon, lat] = ward[0]; // a corner, where at least two units meet
  const { snapshot } = await opened({ location: { lat, lon } });
  assert.equal(snapshot.near_border, true);
  assert.ok(snapshot.near_area);
  assert.notEqual(snapshot.near_area, snapshot.area);
});

describe('Idempotency-Key', () => {
  test('repeats get the same bytes, also when they come at once', async () => {
    const key = randomUUID();
    const first = await cluster.file({}, { key });
    const again = await Promise.all(Array.from({ length: 5 }, () => cluster.file({}, { key })));
    for (const answer of again) {
      if (answer.status === 409) continue; // one of the same key was under way
      assert.equal(answer.status, 201);
      assert.equal(answer.text, first.text);
    }
    assert.equal((await cluster.file({}, { key })).text, first.text);
  });

  test('another body under the same key is 422; another person’s key is another key', async () => {
    const key = randomUUID();
    const first = await filed({}, { key });
    problem(await cluster.file({ description: 'Khác.' }, { key }), 422, 'idempotency_key_reused');
    const other = await filed({}, { key, as: { role: 'citizen', sub: 'else', email: 'e@ihanoi.example' } });
    assert.notEqual(other.id, first.id);
  });

  test('of ten first requests at once, one is stored', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, () => cluster.file({}, { key })));
    const bodies = new Set(answers.filter((a) => a.status === 201).map((a) => a.text));
    assert.equal(bodies.size, 1);
    assert.ok(answers.every((a) => a.status === 201 || a.status === 409));
  });
});

test('what cannot be taken is refused with the field’s name', async () => {
  const answer = await cluster.file({ category: 'no-such-thing' });
  problem(answer, 400, 'invalid_input');
  assert.deepEqual(answer.json.errors.map((e) => e.field), ['category']);
  assert.match(answer.json.errors[0].detail, /categories/); // where the known ones are
  const far = problem(await cluster.file({ location: { lat: 48.85, lon: 2.35 } }), 400, 'invalid_input');
  assert.match(far.errors[0].field, /^location/);
  const without = problem(await cluster.file({ description: undefined }), 400, 'invalid_input');
  assert.deepEqual(without.errors.map((e) => e.field), ['description']);
});

test('min_version waits until the version is there, and not longer than asked', async () => {
  const { id } = await opened();
  const waiting = cluster.call('intake', 'GET',
    `/api/intake/submissions/${id}?min_version=2&wait_ms=8000`, { as: 'citizen' });
  await done(id, 'accept', 1);
  assert.equal((await waiting).json.case.version, 2);
  const start = Date.now();
  const late = await cluster.call('intake', 'GET',
    `/api/intake/submissions/${id}?min_version=9&wait_ms=300`, { as: 'citizen' });
  assert.equal(late.json.case.version, 2);
  assert.ok(Date.now() - start >= 290 && Date.now() - start < 2000);
});

describe('Open311', () => {
  let ticket;
  const call = (method, path, options) => cluster.call('intake', method, `/open311/v2/${path}`, options);

  test('lists services in XML and JSON', async () => {
    const json = (await call('GET', 'services.json')).json;
    const { text } = await call('GET', 'services.xml');
    assert.ok(json.length >= 10);
    for (const { service_code: code } of json) {
      assert.ok(text.includes(`<service_code>${code}</service_code>`), code);
    }
  });

  test('takes a request and shows it open, then closed', async () => {
    const posted = await call('POST', 'requests.json', { body: new URLSearchParams({
      api_key: 'demo-key', service_code: 'ha-tang', lat: '21.0287', long: '105.8524',
      description: 'Cây đổ', email: 'open311@ihanoi.example' }) });
    assert.equal(posted.status, 200, posted.text);
    ticket = posted.json[0].service_request_id;
    assert.match(ticket, /^HN-/);
    assert.equal((await call('GET', `requests/${ticket}.json`)).json[0].status, 'open');

    const { id } = await cluster.waitFor('the event', () => spoken.find((e) => e.data?.ticket === ticket
      && e.topic === 'city.cases.v1')).then((e) => ({ id: e.key }));
    await done(id, 'accept', 1, {}, 'administrator');
    await done(id, 'assign', 2, { assignee: 'demo-officer' }, 'administrator');
    await done(id, 'resolve', 3, RESULT, 'administrator');
    await cluster.view(id, 4, SYSTEM);
    const xml = await call('GET', `requests/${ticket}.xml`);
    assert.match(xml.headers['content-type'], /xml/);
    assert.match(xml.text, /<status>closed<\/status>/);
    assert.ok(xml.text.includes(ticket));
  });

  test('answers errors in its own form', async () => {
    const xml = await call('GET', 'requests/HN-2026-0000000-X.xml');
    assert.equal(xml.status, 404);
    assert.match(xml.text, /<errors>\s*<error>\s*<code>404<\/code>/);
    const json = await call('POST', 'requests.json', { body: new URLSearchParams({
      service_code: 'ha-tang', lat: '21.0287', long: '105.8524', description: 'x' }) });
    assert.ok([401, 403].includes(json.status), json.text);
    assert.equal(json.json[0].code, json.status);
  });

  test('keeps sensitive reports out of the public list', async () => {
    const { ticket: secret } = await filed({ category: 'an-ninh-trat-tu' });
    const { text } = await call('GET', 'requests.json?service_code=an-ninh-trat-tu');
    assert.ok(!text.includes(secret));
    assert.equal((await call('GET', `requests/${secret}.json`)).status, 404);
  });
});

describe('figures', () => {
  // What the events say, by (unit, category, state): the last version of each case.
  function recount() {
    const last = new Map();
    for (const { topic, data } of spoken) {
      if (topic !== 'city.cases.v1') continue;
      if ((last.get(data.case_id)?.version ?? 0) < data.version) last.set(data.case_id, data);
    }
    return [...last.values()].filter((c) => c.unit === '00070');
  }

  test('of a unit agree with the events, over HTTP and on the topic', async () => {
    await cluster.waitFor('the counts', async () => {
      const { json } = await cluster.call('analytics', 'GET', '/api/analytics/units/00070',
        { as: 'supervisor' });
      const newest = spoken.findLast((e) => e.topic === 'analytics.units.v1' && e.key === '00070');
      const told = newest?.data ?? json; // so few that the public must not see them are not on the topic
      const expected = Object.entries(Object.groupBy(recount(), (c) => c.state));
      return expected.length > 1 && expected.every(([state, cases]) => (
        json.counts[state] === cases.length && told.counts[state] === cases.length));
    });
  });

  test('of punctuality carry numerator, denominator and definition', async () => {
    const { json } = await cluster.call('analytics', 'GET',
      '/api/analytics/indicators?code=received_on_time&unit=00070', { as: 'supervisor' });
    const [figure] = json.items ?? [json];
    assert.ok(figure.denominator >= figure.numerator);
    assert.ok(figure.numerator > 0);
    assert.ok(figure.formula.vi && figure.formula.en, JSON.stringify(figure));
    assert.ok(figure.definition_version);
    assert.ok(figure.source);
    assert.deepEqual(figure.unit_sets, ['30-districts', '126-units'], 'who had it on its days');
  });

  test('of a district, and of a ward, name the division that they are of', async () => {
    const figures = async (query) => (await cluster.call('analytics', 'GET', `/api/analytics/${query}`, { as: 'supervisor' })).json;
    assert.deepEqual((await figures('indicators?code=processed&area=00070')).items[0].unit_sets, ['126-units']);
    const { unit_sets: sets, items } = await figures('comparison?code=processed&by=district');
    assert.deepEqual([sets, items], [['30-districts'], []], 'nothing was before 2025-07-01');
  });
});

// All of the above, on tables so new that PostgreSQL has no statistics of them.
test('no statement reads a large table from end to end', () => {
  const scans = scansOfLargeTables(cluster);
  const seen = new Set(scans.map(({ table }) => table));
  for (const table of ['submission', 'submission_case', 'submission_step', 'case_current',
    'case_history', 'fact', 'delivery', 'outbox']) {
    assert.ok(seen.has(table), `no statement reads ${table}: are the plans logged?`);
  }
  assert.deepEqual(scans.filter(({ good }) => !good), []);
});

test('routing and notification count as analytics does', async () => {
  const { code, stdout } = await cluster.verb('analytics', 'reconcile').catch((error) => error);
  assert.match(stdout, /^cases: [1-9]\d+ counts compared with those of routing, 0 differ$/m, stdout);
  assert.match(stdout, /^deliveries: 9 counts compared with those of notification, 0 differ$/m, stdout);
  assert.ok(!code);
});

test('nothing crashed', () => assert.deepEqual(cluster.crashes, []));
