// SPDX-License-Identifier: Apache-2.0
// Personal data is planted in whatever a person can say to the city, through every door, in good requests and in
// bad ones; then all topics, logs, metrics and public answers of the running cluster are searched for it.
// Where it may be is what proto/topics.yaml says of each topic, and nowhere else.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { proto, readYaml, services, topics } from '../contract/contracts.mjs';
import { Cluster, HOAN_KIEM, SYSTEM } from './cluster.mjs';
import { quiesce } from './evidence.mjs';

// Who people are and how they are reached: only on topics of the class contact, and there sealed.
const CONTACT = {
  email: 'lan.canary@ihanoi.example', name: 'Canaryname Thi Lan',
  'email of a key': 'minh.canary@example.com', 'phone of a key': '0987650001', 'name of a key': 'Canaryname Van Minh',
  'email of a form': 'hoa.canary@example.com', 'phone of a form': '0987650002', 'first name': 'Canaryfirst', 'last name': 'Canarylast',
  'caller of the hotline': 'Canaryname Thi Goi', 'phone of a caller': '0987650003',
  business: 'Canarytrade Co', 'tax code': '0100109106', representative: 'Canaryname Dai Dien',
  'email of an update': 'sau.canary@example.com', 'phone of an update': '0987650004',
};
// What the sign-in calls a person: on topics of the class pseudonymous and above.
const ACCOUNT = { account: 'canary-account-7' };
// What people write: on topics of the classes contact and free-text; never in public before a moderator let it through.
const WORDS = {
  title: 'Canarytitle 12', description: 'Canarywords 34', address: '7 Canarylane', answer: 'Canaryhabit 56', detail: 'Canarymatter 78',
  supplement: 'Canarymore 90', reply: 'Canaryreply 11', 'words of a form': 'Canaryform 22', 'words of an update': 'Canaryupdate 33',
  'words of a call': 'Canarycall 44', rating: 'Canaryrating 55', 'business matter': 'Canaryfirm 66', sensitive: 'Canaryhealth 77',
};
// What was refused, or is no field of ours: nowhere at all.
const REFUSED = { 'a bad body': 'Canarybroken 01', 'an unknown field': 'Canaryfield 02', 'a query': 'Canaryquery03', 'a path': 'Canarypath04',
  'a header': 'Canaryheader05', 'a key': 'Canarykey06' };

const digits = (text) => (/^0\d{9}$/.test(text) ? text.slice(1) : text); // a phone may be told as +84…
const planted = (table) => Object.entries(table).map(([what, text]) => ({ what, text: digits(text) }));
const found = (haystack, table) => planted(table).filter(({ text }) => haystack.includes(text)).map(({ what }) => what);

const EVERYTHING = { ...CONTACT, ...ACCOUNT, ...WORDS, ...REFUSED };
const MAY_HOLD = { pseudonymous: ACCOUNT, 'free-text': { ...ACCOUNT, ...WORDS }, contact: { ...ACCOUNT, ...WORDS, ...CONTACT } };
const resident = { role: 'citizen', sub: ACCOUNT.account, email: CONTACT.email, name: CONTACT.name };
const cluster = new Cluster();
const filed = []; // receipts

async function file(report, as) {
  const answer = await cluster.file(report, { as });
  assert.equal(answer.status, 201, answer.text);
  filed.push(answer.json);
  return answer.json;
}

async function say(id, what, body, as) {
  const path = `/api/intake/submissions/${id}/${what}`;
  const answer = await cluster.call('intake', 'POST', path, { as, body });
  assert.equal(answer.status, 202, answer.text);
}

async function work(id, ...commands) {
  let version = (await cluster.caseOf(id)).json.version;
  for (const [action, body, as] of commands) {
    const answer = await cluster.command(id, action, version, body, as);
    assert.equal(answer.status, 200, answer.text);
    version = answer.json.version;
  }
  return version;
}

async function versionAfter(id, version) {
  await cluster.waitFor('the case moved', async () => (await cluster.caseOf(id)).json.version > version);
  return version + 1;
}

// From filing to the rating, with a question, an answer and a supplement between.
async function wholeLife() {
  const { id } = await file({ category: 'tieng-on', title: WORDS.title, description: WORDS.description,
    location: { ...HOAN_KIEM, address: WORDS.address },
    answers: { source: 'karaoke', heard_at: '2026-11-23T22:30:00+07:00', habit: WORDS.answer } }, resident);
  let version = await work(id, ['accept'], ['assign', { assignee: 'demo-officer' }], ['ask', { question: 'Ở đâu?' }, 'officer']);
  await cluster.view(id, version, SYSTEM);
  await say(id, 'answers', { text: WORDS.reply }, resident);
  version = await versionAfter(id, version);
  await say(id, 'supplements', { text: WORDS.supplement }, resident);
  await versionAfter(id, version);
  version = await work(id, ['resolve', { result: { text: 'Đã nhắc nhở.', evidence: ['https://media.ihanoi.example/1.jpg'] } }, 'officer']);
  await cluster.view(id, version, SYSTEM);
  await say(id, 'rating', { rating: 'dissatisfied', text: WORDS.rating }, resident);
}

