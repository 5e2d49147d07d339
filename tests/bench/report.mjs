// SPDX-License-Identifier: Apache-2.0
// The figures: printed as they come, kept in build/bench.json.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

// The rate of several things that one CPU does one after the other.
export function inSeries(...rates) {
  return 1 / rates.reduce((sum, rate) => sum + 1 / rate, 0);
}

// Median, field by field, of objects of numbers.
export function medians(runs) {
  return Object.fromEntries(Object.keys(runs[0]).map((key) =>
    [key, typeof runs[0][key] === 'object' ? medians(runs.map((r) => r[key]))
      : median(runs.map((r) => r[key]))]));
}

const COLUMNS = [['row', 40], ['value', 12], ['unit', 14], ['budget', 10], ['met', 4], ['ceiling', 12],
  ['ratio', 6]];

function digits(value) {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return String(value);
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

function line(cells) {
  return cells.map((cell, i) => (i === 0 || COLUMNS[i][0] === 'unit' ? cell.padEnd(COLUMNS[i][1])
    : cell.padStart(COLUMNS[i][1]))).join('  ').trimEnd();
}

function machine() {
  const model = cpus()[0]?.model.trim() ?? 'unknown';
  const kernel = execFileSync('uname', ['-sr'], { encoding: 'utf8' }).trim();
  return `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${kernel}`;
}

export class Report {
  constructor() {
    this.rows = [];
    this.machine = machine();
    this.date = new Date().toISOString();
    const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
    console.log(`${this.machine}; load ${load} before we begin`);
    console.log(line(COLUMNS.map(([name]) => name)));
  }

  // runs: one value for each run. budget: the least, or for what takes time or room the most.
  // detail: text below the row; more: further fields in the file.
  add({ name, unit, runs, budget = null, less = false, ceiling = null, detail = '', more = {} }) {
    const value = median(runs);
    const ratio = ceiling === null ? null : value / ceiling;
    const met = budget === null ? null : (less ? value <= budget : value >= budget);
    this.rows.push({ name, value, unit, ceiling, ratio, budget, met, runs, ...more,
      machine: this.machine, date: this.date });
    const limit = budget === null ? '' : `${less ? '≤' : '≥'} ${digits(budget)}`;
    const verdict = met === null ? '' : (met ? 'yes' : 'no');
    console.log(line([name, digits(value), unit, limit, verdict, digits(ceiling), digits(ratio)]));
    if (detail) console.log(`    ${detail}`);
  }

  // Rows with the suffix beside those of the same name with the other one (with none: of an empty cluster), where both
  // were measured.
  compare(other, suffix) {
    for (const row of this.rows.filter(({ name }) => name.includes(suffix))) {
      const before = this.rows.find(({ name }) => name === row.name.replace(suffix, other));
      if (before === undefined) continue;
      row.of_before = row.value / before.value;
      console.log(`    ${row.name}: ${digits(row.of_before)} of ${other.replace(/^, /, '') || 'empty'}`);
    }
  }

  write(path) {
    mkdirSync('build', { recursive: true });
    writeFileSync(path, `${JSON.stringify(this.rows, null, 1)}\n`);
    const judged = this.rows.filter((row) => row.met !== null);
    console.log(`${judged.filter((row) => row.met).length} of ${judged.length} budgets met; ${path}`);
  }
}
