// SPDX-License-Identifier: Apache-2.0
// Tries a running service against its OpenAPI document: Schemathesis (a tool in Python) makes
// requests from the document, good and bad ones, and looks whether the answers are as documented.
//
//   const documented = readDocument('routing');
//   const found = await tryDocument(documented, { base, callers, values });
//   found.get('GET /api/routing/cases')    // {answers: {200: 17, 400: 30}, failures: ['…']}
//
// SEED=… repeats a run with the same requests, but for the ids that the test knows; EXAMPLES=… is how
// many are made for each operation at most, beside those that try each limit of the schema once.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = resolve('build/test/openapi');
const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

// Codes of errors that are about the whole request, so that no field can be named.
const UNNAMED = ['invalid_json', 'duplicate_member', 'too_deep', 'invalid_utf8',
  'empty_batch', 'batch_too_long'];

// Codes of faults that no schema can tell of: what a thing is compared with, and what there is.
const BEYOND = ['unknown_unit', 'unknown_category', 'unknown_process', 'unknown_case', 'unknown_rule', 'unknown_slot',
  'unknown_state', 'unknown_action', 'unknown_filter', 'unknown_word', 'in_the_past', 'past', 'before_from', 'ends_before',
  'below_itself', 'not_at_unit', 'leads_already', 'co_operates_already', 'same_case', 'twice', 'overlaps', 'duplicate',
  'missing_unit', 'duplicate_unit', 'bad_geometry', 'bad_cursor', 'bad_template', 'contradiction',
  'no_consent', 'not_of_submission'];

export const seed = Number(process.env.SEED ?? 4);

// The schemas of proto/events have ids, by which their references would be looked up elsewhere.
function withoutIds(node) {
  if (Array.isArray(node)) return node.map(withoutIds);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(Object.entries(node)
    .filter(([name, value]) => !((name === '$id' || name === '$schema') && typeof value === 'string'))
    .map(([name, value]) => [name, withoutIds(value)]));
}

const isStream = (operation) => operation.responses['200']?.content?.['text/event-stream'];

// The document in one file, without references to others and without streams, whose end would be
// waited for. {service, file, operations}.
export async function readDocument(service) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${service}.json`);
  await run(process.execPath, ['node_modules/@redocly/cli/bin/cli.js', 'bundle',
    `proto/openapi/${service}.yaml`, '--output', file]);
  const document = withoutIds(JSON.parse(readFileSync(file, 'utf8')));
  const operations = Object.entries(document.paths).flatMap(([path, item]) => {
    const found = item.$ref ? document.components.pathItems[item.$ref.split('/').at(-1)] : item;
    const methods = METHODS.filter((method) => found[method]);
    for (const method of methods.filter((name) => isStream(found[name]))) delete found[method];
    return methods.filter((method) => found[method]).map((method) => `${method.toUpperCase()} ${path}`);
  });
  writeFileSync(file, JSON.stringify(document));
  return { service, file, operations };
}

const ENTITIES = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };
const unescapeXml = (text) => text
  .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
  .replace(/&(lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity]);

// What JUnit's form tells of each operation.
function failuresIn(xml) {
  const cases = xml.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs);
  return new Map([...cases].map(([, name, body = '']) => [unescapeXml(name),
    [...body.matchAll(/<(?:failure|error)[^>]*>(.*?)<\/(?:failure|error)>/gs)]
      .map(([, text]) => unescapeXml(text).trim())]));
}

// base: the service's address. callers: [{weight, headers}], whoever sees most first.
// values, beyond: as hooks.py explains. Resolves to what was found of each operation that was tried.
export async function tryDocument({ service, file }, { base, callers, values, beyond = [],
  examples = Number(process.env.EXAMPLES ?? 60) }) {
  const path = (name) => join(folder, `${service}.${name}`);
  const known = { seed, document: file, base, callers, values, unnamed: UNNAMED,
    beyond: [...BEYOND, ...beyond], answers: path('answers.json') };
  writeFileSync(path('known.json'), JSON.stringify(known));
  await run('tests/openapi/install');
  console.log(`${service}: SEED=${seed}`);
  const environment = { ...process.env, KNOWN: path('known.json'), NO_PROXY: '127.0.0.1' };
  const args = ['--config-file', 'tests/openapi/schemathesis.toml', '--no-color', 'run', file,
    '--url', base, '--seed', seed, '--max-examples', examples,
    '--report', 'junit', '--report-junit-path', path('xml')];
  const { stdout, code } = await run(resolve('build/schemathesis/bin/schemathesis'), args.map(String),
    { env: environment, maxBuffer: 1 << 28 }).then((done) => ({ ...done, code: 0 }), (error) => error);
  writeFileSync(path('log'), stdout ?? '');
  if (code !== 0 && code !== 1) throw new Error(`schemathesis ended with ${code}:\n${stdout}`);
  const failures = failuresIn(readFileSync(path('xml'), 'utf8'));
  const answers = JSON.parse(readFileSync(known.answers, 'utf8'));
  return new Map([...failures].map(([operation, texts]) => [operation,
    { answers: answers[operation] ?? {}, failures: texts }]));
}

// A test for each operation, and one for what the service wrote into its log. found() gives what
// tryDocument found.
export function testOperations({ service, operations }, found, logFile) {
  for (const operation of operations) {
    test(operation, (t) => {
      const { answers, failures } = found().get(operation);
      t.diagnostic(JSON.stringify(answers));
      assert.ok(Object.keys(answers).some((status) => status < 300), 'nothing was answered with success');
      assert.equal(failures.join('\n\n'), '');
    });
  }
  test(`${service} had no fault of its own`, () => {
    const lines = readFileSync(logFile, 'utf8').split('\n').filter((line) => line.includes('"level":"error"'));
    assert.deepEqual(lines, []);
  });
}
