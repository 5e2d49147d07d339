// SPDX-License-Identifier: Apache-2.0
// Who has an account: against a model, whatever the order and number of the events; the duty of R16;
// what is said on the topic; a rebuild; a kill.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { compiler, proto, readYaml } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';
import { account, accountEvent, activate, AdoptionModel, cityDay, close, DAY, installationEvent, life, populationEvent,
  rosterEvent, SHARES } from './adoption_model.mjs';
import { chance, City, until, untilHolds, uuid7 } from './city.mjs';

const city = new City();
const model = new AdoptionModel();
const UNITS = ['SXD', 'SCT', '00070'];
const AREAS = ['00070', '00082'];
const TEAMS = ['00070-TCD-1', 'TTTM-LOTTE-1'];
const random = chance(23);
const FROM = Date.parse('2024-06-01T00:00:00Z');
const openapi = addFormats(new Ajv2020({ strict: false }))
  .addSchema(readYaml(proto('openapi', 'analytics.yaml')), 'openapi');
let said;

before(async () => {
  await city.start();
  await city.name([...UNITS, 'HN'], ['giao-thong']);
  said = await city.topics.listen(['analytics.adoption.v1']);
}, { timeout: 240000 });

after(() => city.stop());

async function tell(snapshots) {
  snapshots.forEach((snapshot) => model.see(snapshot));
  for (let i = 0; i < snapshots.length; i += 1000) {
    await city.topics.publish(snapshots.slice(i, i + 1000).map(accountEvent));
  }
}

async function tellBases(...bases) {
  for (const [kind, code, since, number] of bases) model.base(kind, code, since, number, 'Nguồn');
  await city.topics.publish(bases.map(([kind, code, since, number]) => (number === undefined
    ? { topic: 'city.reference.v1', key: `${kind}:${code}:${since}` }
    : { roster: rosterEvent, population: populationEvent }[kind](code, since, number, 'Nguồn'))));
}

function isAs(name, body) {
  const validate = openapi.getSchema(`openapi#/components/schemas/${name}`);
  assert.ok(validate(body), JSON.stringify(validate.errors));
}

/** What an item tells, as the model has it. */
function expected({ numerator, basis }) {
  if (!basis) return { numerator };
  const told = { numerator, denominator: basis.number,
    [basis.kind]: { ...(basis.kind === 'roster' ? { as_of: basis.since, headcount: basis.number }
      : { year: Number(basis.since), over_15: basis.number }), source: 'Nguồn' } };
  return basis.number > 0 ? { ...told, value: Math.round(1e6 * (numerator / basis.number)) / 1e6 } : told;
}

function duty(unit) {
  const then = model.unit(unit, '2024-07-29');
  return { ...expected(then), ...(then.basis?.number > 0 && { met: then.numerator >= then.basis.number }) };
}

async function adoption(query) {
  const { status, body } = await city.get(`/adoption?${new URLSearchParams(query)}`);
  assert.equal(status, 200, JSON.stringify(body));
  isAs('Adoption', body);
  return body;
}

const isSmall = ({ numerator, denominator }) => [numerator, denominator].some((n) => n > 0 && n < 5);

/** What of an item may be said to everybody. */
function publicly({ name, duty: { rule, before: limit, ...then } = {}, ...item }) {
  if (isSmall(item)) return {};
  return rule ? { ...item, duty: { rule, before: limit, ...(!isSmall(then) && then) } } : item;
}

async function agreesOn(day) {
  for (const [by, codes] of [['unit', UNITS], ['area', [...AREAS, 'HN']]]) {
    const { items } = await adoption({ by, at: day });
    const told = new Map(items.map((item) => [item[by], item]));
    for (const code of codes) {
      const wanted = expected(model[by](code, day));
      const { [by]: _, name, duty: itsDuty, ...rest } = told.get(code) ?? { numerator: 0 };
      assert.deepEqual(rest, wanted, `${by} ${code} on ${day}`);
      if (itsDuty) {
        const { rule, before: limit, ...met } = itsDuty;
        assert.deepEqual(met, Object.keys(met).length === 0 ? {} : duty(code), code);
        assert.deepEqual([rule.source, limit], ['Công điện 05/CĐ-UBND', '2024-07-30']);
      }
    }
  }
}

