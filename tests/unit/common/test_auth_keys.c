/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#include "common/auth_keys.c"

static char demo_hash[2 * AUTH_HASH_SIZE + 1], other_hash[2 * AUTH_HASH_SIZE + 1];
static char path[] = "/tmp/test_auth_keys_XXXXXX";

static void hex_hash(const char *text, char hex[2 * AUTH_HASH_SIZE + 1])
{
    uint8_t hash[AUTH_HASH_SIZE];
    auth_hash(text, strlen(text), hash);
    for (size_t i = 0; i < AUTH_HASH_SIZE; i++) {
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    }
}

static int make_file(void **state)
{
    (void)state;
    hex_hash("demo-key", demo_hash);
    hex_hash("other", other_hash);
    int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int drop_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *format, ...)
{
    va_list args;
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    va_start(args, format);
    vfprintf(file, format, args);
    va_end(args);
    fclose(file);
}

static const char *check(struct api_keys *keys, const char *text, int64_t now_us,
                         struct arena *arena, struct principal *principal)
{
    static struct error err;
    error_clear(&err);
    keys->next_look_us = 0; /* do not wait a second */
    if (api_keys_check(keys, text, now_us, arena, principal, &err)) {
        return "";
    }
    assert_int_equal(err.kind, ERR_UNAUTHENTICATED);
    return err.code;
}

static void keys_give_roles_and_scopes(void **state)
{
    struct api_keys *keys;
    struct arena arena;
    struct principal principal;
    (void)state;
    arena_init(&arena);
    write_file("{\"keys\":[{\"id\":\"demo\",\"sha256\":\"%s\",\"roles\":[\"officer\"],"
               "\"scopes\":[\"report:write\"],\"demo\":true}]}",
               demo_hash);
    assert_true(api_keys_open(&keys, path, false, NULL));
    assert_string_equal(check(keys, "demo-key", 0, &arena, &principal), "");
    assert_int_equal(principal.kind, PRINCIPAL_SYSTEM);
    assert_string_equal(principal.id, "demo");
    assert_int_equal(principal.grant_count, 2);
    assert_true(principal_has(&principal, "officer"));
    assert_true(principal_has(&principal, "scope:report:write"));
    assert_string_equal(check(keys, "demo-kez", 0, &arena, &principal), "api_key_unknown");
    assert_string_equal(check(keys, "", 0, &arena, &principal), "api_key_unknown");
    api_keys_free(keys);
    arena_finish(&arena);
}

/* The end of a prefix is the end of a name: "https://a.example" is not "https://a.example.net". */
static void keys_speak_for_their_sources(void **state)
{
    static const struct {
        const char *source;
        bool may;
    } rows[] = {
        {"https://a.example", true},
        {"https://a.example/7", true},
        {"https://a.example:8443", true},
        {"https://a.example?x", true},
        {"https://a.example.net", false},
        {"https://a.exampl", false},
        {"urn:b:", true},
        {"urn:b:7", true},
        {"urn:b", false},
        {"", false},
    };
    struct api_keys *keys;
    struct arena arena;
    struct principal principal;
    (void)state;
    arena_init(&arena);
    write_file("{\"keys\":[{\"id\":\"a\",\"sha256\":\"%s\"},{\"id\":\"b\",\"sha256\":\"%s\","
               "\"sources\":[\"https://a.example\",\"urn:b:\"]}]}",
               demo_hash, other_hash);
    assert_true(api_keys_open(&keys, path, false, NULL));
    assert_string_equal(check(keys, "other", 0, &arena, &principal), "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(principal_may_speak_for(&principal, rows[i].source), rows[i].may);
    }
    assert_string_equal(check(keys, "demo-key", 0, &arena, &principal), "");
    assert_true(principal_may_speak_for(&principal, "urn:anybody"));
    api_keys_free(keys);
    arena_finish(&arena);
}

