// SPDX-License-Identifier: Apache-2.0
// What answers to surveys say, against a model that looks at each respondent; whatever the order
// and number of the events, and counted again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { proto, readYaml } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';
import { chance, City, until, untilHolds, uuid7 } from './city.mjs';

const city = new City();
const random = chance(39);
const NOW = Date.now();
const iso = (ms) => new Date(ms).toISOString();
const both = (text) => ({ vi: `${text} (vi)`, en: text });
const CHOICES = { knows_app: ['yes', 'no'], heard_from: ['team', 'press', 'friends'], ease: ['1', '2', '3'] };
const KINDS = { knows_app: 'single', heard_from: 'multiple', ease: 'scale' };
const openapi = addFormats(new Ajv2020({ strict: false })).addSchema(readYaml(proto('openapi', 'analytics.yaml')), 'openapi');

before(() => city.start(), { timeout: 90000 });
after(() => city.stop());

// ---- what is told ----

const survey = (more = {}) => ({ survey_id: uuid7(NOW), version: 1, title: both('Who knows iHanoi'),
  questions: Object.entries(CHOICES).map(([code, keys]) => ({ code, kind: KINDS[code], prompt: both(code),
    choices: keys.map((key) => ({ key, name: both(key) })) })),
  opens_at: iso(NOW - 864e5), closes_at: iso(NOW + 864e5), at: iso(NOW - 864e5), ...more });

const event = (type, data) => message('city.surveys.v1', `vn.hanoi.survey.${type}.v1`, data.survey_id, data,
  { source: '/ihanoi/intake', time: new Date(data.at) });
const close = (s, version, at) => ({ survey_id: s.survey_id, version, at: iso(at) });

const someAnswers = () => Object.fromEntries(Object.entries(CHOICES).filter(() => random.next() < 0.8)
  .map(([code, keys]) => [code, KINDS[code] === 'multiple'
    ? keys.filter((key, i) => i === 0 || random.next() < 0.5) : [random.pick(keys)]]));

/** All versions of somebody's answer. */
function respondent(s, stratum) {
  const base = { survey_id: s.survey_id, answer_id: uuid7(NOW), ...(stratum && { stratum }),
    respondent: [...Array(64)].map(() => random.upTo(16).toString(16)).join('') };
  const versions = 1 + random.upTo(3);
  return Array.from({ length: versions }, (_, i) => ({ ...base, version: i + 1, at: iso(NOW - 36e5 + i * 6e5),
    answers: i > 0 && random.next() < 0.2 ? {} : someAnswers() }));
}

// ---- the model ----

/** What stands of each who answers. */
const standing = (people, closedAt = Infinity) => people
  .map((versions) => versions.filter((a) => Date.parse(a.at) <= closedAt).at(-1))
  .filter((answer) => answer && Object.keys(answer.answers).length > 0);

function wilson(p, n) {
  const z = 1.959963984540054;
  const centre = p + z ** 2 / (2 * n);
  const reach = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n * n));
  return { low: p === 0 ? 0 : (centre - reach) / (1 + z ** 2 / n), high: p === 1 ? 1 : (centre + reach) / (1 + z ** 2 / n) };
}

/** The weight of each answer; undefined: not weighed. */
function weightsOf(s, answers) {
  if (!s.strata) return undefined;
  const placed = answers.filter((a) => s.strata.some(({ code }) => code === a.stratum));
  const of = ({ code }) => placed.filter((a) => a.stratum === code).length;
  if (s.strata.some((stratum) => of(stratum) < 5)) return undefined;
  const people = s.strata.reduce((sum, { population }) => sum + population, 0);
  const byCode = new Map(s.strata.map((stratum) => [stratum.code,
    (stratum.population / people) / (of(stratum) / placed.length)]));
  return (answer) => byCode.get(answer.stratum) ?? 0;
}

function agreeShare(told, among, mine, weight) {
  const near = (is, expected, what) => assert.ok(Math.abs(is - expected) < 2e-6, `${what}: ${is} for ${expected}`);
  assert.equal(told.count, mine.length);
  if (among.length === 0) return;
  near(told.share, mine.length / among.length, 'share');
  near(told.interval.low, wilson(mine.length / among.length, among.length).low, 'low');
  near(told.interval.high, wilson(mine.length / among.length, among.length).high, 'high');
  if (!weight) {
    assert.equal(told.weighed_share, undefined);
    return;
  }
  const sum = (list, power) => list.reduce((all, answer) => all + weight(answer) ** power, 0);
  const share = sum(mine, 1) / sum(among, 1);
  const effective = sum(among, 1) ** 2 / sum(among, 2);
  near(told.weighed_share, share, 'weighed share');
  near(told.weighed_interval.low, wilson(share, effective).low, 'weighed low');
  near(told.weighed_interval.high, wilson(share, effective).high, 'weighed high');
}

function agree(body, s, people, closedAt) {
  const validate = openapi.getSchema('openapi#/components/schemas/Survey');
  assert.ok(validate(body), JSON.stringify(validate.errors));
  const answers = standing(people, closedAt);
  assert.equal(body.shown, answers.length >= 5);
  assert.equal(body.respondents, answers.length >= 5 ? answers.length : undefined);
  assert.equal(body.closed_at, closedAt && iso(closedAt));
  if (!body.shown) return;
  const weight = weightsOf(s, answers);
  assert.equal(body.weighing.weighed, weight !== undefined);
  for (const question of body.questions) {
    const among = answers.filter((a) => a.answers[question.code]);
    assert.equal(question.answered, among.length);
    for (const choice of question.choices) {
      agreeShare(choice, among, among.filter((a) => a.answers[question.code].includes(choice.key)), weight);
    }
  }
}

