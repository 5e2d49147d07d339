/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes: the parser takes what jansson takes and sees the same values, or refuses them with a
 * reason; every value can be read by each kind of read; and what the writer makes of the document
 * parses to the same document. */
#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "common/json.h"
#include "common/json_value.h"
#include "common/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_error(const struct error *err)
{
    assert(err->kind == ERR_INPUT);
    assert(err->code[0] != '\0' && err->text[0] != '\0');
    for (size_t i = 0; i < err->field_count; i++) {
        assert(utf8_is_valid(err->fields[i].field, strlen(err->fields[i].field)));
        assert(err->fields[i].code[0] != '\0');
    }
}

/* Reads each member in every way; most fail, all must fail well. */
static void read_everything(struct json_reader *json)
{
    static const char *const words[] = {"urgent", "normal", NULL};
    const char *const *texts;
    struct json_reader child;
    struct uuid uuid;

    for (const struct json_value *member = json->object->first; member != NULL;
         member = member->next) {
        const char *name = member->name;
        json_read_text(json, name, JSON_REQUIRED, 1, 20);
        json_read_word(json, name, JSON_REQUIRED, words);
        json_read_int(json, name, JSON_REQUIRED, -100, 100, 0);
        double real = json_read_real(json, name, JSON_REQUIRED, -90, 90, 0);
        assert(isfinite(real) && fabs(real) <= 90);
        json_read_bool(json, name, JSON_REQUIRED, false);
        json_read_instant(json, name, JSON_REQUIRED);
        json_read_uuid(json, name, JSON_REQUIRED, &uuid);
        json_read_texts(json, name, JSON_REQUIRED, 4, 10, &texts);
        if (json_read_object(json, name, JSON_REQUIRED, &child)) {
            read_everything(&child);
            json_read_end(&child);
        }
        size_t count = json_read_array(json, name, JSON_REQUIRED, 8);
        for (size_t i = 0; i < count; i++) {
            if (json_read_item(json, name, i, &child)) {
                read_everything(&child);
                json_read_end(&child);
            }
        }
    }
}

static void write_value(struct json_writer *writer, const char *name, json_t *value)
{
    const char *member;
    json_t *inner;
    size_t i;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        json_open_object(writer, name);
        json_object_foreach(value, member, inner)
        {
            write_value(writer, member, inner);
        }
        json_close_object(writer);
        break;
    case JSON_ARRAY:
        json_open_array(writer, name);
        json_array_foreach(value, i, inner)
        {
            write_value(writer, NULL, inner);
        }
        json_close_array(writer);
        break;
    case JSON_STRING:
        json_put_text_size(writer, name, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        json_put_int(writer, name, json_integer_value(value));
        break;
    case JSON_REAL:
        json_put_real(writer, name, json_real_value(value), 9);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        json_put_bool(writer, name, json_is_true(value));
        break;
    case JSON_NULL:
        json_put_null(writer, name);
        break;
    }
}

static void check_real(double sent, const struct json_value *got)
{
    double real = got->kind == KIND_INT ? (double)got->integer : got->real;
    assert(got->kind == KIND_INT || got->kind == KIND_REAL);
    assert(fabs(sent - real) <= 1e-9 + fabs(sent) * 1e-15);
}

/* Equal; reals, but for the digits that the writer was told to drop. */
static void check_same(json_t *peer, const struct json_value *ours)
{
    static const enum json_kind kinds[] = {
        [JSON_OBJECT] = KIND_OBJECT, [JSON_ARRAY] = KIND_ARRAY, [JSON_STRING] = KIND_TEXT,
        [JSON_INTEGER] = KIND_INT,   [JSON_TRUE] = KIND_BOOL,   [JSON_FALSE] = KIND_BOOL,
        [JSON_NULL] = KIND_NULL};
    const char *name;
    json_t *inner;

    assert(ours != NULL);
    if (json_is_real(peer)) { /* whole ones come back as integers */
        check_real(json_real_value(peer), ours);
        return;
    }
    assert(kinds[json_typeof(peer)] == ours->kind);
    if (json_is_object(peer)) {
        assert(json_object_size(peer) == ours->size);
        json_object_foreach(peer, name, inner)
        {
            check_same(inner, json_value_member(ours, name));
        }
    } else if (json_is_array(peer)) {
        assert(json_array_size(peer) == ours->size);
        const struct json_value *item = ours->first;
        for (size_t i = 0; i < ours->size; i++, item = item->next) {
            check_same(json_array_get(peer, i), item);
        }
    } else if (json_is_string(peer)) {
        assert(json_string_length(peer) == ours->size);
        assert(memcmp(json_string_value(peer), ours->text, ours->size) == 0);
    } else if (json_is_integer(peer)) {
        assert(json_integer_value(peer) == ours->integer);
    } else if (json_is_boolean(peer)) {
        assert(json_is_true(peer) == ours->boolean);
    }
}

/* Integers past int64, which a real may be written as, are no input of ours. */
static bool has_huge_real(json_t *value)
{
    const char *name;
    json_t *inner;
    size_t i;
    bool huge = json_is_real(value) && fabs(json_real_value(value)) >= 9e18;

    json_object_foreach(value, name, inner)
    {
        huge |= has_huge_real(inner);
    }
    json_array_foreach(value, i, inner)
    {
        huge |= has_huge_real(inner);
    }
    return huge;
}

static void check_writer(json_t *peer)
{
    struct buffer out;
    struct json_writer writer;
    struct json_document again;

    buffer_init(&out);
    json_write_start(&writer, &out);
    write_value(&writer, NULL, peer);
    if (!has_huge_real(peer)) {
        assert(json_document_parse(&again, out.data, out.size, NULL));
        check_same(peer, again.root);
        json_document_free(&again);
    }
    buffer_finish(&out);
}

/* The limit of depth is ours alone. */
static void check_refusal(const struct error *err, const json_t *peer)
{
    check_error(err);
    assert(peer == NULL || !json_is_object(peer) || strcmp(err->code, "too_deep") == 0);
}

static void check_document(const struct json_document *document, json_t *peer)
{
    struct arena arena;
    struct json_reader json;
    struct error err = {0};

    assert(peer != NULL);
    check_same(peer, document->root);
    arena_init(&arena);
    json_read_root(&json, document, &arena, JSON_STRICT_FIELDS, &err);
    read_everything(&json);
    if (!json_read_end(&json)) {
        check_error(&err);
    }
    check_writer(peer);
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct json_document document;
    struct error err = {0};
    json_t *peer = json_loadb((const char *)bytes, size, JSON_REJECT_DUPLICATES, NULL);

    if (json_document_parse(&document, (const char *)bytes, size, &err)) {
        check_document(&document, peer);
        json_document_free(&document);
    } else {
        check_refusal(&err, peer);
    }
    json_decref(peer);
    return 0;
}
