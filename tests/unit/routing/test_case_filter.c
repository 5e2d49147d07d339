/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/clock.h"
#include "services/routing/case_filter.h"
#include "services/routing/filter_json.h"

/* Two processes: a state "answered" is open in one and closed in the other. */
static const struct process report = {.rule = {"onsite_report", 1, "a"},
                                      .states = {{.code = "received", .phase = PHASE_RECEIVED},
                                                 {.code = "answered", .phase = PHASE_WORKING},
                                                 {.code = "closed", .phase = PHASE_CLOSED}},
                                      .state_count = 3};
static const struct process petition = {.rule = {"voter_petition", 1, "a"},
                                        .states = {{.code = "noted", .phase = PHASE_RECEIVED},
                                                   {.code = "answered", .phase = PHASE_RESOLVED}},
                                        .state_count = 2};
static const struct process *items[] = {&report, &petition};
static const struct process_book book = {.items = items, .count = 2};

enum { NOW_US = 1000000000 };

static struct arena arena;
static struct case_filter filter;
static struct error err;

static int start(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

/* parameters: name, text, name, text …, NULL */
static const char *look_up(const char *name, void *arg)
{
    for (const char **at = arg; *at != NULL; at += 2) {
        if (strcmp(*at, name) == 0) {
            return at[1];
        }
    }
    return NULL;
}

static bool reads(const char **parameters)
{
    error_clear(&err);
    return case_filter_read(&filter, look_up, parameters, &book, "binh", NOW_US, &arena, &err);
}

#define READS(...)   assert_true(reads((const char *[]){__VA_ARGS__, NULL}))
#define REFUSES(...) assert_false(reads((const char *[]){__VA_ARGS__, NULL}))

static void nothing_asks_for_all_open_cases(void **state)
{
    (void)state;
    assert_true(reads((const char *[]){NULL}));
    assert_false(filter.is_closed);
    assert_null(filter.assignee);
    assert_null(filter.words);
    assert_int_equal(filter.due_after, 0);
    assert_int_equal(filter.due_before, CLOCK_LAST_US);
}

static void state_phase_and_audit_tell_open_from_closed(void **state)
{
    (void)state;
    READS("state", "received");
    assert_false(filter.is_closed);
    READS("state", "closed");
    assert_true(filter.is_closed);
    READS("state", "answered", "process", "voter_petition");
    assert_true(filter.is_closed);
    READS("state", "answered", "process", "onsite_report");
    assert_false(filter.is_closed);
    READS("phase", "rejected");
    assert_true(filter.is_closed);
    READS("phase", "paused");
    assert_false(filter.is_closed);
    READS("audit", "pending");
    assert_true(filter.is_closed);
    READS("audit", "pending", "closed", "false");
    assert_false(filter.is_closed);
    READS("closed", "true");
    assert_true(filter.is_closed);
    REFUSES("state", "received", "closed", "true");
    REFUSES("phase", "closed", "closed", "false");
    REFUSES("merged_into", "01960000-0000-7000-8000-000000000001", "closed", "false");
    REFUSES("merged_into", "01960000-0000-7000-8000-000000000001", "state", "received");
    READS("merged_into", "01960000-0000-7000-8000-000000000001", "state", "closed");
    assert_true(filter.is_closed);
    READS("audit", "pending", "state", "received");
    assert_false(filter.is_closed);
    REFUSES("state", "noted", "process", "onsite_report");
}

static void overdue_is_due_before_now(void **state)
{
    (void)state;
    READS("overdue", "true");
    assert_int_equal(filter.due_before, NOW_US);
    READS("overdue", "true", "due_before", "1970-01-01T00:10:00Z");
    assert_int_equal(filter.due_before, 600000000);
    READS("overdue", "true", "due_before", "2030-01-01T00:00:00Z");
    assert_int_equal(filter.due_before, NOW_US);
    READS("overdue", "false");
    assert_int_equal(filter.due_before, CLOCK_LAST_US);
    REFUSES("overdue", "true", "closed", "true");
    assert_string_equal(err.fields[0].field, "overdue");
    READS("overdue", "false", "closed", "true");
}

static void due_dates_are_a_window(void **state)
{
    (void)state;
    READS("due_after", "1970-01-01T00:10:00Z", "due_before", "1970-01-01T00:10:00Z");
    assert_int_equal(filter.due_after, 600000000);
    assert_int_equal(filter.due_before, 600000000);
    READS("due_before", "1970-01-01T00:00:00Z");
    assert_int_equal(filter.due_before, 0);
    REFUSES("due_after", "1970-01-01T00:10:01Z", "due_before", "1970-01-01T00:10:00Z");
    assert_string_equal(err.fields[0].field, "due_before");
}

static void assignees_are_accounts_me_or_none(void **state)
{
    (void)state;
    READS("assignee", "cuong");
    assert_string_equal(filter.assignee, "cuong");
    READS("assignee", "me");
    assert_string_equal(filter.assignee, "binh");
    READS("assignee", "none");
    assert_null(filter.assignee);
    assert_true(filter.unassigned);
    REFUSES("assignee", "");
    REFUSES("assignee", "a b");
    REFUSES("assignee", "Bình");
    REFUSES("assignee", "binh@hanoi.example");
    char text[130];
    memset(text, 'a', sizeof text);
    text[128] = '\0';
    READS("assignee", text);
    text[128] = 'a';
    text[129] = '\0';
    REFUSES("assignee", text);
}

static void each_fault_is_named(void **state)
{
    (void)state;
    REFUSES("phase", "x", "queue", "x", "level", "x", "text", "--", "task", "x", "unit", "a b");
    assert_int_equal(err.kind, ERR_INPUT);
    assert_int_equal(err.field_count, 6);
}

static void every_name_fits_into_a_saved_filter(void **state)
{
    size_t count = 0;
    (void)state;
    while (case_filter_names[count] != NULL) {
        count++;
    }
    assert_in_range(count, 1, FILTER_PARAMETERS_MAX);
}

/* ---- ways ---- */

static struct word_share shares[] = {{"duong", 0.5}, {"ga", 0.01}, {"lang", 0.2}, {"o", 0.02}};
static const struct word_counts counts = {.shares = shares, .count = 4, .cases = 1000000};

static enum case_path way(bool whole_city, size_t desk_count)
{
    filter.whole_city = whole_city;
    filter.desk_count = desk_count;
    return case_filter_path(&filter, &counts);
}

static void scope_and_flags_choose_the_way(void **state)
{
    (void)state;
    READS("level", "urgent");
    assert_int_equal(way(false, 1), PATH_DESK);
    assert_int_equal(way(false, 3), PATH_DESKS);
    assert_int_equal(way(true, 150), PATH_CITY);
    READS("assignee", "me");
    assert_int_equal(way(true, 150), PATH_ASSIGNEE);
    assert_int_equal(way(false, 1), PATH_DESK);
    READS("assignee", "me", "closed", "true");
    assert_int_equal(way(true, 150), PATH_CITY);
    READS("near_border", "true");
    assert_int_equal(way(true, 150), PATH_FLAGGED);
    READS("proposed", "true");
    assert_int_equal(way(true, 150), PATH_FLAGGED);
    READS("audit", "pending");
    assert_int_equal(way(true, 150), PATH_AUDIT);
    READS("task", "true", "text", "x");
    assert_int_equal(way(true, 150), PATH_TASKS);
    assert_int_equal(way(false, 1), PATH_TASKS);
    READS("merged_into", "01960000-0000-7000-8000-000000000001");
    assert_int_equal(way(true, 150), PATH_MERGED);
}

static void rare_words_are_looked_up_and_common_ones_walked_to(void **state)
{
    static const struct {
        const char *text;
        enum case_path path;
    } rows[] = {
        {"duong", PATH_CITY},                             /* half of all */
        {"lang", PATH_CITY},        {"hiem", PATH_WORDS}, /* not among the common ones */
        {"duong hiem", PATH_WORDS}, {"ga", PATH_CITY},    /* ten thousand of a million */
        {"o ga", PATH_WORDS},                             /* two hundred are expected */
        {"duong lang", PATH_CITY},  {"hn-2026-0000123-k duong", PATH_TICKET},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        READS("text", rows[i].text);
        assert_int_equal(way(true, 150), rows[i].path);
    }
}

static void without_statistics_words_are_looked_up(void **state)
{
    static const struct word_counts none;
    (void)state;
    READS("text", "duong");
    filter.whole_city = true;
    assert_int_equal(case_filter_path(&filter, &none), PATH_WORDS);
    assert_int_equal(case_filter_walk(&filter), PATH_CITY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asks_for_all_open_cases),
        cmocka_unit_test(state_phase_and_audit_tell_open_from_closed),
        cmocka_unit_test(overdue_is_due_before_now),
        cmocka_unit_test(due_dates_are_a_window),
        cmocka_unit_test(assignees_are_accounts_me_or_none),
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(every_name_fits_into_a_saved_filter),
        cmocka_unit_test(scope_and_flags_choose_the_way),
        cmocka_unit_test(rare_words_are_looked_up_and_common_ones_walked_to),
        cmocka_unit_test(without_statistics_words_are_looked_up),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
