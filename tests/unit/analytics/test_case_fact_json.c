/* SPDX-License-Identifier: Apache-2.0 */
#include <glob.h>
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
    "{\"case_id\":\"01a20bee-d4b3-7c38-8010-0f98910ae571\",\"version\":5,\"kind\":"
    "\"onsite_report\",\"category\":\"giao-thong\",\"level\":\"urgent\",\"near_border\":false,"
    "\"opened_at\":\"2026-11-24T06:00:00.000Z\",\"clocks\":{\"resolve\":{\"spent_us\":60}},"
    "\"phase\":\"resolved\",\"state\":\"resolved\","
    "\"at\":\"2026-11-24T09:48:30.015Z\",\"queue\":\"unit\","
    "\"unit\":\"SXD\",\"receive_due\":\"2026-11-25T06:30:00.000Z\",\"accepted_at\":"
    "\"2026-11-24T06:20:05.480Z\",\"resolve_due\":\"2026-11-25T03:20:05.480Z\",\"resolved_at\":"
    "\"2026-11-24T09:48:30.015Z\",\"rules\":{\"receive\":{\"code\":\"receive\",\"version\":1},"
    "\"resolve\":{\"code\":\"resolve-urgent\",\"version\":12}},\"result\":{\"text\":\"Xong\","
    "\"evidence\":[]}}";

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
    assert_int_equal(fact.spent_us, 60);
    assert_string_equal(fact.level, "urgent");
    assert_null(fact.filed_category);
    assert_int_equal(fact.evidence, 0);
    assert_int_equal(fact.handovers, 0);
    assert_null(fact.givers);
    assert_false(fact.appointment);
    assert_string_equal(fact.receive_rule, "receive@1");
    assert_string_equal(fact.resolve_rule, "resolve-urgent@12");
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
        {"\"phase\":\"resolved\"", "\"phase\":\"done\"", "phase"},
        {"\"phase\":\"resolved\",\"state\":\"resolved\"", "\"state\":\"answered\"", "state"},
        {"\"kind\"", "\"sort\"", "kind"},
        {"urgent", "soon", "level"},
        {"\"near_border\":false,", "", "near_border"},
        {"\"opened_at\"", "\"begun_at\"", "opened_at"},
        {"\"spent_us\":60", "\"spent_us\":-1", "clocks.resolve.spent_us"},
        {"\"queue\"", "\"rating\":\"good\",\"queue\"", "rating"},
        {"\"queue\"", "\"reason\":{\"class\":\"bored\"},\"queue\"", "reason.class"},
        {"\"queue\"", "\"area\":\"x\",\"queue\"", "area"},
        {"\"at\":\"2026", "\"at\":\"x2026", "at"},
        {"\"queue\":\"unit\"", "\"queue\":\"desk\"", "queue"},
        {"\"unit\":\"SXD\",", "", "unit"},
        {"\"unit\":\"SXD\",", "\"handovers\":[{\"from\":\"00070\"}],", "unit"},
        {"SXD", "-SXD", "unit"},
        {"SXD", "sxd", "unit"},
        {"SXD", "S", "unit"},
        {"\"2026-11-25T06:30:00.000Z\"", "5", "receive_due"},
        {"\"rules\"", "\"laws\"", "rules"},
        {"\"receive\":{", "\"receiving\":{", "rules.receive"},
        {"resolve-urgent", "resolve|urgent", "rules.resolve.code"},
        {"\"version\":12", "\"version\":0", "rules.resolve.version"},
        {"\"evidence\":[]", "\"evidence\":[1]", "result.evidence[0]"},
        {"\"2026-11-25T03:20:05.480Z\"", "null", "resolve_due"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[sizeof example + 64];
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
        "{\"case_id\":\"01a20bee-d4b3-7c38-8010-0f98910ae571\",\"version\":1,\"kind\":"
        "\"onsite_report\",\"category\":\"x\","
        "\"level\":\"normal\",\"near_border\":true,\"opened_at\":\"2026-11-24T09:48:30.015Z\","
        "\"state\":\"received\",\"at\":\"2026-11-24T09:48:30.015Z\",\"queue\":\"unroutable\","
        "\"rules\":{\"receive\":{\"code\":\"receive\",\"version\":1}},"
        "\"receive_due\":\"2026-11-25T06:30:00.000Z\"}";
    struct case_fact fact;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_true(case_fact_read(&fact, json, strlen(json), &arena, NULL));
    assert_null(fact.unit);
    assert_string_equal(fact.filed_category, "x"); /* its first version */
    assert_true(fact.near_border && fact.spent_us == -1 && fact.reason == CASE_NO_REASON);
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
    glob_t found;
    (void)state;
    assert_int_equal(glob("proto/examples/vn.hanoi.case.*/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        read_example(found.gl_pathv[i]);
    }
    assert_true(found.gl_pathc >= 2 * 28);
    globfree(&found);
}

static struct case_fact fact_of(const char *name, struct arena *arena)
{
    static const struct kafka_header structured = {"content-type", "application/cloudevents+json",
                                                   28};
    struct event_in event;
    struct case_fact fact;
    char path[256];
    size_t size;
    snprintf(path, sizeof path, "proto/examples/vn.hanoi.case.%s.json", name);
    char *text = file_text(path, &size);
    assert_true(event_parse(&event, &structured, 1, text, size, arena, NULL));
    assert_true(case_fact_read(&fact, event.data, event.data_size, arena, NULL));
    free(text);
    return fact;
}

static void cases_count_by_their_phase(void **state)
{
    static const struct {
        const char *name;
        enum case_state counts_as;
    } rows[] = {
        {"opened.v1/minimal", CASE_RECEIVED},
        {"accepted.v1/minimal", CASE_ACCEPTED},
        {"assigned.v1/minimal", CASE_ASSIGNED},
        {"started.v1/minimal", CASE_IN_PROGRESS},
        {"info_requested.v1/minimal", CASE_IN_PROGRESS}, /* paused */
        {"advanced.v1/minimal", CASE_IN_PROGRESS},       /* a state that only its process knows */
        {"resolved.v1/minimal", CASE_RESOLVED},
        {"closed.v1/minimal", CASE_RESOLVED},
        {"rejected.v1/minimal", CASE_REJECTED},
        {"withdrawn.v1/minimal", CASE_WITHDRAWN},
        {"merged.v1/minimal", CASE_MERGED},
        {"reopened.v1/minimal", CASE_ACCEPTED},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_fact fact = fact_of(rows[i].name, &arena);
        if (fact.state != rows[i].counts_as) {
            fail_msg("%s counts as %s", rows[i].name, case_state_words[fact.state]);
        }
    }
    arena_finish(&arena);
}

static void a_trail_counts_who_gave_it_back_and_who_had_it_next(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    struct case_fact once = fact_of("returned.v1/minimal", &arena);
    assert_int_equal(once.handovers, 1);
    assert_string_equal(once.givers, "SXD");
    assert_string_equal(once.takers, "00070");
    struct case_fact disputed = fact_of("returned.v1/maximal", &arena);
    assert_int_equal(disputed.handovers, 3);
    assert_string_equal(disputed.givers, "SXD 00070 00082");
    assert_string_equal(disputed.takers, "00070 00082"); /* nobody has it yet */
    struct case_fact decided = fact_of("routed.v1/maximal", &arena);
    assert_string_equal(decided.givers, "SXD 00070 00082");
    assert_string_equal(decided.takers, "00070 00082 SXD");
    arena_finish(&arena);
}

static void what_results_and_reopenings_tell_is_read(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_int_equal(fact_of("resolved.v1/maximal", &arena).evidence, 2);
    struct case_fact reopened = fact_of("reopened.v1/minimal", &arena);
    assert_int_equal(reopened.reopenings, 1);
    assert_int_equal(reopened.evidence, 0);
    assert_int_equal(reopened.resolved_at, 0);
    assert_true(fact_of("opened.v1/booking", &arena).appointment);
    struct case_fact paused = fact_of("info_requested.v1/minimal", &arena);
    assert_true(paused.accepted_at > 0 && paused.resolve_due == 0);
    assert_int_equal(fact_of("merged.v1/minimal", &arena).receive_due, 0);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshot_is_read),
        cmocka_unit_test(bad_field_is_named),
        cmocka_unit_test(unit_may_be_missing_in_the_unroutable_queue),
        cmocka_unit_test(every_example_of_a_case_is_read),
        cmocka_unit_test(cases_count_by_their_phase),
        cmocka_unit_test(a_trail_counts_who_gave_it_back_and_who_had_it_next),
        cmocka_unit_test(what_results_and_reopenings_tell_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
