// SPDX-License-Identifier: Apache-2.0
// Repeatable chance: the same seed gives the same sequence (mulberry32).

export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // In [0, 1).
  fraction() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  // In [0, end).
  below(end) {
    return Math.floor(this.fraction() * end);
  }

  chance(probability) {
    return this.fraction() < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  // One of {weight, …}, in proportion to the weights.
  weighted(list) {
    let left = this.fraction() * list.reduce((sum, { weight }) => sum + weight, 0);
    return list.find(({ weight }) => (left -= weight) < 0) ?? list[list.length - 1];
  }

  // What lies between two arrivals that come at this rate on average.
  interval(perSecond) {
    return -Math.log(1 - this.fraction()) / perSecond;
  }

  // For callers that need a stream of chance of their own.
  fork() {
    return new Random(this.below(4294967296));
  }

  shuffled(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }
}
