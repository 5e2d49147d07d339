/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/case_counter.h"

enum { PENDING, MISSED, MET, NONE };

/* Instants: to be received by 100; to be resolved by 200. Events are of `now`, or of when it ended.
 */
static const struct row {
    const char *what;
    enum case_state state;
    int64_t accepted_at, resolve_due, resolved_at, rejected_at, now;
    int received, resolved;
    bool overdue;
    int64_t turn_at;
} rows[] = {
    {"waits", CASE_RECEIVED, 0, 0, 0, 0, 50, PENDING, NONE, false, 100},
    {"due just now", CASE_RECEIVED, 0, 0, 0, 0, 100, PENDING, NONE, false, 100},
    {"past due", CASE_RECEIVED, 0, 0, 0, 0, 101, MISSED, NONE, true, 0},
    {"accepted in time", CASE_ACCEPTED, 100, 200, 0, 0, 150, MET, PENDING, false, 200},
    {"accepted late", CASE_ACCEPTED, 101, 200, 0, 0, 150, MISSED, PENDING, false, 200},
    {"assigned", CASE_ASSIGNED, 90, 200, 0, 0, 200, MET, PENDING, false, 200},
    {"overdue in progress", CASE_IN_PROGRESS, 90, 200, 0, 0, 201, MET, MISSED, true, 0},
    {"resolved in time", CASE_RESOLVED, 90, 200, 200, 0, 999, MET, MET, false, 0},
    {"resolved late", CASE_RESOLVED, 90, 200, 201, 0, 999, MET, MISSED, false, 0},
    {"received late, resolved in time", CASE_RESOLVED, 101, 200, 199, 0, 999, MISSED, MET, false,
     0},
    {"rejected at once", CASE_REJECTED, 0, 0, 0, 100, 999, MET, NONE, false, 0},
    {"rejected at once, late", CASE_REJECTED, 0, 0, 0, 101, 999, MISSED, NONE, false, 0},
    {"rejected after acceptance", CASE_REJECTED, 90, 200, 0, 150, 999, MET, NONE, false, 0},
    {"paused: nobody can say when it is due", CASE_IN_PROGRESS, 90, 0, 0, 0, 999, MET, PENDING,
     false, 0},
    {"paused when it was late already", CASE_IN_PROGRESS, 90, 200, 0, 0, 250, MET, MISSED, true, 0},
    {"returned after acceptance: its time runs on", CASE_RECEIVED, 90, 200, 0, 0, 150, MET, PENDING,
     false, 200},
    {"returned after acceptance, late", CASE_RECEIVED, 90, 200, 0, 0, 201, MET, MISSED, true, 0},
    {"withdrawn in time", CASE_WITHDRAWN, 0, 0, 0, 0, 80, NONE, NONE, false, 0},
    {"withdrawn when nobody had taken it up", CASE_WITHDRAWN, 0, 0, 0, 0, 120, MISSED, NONE, false,
     0},
    {"withdrawn after acceptance", CASE_WITHDRAWN, 90, 200, 0, 0, 300, MET, NONE, false, 0},
    {"merged after acceptance", CASE_MERGED, 90, 0, 0, 0, 300, MET, NONE, false, 0},
    {"merged when it was late", CASE_MERGED, 0, 0, 0, 0, 120, MISSED, NONE, false, 0},
    {"resolved with another case", CASE_RESOLVED, 90, 0, 150, 0, 150, MET, NONE, false, 0},
    {"ended without a result", CASE_RESOLVED, 90, 200, 0, 0, 300, MET, NONE, false, 0},
    {"accepted, nobody says when", CASE_ACCEPTED, 0, 200, 0, 0, 90, NONE, PENDING, false, 200},
};

static struct case_fact fact_of(const struct row *row)
{
    bool ended = row->state >= CASE_RESOLVED;
    return (struct case_fact){.state = row->state,
                              .category = "x",
                              .at = ended ? row->now : 0,
                              .receive_due = 100,
                              .accepted_at = row->accepted_at,
                              .resolve_due = row->resolve_due,
                              .resolved_at = row->resolved_at,
                              .rejected_at = row->rejected_at};
}