static void keys_expire(void **state)
{
    struct api_keys *keys;
    struct arena arena;
    struct principal principal;
    (void)state;
    arena_init(&arena);
    write_file("{\"keys\":[{\"id\":\"a\",\"sha256\":\"%s\",\"expires\":\"1970-01-01T00:00:10Z\"}]}",
               other_hash);
    assert_true(api_keys_open(&keys, path, true, NULL));
    assert_string_equal(check(keys, "other", 9999999, &arena, &principal), "");
    assert_string_equal(check(keys, "other", 10000000, &arena, &principal), "api_key_expired");
    api_keys_free(keys);
    arena_finish(&arena);
}

static void keys_are_read_again_but_a_bad_file_changes_nothing(void **state)
{
    struct api_keys *keys;
    struct arena arena;
    struct principal principal;
    (void)state;
    arena_init(&arena);
    write_file("{\"keys\":[{\"id\":\"a\",\"sha256\":\"%s\"}]}", other_hash);
    assert_true(api_keys_open(&keys, path, true, NULL));
    assert_string_equal(check(keys, "demo-key", 0, &arena, &principal), "api_key_unknown");

    write_file(
        "{\"keys\":[{\"id\":\"a\",\"sha256\":\"%s\"},{\"id\":\"longer\",\"sha256\":\"%s\"}]}",
        other_hash, demo_hash);
    assert_string_equal(check(keys, "demo-key", 0, &arena, &principal), "");
    assert_string_equal(principal.id, "longer");

    write_file("{\"keys\":[");
    assert_string_equal(check(keys, "demo-key", 0, &arena, &principal), "");
    write_file("{\"keys\":[{\"id\":\"demo\",\"sha256\":\"%s\",\"demo\":true}]}", demo_hash);
    assert_string_equal(check(keys, "other", 0, &arena, &principal), "");

    write_file("{\"keys\":[]}");
    assert_string_equal(check(keys, "other", 0, &arena, &principal), "api_key_unknown");
    api_keys_free(keys);
    arena_finish(&arena);
}

static void keys_file_must_be_good_at_start(void **state)
{
    (void)state;
    static const struct {
        const char *text, *names;
    } rows[] = {
        {"", ""},
        {"[]", ""},
        {"{}", "keys"},
        {"{\"keys\":[{\"id\":\"a\"}]}", "keys[0].sha256"},
        {"{\"keys\":[{\"id\":\"a\",\"sha256\":\"12\"}]}", "keys[0].sha256"},
        {"{\"keys\":[{\"id\":\"a\",\"sha256\":"
         "\"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
         "zzzzzzzzzzzz\"}]}",
         "keys[0].sha256"},
        {"{\"keys\":[{\"id\":\"a\",\"sha256\":"
         "\"0000000000000000000000000000000000000000000000000000"
         "000000000000\",\"demo\":true}]}",
         "keys[0].demo"},
        {"{\"keys\":[{\"id\":\"a\",\"sha256\":"
         "\"0000000000000000000000000000000000000000000000000000"
         "000000000000\",\"scope\":\"report:write\"}]}",
         "keys[0].scope"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct api_keys *keys;
        struct error err = {0};
        write_file("%s", rows[i].text);
        assert_false(api_keys_open(&keys, path, true, &err));
        assert_int_equal(err.kind, ERR_FATAL);
        if (strstr(err.text, rows[i].names) == NULL) {
            fail_msg("\"%s\" does not name %s", err.text, rows[i].names);
        }
    }
    struct api_keys *keys;
    assert_false(api_keys_open(&keys, "/nonexistent/keys.json", true, NULL));
}

static void keys_may_be_none(void **state)
{
    struct api_keys *keys;
    struct principal principal;
    (void)state;
    assert_true(api_keys_open(&keys, "", true, NULL));
    assert_string_equal(check(keys, "any", 0, NULL, &principal), "api_key_unknown");
    api_keys_free(keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_give_roles_and_scopes),
        cmocka_unit_test(keys_speak_for_their_sources),
        cmocka_unit_test(keys_expire),
        cmocka_unit_test(keys_are_read_again_but_a_bad_file_changes_nothing),
        cmocka_unit_test(keys_file_must_be_good_at_start),
        cmocka_unit_test(keys_may_be_none),
    };
    log_open("test", "test-0", LOG_ERROR);
    return cmocka_run_group_tests(tests, make_file, drop_file);
}
