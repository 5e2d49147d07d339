/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/utf8.h"

/* One document under a reader. */
struct page {
    struct json_document document;
    struct arena arena;
    struct error err;
    struct json_reader json;
};

static void page_open(struct page *page, const char *text, enum json_strictness strictness)
{
    memset(page, 0, sizeof *page);
    assert_true(json_document_parse(&page->document, text, strlen(text), &page->err));
    json_read_root(&page->json, &page->document, &page->arena, strictness, &page->err);
}

static void page_close(struct page *page)
{
    json_document_free(&page->document);
    arena_finish(&page->arena);
}

static void expect_fault(const struct page *page, size_t index, const char *field, const char *code)
{
    assert_int_equal(page->err.kind, ERR_INPUT);
    assert_true(index < page->err.field_count);
    assert_string_equal(page->err.fields[index].field, field);
    assert_string_equal(page->err.fields[index].code, code);
}

/* ---- documents ---- */

static void bad_documents_are_refused_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code, *place;
    } rows[] = {
        {"", "invalid_json", ""},
        {" ", "invalid_json", "line 1"},
        {"{", "invalid_json", "line 1, column 1: the document ends too early"},
        {"{}x", "invalid_json", "line 1, column 3: bytes follow the document"},
        {"{}{}", "invalid_json", "line 1, column 3"},
        {"[1]", "invalid_json", "the root is not an object"},
        {"12", "invalid_json", "line 1"},
        {"\"text\"", "invalid_json", "line 1"},
        {"{\n\"a\":,}", "invalid_json", "line 2, column 5"},
        {"{\"a\":1,}", "invalid_json", "line 1"},
        {"{'a':1}", "invalid_json", "line 1"},
        {"{\"a\":NaN}", "invalid_json", "line 1"},
        {"{\"a\":Infinity}", "invalid_json", "line 1"},
        {"{\"a\":01}", "invalid_json", "line 1"},
        {"{\"a\":+1}", "invalid_json", "line 1"},
        {"{\"a\":1e999}", "invalid_json", "a number is out of range"},
        {"{\"a\":9223372036854775808}", "invalid_json", "a number is out of range"},
        {"{\"a\":\"\\u0000\"}", "invalid_json", "U+0000"},
        {"{\"\\u0000\":1}", "invalid_json", "U+0000"},
        {"{\"a\":\"\\ud800\"}", "invalid_json", "line 1"},
        {"{\"a\":\"tab\there\"}", "invalid_json", "line 1"},
        {"{\"a\":1,\"a\":2}", "duplicate_member", "line 1"},
        {"{\"a\":1,\"\\u0061\":2}", "duplicate_member", "line 1"},
        {"{\"a\":{\"b\":1,\"b\":1}}", "duplicate_member", "line 1"},
        {"{\"a\":\"\xff\"}", "invalid_utf8", "line 1"},
        {"{\"a\":\"\xc0\x80\"}", "invalid_utf8", "line 1"},
        {"{\"a\":\"\xed\xa0\x80\"}", "invalid_utf8", "line 1"},
        {"\xef\xbb\xbf{}", "invalid_json", "line 1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_document document;
        struct error err = {0};
        assert_false(json_document_parse(&document, rows[i].text, strlen(rows[i].text), &err));
        assert_null(document.root);
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.code, rows[i].code);
        if (strstr(err.text, rows[i].place) == NULL) {
            fail_msg("row %zu: %s", i, err.text);
        }
    }
}

static void faults_never_quote_the_input(void **state)
{
    (void)state;
    struct json_document document;
    struct error err = {0};
    const char text[] = "{\"phone\": \"0912345678\" oops}";
    assert_false(json_document_parse(&document, text, strlen(text), &err));
    assert_null(strstr(err.text, "0912"));
    assert_null(strstr(err.text, "oops"));
}

