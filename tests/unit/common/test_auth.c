/* SPDX-License-Identifier: Apache-2.0 */
/* auth against an issuer in a thread: discovery, rotation, waiting, remembering. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/auth_jwks.c"
#include "common/auth.c"
#include "tests/unit/common/local_server.h"
#include "tests/unit/common/signed_token.h"

struct issuer {
    struct local_server server;
    char url[64];
    json_t *keys[2];         /* private */
    _Atomic(char *) key_set; /* what /jwks answers */
    atomic_int discoveries, fetches;
    atomic_bool broken; /* answers 500 */
};

struct fixture {
    uv_loop_t loop;
    struct metrics *metrics;
    struct fetch *fetch;
    struct auth *auth;
    struct issuer issuer;
};

/* What the callback was told. */
struct told {
    struct arena arena;
    int calls;
    const struct principal *principal;
    struct error err;
};

static void serve(int connection, void *arg)
{
    struct issuer *issuer = arg;
    char request[4096], answer[8192], body[4096];
    if (!read_until(connection, request, sizeof request, "\r\n\r\n")) {
        return;
    }
    if (strncmp(request, "GET /.well-known/openid-configuration ", 38) == 0) {
        issuer->discoveries++;
        snprintf(body, sizeof body, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/jwks\"}", issuer->url,
                 issuer->url);
    } else {
        issuer->fetches++;
        snprintf(body, sizeof body, "%s", issuer->key_set);
    }
    snprintf(answer, sizeof answer,
             "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
             issuer->broken ? "500 Broken" : "200 OK", strlen(body), body);
    send_text(connection, answer);
}

static void publish(struct issuer *issuer, size_t first, size_t count)
{
    json_t *list = json_array();
    for (size_t i = first; i < first + count; i++) {
        json_array_append_new(list, public_key(issuer->keys[i]));
    }
    json_t *set = json_pack("{s:o}", "keys", list);
    free(atomic_exchange(&issuer->key_set, json_dumps(set, 0)));
    json_decref(set);
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_zero(1, sizeof *fixture);
    struct issuer *issuer = &fixture->issuer;
    const struct fetch_config fetch = {.transfers_max = 4, .waiting_max = 4, .ca_file = ""};
    issuer->keys[0] = signing_key("ES256", "first");
    issuer->keys[1] = signing_key("ES256", "second");
    publish(issuer, 0, 1);
    local_server_start(&issuer->server, serve, issuer);
    snprintf(issuer->url, sizeof issuer->url, "http://127.0.0.1:%u", issuer->server.port);
    uv_loop_init(&fixture->loop);
    fixture->metrics = metrics_new();
    const struct auth_config config = {
        .issuer = issuer->url, .audience = "ihanoi", .jwks_url = "", .api_keys_file = ""};
    assert_true(fetch_open(&fixture->fetch, &fixture->loop, &fetch, fixture->metrics, NULL));
    assert_true(
        auth_open(&fixture->auth, &fixture->loop, fixture->fetch, &config, fixture->metrics, NULL));
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct issuer *issuer = &fixture->issuer;
    auth_close(fixture->auth);
    fetch_close(fixture->fetch);
    uv_run(&fixture->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&fixture->loop), 0);
    metrics_free(fixture->metrics);
    local_server_stop(&issuer->server);
    json_decref(issuer->keys[0]);
    json_decref(issuer->keys[1]);
    free(issuer->key_set);
    free(fixture);
    return 0;
}

static char *token_of(struct issuer *issuer, size_t key, const char *subject)
{
    const char *key_id = json_string_value(json_object_get(issuer->keys[key], "kid"));
    json_t *header = json_pack("{s:s, s:s, s:s}", "alg", "ES256", "typ", "at+jwt", "kid", key_id);
    json_t *claims =
        json_pack("{s:s, s:s, s:s, s:I, s:[s]}", "iss", issuer->url, "aud", "ihanoi", "sub",
                  subject, "exp", (json_int_t)(clock_now_us() / 1000000 + 60), "roles", "officer");
    return signed_token(issuer->keys[key], header, claims);
}

static void on_checked(const struct principal *principal, const struct error *err, void *arg)
{
    struct told *told = arg;
    told->calls++;
    told->principal = principal;
    if (err != NULL) {
        told->err = *err;
    }
}

static void start_check(struct fixture *fixture, const char *token, struct told *told)
{
    *told = (struct told){0};
    arena_init(&told->arena);
    auth_check(fixture->auth, token, NULL, &told->arena, on_checked, told);
}

static void await(struct fixture *fixture, struct told *told)
{
    while (told->calls == 0) {
        uv_run(&fixture->loop, UV_RUN_ONCE);
    }
    assert_int_equal(told->calls, 1);
}

/* The error code, "" when the token was taken. */
static const char *check_now(struct fixture *fixture, const char *token)
{
    static char code[sizeof((struct error){0}).code];
    struct told told;
    start_check(fixture, token, &told);
    await(fixture, &told);
    assert_true((told.principal != NULL) == (told.err.kind == ERR_NONE));
    memcpy(code, told.err.code, sizeof code);
    arena_finish(&told.arena);
    return code;
}