function open311(path, fields) {
  return cluster.call('intake', 'POST', `/open311/v2/${path}.json`, { body: new URLSearchParams({ api_key: 'demo-key', ...fields }) });
}

async function byForm() {
  const answer = await open311('requests', { service_code: 'giao-thong', lat: '21.0287', long: '105.8524', description: WORDS['words of a form'],
    email: CONTACT['email of a form'], phone: CONTACT['phone of a form'], first_name: CONTACT['first name'], last_name: CONTACT['last name'] });
  assert.equal(answer.status, 200, answer.text);
  const ticket = answer.json[0].service_request_id;
  const [{ id }] = await cluster.database('intake', 'SELECT id FROM submission WHERE ticket = $1', [ticket]);
  filed.push({ id, ticket });
  const update = await open311('servicerequestupdates', { service_request_id: ticket, description: WORDS['words of an update'],
    email: CONTACT['email of an update'], phone: CONTACT['phone of an update'], first_name: CONTACT['first name'], last_name: CONTACT['last name'] });
  assert.equal(update.status, 200, update.text);
}

// Requests that are refused, each with something that nobody may write down.
async function inBadRequests() {
  const path = '/api/intake/submissions', as = resident;
  const rows = [
    ['POST', path, { as, body: `{"category": "giao-thong", "description": "${REFUSED['a bad body']}` }, 400],
    ['POST', path, { as, body: { category: 'giao-thong', description: 'x', location: HOAN_KIEM, [REFUSED['an unknown field']]: 1 } }, 400],
    ['POST', path, { as, body: { category: 'giao-thong', description: REFUSED['a bad body'], location: { lat: 1, lon: 1 } } }, 400],
    ['GET', `/api/intake/public/submissions?phone=${REFUSED['a query']}`, {}, 400],
    ['GET', `/api/intake/public/submissions/${REFUSED['a path']}`, {}, 404],
    ['GET', `/api/intake/${REFUSED['a path']}`, {}, 404],
    ['GET', path, { headers: { authorization: `Bearer ${REFUSED['a key']}` } }, 401],
    ['GET', path, { headers: { 'x-api-key': REFUSED['a key'] } }, 401],
    ['POST', path, { as, body: { category: 'giao-thong', description: 'x', location: HOAN_KIEM },
      headers: { 'idempotency-key': `${REFUSED['a header']}"` } }, 400],
  ];
  for (const [method, where, options, status] of rows) {
    const answer = await cluster.call('intake', method, where, options);
    assert.equal(answer.status, status, `${method} ${where}: ${answer.text}`);
  }
}

before(async () => {
  await cluster.start();
  await wholeLife();
  await byForm();
  await file({ description: 'Hè bị chiếm.', contact: { email: CONTACT['email of a key'], phone: CONTACT['phone of a key'], name: CONTACT['name of a key'] } }, SYSTEM);
  await file({ category: 'thu-tuc-hanh-chinh', description: WORDS['business matter'], location: undefined,
    business: { name: CONTACT.business, tax_code: CONTACT['tax code'], representative: CONTACT.representative } }, resident);
  await file({ category: 'tong-dai-1022', description: WORDS['words of a call'], location: undefined,
    details: { call_at: '2026-11-23T22:30:00+07:00', consent: 'verbal' },
    contact: { name: CONTACT['caller of the hotline'], phone: CONTACT['phone of a caller'] } }, 'hotline_operator');
  await file({ category: 'sang-kien', description: 'Sáng kiến.', location: undefined, answers: { benefit: WORDS.detail, stage: 'idea' } }, resident);
  await file({ category: 'y-te', description: WORDS.sensitive, anonymous: true }, resident);
  await inBadRequests();
  await quiesce(cluster);
}, { timeout: 180000 });
after(() => cluster.stop());

// Else nothing could be found, wherever it is.
test('what was planted came in', async () => {
  const rows = await cluster.database('intake', 'SELECT s::text AS text FROM submission s UNION ALL SELECT m::text FROM submission_message m');
  const text = rows.map((row) => row.text).join('\n');
  assert.deepEqual(found(text, WORDS), Object.keys(WORDS));
  const mails = JSON.stringify(await cluster.mailsTo(CONTACT['email of a key']));
  assert.deepEqual(found(mails, { address: CONTACT['email of a key'] }), ['address'], 'and contacts are of use');
});

