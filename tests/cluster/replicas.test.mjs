// SPDX-License-Identifier: Apache-2.0
// Two instances of each service: they share the work, and when one is killed the other takes over
// within the session timeout, without anything happening twice.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Admin } from '@platformatic/kafka';
import { Random } from '../../deploy/local/random.mjs';
import { sleep } from '../../deploy/local/process.mjs';
import { SERVICES } from '../../deploy/local/stack.mjs';
import { check, describeViolations } from './checker.mjs';
import { Cluster, SESSION_TIMEOUT_MS, SYSTEM } from './cluster.mjs';
import { collect, quiesce } from './evidence.mjs';
import { Ledger, readLedger } from './ledger.mjs';
import { Load } from './load.mjs';

// On top of the session timeout: the broker looks for silent members in steps, the group is formed
// anew, positions are read; on a machine that does much else.
const MARGIN_MS = 5000;

const cluster = new Cluster();
const second = new Map(); // service → address of its second instance
let admin;
let path;
let ledger;

before(async () => {
  await cluster.start();
  for (const service of SERVICES) {
    second.set(service, await cluster.startInstance(service, `${service}-1`));
  }
  admin = new Admin({ clientId: 'test', bootstrapBrokers: [cluster.stack.kafka.brokers] });
  path = join(cluster.folder, 'ledger');
  ledger = new Ledger(path);
});
after(async () => {
  await admin?.close();
  await cluster.stop();
});

// Partitions of the group's members: {instance: {topic: [partitions]}}.
async function sharesOf(group) {
  const description = (await admin.describeGroups({ groups: [group] })).get(group);
  return Object.fromEntries([...description.members.values()].map((member) => [
    member.groupInstanceId ?? member.clientId,
    Object.fromEntries([...(member.assignments?.values() ?? [])].map(({ topic, partitions }) => [topic, partitions])),
  ]));
}

test('both instances of each service read', async () => {
  for (const service of SERVICES) {
    await cluster.waitFor(`${service} shares`, async () => {
      const shares = Object.values(await sharesOf(service));
      const topic = service === 'routing' ? 'city.submissions.v1' : 'city.cases.v1';
      return shares.length === 2 && shares.every((share) => share[topic]?.length === 6);
    });
  }
});

test('what is filed at one instance is seen at the other', async () => {
  const base = second.get('intake');
  const { json } = await cluster.file({}, { base });
  const address = `/api/intake/submissions/${json.id}?min_version=1&wait_ms=8000`;
  for (const at of [base, cluster.stack.url('intake')]) {
    const view = await cluster.call('intake', 'GET', address, { as: 'citizen', base: at });
    assert.equal(view.json.case.version, 1);
  }
  await quiesce(cluster);
});

test('an account’s stream at one instance shows what the other one sent', async () => {
  const base = second.get('notification');
  const citizen = { role: 'citizen', sub: 'both', email: 'both@ihanoi.example' };
  const streams = [base, cluster.stack.url('notification')].map(async (at) => {
    const answer = await fetch(`${at}/api/notification/messages/stream`, {
      headers: await cluster.credentials(citizen), signal: AbortSignal.timeout(15000) });
    let text = '';
    for await (const part of answer.body) {
      text += Buffer.from(part).toString();
      if (text.includes('HN-')) return text;
    }
    return text;
  });
  await sleep(500);
  const { json } = await cluster.file({}, { as: citizen });
  for (const text of await Promise.all(streams)) assert.ok(text.includes(json.ticket), text);
});

// The longest time in which a report that was filed got no case, while the other instance lived.
async function longestWait(action) {
  let over = false;
  let longest = 0;
  const probe = async (n) => {
    const start = Date.now();
    const { json } = await cluster.file({ description: `Đo thời gian ${n}.` }, { as: SYSTEM, base: second.get('intake') });
    for (;;) {
      const answer = await cluster.call('routing', 'GET',
        `/api/routing/cases/${json.id}?min_version=1&wait_ms=1000`, { as: 'city_office', base: second.get('routing') });
      if (answer.status === 200) break;
    }
    const view = async () => (await cluster.call('intake', 'GET',
      `/api/intake/submissions/${json.id}?min_version=1&wait_ms=1000`, { as: SYSTEM, base: second.get('intake') })).json;
    while ((await view()).case.version < 1);
    longest = Math.max(longest, Date.now() - start);
  };
  const probes = [];
  const loop = (async () => {
    for (let n = 0; !over; n += 1) { // many: their keys fall on all partitions
      probes.push(probe(n));
      await sleep(100);
    }
  })();
  await action();
  over = true;
  await loop;
  await Promise.all(probes);
  return longest;
}

for (const service of ['routing', 'intake']) {
  test(`${service} killed: the other instance takes over within the session timeout`, async (t) => {
    const waited = await longestWait(async () => {
      await sleep(1000);
      await cluster.stack.kill(service);
      await cluster.waitFor('the other one has all', async () => {
        const shares = Object.values(await sharesOf(service));
        return shares.length === 1;
      }, SESSION_TIMEOUT_MS + MARGIN_MS);
      await sleep(1000);
    });
    t.diagnostic(`longest wait ${waited} ms, session timeout ${SESSION_TIMEOUT_MS} ms`);
    assert.ok(waited < SESSION_TIMEOUT_MS + MARGIN_MS, `${waited} ms`);
    await cluster.stack.startService(service);
  });
}

test('one instance of each is killed under load: all is applied, once', async () => {
  const load = new Load({ cluster, ledger, random: new Random(11), rate: 40, worked: 0.4 });
  const filing = load.run(14);
  for (const service of SERVICES) {
    await sleep(1000);
    await cluster.stack.kill(`${service}-1`);
    await sleep(1000);
    await cluster.startInstance(service, `${service}-1`);
  }
  await filing;
  await load.finish();
  ledger.close();
  await quiesce(cluster);
  const read = readLedger(path);
  const ids = [...read.filings.values()].flat().flatMap(({ id }) => id ?? []);
  const evidence = await collect(cluster, ids);
  const found = check({ ledger: read, evidence, isOrdered: false })
    // Reports of the tests above are in no ledger.
    .filter(({ invariant, text }) => !(invariant === 'I2' && / was never (filed|asked)/.test(text)));
  assert.deepEqual(found, [], describeViolations(found));
  assert.deepEqual(cluster.crashes, []);
});
