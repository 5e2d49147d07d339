// SPDX-License-Identifier: Apache-2.0
// contracts: reads proto/ the way its users do. Shared by the contract tests.
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse as parseYaml } from 'yaml';

const root = new URL('../../', import.meta.url).pathname;
export const proto = (...parts) => join(root, 'proto', ...parts);

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
export const readYaml = (path) => parseYaml(readFileSync(path, 'utf8'));

export const services = ['intake', 'routing', 'notification', 'analytics'];
export const topics = readYaml(proto('topics.yaml')).topics;

const schemaFiles = readdirSync(proto('events')).filter((name) => name.endsWith('.schema.json'));
export const schemas = new Map(
    schemaFiles.map((name) => [basename(name, '.schema.json'), readJson(proto('events', name))]),
);
/** Event types, without the files that only hold shared parts. */
export const eventTypes = [...schemas.keys()].filter((name) => name.startsWith('vn.hanoi.'));

const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';
const DRAFT_2020 = 'https://json-schema.org/draft/2020-12/schema';

/** A validator that knows every schema, under one of the two drafts that they must satisfy.
 * x-pii is our annotation. A branch may require what its sibling defines. */
export function compiler(draft) {
    const options = {
        allErrors: true,
        strict: true,
        strictTypes: false,
        strictRequired: false,
        keywords: ['x-pii'],
    };
    const ajv = draft === '2020-12' ? new Ajv2020(options) : new Ajv(options);
    addFormats(ajv);
    const dialect = draft === '2020-12' ? DRAFT_2020 : DRAFT_07;
    for (const schema of schemas.values()) {
        ajv.addSchema({ ...schema, $schema: dialect });
    }
    return ajv;
}

export const drafts = ['draft-07', '2020-12'];

/** ajv's error as the path that our codecs name: "location.lat", "media[2]", "" for the root. */
export function fieldOf(error) {
    const missing = error.params.missingProperty;
    const names = error.instancePath.split('/').slice(1);
    if (missing !== undefined) {
        names.push(missing);
    }
    return names.reduce((path, name) => {
        if (/^[0-9]+$/.test(name)) {
            return `${path}[${name}]`;
        }
        return path === '' ? name : `${path}.${name}`;
    }, '');
}

function readExamples(directory) {
    return eventTypes.flatMap((type) =>
        readdirSync(proto(directory, type)).sort().map((name) => ({
            type,
            name: `${type}/${name}`,
            content: readJson(proto(directory, type, name)),
        })),
    );
}

/** Full CloudEvents in structured form. */
export const examples = () => readExamples('examples');
/** {field, why, event}: event.data is wrong at field. */
export const invalidExamples = () => readExamples('examples/invalid');