static void a_null_byte_is_no_end(void **state)
{
    (void)state;
    struct json_document document;
    assert_false(json_document_parse(&document, "{}\0", 3, NULL));
    assert_true(json_document_parse(&document, "{}\0", 2, NULL));
    json_document_free(&document);
    json_document_free(&document);
    json_document_free(NULL);
}

static char *nested(size_t depth, const char *open, const char *close)
{
    struct buffer text;
    buffer_init(&text);
    buffer_put_text(&text, "{\"a\":");
    for (size_t i = 1; i < depth; i++) {
        buffer_put_text(&text, open);
    }
    buffer_put_text(&text, "1");
    for (size_t i = 1; i < depth; i++) {
        buffer_put_text(&text, close);
    }
    buffer_put_text(&text, "}");
    return text.data;
}

static void nesting_ends_at_the_limit(void **state)
{
    (void)state;
    static const struct {
        size_t depth;
        const char *open, *close;
        bool good;
    } rows[] = {
        {JSON_DEPTH_MAX, "[", "]", true},
        {JSON_DEPTH_MAX + 1, "[", "]", false},
        {JSON_DEPTH_MAX, "{\"a\":", "}", true},
        {JSON_DEPTH_MAX + 1, "{\"a\":", "}", false},
        {200000, "[", "]", false},
        {200000, "[", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_document document;
        struct error err = {0};
        char *text = nested(rows[i].depth, rows[i].open, rows[i].close);
        assert_int_equal(json_document_parse(&document, text, strlen(text), &err), rows[i].good);
        assert_string_equal(err.code, rows[i].good ? "" : "too_deep");
        json_document_free(&document);
        free(text);
    }
}

static void brackets_in_texts_do_not_nest(void **state)
{
    (void)state;
    struct json_document document;
    const char text[] = "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[[[\\\\\",\"b\":[[]]}";
    assert_true(json_document_parse(&document, text, strlen(text), NULL));
    json_document_free(&document);
}

/* ---- fields ---- */

static const char *const colours[] = {"red", "green", NULL};

static void good_fields_are_read(void **state)
{
    (void)state;
    struct page page;
    struct json_reader child;
    struct uuid uuid;
    const char *const *tags;
    page_open(&page,
              "{\"t\":\"Đường\",\"w\":\"green\",\"i\":-5,\"whole\":3.0,\"r\":1.5,\"ir\":2,"
              "\"b\":true,\"at\":\"1970-01-01T07:00:01+07:00\","
              "\"id\":\"01a20bee-d4dc-780b-bd00-0f348974231c\",\"o\":{\"x\":1},"
              "\"tags\":[\"a\",\"b\"],\"items\":[{\"n\":1},{\"n\":2}]}",
              JSON_STRICT_FIELDS);
    struct json_reader *json = &page.json;
    assert_string_equal(json_read_text(json, "t", JSON_REQUIRED, 5, 5), "Đường");
    assert_int_equal(json_read_word(json, "w", JSON_REQUIRED, colours), 1);
    assert_int_equal(json_read_int(json, "i", JSON_REQUIRED, -5, 5, 0), -5);
    assert_int_equal(json_read_int(json, "whole", JSON_REQUIRED, 0, 5, 0), 3);
    assert_true(json_read_real(json, "r", JSON_REQUIRED, 0, 1.5, 0) == 1.5);
    assert_true(json_read_real(json, "ir", JSON_REQUIRED, 0, 2, 0) == 2.0);
    assert_true(json_read_bool(json, "b", JSON_REQUIRED, false));
    assert_int_equal(json_read_instant(json, "at", JSON_REQUIRED), 1000000);
    assert_true(json_read_uuid(json, "id", JSON_REQUIRED, &uuid));
    assert_int_equal(uuid.bytes[0], 0x01);
    assert_true(json_read_object(json, "o", JSON_REQUIRED, &child));
    assert_int_equal(json_read_int(&child, "x", JSON_REQUIRED, 1, 1, 0), 1);
    assert_true(json_read_end(&child));
    assert_int_equal(json_read_texts(json, "tags", JSON_REQUIRED, 2, 1, &tags), 2);
    assert_string_equal(tags[1], "b");
    assert_int_equal(json_read_array(json, "items", JSON_REQUIRED, 2), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(json_read_item(json, "items", i, &child));
        assert_int_equal(json_read_int(&child, "n", JSON_REQUIRED, 1, 2, 0), (int64_t)i + 1);
        assert_true(json_read_end(&child));
    }
    assert_true(json_read_end(json));
    assert_false(error_is_set(&page.err));
    page_close(&page);
}

/* Reads every kind of field from an object without any. */
static void read_all(struct json_reader *json, enum json_presence presence)
{
    struct json_reader child;
    struct uuid uuid;
    const char *const *tags;
    assert_null(json_read_text(json, "t", presence, 1, 9));
    assert_int_equal(json_read_word(json, "w", presence, colours), -1);
    assert_int_equal(json_read_int(json, "i", presence, 0, 1, 77), 77);
    assert_true(json_read_real(json, "r", presence, 0, 1, 7.5) == 7.5);
    assert_true(json_read_bool(json, "b", presence, true));
    assert_int_equal(json_read_instant(json, "at", presence), 0);
    assert_false(json_read_uuid(json, "id", presence, &uuid));
    assert_int_equal(json_read_texts(json, "tags", presence, 2, 1, &tags), 0);
    assert_false(json_read_object(json, "o", presence, &child));
    assert_null(json_read_text(&child, "deep", JSON_REQUIRED, 1, 9));
    assert_true(json_read_end(&child));
}

static void absent_fields_are_faults_only_where_required(void **state)
{
    (void)state;
    struct page page;
    page_open(&page, "{}", JSON_STRICT_FIELDS);
    read_all(&page.json, JSON_OPTIONAL);
    assert_int_equal(json_read_array(&page.json, "items", JSON_OPTIONAL, 2), 0);
    assert_true(json_read_end(&page.json));
    read_all(&page.json, JSON_REQUIRED);
    assert_int_equal(page.err.field_count, ERROR_FIELDS_MAX);
    expect_fault(&page, 0, "t", "required");
    expect_fault(&page, 7, "tags", "required");
    assert_non_null(strstr(page.err.text, "more than"));
    assert_false(json_read_end(&page.json));
    page_close(&page);
}

struct row {
    const char *value;
    const char *code; /* NULL: good */
};

static void expect_code(struct page *page, const char *field, const char *code)
{
    assert_int_equal(json_read_end(&page->json), code == NULL);
    if (code == NULL) {
        assert_int_equal(page->err.field_count, 0);
    } else {
        assert_int_equal(page->err.field_count, 1);
        expect_fault(page, 0, field, code);
    }
    page_close(page);
}

static void open_row(struct page *page, const char *value)
{
    char text[512];
    snprintf(text, sizeof text, "{\"f\":%s}", value);
    page_open(page, text, JSON_STRICT_FIELDS);
}

static void texts_count_code_points(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"\"ab\"", NULL},
        {"\"Đườ\"", NULL},
        {"\"🚧🚧🚧🚧\"", NULL},
        {"\"🚧🚧🚧🚧🚧\"", "too_long"},
        {"\"a\"", "too_short"},
        {"\"\"", "too_short"},
        {"\"a\\t\\n\\r\"", NULL},
        {"\"ab\\u0001\"", "control_character"},
        {"\"ab\\u001b\"", "control_character"},
        {"\"ab\\u007f\"", "control_character"},
        {"\"ab\\u0085\"", "control_character"},
        {"\"a\\u00a0b\"", NULL},
        {"null", "wrong_type"},
        {"12", "wrong_type"},
        {"[\"ab\"]", "wrong_type"},
        {"true", "wrong_type"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page page;
        open_row(&page, rows[i].value);
        const char *text = json_read_text(&page.json, "f", JSON_OPTIONAL, 2, 4);
        assert_int_equal(text != NULL, rows[i].code == NULL);
        expect_code(&page, "f", rows[i].code);
    }
}