/* Which of the three counters from `first` on it is one of. */
static int standing(uint64_t marks, int first)
{
    int found = NONE;
    for (int i = PENDING; i <= MET; i++) {
        if ((marks >> (first + i) & 1) != 0) {
            assert_int_equal(found, NONE);
            found = i;
        }
    }
    return found;
}

static bool has(uint64_t marks, int counter)
{
    return (marks >> counter & 1) != 0;
}

static void cases_count_as_their_definitions_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct case_fact fact = fact_of(row);
        struct contribution counts;
        int64_t turn_at;
        case_count(&counts, &turn_at, &fact, row->now);
        int received = standing(counts.marks, CASE_RECEIVE_PENDING);
        int resolved = standing(counts.marks, CASE_RESOLVE_PENDING);
        bool overdue = has(counts.marks, CASE_OVERDUE);
        if (received != row->received || resolved != row->resolved || overdue != row->overdue ||
            turn_at != row->turn_at) {
            fail_msg("%s: received %d, resolved %d, overdue %d, turn at %d", row->what, received,
                     resolved, overdue, (int)turn_at);
        }
    }
}

/* Time alone changes a count only past turn_at: looking there misses nothing. Appointments too. */
static void counts_stand_until_they_turn(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        struct case_fact fact = fact_of(&rows[i / 2]);
        struct contribution count, next;
        int64_t turn_at, next_at;
        fact.appointment = i % 2 == 1;
        case_count(&count, &turn_at, &fact, 0);
        for (int64_t now = 1; now < 300; now++) {
            case_count(&next, &next_at, &fact, now);
            assert_true((count.marks == next.marks) == (turn_at == 0 || now <= turn_at));
            count = next;
            turn_at = next_at;
        }
    }
}

