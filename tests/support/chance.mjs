// SPDX-License-Identifier: Apache-2.0
// Chance that can be repeated.

/** mulberry32: the same seed gives the same city. */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const upTo = (n) => Math.floor(next() * n);
  const shuffle = (items) => {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = upTo(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
    return items;
  };
  return { next, upTo, pick: (items) => items[upTo(items.length)], shuffle };
}