async function sharesAgree() {
  for (const slice of [{}, ...UNITS.map((unit) => ({ unit })), ...AREAS.map((area) => ({ area })),
    ...TEAMS.map((team) => ({ team })), { process: 'citizen' }, { channel: 'assisted' },
    { period: '2024-07' }, { period: '2024-07-29' }, { area: '00082', process: 'citizen', period: '2024' }]) {
    const { body } = await city.get(`/indicators?${new URLSearchParams({ subject: 'accounts', ...slice })}`);
    assert.deepEqual(body.items?.map(({ code }) => code), SHARES, JSON.stringify(body));
    for (const { code, numerator, denominator } of body.items) {
      assert.deepEqual({ numerator, denominator }, model.share(code, slice), `${code} ${JSON.stringify(slice)}`);
    }
  }
}

const agrees = () => untilHolds('adoption agrees with the model', async () => {
  await sharesAgree();
  for (const day of ['2024-05-31', '2024-07-29', '2024-07-30', '2024-12-31', cityDay(new Date().toISOString())]) {
    await agreesOn(day);
  }
}, 20000);

/** All sums as they stand, but those of nothing. */
const sums = () => city.sql(`SELECT subject, grouping, period, first, a, b, encode(data, 'hex') AS data FROM cell
  WHERE data <> '\\x0000' ORDER BY 1, 2, 3, 4, 5, 6`);

test('duplicates and any order give what the model gives', { timeout: 90000 }, async () => {
  await tellBases(['roster', 'SXD', '2024-06-28', 30], ['roster', 'SXD', '2025-01-01', 25], ['roster', 'SCT', '2026-01-01', 40],
    ['population', '00070', 2024, 900], ['population', '00070', 2026, 950], ['population', 'HN', 2023, 5000]);
  const snapshots = Array.from({ length: 400 },
    () => life(random, { units: UNITS, areas: AREAS, teams: TEAMS, from: FROM, days: 200 })).flat();
  const repeated = snapshots.filter(() => random.next() < 0.3);
  await tell(random.shuffle([...snapshots, ...repeated]));
  await agrees();
  const refs = new Set(model.accounts.keys());
  const rows = await city.sql('SELECT id::text, encode(body, \'escape\') AS body FROM fact');
  assert.ok(rows.length > refs.size, 'a fact for each step');
  for (const { id, body } of rows) {
    assert.ok(!refs.has(id) && !body.includes('-7'), 'no ref is stored');
  }
});

test('29/7 23:59 in the city is in time, 30/7 00:00 is not', { timeout: 60000 }, async () => {
  const lastMoment = Date.parse('2024-07-29T23:59:59.999+07:00');
  const tooLate = Date.parse('2024-07-30T00:00:00.000+07:00');
  const officials = (unit, ...moments) => moments.flatMap((at) => {
    const made = account('official', at - DAY, { unit });
    return [made, activate(made, at)];
  });
  await tellBases(['roster', 'STC', '2024-07-01', 2], ['roster', 'SGD', '2024-07-01', 2],
    ['roster', 'SYT', '2024-07-30', 1], ['roster', 'SNV', '2024-07-29', 0]);
  await tell(random.shuffle([...officials('STC', lastMoment, lastMoment - DAY), ...officials('SGD', lastMoment, tooLate),
    ...officials('SYT', lastMoment), ...officials('SNV', lastMoment)]));
  const met = async (unit, at = '2024-07-30') => {
    const [item] = (await adoption({ unit, at })).items;
    return [item.value, item.duty.numerator, item.duty.denominator, item.duty.met];
  };
  await until('they are counted', async () => (await met('SGD'))[0] === 1, 15000);
  assert.deepEqual(await met('STC'), [1, 2, 2, true]);
  assert.deepEqual(await met('SGD'), [1, 1, 2, false]);
  assert.deepEqual(await met('SGD', '2024-07-29'), [0.5, 1, 2, false]);
  assert.deepEqual(await met('SYT'), [1, 1, undefined, undefined], 'no roster of that day: nobody knows');
  assert.deepEqual(await met('SNV'), [undefined, 1, 0, undefined], 'nobody was to have one');
  const { rule, source } = await adoption({ unit: 'STC' });
  assert.equal(source, 'Công điện 05/CĐ-UBND');
  assert.equal(rule.before, '2024-07-30');
});

test('late events, corrected and withdrawn bases', { timeout: 60000 }, async () => {
  const first = account('official', FROM, { unit: 'SXD' });
  const used = activate(first, FROM + DAY);
  await tell([close(used, FROM + 40 * DAY)]); // before what it follows from
  await tell([used, first]);
  await tellBases(['roster', 'SXD', '2024-06-28', 33], ['roster', 'SXD', '2025-01-01'], ['population', '00082', 2024, 0],
    ['population', '00070', 2026]);
  await agrees();
});

