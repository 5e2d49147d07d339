// SPDX-License-Identifier: Apache-2.0
// What tests do with topics, through a client that shares no code with librdkafka.
import { randomBytes, randomUUID } from 'node:crypto';
import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';

/** RFC 9562, version 7. */
export function uuid7(ms = Date.now()) {
    const hex = ms.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
    const variant = (8 + (parseInt(hex[16], 16) & 3)).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A message in the binary mode of CloudEvents; data undefined: a tombstone. */
export function message(topic, type, key, data, { id = uuid7(), source = '/ihanoi/test', time = new Date() } = {}) {
    return {
        topic,
        key,
        value: data === undefined ? undefined : JSON.stringify(data),
        headers: {
            ce_specversion: '1.0', ce_id: id, ce_source: source, ce_type: type, ce_subject: key,
            ce_time: time.toISOString(), 'content-type': 'application/json',
        },
    };
}

/** Publishes to, and listens on, the topics of one broker. */
export class Topics {
    constructor(brokers) {
        this.brokers = [brokers];
        this.producer = new Producer({
            clientId: 'test', bootstrapBrokers: this.brokers, serializers: stringSerializers,
            autocreateTopics: false,
        });
        this.listeners = [];
    }

    publish(messages) {
        return this.producer.send({ messages });
    }

    /** From the beginning on: a list that grows, of {topic, key, id, type, data, headers, partition, offset}. */
    async listen(topics) {
        const consumer = new Consumer({
            groupId: `test-${randomUUID()}`, clientId: 'test', bootstrapBrokers: this.brokers,
            deserializers: stringDeserializers,
        });
        const stream = await consumer.consume({ mode: 'earliest', autocommit: false, topics });
        const events = [];
        stream.on('data', ({ topic, key, value, headers, partition, offset }) => {
            const named = Object.fromEntries([...headers].map(([k, v]) => [String(k), String(v)]));
            events.push({
                topic, key, partition, offset, headers: named, id: named.ce_id, type: named.ce_type,
                data: value ? JSON.parse(value) : null,
            });
        });
        this.listeners.push({ consumer, stream });
        return events;
    }

    /** Where each partition of a topic ends: {topic: [offsets]}. */
    async ends(topics) {
        const consumer = this.#consumer();
        try {
            const ends = await consumer.listOffsets({ topics });
            return Object.fromEntries(topics.map((topic) => [topic, ends.get(topic).map(Number)]));
        } finally {
            await consumer.close();
        }
    }

    /** All that is in the topics now, as bytes: {topic, partition, offset, key, value, headers},
     * headers as a list of [name, value]. */
    async read(topics) {
        const ends = await this.ends(topics);
        const left = new Set(topics.flatMap((topic) => ends[topic]
            .map((end, partition) => [`${topic}/${partition}`, end]).filter(([, end]) => end > 0)
            .map(([name]) => name)));
        const messages = [];
        if (left.size === 0) return messages;
        const consumer = this.#consumer();
        const stream = await consumer.consume({ mode: 'earliest', autocommit: false, topics });
        for await (const { topic, partition, offset, key, value, headers } of stream) {
            if (offset >= ends[topic][partition]) continue;
            messages.push({ topic, partition, offset: Number(offset), key, value: value ?? null,
                headers: [...headers].map(([name, bytes]) => [String(name), bytes]) });
            if (Number(offset) + 1 === ends[topic][partition]) left.delete(`${topic}/${partition}`);
            if (left.size === 0) break;
        }
        await consumer.close(true);
        return messages;
    }

    #consumer() {
        return new Consumer({ groupId: `test-${randomUUID()}`, clientId: 'test',
            bootstrapBrokers: this.brokers });
    }

    async close() {
        for (const { consumer, stream } of this.listeners) {
            await stream.close();
            await consumer.close(true);
        }
        await this.producer.close();
    }
}