static void auth_finds_keys_by_discovery(void **state)
{
    struct fixture *fixture = *state;
    char *token = token_of(&fixture->issuer, 0, "an");
    struct told told;
    start_check(fixture, token, &told);
    assert_int_equal(told.calls, 0);
    await(fixture, &told);
    assert_non_null(told.principal);
    assert_string_equal(told.principal->id, "an");
    assert_true(principal_has(told.principal, "officer"));
    arena_finish(&told.arena);
    free(token);
}

static void auth_remembers_verified_tokens(void **state)
{
    struct fixture *fixture = *state;
    char *token = token_of(&fixture->issuer, 0, "an");
    assert_string_equal(check_now(fixture, token), "");
    json_array_clear(fixture->auth->jwks->keys); /* could not be verified again */
    struct told told;
    start_check(fixture, token, &told);
    assert_int_equal(told.calls, 1);
    assert_string_equal(told.principal->id, "an");
    arena_finish(&told.arena);
    free(token);
}

static void auth_fetches_once_for_all_that_wait(void **state)
{
    enum { CALLERS = 20 };
    struct fixture *fixture = *state;
    struct told told[CALLERS];
    char subject[16];
    for (size_t i = 0; i < CALLERS; i++) {
        snprintf(subject, sizeof subject, "person-%zu", i);
        char *token = token_of(&fixture->issuer, 0, subject);
        start_check(fixture, token, &told[i]);
        free(token); /* a waiting check has its own copy */
    }
    for (size_t i = 0; i < CALLERS; i++) {
        await(fixture, &told[i]);
        snprintf(subject, sizeof subject, "person-%zu", i);
        assert_string_equal(told[i].principal->id, subject);
        arena_finish(&told[i].arena);
    }
    assert_int_equal(fixture->issuer.discoveries, 1);
    assert_int_equal(fixture->issuer.fetches, 1);
}

static void auth_bounds_those_that_wait(void **state)
{
    struct fixture *fixture = *state;
    struct told *told = memory_zero(WAITING_MAX + 1, sizeof *told);
    char *token = token_of(&fixture->issuer, 0, "an");
    for (size_t i = 0; i <= WAITING_MAX; i++) {
        start_check(fixture, token, &told[i]);
    }
    assert_int_equal(told[WAITING_MAX].calls, 1);
    assert_int_equal(told[WAITING_MAX].err.kind, ERR_BUSY);
    for (size_t i = 0; i <= WAITING_MAX; i++) {
        await(fixture, &told[i]);
        arena_finish(&told[i].arena);
    }
    free(told);
    free(token);
}

static void auth_follows_rotation_but_not_at_any_rate(void **state)
{
    struct fixture *fixture = *state;
    struct issuer *issuer = &fixture->issuer;
    char *old = token_of(issuer, 0, "an"), *new = token_of(issuer, 1, "binh");
    assert_string_equal(check_now(fixture, old), "");
    publish(issuer, 1, 1);
    assert_string_equal(check_now(fixture, new), "token_key_unknown"); /* fetched just now */
    assert_int_equal(issuer->fetches, 1);
    fixture->auth->jwks->next_us = 0;
    assert_string_equal(check_now(fixture, new), "");
    assert_int_equal(issuer->fetches, 2);
    assert_int_equal(issuer->discoveries, 1);
    /* The first key is withdrawn: what it signed is forgotten. */
    assert_string_equal(check_now(fixture, old), "token_key_unknown");
    free(old);
    free(new);
}

static void auth_refreshes_old_keys_in_the_background(void **state)
{
    struct fixture *fixture = *state;
    struct issuer *issuer = &fixture->issuer;
    char *old = token_of(issuer, 0, "an");
    assert_string_equal(check_now(fixture, old), "");
    publish(issuer, 1, 1);
    fixture->auth->jwks->fresh_until_us = fixture->auth->jwks->next_us = 0;
    assert_string_equal(check_now(fixture, old), ""); /* nobody waits for it */
    while (fixture->auth->jwks->under_way) {
        uv_run(&fixture->loop, UV_RUN_ONCE);
    }
    assert_string_equal(check_now(fixture, old), "token_key_unknown");
    free(old);
}

static void auth_tells_a_lost_issuer_from_a_bad_token(void **state)
{
    struct fixture *fixture = *state;
    struct told told;
    char *token = token_of(&fixture->issuer, 0, "an");
    fixture->issuer.broken = true;
    start_check(fixture, token, &told);
    await(fixture, &told);
    assert_int_equal(told.err.kind, ERR_RETRY);
    assert_string_equal(told.err.code, "issuer_unavailable");
    arena_finish(&told.arena);

    fixture->issuer.broken = false;
    fixture->auth->jwks->next_us = 0;
    assert_string_equal(check_now(fixture, token), "");
    free(token);
}

