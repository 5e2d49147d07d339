/* SPDX-License-Identifier: Apache-2.0 */
/* counter: a small city in which cases are opened: three units, two categories, the processes as
 * they are shipped. A program calls counter_open before its tests and counter_close after them. */
#ifndef TESTS_ROUTING_COUNTER_H
#define TESTS_ROUTING_COUNTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/date.h"
#include "services/routing/opening.h"

static struct calendar *counter_calendar;
static struct process_book counter_book;
static struct reference counter_city;
static struct arena counter_arena;

static const struct deadline_rule counter_deadlines[] = {
    {{"receive", 1, "QĐ 1207/QĐ-UBND"}, DEADLINE_RECEIVE, "*", -1, CLOCK_WORKING, 480, 0, 0},
    {{"resolve", 1, "assumption"}, DEADLINE_RESOLVE, "*", -1, CLOCK_WORKING, 7200, 0, 0},
    {{"dispatch", 1, "assumption"}, DEADLINE_DISPATCH, "*", -1, CLOCK_WORKING, 120, 0, 0},
    {{"task", 1, "assumption"}, DEADLINE_TASK, "*", -1, CLOCK_WORKING, 2400, 0, 0},
    {{"answer", 1, "assumption"}, DEADLINE_ANSWER, "*", -1, CLOCK_WORKING, 2400, 0, 0},
    {{"review", 1, "assumption"}, DEADLINE_REVIEW, "*", -1, CLOCK_ALWAYS, 4320, 0, 0},
    {{"appointment", 1, "assumption"}, DEADLINE_APPOINTMENT, "*", -1, CLOCK_ALWAYS, 1440, 0, 0},
};

static struct unit counter_units[] = {{.code = "00070"}, {.code = "SXD"}, {.code = "VPUB"}};

static struct category counter_categories[] = {{.code = "ha-tang", .level = "normal"},
                                               {.code = "khac", .level = "complex"}};

static struct route_rule counter_routes[] = {
    {.rule = {"route-ha-tang", 1, "assumption"},
     .wanted = {ROUTE_ANY, ROUTE_ANY, "ha-tang", ROUTE_ANY},
     .lead = "00070",
     .cooperating = {"SXD"},
     .cooperating_count = 1}};

static struct focal_point counter_people[] = {{.unit = "SXD", .field = "*", .account = "xuan"}};

/* A Tuesday, 24 November 2026, in Hanoi; days: from then on. */
static inline int64_t counter_at(int days, int hour, int minute)
{
    return (date_day(2026, 11, 24) + days) * CALENDAR_DAY_US +
           (hour * 60 + minute - 420) * CALENDAR_MINUTE_US;
}

static inline void counter_load(const char *code)
{
    char path[128];
    struct error err = {0};
    snprintf(path, sizeof path, "services/routing/reference/processes/%s.json", code);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *body = arena_alloc(&counter_arena, 64 * 1024);
    assert_true(fread(body, 1, 64 * 1024 - 1, file) > 0);
    fclose(file);
    struct process_row row = {.code = code, .version = 1, .valid_from = 1, .body = body};
    if (!process_book_add(&counter_book, &row, &err)) {
        fail_msg("%s: %s", code, err.text);
    }
}

static inline int counter_open(void **state)
{
    struct calendar_rules office = {.utc_offset_min = 420,
                                    .periods = {{480, 720}, {780, 1020}},
                                    .period_count = 2,
                                    .weekdays = 0x1f,
                                    .first_day = date_day(2026, 1, 1),
                                    .last_day = date_day(2028, 12, 31)};
    (void)state;
    arena_init(&counter_arena);
    process_book_init(&counter_book);
    counter_load("onsite_report");
    counter_load("voter_petition");
    counter_load("reception_booking");
    counter_load("hotline_ticket");
    counter_calendar = calendar_new(&office, NULL);
    counter_city = (struct reference){
        .units = {counter_units, sizeof counter_units / sizeof counter_units[0]},
        .categories = counter_categories,
        .category_count = sizeof counter_categories / sizeof counter_categories[0],
        .routes = {counter_routes, 1},
        .focal_points = {counter_people, 1},
        .cases = {.calendar = counter_calendar,
                  .deadlines = {counter_deadlines,
                                sizeof counter_deadlines / sizeof counter_deadlines[0]},
                  .remind_percent = 75},
        .processes = &counter_book,
    };
    return 0;
}

static inline int counter_close(void **state)
{
    (void)state;
    calendar_free(counter_calendar);
    process_book_finish(&counter_book);
    arena_finish(&counter_arena);
    return 0;
}

/* The code of a fault in a field; NULL: there is none. */
static inline const char *counter_fault(const struct error *err, const char *field)
{
    for (size_t i = 0; i < err->field_count; i++) {
        if (strcmp(err->fields[i].field, field) == 0) {
            return err->fields[i].code;
        }
    }
    return NULL;
}

#endif
