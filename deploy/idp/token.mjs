#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Prints an access token of the demo provider:
//   token.mjs --role officer [--unit 00070] [--sub …] [--email …] [--name …] [--lifetime SECONDS]
//             [--issuer URL]
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

const GRANT = 'urn:ihanoi:grant:demo';
const ISSUER = process.env.OIDC_ISSUER ?? 'http://127.0.0.1:8090';

// wishes: role, and if wanted unit, sub, email, name, lifetime (seconds).
export async function requestToken({ issuer = ISSUER, name, ...wishes }) {
  const form = { grant_type: GRANT, client_id: 'ihanoi-command-line', person: name, ...wishes };
  const told = Object.entries(form).filter(([, value]) => value !== undefined);
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST', body: new URLSearchParams(told),
  });
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(body.error_description ?? body.error);
  }
  return body.access_token;
}

async function main() {
  const names = ['role', 'unit', 'sub', 'email', 'name', 'lifetime', 'issuer'];
  const { values } = parseArgs({
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
  });
  try {
    console.log(await requestToken({ ...values, role: values.role ?? '' }));
  } catch (error) {
    const away = error.cause?.code === 'ECONNREFUSED';
    console.error(away ? `no provider at ${values.issuer ?? ISSUER}: start it with "make run"`
      : `no token: ${error.message}`);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main();
}
