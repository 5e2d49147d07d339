// SPDX-License-Identifier: Apache-2.0
// What strangers do with connections: thousands that say nothing, hundreds that say it slowly, and requests
// that two readers would read differently. Meanwhile a resident files, and is served.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { sleep } from '../../../deploy/local/process.mjs';
import { Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { Topics } from '../../support/topics.mjs';
import { HOAN_KIEM, reference } from './city.mjs';

const IDLE = 10000;
const SLOW = 300;
const PATH = '/api/intake/submissions';
const stack = new Stack({ folder: 'build/test/intake-hostile', offset: takeOffset() });
let topics, filed = 0;

before(async () => {
    stack.writeApiKeys();
    await stack.startBackends();
    await stack.prepare('intake');
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake');
}, { timeout: 120000 });

after(async () => {
    await topics?.close();
    await stack.discard();
});

const report = (description) => JSON.stringify({ category: 'giao-thong', description, location: HOAN_KIEM });

async function file(description) {
    const answer = await fetch(stack.url('intake') + PATH, { method: 'POST', body: report(description),
        headers: { 'x-api-key': 'demo-key', 'content-type': 'application/json' }, signal: AbortSignal.timeout(10000) });
    assert.equal(answer.status, 201, await answer.text());
    filed += 1;
}

/** A connection that collects what it is told; errors are an end like any other. */
async function open() {
    const socket = connect(stack.ports.intake, '127.0.0.1');
    socket.on('error', () => {});
    socket.told = '';
    socket.setEncoding('latin1').on('data', (text) => { socket.told += text; });
    await once(socket, 'connect');
    return socket;
}

async function openMany(count) {
    const sockets = [];
    while (sockets.length < count) {
        sockets.push(...await Promise.all(Array.from({ length: Math.min(250, count - sockets.length) }, open)));
    }
    return sockets;
}

const ended = (socket) => (socket.closed ? undefined : once(socket, 'close'));

/** What is answered to these bytes until the server closes, or has said nothing more for a while. */
async function exchange(bytes) {
    const socket = await open();
    socket.write(bytes, 'latin1');
    let length = -1;
    while (!socket.closed && length !== socket.told.length) {
        length = socket.told.length;
        await sleep(700);
    }
    const isOpen = !socket.closed;
    socket.destroy();
    return { told: socket.told, statuses: [...socket.told.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((m) => Number(m[1])), isOpen };
}

test(`${IDLE} connections that say nothing disturb nobody`, { timeout: 120000 }, async () => {
    const idle = await openMany(IDLE);
    for (let i = 0; i < 50; i++) await file(`Bên cạnh ${IDLE} kết nối, ${i}.`);
    assert.ok((await fetch(`${stack.url('intake')}/readyz`)).ok);
    const open = idle.filter((socket) => !socket.closed).length;
    assert.ok(open > IDLE * 0.9, `only ${open} were still open: they were no burden`);
    for (const socket of idle) socket.destroy();
    await file('Sau đó.');
});

test(`${SLOW} clients that trickle are cut, and disturb nobody`, { timeout: 180000 }, async () => {
    const slow = await openMany(SLOW);
    const head = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nX-Api-Key: demo-key\r\nContent-Type: application/json\r\n`;
    const body = `Content-Length: 5000\r\n\r\n${' '.repeat(5000)}`;
    const said = slow.map((_, i) => (i % 2 ? head + body : head + 'X-More: a\r\n'.repeat(1000)));
    let at = 0;
    const trickle = setInterval(() => {
        slow.forEach((socket, i) => { if (socket.writable) socket.write(said[i][at % said[i].length]); });
        at += 1;
    }, 200);
    const until = Date.now() + 120000;
    while (slow.some((socket) => !socket.closed) && Date.now() < until) {
        await file(`Trong khi ${SLOW} máy gửi chậm, ${filed}.`);
        await sleep(1000);
    }
    clearInterval(trickle);
    const left = slow.filter((socket) => !socket.closed);
    for (const socket of left) socket.destroy();
    assert.equal(left.length, 0, 'still open after two minutes');
    assert.ok(slow.every((socket) => !/HTTP\/1\.1 2/.test(socket.told)));
});

/* A request with a body that a lenient reader ends elsewhere, so that what follows would be one of its own. */
const inner = `POST ${PATH} HTTP/1.1\r\nHost: x\r\nX-Api-Key: demo-key\r\nContent-Type: application/json\r\n`
    + `Content-Length: ${Buffer.byteLength(report('lén'))}\r\n\r\n${report('lén')}`;
const outer = (headers, body) => `POST ${PATH} HTTP/1.1\r\nHost: x\r\nX-Api-Key: demo-key\r\n`
    + `Content-Type: application/json\r\n${headers}\r\n${body}`;
const chunked = `0\r\n\r\n${inner}`;
const raw = (text) => Buffer.from(text).toString('latin1');

const SMUGGLED = {
    'length and chunks': outer('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', chunked),
    'chunks and length': outer('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', chunked),
    'two lengths': outer('Content-Length: 0\r\nContent-Length: 5\r\n', inner),
    'two lengths alike': outer('Content-Length: 0\r\nContent-Length: 0\r\n', inner),
    'a list of lengths': outer('Content-Length: 0, 0\r\n', inner),
    'a signed length': outer('Content-Length: +0\r\n', inner),
    'a negative length': outer('Content-Length: -1\r\n', inner),
    'a hexadecimal length': outer('Content-Length: 0x0\r\n', inner),
    'a length too large for any number': outer('Content-Length: 18446744073709551616\r\n', inner),
    'no length at all': outer('Content-Length:\r\n', inner),
    'a blank before the colon': outer('Content-Length : 0\r\n', inner),
    'chunks under another name': outer('Transfer-Encoding: xchunked\r\n', chunked),
    'chunks and another coding': outer('Transfer-Encoding: chunked, identity\r\n', chunked),
    'chunks twice': outer('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', chunked),
    'a folded header': outer('Transfer-Encoding:\r\n chunked\r\nContent-Length: 0\r\n', chunked),
    'a chunk size that is none': outer('Transfer-Encoding: chunked\r\n', `zz\r\n\r\n${inner}`),
    'a chunk size too large for any number': outer('Transfer-Encoding: chunked\r\n', `10000000000000000\r\n${inner}`),
    'a body where none belongs': `GET /api/intake/categories HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n`
        + `Transfer-Encoding: chunked\r\n\r\n${chunked}`,
};

for (const [name, text] of Object.entries(SMUGGLED)) {
    test(`smuggling: ${name} is refused, and what follows is not read`, async () => {
        const { statuses, isOpen, told } = await exchange(raw(text));
        // Not "one answer": libmicrohttpd 0.9.75 sends the head of its own refusals of Content-Length twice.
        assert.ok(statuses.every((status) => status >= 400 && status < 600), told);
        assert.equal(isOpen, false, 'the connection goes on');
    });
}

test('a request behind another is one of its own', async () => {
    const { statuses } = await exchange(raw(inner + inner));
    assert.deepEqual(statuses, [201, 201], 'the same bytes as above, sent honestly');
});

test('of all that was smuggled nothing was filed', async () => {
    const rows = await stack.postgres.query(
        'SELECT description, count(*)::int AS n FROM submission GROUP BY 1 HAVING description = $1', ['lén'], 'intake');
    assert.deepEqual(rows.map((row) => row.n), [2], 'the two that were sent honestly');
    const [{ n }] = await stack.postgres.query('SELECT count(*)::int AS n FROM submission', [], 'intake');
    assert.equal(n, filed + 2);
});
