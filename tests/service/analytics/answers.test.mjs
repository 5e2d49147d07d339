// SPDX-License-Identifier: Apache-2.0
// How answers with figures may be kept, what they are as tables, and where a catalogue says that they are.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { DEMO_KEY } from '../../../deploy/local/stack.mjs';
import { proto, readYaml } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';
import { rosterEvent } from './adoption_model.mjs';
import { accept, City, opened, resolve, until } from './city.mjs';

const city = new City();
const UNITS = ['00070', '00082'];
const CATEGORIES = ['giao-thong', 've-sinh'];
const DAY = 86400000;

const FIGURES = ['/indicators', '/indicators?code=processed&unit=00070', '/comparison?code=processed&by=unit',
  '/series?code=processed&step=year', '/units/00070', '/cadence', '/adoption', '/funnel'];
const DEFINITIONS = ['/definitions', '/dimensions', '/catalog'];

/** Cases of one unit that are resolved. */
const tellCases = (unit, count) => city.tell(Array.from({ length: count }).flatMap(() => {
  const at = Date.now() - 1000, c = opened({ unit, openedAt: at }), accepted = accept(c, at, at + DAY);
  return [c, accepted, resolve(accepted, at + 1)];
}));

const get = (path, headers = {}) => fetch(`${city.stack.url('analytics')}/api/analytics${path}`, { headers });
const official = { 'x-api-key': DEMO_KEY };

before(async () => {
  await city.start();
  await city.name(UNITS, CATEGORIES);
  await tellCases('00070', 6);
  await tellCases('00082', 2);
  await until('they are counted', async () => (await city.figure('processed')).denominator === 8, 20000);
  await until('it is settled what the public sees', async () => (
    (await city.get('/comparison?code=processed&by=unit', { isPublic: true })).body.items.every((item) => item.hidden)), 20000);
}, { timeout: 90000 });
after(() => city.stop());

test('who has an answer already gets 304, until something is counted', async () => {
  for (const path of [...FIGURES, ...DEFINITIONS]) {
    const first = await get(path);
    assert.equal(first.status, 200, `${path}: ${await first.text()}`);
    const tag = first.headers.get('etag');
    await new Promise((done) => { setTimeout(done, 20); }); // as_of moves
    for (const tags of [tag, `"other", ${tag}`]) {
      const same = await get(path, { 'if-none-match': tags });
      assert.equal(same.status, 304, path);
      assert.equal(same.headers.get('etag'), tag);
      assert.equal(await same.text(), '');
    }
    assert.equal((await get(path, { 'if-none-match': '"other"' })).status, 200);
  }
  const { headers } = await get('/indicators', official);
  await tellCases('00070', 1);
  await until('it is another answer', async () => (
    await get('/indicators', { ...official, 'if-none-match': headers.get('etag') })).status === 200, 20000);
});

test('what only some may see is kept for nobody else', async () => {
  for (const path of FIGURES) {
    const everyone = await get(path), some = await get(path, official);
    assert.equal(everyone.headers.get('cache-control'), 'public, max-age=1', path);
    assert.equal(some.headers.get('cache-control'), 'private, max-age=1', path);
    assert.match(some.headers.get('vary'), /Authorization/);
  }
  const everyone = await get('/comparison?code=processed&by=unit');
  const some = await get('/comparison?code=processed&by=unit', official);
  assert.notEqual(everyone.headers.get('etag'), some.headers.get('etag'));
  assert.equal((await get(DEFINITIONS[0], official)).headers.get('cache-control'), 'public, max-age=3600');
});

/** Lines of RFC 4180 as objects by the names of the first. */
function readTable(text) {
  assert.ok(text.endsWith('\r\n'));
  const lines = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy)) {
    lines.at(-1).push(quoted !== undefined ? quoted.replaceAll('""', '"') : plain);
    if (end !== ',') lines.push([]);
  }
  assert.deepEqual(lines.pop(), []);
  const [names, ...rows] = lines;
  return rows.map((row) => {
    assert.equal(row.length, names.length);
    return Object.fromEntries(names.map((name, i) => [name, row[i]]));
  });
}

async function getTable(path, headers) {
  const answer = await get(path, headers), text = await answer.text();
  assert.equal(answer.status, 200, text);
  assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
  assert.match(answer.headers.get('content-disposition'), /^attachment; filename="[a-z]+[.]csv"$/);
  const same = await get(path, { ...headers, 'if-none-match': answer.headers.get('etag') });
  assert.equal(same.status, 304);
  return readTable(text);
}

const field = (value) => (value === undefined ? '' : String(value));

function isFigure(row, figure, dimensions, period) {
  assert.equal(row.hidden, String(figure.hidden ?? false));
  for (const name of ['value', 'numerator', 'denominator', 'pending', 'count', 'open', 'median_hours', 'p90_hours',
    'median_with_open_hours', 'relative_error', 'uncertain']) assert.equal(row[name], field(figure[name]), name);
  assert.equal(row.interval_low, field(figure.interval?.low));
  assert.equal(row.interval_high, field(figure.interval?.high));
  for (const name of ['area', 'category', 'channel', 'level', 'process', 'reason', 'team', 'unit']) {
    assert.equal(row[name], field(dimensions[name]), name);
  }
  assert.equal(row.period, period);
}

