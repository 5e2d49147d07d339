// SPDX-License-Identifier: Apache-2.0
// topics.yaml keeps the rules that it states.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { services, topics } from './contracts.mjs';

const KIB = 1024;
const entries = Object.entries(topics);

test('every reading service has a dead-letter topic for each topic that it reads', () => {
    const wanted = entries.filter(([name]) => !name.endsWith('.dlq')).flatMap(([name, topic]) =>
        topic.readers.filter((r) => services.includes(r)).map((r) => `${name}.${r}.dlq`));
    const declared = entries.map(([name]) => name).filter((name) => name.endsWith('.dlq'));
    assert.deepEqual(declared.sort(), wanted.sort());
});

test('a dead letter always fits, with its reason headers', () => {
    for (const [name, topic] of entries.filter(([n]) => n.endsWith('.dlq'))) {
        const source = topics[name.replace(/\.[a-z]+\.dlq$/, '')];
        assert.ok(topic.config['max.message.bytes'] >= source.config['max.message.bytes'] + 64 * KIB,
            name);
        assert.equal(topic.partitions, 1, name);
        assert.equal(topic.personal_data, source.personal_data, name);
    }
});

test('every topic states its retention, policy, size and clock', () => {
    for (const [name, topic] of entries) {
        for (const key of ['cleanup.policy', 'retention.ms', 'retention.bytes', 'max.message.bytes',
            'message.timestamp.type', 'segment.ms', 'segment.bytes']) {
            assert.ok(key in topic.config, `${name}: ${key}`);
        }
        assert.equal(topic.config['message.timestamp.type'], 'LogAppendTime', name);
        const bounded = topic.config['retention.bytes'] > 0 && topic.config['retention.ms'] > 0;
        assert.equal(bounded, topic.config['cleanup.policy'] === 'delete', name);
        assert.ok(topic.config['segment.bytes'] > topic.config['max.message.bytes'], name);
        assert.ok(topic.writers.length > 0 && topic.readers.length > 0 && topic.key, name);
    }
});

test('keyed topics have twelve partitions', () => {
    for (const [name, topic] of entries.filter(([n]) => !n.endsWith('.dlq'))) {
        assert.equal(topic.partitions, name === 'city.reference.v1' ? 1 : 12, name);
    }
});
