// SPDX-License-Identifier: Apache-2.0
// The operators' way, in the order in which an operator goes it: first start, a report's life, stop,
// start again. Run by tests/compose/run, which provides the engine and the images.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { requestToken } from '../../deploy/idp/token.mjs';
import {
  command, containers, demo, discard, eventually, imageUser, ISSUER, makeSecrets, production, query,
  readSecret, request, SECRETS, SERVICES, up,
} from './cluster.mjs';

const ONE_SHOTS = ['preflight', 'topics', 'reference', ...SERVICES.map((name) => `migrate-${name}`)];
const LASTING = ['postgres', 'kafka', 'idp', 'mail-sink', 'prometheus', ...SERVICES];
const REPORTER = 'phong.nguyen@ihanoi.example';

describe('docker compose', () => {
  before(discard);
  after(discard);

  describe('before the first start', () => {
    test('the file is valid without edits and without warnings', async () => {
      for (const args of [[], ['--env-file', 'deploy/compose/demo.env'], ['--env-file', '.env.example']]) {
        const { code, stderr } = await command('docker', ['compose', ...args, 'config', '--quiet']);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, args.join(' '));
      }
    });

    test('production says all that is not set, and starts nothing', async () => {
      await makeSecrets();
      const { code } = await production(['up', '--no-build', 'intake']);
      assert.notEqual(code, 0);
      const { stdout } = await production(['logs', 'preflight', '--no-log-prefix']);
      for (const name of ['OIDC_ISSUER', 'PUBLIC_URL', 'SMTP_URL', 'MAIL_FROM']) {
        assert.match(stdout, new RegExp(`preflight: ${name} must`));
      }
      const { stdout: running } = await production(['ps', '--services']);
      assert.equal(running.trim(), '');
    });

    test('production takes no demo key and no issuer in the clear', async () => {
      const city = { OIDC_ISSUER: 'http://signin.example', PUBLIC_URL: 'https://ihanoi.example',
        SMTP_URL: 'smtp://mail.example', MAIL_FROM: 'a@ihanoi.example' };
      await production(['run', '--rm', '--no-deps', 'preflight'], city).then(({ code, stderr }) => {
        assert.equal(code, 1);
        assert.match(stderr, /OIDC_ISSUER must be the https address/);
      });
    });

    test('what has a secret, and is set without it, is told', async () => {
      for (const [name, value, secret] of [['MEDIA_S3_BUCKET', 'media', 'media_s3_secret_key'],
        ['CAPTCHA_URL', 'https://challenges.example/siteverify', 'captcha_secret']]) {
        const { code, stderr } = await command('docker', ['compose', '--env-file', 'deploy/compose/demo.env',
          'run', '--rm', '--no-deps', 'preflight'], { [name]: value });
        assert.equal(code, 1);
        assert.match(stderr, new RegExp(`${name} is set, its secret is not: .*${secret}`));
      }
    });

    test('a secret that the services cannot read is named with its cure, which works', async () => {
      const check = () => command('docker', ['compose', '--env-file', 'deploy/compose/demo.env',
        'run', '--rm', '--no-deps', 'preflight']);
      chmodSync(join(SECRETS, 'contact_key'), 0o400);
      const refused = await check();
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, /contact_key cannot be read .* sudo deploy\/compose\/make-secrets/);
      const key = readSecret('contact_key');
      await makeSecrets();
      assert.equal((await check()).code, 0);
      assert.equal(readSecret('contact_key'), key, 'what is there is kept');
    });
  });

  describe('the first start', () => {
    test('everything becomes ready, one step after the other', async () => {
      await up();
      const all = await containers();
      for (const name of ONE_SHOTS) {
        const { State } = all.get(name);
        assert.deepEqual([State.Status, State.ExitCode], ['exited', 0], name);
      }
      for (const name of LASTING) {
        assert.equal(all.get(name).State.Health.Status, 'healthy', name);
      }
      for (const name of SERVICES) {
        assert.equal((await request(name, '/readyz')).status, 200, name);
      }
    });

    test('each container is confined', async () => {
      for (const [name, { Config, HostConfig, Image }] of await containers()) {
        const user = Config.User || await imageUser(Image);
        assert.match(user, /^[1-9]\d*(:[1-9]\d*)?$/, `${name}: user ${user}`);
        assert.equal(HostConfig.ReadonlyRootfs, true, name);
        assert.deepEqual(HostConfig.CapDrop, ['ALL'], name);
        assert.equal(HostConfig.CapAdd, null, name);
        assert.deepEqual(HostConfig.SecurityOpt, ['no-new-privileges:true'], name);
        assert.equal(HostConfig.Privileged, false, name);
        assert.ok(HostConfig.PidsLimit > 0 && HostConfig.Memory > 0, name);
        assert.deepEqual(HostConfig.LogConfig,
          { Type: 'json-file', Config: { 'max-file': '5', 'max-size': '10m' } }, name);
        assert.equal(HostConfig.RestartPolicy.Name,
          ONE_SHOTS.includes(name) ? 'no' : 'unless-stopped', name);
      }
    });

    test('only this machine can connect, and PostgreSQL is reached by containers alone', async () => {
      const all = await containers();
      for (const [name, { HostConfig }] of all) {
        for (const { HostIp } of Object.values(HostConfig.PortBindings ?? {}).flat()) {
          assert.equal(HostIp, '127.0.0.1', name);
        }
      }
      assert.deepEqual(all.get('postgres').HostConfig.PortBindings ?? {}, {});
      const networks = Object.keys(all.get('postgres').NetworkSettings.Networks);
      assert.deepEqual(networks, ['ihanoi-test_data']);
    });

    test('no secret stands in what docker inspect shows or the programs log', async () => {
      const shown = JSON.stringify([...await containers()]) + await demo('logs', '--no-color');
      const secrets = [readSecret('postgres_password'), readSecret('contact_key'),
        readSecret('audit_signing_key').split('\n')[1],
        ...SERVICES.map((name) => new URL(readSecret(`${name}_database_url`)).password)];
      for (const secret of secrets) {
        assert.ok(secret.length >= 44 && !shown.includes(secret));
      }
    });

    test('programs have no volume but the stores', async () => {
      for (const [name, { Mounts }] of await containers()) {
        const writable = Mounts.filter(({ RW }) => RW).map(({ Name }) => Name ?? 'anonymous');
        const expected = { postgres: ['ihanoi-test_postgres'], kafka: ['ihanoi-test_kafka'],
          idp: ['ihanoi-test_idp'], intake: ['ihanoi-test_media'], prometheus: ['ihanoi-test_prometheus'] }[name] ?? [];
        assert.deepEqual(writable, expected, name);
      }
    });

    test('each service has a role that may do nothing but use its own database', async () => {
      const roles = await query('postgres', `SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole
        OR rolreplication OR rolbypassrls, left(rolpassword, 14) FROM pg_authid
        WHERE rolcanlogin AND rolname <> 'postgres' ORDER BY 1`);
      assert.equal(roles, [...SERVICES].sort().map((name) => `${name}|f|SCRAM-SHA-256$`).join('\n'));
      const { username, password } = new URL(readSecret('intake_database_url'));
      const enter = (database, user = username) => command('docker', ['compose', '--env-file',
        'deploy/compose/demo.env', 'exec', '-T', '-e', `PGPASSWORD=${password}`, 'postgres', 'psql',
        '-h', '127.0.0.1', '-U', user, '-d', database, '-Atc', 'SELECT current_user']);
      assert.equal((await enter('intake')).stdout.trim(), 'intake');
      for (const [database, user] of [['routing'], ['postgres'], ['intake', 'postgres']]) {
        const { code, stderr } = await enter(database, user);
        assert.notEqual(code, 0);
        assert.match(stderr, /pg_hba\.conf|permission denied/);
      }
    });

    test('Prometheus reads every service, and its alerts do what they say', async () => {
      await eventually('a reading of each', async () => {
        const { body } = await request('prometheus', '/api/v1/query?query=up');
        const up = body.data.result.filter(({ value }) => value[1] === '1');
        return up.length === SERVICES.length;
      });
      await demo('exec', '-T', '--workdir', '/etc/prometheus', 'prometheus', 'promtool', 'test', 'rules',
        'rules.test.yml');
    });

    test('the cluster id of the broker is its own', async () => {
      const id = await clusterId();
      assert.match(id, /^[\w-]{22}$/);
      assert.notEqual(id, '5L6g3nShT-eMCtK--X86sw'); // the image's, the same everywhere
    });
  });

  describe('a report', () => {
    const submission = { category: 'giao-thong', description: 'Ổ gà trước số 12 Hàng Trống',
      location: { lat: 21.0305, lon: 105.8497 }, contact: { email: REPORTER, name: 'Nguyễn Phong' } };
    const kept = {};

    test('is filed, routed, accepted, assigned and resolved', async () => {
      const filed = await request('intake', '/api/intake/submissions', { method: 'POST', key: 'demo-key',
        headers: { 'Idempotency-Key': `"${randomUUID()}"` }, json: submission });
      assert.equal(filed.status, 201, JSON.stringify(filed.body));
      Object.assign(kept, { id: filed.body.id, ticket: filed.body.ticket });
      const chief = await requestToken({ issuer: ISSUER, role: 'supervisor' });
      const officer = await requestToken({ issuer: ISSUER, role: 'officer' });
      const path = `/api/routing/cases/${kept.id}`;
      const opened = await request('routing', `${path}?min_version=1&wait_ms=9000`, { token: chief });
      assert.equal(opened.status, 200, JSON.stringify(opened.body));
      const steps = [['accept', chief, {}], ['assign', chief, { assignee: 'demo-officer' }],
        ['resolve', officer, { result: { text: 'Đã vá mặt đường.',
          evidence: ['https://media.example/after.jpg'] } }]];
      for (const [index, [action, token, json]] of steps.entries()) {
        const answer = await request('routing', `${path}/${action}`, { method: 'POST', token, json,
          headers: { 'If-Match': `"${index + 1}"` } });
        assert.equal(answer.status, 200, `${action}: ${JSON.stringify(answer.body)}`);
      }
    });

    test('shows its end to the reporter, on the page and by mail', async () => {
      const seen = await request('intake',
        `/api/intake/submissions/${kept.id}?min_version=4&wait_ms=9000`, { key: 'demo-key' });
      assert.equal(seen.body.case.state, 'resolved');
      kept.timeline = seen.body.timeline.map(({ version, state }) => `${version} ${state}`);
      assert.deepEqual(kept.timeline, ['1 received', '2 accepted', '3 assigned', '4 resolved']);
      await eventually('the mail that tells of the result', async () => {
        const mails = await mailsTo(REPORTER);
        return mails.some(({ text }) => text.includes('Đã vá mặt đường.'));
      });
    });

    test('is counted once', async () => {
      kept.figures = await eventually('the figures', async () => {
        const now = await figures();
        return now.counts?.resolved === 1 && now;
      });
      const counted = new Map(kept.figures.indicators.map(([code, ...figure]) => [code, figure]));
      for (const code of ['received_on_time', 'resolved_on_time', 'processed', 'resolved_with_evidence']) {
        assert.deepEqual(counted.get(code), [1, 1], code);
      }
      for (const code of ['rejected', 'handed_over_often', 'reopened']) assert.deepEqual(counted.get(code), [0, 1], code);
    });

    test('is counted as its owners count it, and again from the topics', async () => {
      const compared = await demo('run', '--rm', 'analytics', 'reconcile');
      assert.match(compared, /^cases: \d+ counts compared with those of routing, 0 differ$/m);
      assert.match(compared, /^deliveries: \d+ counts compared with those of notification, 0 differ$/m);
      assert.match(await demo('run', '--rm', 'analytics', 'rebuild'), /compared, 0 in 0 differ$/m);
    });

    test('is kept, with positions, figures and cluster id, when all is taken down and up again', async () => {
      kept.cluster = await clusterId();
      kept.positions = await settledPositions();
      await demo('down', '--timeout', '60');
      await up();
      assert.equal(await clusterId(), kept.cluster);
      const seen = await request('intake', `/api/intake/submissions/${kept.id}`, { key: 'demo-key' });
      assert.equal(seen.body.ticket, kept.ticket);
      assert.equal(seen.body.case.state, 'resolved');
      assert.deepEqual(seen.body.timeline.map(({ version, state }) => `${version} ${state}`), kept.timeline);
      assert.deepEqual(await figures(), kept.figures);
      assert.deepEqual(await settledPositions(), kept.positions);
      assert.deepEqual(await mailsTo(REPORTER), [], 'nobody is told twice');
    });

    test('can be followed by another one', async () => {
      const filed = await request('intake', '/api/intake/submissions', { method: 'POST', key: 'demo-key',
        headers: { 'Idempotency-Key': `"${randomUUID()}"` }, json: submission });
      assert.equal(filed.status, 201);
      assert.notEqual(filed.body.ticket, kept.ticket);
      const chief = await requestToken({ issuer: ISSUER, role: 'supervisor' });
      const opened = await request('routing',
        `/api/routing/cases/${filed.body.id}?min_version=1&wait_ms=9000`, { token: chief });
      assert.equal(opened.body.state, 'received');
    });
  });

  describe('at the end', () => {
    test('all programs stop in order and in time', async () => {
      const start = Date.now();
      await demo('stop');
      assert.ok(Date.now() - start < 60000);
      for (const [name, { State }] of await containers()) {
        if (name !== 'kafka') assert.equal(State.ExitCode, 0, name);
        assert.equal(State.OOMKilled, false, name);
      }
    });
  });
});

async function clusterId() {
  const text = await demo('exec', '-T', 'kafka', 'cat', '/var/lib/kafka/data/meta.properties');
  return /^cluster\.id=(.*)$/m.exec(text)[1];
}

// Of the ward where the report was filed, without the time at which they are read.
async function figures() {
  const { body } = await request('analytics', '/api/analytics/units/00070', { key: 'demo-key' }); // the public sees no sum over one
  return {
    counts: body.counts,
    indicators: body.indicators?.map(({ code, numerator, denominator }) => [code, numerator, denominator]),
  };
}

// Positions of all services, once nothing has moved for a second.
async function settledPositions() {
  const read = () => Promise.all(SERVICES.map((name) => query(name,
    'SELECT topic, partition, next_offset FROM consumer_position ORDER BY 1, 2')));
  let before = await read();
  return eventually('positions that stay', async () => {
    await new Promise((done) => { setTimeout(done, 1000); });
    const now = await read();
    const settled = now.join() === before.join();
    before = now;
    return settled && now;
  });
}

async function mailsTo(address) {
  const { body } = await request('mail', `/messages?to=${encodeURIComponent(address)}`);
  return body.messages;
}
