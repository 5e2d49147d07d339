/* SPDX-License-Identifier: Apache-2.0 */
#include "common/auth.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "common/auth_private.h"
#include "common/clock.h"

enum { WAITING_MAX = 1000 };

struct outcomes {
    struct metrics_counter *nobody, *accepted, *remembered, *key, *refused, *unavailable;
};

/* One token being checked. Lives in the caller's arena. */
struct check {
    struct auth *auth;
    struct check *next; /* in the line of those that wait for keys */
    uint8_t hash[AUTH_HASH_SIZE];
    struct token token;
    struct arena *arena;
    auth_on_checked *on_checked;
    void *arg;
};

struct auth {
    char *issuer, *audience;
    struct jwks *jwks;
    struct api_keys *keys;
    struct token_memory *memory;
    struct check *first, **last; /* waiting for a fetch of keys */
    size_t waiting;
    struct outcomes outcomes;
};

/* Steps of a token's check, in running order. */
static void check_decode(struct check *check, const char *bearer);
static void check_key(struct check *check, bool may_wait);
static void check_wait(struct check *check); /* until on_fetched, then check_key again */
static void check_verify(struct check *check, const json_t *key);
static void check_refuse(struct check *check, const struct error *err);

void auth_hash(const char *text, size_t size, uint8_t hash[AUTH_HASH_SIZE])
{
    SHA256((const unsigned char *)text, size, hash);
}

bool principal_grant(struct principal *principal, const char *grant)
{
    if (principal->grant_count == PRINCIPAL_GRANTS_MAX) {
        return false;
    }
    principal->grants[principal->grant_count++] = grant;
    return true;
}

static bool has_grant(const struct principal *principal, const char *grant, size_t size)
{
    for (size_t i = 0; i < principal->grant_count; i++) {
        if (strlen(principal->grants[i]) == size &&
            memcmp(principal->grants[i], grant, size) == 0) {
            return true;
        }
    }
    return false;
}

bool principal_has(const struct principal *principal, const char *grant)
{
    return has_grant(principal, grant, strlen(grant));
}

bool source_is_under(const char *prefix, const char *source)
{
    size_t size = strlen(prefix);
    if (strncmp(source, prefix, size) != 0) {
        return false;
    }
    bool whole = size > 0 && strchr("/:?#", prefix[size - 1]) != NULL;
    return whole || strchr("/:?#", source[size]) != NULL; /* or both end here */
}

bool principal_may_speak_for(const struct principal *principal, const char *source)
{
    bool found = principal->source_count == 0;
    for (size_t i = 0; i < principal->source_count && !found; i++) {
        found = source_is_under(principal->sources[i], source);
    }
    return found;
}

bool principal_may(const struct principal *principal, const char *access)
{
    if (access[0] == '\0') {
        return true;
    }
    if (strcmp(access, "*") == 0) {
        return principal->kind != PRINCIPAL_NOBODY;
    }
    while (*access != '\0') {
        size_t size = strcspn(access, " ");
        if (size > 0 && has_grant(principal, access, size)) {
            return true;
        }
        access += size + (access[size] == ' ');
    }
    return false;
}

static void check_refuse(struct check *check, const struct error *err)
{
    struct outcomes *outcomes = &check->auth->outcomes;
    metrics_add(err->kind == ERR_UNAUTHENTICATED ? outcomes->refused : outcomes->unavailable, 1);
    token_finish(&check->token);
    check->on_checked(NULL, err, check->arg);
}

static void check_verify(struct check *check, const json_t *key)
{
    struct auth *auth = check->auth;
    struct principal *principal = arena_alloc(check->arena, sizeof *principal);
    struct error err = {0};
    if (!token_verify(&check->token, key, &err)) {
        check_refuse(check, &err);
        return;
    }
    token_principal(&check->token, check->arena, principal);
    token_memory_put(auth->memory, check->hash, principal, check->token.expires_us, clock_now_us());
    token_finish(&check->token);
    metrics_add(auth->outcomes.accepted, 1);
    check->on_checked(principal, NULL, check->arg);
}

static void check_wait(struct check *check)
{
    struct auth *auth = check->auth;
    struct error err = {0};
    if (auth->waiting == WAITING_MAX) {
        error_set(&err, ERR_BUSY, "sign_in_busy", "too many callers wait for the issuer's keys");
        check_refuse(check, &err);
        return;
    }
    check->next = NULL;
    *auth->last = check;
    auth->last = &check->next;
    auth->waiting++;
}

static void check_key(struct check *check, bool may_wait)
{
    struct jwks *jwks = check->auth->jwks;
    struct error err = {0};
    const json_t *key = jwks_find(jwks, check->token.key_id);
    if (key != NULL) {
        check_verify(check, key);
    } else if (may_wait && jwks_refresh(jwks)) {
        check_wait(check);
    } else {
        if (jwks_is_available(jwks)) {
            error_set(&err, ERR_UNAUTHENTICATED, "token_key_unknown",
                      "the token is signed by a key that the issuer does not show");
        } else {
            error_set(&err, ERR_RETRY, "issuer_unavailable",
                      "the keys of the token's issuer cannot be fetched");
        }
        check_refuse(check, &err);
    }
}

static struct check *take_waiting(struct auth *auth)
{
    struct check *first = auth->first;
    auth->first = NULL;
    auth->last = &auth->first;
    auth->waiting = 0;
    return first;
}

