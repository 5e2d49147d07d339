// SPDX-License-Identifier: Apache-2.0
// What became of messages and of orders against a model, whatever the order and number of the
// events, and counted again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compiler } from '../../contract/contracts.mjs';
import { message } from '../../support/topics.mjs';
import { chance, City, periodsOf, until, uuid7 } from './city.mjs';

const city = new City();
const random = chance(23);
const iso = (ms) => new Date(ms).toISOString();
const NOW = Date.now();
const DAY = 86400000;
let indicators;

before(async () => {
  await city.start();
  indicators = await city.topics.listen(['analytics.indicators.v1']);
}, { timeout: 90000 });

after(() => city.stop());

// ---- what is told ----

const OUTCOMES = ['skipped', 'failed', 'sent'];
const SKIPS = ['no_contact', 'contact_erased'];
const FAULTS = ['relay_refused', 'mailbox_unknown'];

/** A delivery as it was told at last, and all that was told of it. */
function delivery() {
  const id = uuid7(NOW);
  const base = { delivery_id: id, event_id: uuid7(NOW), channel: random.pick(['email', 'inapp']),
    recipient_hash: '6'.repeat(64), template: 'case.accepted.vi' };
  const told = [];
  let at = NOW - random.upTo(40 * DAY);
  let attempts = 0;
  const end = (outcome) => {
    attempts += outcome === 'skipped' ? 0 : 1 + random.upTo(3);
    at += random.upTo(DAY);
    told.push({ type: outcome, data: { ...base, attempts, at: iso(at),
      ...(outcome === 'skipped' && { reason: random.pick(SKIPS) }),
      ...(outcome === 'failed' && { reason: random.pick(FAULTS) }) } });
  };
  end(random.pick(OUTCOMES));
  if (told[0].type === 'failed' && random.next() < 0.5) end('sent'); // tried again by hand
  return told;
}

const deliveryEvent = ({ type, data }) => message('city.deliveries.v1', `vn.hanoi.delivery.${type}.v1`,
  data.recipient_hash, data, { source: '/ihanoi/notification', time: new Date(data.at) });

const SERVICES = ['electricity', 'phone_topup', 'parking'];
const PROVIDERS = ['EVNHN', 'VIETTEL', 'KTTDX'];

/** All versions of an order. */
function order() {
  const placed = NOW - random.upTo(60 * DAY);
  const first = { order_id: uuid7(placed), version: 1, service: random.pick(SERVICES),
    provider: random.pick(PROVIDERS), amount_vnd: 1000 * random.upTo(500), account: 'lan-1',
    channel: random.pick(['app', 'api']), placed_at: iso(placed), at: iso(placed) };
  const told = [{ type: 'placed', data: first }];
  let at = placed;
  const step = (type, changes) => {
    at += random.upTo(30 * 3600000);
    const { data } = told.at(-1);
    told.push({ type, data: { ...data, version: data.version + 1, [`${type}_at`]: iso(at), at: iso(at), ...changes } });
  };
  const refund = (vnd) => step('refunded', { refunded_vnd: vnd, refunded_reason: random.pick(['cancelled', 'left_early']) });
  const fail = (reason) => step('failed', { failed_reason: reason });
  const way = random.upTo(8);
  if (way === 0) return told;
  if (way === 1) step('expired');
  else if (way === 2) fail('payment_refused');
  else {
    step('paid');
    if (way === 3) return told;
    if (way === 4) fail('provider_refused');
    else if (way > 5) step('fulfilled');
    if ([4, 5, 7].includes(way)) refund(way === 7 ? 500 : first.amount_vnd || 1);
  }
  return told;
}

const orderEvent = ({ type, data }) => message(type === 'placed' ? 'city.orders.v1' : 'city.order-status.v1',
  `vn.hanoi.order.${type}.v1`, data.order_id, data, { source: '/ihanoi/routing', time: new Date(data.at) });

// ---- the model: by the words of the definitions ----

const last = (told) => told.at(-1);
const deliveries = [];
const orders = [];

