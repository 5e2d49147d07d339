/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/auth_private.h"
#include "tests/unit/common/signed_token.h"

static const char ISSUER[] = "https://id.example", AUDIENCE[] = "ihanoi";
enum { NOW_S = 1700000000 };

struct keys {
    json_t *rsa, *pss, *ec; /* private */
};

static int make_keys(void **state)
{
    static struct keys keys;
    keys = (struct keys){.rsa = signing_key("RS256", "r"),
                         .pss = signing_key("PS256", "p"),
                         .ec = signing_key("ES256", "e")};
    *state = &keys;
    return 0;
}

static int drop_keys(void **state)
{
    struct keys *keys = *state;
    json_decref(keys->rsa);
    json_decref(keys->pss);
    json_decref(keys->ec);
    return 0;
}

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *json = json_loads(text, 0, &error);
    if (json == NULL) {
        fail_msg("%s: %s", error.text, text);
    }
    return json;
}

static json_t *good_claims(void)
{
    return json_pack("{s:s, s:s, s:s, s:i}", "iss", ISSUER, "aud", AUDIENCE, "sub", "an", "exp",
                     NOW_S + 300);
}

static const char *check(const char *text, const json_t *key, struct token *token,
                         struct error *err)
{
    json_t *open = public_key(key);
    if (token_decode(token, text, strlen(text), err) &&
        token_check_claims(token, ISSUER, AUDIENCE, NOW_S * INT64_C(1000000), err)) {
        token_verify(token, open, err);
    }
    json_decref(open);
    assert_true(err->kind == ERR_NONE || err->kind == ERR_UNAUTHENTICATED);
    return err->code;
}

/* The error code for a token that is signed as it should be with these header and claims. */
static void expect_code(const json_t *key, const char *header, json_t *claims, const char *code)
{
    struct error err = {0};
    struct token token;
    char *text = signed_token(key, parse(header), claims);
    const char *got = check(text, key, &token, &err);
    if (strcmp(got, code) != 0) {
        fail_msg("%s: \"%s\" instead of \"%s\"", header, got, code);
    }
    token_finish(&token);
    free(text);
}

static void token_takes_each_allowed_algorithm(void **state)
{
    struct keys *keys = *state;
    expect_code(keys->rsa, "{\"alg\":\"RS256\",\"typ\":\"at+jwt\",\"kid\":\"r\"}", good_claims(),
                "");
    expect_code(keys->pss, "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"kid\":\"p\"}", good_claims(), "");
    expect_code(keys->ec, "{\"alg\":\"ES256\",\"typ\":\"Application/AT+JWT\",\"kid\":\"e\"}",
                good_claims(), "");
}