static void on_fetched(bool changed, void *arg)
{
    struct auth *auth = arg;
    if (changed) {
        token_memory_forget(auth->memory);
    }
    struct check *check = take_waiting(auth);
    while (check != NULL) {
        struct check *next = check->next; /* the answer may free the arena */
        check_key(check, false);
        check = next;
    }
}

static void check_decode(struct check *check, const char *bearer)
{
    struct auth *auth = check->auth;
    struct error err = {0};
    size_t size = strlen(bearer);
    if (token_decode(&check->token, arena_copy(check->arena, bearer, size), size, &err) &&
        token_check_claims(&check->token, auth->issuer, auth->audience, clock_now_us(), &err)) {
        check_key(check, true);
    } else {
        check_refuse(check, &err);
    }
}

static void check_token(struct auth *auth, const char *bearer, struct arena *arena,
                        auth_on_checked *on_checked, void *arg)
{
    uint8_t hash[AUTH_HASH_SIZE];
    struct error err = {0};
    size_t size = strnlen(bearer, AUTH_TOKEN_MAX + 1);
    if (size > AUTH_TOKEN_MAX) {
        metrics_add(auth->outcomes.refused, 1);
        error_set(&err, ERR_UNAUTHENTICATED, "token_too_large", "the token is over %d bytes",
                  AUTH_TOKEN_MAX);
        on_checked(NULL, &err, arg);
        return;
    }
    jwks_keep_fresh(auth->jwks);
    auth_hash(bearer, size, hash);
    struct principal *known = token_memory_get(auth->memory, hash, clock_now_us(), arena);
    if (known != NULL) {
        metrics_add(auth->outcomes.remembered, 1);
        on_checked(known, NULL, arg);
        return;
    }
    struct check *check = arena_alloc(arena, sizeof *check);
    *check = (struct check){.auth = auth, .arena = arena, .on_checked = on_checked, .arg = arg};
    memcpy(check->hash, hash, sizeof hash);
    check_decode(check, bearer);
}

static void check_api_key(struct auth *auth, const char *api_key, struct arena *arena,
                          auth_on_checked *on_checked, void *arg)
{
    struct principal *principal = arena_alloc(arena, sizeof *principal);
    struct error err = {0};
    if (api_keys_check(auth->keys, api_key, clock_now_us(), arena, principal, &err)) {
        metrics_add(auth->outcomes.key, 1);
        on_checked(principal, NULL, arg);
    } else {
        metrics_add(auth->outcomes.refused, 1);
        on_checked(NULL, &err, arg);
    }
}

void auth_check(struct auth *auth, const char *bearer, const char *api_key, struct arena *arena,
                auth_on_checked *on_checked, void *arg)
{
    if (bearer != NULL) {
        check_token(auth, bearer, arena, on_checked, arg);
    } else if (api_key != NULL) {
        check_api_key(auth, api_key, arena, on_checked, arg);
    } else {
        struct principal *nobody = arena_alloc(arena, sizeof *nobody);
        nobody->id = "";
        metrics_add(auth->outcomes.nobody, 1);
        on_checked(nobody, NULL, arg);
    }
}

static struct metrics_counter *outcome(struct metrics *metrics, const char *label)
{
    return metrics_counter(metrics, "auth_checks_total", "Callers checked, by outcome.",
                           (const char *const[]){label, NULL});
}

bool auth_open(struct auth **auth_out, uv_loop_t *loop, struct fetch *fetch,
               const struct auth_config *config, struct metrics *metrics, struct error *err)
{
    (void)loop; /* all waiting is done by fetch */
    struct api_keys *keys;
    if (config->refuse_demo && strncmp(config->issuer, "https://", 8) != 0) {
        return error_set(err, ERR_FATAL, "issuer_in_the_clear",
                         "OIDC_ISSUER must begin with https:// in production");
    }
    if (!api_keys_open(&keys, config->api_keys_file, config->refuse_demo, err)) {
        return false;
    }
    struct auth *auth = memory_zero(1, sizeof *auth);
    auth->issuer = memory_text(config->issuer);
    auth->audience = memory_text(config->audience);
    auth->keys = keys;
    auth->memory = token_memory_new();
    auth->last = &auth->first;
    auth->jwks = jwks_new(fetch, config->issuer, config->jwks_url, metrics, on_fetched, auth);
    auth->outcomes = (struct outcomes){
        .nobody = outcome(metrics, "outcome=nobody"),
        .accepted = outcome(metrics, "outcome=token"),
        .remembered = outcome(metrics, "outcome=token_remembered"),
        .key = outcome(metrics, "outcome=key"),
        .refused = outcome(metrics, "outcome=refused"),
        .unavailable = outcome(metrics, "outcome=unavailable"),
    };
    *auth_out = auth;
    return true;
}

void auth_close(struct auth *auth)
{
    if (auth == NULL) {
        return;
    }
    struct error err = {0};
    error_set(&err, ERR_RETRY, "stopping", "the service is stopping");
    struct check *check = take_waiting(auth);
    while (check != NULL) {
        struct check *next = check->next;
        check_refuse(check, &err);
        check = next;
    }
    jwks_free(auth->jwks);
    api_keys_free(auth->keys);
    token_memory_free(auth->memory);
    free(auth->issuer);
    free(auth->audience);
    free(auth);
}
