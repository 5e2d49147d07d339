// SPDX-License-Identifier: Apache-2.0
// Compares what clients were told (ledger.mjs) with what the cluster holds (evidence.mjs). Pure:
// the same input gives the same list of violations, each {invariant, text}. What the invariants
// are: README.md.

import { readFileSync } from 'node:fs';

// What the on-site report allows, by its data, and what every case knows beside.
const PROCESS = JSON.parse(readFileSync('services/routing/reference/processes/onsite_report.json'));
const BUILTIN = ['propose', 'disapprove', 'remind', 'escalate', 'succeed', 'recompute'];
const COLUMNS = ['received', 'accepted', 'assigned', 'in_progress', 'resolved', 'rejected',
  'withdrawn', 'merged'];

function isAllowed(action, from, to) {
  if (action === 'open') return from === undefined && to === PROCESS.opening;
  if (BUILTIN.includes(action)) return from === to;
  const known = PROCESS.actions.find(({ code }) => code === action);
  if (known === undefined || !known.from.includes(from)) return false;
  if (known.to === '@back') return PROCESS.actions.some((a) => a.to === from && a.from.includes(to));
  return to === (known.to ?? from);
}

// As what a case is counted: by its phase, and as long as it is worked on, by how far it is.
function columnOf({ phase, state }) {
  if (phase === 'working') return ['accepted', 'assigned'].includes(state) ? state : 'in_progress';
  return { paused: 'in_progress', closed: 'resolved' }[phase] ?? phase;
}

const has = (attempts, outcome) => attempts.some((attempt) => attempt.outcome === outcome);

function byId(rows) {
  return new Map(rows.map((row) => [row.id, row]));
}

function groupById(rows) {
  return Map.groupBy(rows, ({ id }) => id);
}

// 1, 2, 3 … n?
function isRow(versions) {
  return versions.every((version, i) => version === i + 1);
}

// I1: whatever was answered with 2xx is there, everywhere.
function* nothingIsLost({ ledger, evidence }) {
  const rows = byId(evidence.submissions);
  const cases = byId(evidence.cases);
  const facts = byId(evidence.facts);
  const views = byId(evidence.views);
  const said = new Set(evidence.events['city.submissions.v1'].map(({ key }) => key));
  for (const [key, attempts] of ledger.filings) {
    const id = attempts.find(({ outcome }) => outcome === 'ok')?.id;
    if (id === undefined) continue;
    if (!rows.has(id)) yield `${id} (key ${key}) is not in the database of intake`;
    if (!said.has(id)) yield `${id} was never told on city.submissions.v1`;
    if (!cases.has(id)) yield `${id} has no case in the database of routing`;
    if (!views.has(id)) yield `${id} has no view in the database of intake`;
    if (!facts.has(id)) yield `${id} is no fact of analytics`;
    const http = evidence.http.get(id);
    if (http !== undefined && http.status !== 200) yield `${id} is ${http.status} over HTTP`;
  }
  const steps = new Map(evidence.history.map((row) => [`${row.id}/${row.version}`, row]));
  for (const attempts of ledger.commands.values()) {
    const { id, version, action, actor } = attempts[0];
    if (!has(attempts, 'ok')) continue;
    const step = steps.get(`${id}/${version + 1}`);
    if (step?.action !== action || step?.actor !== actor) {
      yield `${action} of ${id} at version ${version} was answered, but version ${version + 1} is ${
        step ? `${step.action} by ${step.actor}` : 'missing'}`;
    }
  }
}

// I2: nothing is there that nobody asked for, or that was refused.
function* nothingIsMadeUp({ ledger, evidence }) {
  for (const { id, tag, channel } of evidence.submissions) {
    if (channel === 'inbound') continue; // checked against its topic, I7
    const attempts = ledger.filings.get(tag);
    if (attempts === undefined) yield `${id} was never filed`;
    else if (!has(attempts, 'ok') && !has(attempts, 'unknown')) yield `${id} was refused, and is stored`;
  }
  const submissions = byId(evidence.submissions);
  for (const { id } of evidence.cases) {
    if (!submissions.has(id)) yield `case ${id} has no submission`;
  }
  for (const { id, version, action, actor } of evidence.history) {
    if (actor === null || action === 'open') continue; // the system's own
    const attempts = ledger.commands.get(`${id}/${version - 1}/${action}`);
    if (attempts === undefined || !(has(attempts, 'ok') || has(attempts, 'unknown'))) {
      yield `version ${version} of ${id} (${action} by ${actor}) was never asked for`;
    }
  }
}

