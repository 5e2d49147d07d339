// SPDX-License-Identifier: Apache-2.0
// Ports for a test's stack that no other test on this machine has, also of another checkout: a file in a
// shared folder says which process has which offset, as long as that process lives. Where servers of a test that
// was killed still listen, nobody is sent.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PORTS } from '../../deploy/local/stack.mjs';

// All ports of a stack then lie above those that the kernel gives to clients (60999) and below 65536.
const FIRST = 5600, LAST = 6420, STEP = 20;
const FOLDER = join(tmpdir(), 'ihanoi-test-ports');

function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === 'EPERM';
    }
}

/** True when the file is new, so that this process has what it stands for. */
function create(file) {
    try {
        writeFileSync(file, String(process.pid), { flag: 'wx' });
        return true;
    } catch (error) {
        if (error.code !== 'EEXIST') throw error;
        return false;
    }
}

/** Takes away the file of a process that has ended: renamed first, so that of two who see it one does. */
function clear(file) {
    const mine = `${file}.${process.pid}`;
    try {
        const owner = Number(readFileSync(file, 'utf8'));
        if (owner === 0 || isAlive(owner)) return false; // 0: just created
        renameSync(file, mine);
    } catch (error) {
        if (error.code !== 'ENOENT') throw error;
        return false;
    }
    const dead = !isAlive(Number(readFileSync(mine, 'utf8')));
    if (dead) rmSync(mine);
    else renameSync(mine, file); // somebody was faster, and it is theirs
    return dead;
}

/** The ports that somebody listens on, as Linux tells (proc(5)). */
function listening() {
    const LISTEN = '0A';
    const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].filter(existsSync)
        .flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').slice(1).map((line) => line.trim().split(/\s+/)));
    return new Set(sockets.filter(([, , , state]) => state === LISTEN)
        .map(([, address]) => parseInt(address.split(':').at(-1), 16)));
}

/** For `new Stack({ offset })`; given back when this process ends. */
export function takeOffset() {
    mkdirSync(FOLDER, { recursive: true });
    const busy = listening();
    for (let offset = FIRST; offset <= LAST; offset += STEP) {
        if (Object.values(PORTS).some((port) => busy.has(port + offset))) continue;
        const file = join(FOLDER, String(offset));
        if (create(file) || (clear(file) && create(file))) {
            process.once('exit', () => rmSync(file, { force: true }));
            return offset;
        }
    }
    throw new Error(`all ports of tests are taken: see ${FOLDER}`);
}
