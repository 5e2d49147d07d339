/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/buffer.h"
#include "common/event.h"
#include "common/json.h"

/* Examples are read from the repository: unit tests run at its root. */
static const char examples[] = "proto/examples/vn.*/*.json";

static struct kafka_header header(const char *name, const char *value)
{
    return (struct kafka_header){name, value, value == NULL ? 0 : strlen(value)};
}

static const struct kafka_header structured[] = {
    {"content-type", "application/cloudevents+json; charset=UTF-8", 43},
};

/* The message of most tests: a whole event in binary mode. */
enum { SPECVERSION, ID, SOURCE, TYPE, SUBJECT, TIME, CONTENT_TYPE, HEADER_COUNT };
static const char data[] = "{\"version\":1}";

static void whole_headers(struct kafka_header headers[HEADER_COUNT])
{
    headers[SPECVERSION] = header("ce_specversion", "1.0");
    headers[ID] = header("ce_id", "01a20bee-d4dc-780b-bd00-0f348974231c");
    headers[SOURCE] = header("ce_source", "/ihanoi/routing");
    headers[TYPE] = header("ce_type", "vn.hanoi.case.opened.v1");
    headers[SUBJECT] = header("ce_subject", "01a20bee-d4b3-7c38-8010-0f98910ae571");
    headers[TIME] = header("ce_time", "2026-11-24T05:02:11.164Z");
    headers[CONTENT_TYPE] = header("content-type", "application/json");
}

struct post {
    struct arena arena;
    struct event_in event;
    struct error err;
};

static bool receive(struct post *post, const struct kafka_header *headers, size_t header_count,
                    const char *value, size_t value_size)
{
    memset(post, 0, sizeof *post);
    bool good = event_parse(&post->event, headers, header_count, value, value_size, &post->arena,
                            &post->err);
    assert_int_equal(good, !error_is_set(&post->err));
    assert_true(good || post->err.kind == ERR_INPUT);
    return good;
}

static bool receive_binary(struct post *post, const struct kafka_header *headers)
{
    return receive(post, headers, HEADER_COUNT, data, strlen(data));
}

static bool receive_structured(struct post *post, const char *text)
{
    return receive(post, structured, 1, text, strlen(text));
}

static void expect_refusal(struct post *post, const char *attribute, const char *code)
{
    assert_string_equal(post->err.code, code);
    if (attribute != NULL) {
        assert_int_equal(post->err.field_count, 1);
        assert_string_equal(post->err.fields[0].field, attribute);
        assert_string_equal(post->err.fields[0].code, code);
        assert_non_null(strstr(post->err.text, attribute));
    }
    arena_finish(&post->arena);
}

/* ---- binary mode ---- */

static void a_binary_event_is_read(void **state)
{
    (void)state;
    struct kafka_header headers[HEADER_COUNT + 1];
    struct post post;
    whole_headers(headers);
    headers[HEADER_COUNT] = header("ce_partitionkey", "extensions are skipped");
    assert_true(receive(&post, headers, HEADER_COUNT + 1, data, strlen(data)));
    assert_string_equal(post.event.id, "01a20bee-d4dc-780b-bd00-0f348974231c");
    assert_string_equal(post.event.source, "/ihanoi/routing");
    assert_string_equal(post.event.type, "vn.hanoi.case.opened.v1");
    assert_string_equal(post.event.subject, "01a20bee-d4b3-7c38-8010-0f98910ae571");
    assert_null(post.event.traceparent);
    assert_int_equal(post.event.time_us, INT64_C(1795496531164000));
    assert_ptr_equal(post.event.data, data);
    assert_int_equal(post.event.data_size, strlen(data));
    arena_finish(&post.arena);
}

static void optional_attributes_may_be_absent(void **state)
{
    (void)state;
    struct kafka_header headers[HEADER_COUNT];
    struct post post;
    whole_headers(headers);
    assert_true(receive(&post, headers, SUBJECT, data, strlen(data)));
    assert_null(post.event.subject);
    assert_int_equal(post.event.time_us, 0);
    arena_finish(&post.arena);
}

static void all_missing_attributes_are_named(void **state)
{
    (void)state;
    struct post post;
    assert_false(receive(&post, NULL, 0, data, strlen(data)));
    assert_string_equal(post.err.code, "missing_attribute");
    static const char *const names[] = {"specversion", "id", "source", "type"};
    assert_int_equal(post.err.field_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(post.err.fields[i].field, names[i]);
    }
    arena_finish(&post.arena);
}

