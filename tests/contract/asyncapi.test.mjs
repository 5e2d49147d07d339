// SPDX-License-Identifier: Apache-2.0
// The AsyncAPI documents are valid, and say of topics and types what topics.yaml says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Parser, fromFile } from '@asyncapi/parser';
import { proto, readYaml, services, topics } from './contracts.mjs';

const ERROR = 0;

for (const service of services) {
    const file = proto('asyncapi', `${service}.yaml`);
    const document = readYaml(file);

    test(`asyncapi/${service}.yaml parses without an error`, async () => {
        const parser = new Parser();
        const { document: parsed, diagnostics } = await fromFile(parser, file).parse();
        const errors = diagnostics.filter((d) => d.severity === ERROR);
        assert.deepEqual(errors.map((d) => `${d.path.join('.')}: ${d.message}`), []);
        assert.ok(parsed, 'a document came out');
        assert.equal(parsed.channels().all().length, Object.keys(document.channels).length);
        for (const message of parsed.messages().all()) {
            assert.ok(message.hasPayload(), message.id());
        }
    });

    test(`asyncapi/${service}.yaml binds each topic as topics.yaml declares it`, () => {
        for (const channel of Object.values(document.channels)) {
            const declared = topics[channel.address];
            assert.ok(declared, `${channel.address} is not in topics.yaml`);
            const { topic, partitions, topicConfiguration } = channel.bindings.kafka;
            const [policy, ...others] = topicConfiguration['cleanup.policy'];
            assert.deepEqual(others, []);
            assert.equal(topic, channel.address);
            assert.equal(partitions, declared.partitions, topic);
            assert.deepEqual({ ...topicConfiguration, 'cleanup.policy': policy }, declared.config,
                topic);
        }
    });

    test(`asyncapi/${service}.yaml sends and receives what topics.yaml says`, () => {
        const used = (action) => Object.values(document.operations)
            .filter((operation) => operation.action === action)
            .map((operation) => document.channels[operation.channel.$ref.split('/').at(-1)].address)
            .sort();
        const declared = (role) => Object.entries(topics)
            .filter(([, topic]) => topic[role].includes(service)).map(([name]) => name).sort();
        assert.deepEqual(used('send'), declared('writers'));
        assert.deepEqual(used('receive'), declared('readers'));
    });

    test(`asyncapi/${service}.yaml carries the declared types, by their schemas`, () => {
        for (const channel of Object.values(document.channels)) {
            const messages = Object.values(channel.messages)
                .map((reference) => document.components.messages[reference.$ref.split('/').at(-1)]);
            if (channel.address.endsWith('.dlq')) {
                continue; // any bytes
            }
            assert.deepEqual(messages.map((m) => m.name).sort(),
                [...topics[channel.address].types].sort());
            for (const message of messages) {
                assert.equal(message.payload.$ref, `../events/${message.name}.schema.json`);
            }
        }
    });
}
