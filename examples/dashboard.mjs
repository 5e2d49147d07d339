// SPDX-License-Identifier: Apache-2.0
// A live board of the city from the topics alone: node_modules/.bin/node examples/dashboard.mjs [BROKER]
import { Consumer, stringDeserializers } from '@platformatic/kafka';

const consumer = new Consumer({
  groupId: `dashboard-${process.pid}`, clientId: 'dashboard', deserializers: stringDeserializers,
  bootstrapBrokers: [process.argv[2] ?? '127.0.0.1:9092'],
});
const figures = new Map(); // by key: what was told last

const share = ({ value, numerator, denominator, pending = 0, uncertain }) => (
  `${value === undefined ? '–' : `${(value * 100).toFixed(1)} %`} (${numerator}/${denominator}, ${pending} open)${uncertain ? ' ?' : ''}`);

function show() {
  const all = [...figures.values()].filter(({ period = 'all', denominator, value }) => period === 'all' && denominator !== undefined && !(value > 1));
  const city = all.filter(({ dimensions }) => Object.keys(dimensions).length === 0);
  const units = all.filter(({ code, dimensions }) => code === 'resolved_on_time' && Object.keys(dimensions).join() === 'unit');
  console.log(`\n${new Date().toISOString()}  ${figures.size} figures`);
  for (const figure of city) console.log(figure.code.padEnd(28), share(figure));
  for (const figure of units.sort((a, b) => (a.value ?? 2) - (b.value ?? 2))) {
    console.log(`  ${figure.dimensions.unit}`.padEnd(28), share(figure));
  }
}

const stream = await consumer.consume({ mode: 'earliest', autocommit: false, topics: ['analytics.indicators.v1'] });
stream.on('data', ({ key, value }) => {
  const figure = value ? JSON.parse(value) : null; // null: told no more
  if (figure === null) figures.delete(key);
  else if (figure.sequence > (figures.get(key)?.sequence ?? 0)) figures.set(key, figure);
});
setInterval(show, 1000);