static void each_missing_attribute_is_named(void **state)
{
    (void)state;
    static const char *const names[] = {"specversion", "id", "source", "type"};
    for (size_t i = 0; i < 4; i++) {
        struct kafka_header headers[HEADER_COUNT];
        struct post post;
        whole_headers(headers);
        headers[i].name = "other";
        assert_false(receive_binary(&post, headers));
        expect_refusal(&post, names[i], "missing_attribute");
    }
}

static void bad_attributes_are_named(void **state)
{
    (void)state;
    static char long_text[300];
    memset(long_text, 'a', sizeof long_text - 1);
    static const struct {
        size_t header;
        const char *value, *attribute, *code;
    } rows[] = {
        {SPECVERSION, "0.3", "specversion", "unsupported_specversion"},
        {SPECVERSION, "1.1", "specversion", "unsupported_specversion"},
        {SPECVERSION, "1.01", "specversion", "unsupported_specversion"},
        {SPECVERSION, "", "specversion", "bad_attribute"},
        {ID, "", "id", "bad_attribute"},
        {ID, NULL, "id", "bad_attribute"},
        {ID, long_text, "id", "bad_attribute"},
        {ID, "a\nb", "id", "bad_attribute"},
        {ID, "a\x7f", "id", "bad_attribute"},
        {ID, "a\xc2\x85", "id", "bad_attribute"},
        {ID, "a\xef\xbf\xbf", "id", "bad_attribute"},
        {ID, "a\xff", "id", "invalid_utf8"},
        {ID, "a\xc4", "id", "invalid_utf8"},
        {SOURCE, "", "source", "bad_attribute"},
        {SOURCE, "two words", "source", "bad_attribute"},
        {SOURCE, "phường", "source", "bad_attribute"},
        {TYPE, "", "type", "bad_attribute"},
        {SUBJECT, "", "subject", "bad_attribute"},
        {SUBJECT, long_text, "subject", "bad_attribute"},
        {TIME, "2026-11-24", "time", "bad_attribute"},
        {TIME, "2026-11-24T05:02:11", "time", "bad_attribute"},
        {TIME, "2026-02-30T05:02:11Z", "time", "bad_attribute"},
        {TIME, NULL, "time", "bad_attribute"},
        {CONTENT_TYPE, "text/xml", "datacontenttype", "bad_attribute"},
        {CONTENT_TYPE, "application/jsonx", "datacontenttype", "bad_attribute"},
        {CONTENT_TYPE, "+json", "datacontenttype", "bad_attribute"},
        {CONTENT_TYPE, "application/cloudevents-batch+json", "datacontenttype", "bad_attribute"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_header headers[HEADER_COUNT];
        struct post post;
        whole_headers(headers);
        headers[rows[i].header] = header(headers[rows[i].header].name, rows[i].value);
        if (receive_binary(&post, headers)) {
            fail_msg("row %zu was accepted", i);
        }
        expect_refusal(&post, rows[i].attribute, rows[i].code);
    }
}

static void other_spellings_are_accepted(void **state)
{
    (void)state;
    static const struct {
        size_t header;
        const char *value;
    } rows[] = {
        {ID, "Sự kiện số 1"},
        {SOURCE, "urn:city:sensors%20north?a=b#c"},
        {TIME, "2026-11-24T12:02:11+07:00"},
        {CONTENT_TYPE, "Application/JSON"},
        {CONTENT_TYPE, "application/json ; charset=utf-8"},
        {CONTENT_TYPE, "application/vnd.city+json"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_header headers[HEADER_COUNT];
        struct post post;
        whole_headers(headers);
        headers[rows[i].header] = header(headers[rows[i].header].name, rows[i].value);
        assert_true(receive_binary(&post, headers));
        arena_finish(&post.arena);
    }
}

static void an_attribute_given_twice_is_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < HEADER_COUNT; i++) {
        struct kafka_header headers[HEADER_COUNT + 1];
        struct post post;
        whole_headers(headers);
        headers[HEADER_COUNT] = headers[i];
        assert_false(receive(&post, headers, HEADER_COUNT + 1, data, strlen(data)));
        static const char *const names[] = {"specversion", "id",   "source",         "type",
                                            "subject",     "time", "datacontenttype"};
        expect_refusal(&post, names[i], "bad_attribute");
    }
}

