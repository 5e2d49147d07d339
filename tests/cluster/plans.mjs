// SPDX-License-Identifier: Apache-2.0
// How PostgreSQL goes about the services' statements: it writes the plans into its log, we look for
// those that read a table of the size of the city from end to end.
import { readFileSync } from 'node:fs';
import { SERVICES } from '../../deploy/local/stack.mjs';

// Tables with rows for each report or event; all others stay small.
const LARGE = ['submission', 'submission_case', 'submission_step', 'contact', 'case_current',
  'case_history', 'fact', 'delivery', 'inbox', 'outbox', 'dead_letter', 'case_words',
  'case_departure', 'case_note', 'access_log', 'city_record', 'city_record_end', 'moderation',
  'submission_message', 'submission_word', 'reporter_message', 'cell'];

// The index of what waits to be done alone, and so as small as that.
const QUEUES = /using cell_untold$/;

// The census of routing counts all cases, once a night.
const NIGHTLY = /AS unit, phase, state, count\(\*\) FROM case_current/;

const PLAN = /@(\w+) LOG: {2}duration: [\d.]+ ms {2}plan:\n((?:\t.*\n)+)/g;
const SCAN = new RegExp(`(Seq Scan|Index (?:Only )?Scan\\b.*) on (${LARGE.join('|')})\\b`);

// From now on; the services are started anew, since a session decides at its beginning.
export async function logPlans({ stack }, services = SERVICES) {
  for (const service of services) {
    for (const [name, value] of [['session_preload_libraries', 'auto_explain'],
      ['auto_explain.log_min_duration', '0'], ['auto_explain.log_nested_statements', 'on']]) {
      await stack.postgres.query(`ALTER DATABASE ${service} SET ${name} = '${value}'`);
    }
    await stack.stopPart(service);
  }
  for (const service of services) await stack.startService(service);
}

// [{database, statement, scan}] of all plans so far: every scan of a large table, and whether the
// plan narrows it down.
export function scansOfLargeTables({ stack }) {
  const scans = [];
  for (const [, database, plan] of readFileSync(stack.logFile('postgres'), 'utf8').matchAll(PLAN)) {
    const lines = plan.split('\n');
    const statement = lines[0].replace('\tQuery Text: ', '');
    for (const [i, line] of lines.entries()) {
      const [, scan, table] = SCAN.exec(line) ?? [];
      if (table === undefined || NIGHTLY.test(statement)) continue;
      const narrowed = scan !== 'Seq Scan' && /^\t\s*Index Cond:/.test(lines[i + 1] ?? '');
      // min() and "the first n" take an index from its beginning and stop.
      const stops = lines.slice(0, i).reverse().find((above) => /->/.test(above))?.includes('Limit');
      scans.push({ database, table, statement, scan: line.trim(), good: narrowed || stops === true || QUEUES.test(scan) });
    }
  }
  return scans;
}
