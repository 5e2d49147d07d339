// SPDX-License-Identifier: Apache-2.0
// Filing, lifecycle and desks once more, on a cluster that holds many cases already.
import { measureDesk } from './desk.mjs';
import { measureLifecycle } from './lifecycle.mjs';
import { measureIntakeAlone } from './filing.mjs';

// Time-ordered ids of the past, the same in each database, from the series' i.
const ID = `(lpad(to_hex(1700000000000 + i * 10), 12, '0') || '7' || substr(md5('bench' || i), 1, 3)
  || '8' || substr(md5('bench' || i), 4, 15))::uuid`;

const FILL = [
  ['intake', `INSERT INTO submission (id, ticket, kind, channel, category, level, title, description,
      lat, lon, address, media, reporter_ref, anonymous, client, language, submitted_at, receive_by,
      rule_code, rule_version, rule_source, idempotency, fingerprint)
    SELECT ${ID}, 'HN-2023-' || i, s.kind, s.channel, s.category, s.level, s.title, s.description,
      s.lat, s.lon, s.address, s.media, 'k-' || i % 100000, s.anonymous, s.client, s.language,
      to_timestamp(1700000000 + i / 100.0), s.receive_by, s.rule_code, s.rule_version, s.rule_source,
      md5('key' || i)::uuid, s.fingerprint
    FROM generate_series(1, $1::bigint) AS i, (SELECT * FROM submission LIMIT 1) AS s`],
  ['intake', `INSERT INTO submission_case (submission_id, version, state, phase, queue, unit,
      receive_due, resolve_due, updated_at, rating_asked, result, reason)
    SELECT ${ID}, s.version, s.state, s.phase, s.queue, s.unit, s.receive_due, s.resolve_due,
      s.updated_at, s.rating_asked, s.result, s.reason
    FROM generate_series(1, $1::bigint) AS i, (SELECT * FROM submission_case LIMIT 1) AS s`],
  ['intake', `INSERT INTO submission_step (submission_id, version, action, state, phase, unit,
      actor_role, note, at)
    SELECT ${ID}, s.version, s.action, s.state, s.phase, s.unit, s.actor_role, s.note, s.at
    FROM generate_series(1, $1::bigint) AS i, (SELECT * FROM submission_step LIMIT 1) AS s`],
  // As in a city's second year: of a hundred cases two are open.
  ['routing', `INSERT INTO case_current (case_id, version, process, state, phase, queue, desk, category,
      level, area, assignee, reporter, due_at, next_timer, near_border, audit_pending, proposed,
      task_desks)
    SELECT ${ID}, s.version, s.process, CASE WHEN open THEN s.state ELSE 'closed' END,
      CASE WHEN open THEN s.phase ELSE 'closed' END, s.queue, s.desk, s.category, s.level, s.area,
      s.assignee, s.reporter, CASE WHEN open THEN s.due_at + interval '1 year' + i * interval '1 ms' END,
      CASE WHEN open THEN s.next_timer + interval '1 year' + i * interval '1 ms' END, s.near_border,
      s.audit_pending, s.proposed, s.task_desks
    FROM generate_series(1, $1::bigint) AS i, LATERAL (SELECT i % 50 = 0 AS open) AS o,
      (SELECT * FROM case_current WHERE due_at IS NOT NULL LIMIT 1) AS s`],
  ['routing', `INSERT INTO case_history (case_id, version, action, actor, at, event_id, snapshot, hash)
    SELECT ${ID}, s.version, s.action, s.actor, s.at, s.event_id,
      replace(s.snapshot, s.case_id::text, ${ID}::text), s.hash
    FROM generate_series(1, $1::bigint) AS i,
      (SELECT * FROM case_history WHERE version = 1 LIMIT 1) AS s`],
  // Of five thousand words eight are in each; what the desk row looks for, in every tenth case.
  ['routing', `INSERT INTO case_words (case_id, ticket, plain, marked)
    SELECT ${ID}, 'HN-2023-' || i, array(SELECT 'tu' || (i * n * 7919) % 5000
      FROM generate_series(1, 8) AS n) || CASE WHEN i % 10 = 0 THEN '{nap,cong}'::text[] ELSE '{}' END, '{}'
    FROM generate_series(1, $1::bigint) AS i`],
];

export async function measureStored(cluster, bench, cases) {
  await cluster.load('file', { connections: 1, seconds: 10, count: 1 }); // the model of all
  await cluster.settle();
  for (const [database, sql] of FILL) await cluster.query(database, sql, [cases]);
  for (const database of ['intake', 'routing']) {
    await cluster.query(database, 'VACUUM ANALYZE');
  }
  await cluster.query('intake', 'CHECKPOINT');
  const suffix = `, ${cases.toLocaleString('en')} stored`;
  await measureLifecycle(cluster, bench, suffix);
  await measureDesk(cluster, bench, suffix);
  await measureIntakeAlone(cluster, bench, suffix, [64]);
  bench.report.compare('', suffix);
}