function deliverySums(slice) {
  const counts = { sent: 0, failed: 0, skipped: 0 };
  for (const { type, data } of deliveries.map(last)) {
    const mine = { channel: data.channel, reason: type === 'sent' ? undefined : data.reason };
    if (fits(slice, mine, data.at)) counts[type] += 1;
  }
  const { sent, failed, skipped } = counts;
  return { delivered: [sent, sent + failed, 0], delivery_skipped: [skipped, sent + failed + skipped, 0] };
}

const fits = ({ period = 'all', ...members }, mine, at) => periodsOf(at).includes(period)
  && Object.entries(members).every(([name, member]) => mine[name] === member);

function stateOf(o) {
  if (o.fulfilled_at) return 'fulfilled';
  if (o.failed_at) return 'failed';
  if (o.refunded_at) return 'cancelled';
  if (o.expired_at) return 'expired';
  return o.paid_at ? 'paid' : 'placed';
}

function orderSums(slice) {
  const mine = orders.map((told) => last(told).data).filter((o) => fits(slice, { process: o.service,
    unit: o.provider, channel: o.channel, reason: o.failed_reason ?? o.refunded_reason }, o.placed_at));
  const n = (...states) => mine.filter((o) => states.includes(stateOf(o))).length;
  const paid = mine.filter((o) => o.paid_at);
  const refunded = mine.filter((o) => o.refunded_at);
  const sum = (list, name) => list.reduce((all, o) => all + o[name], 0);
  const hours = mine.filter((o) => o.fulfilled_at)
    .map((o) => (Date.parse(o.fulfilled_at) - Date.parse(o.paid_at)) / 3600000).sort((a, b) => a - b);
  return {
    orders_fulfilled: [n('fulfilled'), n('fulfilled', 'failed', 'expired', 'cancelled'), n('placed', 'paid')],
    orders_fulfilled_of_paid: [n('fulfilled'), paid.filter((o) => stateOf(o) !== 'paid').length, n('paid')],
    orders_refunded: [refunded.length, paid.length, 0],
    order_payment: [sum(paid, 'amount_vnd'), paid.length, 0],
    order_refund: [sum(refunded, 'refunded_vnd'), refunded.length, 0],
    hours,
    waiting: n('paid'),
  };
}

// ---- both agree ----

const ratio = ({ numerator, denominator, pending }) => [numerator, denominator, pending];

async function agrees(subject, sums, slice) {
  const { status, body } = await city.get(`/indicators?${new URLSearchParams({ subject, ...slice })}`);
  if (body.code === 'unknown_unit') return;
  assert.equal(status, 200, JSON.stringify(body));
  const expected = sums(slice);
  for (const figure of body.items) {
    if (figure.kind === 'time') agreeTimes(figure, expected);
    else assert.deepEqual(ratio(figure), expected[figure.code], `${figure.code} ${JSON.stringify(slice)}`);
  }
}

function agreeTimes({ count, open, median_hours: median = 0 }, { hours, waiting }) {
  assert.deepEqual([count, open], [hours.length, waiting]);
  const truth = hours[Math.ceil(0.5 * hours.length) - 1] ?? 0;
  assert.ok(Math.abs(median - truth) <= Math.max(0.01 * truth + 0.005, 0.02), `${median} for ${truth}`);
}

const periods = (instants) => [{}, ...[1, 2, 3, 4, 5].map((i) => ({ period: periodsOf(random.pick(instants))[i] }))];
const monthOf = (instants) => ({ period: periodsOf(random.pick(instants))[3] });

function deliverySlices() {
  const ends = deliveries.map((told) => last(told).data.at);
  return [...periods(ends), ...['email', 'inapp'].map((channel) => ({ channel, ...random.pick(periods(ends)) })),
    ...[...SKIPS, ...FAULTS].flatMap((reason) => [{ reason }, { reason, channel: 'email', ...monthOf(ends) }])];
}

function orderSlices() {
  const days = orders.map((told) => told[0].data.placed_at);
  return [...periods(days), ...SERVICES.flatMap((process) => [{ process, ...random.pick(periods(days)) },
    { process, channel: 'app', ...monthOf(days) }, { process, unit: 'EVNHN', ...monthOf(days) },
    { process, reason: 'cancelled', ...monthOf(days) }]),
    ...PROVIDERS.map((unit) => ({ unit, ...random.pick(periods(days)) })),
    ...['provider_refused', 'payment_refused', 'left_early'].map((reason) => ({ reason }))];
}

