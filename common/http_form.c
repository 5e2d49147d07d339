/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "common/http_private.h"
#include "common/utf8.h"

enum { PAIRS_MAX = 256 };

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *http_decode(struct arena *arena, const char *text, size_t size, bool plus_is_blank)
{
    char *decoded = arena_alloc(arena, size + 1);
    size_t out = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < size ? hex_value(text[i + 1]) : -1;
            int low = i + 2 < size ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return NULL;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus_is_blank) {
            c = ' ';
        }
        if (c == '\0') {
            return NULL;
        }
        decoded[out++] = c;
    }
    return utf8_is_valid(decoded, out) ? decoded : NULL;
}

static size_t count_pairs(const char *text, size_t size)
{
    size_t count = 1;
    for (size_t i = 0; i < size; i++) {
        count += text[i] == '&';
    }
    return count;
}

bool http_pairs_parse(struct http_pairs *pairs, struct arena *arena, const char *text, size_t size,
                      const char *what, struct error *err)
{
    *pairs = (struct http_pairs){0};
    if (size == 0) {
        return true; /* text may be NULL then */
    }
    size_t most = count_pairs(text, size);
    if (most > PAIRS_MAX) {
        return error_add_field(err, what, "too_many", "more than %d parameters", PAIRS_MAX);
    }
    pairs->items = arena_array(arena, most, sizeof *pairs->items);
    for (const char *at = text, *end = text + size; at < end;) {
        const char *amp = memchr(at, '&', (size_t)(end - at));
        const char *stop = amp != NULL ? amp : end;
        const char *equals = memchr(at, '=', (size_t)(stop - at));
        const char *name_end = equals != NULL ? equals : stop;
        const char *value = equals != NULL ? equals + 1 : stop;
        if (stop > at) {
            struct http_pair *pair = &pairs->items[pairs->count++];
            pair->name = http_decode(arena, at, (size_t)(name_end - at), true);
            pair->value = http_decode(arena, value, (size_t)(stop - value), true);
            if (pair->name == NULL || pair->value == NULL) {
                return error_add_field(err, pair->name != NULL ? pair->name : what, "encoding",
                                       "must be percent-encoded UTF-8 without NUL");
            }
        }
        at = stop + 1;
    }
    return true;
}

const char *http_pairs_find(const struct http_pairs *pairs, const char *name)
{
    for (size_t i = 0; i < pairs->count; i++) {
        if (strcmp(pairs->items[i].name, name) == 0) {
            return pairs->items[i].value;
        }
    }
    return NULL;
}

const char *http_form(const struct http_request *request, const char *name)
{
    return http_pairs_find(&request->form, name);
}

size_t http_form_values(struct http_request *request, const char *name, const char *const **values)
{
    const char **found = arena_array(&request->arena, request->form.count, sizeof *found);
    size_t count = 0;
    for (size_t i = 0; i < request->form.count; i++) {
        if (strcmp(request->form.items[i].name, name) == 0) {
            found[count++] = request->form.items[i].value;
        }
    }
    *values = found;
    return count;
}

size_t http_form_count(const struct http_request *request)
{
    return request->form.count;
}

const char *http_form_at(const struct http_request *request, size_t index, const char **value)
{
    assert(index < request->form.count);
    *value = request->form.items[index].value;
    return request->form.items[index].name;
}
