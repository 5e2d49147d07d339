/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/indicator.h"

enum { RECEIVED_ON_TIME, RESOLVED_ON_TIME };
enum {
    NONE = STANDING_NONE,
    PENDING = STANDING_PENDING,
    MISSED = STANDING_MISSED,
    MET = STANDING_MET
};

/* Instants: to be received by 100; to be resolved by 200. */
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
    {"accepted without a time to resolve", CASE_ACCEPTED, 90, 0, 0, 0, 999, MET, NONE, false, 0},
    {"accepted, nobody says when", CASE_ACCEPTED, 0, 200, 0, 0, 150, NONE, PENDING, false, 200},
};

static void cases_count_as_their_definitions_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct case_fact fact = {.state = row->state,
                                 .receive_due = 100,
                                 .accepted_at = row->accepted_at,
                                 .resolve_due = row->resolve_due,
                                 .resolved_at = row->resolved_at,
                                 .rejected_at = row->rejected_at};
        struct fact_count count;
        fact_count_at(&count, &fact, row->now);
        if (count.standings[RECEIVED_ON_TIME] != row->received ||
            count.standings[RESOLVED_ON_TIME] != row->resolved || count.overdue != row->overdue ||
            count.turn_at != row->turn_at) {
            fail_msg("%s: received %d, resolved %d, overdue %d, turn at %d", row->what,
                     count.standings[RECEIVED_ON_TIME], count.standings[RESOLVED_ON_TIME],
                     count.overdue, (int)count.turn_at);
        }
    }
}

/* Time alone changes a count only past turn_at: sweeping there misses nothing. */
static void counts_stand_until_they_turn(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_fact fact = {.state = rows[i].state,
                                 .receive_due = 100,
                                 .accepted_at = rows[i].accepted_at,
                                 .resolve_due = rows[i].resolve_due,
                                 .resolved_at = rows[i].resolved_at,
                                 .rejected_at = rows[i].rejected_at};
        struct fact_count count, next;
        fact_count_at(&count, &fact, 0);
        for (int64_t now = 1; now < 300; now++) {
            fact_count_at(&next, &fact, now);
            bool same = memcmp(count.standings, next.standings, sizeof next.standings) == 0 &&
                        count.overdue == next.overdue;
            assert_true(same == (count.turn_at == 0 || now <= count.turn_at));
            count = next;
        }
    }
}

static void definitions_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        const struct indicator *indicator = &indicators[i];
        assert_int_equal(indicator_find(indicator->code), i);
        assert_true(indicator->version >= 1);
        assert_true(strlen(indicator->label.vi) > 0 && strlen(indicator->label.en) > 0);
        assert_true(strlen(indicator->formula.vi) > 0 && strlen(indicator->formula.en) > 0);
        assert_true(strlen(indicator->source) > 0);
    }
    assert_int_equal(indicator_find("sipas"), INDICATOR_COUNT);
}

static struct case_fact version_of(uint8_t id, int32_t version)
{
    return (struct case_fact){.case_id = {.bytes = {[15] = id}}, .version = version};
}

static void coalescing_keeps_the_highest_version(void **state)
{
    struct case_fact facts[] = {version_of(2, 1), version_of(1, 2), version_of(2, 3),
                                version_of(1, 1), version_of(2, 2), version_of(2, 3)};
    (void)state;
    assert_int_equal(case_facts_coalesce(facts, 6), 2);
    assert_int_equal(facts[0].case_id.bytes[15], 1);
    assert_int_equal(facts[0].version, 2);
    assert_int_equal(facts[1].case_id.bytes[15], 2);
    assert_int_equal(facts[1].version, 3);
    assert_int_equal(case_facts_coalesce(facts, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_count_as_their_definitions_say),
        cmocka_unit_test(counts_stand_until_they_turn),
        cmocka_unit_test(definitions_are_whole),
        cmocka_unit_test(coalescing_keeps_the_highest_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