async function allAgree() {
  for (const slice of deliverySlices()) await agrees('deliveries', deliverySums, slice);
  for (const slice of orderSlices()) await agrees('orders', orderSums, slice);
}

async function counted() {
  for (const topic of ['city.deliveries.v1', 'city.orders.v1', 'city.order-status.v1']) await city.counted(20000, topic);
  await until('all is folded', async () => {
    const [{ dirty }] = await city.sql('SELECT EXISTS (SELECT FROM heard) AS dirty');
    return !dirty;
  }, 15000);
}

test('figures agree with a model, twice told and in any order', { timeout: 90000 }, async () => {
  for (let i = 0; i < 300; i += 1) {
    deliveries.push(delivery());
    orders.push(order());
  }
  const events = [...deliveries.flat().map(deliveryEvent), ...orders.flat().map(orderEvent)];
  const doubled = random.shuffle([...events, ...events.filter(() => random.next() < 0.3)]);
  for (const part of [doubled.slice(0, 500), doubled.slice(500)]) await city.topics.publish(part);
  await counted();
  await allAgree();
});

test('a higher version moves an order, a later try a delivery', { timeout: 60000 }, async () => {
  const moved = [];
  for (const told of deliveries.filter((d) => last(d).type === 'failed').slice(0, 20)) {
    const { data } = last(told);
    told.push({ type: 'sent', data: { ...data, attempts: data.attempts + 1, at: iso(NOW), reason: undefined } });
    moved.push(deliveryEvent(last(told)));
  }
  for (const told of orders.filter((o) => last(o).type === 'paid').slice(0, 10)) {
    const { data } = last(told);
    told.push({ type: 'fulfilled', data: { ...data, version: 3, fulfilled_at: iso(NOW), at: iso(NOW) } });
    moved.push(orderEvent(last(told)));
  }
  await city.topics.publish(moved);
  await counted();
  await allAgree();
});

test('figures are told as the schemas have them', { timeout: 60000 }, async () => {
  const validate = compiler();
  const [sent, all] = deliverySums({}).delivered;
  const key = 'delivered|';
  await until('the last value is told', () => {
    const event = indicators.filter((e) => e.key === key).at(-1);
    return event?.data.numerator === sent && event.data.denominator === all;
  }, 15000);
  for (const wanted of ['delivery_skipped|reason=no_contact', 'orders_fulfilled|process=parking',
    'order_fulfilment_time|unit=EVNHN', 'order_payment|']) {
    await until(wanted, () => indicators.some((e) => e.key === wanted), 15000);
  }
  for (const event of indicators.filter((e) => e.data)) {
    const check = validate.getSchema(`https://schemas.ihanoi.example/events/${event.type}`);
    assert.ok(check(event.data), `${event.key} ${JSON.stringify(check.errors)}`);
  }
});

test('what cannot be read goes to the dead letters', { timeout: 60000 }, async () => {
  const { data } = last(deliveries[0]);
  await city.topics.publish([
    deliveryEvent({ type: 'sent', data: { ...data, recipient_hash: 'lan@example.vn' } }),
    deliveryEvent({ type: 'read', data }),
    orderEvent({ type: 'paid', data: { ...last(orders[0]).data, paid_at: undefined } }),
    orderEvent({ type: 'placed', data: { ...orders[0][0].data, amount_vnd: -1 } }),
  ]);
  await until('four dead letters', async () => {
    const rows = await city.sql('SELECT error_class, error_detail FROM dead_letter ORDER BY 1, 2');
    return rows.length === 4 && assert.deepEqual(rows.map((row) => Object.values(row).join(' ')), [
      'invalid_data amount_vnd', 'invalid_data paid_at', 'invalid_data recipient_hash', 'unknown_type type',
    ]) === undefined;
  }, 15000);
  await allAgree();
});

test('counting again gives the same', { timeout: 90000 }, async () => {
  const sums = () => city.sql(`SELECT subject, grouping, period, first, a, b, encode(data, 'hex') AS data FROM cell
    WHERE data <> '\\x0000' ORDER BY 1, 2, 3, 4, 5, 6`);
  const counts = await sums();
  await city.rebuild();
  assert.deepEqual(await sums(), counts);
  await allAgree();
});
