// SPDX-License-Identifier: Apache-2.0
// Two clients of Open311 that others wrote (PyPI: three, georeport) against the running service. Their logs
// are shown: what they say, they say.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Open311 } from './open311.mjs';

const run = promisify(execFile);
const client = new Open311({ folder: 'build/test/open311-clients' });
let ticket;

/** What the client printed; it fails when the client does. */
async function log(context, script, ...args) {
    const endpoint = `${client.stack.url('intake')}/open311/v2`;
    const { stdout } = await run('build/open311-clients/bin/python', [`tests/openapi/clients/${script}`, endpoint, ...args],
        { timeout: 60000, env: { ...process.env, PYTHONIOENCODING: 'utf-8' } });
    for (const line of stdout.trim().split('\n')) context.diagnostic(line);
    return stdout;
}

before(async () => {
    await run('tests/openapi/clients/install', [], { timeout: 240000 });
    await client.start();
}, { timeout: 420000 });
after(() => client.stop());

test('three discovers, asks, posts with attributes, and reads what it posted', async (context) => {
    const said = await log(context, 'three_client.py', 'demo-key');
    ticket = said.match(/three: done (HN-\S+)/)[1];
    const [{ answers }] = await client.query('SELECT answers FROM submission WHERE ticket = $1', [ticket]);
    assert.deepEqual(answers.map((a) => a.values), [['karaoke'], ['2026-11-23T22:30:00+07:00'], ['saturday', 'sunday']]);
});

test('georeport reads services, definitions and requests in both formats', async (context) => {
    assert.match(await log(context, 'georeport_client.py', ticket), /georeport: done/);
});
