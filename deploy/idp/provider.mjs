// SPDX-License-Identifier: Apache-2.0
// Demo OpenID Connect provider: node provider.mjs [--port 8090] [--bind 127.0.0.1] [--issuer URL]
//   [--state FOLDER] [--origin URL]…   (origins of pages that may sign people in)
//
// Pages use the authorization code with PKCE; the command line asks for a token of a role by a
// grant of its own. Both get the same kind of access token: a JWT (RFC 9068) for audience "ihanoi".
// It hands out any role to anyone who can reach it, so it listens on this machine only, and
// services in production refuse issuers without https.
import { parseArgs } from 'node:util';
import Provider from 'oidc-provider';
import { loadSecrets } from './keys.mjs';
import { claimsOf, people, personBySub } from './people.mjs';
import { signInPage } from './sign_in_page.mjs';

export const DEMO_GRANT = 'urn:ihanoi:grant:demo';
const RESOURCE = 'urn:ihanoi:api';
const LIFETIME_S = 8 * 3600; // a working day

const resourceServer = {
  audience: 'ihanoi',
  scope: '', // people have roles; scopes are for API keys
  accessTokenFormat: 'jwt',
  accessTokenTTL: LIFETIME_S,
  jwt: { sign: { alg: 'RS256' } },
};

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '8090' },
    bind: { type: 'string', default: '127.0.0.1' },
    issuer: { type: 'string' },
    state: { type: 'string', default: 'build/run/idp' },
    origin: { type: 'string', multiple: true, default: [8080, 8081, 8082, 8083, 8084]
      .flatMap((port) => [`http://127.0.0.1:${port}`, `http://localhost:${port}`]) },
  },
});

function clients(origins) {
  return [
    {
      client_id: 'ihanoi-pages',
      application_type: 'web',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: origins.map((origin) => `${origin}/signin`),
      post_logout_redirect_uris: origins.map((origin) => `${origin}/`),
    },
    {
      client_id: 'ihanoi-command-line',
      token_endpoint_auth_method: 'none',
      grant_types: [DEMO_GRANT],
      response_types: [],
      redirect_uris: [],
    },
  ];
}

// Who signs in here agrees to all: there is one application, and it is the city's.
async function grantAll(ctx) {
  const { client, session, provider } = ctx.oidc;
  const known = session.grantIdFor(client.clientId);
  const grant = (known && await provider.Grant.find(known))
    ?? new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile email');
  await grant.save();
  return grant;
}

async function configuration() {
  const { jwks, cookieKey } = await loadSecrets(options.state);
  return {
    jwks,
    cookies: { keys: [cookieKey] },
    clients: clients(options.origin),
    clientBasedCORS: (ctx, origin) => options.origin.includes(origin),
    pkce: { required: () => true },
    scopes: ['openid', 'profile', 'email'],
    claims: { openid: ['sub'], profile: ['name', 'roles', 'unit'], email: ['email'] },
    conformIdTokenClaims: false, // pages read the name from the id token
    ttl: { AccessToken: LIFETIME_S, IdToken: LIFETIME_S, Session: LIFETIME_S, Grant: LIFETIME_S,
      Interaction: 600, AuthorizationCode: 60 },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => resourceServer,
      },
    },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: grantAll,
    findAccount(ctx, sub) {
      const person = personBySub(sub);
      return person && { accountId: sub, claims: () => ({ sub, ...claimsOf(person) }) };
    },
    extraTokenClaims(ctx, token) {
      const person = ctx.demoPerson ?? personBySub(token.accountId);
      return person && claimsOf(person);
    },
  };
}

// The command line: role, and what else should differ from the person of that role.
async function grantRole(ctx) {
  const { provider, client, params } = ctx.oidc;
  const known = people.get(params.role);
  if (known === undefined) {
    ctx.status = 400;
    ctx.body = { error: 'invalid_request',
      error_description: `role must be one of ${[...people.keys()].join(', ')}` };
    return;
  }
  const told = Object.entries({ sub: params.sub, unit: params.unit, email: params.email,
    name: params.person }).filter(([, value]) => value !== undefined);
  ctx.demoPerson = { ...known, ...Object.fromEntries(told) };
  const token = new provider.AccessToken({
    client,
    accountId: ctx.demoPerson.sub,
    gty: DEMO_GRANT,
    resourceServer: new provider.ResourceServer(RESOURCE, resourceServer),
    expiresIn: Number(params.lifetime) || LIFETIME_S,
  });
  ctx.body = {
    access_token: await token.save(), token_type: 'Bearer', expires_in: token.expiresIn,
  };
}

function readBody(request) {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part) => {
      text += part;
      if (text.length > 4096) request.destroy(new Error('the form is too large'));
    });
    request.on('end', () => resolve(new URLSearchParams(text)));
    request.on('error', reject);
  });
}

// GET shows the people, POST takes the choice and goes on.
function interactions(provider) {
  return async (ctx, next) => {
    const uid = /^\/interaction\/([\w-]+)$/.exec(ctx.path)?.[1];
    if (uid === undefined) return next();
    if (ctx.method !== 'POST') {
      ctx.type = 'html';
      ctx.body = signInPage(uid);
      return undefined;
    }
    const person = people.get((await readBody(ctx.req)).get('person'));
    const result = person === undefined ? { error: 'access_denied' }
      : { login: { accountId: person.sub } };
    ctx.respond = false;
    return provider.interactionFinished(ctx.req, ctx.res, result);
  };
}

const issuer = options.issuer ?? `http://${options.bind}:${options.port}`;
const provider = new Provider(issuer, await configuration());
provider.registerGrantType(DEMO_GRANT, grantRole,
  ['role', 'sub', 'unit', 'email', 'person', 'lifetime']);
provider.use(interactions(provider));
provider.on('server_error', (ctx, error) => console.error(`${ctx.method} ${ctx.path}:`, error));

const server = provider.listen(Number(options.port), options.bind, () => {
  console.log(`signing people in at ${issuer}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