static void ids_are_visible_ascii(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"\"a~!\"", NULL},      {"\"abcd\"", NULL},    {"\"abcde\"", "too_long"},
        {"\"\"", "too_short"},  {"\"a b\"", "bad_id"}, {"\"Đ\"", "bad_id"},
        {"\"a\\t\"", "bad_id"}, {"7", "wrong_type"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page page;
        open_row(&page, rows[i].value);
        const char *id = json_read_id(&page.json, "f", JSON_REQUIRED, 4);
        assert_int_equal(id != NULL, rows[i].code == NULL);
        expect_code(&page, "f", rows[i].code);
    }
}

static void words_are_exact(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"\"red\"", NULL},           {"\"Red\"", "not_allowed"}, {"\"\"", "not_allowed"},
        {"\"redd\"", "not_allowed"}, {"0", "wrong_type"},        {"null", "wrong_type"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page page;
        open_row(&page, rows[i].value);
        int word = json_read_word(&page.json, "f", JSON_REQUIRED, colours);
        assert_int_equal(word, rows[i].code == NULL ? 0 : -1);
        expect_code(&page, "f", rows[i].code);
    }
}

static void integers_are_whole_and_in_range(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"1", NULL},
        {"10", NULL},
        {"10.0", NULL},
        {"1e1", NULL},
        {"0", "out_of_range"},
        {"11", "out_of_range"},
        {"-9223372036854775808", "out_of_range"},
        {"9223372036854775807", "out_of_range"},
        {"1e15", "out_of_range"},
        {"1e300", "not_an_integer"},
        {"1.5", "not_an_integer"},
        {"\"1\"", "wrong_type"},
        {"true", "wrong_type"},
        {"null", "wrong_type"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page page;
        open_row(&page, rows[i].value);
        int64_t number = json_read_int(&page.json, "f", JSON_REQUIRED, 1, 10, 99);
        assert_int_equal(number == 99, rows[i].code != NULL);
        expect_code(&page, "f", rows[i].code);
    }
}

