// SPDX-License-Identifier: Apache-2.0
// The event schemas mean the same under both drafts, and reject what they should where they should.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    compiler, drafts, eventTypes, examples, fieldOf, invalidExamples, schemas, topics,
} from './contracts.mjs';

const base = 'https://schemas.ihanoi.example/events/';

for (const draft of drafts) {
    const ajv = compiler(draft);

    for (const type of eventTypes) {
        test(`${type} compiles under ${draft}`, () => {
            assert.equal(typeof ajv.getSchema(base + type), 'function');
        });
    }
    for (const { type, name, content } of examples()) {
        test(`${name} is valid under ${draft}`, () => {
            const validate = ajv.getSchema(base + type);
            assert.ok(validate(content.data), ajv.errorsText(validate.errors));
        });
    }
    for (const { type, name, content } of invalidExamples()) {
        test(`${name} is refused at ${content.field} under ${draft}`, () => {
            const validate = ajv.getSchema(base + type);
            assert.equal(validate(content.event.data), false);
            const fields = validate.errors.map(fieldOf);
            assert.ok(fields.includes(content.field), `refused at ${fields.join(', ')}`);
        });
    }
}

test('every example is an event of its folder in an envelope of ours', () => {
    const ajv = compiler('draft-07');
    const envelope = ajv.getSchema(`${base}cloudevent.schema.json`);
    for (const { type, name, content } of examples()) {
        assert.equal(content.type, type, name);
        assert.equal(content.dataschema, base + type, name);
        const foreign = topics['city.inbound.v1'].types.includes(type);
        if (!foreign) {
            assert.ok(envelope(content), `${name}: ${ajv.errorsText(envelope.errors)}`);
        }
    }
});

test('every type has a minimal, a maximal and three invalid examples', () => {
    const valid = examples();
    const invalid = invalidExamples();
    for (const type of eventTypes) {
        const names = valid.filter((e) => e.type === type).map((e) => e.name.split('/')[1]);
        assert.ok(names.includes('minimal.json'), `${type}: minimal.json`);
        assert.ok(names.includes('maximal.json'), `${type}: maximal.json`);
        assert.ok(invalid.filter((e) => e.type === type).length >= 3, `${type}: invalid`);
    }
});

// What a maximal example may lack: it belongs to other states or other processes, or members exclude
// each other.
const elsewhere = {
    'vn.hanoi.case.': ['result', 'reason', 'resolved_at', 'rejected_at', 'accepted_at', 'resolve_due',
        'assignee', 'previous_state', 'unit', 'focal_point', 'note', 'resume_state', 'area_confirmed',
        'bound', 'closed_at', 'timeout_at', 'timeout_from', 'tasks', 'alert', 'handovers', 'pending',
        'extensions', 'reopenings', 'question', 'rating', 'rating_asked', 'audit', 'merged_into',
        'split_from', 'details', 'message'],
    'vn.hanoi.submission.submitted.': ['details'],
    'vn.hanoi.account.': ['unit', 'activated_at', 'closed_at'],
    'vn.hanoi.publication.': ['corrected_at', 'cancelled_at', 'cancelled_reason'],
    'vn.hanoi.order.': ['paid_at', 'fulfilled_at', 'failed_at', 'failed_reason', 'refunded_at',
        'refunded_vnd', 'refunded_reason', 'expired_at'],
};

test('a maximal example fills every property of its schema', () => {
    const properties = (schema, type) => {
        const own = Object.keys(schema.properties ?? {});
        const parts = (schema.allOf ?? []).flatMap((part) =>
            properties(part.$ref ? schemas.get(part.$ref.replace('.schema.json', '')) : part));
        return [...own, ...parts];
    };
    const excused = (type, name) => Object.entries(elsewhere).some(([types, names]) =>
        type.startsWith(types) && names.includes(name));
    for (const { type, name, content } of examples().filter((e) => e.name.endsWith('/maximal.json'))) {
        for (const property of properties(schemas.get(type))) {
            if (!excused(type, property)) {
                assert.ok(property in content.data, `${name} lacks ${property}`);
            }
        }
    }
});