test('what is said on the topic is valid, rises, and is what HTTP says', { timeout: 60000 }, async () => {
  const ajv = compiler('draft-07');
  await until('the topic says what HTTP says', async () => {
    const latest = new Map(said.map((event) => [event.key, event.data]));
    for (const [by, codes] of [['unit', UNITS], ['area', [...AREAS, 'HN']]]) {
      const { items } = await adoption({ by });
      for (const item of items.filter((one) => codes.includes(one[by]))) {
        const { code, definition_version: v, at, as_of: a, cutoff, sequence, ...told } = latest.get(`${by}:${item[by]}`) ?? {};
        if (JSON.stringify(told) !== JSON.stringify(publicly(item))) return false;
      }
    }
    return true;
  }, 15000);
  const seen = new Map();
  for (const event of said.filter(({ data }) => data)) {
    const validate = ajv.getSchema(`https://schemas.ihanoi.example/events/${event.type}`);
    assert.ok(validate(event.data), JSON.stringify(validate.errors));
    const earlier = seen.get(event.key);
    if (earlier) {
      assert.ok(event.data.sequence > earlier.data.sequence, 'the sequence rises');
      assert.ok(Date.parse(event.headers.ce_time) - Date.parse(earlier.headers.ce_time) >= 1000, 'once a second');
      const value = ({ sequence, cutoff, as_of: a, at, ...rest }) => JSON.stringify(rest);
      assert.notEqual(value(event.data), value(earlier.data), 'only changed values are said');
    }
    seen.set(event.key, event);
  }
});

test('a kill and a rebuild leave the same figures, and nothing is said again', { timeout: 120000 }, async () => {
  const snapshots = Array.from({ length: 200 },
    () => life(random, { units: UNITS, areas: AREAS, teams: TEAMS, from: FROM, days: 200 })).flat();
  const told = tell(random.shuffle(snapshots));
  await city.stack.kill('analytics');
  await told;
  await city.stack.startService('analytics');
  await city.counted(30000, 'city.accounts.v1');
  await agrees();
  await new Promise((done) => { setTimeout(done, 3000); });
  const before = await sums();
  const count = said.length;
  await city.rebuild();
  assert.deepEqual(await sums(), before);
  await agrees();
  await new Promise((done) => { setTimeout(done, 3000); });
  assert.equal(said.length, count);
});

test('the public sees none of fewer than five, and no single days', { timeout: 30000 }, async () => {
  const asked = async (query) => city.get(`/adoption?${new URLSearchParams(query)}`, { isPublic: true });
  const all = (await adoption({})).items;
  const { status, body } = await asked({});
  isAs('Adoption', body);
  assert.equal(status, 200);
  assert.ok(all.some(isSmall) && !all.every(isSmall));
  for (const item of all) {
    const open = body.items.find(({ unit }) => unit === item.unit);
    assert.equal(open.hidden, isSmall(item) || undefined, item.unit);
    assert.equal(open.duty.hidden, isSmall(item.duty) || undefined, item.unit);
    for (const [true_, told] of [[item, open], [item.duty, open.duty]]) {
      if (isSmall(true_)) for (const name of ['numerator', 'denominator', 'value', 'roster', 'met']) assert.ok(!(name in told));
    }
  }
  const shown = all.filter((item) => item.denominator !== undefined && !isSmall(item));
  assert.equal(body.total.counted, shown.length);
  assert.equal(body.total.numerator, shown.reduce((sum, { numerator }) => sum + numerator, 0));
  for (const [at, wanted] of [['2024-07-29', 200], ['2024-07-31', 200], ['2024-07-30', 403]]) {
    assert.equal((await asked({ at })).status, wanted, at);
  }
});

test('poison is put aside and named', { timeout: 30000 }, async () => {
  const good = account('citizen', FROM, { area: '00070' });
  await city.topics.publish([
    message('city.accounts.v1', 'vn.hanoi.account.created.v1', 'x', { ...good, kind: 'tourist' }),
    message('city.accounts.v1', 'vn.hanoi.weather.observed.v1', 'x', { a: 1 }),
    installationEvent({ installation_id: 'R58M12ABCDE', at: good.at }),
    rosterEvent('SXD', '2024', 3),
  ]);
  await tell([good]);
  await until('four dead letters', async () => {
    const rows = await city.sql('SELECT error_class, error_detail FROM dead_letter ORDER BY 1, 2');
    return JSON.stringify(rows.map((row) => [row.error_class, row.error_detail])) === JSON.stringify(
      [['invalid_data', 'as_of'], ['invalid_data', 'installation_id'], ['invalid_data', 'kind'], ['unknown_type', 'type']]);
  }, 10000);
  await agrees();
});

