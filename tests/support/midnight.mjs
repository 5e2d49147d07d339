// SPDX-License-Identifier: Apache-2.0
// What reckons in days of the city would be judged by another day than it began on.
const DAY = 86400000, CITY = 7 * 3600000;

/** Waits for the city's midnight to pass, if it is no further than this. */
export async function awayFromMidnight(ms = 150000) {
  const left = DAY - (Date.now() + CITY) % DAY;
  if (left < ms) await new Promise((done) => { setTimeout(done, left + 1000); });
}
