// SPDX-License-Identifier: Apache-2.0
// The signing key of the demo provider: made once, kept in its state folder, readable by the owner only.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';

async function makeSecrets() {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const key = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(key);
  return {
    jwks: { keys: [{ ...key, kid, alg: 'RS256', use: 'sig' }] },
    cookieKey: randomBytes(32).toString('base64url'),
  };
}

export async function loadSecrets(folder) {
  const path = join(folder, 'secrets.json');
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const secrets = await makeSecrets();
  await mkdir(folder, { recursive: true });
  await writeFile(path, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
