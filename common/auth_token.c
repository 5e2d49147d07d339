/* SPDX-License-Identifier: Apache-2.0 */
/* One JWT (RFC 7519) as an access token (RFC 9068). libjose checks the signature only; all else
 * is checked here. */
#include <jose/b64.h>
#include <jose/jws.h>
#include <string.h>
#include <strings.h>

#include "common/auth_private.h"

enum { TEXT_MAX = 255, RSA_BYTES_MIN = 256 };

/* Asymmetric only: with HS256 the issuer's public key would be the secret (RFC 8725, 3.1). */
static const struct algorithm {
    const char *name, *key_type, *curve;
} algorithms[] = {
    {"RS256", "RSA", NULL},
    {"PS256", "RSA", NULL},
    {"ES256", "EC", "P-256"},
};

static const char *const types[] = {"at+jwt", "application/at+jwt", "JWT"};

static bool refuse(struct error *err, const char *code, const char *text)
{
    return error_set(err, ERR_UNAUTHENTICATED, code, "%s", text);
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name)); /* NULL when absent or no text */
}

static const struct algorithm *algorithm_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < sizeof algorithms / sizeof algorithms[0]; i++) {
        if (strcmp(algorithms[i].name, name) == 0) {
            return &algorithms[i];
        }
    }
    return NULL;
}

static bool algorithm_takes(const struct algorithm *algorithm, const json_t *key)
{
    const char *type = text_of(key, "kty"), *named = text_of(key, "alg");
    if (type == NULL || strcmp(type, algorithm->key_type) != 0 ||
        (named != NULL && strcmp(named, algorithm->name) != 0)) {
        return false;
    }
    if (algorithm->curve == NULL) {
        size_t size = jose_b64_dec(json_object_get(key, "n"), NULL, 0);
        return size != SIZE_MAX && size >= RSA_BYTES_MIN;
    }
    const char *curve = text_of(key, "crv");
    return curve != NULL && strcmp(curve, algorithm->curve) == 0;
}

bool token_key_usable(const json_t *key)
{
    const char *use = text_of(key, "use");
    if (text_of(key, "kid") == NULL || (use != NULL && strcmp(use, "sig") != 0)) {
        return false;
    }
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++) {
        if (algorithm_takes(&algorithms[i], key)) {
            return true;
        }
    }
    return false;
}

static bool type_is_known(const char *type)
{
    for (size_t i = 0; type != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (strcasecmp(types[i], type) == 0) { /* media types ignore case */
            return true;
        }
    }
    return false;
}

/* A part is base64url of a JSON object; NULL when it is anything else. */
static json_t *decode_part(const char *part, size_t size)
{
    char bytes[AUTH_TOKEN_MAX];
    size_t length = jose_b64_dec_buf(part, size, bytes, sizeof bytes);
    if (length == SIZE_MAX) {
        return NULL;
    }
    json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static bool split(struct token *token, const char *text, size_t size)
{
    const char *end = text + size;
    const char *payload = memchr(text, '.', size);
    if (payload == NULL) {
        return false;
    }
    payload++;
    const char *signature = memchr(payload, '.', (size_t)(end - payload));
    if (signature == NULL) {
        return false;
    }
    signature++;
    token->text = text;
    token->header_size = (size_t)(payload - text) - 1;
    token->payload_size = (size_t)(signature - payload) - 1;
    token->signature_size = (size_t)(end - signature);
    return token->signature_size > 0 && memchr(signature, '.', token->signature_size) == NULL;
}

static const char *payload_of(const struct token *token)
{
    return token->text + token->header_size + 1;
}

/* Keys that the header itself brings or points to (jwk, jku, x5u, x5c) are never looked at. */
static bool check_header(struct token *token, struct error *err)
{
    if (algorithm_find(text_of(token->header, "alg")) == NULL) {
        return refuse(err, "token_algorithm", "the token's algorithm is not allowed");
    }
    if (!type_is_known(text_of(token->header, "typ"))) {
        return refuse(err, "token_type", "the token's typ is neither at+jwt nor JWT");
    }
    if (json_object_get(token->header, "crit") != NULL) {
        return refuse(err, "token_extension", "the token needs an extension that is not known");
    }
    token->key_id = text_of(token->header, "kid");
    if (token->key_id == NULL) {
        return refuse(err, "token_key_unknown", "the token does not name its key");
    }
    return true;
}

bool token_decode(struct token *token, const char *text, size_t size, struct error *err)
{
    *token = (struct token){0};
    if (size > AUTH_TOKEN_MAX) {
        return refuse(err, "token_too_large", "the token is too large");
    }
    if (!split(token, text, size)) {
        return refuse(err, "token_malformed", "the token does not have three parts");
    }
    token->header = decode_part(text, token->header_size);
    token->claims = decode_part(payload_of(token), token->payload_size);
    if (token->header == NULL || token->claims == NULL) {
        return refuse(err, "token_malformed", "the token's parts are not JSON objects");
    }
    return check_header(token, err);
}

void token_finish(struct token *token)
{
    json_decref(token->header);
    json_decref(token->claims);
    *token = (struct token){0};
}

/* NumericDate (RFC 7519, section 2) as µs; false when absent or no time. */
static bool instant_of(const json_t *claims, const char *name, int64_t *instant_us)
{
    const json_t *value = json_object_get(claims, name);
    double seconds = json_number_value(value); /* 0 when it is no number */
    if (!json_is_number(value) || seconds < 0 || seconds > 253402300799.0) { /* year 9999 */
        return false;
    }
    *instant_us = (int64_t)(seconds * 1e6);
    return true;
}

static bool names_audience(const json_t *claim, const char *audience)
{
    if (json_is_string(claim)) {
        return strcmp(json_string_value(claim), audience) == 0;
    }
    size_t index;
    const json_t *item;
    json_array_foreach((json_t *)claim, index, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), audience) == 0) {
            return true;
        }
    }
    return false;
}