static void a_bad_trace_does_not_cost_the_event(void **state)
{
    (void)state;
    struct kafka_header headers[HEADER_COUNT + 2];
    struct post post;
    whole_headers(headers);
    headers[HEADER_COUNT] = header("traceparent", "\xff\x01");
    assert_true(receive(&post, headers, HEADER_COUNT + 1, data, strlen(data)));
    assert_null(post.event.traceparent);
    arena_finish(&post.arena);
    headers[HEADER_COUNT] = header("ce_traceparent", "first");
    assert_true(receive(&post, headers, HEADER_COUNT + 1, data, strlen(data)));
    assert_string_equal(post.event.traceparent, "first");
    arena_finish(&post.arena);
    headers[HEADER_COUNT + 1] = header("traceparent", "hop");
    assert_true(receive(&post, headers, HEADER_COUNT + 2, data, strlen(data)));
    assert_string_equal(post.event.traceparent, "hop");
    arena_finish(&post.arena);
}

static void a_null_value_is_a_tombstone(void **state)
{
    (void)state;
    struct kafka_header headers[HEADER_COUNT];
    struct kafka_header other = header("x", NULL);
    struct post post;
    whole_headers(headers);
    assert_true(receive(&post, NULL, 0, NULL, 0));
    assert_null(post.event.id);
    assert_null(post.event.data);
    assert_true(receive(&post, &other, 1, NULL, 0));
    assert_null(post.event.id);
    assert_true(receive(&post, structured, 1, NULL, 0));
    assert_null(post.event.id);
    assert_true(receive(&post, headers, HEADER_COUNT, NULL, 0));
    assert_non_null(post.event.id);
    assert_null(post.event.data);
    arena_finish(&post.arena);
    assert_false(receive(&post, headers, TYPE, NULL, 0));
    expect_refusal(&post, "type", "missing_attribute");
}

static void bad_data_is_refused(void **state)
{
    (void)state;
    static char big[1024 * 1024];
    memset(big, ' ', sizeof big);
    const struct {
        const char *value;
        size_t size;
        const char *code;
    } rows[] = {
        {"", 0, "invalid_json"},
        {"{\"a\":\"\xff\"}", 9, "invalid_utf8"},
        {big, sizeof big, "too_large"},
        {big, EVENT_DATA_MAX + 1, "too_large"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_header headers[HEADER_COUNT];
        struct post post;
        whole_headers(headers);
        assert_false(receive(&post, headers, HEADER_COUNT, rows[i].value, rows[i].size));
        expect_refusal(&post, "data", rows[i].code);
    }
    struct kafka_header headers[HEADER_COUNT];
    struct post post;
    whole_headers(headers);
    assert_true(receive(&post, headers, HEADER_COUNT, big, EVENT_DATA_MAX));
    arena_finish(&post.arena);
}

static void ten_thousand_headers_cost_little(void **state)
{
    (void)state;
    enum { MANY = 10000 };
    static struct kafka_header headers[MANY];
    struct post post;
    whole_headers(headers);
    for (size_t i = HEADER_COUNT; i < MANY; i++) {
        headers[i] = header(i % 2 ? "ce_junk" : "", i % 3 ? NULL : "x");
    }
    assert_true(receive(&post, headers, MANY, data, strlen(data)));
    arena_finish(&post.arena);
    for (size_t i = HEADER_COUNT; i < MANY; i++) {
        headers[i] = header("ce_id", "x");
    }
    assert_false(receive(&post, headers, MANY, data, strlen(data)));
    assert_true(post.arena.used < 4096);
    expect_refusal(&post, "id", "bad_attribute");
}

/* ---- structured mode ---- */

#define ENVELOPE "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\""

static void bad_structured_events_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *attribute, *code;
    } rows[] = {
        {"", NULL, "invalid_json"},
        {"null", NULL, "invalid_json"},
        {"[]", NULL, "invalid_json"},
        {"{" ENVELOPE ",\"data\":{]}", NULL, "invalid_json"},
        {"{" ENVELOPE ",\"data\":{}}x", NULL, "invalid_json"},
        {"{" ENVELOPE ",\"data\":1e999}", NULL, "invalid_json"},
        {"{" ENVELOPE ",\"data\":\"\\u0000\"}", NULL, "invalid_json"},
        {"{" ENVELOPE ",\"data\":\"\xff\"}", NULL, "invalid_utf8"},
        {"{" ENVELOPE ",\"id\":\"2\",\"data\":{}}", NULL, "duplicate_member"},
        {"{" ENVELOPE ",\"data\":{},\"data\":{}}", NULL, "duplicate_member"},
        {"{" ENVELOPE ",\"data\":{\"a\":1,\"a\":1}}", NULL, "duplicate_member"},
        {"{" ENVELOPE "}", "data", "missing_attribute"},
        {"{" ENVELOPE ",\"data\":null}", "data", "missing_attribute"},
        {"{" ENVELOPE ",\"data_base64\":\"e30=\"}", "data_base64", "bad_attribute"},
        {"{" ENVELOPE ",\"data\":{},\"subject\":5}", "subject", "bad_attribute"},
        {"{" ENVELOPE ",\"data\":{},\"subject\":\"\"}", "subject", "bad_attribute"},
        {"{" ENVELOPE ",\"data\":{},\"subject\":\"a\\u0001\"}", "subject", "bad_attribute"},
        {"{" ENVELOPE ",\"data\":{},\"time\":\"noon\"}", "time", "bad_attribute"},
        {"{" ENVELOPE ",\"data\":{},\"datacontenttype\":\"text/plain\"}", "datacontenttype",
         "bad_attribute"},
        {"{\"specversion\":\"1.0\",\"id\":null,\"source\":\"/s\",\"type\":\"t\",\"data\":{}}", "id",
         "missing_attribute"},
        {"{\"specversion\":1.0,\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":{}}",
         "specversion", "bad_attribute"},
        {"{\"specversion\":\"2.0\"}", "specversion", "unsupported_specversion"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct post post;
        if (receive_structured(&post, rows[i].text)) {
            fail_msg("row %zu was accepted", i);
        }
        expect_refusal(&post, rows[i].attribute, rows[i].code);
    }
}