/** A table and JSON of the same; what is hidden may change between the two, until all was looked at. */
const agree = (path, headers, check) => until(`${path} is the same`, async () => {
  const rows = await getTable(`${path}&format=csv`, headers);
  const { items } = await (await get(`${path}&format=json`, headers)).json();
  assert.equal(rows.length, items.length);
  items.forEach((item, i) => check(rows[i], item));
  return true;
}, 10000);

test('tables tell what JSON tells', async () => {
  for (const headers of [official, {}]) {
    await agree('/indicators?unit=00070', headers, (row, item) => {
      assert.equal(row.code, item.code);
      isFigure(row, item, item.dimensions, item.period);
    });
    await agree('/comparison?code=processed&by=unit', headers, (row, item) => {
      isFigure(row, item, { unit: item.member }, 'all');
      assert.deepEqual([row.name_vi, row.name_en, row.rank], [item.name.vi, item.name.en, field(item.rank)]);
    });
    await agree('/series?code=resolution_time&step=month', headers, (row, item) => isFigure(row, item, {}, item.period));
  }
  await until('of two units neither is seen, since one may not be', async () => {
    const rows = await getTable('/comparison?code=processed&by=unit&format=csv');
    assert.deepEqual(rows.map((row) => [row.hidden, row.numerator, row.denominator]), [['true', '', ''], ['true', '', '']]);
    return true;
  }, 10000);
});

test('a name that might be a formula is none in a table', async () => {
  const code = 'SXD', name = { vi: '=HYPERLINK("http://x","y")', en: '+1, or "2"' };
  await city.topics.publish([message('city.reference.v1', 'vn.hanoi.unit.defined.v1', `unit:${code}`, { kind: 'unit', code, name,
    type: 'department', valid_from: '2025-06-30T17:00:00.000Z', source: 'assumption' })]);
  await tellCases(code, 1);
  const rows = await until('it is there', async () => {
    const found = await getTable('/comparison?code=processed&by=unit&format=csv', official);
    return found.find((row) => row.unit === code && row.name_vi);
  }, 20000);
  assert.deepEqual([rows.name_vi, rows.name_en], [`'${name.vi}`, `'${name.en}`]);
  const cadence = await getTable('/cadence?format=csv');
  assert.equal(cadence.find((row) => row.unit === code).name_vi, `'${name.vi}`);
});

test('adoption and cadence are tables too', async () => {
  const source = 'Công văn 1, "bản 2"';
  await city.topics.publish([rosterEvent('00070', '2024-07-01', 40, source)]);
  const row = await until('the headcount is known', async () => (
    (await getTable('/adoption?by=unit&format=csv', official)).find(({ unit }) => unit === '00070')), 20000);
  const { items: [item] } = await (await get('/adoption?unit=00070', official)).json();
  assert.deepEqual([row.numerator, row.denominator, row.value, row.basis_since, row.basis_source, row.due_met, row.due_before],
    [item.numerator, 40, item.value, '2024-07-01', source, item.duty.met, '2024-07-30'].map(field));
  const [line] = await getTable('/cadence?format=csv&unit=SXD');
  const { items: [cadence] } = await (await get('/cadence?unit=SXD')).json();
  for (const name of ['items', 'windows', 'kept', 'missed', 'share', 'longest_gap_days', 'next_due_on']) {
    assert.equal(line[name], field(cadence[name]), name);
  }
});

test('there is no other form', async () => {
  for (const path of ['/indicators?', '/adoption?', '/cadence?']) {
    const answer = await get(`${path}format=xlsx`);
    assert.equal(answer.status, 400);
    assert.deepEqual((await answer.json()).errors.map((e) => `${e.field} ${e.code}`), ['format not_allowed']);
  }
});

test('the catalogue leads everybody to figures', { timeout: 60000 }, async () => {
  const answer = await get('/catalog');
  assert.equal(answer.headers.get('content-type'), 'application/ld+json');
  const catalog = await answer.json();
  const openapi = addFormats(new Ajv2020({ strict: false })).addSchema(readYaml(proto('openapi', 'analytics.yaml')), 'openapi');
  const isCatalog = openapi.getSchema('openapi#/components/schemas/Catalog');
  assert.ok(isCatalog(catalog), JSON.stringify(isCatalog.errors));
  const sets = catalog['dcat:dataset'];
  assert.equal(new Set(sets.map((set) => set['@id'])).size, sets.length);
  const { items } = await (await get('/definitions')).json();
  const codes = sets.map((set) => set['dct:identifier']);
  for (const { code, subject } of items) assert.equal(codes.includes(code), subject !== 'adoption', code);
  // Names of members are words of vocabularies that the context names.
  const names = (value) => (Array.isArray(value) ? value.flatMap(names)
    : value && typeof value === 'object' ? Object.entries(value).flatMap(([name, one]) => [name, ...names(one)]) : []);
  const { '@context': context, ...rest } = catalog;
  for (const name of names(rest)) assert.ok(name.startsWith('@') || name.split(':')[0] in context, name);
  const base = `${city.stack.url('analytics')}/api/analytics/catalog`;
  for (const distribution of sets.flatMap((set) => set['dcat:distribution'])) {
    const place = await fetch(new URL(distribution['dcat:accessURL']['@id'], base));
    const type = distribution['dcat:mediaType']['@id'].split('media-types/')[1];
    assert.equal(place.status, 200, `${place.url}: ${await place.text()}`);
    assert.ok(place.headers.get('content-type').startsWith(type), place.url);
    assert.match(place.headers.get('cache-control'), /^public/);
  }
});
