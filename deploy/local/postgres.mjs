// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL server of our own: data in a folder, one role and one database for each service,
// reachable over TCP on this machine only. PostgreSQL refuses to run as root: then it runs as user
// postgres.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { Process, until } from './process.mjs';

const PASSWORD = 'local'; // of the superuser; services have their own

function newestBin() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root)
    ? readdirSync(root).filter((v) => existsSync(join(root, v, 'bin/postgres'))) : [];
  if (versions.length === 0) throw new Error('PostgreSQL is not installed: run make install');
  return join(root, versions.sort((a, b) => b - a)[0], 'bin');
}

function owner() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function canEnter(folder, user) {
  try {
    execFileSync('test', ['-x', folder], { ...user, cwd: '/' });
    return true;
  } catch {
    return false; // test answers by its exit code
  }
}

export class Postgres {
  constructor({ folder, port, log, onCrash }) {
    Object.assign(this, { port, log, onCrash, user: owner(), bin: newestBin(), process: null });
    mkdirSync(folder, { recursive: true });
    this.data = join(folder, 'postgres');
    if (!canEnter(folder, this.user)) { // a checkout in /root, say
      const name = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 12);
      this.data = `/var/tmp/ihanoi-postgres-${name}`;
    }
  }

  url(role, database = role) {
    const password = role === 'postgres' ? PASSWORD : role;
    return `postgresql://${role}:${password}@127.0.0.1:${this.port}/${database}`;
  }

  #initialise() {
    if (existsSync(join(this.data, 'PG_VERSION'))) return;
    mkdirSync(this.data, { recursive: true, mode: 0o700 });
    const passwordFile = join(this.data, '..', `.postgres-password-${this.port}`);
    writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
    if (this.user.uid !== undefined) {
      chownSync(this.data, this.user.uid, this.user.gid);
      chownSync(passwordFile, this.user.uid, this.user.gid);
    }
    execFileSync(join(this.bin, 'initdb'), ['-D', this.data, '-U', 'postgres', '-E', 'UTF8',
      '--locale=C.UTF-8', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    { ...this.user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    rmSync(passwordFile);
  }

  // A server that an earlier run left behind, if any.
  #stopLeftover() {
    const file = join(this.data, 'postmaster.pid');
    if (!existsSync(file)) return;
    try {
      execFileSync(join(this.bin, 'pg_ctl'), ['stop', '-D', this.data, '-m', 'fast', '-w'],
        { ...this.user, cwd: '/', stdio: 'ignore' });
    } catch {
      // pg_ctl fails when the file is only a remnant; the start below tells of all else
    }
  }

  async start() {
    this.#initialise();
    this.#stopLeftover();
    copyFileSync('deploy/postgres/postgresql.conf', join(this.data, 'postgresql.conf'));
    if (this.user.uid !== undefined) {
      chownSync(join(this.data, 'postgresql.conf'), this.user.uid, this.user.gid);
    }
    this.process = new Process({
      name: 'postgres',
      command: join(this.bin, 'postgres'),
      args: ['-D', this.data, '-p', String(this.port), '-c', 'listen_addresses=127.0.0.1',
        '-c', 'unix_socket_directories='],
      ...this.user,
      cwd: '/',
      log: this.log,
      onCrash: this.onCrash,
    });
    await until('PostgreSQL answers', () => this.query('SELECT 1'), 60000,
      () => this.process.endedError());
  }

  async query(sql, parameters = [], database = 'postgres') {
    const client = new pg.Client({ connectionString: this.url('postgres', database) });
    await client.connect();
    try {
      return (await client.query(sql, parameters)).rows;
    } finally {
      await client.end();
    }
  }

  // Each service owns its database; nobody else may connect to it.
  async createDatabase(service) {
    const known = await this.query('SELECT 1 FROM pg_database WHERE datname = $1', [service]);
    if (known.length > 0) return;
    await this.query(`CREATE ROLE ${service} LOGIN PASSWORD '${service}'`);
    await this.query(`CREATE DATABASE ${service} OWNER ${service}`);
    await this.query(`REVOKE ALL ON DATABASE ${service} FROM PUBLIC`);
  }

  // SIGINT is fast: open sessions are ended, data are flushed. SIGQUIT is immediate: neither.
  async stop(signal = 'SIGINT') {
    await this.process?.stop(signal);
  }

  // The server and all its children at once, as when the machine loses power.
  async kill() {
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(this.process.pid)],
      { encoding: 'utf8' }).trim().split(/\s+/).map(Number);
    this.process.pause(); // no new children meanwhile
    for (const pid of children) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if (error.code !== 'ESRCH') throw error; // ended by itself
      }
    }
    await this.process.kill();
    await until('PostgreSQL is gone', () => !children.some(isAlive), 10000);
  }
}

function isAlive(pid) {
  return existsSync(`/proc/${pid}`);
}
