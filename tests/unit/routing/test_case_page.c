/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/routing/answer_template.h"
#include "services/routing/case_page.h"
#include "services/routing/city_time.h"

/* A process with one state, a ward, and a calendar of one week. */
static const struct process process = {.rule = {"onsite_report", 1, "a"},
                                       .name_vi = "Phản ánh hiện trường",
                                       .states = {{.code = "received",
                                                   .name_vi = "Chờ tiếp nhận",
                                                   .name_en = "Received",
                                                   .phase = PHASE_RECEIVED}},
                                       .state_count = 1};
static struct unit ward = {.code = "00070", .name_vi = "Phường Hoàn Kiếm", .name_en = "Hoan Kiem"};
static struct reference reference = {.units = {&ward, 1}};
static struct case_snapshot versions[2];
static struct submission report;

/* 2026-11-24 09:05 in Hanoi */
#define MOMENT INT64_C(1795485900000000)

static int start(void **state)
{
    struct calendar_rules rules = {.utc_offset_min = 7 * 60,
                                   .periods = {{8 * 60, 17 * 60}},
                                   .period_count = 1,
                                   .weekdays = 0x1F,
                                   .first_day = 20000,
                                   .last_day = 21000};
    struct error err = {0};
    (void)state;
    reference.cases.calendar = calendar_new(&rules, &err);
    assert_non_null(reference.cases.calendar);
    report = (struct submission){.description = "<i>Rác</i>", .submitted_at = MOMENT};
    versions[0] = (struct case_snapshot){.version = 1,
                                         .ticket = "HN-2026-0000123-K",
                                         .process = &process,
                                         .category = "khac",
                                         .action = CASE_OPEN,
                                         .at_us = MOMENT,
                                         .opened_at = MOMENT,
                                         .unit = "00070",
                                         .proposal = {.action = -1}};
    versions[1] = versions[0];
    versions[1].version = 2;
    versions[1].action = CASE_ESCALATE;
    versions[1].note = "\"Gấp\"";
    return 0;
}

static int stop(void **state)
{
    (void)state;
    calendar_free((struct calendar *)(uintptr_t)reference.cases.calendar);
    return 0;
}

static void every_event_has_a_name(void **state)
{
    size_t events = 0, names = 0;
    (void)state;
    while (process_event_words[events] != NULL) {
        events++;
    }
    while (case_page_events[names] != NULL) {
        names++;
    }
    assert_int_equal(names, events);
}

static void times_are_those_of_the_city(void **state)
{
    char text[CITY_TIME_SIZE];
    (void)state;
    assert_string_equal(city_time_format(reference.cases.calendar, MOMENT, text),
                        "09:05 24/11/2026");
}

static void a_case_becomes_a_page(void **state)
{
    static const char *const parts[] = {"<style nonce=\"abc\">",
                                        "&lt;i&gt;Rác&lt;/i&gt;",
                                        "09:05 24/11/2026",
                                        "<td>Phường Hoàn Kiếm</td>",
                                        "Mở vụ việc",
                                        "Báo cáo quá hạn",
                                        "&quot;Gấp&quot;",
                                        "Không có",
                                        "Chờ tiếp nhận",
                                        "<td>Phản ánh hiện trường</td>"};
    struct case_page page = {.versions = versions,
                             .version_count = 2,
                             .report = &report,
                             .reference = &reference,
                             .printed_by = "binh",
                             .printed_at = MOMENT,
                             .nonce = "abc"};
    struct buffer out;
    (void)state;
    buffer_init(&out);
    case_page_write(&out, &page);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_non_null(strstr(out.data, parts[i]));
    }
    assert_null(strstr(out.data, "<i>"));
    assert_null(strstr(out.data, "Chuyển giao"));
    buffer_finish(&out);
}

static void what_a_message_brought_is_linked_to(void **state)
{
    static const char *const media[] = {"https://a.example/<1>.jpg",
                                        "media:0c6d1f2e-8b3a-8d47-9e15-2a7b4c9d0e3f"};
    static const char *const parts[] = {
        "href=\"https://a.example/&lt;1&gt;.jpg\"",
        "<a href=\"/api/intake/media/0c6d1f2e-8b3a-8d47-9e15-2a7b4c9d0e3f/links\">"};
    struct case_snapshot said = versions[0];
    struct case_page page = {.versions = &said,
                             .version_count = 1,
                             .report = &report,
                             .reference = &reference,
                             .printed_by = "binh",
                             .printed_at = MOMENT,
                             .nonce = "abc"};
    struct buffer out;
    (void)state;
    said.message_media = media;
    said.message_media_count = 2;
    buffer_init(&out);
    case_page_write(&out, &page);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_non_null(strstr(out.data, parts[i]));
    }
    buffer_finish(&out);
}

/* ---- templates, which tell the same things ---- */

static void templates_name_only_places_that_there_are(void **state)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {"Xin chào", true},
        {"{{ticket}} {{unit}} {{due}} {{opened}}", true},
        {"{{#result}}{{result}}{{/result}}{{^result}}–{{/result}}", true},
        {"{{tickets}}", false},
        {"{{ticket", false},
        {"{{#due}}", false},
        {"{{#due}}{{lost}}{{/due}}", false},
        {"{{^due}}{{lost}}{{/due}}", false},
        {"{{/due}}", false},
        {"{{.}}", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        assert_int_equal(answer_template_check("text.vi", rows[i].text, &err), rows[i].good);
        assert_int_equal(err.field_count, !rows[i].good);
    }
}

static void templates_are_filled_in_for_a_case(void **state)
{
    static const struct {
        const char *text, *language, *filled;
    } rows[] = {
        {"{{ticket}}: {{state}} tại {{unit}}, {{opened}}", "vi",
         "HN-2026-0000123-K: Chờ tiếp nhận tại Phường Hoàn Kiếm, 09:05 24/11/2026"},
        {"{{state}}, {{unit}}, {{level}}", "en", "Received, Hoan Kiem, urgent"},
        {"{{#result}}x{{/result}}", "vi", ""},
        {"{{category}} {{area}}.", "vi", "khac ."},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(
            answer_template_fill(rows[i].text, rows[i].language, &versions[0], &reference, &arena),
            rows[i].filled);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_has_a_name),
        cmocka_unit_test(times_are_those_of_the_city),
        cmocka_unit_test(a_case_becomes_a_page),
        cmocka_unit_test(what_a_message_brought_is_linked_to),
        cmocka_unit_test(templates_name_only_places_that_there_are),
        cmocka_unit_test(templates_are_filled_in_for_a_case),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
