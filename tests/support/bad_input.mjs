// SPDX-License-Identifier: Apache-2.0
// Every way in which a request can be malformed, from a table of routes. A row is
//
//   { route: 'POST /cases/{id}/assign', path: { id: uuid }, query: {…}, versioned: true,
//     body: { assignee: 'binh' },                        // a good one; none: the route takes no body
//     members: { assignee: account, note: text(2000) },  // what may stand in it: a kind by its path
//     bodyMax: 65536, isGeoJson: false,
//     required: ['assignee'],                            // members; without a body, of the query
//     headers: { 'X-Access-Reason': reason } }           // others that it reads: a kind by name
//
// A path leads through objects and arrays: "cases[1].id". A kind is a list of faults: [what, bad value,
// code]; those of a parameter may have a status of their own, and then name no field. badRequests(row)
// makes them into requests, each with the answer that it must get:
// {what, path, headers, body, status, code, field}.

// ---- kinds: of members of a body ----

const typed = (other) => [['null', null, 'wrong_type'], ['of another type', other, 'wrong_type']];

export const text = (max, min = 1) => [...typed(7),
  ['too short', 'x'.repeat(min - 1), 'too_short'], ['too long', 'ă'.repeat(max + 1), 'too_long'],
  ['with a control character', `${'x'.repeat(min)}\u0007`, 'control_character']];
export const word = [...typed(7), ['no known word', 'nonsense', 'not_allowed'], ['empty', '', 'not_allowed']];
export const number = (min, max) => [...typed('7'), ['a fraction', 1.5, 'not_an_integer'],
  ['too small', min - 1, 'out_of_range'], ['too large', max + 1, 'out_of_range']];
export const real = (min, max) => [...typed('7'), ['too small', min - 1, 'out_of_range'], ['too large', max + 1, 'out_of_range']];
export const truth = [...typed('true'), ['a number', 1, 'wrong_type']];
export const id = [...typed(7), ['no UUID', 'x', 'bad_uuid'], ['in capitals', 'A'.repeat(8), 'bad_uuid']];
export const object = [...typed('x'), ['an array', [], 'wrong_type']];
export const array = (max, good, item = []) => [...typed({}), ['too many', Array(max + 1).fill(good), 'too_many'],
  ...item.map(([what, value, code]) => [`with one that is ${what}`, [value], code, '[0]'])];
export const account = [...text(128), ['an address', 'a@b', 'bad_reference'],
  ['with a blank', 'a b', 'bad_reference'], ['beyond ASCII', 'bình', 'bad_reference']];
export const day = [...typed(7), ['no day', 'yesterday!', 'bad_date'], ['no such day', '2026-02-30', 'bad_date'],
  ['too short', '2026-2-3', 'too_short'], ['too long', '2026-02-030', 'too_long']];
const INSTANT = [['no instant', 'yesterday', 'bad_instant'], ['without a zone', '2026-11-24T05:02:11', 'bad_instant'],
  ['no such day', '2026-02-30T00:00:00Z', 'bad_instant'], ['before 1970', '1969-12-31T00:00:00Z', 'bad_instant']];
export const instantMember = [...typed(7), ...INSTANT];
export const email = [...text(254, 3), ['no address', 'a.example', 'bad_email'], ['of two', 'a@b@c', 'bad_email'],
  ['without a domain', 'abc@', 'bad_email']];
export const urls = (max) => [...typed({}), ['too many', Array(max + 1).fill('https://x.example'), 'too_many'],
  ['with a number in it', ['https://x.example', 7], 'wrong_type', '[1]'],
  ['with an empty one', [''], 'too_short', '[0]'],
  ['with one that is too long', [`https://${'x'.repeat(2000)}`], 'too_long', '[0]'],
  ['with one that is no https', ['http://x.example'], 'bad_url', '[0]']];

// ---- kinds: of parameters, as they stand in the path or query ----

export const uuid = [['no UUID', '7', 'bad_uuid'], ['too long', `${'0'.repeat(36)}0`, 'bad_uuid']];
export const integer = (min, max) => [['no number', 'x', 'not_an_integer'], ['empty', '', 'not_an_integer'],
  ['a fraction', '1.5', 'not_an_integer'], ['too small', String(min - 1), 'out_of_range'],
  ['too large', String(max + 1), 'out_of_range'], ['very large', '9'.repeat(40), 'out_of_range']];
export const oneOf = (code = 'unknown_word') => [['no known word', 'nonsense', code], ['empty', '', code]];
export const instant = [...INSTANT, ['empty', '', 'bad_instant']];
export const degrees = (limit) => [['no number', 'x', 'not_a_number'], ['empty', '', 'not_a_number'],
  ['not finite', 'nan', 'not_a_number'], ['in hexadecimals', '0x10', 'not_a_number'],
  ['too small', `-${limit}.1`, 'out_of_range'], ['too large', '1e999', 'out_of_range']];
