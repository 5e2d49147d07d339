// SPDX-License-Identifier: Apache-2.0
// What the other services say of the city, as far as intake needs it (the tests play them), and intake's document.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { proto, readYaml } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';

export const HOAN_KIEM = { lat: 21.0287, lon: 105.8524 };
export const { categories } = JSON.parse(readFileSync('services/routing/reference/categories.json'));

const NOT_OPEN311 = ['voter_petition', 'reception_booking', 'hotline_ticket'];
/** Those that Open311 lists: any system may file them, and nothing is asked that it has no place for. */
export const services = categories.filter((c) => !NOT_OPEN311.includes(c.kind));

const openapi = addFormats(new Ajv2020({ strict: false }))
    .addSchema(readYaml(proto('openapi', 'intake.yaml')), 'openapi');

/** Asserts that an answer is as the document's schema of that name says. */
export function isAs(name, body) {
    const validate = openapi.getSchema(`openapi#/components/schemas/${name}`);
    assert.ok(validate(body), JSON.stringify(validate.errors));
}

/** What is filed this month is received within a day or so. */
function promise() {
    const month = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 7);
    return message('city.reference.v1', 'vn.hanoi.promise.published.v1', `promise:receive:${month}`, {
        kind: 'receive', month,
        rule: { code: 'receive', version: 1, source: 'QĐ 1207/QĐ-UBND', minutes: 480 },
        segments: [{ from: '2026-01-01T00:00:00.000Z', due: '2026-01-02T00:00:00.000Z', slope: 1 }],
    });
}

function category(c) {
    return message('city.reference.v1', 'vn.hanoi.category.defined.v1', `category:${c.code}`,
        { ...c, valid_from: '2024-06-27T17:00:00.000Z' });
}

/** What routing tells of a process, out of its file. */
export function kind(file) {
    const { code, version, name, source, filing, details = [] } =
        JSON.parse(readFileSync(`services/routing/reference/processes/${file}.json`));
    const told = details.filter((d) => filing.details.includes(d.code))
        .map((d) => ({ code: d.code, type: d.type, required: d.required ?? false, max: d.max ?? 32, ...(d.words && { words: d.words }) }));
    const { by, anonymous, location, source: rule } = filing;
    return message('city.reference.v1', 'vn.hanoi.process.defined.v1', `process:${code}`,
        { code, version, name, filing: { by, anonymous, location, details: told, source: rule },
          valid_from: '2024-06-27T17:00:00.000Z', source });
}

const kinds = ['onsite_report', 'procedure_report', 'waste_report', 'initiative', 'voter_petition',
    'reception_booking', 'hotline_ticket'];

const ward = message('city.reference.v1', 'vn.hanoi.unit.defined.v1', 'unit:00070', {
    kind: 'unit', code: '00070', name: { vi: 'Phường Hoàn Kiếm', en: 'Hoan Kiem Ward' },
    type: 'ward', valid_from: '2025-06-30T17:00:00.000Z', source: 'test',
});

/** Kinds, categories, a promise and a ward, for city.reference.v1: what intake waits for before it is ready. */
export const reference = (defined = categories) => [...kinds.map(kind), ...defined.map(category), promise(), ward];

/** An example of proto/ as it would be told of this submission. */
export function exampleOf(id, version, name, more = {}) {
    const [type, which = 'maximal'] = name.split('/');
    const { data } = JSON.parse(readFileSync(`proto/examples/vn.hanoi.case.${type}.v1/${which}.json`));
    return message('city.cases.v1', `vn.hanoi.case.${type}.v1`, id,
        { ...data, case_id: id, submission_id: id, version, ...more });
}
