// SPDX-License-Identifier: Apache-2.0
// A program that runs beside us: its output goes to a log file, its end is told, and it can be
// stopped in order or killed. Programs get a process group of their own, so that Ctrl-C in the
// terminal reaches only us and we stop them in the right order.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export function tailOf(path, lines = 20) {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch (error) {
    return `(no log: ${error.message})`;
  }
}

export function sleep(ms) {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

// Asks every 100 ms until check answers truly, and returns that answer. check may throw: the last
// error is in ours.
export async function until(what, check, timeoutMs, isOver = () => null) {
  const end = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const answer = await check();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    const over = isOver();
    if (over !== null) throw over;
    if (Date.now() > end) {
      throw new Error(`${what}: not in ${timeoutMs / 1000} s${last ? ` (${last.message})` : ''}`);
    }
    await sleep(100);
  }
}

export class Process {
  // onCrash(process) is called when it ends without having been told to.
  constructor({ name, command, args = [], env = {}, uid, gid, cwd, log, onCrash = () => {} }) {
    Object.assign(this, { name, log, onCrash, wanted: true, ended: false, code: null, signal: null });
    mkdirSync(dirname(log), { recursive: true });
    const out = openSync(log, 'a');
    this.child = spawn(command, args, {
      cwd, uid, gid, detached: true, stdio: ['ignore', out, out], env: { ...process.env, ...env },
    });
    closeSync(out);
    this.exit = new Promise((resolve) => {
      this.child.once('error', (error) => this.#end(resolve, null, error.message));
      this.child.once('exit', (code, signal) => this.#end(resolve, code, signal));
    });
  }

  #end(resolve, code, signal) {
    if (this.ended) return;
    Object.assign(this, { ended: true, code, signal });
    resolve();
    if (this.wanted) this.onCrash(this);
  }

  get pid() {
    return this.child.pid;
  }

  describeEnd() {
    return `${this.name} ended with ${this.signal ?? `exit code ${this.code}`}`;
  }

  // The error with the end of the log, once it has ended; for until().
  endedError() {
    return this.ended ? new Error(`${this.describeEnd()}\n${tailOf(this.log)}`) : null;
  }

  // An orderly end: by exit code 0, or by the signal where the program leaves that to the kernel.
  // Any other is an error (a sanitizer that found a leak, say), and so is one that does not come in
  // time: then it is killed.
  async stop(signal = 'SIGTERM', graceMs = 30000) {
    this.wanted = false;
    if (this.ended) return;
    this.child.kill(signal);
    const late = Symbol('late');
    let timer;
    const first = await Promise.race([this.exit, new Promise((resolve) => {
      timer = setTimeout(resolve, graceMs, late);
    })]);
    clearTimeout(timer);
    if (first === late) {
      await this.kill();
      throw new Error(`${this.name} did not stop in ${graceMs / 1000} s and was killed`);
    }
    if (this.code !== 0 && this.signal !== signal) {
      throw new Error(`${this.describeEnd()} when it was stopped\n${tailOf(this.log)}`);
    }
  }

  // As by kill -9; pause and resume freeze it and let it go on.
  async kill() {
    this.wanted = false;
    if (!this.ended) this.child.kill('SIGKILL');
    await this.exit;
  }

  pause() {
    this.child.kill('SIGSTOP');
  }

  resume() {
    this.child.kill('SIGCONT');
  }
}