export const dayParameter = [['no day', 'yesterday', 'bad_date'], ['empty', '', 'bad_date'],
  ['no such day', '2026-02-30', 'bad_date'], ['before 1970', '1969-12-31', 'bad_date']];
export const cursor = [['not ours', 'nonsense', 'bad_cursor'], ['too long', 'A'.repeat(33), 'bad_cursor'],
  ['no base64', '!'.repeat(32), 'bad_cursor'], ['beyond all time', 'f'.repeat(32), 'bad_cursor'],
  ['before all time', '_'.repeat(32), 'bad_cursor']];
export const accountParameter = [['an address', 'a%40b', 'bad_reference'], ['empty', '', 'bad_reference'],
  ['too long', 'x'.repeat(129), 'bad_reference']];
export const textParameter = (max, min = 1) => [['too short', 'x'.repeat(min - 1), 'too_short'],
  ['too long', '%C4%83'.repeat(max + 1), 'too_long'], ['with a control character', `${'x'.repeat(min)}%07`, 'control_character'],
  ['with one of ISO 6429', `${'x'.repeat(min)}%C2%85`, 'control_character']];
export const code = (max) => [['empty', '', 'bad_code'], ['too long', 'x'.repeat(max + 1), 'bad_code'],
  ['two words', 'a%20b', 'bad_code'], ['beyond ASCII', 'c%C3%A2y', 'bad_code']];
export const truthParameter = oneOf('not_allowed');

// ---- kinds: of headers ----

export const key = [['too long', 'x'.repeat(129), 'malformed'], ['empty', '', 'malformed'], ['quoted and empty', '""', 'malformed'],
  ['cut off', '"x', 'malformed'], ['two', '"x", "y"', 'malformed'], ['beyond ASCII', 'kh\u00f3a', 'malformed']];

const ofAnyInPath = [['no UTF-8', '%FF', 'encoding'], ['half an escape', '%4', 'encoding'],
  ['U+0000', '%00', 'encoding'], ['a line break', '%0A', 'encoding']];
const ofAnyInQuery = [['no UTF-8', '%FF', 'encoding'], ['half an escape', '%4', 'encoding'], ['U+0000', 'a%00', 'encoding']];

// ---- requests ----

const EXAMPLE_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const BODY_MAX = 64 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

// A copy in which the member at path ("result.text", "slots[0].room") is value; undefined takes it out.
function withMember(body, path, value) {
  const copy = structuredClone(body);
  const names = path.match(/[^.[\]]+/g);
  let holder = copy;
  for (const name of names.slice(0, -1)) holder = holder[name] ??= {};
  if (value === undefined) delete holder[names.at(-1)];
  else holder[names.at(-1)] = value;
  return copy;
}

const fill = (template, ids) => template.replace(/{(\w+)}/g, (_, name) => ids[name] ?? EXAMPLE_ID);

function badParameters(row, good, ids) {
  const bad = (name, what, path, code, status) => (
    { ...good, what, path, code, ...(status ? { status } : { field: name }) });
  const inPath = Object.entries(row.path ?? {}).flatMap(([name, faults]) => [...faults, ...ofAnyInPath]
    .map(([what, value, code, status]) => (
      bad(name, `${name} is ${what}`, fill(row.route.split(' ')[1], { ...ids, [name]: value }), code, status))));
  const inQuery = Object.entries(row.query ?? {}).flatMap(([name, faults]) => [
    ...[...faults, ...ofAnyInQuery].map(([what, value, code, status]) => (
      bad(name, `${name} is ${what}`, `${good.path}?${name}=${value}`, code, status))),
    bad(name, `${name} comes twice`, `${good.path}?${name}=1&${name}=1`, 'repeated'),
  ]);
  const missing = (row.body ? [] : row.required ?? []).map((name) => (
    bad(name, `${name} is missing`, good.path, 'required')));
  return [...inPath, ...inQuery, ...missing,
    bad('nonsense', 'an unknown parameter', `${good.path}?nonsense=1`, 'unknown_parameter'),
    bad('LIMIT', 'a parameter in capitals', `${good.path}?LIMIT=1`, 'unknown_parameter')];
}

function badHeaders(row, good) {
  return Object.entries(row.headers ?? {}).flatMap(([name, faults]) => faults.map(([what, value, code]) => (
    { ...good, what: `${name} is ${what}`, headers: { ...good.headers, [name]: value }, code, field: name })));
}

function badVersions(good) {
  const { 'if-match': _, ...headers } = good.headers;
  return [
    { ...good, what: 'no If-Match', headers, status: 428, code: 'if_match_required' },
    ...['1', '"x"', '""', 'W/"1"', '*', '"1", "2"', `"${'9'.repeat(19)}"`].map((version) => (
      { ...good, what: `If-Match is ${version}`, headers: { ...headers, 'if-match': version },
        code: 'malformed', field: 'If-Match' })),
  ];
}

