// SPDX-License-Identifier: Apache-2.0
// The CloudEvents SDK, which others wrote, reads our examples and writes them back the same, in
// both modes of the Kafka binding.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CloudEvent, Kafka } from 'cloudevents';
import { examples } from './contracts.mjs';

/** The SDK normalises the time to milliseconds; compare instants, not spellings. */
function comparable(event) {
    const plain = JSON.parse(JSON.stringify(event));
    return { ...plain, time: new Date(plain.time).toISOString() };
}

/** What a broker keeps: bytes. */
function throughBroker(message) {
    const text = typeof message.value === 'string' ? message.value : JSON.stringify(message.value);
    const headers = Object.fromEntries(Object.entries(message.headers)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, Buffer.from(String(value)).toString('utf8')]));
    return { key: message.key, value: Buffer.from(text).toString('utf8'), headers };
}

for (const { name, content } of examples()) {
    test(`${name} is a CloudEvent`, () => {
        assert.ok(new CloudEvent(content).validate());
    });

    test(`${name} survives structured mode`, () => {
        const message = throughBroker(Kafka.structured(new CloudEvent(content)));
        assert.match(message.headers['content-type'], /^application\/cloudevents\+json/);
        assert.ok(Kafka.isEvent(message));
        assert.deepEqual(comparable(Kafka.toEvent(message)), comparable(content));
    });

    test(`${name} survives binary mode`, () => {
        const message = throughBroker(Kafka.binary(new CloudEvent(content)));
        for (const [attribute, value] of Object.entries(content)) {
            if (attribute !== 'data' && attribute !== 'datacontenttype' && attribute !== 'time') {
                assert.equal(message.headers[`ce_${attribute}`], value, attribute);
            }
        }
        assert.match(message.headers['content-type'], /^application\/json/);
        assert.deepEqual(JSON.parse(message.value), content.data, 'the value is the data alone');
        assert.deepEqual(comparable(Kafka.toEvent(message)), comparable(content));
    });

    test(`${name} fits into an event`, () => {
        assert.ok(Buffer.byteLength(JSON.stringify(content.data)) <= 64 * 1024);
    });
}