static void auth_keeps_keys_while_the_issuer_is_away(void **state)
{
    struct fixture *fixture = *state;
    char *first = token_of(&fixture->issuer, 0, "an"),
         *next = token_of(&fixture->issuer, 0, "binh");
    assert_string_equal(check_now(fixture, first), "");
    fixture->issuer.broken = true;
    fixture->auth->jwks->fresh_until_us = fixture->auth->jwks->next_us = 0;
    assert_string_equal(check_now(fixture, first), "");
    while (fixture->auth->jwks->under_way) {
        uv_run(&fixture->loop, UV_RUN_ONCE);
    }
    assert_string_equal(check_now(fixture, first), "");
    assert_string_equal(check_now(fixture, next), "");
    free(first);
    free(next);
}

static void auth_answers_those_that_wait_when_it_closes(void **state)
{
    struct fixture *fixture = *state;
    struct told told;
    char *token = token_of(&fixture->issuer, 0, "an");
    start_check(fixture, token, &told);
    auth_close(fixture->auth);
    fixture->auth = NULL;
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.err.kind, ERR_RETRY);
    arena_finish(&told.arena);
    free(token);
}

static void auth_refuses_large_tokens_unseen(void **state)
{
    struct fixture *fixture = *state;
    char *token = memory_alloc(AUTH_TOKEN_MAX + 2);
    memset(token, 'a', AUTH_TOKEN_MAX + 1);
    token[AUTH_TOKEN_MAX + 1] = '\0';
    assert_string_equal(check_now(fixture, token), "token_too_large");
    token[AUTH_TOKEN_MAX] = '\0';
    assert_string_equal(check_now(fixture, token), "token_malformed");
    assert_int_equal(fixture->issuer.discoveries, 0);
    free(token);
}

static void auth_takes_nobody_for_nobody(void **state)
{
    struct fixture *fixture = *state;
    struct told told;
    start_check(fixture, NULL, &told);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.principal->kind, PRINCIPAL_NOBODY);
    arena_finish(&told.arena);
}

static void auth_refuses_an_issuer_in_the_clear_in_production(void **state)
{
    struct fixture *fixture = *state;
    struct auth *auth;
    struct error err = {0};
    struct auth_config config = {.issuer = fixture->issuer.url,
                                 .audience = "ihanoi",
                                 .jwks_url = "",
                                 .api_keys_file = "",
                                 .refuse_demo = true};
    assert_false(auth_open(&auth, &fixture->loop, fixture->fetch, &config, fixture->metrics, &err));
    assert_int_equal(err.kind, ERR_FATAL);
    config.issuer = "https://id.example";
    assert_true(auth_open(&auth, &fixture->loop, fixture->fetch, &config, fixture->metrics, NULL));
    auth_close(auth);
}

static void memory_is_bounded_and_forgets_the_expired(void **state)
{
    (void)state;
    struct token_memory *memory = token_memory_new();
    const struct principal an = {
        .kind = PRINCIPAL_PERSON, .id = "an", .grants = {"officer"}, .grant_count = 1};
    struct arena arena;
    arena_init(&arena);
    uint8_t hash[5][AUTH_HASH_SIZE] = {0}; /* all in one set of four */
    for (uint8_t i = 0; i < 4; i++) {
        hash[i][31] = (uint8_t)(i + 1);
        token_memory_put(memory, hash[i], &an, 100, 0);
    }
    assert_non_null(token_memory_get(memory, hash[0], 99, &arena)); /* now the latest used */
    hash[4][31] = 5;
    token_memory_put(memory, hash[4], &an, 100, 0);
    assert_non_null(token_memory_get(memory, hash[0], 99, &arena));
    assert_null(token_memory_get(memory, hash[1], 99, &arena));
    assert_non_null(token_memory_get(memory, hash[4], 99, &arena));
    assert_null(token_memory_get(memory, hash[4], 100, &arena));
    assert_null(token_memory_get(memory, hash[4], 99, &arena)); /* gone for good */
    token_memory_forget(memory);
    assert_null(token_memory_get(memory, hash[0], 99, &arena));
    arena_finish(&arena);
    token_memory_free(memory);
}

#define auth_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        auth_test(auth_finds_keys_by_discovery),
        auth_test(auth_remembers_verified_tokens),
        auth_test(auth_fetches_once_for_all_that_wait),
        auth_test(auth_bounds_those_that_wait),
        auth_test(auth_follows_rotation_but_not_at_any_rate),
        auth_test(auth_refreshes_old_keys_in_the_background),
        auth_test(auth_tells_a_lost_issuer_from_a_bad_token),
        auth_test(auth_keeps_keys_while_the_issuer_is_away),
        auth_test(auth_answers_those_that_wait_when_it_closes),
        auth_test(auth_refuses_large_tokens_unseen),
        auth_test(auth_takes_nobody_for_nobody),
        auth_test(auth_refuses_an_issuer_in_the_clear_in_production),
        cmocka_unit_test(memory_is_bounded_and_forgets_the_expired),
    };
    log_open("test", "test-0", LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