static void shares_count_what_they_look_for(void **state)
{
    static const struct {
        const char *what;
        struct case_fact fact;
        int counters[8]; /* ended by 0: no case is one of the first state here */
    } shares[] = {
        {"new", {.state = CASE_ACCEPTED}, {CASE_ALL}},
        {"handed over once", {.state = CASE_ACCEPTED, .handovers = 1}, {CASE_ALL}},
        {"twice", {.state = CASE_ACCEPTED, .handovers = 2}, {CASE_ALL, CASE_OFTEN}},
        {"under way",
         {.state = CASE_ASSIGNED, .accepted_at = 5},
         {CASE_ALL, CASE_UNDER_WAY, CASE_RESOLVE_PENDING}},
        {"resolved, shown",
         {.state = CASE_RESOLVED, .resolved_at = 9, .evidence = 2},
         {CASE_ALL, CASE_DONE, CASE_HAD_RESULT, CASE_RESULT, CASE_EVIDENCE}},
        {"resolved, told",
         {.state = CASE_RESOLVED, .resolved_at = 9},
         {CASE_ALL, CASE_DONE, CASE_HAD_RESULT, CASE_RESULT}},
        {"reopened",
         {.state = CASE_ACCEPTED, .reopenings = 1},
         {CASE_ALL, CASE_HAD_RESULT, CASE_REOPENED}},
        {"ended without a result", {.state = CASE_RESOLVED}, {CASE_ALL, CASE_DONE}},
        {"rejected as unclear",
         {.state = CASE_REJECTED, .reason = 1},
         {CASE_ALL, CASE_REFUSED_FIRST + 1}},
        {"rejected, nobody says why",
         {.state = CASE_REJECTED, .reason = CASE_NO_REASON},
         {CASE_ALL, CASE_REFUSED_FIRST + CASE_NO_REASON}},
        {"in work, its extension has a reason", {.state = CASE_ACCEPTED, .reason = 5}, {CASE_ALL}},
        {"asked to rate a result that failed the check",
         {.state = CASE_ACCEPTED, .rating_asked = true},
         {CASE_ALL, CASE_HAD_RESULT, CASE_ASKED}},
        {"rated",
         {.state = CASE_ACCEPTED, .rating = RATING_ACCEPTABLE},
         {CASE_ALL, CASE_ASKED, CASE_ACCEPTABLE}},
        {"placed", {.state = CASE_ACCEPTED, .area = "00070"}, {CASE_ALL, CASE_PLACED}},
        {"near a border",
         {.state = CASE_ACCEPTED, .area = "00070", .near_border = true},
         {CASE_ALL}},
        {"filed under the same",
         {.state = CASE_ACCEPTED, .filed_category = "x"},
         {CASE_ALL, CASE_FILED}},
        {"filed under another",
         {.state = CASE_ACCEPTED, .filed_category = "y"},
         {CASE_ALL, CASE_FILED, CASE_RECLASSIFIED}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        struct case_fact fact = shares[i].fact;
        struct contribution counts;
        int64_t turn_at;
        uint64_t expected = UINT64_C(1) << fact.state;
        fact.category = "x";
        for (const int *counter = shares[i].counters; *counter != 0; counter++) {
            expected |= UINT64_C(1) << *counter;
        }
        case_count(&counts, &turn_at, &fact, 50);
        if (counts.marks != expected) {
            fail_msg("%s: %llx, not %llx", shares[i].what, (unsigned long long)counts.marks,
                     (unsigned long long)expected);
        }
    }
}

static void only_what_is_resolved_has_a_time(void **state)
{
    struct case_fact fact = {
        .state = CASE_RESOLVED, .category = "x", .spent_us = 7200 * INT64_C(1000000)};
    struct contribution counts;
    int64_t turn_at;
    (void)state;
    case_count(&counts, &turn_at, &fact, 1);
    assert_int_equal(counts.bucket, sketch_bucket(fact.spent_us));
    fact.spent_us = -1;
    case_count(&counts, &turn_at, &fact, 1);
    assert_int_equal(counts.bucket, SKETCH_NONE);
    fact.spent_us = 0;
    fact.state = CASE_ACCEPTED; /* reopened: the clock begins anew */
    case_count(&counts, &turn_at, &fact, 1);
    assert_int_equal(counts.bucket, SKETCH_NONE);
}

static void appointments_are_in_no_indicator(void **state)
{
    struct case_fact fact = {.state = CASE_RECEIVED,
                             .category = "x",
                             .appointment = true,
                             .handovers = 3,
                             .receive_due = 100,
                             .resolve_due = 200};
    struct contribution counts;
    int64_t turn_at;
    (void)state;
    case_count(&counts, &turn_at, &fact, 50);
    assert_int_equal(counts.marks, UINT64_C(1) << CASE_RECEIVED);
    assert_int_equal(counts.amounts[0], 0);
    assert_int_equal(turn_at, 100); /* it waits to be received */
    fact.state = CASE_IN_PROGRESS;
    fact.accepted_at = 10;
    case_count(&counts, &turn_at, &fact, 150);
    assert_int_equal(turn_at, 200);
    case_count(&counts, &turn_at, &fact, 201);
    assert_int_equal(counts.marks, UINT64_C(1) << CASE_IN_PROGRESS | UINT64_C(1) << CASE_OVERDUE);
    assert_int_equal(turn_at, 0);
}

static void a_case_belongs_to_the_day_on_which_it_was_opened(void **state)
{
    struct case_fact fact = {.state = CASE_RECEIVED, .category = "x"};
    struct contribution counts;
    int64_t turn_at;
    (void)state;
    fact.opened_at = INT64_C(1795539600000000); /* 2026-11-24T17:00Z: the 25th begins in Hanoi */
    case_count(&counts, &turn_at, &fact, 0);
    assert_int_equal(counts.day, period_day(fact.opened_at));
    fact.opened_at--;
    int32_t day = counts.day;
    case_count(&counts, &turn_at, &fact, 0);
    assert_int_equal(counts.day, day - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_count_as_their_definitions_say),
        cmocka_unit_test(counts_stand_until_they_turn),
        cmocka_unit_test(shares_count_what_they_look_for),
        cmocka_unit_test(only_what_is_resolved_has_a_time),
        cmocka_unit_test(appointments_are_in_no_indicator),
        cmocka_unit_test(a_case_belongs_to_the_day_on_which_it_was_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