test('installations count by area, team and day', { timeout: 30000 }, async () => {
  const events = Array.from({ length: 50 }, (_, i) => ({ installation_id: uuid7(),
    at: new Date(FROM + (i % 5) * DAY).toISOString(), ...(i % 2 && { area: AREAS[0] }), ...(i % 3 === 0 && { team: TEAMS[0] }) }));
  await city.topics.publish([...events, ...events.slice(0, 20)].map(installationEvent));
  const figure = async (slice) => city.figure('installations_assisted', slice).catch(() => ({}));
  const among = (test_) => events.filter(test_);
  for (const [slice, test_] of [[{}, () => true], [{ area: AREAS[0] }, (e) => e.area], [{ team: TEAMS[0] }, (e) => e.team],
    [{ period: '2024-06-02' }, (e) => cityDay(e.at) === '2024-06-02']]) {
    await until(`${JSON.stringify(slice)} is counted`, async () => {
      const { numerator, denominator } = await figure(slice);
      return denominator === among(test_).length && numerator === among(test_).filter((e) => e.team).length;
    }, 10000);
  }
});

const outreachEvent = (type, key, data) => message('city.outreach.v1', `vn.hanoi.${type}.v1`, key, data,
  { source: '/ihanoi/intake' });

/** Figures of codes, until they are as wanted: {code: [slice, numerator, denominator]}. */
async function figuresBecome(wanted) {
  let told;
  await until('figures are as wanted', async () => {
    told = await Promise.all(wanted.map(async ([code, slice]) => {
      const { numerator, denominator } = await city.figure(code, slice).catch(() => ({}));
      return [code, slice, numerator, denominator];
    }));
    return JSON.stringify(told) === JSON.stringify(wanted);
  }, 15000).catch(() => assert.deepEqual(told, wanted));
}

async function funnel(query, options) {
  const { status, body } = await city.get(`/funnel?${new URLSearchParams(query)}`, options);
  assert.equal(status, 200, JSON.stringify(body));
  isAs('Funnel', body);
  return body;
}

test('what nobody told is not in the funnel', { timeout: 30000 }, async () => {
  const { told, installed, accounts, population } = await funnel({});
  assert.equal(told, undefined, 'no team has told anything yet');
  assert.equal(installed.number, 50);
  assert.equal(accounts.number, [...model.accounts.values()].filter(({ kind }) => kind === 'citizen').length);
  assert.deepEqual(population, { year: 2023, over_15: 5000, source: 'Nguồn' });
  assert.equal((await funnel({ area: '00082', period: '2023' })).population, undefined);
});

test('what teams do is credited to them, and put right by later versions', { timeout: 60000 }, async () => {
  const at = new Date(FROM).toISOString();
  const activity = (team, told, helped, area = '00070', kind = 'home_visit') => ({ outreach_id: uuid7(), version: 1,
    team, area, kind, told, helped, at });
  const [a, b, c] = [activity(TEAMS[0], 40, 10), activity(TEAMS[0], 20, 3, '00082'), activity(TEAMS[1], 200, 90, '00070', 'event')];
  const events = [a, b, c, { ...a, version: 2, told: 45 }, b, { ...c, version: 3, helped: 80 }, { ...c, version: 2, told: 1 }];
  await city.topics.publish(random.shuffle(events).map((data) => outreachEvent('outreach.recorded', data.outreach_id, data)));
  await figuresBecome([['outreach_told', {}, 265, 3], ['outreach_told', { team: TEAMS[0] }, 65, 2],
    ['outreach_helped', { team: TEAMS[1] }, 80, 200], ['outreach_told', { area: '00070' }, 245, 2],
    ['outreach_told', { channel: 'event' }, 200, 1], ['outreach_told', { period: '2024-06' }, 265, 3],
    ['outreach_told', { period: '2024-07' }, 0, 0]]);
  const { items } = (await city.get('/comparison?code=accounts_assisted&by=team')).body;
  for (const { member, numerator } of items) {
    assert.equal(numerator, model.share('accounts_assisted', { team: member }).numerator);
  }
  assert.deepEqual(new Set(items.map(({ member }) => member)), new Set(TEAMS));
  const way = await funnel({ area: '00070' });
  assert.deepEqual([way.told.number, way.told.of_population], [245, Math.round(1e6 * (245 / 900)) / 1e6]);
  assert.equal((await funnel({ period: '2024-Q3' })).told.number, 0, 'nobody in that quarter is not: nobody knows');
  assert.equal((await funnel({ area: '00070', period: '2024-06-02' })).accounts.number,
    model.share('accounts_activated', { area: '00070', kind: 'citizen', period: '2024-06-02' }).denominator);
  for (const [query, wanted] of [[{}, 200], [{ period: '2024-06' }, 200], [{ period: '2024-06-02' }, 403],
    [{ area: '00070' }, 200], [{ area: '00070', period: '2024' }, 403], [{ area: '00070', period: '2024-W24' }, 400]]) {
    const { status } = await city.get(`/funnel?${new URLSearchParams(query)}`, { isPublic: true });
    assert.equal(status, wanted, JSON.stringify(query));
  }
});