static void the_whole_range_of_int64_is_readable(void **state)
{
    (void)state;
    struct page page;
    page_open(&page, "{\"a\":9223372036854775807,\"b\":-9223372036854775808}", JSON_STRICT_FIELDS);
    assert_true(json_read_int(&page.json, "a", JSON_REQUIRED, INT64_MIN, INT64_MAX, 0) ==
                INT64_MAX);
    assert_true(json_read_int(&page.json, "b", JSON_REQUIRED, INT64_MIN, INT64_MAX, 0) ==
                INT64_MIN);
    assert_true(json_read_end(&page.json));
    page_close(&page);
}

static void reals_are_in_range(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"90", NULL},
        {"-90.0", NULL},
        {"21.0285", NULL},
        {"1e-400", NULL},
        {"90.0000001", "out_of_range"},
        {"1e300", "out_of_range"},
        {"\"21\"", "wrong_type"},
        {"null", "wrong_type"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct page page;
        open_row(&page, rows[i].value);
        json_read_real(&page.json, "f", JSON_REQUIRED, -90, 90, 0);
        expect_code(&page, "f", rows[i].code);
    }
}

static void booleans_instants_and_uuids_have_one_form(void **state)
{
    (void)state;
    struct page page;
    struct uuid uuid;
    page_open(&page,
              "{\"b\":1,\"c\":null,\"d\":\"true\",\"at\":\"2026-11-24T05:02:11\",\"on\":5,"
              "\"id\":\"01A20BEE-d4dc-780b-bd00-0f348974231c\",\"no\":\"01a20bee\",\"n\":7}",
              JSON_STRICT_FIELDS);
    json_read_bool(&page.json, "b", JSON_OPTIONAL, false);
    json_read_bool(&page.json, "c", JSON_OPTIONAL, false);
    json_read_bool(&page.json, "d", JSON_OPTIONAL, false);
    assert_int_equal(json_read_instant(&page.json, "at", JSON_OPTIONAL), 0);
    assert_int_equal(json_read_instant(&page.json, "on", JSON_OPTIONAL), 0);
    assert_false(json_read_uuid(&page.json, "id", JSON_OPTIONAL, &uuid));
    assert_false(json_read_uuid(&page.json, "no", JSON_OPTIONAL, &uuid));
    assert_false(json_read_uuid(&page.json, "n", JSON_OPTIONAL, &uuid));
    static const char *const codes[] = {"wrong_type", "wrong_type", "wrong_type", "bad_instant",
                                        "wrong_type", "bad_uuid",   "bad_uuid",   "wrong_type"};
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(page.err.fields[i].code, codes[i]);
    }
    page_close(&page);
}

