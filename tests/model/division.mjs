// SPDX-License-Identifier: Apache-2.0
// A city that was divided anew half a year before the end of the story: 210 former wards in 14 districts became those of
// today, whose codes are those of some of the former ones, which were elsewhere.
import { message } from '../support/topics.mjs';
import { DAY, HOUR } from './tale.mjs';

export const WARDS = Array.from({ length: 126 }, (_, i) => String(70 + i * 3).padStart(5, '0'));
const FORMER = [...WARDS.slice(0, 90), ...Array.from({ length: 120 }, (_, i) => `F${String(i).padStart(3, '0')}`)];
const DISTRICTS = Array.from({ length: 14 }, (_, i) => String(i + 1).padStart(3, '0'));

/** The instant at which the city's first day of the new division begins. */
export const dividedAt = (endDay) => (endDay - 182) * DAY - 7 * HOUR;

/** The wards that there are when something is opened. */
export const wardsAt = (at, endDay) => (at < dividedAt(endDay) ? FORMER : WARDS);

/** Neighbours go over into one; of every fifth ward the neighbours are of another district. */
export function divisionEvents(endDay) {
  const areas = FORMER.map((code, i) => ({ code, district: DISTRICTS[Math.floor(i / 15)], successor: WARDS[Math.floor(i * 126 / 210 + 2) % 126] }));
  const districts = DISTRICTS.map((code) => ({ code, name: { vi: `Quận ${code}`, en: `District ${code}` } }));
  const sets = [
    { code: '14-districts', valid_to: new Date(dividedAt(endDay)).toISOString(), source: 'assumption', districts, areas },
    { code: '126-units', source: 'assumption', areas: WARDS.map((code) => ({ code })) }];
  return sets.map((set) => message('city.reference.v1', 'vn.hanoi.unit_set.published.v1', `unit_set:${set.code}`, set));
}
