/* SPDX-License-Identifier: Apache-2.0 */
/* The issuer's public keys (RFC 7517): found through its discovery document, fetched when first
 * needed, again when a token names an unknown one, and now and then so that withdrawn keys go. */
#include <stdlib.h>
#include <string.h>

#include "common/auth_private.h"
#include "common/clock.h"
#include "common/fetch.h"
#include "common/log.h"

enum {
    ANSWER_MAX = 256 * 1024,
    KEYS_MAX = 64,
    DEADLINE_MS = 5000,
    PAUSE_US = 10 * 1000000,       /* tokens with invented key ids must not flood the issuer */
    PAUSE_FAILED_US = 1000000,     /* after a fetch that failed */
    AGE_MAX_US = 10 * 60 * 1000000 /* then fetched again in the background */
};

struct jwks {
    struct fetch *fetch; /* borrowed */
    char *issuer;
    char *url;     /* "" until discovered */
    bool discover; /* no url was configured */
    json_t *keys;  /* array of usable keys; NULL until the first answer */
    bool under_way, closed, failed;
    uint64_t next_us, fresh_until_us; /* monotonic: earliest next fetch, age of the keys */
    struct metrics_counter *fetched, *not_fetched;
    jwks_on_fetched *on_fetched;
    void *arg;
};

/* Steps of a fetch, in running order. */
static bool fetch_discovery(struct jwks *jwks, struct error *err);
static void on_discovery(long status, const char *body, size_t size, const struct error *err,
                         void *arg);
static bool fetch_keys(struct jwks *jwks, struct error *err);
static void on_keys(long status, const char *body, size_t size, const struct error *err, void *arg);
static void end_fetch(struct jwks *jwks, json_t *keys, const struct error *err);

struct jwks *jwks_new(struct fetch *fetch, const char *issuer, const char *url,
                      struct metrics *metrics, jwks_on_fetched *on_fetched, void *arg)
{
    static const char name[] = "auth_key_fetches_total";
    static const char help[] = "Fetches of the issuer's keys.";
    struct jwks *jwks = memory_zero(1, sizeof *jwks);
    jwks->fetch = fetch;
    jwks->issuer = memory_text(issuer);
    jwks->url = memory_text(url);
    jwks->discover = url[0] == '\0';
    jwks->on_fetched = on_fetched;
    jwks->arg = arg;
    jwks->fetched =
        metrics_counter(metrics, name, help, (const char *const[]){"outcome=fetched", NULL});
    jwks->not_fetched =
        metrics_counter(metrics, name, help, (const char *const[]){"outcome=failed", NULL});
    return jwks;
}

void jwks_free(struct jwks *jwks)
{
    if (jwks == NULL) {
        return;
    }
    if (jwks->under_way) {
        jwks->closed = true; /* the answer, or the close of fetch, comes here once more */
        return;
    }
    json_decref(jwks->keys);
    free(jwks->issuer);
    free(jwks->url);
    free(jwks);
}

const json_t *jwks_find(const struct jwks *jwks, const char *key_id)
{
    size_t index;
    const json_t *key;
    json_array_foreach(jwks->keys, index, key)
    {
        if (strcmp(json_string_value(json_object_get(key, "kid")), key_id) == 0) {
            return key;
        }
    }
    return NULL;
}

bool jwks_is_available(const struct jwks *jwks)
{
    return jwks->keys != NULL && !jwks->failed;
}

static bool get(struct jwks *jwks, const char *url, fetch_on_answer *on_answer, struct error *err)
{
    const struct fetch_request request = {
        .method = "GET",
        .url = url,
        .headers = (const char *const[]){"Accept: application/json", NULL},
        .deadline_ms = DEADLINE_MS,
        .answer_max = ANSWER_MAX,
    };
    return fetch_http(jwks->fetch, &request, on_answer, jwks, err);
}

static json_t *parse_answer(long status, const char *body, size_t size, struct error *err)
{
    if (status != 200) {
        error_set(err, ERR_RETRY, "issuer_answer", "the issuer answered %ld", status);
        return NULL;
    }
    json_t *json = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        error_set(err, ERR_RETRY, "issuer_answer", "the issuer's answer is not a JSON object");
        json_decref(json);
        return NULL;
    }
    return json;
}

/* The keys are kept when new ones do not come: better old keys than none. */
static void keys_failed(struct jwks *jwks, const struct error *err)
{
    log_warn_error("issuer_keys_not_fetched", err, log_text("issuer", jwks->issuer));
    metrics_add(jwks->not_fetched, 1);
    if (jwks->discover) {
        jwks->url[0] = '\0'; /* they may have moved */
    }
}

static bool keys_replace(struct jwks *jwks, json_t *keys)
{
    bool changed = !json_equal(keys, jwks->keys);
    json_decref(jwks->keys);
    jwks->keys = keys;
    metrics_add(jwks->fetched, 1);
    if (changed) {
        log_info("issuer_keys_fetched", log_text("issuer", jwks->issuer),
                 log_int("keys", (int64_t)json_array_size(keys)));
    }
    return changed;
}