/* ---- paths ---- */

static void faults_are_gathered_with_their_paths(void **state)
{
    (void)state;
    struct page page;
    struct json_reader location, media, size;
    const char *const *tags;
    page_open(&page,
              "{\"location\":{\"lat\":91},\"media\":[{},{\"size\":{\"w\":\"x\",\"zoom\":1}},3],"
              "\"tags\":[\"a\",5,\"\"]}",
              JSON_STRICT_FIELDS);
    assert_true(json_read_object(&page.json, "location", JSON_REQUIRED, &location));
    json_read_real(&location, "lat", JSON_REQUIRED, -90, 90, 0);
    assert_false(json_read_end(&location));
    assert_int_equal(json_read_array(&page.json, "media", JSON_REQUIRED, 5), 3);
    assert_true(json_read_item(&page.json, "media", 0, &media));
    assert_true(json_read_end(&media)); /* faults of siblings are not its own */
    assert_true(json_read_item(&page.json, "media", 1, &media));
    assert_true(json_read_object(&media, "size", JSON_REQUIRED, &size));
    json_read_int(&size, "w", JSON_REQUIRED, 0, 9, 0);
    assert_false(json_read_end(&size));
    assert_false(json_read_end(&media));
    assert_false(json_read_item(&page.json, "media", 2, &media));
    assert_int_equal(json_read_texts(&page.json, "tags", JSON_REQUIRED, 5, 5, &tags), 0);
    assert_false(json_read_fault(&page.json, NULL, "no_place", "needs a place"));
    assert_false(json_read_end(&page.json));
    expect_fault(&page, 0, "location.lat", "out_of_range");
    expect_fault(&page, 1, "media[1].size.w", "wrong_type");
    expect_fault(&page, 2, "media[1].size.zoom", "unknown_field");
    expect_fault(&page, 3, "media[2]", "wrong_type");
    expect_fault(&page, 4, "tags[1]", "wrong_type");
    expect_fault(&page, 5, "tags[2]", "too_short");
    expect_fault(&page, 6, "", "no_place");
    assert_int_equal(page.err.field_count, 7);
    assert_string_equal(page.err.code, "invalid_input");
    page_close(&page);
}

static void arrays_and_objects_are_checked(void **state)
{
    (void)state;
    struct page page;
    struct json_reader child;
    const char *const *tags;
    page_open(&page, "{\"a\":[1,2,3],\"b\":{},\"c\":[],\"d\":null}", JSON_SKIP_UNKNOWN);
    assert_int_equal(json_read_array(&page.json, "a", JSON_REQUIRED, 2), 0);
    assert_int_equal(json_read_array(&page.json, "b", JSON_REQUIRED, 2), 0);
    assert_int_equal(json_read_texts(&page.json, "c", JSON_REQUIRED, 2, 2, &tags), 0);
    assert_non_null(tags);
    assert_false(json_read_object(&page.json, "c", JSON_REQUIRED, &child));
    assert_false(json_read_object(&page.json, "d", JSON_OPTIONAL, &child));
    expect_fault(&page, 0, "a", "too_many");
    expect_fault(&page, 1, "b", "wrong_type");
    expect_fault(&page, 2, "c", "wrong_type");
    expect_fault(&page, 3, "d", "wrong_type");
    page_close(&page);
}

