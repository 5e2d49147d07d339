// SPDX-License-Identifier: Apache-2.0
// Stacks of tests keep out of each other's way, and out of the way of what a killed test left behind.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { PORTS } from '../../deploy/local/stack.mjs';
import { takeOffset } from '../support/ports.mjs';

test('nobody gets the same ports twice', () => {
    const offsets = Array.from({ length: 5 }, takeOffset);
    assert.equal(new Set(offsets).size, offsets.length, offsets.join());
});

test('ports on which somebody listens are passed over', async () => {
    const next = takeOffset() + 20;
    const left = createServer().listen(PORTS.kafka + next, '127.0.0.1');
    await once(left, 'listening');
    const taken = takeOffset();
    left.close();
    await once(left, 'close');
    assert.notEqual(taken, next);
});
