/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/indicator.h"

enum { RECEIVED_ON_TIME, RESOLVED_ON_TIME, HANDED_OVER_OFTEN, REOPENED, WITH_EVIDENCE };
enum {
    NONE = STANDING_NONE,
    PENDING = STANDING_PENDING,
    MISSED = STANDING_MISSED,
    MET = STANDING_MET
};

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
                              .at = ended ? row->now : 0,
                              .receive_due = 100,
                              .accepted_at = row->accepted_at,
                              .resolve_due = row->resolve_due,
                              .resolved_at = row->resolved_at,
                              .rejected_at = row->rejected_at};
}

static void cases_count_as_their_definitions_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct case_fact fact = fact_of(row);
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
        struct case_fact fact = fact_of(&rows[i]);
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

static void shares_count_what_they_look_for(void **state)
{
    static const struct {
        const char *what;
        struct case_fact fact;
        int often, reopened, evidence;
    } shares[] = {
        {"new", {.state = CASE_RECEIVED}, MISSED, NONE, NONE},
        {"handed over once", {.state = CASE_RECEIVED, .handovers = 1}, MISSED, NONE, NONE},
        {"twice", {.state = CASE_RECEIVED, .handovers = 2}, MET, NONE, NONE},
        {"resolved, shown",
         {.state = CASE_RESOLVED, .resolved_at = 9, .evidence = 2},
         MISSED,
         MISSED,
         MET},
        {"resolved, told", {.state = CASE_RESOLVED, .resolved_at = 9}, MISSED, MISSED, MISSED},
        {"reopened", {.state = CASE_ACCEPTED, .reopenings = 1}, MISSED, MET, NONE},
        {"resolved again",
         {.state = CASE_RESOLVED, .resolved_at = 9, .evidence = 1, .reopenings = 1},
         MISSED,
         MET,
         MET},
        {"ended without a result", {.state = CASE_RESOLVED}, MISSED, NONE, NONE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++) {
        struct fact_count count;
        fact_count_at(&count, &shares[i].fact, 50);
        if (count.standings[HANDED_OVER_OFTEN] != shares[i].often ||
            count.standings[REOPENED] != shares[i].reopened ||
            count.standings[WITH_EVIDENCE] != shares[i].evidence) {
            fail_msg("%s: often %d, reopened %d, evidence %d", shares[i].what,
                     count.standings[HANDED_OVER_OFTEN], count.standings[REOPENED],
                     count.standings[WITH_EVIDENCE]);
        }
    }
}

static void appointments_are_in_no_indicator(void **state)
{
    struct case_fact fact = {.state = CASE_IN_PROGRESS,
                             .appointment = true,
                             .receive_due = 100,
                             .accepted_at = 10,
                             .resolve_due = 200};
    struct fact_count count;
    static const uint8_t none[INDICATOR_COUNT];
    (void)state;
    fact_count_at(&count, &fact, 150);
    assert_memory_equal(count.standings, none, sizeof none);
    assert_int_equal(count.turn_at, 200);
    fact_count_at(&count, &fact, 201);
    assert_true(count.overdue && count.turn_at == 0);
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
        cmocka_unit_test(shares_count_what_they_look_for),
        cmocka_unit_test(appointments_are_in_no_indicator),
        cmocka_unit_test(definitions_are_whole),
        cmocka_unit_test(coalescing_keeps_the_highest_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
