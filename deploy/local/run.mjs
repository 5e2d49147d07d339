// SPDX-License-Identifier: Apache-2.0
// make run: the whole cluster on this machine until Ctrl-C. A part that ends by itself is shown
// with the end of its log and stops the rest: a fault should be seen, not papered over.
import { parseArgs } from 'node:util';
import { DEMO_KEY, SERVICES, Stack } from './stack.mjs';

const { values: options } = parseArgs({
  options: {
    folder: { type: 'string', default: 'build/run' },
    offset: { type: 'string', default: '0' },
    bin: { type: 'string', default: 'build/bin' },
  },
});

function describe(stack) {
  const services = SERVICES.filter((name) => stack.running.has(name))
    .map((name) => `  ${name.padEnd(14)} ${stack.url(name)}`);
  return `
ready:
${services.join('\n')}
  mail           ${stack.url('mail')}
  sign-in        ${stack.url('idp')}
  PostgreSQL     ${stack.postgres.url('intake')}  (and so for each service)
  Kafka          ${stack.kafka.brokers}
  logs           ${stack.logs}

try:
  curl -i ${stack.url('intake')}/api/intake/submissions -H 'X-API-Key: ${DEMO_KEY}' \\
    -H 'Content-Type: application/json' -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" -d '{
      "category": "giao-thong", "description": "Ổ gà trước số 12 Hàng Trống",
      "location": {"lat": 21.0305, "lon": 105.8497}}'
  make token ROLE=officer      # an access token of an officer of Phường Hoàn Kiếm

stop: Ctrl-C`;
}

const stack = new Stack({ ...options, offset: Number(options.offset), limits: true, log: console.log });

// The first of: Ctrl-C, a crash, a start that failed. Resolves to the exit code.
function runUntilOver() {
  return new Promise((resolve) => {
    const onSignal = () => resolve(0);
    process.on('SIGINT', onSignal); // stays: a second Ctrl-C must not leave parts behind
    process.on('SIGTERM', onSignal);
    stack.on('crash', ({ text, log, tail }) => {
      console.error(`\n${text}; end of ${log}:\n${tail}\n`);
      resolve(1);
    });
    stack.start().then(
      () => console.log(describe(stack)),
      (error) => {
        console.error(`\n${error.message}`);
        resolve(1);
      },
    );
  });
}

let code = await runUntilOver();
try {
  await stack.stop();
} catch (error) {
  console.error(error.message);
  code = 1;
}
console.log('stopped');
process.exit(code);