test('classes count by unit', { timeout: 30000 }, async () => {
  const at = new Date(FROM).toISOString();
  const classId = uuid7();
  const held = (unit, version, invited, attended, completed) => outreachEvent('training.held', classId,
    { class_id: classId, unit, version, invited, attended, completed, at });
  await city.topics.publish(random.shuffle([held('SXD', 1, 30, 0, 0), held('SXD', 2, 30, 27, 25), held('SCT', 1, 10, 12, 12),
    held('SXD', 2, 30, 27, 25)]));
  await figuresBecome([['training_completed', { unit: 'SXD' }, 25, 30], ['training_attended', { unit: 'SCT' }, 12, 10],
    ['training_completed', {}, 37, 40]]);
});

test('calls to branch 8 count, those to others do not', { timeout: 30000 }, async () => {
  const at = new Date(FROM).toISOString();
  const call = (branch, waited, more) => ({ call_id: uuid7(), version: 1, branch, waited_s: waited, abandoned: true, at, ...more });
  const talk = (first) => ({ abandoned: false, talked_s: 60, topic: 'account_locked', resolved_at_first_contact: first });
  const calls = [call('8', 5, talk(true)), call('8', 10, talk(false)), call('8', 20, talk(true)), call('8', 95), call('7', 500)];
  const wrong = { ...call('7', 40), version: 1 };
  const tellCalls = (all) => city.topics.publish(all.map((data) => outreachEvent('hotline_call.ended', data.call_id, data)));
  await tellCalls([...calls, wrong, calls[0]]);
  await figuresBecome([['hotline_abandoned', {}, 1, 4], ['hotline_first_contact', {}, 2, 3],
    ['hotline_first_contact', { reason: 'account_locked' }, 2, 3]]);
  await tellCalls([{ ...wrong, branch: '8', version: 2 }]);
  await figuresBecome([['hotline_abandoned', {}, 2, 5]]);
  await tellCalls([{ ...wrong, branch: '07', version: 3 }]);
  await figuresBecome([['hotline_abandoned', {}, 1, 4]]);
  const { count, median_hours: median, p90_hours: p90 } = await city.figure('hotline_waiting_time');
  assert.equal(count, 4);
  assert.ok(Math.abs(median * 3600 - 10) < 0.2 && Math.abs(p90 * 3600 - 95) < 1.2, `${median} ${p90}`);
});

test('what cannot be asked for is told, field by field', async () => {
  for (const [path, fault] of [
    ['/adoption?at=2024', 'at bad_period'], ['/adoption?at=2024-02-30', 'at bad_period'],
    ['/adoption?unit=SXD&area=00070', 'area not_allowed'], ['/adoption?unit=SXD&by=unit', 'by not_allowed'],
    ['/adoption?by=team', 'by not_allowed'], ['/adoption?unit=x', 'unit bad_code'],
    ['/indicators?code=activated_of_roster', 'code not_kept'], ['/indicators?subject=weather', 'subject not_allowed'],
    ['/indicators?code=processed&subject=cases', 'subject not_allowed'],
    ['/indicators?subject=accounts&level=urgent', 'level not_kept'],
  ]) {
    const { status, body } = await city.get(path);
    assert.equal(status, 400, path);
    assert.equal(body.errors.map(({ field, code }) => `${field} ${code}`).join(), fault, path);
  }
  assert.equal((await city.get('/adoption?unit=XX-9')).body.code, 'unknown_unit');
  assert.equal((await city.get('/adoption?area=XX-9')).body.code, 'unknown_area');
  const [item] = (await adoption({ area: '00070' })).items;
  assert.equal(item.name.en, 'Name of 00070');
});
