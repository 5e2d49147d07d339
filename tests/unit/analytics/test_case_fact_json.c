/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/event.h"
#include "services/analytics/case_fact_json.h"

static const char example[] =
    "{\"case_id\":\"01a20bee-d4b3-7c38-8010-0f98910ae571\",\"version\":5,\"category\":"
    "\"giao-thong\",\"state\":\"resolved\",\"at\":\"2026-11-24T09:48:30.015Z\",\"queue\":\"unit\","
    "\"unit\":\"SXD\",\"receive_due\":\"2026-11-25T06:30:00.000Z\",\"accepted_at\":"
    "\"2026-11-24T06:20:05.480Z\",\"resolve_due\":\"2026-11-25T03:20:05.480Z\",\"resolved_at\":"
    "\"2026-11-24T09:48:30.015Z\",\"result\":{\"text\":\"Xong\",\"evidence\":[]}}";

static void snapshot_is_read(void **state)
{
    struct case_fact fact;
    struct arena arena;
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    assert_true(case_fact_read(&fact, example, strlen(example), &arena, &err));
    assert_int_equal(fact.version, 5);
    assert_int_equal(fact.state, CASE_RESOLVED);
    assert_string_equal(fact.unit, "SXD");
    assert_string_equal(fact.category, "giao-thong");
    assert_true(fact.accepted_at < fact.resolved_at && fact.resolved_at < fact.resolve_due);
    assert_int_equal(fact.at, fact.resolved_at);
    assert_int_equal(fact.rejected_at, 0);
    arena_finish(&arena);
}

/* The example with one piece replaced. */
static void bad_field_is_named(void **state)
{
    static const struct {
        const char *from, *to, *field;
    } rows[] = {
        {"01a20bee", "01A20bee", "case_id"},
        {"\"version\":5", "\"version\":0", "version"},
        {"\"version\":5", "\"version\":\"5\"", "version"},
        {"\"version\"", "\"Version\"", "version"},
        {"giao-thong", "giao--thong", "category"},
        {"giao-thong", "giao-", "category"},
        {"giao-thong", "Giao", "category"},
        {"\"state\":\"resolved\"", "\"state\":\"closed\"", "state"},
        {"\"at\":\"2026", "\"at\":\"x2026", "at"},
        {"\"queue\":\"unit\"", "\"queue\":\"desk\"", "queue"},
        {"\"unit\":\"SXD\",", "", "unit"},
        {"SXD", "-SXD", "unit"},
        {"SXD", "sxd", "unit"},
        {"SXD", "S", "unit"},
        {"\"receive_due\"", "\"due\"", "receive_due"},
        {"\"2026-11-25T03:20:05.480Z\"", "null", "resolve_due"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[sizeof example + 32];
        struct case_fact fact;
        struct arena arena;
        struct error err = {0};
        const char *at = strstr(example, rows[i].from);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - example), example, rows[i].to,
                 at + strlen(rows[i].from));
        arena_init(&arena);
        assert_false(case_fact_read(&fact, text, strlen(text), &arena, &err));
        assert_int_equal(err.field_count, 1);
        assert_string_equal(err.fields[0].field, rows[i].field);
        arena_finish(&arena);
    }
}

static void unit_may_be_missing_in_the_unroutable_queue(void **state)
{
    static const char json[] =
        "{\"case_id\":\"01a20bee-d4b3-7c38-8010-0f98910ae571\",\"version\":1,\"category\":\"x\","
        "\"state\":\"received\",\"at\":\"2026-11-24T09:48:30.015Z\",\"queue\":\"unroutable\","
        "\"receive_due\":\"2026-11-25T06:30:00.000Z\"}";
    struct case_fact fact;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_true(case_fact_read(&fact, json, strlen(json), &arena, NULL));
    assert_string_equal(fact.unit, "");
    arena_finish(&arena);
}

/* ---- every example of proto/ ---- */

static char *file_text(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 1 << 17);
    *size = fread(text, 1, (1 << 17) - 1, file);
    fclose(file);
    return text;
}

static void read_example(const char *path)
{
    static const struct kafka_header structured = {"content-type", "application/cloudevents+json",
                                                   28};
    struct event_in event;
    struct case_fact fact;
    struct arena arena;
    struct error err = {0};
    size_t size;
    char *text = file_text(path, &size);

    arena_init(&arena);
    assert_true(event_parse(&event, &structured, 1, text, size, &arena, &err));
    if (!case_fact_read(&fact, event.data, event.data_size, &arena, &err)) {
        fail_msg("%s: %s", path, err.field_count > 0 ? err.fields[0].field : err.text);
    }
    arena_finish(&arena);
    free(text);
}

static void every_example_of_a_case_is_read(void **state)
{
    static const char *const types[] = {"opened",   "accepted", "assigned", "started",  "resolved",
                                        "rejected", "routed",   "reminded", "escalated"};
    size_t count = 0;
    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char folder[128], path[512];
        snprintf(folder, sizeof folder, "proto/examples/vn.hanoi.case.%s.v1", types[i]);
        DIR *dir = opendir(folder);
        assert_non_null(dir);
        for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
            if (entry->d_name[0] != '.') {
                snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
                read_example(path);
                count++;
            }
        }
        closedir(dir);
    }
    assert_true(count >= 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshot_is_read),
        cmocka_unit_test(bad_field_is_named),
        cmocka_unit_test(unit_may_be_missing_in_the_unroutable_queue),
        cmocka_unit_test(every_example_of_a_case_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
