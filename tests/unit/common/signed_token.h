/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens for tests, signed by libjose with keys made on the spot. */
#ifndef TESTS_SIGNED_TOKEN_H
#define TESTS_SIGNED_TOKEN_H

#include <assert.h>
#include <jansson.h>
#include <jose/b64.h>
#include <jose/jwk.h>
#include <jose/jws.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline json_t *signing_key(const char *algorithm, const char *key_id)
{
    json_t *key = json_pack("{s:s, s:s}", "alg", algorithm, "kid", key_id);
    bool made = jose_jwk_gen(NULL, key);
    assert(made);
    return key;
}

static inline json_t *public_key(const json_t *key)
{
    json_t *open = json_deep_copy(key);
    bool made = jose_jwk_pub(NULL, open);
    assert(made);
    return open;
}

static inline json_t *base64url(const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    json_t *encoded = jose_b64_enc(text, strlen(text));
    free(text);
    return encoded;
}

/* header and claims are taken over. Without key the signature is "c2ln". Free the result. */
static inline char *signed_token(const json_t *key, json_t *header, json_t *claims)
{
    json_t *jws = json_object();
    json_object_set_new(jws, "payload", base64url(claims));
    if (key != NULL) {
        json_t *sig = json_pack("{s:o}", "protected", header);
        bool made = jose_jws_sig(NULL, jws, sig, key);
        json_decref(sig);
        assert(made);
    } else {
        json_object_set_new(jws, "protected", base64url(header));
        json_object_set_new(jws, "signature", json_string("c2ln"));
        json_decref(header);
    }
    const char *protected = json_string_value(json_object_get(jws, "protected"));
    const char *payload = json_string_value(json_object_get(jws, "payload"));
    const char *signature = json_string_value(json_object_get(jws, "signature"));
    size_t size = strlen(protected) + strlen(payload) + strlen(signature) + 3;
    char *text = malloc(size);
    snprintf(text, size, "%s.%s.%s", protected, payload, signature);
    json_decref(jws);
    json_decref(claims);
    return text;
}

#endif
