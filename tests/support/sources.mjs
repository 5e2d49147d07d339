// SPDX-License-Identifier: Apache-2.0
// Which other city systems a test plays: the operator's file, written and loaded.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '../contract/contracts.mjs';

const ALL = topics['city.inbound.v1'].types;

/** A system that may bring everything, as much as it likes; prefix is of its CloudEvents source. */
export const system = (prefix, more = {}) => ({ prefix, name: `Hệ thống ${prefix}`, owner: 'test', contact: 'test@ihanoi.example',
    types: ALL, per_s: 100000, burst: 1000000, ...more });

/** From now on these and no others, once the service has read it (within a second or so). */
export function loadSystems(stack, ...systems) {
    const file = join(stack.folder, 'sources.json');
    writeFileSync(file, JSON.stringify({ sources: systems.map((s) => (typeof s === 'string' ? system(s) : s)) }));
    return stack.loadSources(file);
}