/* keys is taken over; NULL: the fetch failed with err. */
static void end_fetch(struct jwks *jwks, json_t *keys, const struct error *err)
{
    uint64_t now_us = clock_monotonic_us();
    bool changed = false;
    jwks->under_way = false;
    if (jwks->closed) {
        jwks_free(jwks);
        return;
    }
    jwks->failed = keys == NULL;
    if (jwks->failed) {
        jwks->next_us = now_us + PAUSE_FAILED_US;
        keys_failed(jwks, err);
    } else {
        jwks->next_us = now_us + PAUSE_US;
        jwks->fresh_until_us = now_us + AGE_MAX_US;
        changed = keys_replace(jwks, keys);
    }
    jwks->on_fetched(changed, jwks->arg);
}

/* The issuer's document must name the issuer we asked (OpenID Connect Discovery, 4.3), and keys
 * of an https issuer do not come in the clear. */
static bool read_discovery(struct jwks *jwks, const json_t *document, struct error *err)
{
    const char *issuer = json_string_value(json_object_get(document, "issuer"));
    const char *url = json_string_value(json_object_get(document, "jwks_uri"));
    if (issuer == NULL || strcmp(issuer, jwks->issuer) != 0) {
        return error_set(err, ERR_RETRY, "issuer_answer", "the discovery document is another's");
    }
    if (url == NULL ||
        (strncmp(jwks->issuer, "https:", 6) == 0 && strncmp(url, "https:", 6) != 0)) {
        return error_set(err, ERR_RETRY, "issuer_answer",
                         "the discovery document has no usable jwks_uri");
    }
    free(jwks->url);
    jwks->url = memory_text(url);
    return true;
}

static void on_discovery(long status, const char *body, size_t size, const struct error *err,
                         void *arg)
{
    struct jwks *jwks = arg;
    struct error bad = {0};
    if (err != NULL || jwks->closed) {
        end_fetch(jwks, NULL, err);
        return;
    }
    json_t *document = parse_answer(status, body, size, &bad);
    bool ok = document != NULL && read_discovery(jwks, document, &bad) && fetch_keys(jwks, &bad);
    json_decref(document);
    if (!ok) {
        end_fetch(jwks, NULL, &bad);
    }
}

/* Keys of other kinds or uses are none of our business: skipped, not an error. */
static json_t *read_keys(const json_t *document, struct error *err)
{
    const json_t *listed = json_object_get(document, "keys");
    size_t index;
    json_t *key;
    if (!json_is_array(listed)) {
        error_set(err, ERR_RETRY, "issuer_answer", "the issuer's key set has no keys");
        return NULL;
    }
    json_t *keys = json_array();
    json_array_foreach(listed, index, key)
    {
        if (token_key_usable(key) && json_array_size(keys) < KEYS_MAX) {
            json_array_append(keys, key);
        }
    }
    return keys;
}

static void on_keys(long status, const char *body, size_t size, const struct error *err, void *arg)
{
    struct jwks *jwks = arg;
    struct error bad = {0};
    if (err != NULL || jwks->closed) {
        end_fetch(jwks, NULL, err);
        return;
    }
    json_t *document = parse_answer(status, body, size, &bad);
    json_t *keys = document == NULL ? NULL : read_keys(document, &bad);
    json_decref(document);
    end_fetch(jwks, keys, &bad);
}

static bool fetch_keys(struct jwks *jwks, struct error *err)
{
    return get(jwks, jwks->url, on_keys, err);
}

static bool fetch_discovery(struct jwks *jwks, struct error *err)
{
    static const char path[] = "/.well-known/openid-configuration";
    struct arena arena;
    size_t size = strlen(jwks->issuer);
    while (size > 0 && jwks->issuer[size - 1] == '/') {
        size--;
    }
    arena_init(&arena);
    bool started =
        get(jwks, arena_format(&arena, "%.*s%s", (int)size, jwks->issuer, path), on_discovery, err);
    arena_finish(&arena);
    return started;
}

bool jwks_refresh(struct jwks *jwks)
{
    struct error err = {0};
    if (jwks->under_way) {
        return true;
    }
    if (clock_monotonic_us() < jwks->next_us) {
        return false;
    }
    jwks->under_way = jwks->url[0] == '\0' ? fetch_discovery(jwks, &err) : fetch_keys(jwks, &err);
    if (!jwks->under_way) {
        log_warn_error("issuer_keys_not_fetched", &err, log_text("issuer", jwks->issuer));
    }
    return jwks->under_way;
}

void jwks_keep_fresh(struct jwks *jwks)
{
    if (jwks->keys != NULL && clock_monotonic_us() >= jwks->fresh_until_us) {
        jwks_refresh(jwks);
    }
}
