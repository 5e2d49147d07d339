// SPDX-License-Identifier: Apache-2.0
// `intake simulate` plays the systems of the demo's file against the running service, by both doors; what came of it is
// counted from what it printed and from the tables.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../../../deploy/local/process.mjs';
import { DEMO_KEY, Stack } from '../../../deploy/local/stack.mjs';
import { takeOffset } from '../../support/ports.mjs';
import { Topics } from '../../support/topics.mjs';
import { reference } from './city.mjs';

const stack = new Stack({ folder: 'build/test/intake-simulate', offset: takeOffset() });
const RECORDS = { parking: 'parking', bus: 'bus_alert', school: 'school_record', bills: 'bill', disaster: 'warning' };
const HALF_HOUR = 1800e3;
let topics;

/** Needs no settings of the service. {code, events: [{id, kind, subject, at, answer}], sums, stderr} */
function simulate(...args) {
    return new Promise((resolve) => {
        execFile(join(stack.bin, 'intake'), ['simulate', ...args.map(String)], { env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
            const lines = stdout.trim().split('\n');
            const events = lines.filter((line) => line.includes('\t')).map((line) => {
                const [id, kind, subject, at, answer] = line.split('\t');
                return { id, kind, subject, at, answer };
            });
            resolve({ code: error ? error.code : 0, events, sums: lines.filter((line) => !line.includes('\t')), stderr });
        });
    });
}
const byHttp = (source, ...more) => simulate('--source', source, '--url', stack.url('intake'), '--key', DEMO_KEY, ...more);
const byTopic = (source, ...more) => simulate('--source', source, '--brokers', stack.kafka.brokers, ...more);
const rows = (text, values = []) => stack.postgres.query(text, values, 'intake');
const good = (events) => events.filter((e) => ['fresh', 'late'].includes(e.kind));
const distinct = (values) => new Set(values).size;

async function assertRecords(source, events) {
    const kept = await rows('SELECT subject, at FROM city_record WHERE type = $1', [RECORDS[source]]);
    const newest = new Map();
    for (const { subject, at } of good(events)) newest.set(subject, newest.get(subject) > at ? newest.get(subject) : at);
    assert.deepEqual(Object.fromEntries(kept.map((row) => [row.subject, row.at.toISOString()])), Object.fromEntries(newest));
}

before(async () => {
    stack.writeApiKeys();
    await stack.startBackends();
    await stack.prepare('intake');
    topics = new Topics(stack.kafka.brokers);
    await topics.publish(reference());
    await stack.startService('intake', { environment: { EVENT_RATE: '1000' } });
}, { timeout: 120000 });

after(async () => {
    await topics?.close();
    await stack.discard();
});

test('cameras: each incident is filed once, faults are refused', async () => {
    const { code, events, sums, stderr } = await byHttp('camera', '--count', 120, '--rate', 200, '--faults', 15, '--seed', 3);
    assert.equal(code, 0, stderr + sums.join());
    assert.equal(events.length, 120);
    assert.ok(events.every((e) => (e.kind === 'faulty' ? /^refused (400|403) [a-z_]+$/ : /^taken$/).test(e.answer)), JSON.stringify(events));
    assert.ok(['fresh', 'late', 'repeat', 'faulty'].every((kind) => events.some((e) => e.kind === kind)));
    const [{ n }] = await rows("SELECT count(*)::int AS n FROM submission WHERE category = 'giao-thong'");
    assert.equal(n, distinct(good(events).map((e) => e.id)));
    assert.match(sums.join('\n'), /fresh: \d+ sent, \d+ taken\nlate: /);
});

test('sensors: a burst is one submission, and each alarm is counted once', async () => {
    const { code, events } = await byHttp('sensors', '--count', 150, '--rate', 200, '--seed', 4);
    assert.equal(code, 0);
    const window = (e) => `${e.subject} ${Math.floor(Date.parse(e.at) / HALF_HOUR)}`;
    const [bursts] = await rows('SELECT count(*)::int AS n, sum(alarms)::int AS alarms FROM sensor_burst');
    assert.deepEqual(bursts, { n: distinct(good(events).map(window)), alarms: distinct(good(events).map((e) => e.id)) });
    assert.ok(bursts.n < bursts.alarms / 2);
});

for (const source of ['parking', 'bus', 'disaster']) {
    test(`${source}: of each thing the newest version stands`, async () => {
        const { code, events, sums } = await byHttp(source, '--count', 60, '--rate', 100, '--faults', 10, '--seed', 5);
        assert.equal(code, 0, sums.join());
        await assertRecords(source, events);
    });
}

test('warnings come by threes: what was told of a cancelled one is cancelled', async () => {
    const answer = await fetch(`${stack.url('intake')}/api/intake/records?type=warning&state=current`);
    const { items } = await answer.json();
    assert.ok(items.every((item) => item.data.msgType !== 'Cancel'));
    const [{ n }] = await rows('SELECT count(*)::int AS n FROM city_record_end');
    assert.ok(n > 10);
});

for (const source of ['school', 'bills']) {
    test(`${source} by the topic: faults lie in quarantine, each once`, async () => {
        const { code, events, sums } = await byTopic(source, '--count', 150, '--rate', 500, '--faults', 20, '--seed', 6);
        assert.equal(code, 0, sums.join());
        assert.ok(events.every((e) => e.answer === 'delivered'));
        const faulty = events.filter((e) => e.kind === 'faulty');
        await until('all are read', async () => {
            const [{ n }] = await rows('SELECT coalesce(sum(times), 0)::int AS n FROM quarantine WHERE source LIKE $1', [`https://${source}%`]);
            return n === faulty.length;
        }, 20000);
        const held = await rows('SELECT state, reason FROM quarantine WHERE source LIKE $1', [`https://${source}%`]);
        assert.equal(held.length, distinct(faulty.map((e) => e.id)));
        assert.ok(held.every((row) => row.state === 'open' && ['invalid_data', 'foreign_type'].includes(row.reason)));
        await until('the records', async () => (await rows('SELECT count(*)::int AS n FROM city_record WHERE type = $1', [RECORDS[source]]))[0].n
            === distinct(good(events).map((e) => e.subject)), 20000);
        await assertRecords(source, events);
    });
}

test('over the quota of a source it comes again until it is taken', async () => {
    await rows("UPDATE event_source SET per_s = 20, burst = 5 WHERE prefix LIKE '%camera%'");
    await rows('DELETE FROM event_quota');
    const { code, events } = await byHttp('camera', '--count', 40, '--rate', 1000, '--seed', 9);
    assert.equal(code, 0, JSON.stringify(events.filter((e) => e.answer !== 'taken')));
});

test('what is asked for wrongly is told', async () => {
    for (const args of [[], ['--source', 'moon', '--brokers', 'x'], ['--source', 'camera'], ['--source', 'camera', '--url', 'x'],
        ['--source', 'camera', '--brokers', 'x', '--count', '0'], ['--source', 'camera', '--brokers', 'x', '--faults', '101']]) {
        const { code, stderr } = await simulate(...args);
        assert.equal(code, 2);
        assert.match(stderr, /usage: intake simulate/);
    }
});
