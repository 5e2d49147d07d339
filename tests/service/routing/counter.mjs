// SPDX-License-Identifier: Apache-2.0
// What tests of cases that are opened in routing itself have in common: opening one, at either of
// two replicas, and steps that must work or must not.
import assert from 'node:assert/strict';

export class Counter {
  constructor(desk) {
    this.desk = desk;
    this.second = { instance: 'routing-1', port: desk.stack.ports.routing + 7 };
  }

  startSecond() {
    return this.desk.stack.startService('routing', this.second);
  }

  // replica 0 is the first process, 1 the second.
  call(who, method, path, { body, version, key, replica = 0 } = {}) {
    const headers = key === undefined ? {} : { 'idempotency-key': `"${key}"` };
    const port = replica === 0 ? this.desk.stack.ports.routing : this.second.port;
    return this.desk.call(who, method, path, { body, version, headers, port });
  }

  open(who, body, options) {
    return this.call(who, 'POST', '/cases', { body, ...options });
  }

  // The case as it was opened.
  async opened(who, body) {
    const answer = await this.open(who, body);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  // Does it, or tells why not.
  async act(who, now, action, body) {
    const answer = await this.desk.act(who, now.case_id, action, now.version, body);
    assert.equal(answer.status, 200, `${action}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async refused(who, now, action, body, status, code) {
    const answer = await this.desk.act(who, now.case_id, action, now.version, body);
    assert.equal(answer.status, status, `${action}: ${JSON.stringify(answer.body)}`);
    assert.equal(answer.body.code, code);
    return answer.body;
  }

  // The case, once it is in a state.
  async becomes(who, id, state, timeoutMs = 10000) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const { body } = await this.desk.get(who, `/cases/${id}`);
      if (body.state === state) return body;
      assert.ok(Date.now() < deadline, `${id} is ${body.state}, not ${state}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

// The fields that an answer of 400 names, with their codes.
export function faults(answer) {
  assert.equal(answer.status, 400, answer.text);
  return Object.fromEntries(answer.body.errors.map(({ field, code }) => [field, code]));
}

// Over the year and the number, as on the ticket of intake.
export function checkDigit(text) {
  const alphabet = '0123456789ABCDEFGHJKMNPRSTVWXYZ';
  let sum = 0;
  for (const digit of text.replace(/\D/g, '')) sum = (sum * 3 + Number(digit)) % 31;
  return alphabet[sum];
}