// I3: one key, one report, one answer.
function* keysAreIdempotent({ ledger, evidence }) {
  for (const [tag, rows] of Map.groupBy(evidence.submissions, (row) => row.tag)) {
    if (tag !== null && rows.length > 1) yield `key ${tag} stored ${rows.length} reports`;
  }
  for (const [key, attempts] of ledger.filings) {
    const answers = new Set(attempts.filter((a) => a.outcome === 'ok').map((a) => a.answer));
    if (answers.size > 1) yield `key ${key} was answered in ${answers.size} ways`;
  }
  for (const [ticket, rows] of Map.groupBy(evidence.submissions, (row) => row.ticket)) {
    if (rows.length > 1) yield `ticket ${ticket} was given ${rows.length} times`;
  }
}

// I4: versions 1 … n everywhere, every step one that the process allows.
function* casesMoveAsTheyMay({ evidence }) {
  const history = groupById(evidence.history);
  const steps = groupById(evidence.steps);
  const views = byId(evidence.views);
  const facts = byId(evidence.facts);
  const told = Map.groupBy(evidence.events['city.cases.v1'], ({ key }) => key);
  for (const { id, version, state } of evidence.cases) {
    const rows = history.get(id) ?? [];
    if (rows.length !== version || !isRow(rows.map((row) => row.version))) {
      yield `history of ${id} at version ${version}: ${rows.map((row) => row.version)}`;
    }
    let from;
    for (const row of rows) {
      if (!isAllowed(row.action, from, row.state)) {
        yield `${id} went from ${from} to ${row.state} by ${row.action}`;
      }
      from = row.state;
    }
    if (from !== state) yield `${id} is ${state}, its history ends ${from}`;
    const versions = [...new Set((told.get(id) ?? []).map(({ data }) => data.version))].sort((a, b) => a - b);
    if (versions.length !== version || !isRow(versions)) {
      yield `topic has versions ${versions} of ${id}, which is at ${version}`;
    }
    const seen = (steps.get(id) ?? []).map((row) => row.version);
    if (seen.length !== version || !isRow(seen)) {
      yield `timeline of ${id} at version ${version}: ${seen}`;
    }
    if (views.get(id)?.version !== version || views.get(id)?.state !== state) {
      yield `intake shows ${id} at version ${views.get(id)?.version}, it is at ${version}`;
    }
    if (facts.get(id)?.version !== version) {
      yield `analytics has ${id} at version ${facts.get(id)?.version}, it is at ${version}`;
    }
    const http = evidence.http.get(id);
    if (http?.status === 200 && (http.version !== version || !isRow(http.timeline))) {
      yield `HTTP shows ${id} at ${http.version} (${http.timeline}), it is at ${version}`;
    }
  }
}

// I5: each effect once, however often its event was told.
function* effectsHappenOnce({ evidence }) {
  const kept = new Map(evidence.history.map((row) => [`${row.id}/${row.version}`, row.event_id]));
  const idsOf = (events, keyOf) => Map.groupBy(events, keyOf).entries()
    .map(([key, group]) => [key, new Set(group.map(({ id }) => id))]);
  for (const [key, ids] of idsOf(evidence.events['city.cases.v1'],
    ({ data }) => `${data.case_id}/${data.version}`)) {
    if (ids.size > 1) yield `${key} was told as ${ids.size} different events`;
    else if (!ids.has(kept.get(key))) yield `${key} was told as an event that its history does not know`;
  }
  for (const [key, ids] of idsOf(evidence.events['city.submissions.v1'], ({ key: id }) => id)) {
    if (ids.size > 1) yield `submission ${key} was told as ${ids.size} different events`;
  }
  yield* deliveriesAreUnique(evidence);
  yield* countsAreRight(evidence);
}

function* deliveriesAreUnique({ deliveries, events }) {
  for (const [key, rows] of Map.groupBy(deliveries,
    (row) => `${row.event_id}/${row.recipient}/${row.channel}`)) {
    if (rows.length > 1) yield `${rows.length} deliveries for ${key}`;
  }
  const told = events['city.deliveries.v1'];
  for (const [key, group] of Map.groupBy(told,
    ({ data }) => `${data.event_id}/${data.recipient_hash}/${data.channel}`)) {
    if (new Set(group.map(({ id }) => id)).size > 1) yield `delivery ${key} was told more than once`;
  }
  const spoken = new Set(told.map(({ data }) => data.delivery_id));
  for (const { id, state } of deliveries) {
    if (!spoken.has(id)) yield `delivery ${id} (${state}) was never told`;
  }
  if (spoken.size > deliveries.length) yield `${spoken.size} deliveries told, ${deliveries.length} kept`;
}

