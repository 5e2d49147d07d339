/* SPDX-License-Identifier: Apache-2.0 */
/* auth: who is calling, by OpenID Connect access token or by API key.
 *
 * Tokens: JWT of type at+jwt or JWT and at most 8 KiB, signed with RS256, PS256 or ES256 by a key
 * of the issuer's JWKS; iss, aud, exp, nbf are checked with 60 s of leeway (RFC 9068); jku, x5u
 * and jwk headers are ignored. Verified tokens are remembered by their SHA-256 until they expire
 * or the issuer's keys change. An unknown key id makes the JWKS be fetched again, at most once in
 * 10 s (1 s after a fetch that failed); keys older than 10 minutes are fetched again in the
 * background. Keys: random texts, kept as SHA-256 in API_KEYS_FILE
 * ({"keys":[{"id","sha256","roles":[],"scopes":[],"sources":[],"expires"?,"demo"?}]}), read again
 * when the file changes (a bad file is logged and the old keys stay); compared in constant time.
 *
 * Errors: ERR_UNAUTHENTICATED for what the caller brought, ERR_RETRY while the issuer's keys
 * cannot be had, ERR_BUSY when too many wait for them. Loop thread only. */
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

enum { PRINCIPAL_GRANTS_MAX = 16, PRINCIPAL_SOURCES_MAX = 16 };

/* It and its texts live in the arena given to auth_check. */
struct principal {
    enum principal_kind kind;
    const char *id;    /* sub of the token, id of the key; "" for nobody */
    const char *name;  /* NULL when not told */
    const char *email; /* NULL when not told */
    const char *unit;  /* claim "unit": scope of officers; NULL when not told */
    size_t
        grant_count; /* roles as they are, scopes as "scope:read"; a token's surplus is dropped */
    const char *grants[PRINCIPAL_GRANTS_MAX];
    size_t source_count; /* of a key: whose events it may bring; 0: anybody's */
    const char *const *sources;
};

struct auth_config {
    const char *issuer;
    const char *audience;
    const char *jwks_url;      /* "": from the issuer's discovery document */
    const char *api_keys_file; /* "": no keys */
    bool refuse_demo; /* production: keys marked "demo" and issuers without https are refused */
};

struct auth;
struct fetch;

bool auth_open(struct auth **auth, uv_loop_t *loop, struct fetch *fetch,
               const struct auth_config *config, struct metrics *metrics, struct error *err);
void auth_close(struct auth *auth);

/* Calls on_checked once, at once or after a key fetch. err NULL: principal lives in the arena
 * as do its texts. Both credentials NULL: nobody; both given: the token
 * counts. The credentials are copied where needed. */
typedef void auth_on_checked(const struct principal *principal, const struct error *err, void *arg);
void auth_check(struct auth *auth, const char *bearer, const char *api_key, struct arena *arena,
                auth_on_checked *on_checked, void *arg);

/* access as in struct http_route. */
bool principal_may(const struct principal *principal, const char *access);
bool principal_has(const struct principal *principal, const char *grant);
/* Does a CloudEvents source begin with the prefix, and end there or go on with a part of its own?
 * "https://a.example" covers "https://a.example/7" but not "https://a.example.net". */
bool source_is_under(const char *prefix, const char *source);
/* May it bring events of this source? One of the key's must cover it. */
bool principal_may_speak_for(const struct principal *principal, const char *source);

#endif
