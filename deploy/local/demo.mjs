// SPDX-License-Identifier: Apache-2.0
// make demo: residents report what bothers them, officials of the wards work on it, and in the end
// it is told what became of it all. Against a running `make run`.
//   COUNT=200 reports, RATE=10 a second, SEED=1: the same seed, the same day
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { requestToken } from '../idp/token.mjs';
import { sleep } from './process.mjs';
import { Random } from './random.mjs';
import { Reports } from './reports.mjs';
import { DEMO_KEY } from './stack.mjs';

const run = promisify(execFile);
const number = (name, fallback) => Number(process.env[name] || fallback);
const COUNT = number('COUNT', 200);
const RATE = number('RATE', 10);
const SEED = number('SEED', 1);
const OFFSET = number('OFFSET', 0); // of the ports, as for run.mjs

const url = (port) => `http://127.0.0.1:${port + OFFSET}`;
const INTAKE = url(8081);
const ROUTING = url(8082);
const ANALYTICS = url(8084);
const MAIL = url(8025);
const ISSUER = url(8090);

const RESIDENTS = ['Nguyễn Thu Hà', 'Trần Văn Bách', 'Lê Thị Cúc', 'Phạm Gia Đạt', 'Hoàng Yến Nhi',
  'Vũ Đức Long', 'Đặng Thùy Linh', 'Bùi Quang Minh'];
// Each reports some five times: nobody may do so without end in an hour, in the local run either.
const PEOPLE = Math.max(RESIDENTS.length, Math.ceil(COUNT / 5));
const RESULTS = ['Đã cử tổ công tác xử lý xong trong ngày.', 'Đã nhắc nhở, lập biên bản và khắc phục.',
  'Đã sửa chữa, mời người dân kiểm tra.'];
const REASONS = [
  { class: 'not_city', text: 'Việc này thuộc thẩm quyền của cơ quan khác.' },
  { class: 'unclear', text: 'Chưa rõ địa điểm, mong ông/bà bổ sung.' },
  { class: 'duplicate', text: 'Đã được phản ánh và đang xử lý.' },
];
// How far the desks get with a report before the demo ends.
const FATES = [{ weight: 55, steps: 4 }, { weight: 10, steps: 3 }, { weight: 8, steps: 2 },
  { weight: 7, steps: 1 }, { weight: 10, steps: 0 }, { weight: 10, isRejected: true }];

const random = new Random(SEED);
const reports = new Reports(random.fork());
const tokens = new Map();
const count = { sent: 0, routed: 0, acted: 0, problems: 0 };

async function tokenOf(person) {
  const key = JSON.stringify(person);
  if (!tokens.has(key)) tokens.set(key, requestToken({ issuer: ISSUER, ...person }));
  return tokens.get(key);
}

async function call(method, address, { as, body, headers = {} } = {}) {
  const credentials = as === undefined ? { 'x-api-key': DEMO_KEY }
    : { authorization: `Bearer ${await tokenOf(as)}` };
  const answer = await fetch(address, { method, body: body && JSON.stringify(body),
    headers: { ...credentials, ...(body && { 'content-type': 'application/json' }), ...headers } });
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${new URL(address).pathname}: ${answer.status} ${json.code}`);
  return json;
}

function resident() {
  const n = random.below(PEOPLE);
  return { role: 'citizen', sub: `demo-resident-${n}`, name: RESIDENTS[n % RESIDENTS.length],
    email: `resident-${n}@ihanoi.example` };
}

// What the desks do with a case, one after another: [action, body, who].
function stepsOf(unit, { steps = 0, isRejected = false }, chance) {
  const focal = { role: 'focal_point', unit, sub: `demo-focal-${unit}` };
  const officer = { role: 'officer', unit, sub: `demo-officer-${unit}` };
  if (isRejected) {
    const reason = chance.pick(REASONS);
    const second = { role: 'supervisor', unit, sub: `demo-head-${unit}` };
    return [['reject', { reason }, focal],
      ...(reason.class === 'not_city' ? [['approve', {}, second]] : [])]; // by rejections.json
  }
  return [
    ['accept', {}, focal],
    ['assign', { assignee: officer.sub }, focal],
    ['start', {}, officer],
    ['resolve', { result: { text: chance.pick(RESULTS),
      evidence: [`https://anh.ihanoi.example/sau-${chance.below(1e6)}.jpg`] } }, officer],
  ].slice(0, steps);
}

async function live(report, as, chance) {
  const { id, ticket } = await call('POST', `${INTAKE}/api/intake/submissions`, { as, body: report,
    headers: { 'idempotency-key': `"${randomUUID()}"` } });
  count.sent += 1;
  const office = { role: 'supervisor', unit: 'VPUB', sub: 'demo-city-office' };
  let now = await call('GET', `${ROUTING}/api/routing/cases/${id}?min_version=1&wait_ms=9000`, { as: office });
  count.routed += 1;
  for (const [action, body, who] of stepsOf(now.unit, chance.weighted(FATES), chance)) {
    await sleep(200 + chance.below(1500));
    now = await call('POST', `${ROUTING}/api/routing/cases/${id}/${action}`, { as: who, body,
      headers: { 'if-match': `"${now.version}"` } });
    count.acted += 1;
  }
  return { id, ticket, version: now.version };
}