// The counts, made again from the topic: the newest version of each case.
function* countsAreRight({ counts, events }) {
  const newest = new Map();
  for (const { data } of events['city.cases.v1']) {
    if ((newest.get(data.case_id)?.version ?? 0) < data.version) newest.set(data.case_id, data);
  }
  const recount = new Map();
  for (const data of newest.values()) {
    const { unit, category } = data;
    if (unit === undefined) continue; // in the city's sum alone
    const key = `${unit}/${category}/${columnOf(data)}`;
    recount.set(key, (recount.get(key) ?? 0) + 1);
  }
  const perUnit = new Map();
  for (const row of counts) {
    for (const state of COLUMNS) {
      const key = `${row.unit}/${row.category}/${state}`;
      if (row[state] !== (recount.get(key) ?? 0)) {
        yield `analytics counts ${row[state]} of ${key}, the topic ${recount.get(key) ?? 0}`;
      }
      recount.delete(key);
      const unit = `${row.unit}/${state}`;
      perUnit.set(unit, (perUnit.get(unit) ?? 0) + row[state]);
    }
  }
  for (const [key, n] of recount) yield `analytics counts nothing of ${key}, the topic ${n}`;
  // What the public may not see (under five, and what would tell of those) is not on the topic.
  const published = new Map(events['analytics.units.v1'].toSorted((a, b) => a.partition - b.partition
    || a.offset - b.offset).map(({ key, data }) => [key, data?.counts]));
  for (const [key, n] of perUnit) {
    const [unit, state] = key.split('/');
    if (published.get(unit) !== undefined && published.get(unit)[state] !== n) {
      yield `analytics.units.v1 says ${published.get(unit)[state]} of ${key}, the database ${n}`;
    }
  }
}

// I6: what is told of one case first, happened first; repeats may come at any time. One instance of
// routing keeps this order through its outbox. Of two, one may die between commit and publishing
// while the other goes on with the case: then the order is `isOrdered: false`, and it is up to readers,
// who keep the highest version (proto/events/case_snapshot.schema.json).
function* orderIsKept({ evidence, isOrdered = true }) {
  for (const [key, group] of Map.groupBy(evidence.events['city.cases.v1'], (event) => event.key)) {
    if (new Set(group.map(({ partition }) => partition)).size > 1) yield `${key} is in several partitions`;
    if (!isOrdered) continue;
    let highest = 0;
    for (const { data } of group.toSorted((a, b) => a.offset - b.offset)) {
      if (data.version > highest + 1) yield `${key}: version ${data.version} came after ${highest}`;
      highest = Math.max(highest, data.version);
    }
  }
}

// I7: nothing seeps away between the rooms.
function* nothingSeepsAway({ evidence, deadLettersExpected = 0 }) {
  const { submissions, cases, facts, counted: [{ n: counted }] } = evidence;
  if (new Set([submissions.length, cases.length, facts.length, counted]).size > 1) {
    yield `${submissions.length} submissions, ${cases.length} cases, ${facts.length} facts, ${counted} counted`;
  }
  const letters = Object.entries(evidence.deadLetters)
    .flatMap(([service, rows]) => rows.map((row) => `${service}: ${row.topic} ${row.error_class} ${row.error_detail}`));
  if (letters.length !== deadLettersExpected) {
    yield `${letters.length} dead letters, ${deadLettersExpected} expected: ${letters.slice(0, 5).join('; ')}`;
  }
}

// I8: no yes while the database that must hold it is away.
function* nobodyIsLiedTo({ ledger }) {
  const ends = ledger.faults.filter(({ fault, phase }) => fault === 'postgres' && phase === 'end');
  const away = ledger.faults.filter(({ fault, phase }) => fault === 'postgres' && phase === 'begin')
    .map(({ at }) => ({ from: at, to: ends.find((end) => end.at > at)?.at ?? Infinity }));
  for (const attempt of [...ledger.filings.values(), ...ledger.commands.values()].flat()) {
    if (attempt.outcome === 'ok' && away.some(({ from, to }) => attempt.sent > from && attempt.at < to)) {
      yield `request ${attempt.n} was answered with yes while PostgreSQL was down`;
    }
  }
}

const INVARIANTS = [
  ['I1', nothingIsLost], ['I2', nothingIsMadeUp], ['I3', keysAreIdempotent],
  ['I4', casesMoveAsTheyMay], ['I5', effectsHappenOnce], ['I6', orderIsKept],
  ['I7', nothingSeepsAway], ['I8', nobodyIsLiedTo],
];

export function check(input) {
  return INVARIANTS.flatMap(([invariant, find]) => [...find(input)].map((text) => ({ invariant, text })));
}

// For an assertion's message: the first few of each invariant.
export function describeViolations(violations, most = 5) {
  return Map.groupBy(violations, ({ invariant }) => invariant).entries()
    .map(([invariant, list]) => [`${invariant}: ${list.length}`,
      ...list.slice(0, most).map(({ text }) => `  ${text}`)].join('\n')).toArray().join('\n');
}