static void token_refuses_headers(void **state)
{
    struct keys *keys = *state;
    static const struct {
        const char *header, *code;
    } rows[] = {
        {"{\"alg\":\"ES256\",\"kid\":\"e\"}", "token_type"},
        {"{\"alg\":\"ES256\",\"typ\":\"logout+jwt\",\"kid\":\"e\"}", "token_type"},
        {"{\"alg\":\"ES256\",\"typ\":\"JWT\"}", "token_key_unknown"},
        {"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":7}", "token_key_unknown"},
        {"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"e\",\"crit\":[\"exp\"]}", "token_extension"},
        {"{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"e\",\"jku\":\"https://evil.example\"}", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_code(keys->ec, rows[i].header, good_claims(), rows[i].code);
    }
}

static void token_refuses_unsigned_and_other_algorithms(void **state)
{
    struct keys *keys = *state;
    static const char *const headers[] = {
        "{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"e\"}",
        "{\"alg\":\"None\",\"typ\":\"JWT\",\"kid\":\"e\"}",
        "{\"alg\":\"RS512\",\"typ\":\"JWT\",\"kid\":\"e\"}",
        "{\"alg\":[\"ES256\"],\"typ\":\"JWT\",\"kid\":\"e\"}",
        "{\"typ\":\"JWT\",\"kid\":\"e\"}",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        struct error err = {0};
        struct token token;
        char *text = signed_token(NULL, parse(headers[i]), good_claims());
        assert_string_equal(check(text, keys->ec, &token, &err), "token_algorithm");
        token_finish(&token);
        free(text);
    }
}

/* The classic confusion: HS256 with the issuer's public key as the secret. */
static void token_refuses_public_key_as_secret(void **state)
{
    struct keys *keys = *state;
    struct error err = {0};
    struct token token;
    json_t *open = public_key(keys->rsa);
    json_t *secret = json_pack("{s:s, s:o}", "kty", "oct", "k", base64url(open));
    char *text = signed_token(secret, parse("{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"r\"}"),
                              good_claims());
    assert_string_equal(check(text, keys->rsa, &token, &err), "token_algorithm");
    token_finish(&token);
    free(text);
    json_decref(secret);
    json_decref(open);
}

static void token_refuses_key_of_another_algorithm(void **state)
{
    struct keys *keys = *state;
    struct error err = {0};
    struct token token;
    char *text = signed_token(keys->ec, parse("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"e\"}"),
                              good_claims());
    assert_string_equal(check(text, keys->rsa, &token, &err), "token_algorithm");
    token_finish(&token);
    free(text);
}

static void token_checks_claims(void **state)
{
    struct keys *keys = *state;
    static const struct {
        const char *change, *code; /* null removes the claim */
    } rows[] = {
        {"{\"iss\":\"https://evil.example\"}", "token_issuer"},
        {"{\"iss\":null}", "token_issuer"},
        {"{\"iss\":\"https://id.example/\"}", "token_issuer"},
        {"{\"aud\":\"other\"}", "token_audience"},
        {"{\"aud\":null}", "token_audience"},
        {"{\"aud\":[\"other\",\"ihanoi\"]}", ""},
        {"{\"aud\":[\"other\",7]}", "token_audience"},
        {"{\"aud\":{\"ihanoi\":\"ihanoi\"}}", "token_audience"},
        {"{\"sub\":null}", "token_subject"},
        {"{\"sub\":\"\"}", "token_subject"},
        {"{\"sub\":\"a\\nb\"}", "token_subject"},
        {"{\"exp\":null}", "token_malformed"},
        {"{\"exp\":\"1800000000\"}", "token_malformed"},
        {"{\"exp\":1e300}", "token_malformed"},
        {"{\"exp\":-1}", "token_malformed"},
        {"{\"exp\":1699999940}", "token_expired"},
        {"{\"exp\":1699999941}", ""},
        {"{\"exp\":1700000000.5}", ""},
        {"{\"nbf\":1700000060}", ""},
        {"{\"nbf\":1700000061}", "token_not_yet_valid"},
        {"{\"nbf\":\"now\"}", "token_malformed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *claims = good_claims(), *change = parse(rows[i].change), *value;
        const char *name;
        json_object_foreach(change, name, value)
        {
            if (json_is_null(value)) {
                json_object_del(claims, name);
            } else {
                json_object_set(claims, name, value);
            }
        }
        expect_code(keys->ec, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"e\"}", claims,
                    rows[i].code);
        json_decref(change);
    }
}

static void token_refuses_tampered_parts(void **state)
{
    struct keys *keys = *state;
    char *good = signed_token(keys->rsa, parse("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"r\"}"),
                              good_claims());
    json_t *claims = good_claims();
    json_object_set_new(claims, "roles", json_string("administrator"));
    char *forged =
        signed_token(NULL, parse("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"r\"}"), claims);
    size_t size = strlen(forged) + strlen(good);
    char *mixed = malloc(size);
    snprintf(mixed, size, "%.*s%s", (int)(strrchr(forged, '.') - forged), forged,
             strrchr(good, '.'));
    struct error err = {0};
    struct token token;
    assert_string_equal(check(mixed, keys->rsa, &token, &err), "token_signature");
    token_finish(&token);

    char *signature = strrchr(good, '.') + 1;
    signature[10] = signature[10] == 'A' ? 'B' : 'A';
    error_clear(&err);
    assert_string_equal(check(good, keys->rsa, &token, &err), "token_signature");
    token_finish(&token);
    free(good);
    free(forged);
    free(mixed);
}

static void token_refuses_what_is_none(void **state)
{
    struct keys *keys = *state;
    static const char *const texts[] = {
        "",
        ".",
        "..",
        "...",
        "a",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "e30.e30.",
        "e30.e30.c2ln.",
        "e30.W10.c2ln",
        "%%%.e30.c2ln",
        "e30=.e30.c2ln",
        "eyJhbGciOiJFUzI1NiIsImFsZyI6IkVTMjU2In0.e30.c2ln",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct error err = {0};
        struct token token;
        check(texts[i], keys->ec, &token, &err);
        assert_int_equal(err.kind, ERR_UNAUTHENTICATED);
        token_finish(&token);
    }
}

static void token_names_its_principal(void **state)
{
    (void)state;
    struct token token = {
        .claims =
            parse("{\"sub\":\"an\",\"name\":\"Nguy\u1ec5n An\",\"email\":\"an@ihanoi.example\","
                  "\"unit\":\"00070\",\"roles\":[\"officer\",\"scope:report:write\",\"not "
                  "administrator\",7],"
                  "\"scope\":\"openid  profile\"}")};
    struct arena arena;
    struct principal principal;
    arena_init(&arena);
    token_principal(&token, &arena, &principal);
    assert_int_equal(principal.kind, PRINCIPAL_PERSON);
    assert_string_equal(principal.id, "an");
    assert_string_equal(principal.name, "Nguy\u1ec5n An");
    assert_string_equal(principal.email, "an@ihanoi.example");
    assert_string_equal(principal.unit, "00070");
    assert_int_equal(principal.grant_count, 3);
    assert_true(principal_has(&principal, "officer"));
    assert_true(principal_has(&principal, "scope:openid"));
    assert_true(principal_has(&principal, "scope:profile"));
    arena_finish(&arena);
    token_finish(&token);
}

static void token_roles_may_be_words(void **state)
{
    (void)state;
    struct token token = {.claims = parse("{\"sub\":\"an\",\"roles\":\"officer scope:x editor\"}")};
    struct arena arena;
    struct principal principal;
    arena_init(&arena);
    token_principal(&token, &arena, &principal);
    assert_int_equal(principal.grant_count, 2);
    assert_null(principal.unit);
    assert_true(principal_may(&principal, "supervisor editor"));
    assert_false(principal_may(&principal, "supervisor edit"));
    assert_false(principal_may(&principal, "supervisor editors"));
    assert_true(principal_may(&principal, "*"));
    assert_true(principal_may(&principal, ""));
    principal = (struct principal){.kind = PRINCIPAL_NOBODY, .id = ""};
    assert_true(principal_may(&principal, ""));
    assert_false(principal_may(&principal, "*"));
    arena_finish(&arena);
    token_finish(&token);
}

static void keys_that_sign_nothing_here_are_unusable(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"a\"}",
        "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"kid\":\"short\"}",
        "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"kid\":\"no modulus\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AQ\",\"y\":\"AQ\",\"kid\":\"a\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\",\"kid\":\"a\",\"use\":"
        "\"enc\"}",
        "{}",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_t *key = parse(keys[i]);
        assert_false(token_key_usable(key));
        json_decref(key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_takes_each_allowed_algorithm),
        cmocka_unit_test(token_refuses_headers),
        cmocka_unit_test(token_refuses_unsigned_and_other_algorithms),
        cmocka_unit_test(token_refuses_public_key_as_secret),
        cmocka_unit_test(token_refuses_key_of_another_algorithm),
        cmocka_unit_test(token_checks_claims),
        cmocka_unit_test(token_refuses_tampered_parts),
        cmocka_unit_test(token_refuses_what_is_none),
        cmocka_unit_test(token_names_its_principal),
        cmocka_unit_test(token_roles_may_be_words),
        cmocka_unit_test(keys_that_sign_nothing_here_are_unusable),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
