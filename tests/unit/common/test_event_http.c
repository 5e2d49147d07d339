/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/event_http.h"

enum { SPECVERSION, ID, SOURCE, TYPE, SUBJECT, CONTENT_TYPE, HEADER_COUNT };
static const char body[] = "{\"a\":1}";

static struct kafka_header header(const char *name, const char *value)
{
    return (struct kafka_header){name, value, strlen(value)};
}

static void whole_headers(struct kafka_header headers[HEADER_COUNT])
{
    headers[SPECVERSION] = header("ce-specversion", "1.0");
    headers[ID] = header("Ce-Id", "1");
    headers[SOURCE] = header("CE-SOURCE", "urn:a");
    headers[TYPE] = header("ce-type", "a.b.v1");
    headers[SUBJECT] = header("ce-subject", "s");
    headers[CONTENT_TYPE] = header("Content-Type", "application/json");
}

static void modes_are_told_by_the_content_type(void **state)
{
    static const struct {
        const char *content_type;
        enum event_mode mode;
    } rows[] = {
        {NULL, EVENT_BINARY},
        {"application/json", EVENT_BINARY},
        {"application/cloudevents+json", EVENT_STRUCTURED},
        {"Application/CloudEvents+JSON; charset=UTF-8", EVENT_STRUCTURED},
        {"application/cloudevents-batch+json", EVENT_BATCHED},
        {"application/cloudevents+jsonp", EVENT_BINARY},
        {"application/cloudevents", EVENT_BINARY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(event_http_mode(rows[i].content_type), rows[i].mode);
    }
}

static void values_are_unquoted_and_decoded_once(void **state)
{
    static const struct {
        const char *value, *subject; /* NULL: refused */
    } rows[] = {
        {"plain", "plain"},
        {"Tr%E1%BA%A1m%207", "Trạm 7"},
        {"Trạm", "Trạm"},
        {"%2520", "%20"},
        {"\"quoted \\\"text\\\"\"", "quoted \"text\""},
        {"\"%41\"", "A"},
        {"\"", "\""},
        {"\"half", "\"half"},
        {"\"\"", NULL},
        {"100%", NULL},
        {"%4", NULL},
        {"%zz", NULL},
        {"%00", NULL},
        {"%0d%0a", NULL},
        {"%ff", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kafka_header headers[HEADER_COUNT];
        struct event_in event;
        struct error err = {0};
        struct arena arena;
        arena_init(&arena);
        whole_headers(headers);
        headers[SUBJECT] = header("ce-subject", rows[i].value);
        bool good =
            event_http_parse(&event, headers, HEADER_COUNT, body, strlen(body), &arena, &err);
        assert_int_equal(good, rows[i].subject != NULL);
        if (good) {
            assert_string_equal(event.subject, rows[i].subject);
            assert_string_equal(event.id, "1");
            assert_string_equal(event.source, "urn:a");
            assert_ptr_equal(event.data, body);
        } else {
            assert_string_equal(err.fields[0].field, "subject");
        }
        arena_finish(&arena);
    }
}

static void only_the_events_own_trace_counts(void **state)
{
    struct kafka_header headers[HEADER_COUNT + 2];
    struct event_in event;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    whole_headers(headers);
    headers[HEADER_COUNT] = header("traceparent", "00-1-hop-00");
    assert_true(event_http_parse(&event, headers, HEADER_COUNT + 1, body, 7, &arena, NULL));
    assert_null(event.traceparent);
    headers[HEADER_COUNT + 1] = header("ce-traceparent", "00-2-own-00");
    assert_true(event_http_parse(&event, headers, HEADER_COUNT + 2, body, 7, &arena, NULL));
    assert_string_equal(event.traceparent, "00-2-own-00");
    arena_finish(&arena);
}

static void an_attribute_given_twice_is_bad(void **state)
{
    struct kafka_header headers[HEADER_COUNT + 1];
    struct event_in event;
    struct error err = {0};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    whole_headers(headers);
    headers[HEADER_COUNT] = header("cE-iD", "2");
    assert_false(event_http_parse(&event, headers, HEADER_COUNT + 1, body, 7, &arena, &err));
    assert_string_equal(err.fields[0].field, "id");
    arena_finish(&arena);
}

static void a_body_is_needed(void **state)
{
    struct kafka_header headers[HEADER_COUNT];
    struct event_in event;
    struct error err = {0};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    whole_headers(headers);
    assert_false(event_http_parse(&event, headers, HEADER_COUNT, NULL, 0, &arena, &err));
    assert_string_equal(err.fields[0].field, "data");
    arena_finish(&arena);
}

static void batches_are_split_or_refused(void **state)
{
    static const struct {
        const char *body;
        size_t count;
        const char *code; /* NULL: split */
    } rows[] = {
        {" [ {\"id\":\"1\"} , 7, [2] ] ", 3, NULL},
        {"[]", 0, "empty_batch"},
        {"[1,2,3,4]", 0, "batch_too_long"},
        {"{}", 0, "invalid_json"},
        {"", 0, "invalid_json"},
        {"[1", 0, "invalid_json"},
        {"[1] [2]", 0, "invalid_json"},
        {"[{\"a\":1,\"a\":2}]", 0, "duplicate_member"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct event_text *events;
        struct error err = {0};
        struct arena arena;
        size_t count;
        arena_init(&arena);
        bool good =
            event_batch_split(rows[i].body, strlen(rows[i].body), 3, &events, &count, &arena, &err);
        assert_int_equal(good, rows[i].code == NULL);
        if (good) {
            assert_int_equal(count, rows[i].count);
            assert_int_equal(events[0].size, strlen("{\"id\":\"1\"}"));
            assert_memory_equal(events[0].json, "{\"id\":\"1\"}", events[0].size);
        } else {
            assert_string_equal(err.code, rows[i].code);
            assert_int_equal(err.kind, ERR_INPUT);
        }
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_are_told_by_the_content_type),
        cmocka_unit_test(values_are_unquoted_and_decoded_once),
        cmocka_unit_test(only_the_events_own_trace_counts),
        cmocka_unit_test(an_attribute_given_twice_is_bad),
        cmocka_unit_test(a_body_is_needed),
        cmocka_unit_test(batches_are_split_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