/* Names and ids end in logs, SQL and mail: no control characters, no excess. */
static const char *clean_text(const json_t *claims, const char *name)
{
    const char *text = text_of(claims, name);
    if (text == NULL || text[0] == '\0' || strlen(text) > TEXT_MAX) {
        return NULL;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            return NULL;
        }
    }
    return text;
}

static bool check_times(const struct token *token, int64_t now_us, struct error *err)
{
    int64_t starts_us;
    if (now_us >= token->expires_us) {
        return refuse(err, "token_expired", "the token has expired");
    }
    if (json_object_get(token->claims, "nbf") == NULL) {
        return true;
    }
    if (!instant_of(token->claims, "nbf", &starts_us)) {
        return refuse(err, "token_malformed", "the token's nbf is not a time");
    }
    if (now_us < starts_us - AUTH_LEEWAY_S * INT64_C(1000000)) {
        return refuse(err, "token_not_yet_valid", "the token is not valid yet");
    }
    return true;
}

bool token_check_claims(struct token *token, const char *issuer, const char *audience,
                        int64_t now_us, struct error *err)
{
    const char *told = text_of(token->claims, "iss");
    if (told == NULL || strcmp(told, issuer) != 0) {
        return refuse(err, "token_issuer", "the token is of another issuer");
    }
    if (!names_audience(json_object_get(token->claims, "aud"), audience)) {
        return refuse(err, "token_audience", "the token is meant for someone else");
    }
    if (clean_text(token->claims, "sub") == NULL) {
        return refuse(err, "token_subject", "the token does not say whose it is");
    }
    if (!instant_of(token->claims, "exp", &token->expires_us)) {
        return refuse(err, "token_malformed", "the token does not say when it expires");
    }
    token->expires_us += AUTH_LEEWAY_S * INT64_C(1000000);
    return check_times(token, now_us, err);
}

bool token_verify(const struct token *token, const json_t *key, struct error *err)
{
    const struct algorithm *algorithm = algorithm_find(text_of(token->header, "alg"));
    if (algorithm == NULL || !algorithm_takes(algorithm, key)) {
        return refuse(err, "token_algorithm", "the token's key is of another algorithm");
    }
    const char *payload = payload_of(token);
    const char *signature = payload + token->payload_size + 1;
    json_t *jws =
        json_pack("{s:s%, s:s%, s:s%}", "protected", token->text, token->header_size, "payload",
                  payload, token->payload_size, "signature", signature, token->signature_size);
    bool holds = jws != NULL && jose_jws_ver(NULL, jws, NULL, key, true);
    json_decref(jws);
    return holds || refuse(err, "token_signature", "the token's signature does not hold");
}

/* Blank-separated words (RFC 6749, section 3.3), each granted behind prefix. A role may not pass
 * for a scope. */
static void grant_words(struct principal *principal, struct arena *arena, const char *words,
                        const char *prefix)
{
    while (words != NULL && *words != '\0') {
        size_t size = strcspn(words, " ");
        bool poses = prefix[0] == '\0' && strncmp(words, "scope:", 6) == 0;
        if (size > 0 && !poses) {
            principal_grant(principal, arena_format(arena, "%s%.*s", prefix, (int)size, words));
        }
        words += size + (words[size] == ' ');
    }
}

void token_principal(const struct token *token, struct arena *arena, struct principal *principal)
{
    const json_t *claims = token->claims;
    const json_t *roles = json_object_get(claims, "roles");
    size_t index;
    const json_t *role;
    *principal = (struct principal){
        .kind = PRINCIPAL_PERSON,
        .id = arena_text(arena, clean_text(claims, "sub")),
        .name = arena_text(arena, clean_text(claims, "name")),
        .email = arena_text(arena, clean_text(claims, "email")),
        .unit = arena_text(arena, clean_text(claims, "unit")),
    };
    json_array_foreach((json_t *)roles, index, role)
    {
        const char *name = json_string_value(role);
        if (name != NULL && strchr(name, ' ') == NULL) { /* one item is one role */
            grant_words(principal, arena, name, "");
        }
    }
    grant_words(principal, arena, json_string_value(roles), "");
    grant_words(principal, arena, text_of(claims, "scope"), "scope:");
}
