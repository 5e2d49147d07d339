// SPDX-License-Identifier: Apache-2.0
// What intake waits for before it is ready, as routing would tell it, and its document.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { proto, readYaml } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';

export const categories = JSON.parse(readFileSync('services/routing/reference/categories.json')).categories;

const openapi = addFormats(new Ajv2020({ strict: false }))
  .addSchema(readYaml(proto('openapi', 'intake.yaml')), 'openapi');

/** Asserts that an answer is as the document's schema of that name says. */
export function isAs(name, body) {
  const validate = openapi.getSchema(`openapi#/components/schemas/${name}`);
  assert.ok(validate(body), JSON.stringify(validate.errors));
}

// By when what is filed this month is received.
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

/** Categories and a promise, for city.reference.v1. */
export const reference = () => [...categories.map(category), promise()];
