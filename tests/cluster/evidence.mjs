// SPDX-License-Identifier: Apache-2.0
// What the cluster holds, read four ways that know nothing of each other: HTTP, the databases, the
// topics, and the figures. checker.mjs compares.
import { sleep } from '../../deploy/local/process.mjs';
import { SYSTEM } from './cluster.mjs';

export const GROUPS = {
  intake: ['city.inbound.v1', 'city.cases.v1', 'city.reference.v1'],
  routing: ['city.submissions.v1'],
  notification: ['city.submissions.v1', 'city.cases.v1', 'city.contacts.v1', 'city.reference.v1'],
  analytics: ['city.cases.v1', 'city.reference.v1'],
};
const READ = ['city.submissions.v1', 'city.cases.v1', 'city.deliveries.v1',
  'analytics.units.v1', 'analytics.indicators.v1'];
const HTTP_AT_ONCE = 24;

// Filings carry their key at the end of the description: "… [key]".
const TAG = "substring(description from '\\[([0-9a-f-]{36})\\]$')";

const STATES = ['received', 'accepted', 'assigned', 'in_progress', 'resolved', 'rejected',
  'withdrawn', 'merged'];

const QUERIES = {
  submissions: ['intake', `SELECT id, ticket, channel, client, reporter_ref, ${TAG} AS tag FROM submission`],
  views: ['intake', 'SELECT submission_id AS id, version, state FROM submission_case'],
  steps: ['intake', 'SELECT submission_id AS id, version, action FROM submission_step ORDER BY 1, 2'],
  cases: ['routing', 'SELECT case_id AS id, version, state, desk, category FROM case_current'],
  history: ['routing', `SELECT case_id AS id, version, action, actor, event_id,
      snapshot::jsonb->>'state' AS state FROM case_history ORDER BY 1, 2`],
  deliveries: ['notification', `SELECT id, event_id, case_id, recipient, channel, template, state
      FROM delivery`],
  // Subject 0 is cases: deliveries are facts, too, and there are as many as were sent. Grouping 7
  // is unit and category, period 0 all; counters from 0 on are the states (services/analytics).
  facts: ['analytics', 'SELECT id, version, unit, category FROM fact WHERE subject = 0'],
  counts: ['analytics', `SELECT a AS unit, b AS category, ${STATES.map((state, i) => (
    `coalesce(sum(n) FILTER (WHERE counter = ${i}), 0)::int AS ${state}`)).join(', ')}
      FROM cell, tally_counts(data) WHERE subject = 0 AND grouping = 7 AND period = 0 GROUP BY a, b`],
  counted: ['analytics', `SELECT coalesce(sum(n), 0)::int AS n FROM cell, tally_counts(data)
      WHERE subject = 0 AND grouping = 0 AND period = 0 AND counter < 8`],
};

function eventOf({ topic, partition, offset, key, value, headers }) {
  const named = Object.fromEntries(headers.map(([name, bytes]) => [name, String(bytes)]));
  return { topic, partition, offset, key: String(key), id: named.ce_id, type: named.ce_type,
    data: value === null ? null : JSON.parse(value) };
}

async function readHttp(cluster, ids) {
  const answers = new Map();
  const left = [...ids];
  const worker = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const { status, json } = await cluster.call('intake', 'GET',
        `/api/intake/submissions/${id}`, { as: SYSTEM });
      answers.set(id, { status, ticket: json?.ticket, version: json?.case?.version,
        timeline: json?.timeline?.map((step) => step.version) });
    }
  };
  await Promise.all(Array.from({ length: HTTP_AT_ONCE }, worker));
  return answers;
}

// ids: whom to ask for over HTTP.
export async function collect(cluster, ids) {
  const evidence = {};
  for (const [name, [service, sql]] of Object.entries(QUERIES)) {
    evidence[name] = await cluster.database(service, sql);
  }
  evidence.deadLetters = {};
  for (const service of cluster.services) {
    evidence.deadLetters[service] = await cluster.database(service,
      'SELECT topic, error_class, error_detail FROM dead_letter');
  }
  const events = (await cluster.topics.read(READ)).map(eventOf);
  evidence.events = Object.fromEntries(READ.map((topic) => [
    topic, events.filter((event) => event.topic === topic)]));
  evidence.http = await readHttp(cluster, ids);
  return evidence;
}

// What is still on its way; [] when nothing is.
async function pending(cluster) {
  const all = [...new Set(Object.values(GROUPS).flat())];
  const ends = await cluster.topics.ends(all);
  const found = [];
  for (const service of cluster.services) {
    const [{ unsent }] = await cluster.database(service, `SELECT count(*)::int AS unsent
      FROM outbox o JOIN outbox_slot s USING (slot) WHERE o.seq > s.published`);
    if (unsent > 0) found.push(`${service}: ${unsent} events not published`);
    const rows = await cluster.database(service,
      'SELECT topic, partition, next_offset::int AS at FROM consumer_position WHERE consumer = $1', [service]);
    for (const topic of GROUPS[service]) {
      ends[topic].forEach((end, partition) => {
        const at = rows.find((row) => row.topic === topic && row.partition === partition)?.at ?? 0;
        if (Math.max(at, 0) < end) found.push(`${service}: ${end - at} behind on ${topic}/${partition}`);
      });
    }
  }
  const [{ mails }] = await cluster.database('notification',
    "SELECT count(*)::int AS mails FROM delivery WHERE state IN ('waiting', 'sending')");
  if (mails > 0) found.push(`notification: ${mails} mails not settled`);
  const [{ dirty }] = await cluster.database('analytics',
    `SELECT (SELECT count(*) FROM heard)::int + (SELECT count(*) FROM cell WHERE untold)::int AS dirty`);
  if (dirty > 0) found.push(`analytics: ${dirty} batches and sums not counted and told`);
  return found;
}

// Waits until nothing is on its way, seen twice in a row. Throws with what is stuck.
export async function quiesce(cluster, timeoutMs = 90000) {
  const end = Date.now() + timeoutMs;
  for (let calm = 0; calm < 2;) {
    let found;
    try {
      found = await pending(cluster);
    } catch (error) {
      found = [error.message];
    }
    calm = found.length === 0 ? calm + 1 : 0;
    if (Date.now() > end) throw new Error(`not calm in ${timeoutMs / 1000} s:\n${found.join('\n')}`);
    await sleep(500);
  }
}