test('a topic holds what its class says, in keys, headers and data', async () => {
  const all = await cluster.topics.read(Object.keys(topics));
  const wrong = new Set(), seen = new Set();
  for (const { topic, key, value, headers } of all) {
    const bytes = Buffer.concat([key, value, ...headers.flat()].filter((part) => part != null).map((part) => Buffer.from(part)));
    const holds = found(bytes, EVERYTHING);
    const allowed = MAY_HOLD[topics[topic].personal_data] ?? {};
    holds.forEach((what) => (what in allowed ? seen : wrong).add(`${topic}: ${what}`));
  }
  assert.deepEqual([...wrong], []);
  assert.ok(seen.has('city.submissions.v1: description'), [...seen].join());
});

test('what a person is reached by is sealed wherever it goes', async () => {
  const contacts = await cluster.topics.read(['city.contacts.v1']);
  assert.ok(contacts.length >= 4);
  for (const { key, value } of contacts) assert.deepEqual(found(Buffer.concat([key, value]), CONTACT), []);
});

test('nothing that was filed became a dead letter', async () => {
  const letters = Object.keys(topics).filter((topic) => topic.endsWith('.dlq'));
  assert.deepEqual(await cluster.topics.read(letters), []);
});

test('no log holds any of it', () => {
  const { logs } = cluster.stack;
  const names = readdirSync(logs);
  assert.ok(services.every((service) => names.some((name) => name.startsWith(service))), names.join());
  for (const name of names.filter((file) => !file.startsWith('mail') && !file.startsWith('idp'))) {
    assert.deepEqual(found(readFileSync(join(logs, name)), EVERYTHING), [], name);
  }
});

test('no metric holds any of it', async () => {
  for (const service of services) {
    const text = await (await fetch(`${cluster.stack.url(service)}/metrics`)).text();
    assert.match(text, /http_requests/);
    assert.deepEqual(found(text, EVERYTHING), [], service);
  }
});

const isPublic = ({ security }, document) => {
  const ways = security ?? document.security ?? [];
  return ways.length === 0 || ways.some((way) => Object.keys(way).length === 0);
};

const isStream = (operation) => 'text/event-stream' in (operation.responses[200]?.content ?? {});

// Every GET that needs no credentials, for each of the reports; of streams, or of what ends.
function publicPaths(service, streams) {
  const document = readYaml(proto('openapi', `${service}.yaml`));
  return Object.entries(document.paths).flatMap(([path, item]) => {
    const { get } = item.$ref ? document.components.pathItems[item.$ref.split('/').at(-1)] : item;
    if (get === undefined || !isPublic(get, document) || isStream(get) !== streams) return [];
    if (!path.includes('{')) return [path];
    return filed.map(({ id, ticket }) => path.replace(/\{(\w+)\}/g, (_, name) => ({ code: '00070', unit: '00070', token: ticket }[name]
      ?? (path.startsWith('/open311') ? ticket : id))));
  });
}

test('no public answer holds any of it', async () => {
  let answered = 0;
  for (const service of services) {
    for (const path of publicPaths(service, false)) {
      const extended = path.includes('/open311/v2/request') ? `${path}?extensions=true` : path;
      const answer = await cluster.call(service, 'GET', extended);
      assert.ok(answer.status < 500, `${path}: ${answer.text}`);
      answered += answer.status === 200 ? 1 : 0;
      const text = `${JSON.stringify(answer.headers)} ${answer.text}`;
      assert.deepEqual(found(text, { ...CONTACT, ...ACCOUNT, ...WORDS }), [], path);
    }
  }
  assert.ok(answered > 40, `${answered}`);
});

// From the first event that there is on, so that everything is told again.
test('no public stream holds any of it', async () => {
  const paths = services.flatMap((service) => publicPaths(service, true).map((path) => cluster.stack.url(service) + path));
  assert.ok(paths.length > 0);
  for (const path of paths) {
    const answer = await fetch(path, { headers: { 'last-event-id': '1' }, signal: AbortSignal.timeout(3000) });
    assert.equal(answer.status, 200, path);
    let text = '';
    await (async () => { for await (const chunk of answer.body) text += Buffer.from(chunk); })().catch(({ name }) => assert.equal(name, 'TimeoutError'));
    assert.match(text, /^event: figure$/m, path);
    assert.deepEqual(found(text, { ...CONTACT, ...ACCOUNT, ...WORDS }), [], path);
  }
});

test('nothing crashed', () => assert.deepEqual(cluster.crashes, []));
