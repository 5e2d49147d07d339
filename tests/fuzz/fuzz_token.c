/* SPDX-License-Identifier: Apache-2.0 */
/* Any access token: it is refused with a code, or its principal is whole; and whatever it says, it
 * was not signed with our key.
 *
 * Input with a line break is written as JSON, header above payload, and encoded here: otherwise
 * hardly any change would survive base64url. All else is the token as it is sent. */
#include <assert.h>
#include <jose/b64.h>
#include <string.h>

#include "common/auth_private.h"
#include "common/buffer.h"
#include "common/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* RFC 7515, appendix A.3: a public key of which nobody here has the other half. */
static const char KEY[] = "{\"kty\":\"EC\",\"crv\":\"P-256\","
                          "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                          "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
static const char ISSUER[] = "https://id.example", AUDIENCE[] = "ihanoi";
static const int64_t NOW_US = INT64_C(1700000000) * 1000000;

static void check_refusal(const struct error *err)
{
    assert(err->kind == ERR_UNAUTHENTICATED && err->code[0] != '\0' && err->text[0] != '\0');
    assert(utf8_is_valid(err->text, strlen(err->text)));
}

static void check_text(const char *text)
{
    assert(text == NULL || (text[0] != '\0' && utf8_is_valid(text, strlen(text))));
}

static void check_principal(const struct token *token)
{
    struct principal principal = {0};
    struct arena arena;
    arena_init(&arena);
    token_principal(token, &arena, &principal);
    assert(principal.kind == PRINCIPAL_PERSON && principal.id != NULL);
    assert(principal.grant_count <= PRINCIPAL_GRANTS_MAX);
    check_text(principal.id);
    check_text(principal.name);
    check_text(principal.email);
    check_text(principal.unit);
    for (size_t i = 0; i < principal.grant_count; i++) {
        check_text(principal.grants[i]);
    }
    arena_finish(&arena);
}

static void check_token(const char *text, size_t size, const json_t *key)
{
    struct token token;
    struct error err = {0};
    if (!token_decode(&token, text, size, &err) ||
        !token_check_claims(&token, ISSUER, AUDIENCE, NOW_US, &err)) {
        check_refusal(&err);
        token_finish(&token);
        return;
    }
    check_principal(&token);
    bool is_ours = token_verify(&token, key, &err);
    assert(!is_ours);
    check_refusal(&err);
    token_finish(&token);
}

static void add_part(struct buffer *token, const char *text, size_t size)
{
    json_t *encoded = jose_b64_enc(text, size);
    assert(encoded != NULL);
    buffer_put(token, json_string_value(encoded), json_string_length(encoded));
    buffer_put_char(token, '.');
    json_decref(encoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static json_t *key;
    const char *text = (const char *)bytes;
    const char *line_end = size > 0 ? memchr(text, '\n', size) : NULL;

    if (key == NULL) {
        key = json_loads(KEY, 0, NULL);
        assert(key != NULL);
    }
    if (line_end == NULL) {
        check_token(text, size, key);
        return 0;
    }
    struct buffer token;
    size_t header_size = (size_t)(line_end - text);
    buffer_init(&token);
    add_part(&token, text, header_size);
    add_part(&token, line_end + 1, size - header_size - 1);
    static const char signature[] =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA"
        "pmWQxfKTUJqPP3-Kg6NU1Q";
    buffer_put(&token, signature, sizeof signature - 1);
    check_token(token.data, token.size, key);
    buffer_finish(&token);
    return 0;
}
