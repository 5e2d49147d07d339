/* SPDX-License-Identifier: Apache-2.0 */
/* The examples in proto/ are what we must understand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <stdio.h>

#include "common/arena.h"
#include "services/notification/news_json.h"

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

static void every_example_is_read_or_is_no_news(void **state)
{
    static const char *const silent[] = {"vn.hanoi.case.split.v1", "vn.hanoi.case.classified.v1",
                                         "vn.hanoi.case.recomputed.v1"};
    glob_t found;
    size_t told = 0, kept = 0;
    (void)state;
    assert_int_equal(glob("proto/examples/vn.hanoi.case.*/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct arena arena;
        struct news news;
        struct error err = {0};
        enum news_type type;
        char path[256];
        const char *name = found.gl_pathv[i] + strlen("proto/examples/");
        arena_init(&arena);
        snprintf(path, sizeof path, "%.*s", (int)(strlen(name) - strlen(".json")), name);
        struct event_in event = example(path, &arena);
        if (!news_type_of_case(event.type, &type)) {
            kept++;
            assert_true(strcmp(event.type, silent[0]) == 0 || strcmp(event.type, silent[1]) == 0 ||
                        strcmp(event.type, silent[2]) == 0);
        } else if (!news_read_case(&news, &event, type, &arena, &err)) {
            fail_msg("%s: %s %s", path, err.fields[0].field, err.fields[0].text);
        } else {
            told++;
            assert_non_null(news.reporter);
            assert_non_null(news.notice.ticket);
        }
        arena_finish(&arena);
    }
    globfree(&found);
    assert_true(told >= 2 * 25 && kept >= 6);
}

static struct news news_of(const char *path, struct arena *arena)
{
    struct news news;
    struct error err = {0};
    enum news_type type;
    struct event_in event = example(path, arena);
    assert_true(news_type_of_case(event.type, &type));
    if (!news_read_case(&news, &event, type, arena, &err)) {
        fail_msg("%s: %s %s", path, err.fields[0].field, err.fields[0].text);
    }
    return news;
}

#define CASE "vn.hanoi.case."

static void an_alert_tells_its_clock_its_step_and_when_it_was_due(void **state)
{
    static const struct {
        const char *path, *clock, *task_unit;
        int step;
    } rows[] = {
        {CASE "reminded.v1/minimal", "receive", NULL, 0},
        {CASE "reminded.v1/in_progress", "resolve", NULL, 0},
        {CASE "reminded.v1/maximal", "task", "EVNHANOI", 0},
        {CASE "escalated.v1/minimal", "receive", NULL, 1},
        {CASE "escalated.v1/maximal", "resolve", NULL, 2},
        {CASE "escalated.v1/dispatch", "dispatch", NULL, 1},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct news news = news_of(rows[i].path, &arena);
        assert_string_equal(news.notice.clock, rows[i].clock);
        assert_int_equal(news.escalation, rows[i].step);
        assert_true(news.notice.clock_due != 0);
        bool is_late = news.notice.at > news.notice.clock_due;
        assert_true(is_late == (rows[i].step > 0));
        if (rows[i].task_unit != NULL) {
            assert_string_equal(news.notice.task_unit, rows[i].task_unit);
        } else {
            assert_null(news.notice.task_unit);
        }
    }
    arena_finish(&arena);
}

/* Parts are handed out with the acceptance, or when somebody asks later; and not again. */
static void a_part_is_news_when_its_clock_begins(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_int_equal(news_of(CASE "opened.v1/maximal", &arena).task_count, 0);
    struct news accepted = news_of(CASE "accepted.v1/maximal", &arena);
    assert_int_equal(accepted.task_count, 2);
    assert_string_equal(accepted.task_units[0], "00070");
    assert_string_equal(accepted.task_units[1], "EVNHANOI");
    struct news added = news_of(CASE "task_changed.v1/minimal", &arena);
    assert_int_equal(added.task_count, 1);
    assert_string_equal(added.task_units[0], "00070");
    assert_int_equal(news_of(CASE "task_changed.v1/maximal", &arena).task_count, 0); /* finished */
    assert_int_equal(news_of(CASE "assigned.v1/maximal", &arena).task_count, 0);
    arena_finish(&arena);
}

