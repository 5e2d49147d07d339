// SPDX-License-Identifier: Apache-2.0
// What processes have used, from /proc.
import { readFileSync, readdirSync } from 'node:fs';

const TICKS_PER_SECOND = 100; // USER_HZ: fixed in Linux's interface

// null: the process is gone.
function statOf(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name may hold blanks
  const [own, ownSystem, reaped, reapedSystem] = fields.slice(11, 15).map(Number);
  return { parent: Number(fields[1]), own: own + ownSystem, reaped: reaped + reapedSystem };
}

export function childrenOf(pid) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number)
    .filter((child) => statOf(child)?.parent === pid);
}

// Seconds of CPU so far, with those of its children, ended ones too.
export function cpuSeconds(pid) {
  const { own, reaped } = statOf(pid);
  const children = childrenOf(pid).reduce((sum, child) => sum + (statOf(child)?.own ?? 0), 0);
  return (own + reaped + children) / TICKS_PER_SECOND;
}

function kilobytes(path, name) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return 0;
    throw error;
  }
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

export function residentMegabytes(pid) {
  return kilobytes(`/proc/${pid}/status`, 'VmRSS') / 1024;
}

// With its children; memory that they share (PostgreSQL's buffers) counts once.
export function familyMegabytes(pid) {
  return [pid, ...childrenOf(pid)]
    .reduce((sum, one) => sum + kilobytes(`/proc/${one}/smaps_rollup`, 'Pss'), 0) / 1024;
}
