/* SPDX-License-Identifier: Apache-2.0 */
/* auth: who is calling, by OpenID Connect access token or by API key.
 *
 * Tokens: JWT signed with RS256, PS256, ES256 or EdDSA by a key of the issuer's JWKS; iss, aud, exp, nbf are
 * checked with 60 s of leeway (RFC 9068); jku, x5u and jwk headers are ignored. Verified tokens
 * are remembered by their SHA-256 until they expire. An unknown key id makes the JWKS be fetched
 * again, at most once in 10 s. Keys: random texts, kept as SHA-256 in API_KEYS_FILE
 * ({"keys":[{"id","sha256","roles":[],"scopes":[],"expires"?}]}), read again when the file
 * changes; compared in constant time. Loop thread only. */
#ifndef COMMON_AUTH_H
#define COMMON_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/arena.h"
#include "common/error.h"
#include "common/metrics.h"

enum principal_kind { PRINCIPAL_NOBODY, PRINCIPAL_PERSON, PRINCIPAL_SYSTEM };

enum { PRINCIPAL_GRANTS_MAX = 16 };

/* Texts live in the arena given to auth_check. */
struct principal {
    enum principal_kind kind;
    const char *id;     /* sub of the token, id of the key; "" for nobody */
    const char *name;   /* NULL when not told */
    const char *email;  /* NULL when not told */
    const char *unit;   /* claim "unit": scope of officers; NULL when not told */
    size_t grant_count; /* roles as they are, scopes as "scope:read" */
    const char *grants[PRINCIPAL_GRANTS_MAX];
};

struct auth_config {
    const char *issuer;
    const char *audience;
    const char *jwks_url;      /* "": from the issuer's discovery document */
    const char *api_keys_file; /* "": no keys */
    bool refuse_demo;          /* production: keys marked "demo" are refused at start */
};

struct auth;
struct fetch;

bool auth_open(struct auth **auth, uv_loop_t *loop, struct fetch *fetch,
               const struct auth_config *config, struct metrics *metrics, struct error *err);
void auth_close(struct auth *auth);

/* Calls on_checked once, at once or after a key fetch. err NULL: principal is valid in the arena.
 * Both credentials NULL: nobody. */
typedef void auth_on_checked(const struct principal *principal, const struct error *err,
                             void *arg);
void auth_check(struct auth *auth, const char *bearer, const char *api_key, struct arena *arena,
                auth_on_checked *on_checked, void *arg);

/* access as in struct http_route. */
bool principal_may(const struct principal *principal, const char *access);
bool principal_has(const struct principal *principal, const char *grant);

#endif