static void structured_data_may_be_any_json(void **state)
{
    (void)state;
    static const char *const values[] = {
        "{}", "[1,{\"a\":null}]", "\"Đường\"", "false", "-0.5", "1e22", "0.1"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[256];
        struct post post;
        snprintf(text, sizeof text, "{" ENVELOPE ",\"subject\":null, \"data\" : %s }", values[i]);
        assert_true(receive_structured(&post, text));
        json_t *sent = json_loads(values[i], JSON_DECODE_ANY, NULL);
        json_t *got = json_loadb(post.event.data, post.event.data_size, JSON_DECODE_ANY, NULL);
        assert_true(json_equal(sent, got));
        json_decref(sent);
        json_decref(got);
        arena_finish(&post.arena);
    }
}

/* Digits and blanks of the sender stay: no number is read and written again. */
static void structured_data_is_kept_byte_by_byte(void **state)
{
    (void)state;
    static const char kept[] = "[1e9, 15.573600000000001 ,\t\"\\u0041\"]";
    struct post post;
    assert_true(receive_structured(&post, "{" ENVELOPE ",\"data\": [1e9, 15.573600000000001 ,\t"
                                          "\"\\u0041\"] }"));
    assert_int_equal(post.event.data_size, sizeof kept - 1);
    assert_memory_equal(post.event.data, kept, sizeof kept - 1);
    arena_finish(&post.arena);
}

static void large_and_deep_structured_events_are_refused(void **state)
{
    (void)state;
    static char big[1024 * 1024];
    static const char head[] = "{" ENVELOPE ",\"data\":";
    struct post post;
    memset(big, '[', sizeof big);
    memcpy(big, head, strlen(head));
    assert_false(receive(&post, structured, 1, big, sizeof big));
    expect_refusal(&post, "data", "too_large");
    assert_false(receive(&post, structured, 1, big, EVENT_DATA_MAX));
    expect_refusal(&post, NULL, "too_deep");

    size_t size = EVENT_DATA_MAX + 1024;
    memset(big + strlen(head), 'a', size);
    big[strlen(head)] = '"';
    memcpy(big + size - 2, "\"}", 2);
    assert_false(receive(&post, structured, 1, big, size));
    expect_refusal(&post, "data", "too_large");
}

/* ---- both ways ---- */

/* Publishes an event of ours again in binary mode and reads that; every ce_ attribute is as the
 * example has it. */
static void republish(const struct event_in *event, const json_t *example)
{
    struct post post;
    struct arena arena = {0};
    struct kafka_header *headers;
    struct event out = {
        .type = event->type,
        .subject = event->subject,
        .time_us = event->time_us,
        .traceparent = event->traceparent,
        .data = event->data,
        .data_size = event->data_size,
    };
    assert_true(uuid_parse(event->id, strlen(event->id), &out.id));
    size_t count = event_headers(&out, event->source + strlen("/ihanoi/"), &arena, &headers);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(headers[i].name, "ce_", 3) == 0) {
            const json_t *value = json_object_get(example, headers[i].name + 3);
            assert_non_null(value);
            assert_int_equal(json_string_length(value), headers[i].size);
            assert_memory_equal(json_string_value(value), headers[i].value, headers[i].size);
        }
    }
    assert_true(receive(&post, headers, count, out.data, out.data_size));
    assert_string_equal(post.event.id, event->id);
    assert_string_equal(post.event.source, event->source);
    assert_string_equal(post.event.type, event->type);
    assert_string_equal(post.event.subject, event->subject);
    assert_int_equal(post.event.time_us, event->time_us);
    arena_finish(&post.arena);
    arena_finish(&arena);
}