for (const noun of ['case', 'account', 'publication', 'order']) {
    test(`every member of the snapshot of a ${noun} is in some example`, () => {
        const told = new Set(examples().filter((e) => e.type.startsWith(`vn.hanoi.${noun}.`))
            .flatMap((e) => Object.keys(e.content.data)));
        const known = Object.keys(schemas.get(`${noun}_snapshot`).properties);
        assert.deepEqual(known.filter((name) => !told.has(name)), []);
        assert.deepEqual([...told].filter((name) => !known.includes(name)), []);
    });
}

/** Visits every subschema; a $ref is followed inside our own files. */
function* walk(schema, file, path = '') {
    if (schema === null || typeof schema !== 'object') {
        return;
    }
    yield { schema, file, path };
    for (const [key, value] of Object.entries(schema)) {
        if (key !== '$ref' && key !== 'const' && key !== 'enum') {
            yield* walk(value, file, `${path}/${key}`);
        }
    }
}

const everySchema = () => [...schemas].flatMap(([file, schema]) => [...walk(schema, file)]);

test('every text and array has a limit', () => {
    for (const { schema, file, path } of everySchema()) {
        if (schema.type === 'string' && !schema.enum && !schema.const && !schema.pattern) {
            assert.ok(Number.isInteger(schema.maxLength), `${file}${path}: maxLength`);
        }
        if (schema.type === 'array') {
            assert.ok(Number.isInteger(schema.maxItems), `${file}${path}: maxItems`);
        }
    }
});

test('only keywords that both drafts read alike are used', () => {
    const different = ['$defs', 'dependencies', 'dependentRequired', 'prefixItems',
        'unevaluatedProperties', '$anchor', '$dynamicRef', '$recursiveRef', 'contentSchema'];
    const assertions = ['type', 'properties', 'required', 'minimum', 'maximum', 'minLength',
        'maxLength', 'pattern', 'enum', 'const', 'items', 'format'];
    for (const { schema, file, path } of everySchema()) {
        for (const keyword of different) {
            assert.ok(!(keyword in schema), `${file}${path}: ${keyword}`);
        }
        if (typeof schema.$ref === 'string') {
            // Draft-07 ignores what stands beside $ref, 2020-12 does not.
            for (const keyword of assertions) {
                assert.ok(!(keyword in schema), `${file}${path}: ${keyword} beside $ref`);
            }
        }
    }
});

/** The classes of personal data that a type carries, through its references. */
function classesOf(name, seen = new Set()) {
    if (seen.has(name)) {
        return new Set();
    }
    seen.add(name);
    const found = new Set();
    for (const { schema } of walk(schemas.get(name), name)) {
        if (schema['x-pii']) {
            found.add(schema['x-pii']);
        }
        const other = typeof schema.$ref === 'string' && /^([a-z_]+)\.schema\.json$/.exec(schema.$ref);
        if (other) {
            classesOf(other[1], seen).forEach((c) => found.add(c));
        }
    }
    return found;
}

test('no topic carries personal data above its declared class', () => {
    const order = ['none', 'pseudonymous', 'official', 'free-text', 'contact'];
    for (const [topic, declared] of Object.entries(topics)) {
        for (const type of declared.types) {
            for (const found of classesOf(type)) {
                assert.ok(order.includes(found), `${type}: unknown class ${found}`);
                assert.ok(order.indexOf(found) <= order.indexOf(declared.personal_data),
                    `${topic} is declared ${declared.personal_data}, but ${type} carries ${found}`);
            }
        }
    }
});

test('what analytics publishes carries no personal data', () => {
    for (const [topic, declared] of Object.entries(topics)) {
        if (topic.startsWith('analytics.')) {
            assert.equal(declared.personal_data, 'none', topic);
            for (const type of declared.types) {
                assert.deepEqual([...classesOf(type)], [], type);
            }
        }
    }
});

test('every event type travels on exactly one topic', () => {
    const placed = Object.values(topics).flatMap((topic) => topic.types);
    assert.deepEqual([...placed].sort(), [...eventTypes].sort());
});
