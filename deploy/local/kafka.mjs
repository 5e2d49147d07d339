// SPDX-License-Identifier: Apache-2.0
// One Kafka node, run by deploy/local/kafka; we watch that it stays.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './process.mjs';

const run = promisify(execFile);

export class Kafka {
  constructor({ folder, port, controllerPort, heap, onCrash = () => {} }) {
    this.folder = join(folder, 'kafka');
    Object.assign(this, { name: 'kafka', port, controllerPort, heap, onCrash, watch: null });
    this.log = join(this.folder, 'broker.log');
  }

  get brokers() {
    return `127.0.0.1:${this.port}`;
  }

  #script(verb) {
    return run('deploy/local/kafka', [verb, this.folder, String(this.port),
      String(this.controllerPort)], { env: { ...process.env, KAFKA_HEAP: this.heap } });
  }

  #pid() {
    return Number(readFileSync(join(this.folder, 'pid'), 'utf8'));
  }

  async start() {
    await this.#script('start');
    const pid = this.#pid();
    this.watch = setInterval(() => {
      if (!existsSync(`/proc/${pid}`)) {
        this.#unwatch();
        this.onCrash(this);
      }
    }, 500);
  }

  #unwatch() {
    clearInterval(this.watch);
    this.watch = null;
  }

  describeEnd() {
    return 'kafka ended';
  }

  async stop() {
    this.#unwatch();
    await this.#script('stop');
  }

  async kill() {
    this.#unwatch();
    const pid = this.#pid();
    process.kill(pid, 'SIGKILL');
    await until('Kafka is gone', () => !existsSync(`/proc/${pid}`), 10000);
  }
}
