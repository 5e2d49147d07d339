// SPDX-License-Identifier: Apache-2.0
// The OpenAPI documents are valid, and list exactly the routes that the programs serve.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { proto, readYaml, services } from './contracts.mjs';

const redocly = ['node_modules/@redocly/cli/bin/cli.js', 'lint', '--format', 'json', '--config',
    proto('openapi', 'redocly.yaml')];
const bin = process.env.SERVICE_BIN ?? 'build/bin';

/** A path item, through its reference. */
function resolve(document, item) {
    return item.$ref ? document.components.pathItems[item.$ref.split('/').at(-1)] : item;
}

const methods = ['get', 'put', 'post', 'delete', 'patch'];

/** {operation: names of its query}, as the document says. */
function documentedQueries(document) {
    const parameter = (p) => (p.$ref ? document.components.parameters[p.$ref.split('/').at(-1)] : p);
    return Object.fromEntries(Object.entries(document.paths).flatMap(([path, item]) => {
        const found = resolve(document, item);
        return Object.keys(found).filter((key) => methods.includes(key)).map((method) => {
            const all = [...found.parameters ?? [], ...found[method].parameters ?? []].map(parameter);
            return [`${method.toUpperCase()} ${path}`,
                all.filter((p) => p.in === 'query').map((p) => p.name).sort()];
        });
    }));
}

/** The same, as the program says; ['*'] where it takes any. */
function servedQueries(service) {
    const lines = execFileSync(`${bin}/${service}`, ['routes'], { encoding: 'utf8' }).trim().split('\n');
    return Object.fromEntries(lines.map((line) => {
        const [operation, names] = line.split('?');
        return [operation, names.split(' ').filter(Boolean).sort()];
    }));
}

for (const service of services) {
    const file = proto('openapi', `${service}.yaml`);
    const document = readYaml(file);

    test(`openapi/${service}.yaml is valid by redocly`, () => {
        const output = execFileSync(process.execPath, [...redocly, file], { encoding: 'utf8' });
        const report = JSON.parse(output.slice(output.indexOf('{')));
        assert.deepEqual(report.problems.map((p) => `${p.ruleId}: ${p.message}`), []);
    });

    test(`openapi/${service}.yaml lists the routes of build/bin/${service} and their parameters`, () => {
        const documented = documentedQueries(document);
        const served = servedQueries(service);
        assert.deepEqual(Object.keys(documented).sort(), Object.keys(served).sort());
        for (const [operation, names] of Object.entries(served)) {
            const open = operation.includes(' /open311/'); // whose clients add parameters of their own
            assert.deepEqual(names, open ? ['*'] : documented[operation], operation);
        }
    });

    test(`openapi/${service}.yaml documents what every route may answer`, () => {
        for (const [path, item] of Object.entries(document.paths)) {
            for (const [method, operation] of Object.entries(resolve(document, item))) {
                if (methods.includes(method)) {
                    assert.ok(operation.operationId, `${method} ${path}: operationId`);
                    assert.ok(operation.summary, `${method} ${path}: summary`);
                    const statuses = Object.keys(operation.responses);
                    assert.ok(statuses.some((s) => s.startsWith('2')), `${method} ${path}: 2xx`);
                    const refusal = path.startsWith('/open311/') ? '403' : '401';
                    assert.ok(statuses.includes(refusal), `${method} ${path}: a bad token is ${refusal}`);
                }
            }
        }
    });
}