static void only_strict_readers_refuse_unknown_fields(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":1,\"z\":2,\"o\":{\"y\":1}}";
    struct page page;
    struct json_reader child;
    for (int strict = 0; strict < 2; strict++) {
        page_open(&page, text, strict ? JSON_STRICT_FIELDS : JSON_SKIP_UNKNOWN);
        json_read_int(&page.json, "a", JSON_REQUIRED, 0, 9, 0);
        json_read_object(&page.json, "o", JSON_REQUIRED, &child);
        assert_int_equal(json_read_end(&child), !strict);
        assert_int_equal(json_read_end(&page.json), !strict);
        if (strict) {
            expect_fault(&page, 0, "o.y", "unknown_field");
            expect_fault(&page, 1, "z", "unknown_field");
        }
        page_close(&page);
    }
}

static void long_names_are_cut_between_code_points(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 4; lead++) {
        struct buffer text;
        struct page page;
        buffer_init(&text);
        buffer_put_text(&text, "{\"");
        buffer_put(&text, "aaaa", lead);
        for (int i = 0; i < 2000; i++) {
            buffer_put_text(&text, "🚧");
        }
        buffer_put_text(&text, "\":1}");
        page_open(&page, text.data, JSON_STRICT_FIELDS);
        assert_false(json_read_end(&page.json));
        const char *field = page.err.fields[0].field;
        assert_true(utf8_is_valid(field, strlen(field)));
        assert_true(strlen(field) >= sizeof page.err.fields[0].field - 4);
        page_close(&page);
        buffer_finish(&text);
    }
}

static void thousands_of_unknown_fields_cost_little(void **state)
{
    (void)state;
    struct buffer text;
    struct page page;
    buffer_init(&text);
    for (int i = 0; i < 10000; i++) {
        buffer_put_format(&text, "%s\"f%d\":0", i == 0 ? "{" : ",", i);
    }
    buffer_put_text(&text, "}");
    page_open(&page, text.data, JSON_STRICT_FIELDS);
    assert_false(json_read_end(&page.json));
    assert_int_equal(page.err.field_count, ERROR_FIELDS_MAX);
    expect_fault(&page, 0, "f0", "unknown_field");
    page_close(&page);
    buffer_finish(&text);
}

static void readers_work_without_an_error(void **state)
{
    (void)state;
    struct page page;
    page_open(&page, "{\"a\":1}", JSON_STRICT_FIELDS);
    json_read_root(&page.json, &page.document, &page.arena, JSON_STRICT_FIELDS, NULL);
    assert_null(json_read_text(&page.json, "a", JSON_REQUIRED, 0, 9));
    assert_false(json_read_end(&page.json));
    page_close(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_documents_are_refused_with_their_place),
        cmocka_unit_test(faults_never_quote_the_input),
        cmocka_unit_test(a_null_byte_is_no_end),
        cmocka_unit_test(nesting_ends_at_the_limit),
        cmocka_unit_test(brackets_in_texts_do_not_nest),
        cmocka_unit_test(good_fields_are_read),
        cmocka_unit_test(absent_fields_are_faults_only_where_required),
        cmocka_unit_test(texts_count_code_points),
        cmocka_unit_test(ids_are_visible_ascii),
        cmocka_unit_test(words_are_exact),
        cmocka_unit_test(integers_are_whole_and_in_range),
        cmocka_unit_test(the_whole_range_of_int64_is_readable),
        cmocka_unit_test(reals_are_in_range),
        cmocka_unit_test(booleans_instants_and_uuids_have_one_form),
        cmocka_unit_test(faults_are_gathered_with_their_paths),
        cmocka_unit_test(arrays_and_objects_are_checked),
        cmocka_unit_test(only_strict_readers_refuse_unknown_fields),
        cmocka_unit_test(long_names_are_cut_between_code_points),
        cmocka_unit_test(thousands_of_unknown_fields_cost_little),
        cmocka_unit_test(readers_work_without_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