/* Reads one example in structured mode; true if it is an event of ours. */
static bool pass_through(const char *path)
{
    struct post post;
    json_t *example = json_load_file(path, 0, NULL);
    char *text = json_dumps(example, JSON_INDENT(2));

    if (!receive_structured(&post, text)) {
        fail_msg("%s: %s", path, post.err.text);
    }
    json_t *got = json_loadb(post.event.data, post.event.data_size, 0, NULL);
    assert_true(json_equal(json_object_get(example, "data"), got));
    bool ours = strncmp(post.event.source, "/ihanoi/", 8) == 0;
    if (ours) {
        republish(&post.event, example);
    }
    arena_finish(&post.arena);
    json_decref(got);
    json_decref(example);
    free(text);
    return ours;
}

static void every_example_passes_both_modes(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob(examples, 0, NULL, &found), 0);
    size_t ours = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        ours += pass_through(found.gl_pathv[i]);
    }
    assert_true(found.gl_pathc >= 40);
    assert_true(ours >= 30);
    globfree(&found);
}

static const char *value_of(const struct kafka_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(headers[i].name, name) == 0) {
            assert_int_equal(strlen(headers[i].value), headers[i].size);
            return headers[i].value;
        }
    }
    return NULL;
}

static void outgoing_headers_follow_the_binding(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct kafka_header *headers;
    struct event event = {
        .type = "vn.hanoi.contact.changed.v1",
        .subject = "c-1",
        .time_us = INT64_C(1795496531164999),
        .traceparent = "00-390614ce6b27636f3b11c901a1b7fb3a-2bbeeb16ee76195a-01",
        .data = "{}",
        .data_size = 2,
    };
    size_t count = event_headers(&event, "intake", &arena, &headers);
    const struct {
        const char *name, *value;
    } rows[] = {
        {"ce_specversion", "1.0"},
        {"ce_id", "00000000-0000-0000-0000-000000000000"},
        {"ce_source", "/ihanoi/intake"},
        {"ce_type", "vn.hanoi.contact.changed.v1"},
        {"ce_subject", "c-1"},
        {"ce_time", "2026-11-24T05:02:11.164Z"},
        {"ce_dataschema", "https://schemas.ihanoi.example/events/vn.hanoi.contact.changed.v1"},
        {"content-type", "application/json"},
        {"ce_traceparent", event.traceparent},
        {"traceparent", event.traceparent},
    };
    assert_int_equal(count, sizeof rows / sizeof *rows);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(value_of(headers, count, rows[i].name), rows[i].value);
    }

    event.data = NULL;
    event.traceparent = NULL;
    count = event_headers(&event, "intake", &arena, &headers);
    assert_int_equal(count, 7);
    assert_null(value_of(headers, count, "content-type"));
    assert_null(value_of(headers, count, "traceparent"));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_binary_event_is_read),
        cmocka_unit_test(optional_attributes_may_be_absent),
        cmocka_unit_test(all_missing_attributes_are_named),
        cmocka_unit_test(each_missing_attribute_is_named),
        cmocka_unit_test(bad_attributes_are_named),
        cmocka_unit_test(other_spellings_are_accepted),
        cmocka_unit_test(an_attribute_given_twice_is_bad),
        cmocka_unit_test(a_bad_trace_does_not_cost_the_event),
        cmocka_unit_test(a_null_value_is_a_tombstone),
        cmocka_unit_test(bad_data_is_refused),
        cmocka_unit_test(ten_thousand_headers_cost_little),
        cmocka_unit_test(bad_structured_events_are_refused),
        cmocka_unit_test(structured_data_may_be_any_json),
        cmocka_unit_test(structured_data_is_kept_byte_by_byte),
        cmocka_unit_test(large_and_deep_structured_events_are_refused),
        cmocka_unit_test(every_example_passes_both_modes),
        cmocka_unit_test(outgoing_headers_follow_the_binding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
