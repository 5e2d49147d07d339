/* SPDX-License-Identifier: Apache-2.0 */
/* Any body of a form, which is also any query: it is refused with the field's name, or all its
 * names and values are texts, which say the same when they are encoded and read again. */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "common/http_private.h"
#include "common/utf8.h"

enum { PAIRS_MAX = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void encode(struct buffer *out, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        const char escaped[] = {'%', digits[c >> 4], digits[c & 15]};
        if (isalnum(c)) {
            buffer_put_char(out, *text);
        } else {
            buffer_put(out, escaped, sizeof escaped);
        }
    }
}

static void check_same(const struct http_pairs *pairs, struct arena *arena)
{
    struct buffer encoded;
    struct http_pairs again;
    struct error err = {0};
    buffer_init(&encoded);
    for (size_t i = 0; i < pairs->count; i++) {
        encode(&encoded, pairs->items[i].name);
        buffer_put_char(&encoded, '=');
        encode(&encoded, pairs->items[i].value);
        buffer_put_char(&encoded, '&');
    }
    /* One more than the limit counts the empty piece behind the last "&". */
    size_t size = encoded.size > 0 ? encoded.size - 1 : 0;
    bool read = http_pairs_parse(&again, arena, encoded.data, size, "form", &err);
    assert(read && again.count == pairs->count);
    for (size_t i = 0; i < again.count; i++) {
        assert(strcmp(again.items[i].name, pairs->items[i].name) == 0);
        assert(strcmp(again.items[i].value, pairs->items[i].value) == 0);
    }
    buffer_finish(&encoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena arena;
    struct http_pairs pairs;
    struct error err = {0};

    arena_init(&arena);
    if (http_pairs_parse(&pairs, &arena, (const char *)bytes, size, "form", &err)) {
        assert(pairs.count <= PAIRS_MAX);
        for (size_t i = 0; i < pairs.count; i++) {
            const struct http_pair *pair = &pairs.items[i];
            assert(utf8_is_valid(pair->name, strlen(pair->name)));
            assert(utf8_is_valid(pair->value, strlen(pair->value)));
        }
        check_same(&pairs, &arena);
    } else {
        assert(err.kind == ERR_INPUT && err.field_count == 1);
        assert(utf8_is_valid(err.fields[0].field, strlen(err.fields[0].field)));
    }
    arena_finish(&arena);
    return 0;
}