/* A result after a reopening, with the same snapshot otherwise, comes without asking again. */
static void a_rating_is_asked_for_with_the_first_result(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_true(news_of(CASE "resolved.v1/minimal", &arena).notice.asks_rating);
    assert_true(news_of(CASE "resolved.v1/maximal", &arena).notice.asks_rating);
    assert_true(news_of(CASE "resolved.v1/follows", &arena).notice.asks_rating);
    struct event_in event = example(CASE "resolved.v1/minimal", &arena);
    char *from = strstr(event.data, "\"resolve\":{");
    from = strstr(from, "\"from\":\"2026-11-24T06:20");
    assert_non_null(from);
    from[strlen("\"from\":\"2026-11-24T0")] = '8'; /* it began anew */
    struct news news;
    struct error err = {0};
    assert_true(news_read_case(&news, &event, NEWS_RESOLVED, &arena, &err));
    assert_false(news.notice.asks_rating);
    assert_non_null(news.notice.result);
    arena_finish(&arena);
}

static void what_was_news_before_is_not_told_again(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    struct news resolved = news_of(CASE "resolved.v1/maximal", &arena);
    assert_null(resolved.notice.reason);   /* of the extension */
    assert_null(resolved.notice.question); /* asked and answered */
    struct news closed = news_of(CASE "closed.v1/maximal", &arena);
    assert_null(closed.notice.result);
    assert_null(closed.notice.rating);
    struct news rated = news_of(CASE "rated.v1/maximal", &arena);
    assert_string_equal(rated.notice.rating, "dissatisfied");
    assert_true(rated.notice.by_reporter);
    struct news proposed = news_of(CASE "proposed.v1/rejection", &arena);
    assert_string_equal(proposed.notice.reason_class, "out_of_scope_legal");
    assert_int_equal(proposed.notice.minutes, 0);
    assert_int_equal(news_of(CASE "proposed.v1/maximal", &arena).notice.minutes, 480);
    struct news failed = news_of(CASE "audited.v1/failed", &arena);
    assert_true(failed.notice.check_failed && failed.notice.reason != NULL);
    assert_false(news_of(CASE "audited.v1/minimal", &arena).notice.check_failed);
    struct news returned = news_of(CASE "returned.v1/maximal", &arena);
    assert_true(returned.notice.disputed);
    assert_int_equal(returned.notice.handover_count, 3);
    struct news appointment = news_of(CASE "advanced.v1/appointment", &arena);
    assert_true(appointment.notice.slot_at != 0);
    assert_string_equal(appointment.notice.kind, KIND_BOOKING);
    assert_int_equal(news_of(CASE "advanced.v1/minimal", &arena).notice.slot_at, 0);
    assert_true(news_of(CASE "opened.v1/split", &arena).notice.is_split);
    arena_finish(&arena);
}

/* From before there were processes: no clocks, no alert, no phase. */
static void an_old_event_is_read_too(void **state)
{
    static const char *const later[] = {"phase", "process", "clocks", "alert"};
    struct arena arena;
    struct news news;
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    struct event_in event = example(CASE "escalated.v1/minimal", &arena);
    json_t *data = json_loadb(event.data, event.data_size, 0, NULL);
    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        json_object_del(data, later[i]);
    }
    char *text = json_dumps(data, JSON_COMPACT);
    event.data = text;
    event.data_size = strlen(text);
    assert_true(news_read_case(&news, &event, NEWS_ESCALATED, &arena, &err));
    assert_int_equal(news.escalation, 1);
    assert_null(news.notice.clock);
    free(text);
    json_decref(data);
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
    assert_string_equal(news.notice.kind, "onsite_report");
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
        {"invalid/vn.hanoi.case.rejected.v1/reason_class_missing", "reason.class"},
        {"invalid/vn.hanoi.case.opened.v1/escalation_out_of_range", "escalation"},
        {"invalid/vn.hanoi.case.reminded.v1/alert_clock_unknown", "alert.clock"},
        {"invalid/vn.hanoi.case.info_requested.v1/question_missing", "question"},
        {"invalid/vn.hanoi.case.info_requested.v1/asked_unknown", "question.asked"},
        {"invalid/vn.hanoi.case.proposed.v1/pending_missing", "pending"},
        {"invalid/vn.hanoi.case.proposed.v1/minutes_negative", "pending.minutes"},
        {"invalid/vn.hanoi.case.returned.v1/reason_missing", "handovers[0].reason"},
        {"invalid/vn.hanoi.case.rated.v1/rating_missing", "rating"},
        {"invalid/vn.hanoi.case.audited.v1/audit_missing", "audit"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example_is_read_or_is_no_news),
        cmocka_unit_test(an_alert_tells_its_clock_its_step_and_when_it_was_due),
        cmocka_unit_test(a_part_is_news_when_its_clock_begins),
        cmocka_unit_test(a_rating_is_asked_for_with_the_first_result),
        cmocka_unit_test(what_was_news_before_is_not_told_again),
        cmocka_unit_test(an_old_event_is_read_too),
        cmocka_unit_test(news_reads_submissions),
        cmocka_unit_test(news_names_the_bad_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
