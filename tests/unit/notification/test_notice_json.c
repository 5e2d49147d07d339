/* SPDX-License-Identifier: Apache-2.0 */
/* The examples in proto/ are what we must understand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <jansson.h>
#include <stdio.h>

#include "common/arena.h"
#include "services/notification/notice_json.h"

/* An example as it would come from Kafka. */
static struct event_in example(const char *path, struct arena *arena)
{
    char name[256];
    json_error_t fault;
    snprintf(name, sizeof name, "proto/examples/%s.json", path);
    json_t *file = json_load_file(name, 0, &fault);
    if (file == NULL) {
        fail_msg("%s: %s", name, fault.text);
    }
    json_t *invalid = json_object_get(file, "event"); /* wrapped, with why */
    json_t *root = invalid != NULL ? invalid : file;
    char *data = json_dumps(json_object_get(root, "data"), JSON_COMPACT);
    const char *id = json_string_value(json_object_get(root, "id"));
    const char *type = json_string_value(json_object_get(root, "type"));
    struct event_in event = {.id = arena_text(arena, id),
                             .type = arena_text(arena, type),
                             .data = arena_text(arena, data),
                             .data_size = strlen(data)};
    free(data);
    json_decref(file);
    return event;
}

static void news_reads_every_example(void **state)
{
    static const char *const cases[] = {"opened",   "accepted", "assigned", "started",  "resolved",
                                        "rejected", "routed",   "reminded", "escalated"};
    static const char *const sizes[] = {"minimal", "maximal"};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < 9; i++) {
        for (size_t k = 0; k < 2; k++) {
            char path[128];
            struct news news;
            struct error err = {0};
            enum news_type type;
            snprintf(path, sizeof path, "vn.hanoi.case.%s.v1/%s", cases[i], sizes[k]);
            struct event_in event = example(path, &arena);
            assert_true(news_type_of_case(event.type, &type));
            if (!news_read_case(&news, &event, type, &arena, &err)) {
                fail_msg("%s: %s %s", path, err.fields[0].field, err.fields[0].text);
            }
            assert_non_null(news.reporter);
            assert_non_null(news.notice.ticket);
        }
    }
    arena_finish(&arena);
}

static void news_reads_submissions(void **state)
{
    struct arena arena;
    struct news news;
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    struct event_in event = example("vn.hanoi.submission.submitted.v1/maximal", &arena);
    assert_true(news_read_submission(&news, &event, &arena, &err));
    assert_string_equal(news.reporter, "3f0c8a52-7d1e-4b7a-9a53-0d6f4f2a8c11");
    assert_string_equal(news.notice.ticket, "HN-2026-0000123-K");
    assert_string_equal(news.notice.level, "urgent");
    assert_int_equal(news.language, LANGUAGE_VI);
    assert_true(news.notice.receive_due > news.notice.at);
    arena_finish(&arena);
}

static void news_names_the_bad_field(void **state)
{
    static const struct {
        const char *path, *field;
    } rows[] = {
        {"invalid/vn.hanoi.case.resolved.v1/result_missing", "result"},
        {"invalid/vn.hanoi.case.rejected.v1/reason_missing", "reason"},
        {"invalid/vn.hanoi.case.rejected.v1/reason_class_unknown", "reason.class"},
        {"invalid/vn.hanoi.case.opened.v1/escalation_out_of_range", "escalation"},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct news news;
        struct error err = {0};
        char path[128];
        enum news_type type;
        snprintf(path, sizeof path, "%s", rows[i].path);
        struct event_in event = example(path, &arena);
        assert_true(news_type_of_case(event.type, &type));
        assert_false(news_read_case(&news, &event, type, &arena, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.fields[0].field, rows[i].field);
    }
    arena_finish(&arena);
}

static void notice_survives_its_column(void **state)
{
    static const char *const evidence[] = {"https://x.example/1", "https://x.example/2"};
    struct notice notice = {.ticket = "HN-2026-0000123-K",
                            .category = "giao-thong",
                            .level = "urgent",
                            .unit = "00070",
                            .at = 1795496531123000,
                            .receive_due = 1795588200000000,
                            .resolve_due = 1795600000000000,
                            .result = "Đã \"vá\"\n",
                            .evidence = evidence,
                            .evidence_count = 2,
                            .reason_class = "unclear",
                            .reason = "r",
                            .note = "n"};
    struct notice read;
    struct buffer first, second;
    struct arena arena;
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    buffer_init(&first);
    buffer_init(&second);
    notice_write(&notice, &first);
    assert_true(notice_read(&read, first.data, first.size, &arena, &err));
    notice_write(&read, &second);
    assert_string_equal(first.data, second.data);
    buffer_finish(&first);
    buffer_finish(&second);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(news_reads_every_example),
        cmocka_unit_test(news_reads_submissions),
        cmocka_unit_test(news_names_the_bad_field),
        cmocka_unit_test(notice_survives_its_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