function showProgress(end = '') {
  const line = `  ${count.sent}/${COUNT} reported · ${count.routed} routed · ${count.acted} steps at the desks${
    count.problems > 0 ? ` · ${count.problems} problems` : ''}`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}\x1b[K${end}`);
  else if (end !== '') process.stdout.write(`${line}${end}`);
}

// Of all that were sent; what went wrong is told at once and counted.
async function day() {
  const lives = [];
  for (let n = 0; n < COUNT; n += 1) {
    const task = live(reports.next(), resident(), random.fork());
    lives.push(task.catch((error) => {
      count.problems += 1;
      console.error(`\n${error.message}`);
      return null;
    }));
    await sleep(random.interval(RATE) * 1000);
  }
  return (await Promise.all(lives)).filter((life) => life !== null);
}

// Other city systems meanwhile, each played by the program itself; what it sums up in its last lines.
const SYSTEMS = ['camera', 'sensors', 'parking', 'bus', 'school', 'bills', 'disaster'];

async function playSystem(source) {
  const { stdout } = await run('build/bin/intake', ['simulate', '--source', source, '--url', INTAKE,
    '--key', DEMO_KEY, '--count', '20', '--rate', '2', '--seed', String(SEED), '--faults', '5', '--quiet']);
  return { source, sums: stdout.trim().split('\n').map((line) => line.split(',')[0]).join(', ') };
}

async function mailCount() {
  return (await (await fetch(`${MAIL}/messages`)).json()).messages.length;
}

const pad = (text, width) => String(text).padEnd(width);

function printTally(title, values) {
  console.log(`\n${title}`);
  const groups = Object.entries(Object.groupBy(values, (value) => value));
  for (const [value, list] of groups.sort(([, a], [, b]) => b.length - a.length).slice(0, 10)) {
    const bar = '█'.repeat(Math.ceil((list.length * 40) / values.length));
    console.log(`  ${pad(value, 42)} ${String(list.length).padStart(5)} ${bar}`);
  }
}

async function printFigures() {
  const { items } = await call('GET', `${ANALYTICS}/api/analytics/indicators`,
    { as: { role: 'supervisor', unit: 'HN', sub: 'demo-supervisor' } });
  console.log('\nHow well the city works');
  for (const figure of items.filter(({ dimensions }) => Object.keys(dimensions).length === 0)) {
    if (figure.kind === 'time') {
      console.log(`  ${pad(figure.label.vi, 44)} ${String(figure.median_hours ?? '–').padStart(8)}  (of ${figure.count})`);
      continue;
    }
    const share = figure.denominator > 0 ? `${((100 * figure.numerator) / figure.denominator).toFixed(1)} %` : '–';
    console.log(`  ${pad(figure.label.vi, 44)} ${share.padStart(8)}  (${figure.numerator} of ${figure.denominator})`);
  }
}

async function tell(lives) {
  const views = await Promise.all(lives.map(({ id, version }) => (
    call('GET', `${INTAKE}/api/intake/submissions/${id}?min_version=${version}&wait_ms=5000`))));
  printTally('What became of them', views.map((view) => view.case.state));
  printTally('What they are about', views.map((view) => view.category));
  printTally('Who must act', views.map((view) => view.case.unit?.name?.vi ?? 'Văn phòng UBND (chưa rõ nơi)'));
  await printFigures();
  const one = views.find((view) => view.case.state === 'resolved') ?? views[0];
  console.log(`\nOne of them: ${one.ticket}\n  ${one.description}`);
  for (const step of one.timeline) {
    console.log(`  ${step.at}  ${pad(step.state, 12)} ${pad(step.by, 12)} ${step.unit?.name?.vi ?? ''}`);
  }
  if (one.case.result) console.log(`  → ${one.case.result.text}`);
  console.log(`\n${await mailCount()} mails are at ${MAIL}`);
}

async function isUp() {
  try {
    return (await fetch(`${INTAKE}/readyz`)).ok;
  } catch {
    return false; // nothing listens there
  }
}

if (!await isUp()) {
  console.error(`nothing is ready at ${INTAKE}: start the cluster with "make run", then come back`);
  process.exit(1);
}
console.log(`a day of ${COUNT} reports, ${RATE} a second, SEED=${SEED}`);
const progress = setInterval(showProgress, 200);
const systems = Promise.all(SYSTEMS.map((source) => playSystem(source).catch((error) => {
  count.problems += 1;
  return { source, sums: error.stderr || error.message };
})));
const lives = await day();
const played = await systems;
clearInterval(progress);
showProgress('\n');
if (lives.length > 0) await tell(lives);
console.log('\nWhat other city systems brought');
for (const { source, sums } of played) console.log(`  ${pad(source, 10)} ${sums}`);
process.exitCode = count.problems > 0 ? 1 : 0;