// Bodies that are not even an object of JSON, or not for us. Of GeoJSON, which is read piece by piece, the
// outermost member is named; it may hold more than we know (RFC 7946, section 6.1).
function badDocuments(good, { body, bodyMax = BODY_MAX, isGeoJson = false }) {
  const json = JSON.stringify(body);
  const more = json === '{}' ? '' : `,${json.slice(1, -1)}`;
  const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
  const document = (what, text, code, field) => ({ ...good, what, body: text, code, field });
  const member = (field) => (isGeoJson ? field.split('.')[0] : field);
  return [
    document('no JSON', 'nonsense', 'invalid_json'),
    document('a JSON array', '[]', 'invalid_json'),
    document('a JSON text', '"x"', 'invalid_json'),
    document('cut off', json.slice(0, -1), 'invalid_json'),
    document('bytes behind it', `${json}{}`, 'invalid_json'),
    document('a byte order mark before it', `\ufeff${json}`, 'invalid_json'),
    document('a member twice', `{"a":1,"a":1${more}}`, 'duplicate_member', 'a'),
    document('a member of a member twice', `{"a":{"b":1,"b":1}${more}}`, 'duplicate_member', member('a.b')),
    document('a number beyond range', `{"a":1e999${more}}`, 'invalid_json', 'a'),
    document('U+0000 in a text', `{"a":"\\u0000"${more}}`, 'invalid_json', 'a'),
    document('no UTF-8', Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]), 'invalid_utf8', 'a'),
    ...(isGeoJson ? [] : [ // and fetch fails when it is told while it still sends 16 MiB
      { ...document('too large', `{"a":"${'x'.repeat(bodyMax)}"}`, 'body_too_large'), status: 413 },
      document('nested too deep', `{"deep":${deep}${more}}`, 'too_deep', `deep${'.a'.repeat(31)}`),
      document('an unknown member', `{"nonsense":1${more}}`, 'unknown_field', 'nonsense')]),
    ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense'].map((type) => (
      { ...good, what: `it is said to be ${type}`, headers: { ...good.headers, 'content-type': type },
        status: 415, code: 'unsupported_media_type', field: 'Content-Type' })),
  ];
}

function badMembers(row, good) {
  const member = (path, what, value, code, inner = '') => ({ ...good, what: `${path} ${what}`,
    body: JSON.stringify(withMember(row.body, path, value)), code, field: path + inner });
  const objects = Object.entries(row.members).filter(([, faults]) => faults === object).map(([path]) => path);
  return [
    ...Object.entries(row.members).flatMap(([path, faults]) => (
      faults.map(([what, value, code, inner]) => member(path, `is ${what}`, value, code, inner)))),
    ...objects.map((path) => member(`${path}.nonsense`, 'is unknown', 1, 'unknown_field')),
    ...(row.required ?? []).map((path) => member(path, 'is missing', undefined, 'required')),
  ];
}

// ids: {id: '…'} for good paths.
export function badRequests(row, { ids = {}, version = 1 } = {}) {
  const [method, template] = row.route.split(' ');
  const path = fill(template, ids);
  const headers = { ...(row.body && JSON_TYPE), ...(row.versioned && { 'if-match': `"${version}"` }) };
  const good = { method, path, headers, body: row.body && JSON.stringify(row.body), status: 400 };
  return [
    ...badParameters(row, good, ids),
    ...badHeaders(row, good),
    ...(row.versioned ? badVersions(good) : []),
    ...(row.body ? [...badDocuments(good, row), ...badMembers(row, good)]
      : method === 'GET' ? [] : [{ ...good, what: 'a body', body: '{}', status: 413, code: 'body_too_large' }]),
  ];
}

// What is wrong with the answer, or undefined. It must be a problem of that status; where a field is to
// be named, one of its errors has the field and the code, else the problem has the code.
export function misjudged({ status, code, field }, answer, problem) {
  if (answer.status !== status) return `${answer.status} instead of ${status}: ${JSON.stringify(problem)}`;
  if (!/^application\/problem\+json/.test(answer.headers.get('content-type'))) return 'no problem+json';
  if (problem.status !== status || !problem.title || !problem.trace) return 'not all that a problem has';
  if (field === undefined) return problem.code === code ? undefined : `${problem.code} instead of ${code}`;
  const named = (problem.errors ?? []).map((error) => `${error.field} ${error.code}`);
  const wanted = status === 415 ? `${field} not_allowed` : `${field} ${code}`;
  return named.includes(wanted) ? undefined : `${JSON.stringify(named)} instead of ${wanted}`;
}