const read = async (s) => (await city.get(`/surveys/${s.survey_id}`, { isPublic: true })).body;

const agrees = (s, people, closedAt) => untilHolds('the survey agrees with the model',
  async () => agree(await read(s), s, people, closedAt), 20000);

const plain = survey({ invited: 200 });
const weighed = survey({ strata: [{ code: '00070', population: 60000 }, { code: '00082', population: 20000 }] });
const peopleOfPlain = Array.from({ length: 80 }, () => respondent(plain));
const peopleOfWeighed = Array.from({ length: 90 }, (_, i) => respondent(weighed,
  i < 60 ? '00070' : i < 85 ? '00082' : i < 88 ? '99999' : undefined)); // five stand for nobody

test('answers in any order and twice told give what each respondent gives', { timeout: 60000 }, async () => {
  const answers = [...peopleOfPlain, ...peopleOfWeighed].flat().map((data) => event('answered', data));
  const all = [...answers, ...answers.filter(() => random.next() < 0.3), event('opened', plain), event('opened', weighed)];
  await city.topics.publish(random.shuffle(all));
  await agrees(plain, peopleOfPlain);
  await agrees(weighed, peopleOfWeighed);
  const body = await read(plain);
  assert.equal(body.weighing.why_not, 'no_strata');
  assert.equal(body.response_rate, body.respondents / 200);
  const { weighing } = await read(weighed);
  assert.equal(weighing.left_out, standing(peopleOfWeighed.slice(85)).length);
});

test('fewer than five answers show nothing; a small stratum is not weighed', { timeout: 60000 }, async () => {
  const few = survey();
  const small = survey({ strata: [{ code: 'old', population: 10 }, { code: 'young', population: 10 }] });
  const four = Array.from({ length: 4 }, () => [{ ...respondent(few)[0], answers: { knows_app: ['yes'] } }]);
  const many = Array.from({ length: 12 }, (_, i) => [{ ...respondent(small, i < 9 ? 'old' : 'young')[0],
    answers: { ease: ['2'] } }]);
  await city.topics.publish([event('opened', few), event('opened', small), ...[...four, ...many].flat().map((data) => event('answered', data))]);
  await agrees(few, four);
  await agrees(small, many);
  await until('both are counted', async () => (await read(few)).as_of && (await read(small)).as_of, 10000);
  assert.doesNotMatch(JSON.stringify(await read(few)), /count|respondents|share|cutoff/);
  assert.equal((await read(small)).weighing.why_not, 'stratum_too_small');
  four.push([{ ...respondent(few)[0], answers: { knows_app: ['no'] } }]);
  await city.topics.publish([event('answered', four.at(-1)[0])]);
  await agrees(few, four);
});

test('what comes after the end does not count, and what stood before it does', { timeout: 60000 }, async () => {
  const end = NOW - 36e5 + 3e5; // between the first and the second version
  await city.topics.publish([event('closed', close(plain, 2, end))]);
  await agrees(plain, peopleOfPlain, end);
  const again = { ...plain, version: 3, closes_at: iso(NOW + 9e7) };
  await city.topics.publish([event('opened', again), event('closed', close(plain, 2, end))]);
  await agrees(again, peopleOfPlain);
});

test('what cannot be read goes to the dead letters; what is not there is told', { timeout: 30000 }, async () => {
  await city.topics.publish([
    event('opened', survey({ questions: [] })),
    event('answered', { ...peopleOfPlain[0][0], respondent: 'lan' }),
    event('answered', { ...peopleOfPlain[0][0], answers: { knows_app: [] } }),
    event('read', { survey_id: plain.survey_id, at: iso(NOW) }),
  ]);
  await until('four dead letters', async () => {
    const rows = await city.sql('SELECT error_class, error_detail FROM dead_letter ORDER BY 1, 2');
    return rows.length === 4 && assert.deepEqual(rows.map((row) => Object.values(row).join(' ')), [
      'invalid_data answers.knows_app', 'invalid_data questions', 'invalid_data respondent', 'unknown_type type',
    ]) === undefined;
  }, 15000);
  for (const [id, status] of [[uuid7(), 404], ['x', 400]]) assert.equal((await city.get(`/surveys/${id}`)).status, status);
});

test('counting again gives the same', { timeout: 60000 }, async () => {
  const counts = () => city.sql('SELECT * FROM survey_count ORDER BY 1, 2, 3');
  const earlier = await counts();
  await city.rebuild();
  await until('all is counted', async () => (await city.sql('SELECT FROM survey WHERE changes <> counted')).length === 0, 20000);
  assert.deepEqual(await counts(), earlier);
  const stored = await city.sql('SELECT respondent::text FROM survey_answer');
  const told = new Set([...peopleOfPlain, ...peopleOfWeighed].map(([{ respondent: hash }]) => hash));
  for (const { respondent: id } of stored) {
    assert.ok(![...told].some((hash) => hash.startsWith(id.replaceAll('-', '').slice(0, 12))), 'no hash is kept');
  }
});
