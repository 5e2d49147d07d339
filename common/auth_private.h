/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of auth: the token (pure checks), the memory of verified tokens, the issuer's keys, the
 * API keys. auth.c joins them. */
#ifndef COMMON_AUTH_PRIVATE_H
#define COMMON_AUTH_PRIVATE_H

#include <jansson.h>

#include "common/auth.h"

enum { AUTH_HASH_SIZE = 32, AUTH_TOKEN_MAX = 8 * 1024, AUTH_LEEWAY_S = 60 };

void auth_hash(const char *text, size_t size, uint8_t hash[AUTH_HASH_SIZE]);

/* False when the grants are full; the right is then not given. */
bool principal_grant(struct principal *principal, const char *grant);

/* ---- token: one JWT, taken apart. No clock, no I/O ---- */
struct token {
    const char *text; /* borrowed */
    size_t header_size, payload_size, signature_size;
    json_t *header, *claims; /* owned */
    const char *key_id;      /* in header */
    int64_t expires_us;
};

/* Takes text apart and refuses what no key could make good: other algorithms, types, critical
 * extensions. Needs token_finish in any case. All errors are ERR_UNAUTHENTICATED. */
bool token_decode(struct token *token, const char *text, size_t size, struct error *err);
void token_finish(struct token *token);
bool token_check_claims(struct token *token, const char *issuer, const char *audience,
                        int64_t now_us, struct error *err);
/* True when key is of the kind that the token's algorithm wants and made its signature. */
bool token_verify(const struct token *token, const json_t *key, struct error *err);
void token_principal(const struct token *token, struct arena *arena, struct principal *principal);
/* Whether tokens could be signed by this JWK at all. */
bool token_key_usable(const json_t *key);

/* ---- memory of verified tokens, bounded ---- */
struct token_memory;

struct token_memory *token_memory_new(void);
void token_memory_free(struct token_memory *memory);
void token_memory_put(struct token_memory *memory, const uint8_t hash[AUTH_HASH_SIZE],
                      const struct principal *principal, int64_t expires_us, int64_t now_us);
/* A copy of the principal in the arena; NULL when not known or expired. */
struct principal *token_memory_get(struct token_memory *memory, const uint8_t hash[AUTH_HASH_SIZE],
                                   int64_t now_us, struct arena *arena);
void token_memory_forget(struct token_memory *memory);

/* ---- keys of the issuer ---- */
struct jwks;
/* A fetch has ended. changed: keys came or went, so what was verified may no longer hold. */
typedef void jwks_on_fetched(bool changed, void *arg);

struct jwks *jwks_new(struct fetch *fetch, const char *issuer, const char *url,
                      struct metrics *metrics, jwks_on_fetched *on_fetched, void *arg);
void jwks_free(struct jwks *jwks); /* on_fetched is not called any more */
/* NULL when not known. Borrowed until the next fetch ends. */
const json_t *jwks_find(const struct jwks *jwks, const char *key_id);
/* True when a fetch is under way, so that on_fetched will be called; false when it is too early
 * to ask again or nothing can be asked. */
bool jwks_refresh(struct jwks *jwks);
/* Fetches in the background when the keys have grown old. */
void jwks_keep_fresh(struct jwks *jwks);
/* Whether the issuer answered when last asked. */
bool jwks_is_available(const struct jwks *jwks);

/* ---- API keys ---- */
struct api_keys;

bool api_keys_open(struct api_keys **keys, const char *path, bool refuse_demo, struct error *err);
void api_keys_free(struct api_keys *keys);
bool api_keys_check(struct api_keys *keys, const char *text, int64_t now_us, struct arena *arena,
                    struct principal *principal, struct error *err);

#endif
