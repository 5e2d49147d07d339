/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/date.h"
#include "services/analytics/cadence.h"

static const struct period whole = {PERIOD_ALL, 0};

static void the_rule_begins_on_28_june_2024(void **state)
{
    (void)state;
    assert_int_equal(cadence_rule.from, date_day(2024, 6, 28));
    assert_int_equal(cadence_duty(0, 30000).from, cadence_rule.from);
    assert_int_equal(cadence_duty(20000, 30000).from, 20000);
    assert_int_equal(cadence_duty(0, 30000).until, 30000);
}

static void departments_offices_and_boards_have_the_duty(void **state)
{
    (void)state;
    assert_true(cadence_binds("department") && cadence_binds("office") && cadence_binds("board"));
    assert_false(cadence_binds("ward") || cadence_binds("commune") || cadence_binds("city") ||
                 cadence_binds("district") || cadence_binds("police") ||
                 cadence_binds("enterprise") || cadence_binds("offices"));
}

/* The duty begins on day 100; windows 100–102, 103–105, 106–108, 109–111 … */
static void windows_and_gaps_are_as_the_rule_says(void **state)
{
    static const struct {
        const char *what;
        int32_t today, until;
        int32_t days[6];
        size_t count;
        int32_t windows, kept, gap, missed, last, due;
    } rows[] = {
        {"before it begins", 98, 999, {0}, 0, 0, 0, 0, -1, -1, 102},
        {"the first day", 100, 999, {0}, 0, 0, 0, 1, -1, -1, 102},
        {"the last day of a window", 102, 999, {0}, 0, 0, 0, 3, -1, -1, 102},
        {"a window is over", 103, 999, {0}, 0, 1, 0, 4, 100, -1, 105},
        {"kept, and the next one too", 103, 999, {102, 103}, 2, 1, 1, 3, -1, 103, 108},
        {"an item today", 100, 999, {100}, 1, 0, 0, 1, -1, 100, 105},
        {"two on a day are one window", 106, 999, {100, 100}, 2, 2, 1, 6, 103, 100, 108},
        {"every third day keeps all", 109, 999, {102, 105, 108}, 3, 3, 3, 3, -1, 108, 111},
        {"a long gap may keep all", 106, 999, {100, 105}, 2, 2, 2, 5, -1, 105, 108},
        {"what is outside does not count", 103, 999, {90, 99, 104}, 3, 1, 0, 4, 100, -1, 105},
        {"the unit has ended", 200, 107, {104}, 1, 2, 1, 5, 100, 104, -1},
        {"it ended with a window", 200, 106, {104, 106}, 2, 2, 1, 5, 100, 104, -1},
        {"it never began", 200, 100, {100}, 1, 0, 0, 0, -1, -1, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct duty duty = {100, rows[i].until};
        struct cadence c;
        cadence_of(&c, &duty, rows[i].days, rows[i].count, rows[i].today, &whole);
        if (c.windows != rows[i].windows || c.kept != rows[i].kept ||
            c.longest_gap != rows[i].gap || c.missed_last != rows[i].missed ||
            c.last_item != rows[i].last || c.next_due != rows[i].due) {
            fail_msg("%s: windows %d kept %d gap %d missed %d last %d due %d", rows[i].what,
                     c.windows, c.kept, c.longest_gap, c.missed_last, c.last_item, c.next_due);
        }
    }
}

/* ---- day by day ---- */

static bool is_item(const int32_t *days, size_t count, int32_t day)
{
    for (size_t i = 0; i < count; i++) {
        if (days[i] == day) {
            return true;
        }
    }
    return false;
}

/* How many days before `day` the last item before it was; the eve of the duty is as an item. */
static int32_t wait_on(const struct duty *duty, const int32_t *days, size_t count, int32_t day)
{
    int32_t before = day - 1;
    while (before >= duty->from && !is_item(days, count, before)) {
        before--;
    }
    return day - before;
}

static void live_day(struct cadence *model, const struct duty *duty, const int32_t *days,
                     size_t count, int32_t day, int32_t today, bool in_period)
{
    int32_t wait = wait_on(duty, days, count, day);
    if (is_item(days, count, day)) {
        model->last_item = day;
    }
    if (!in_period) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        model->items += days[i] == day;
    }
    model->longest_gap = wait > model->longest_gap ? wait : model->longest_gap;
    if ((day - duty->from) % 3 == 2 && day < today) {
        bool kept = is_item(days, count, day) || is_item(days, count, day - 1) ||
                    is_item(days, count, day - 2);
        model->windows++;
        model->kept += kept;
        model->missed_last = kept ? model->missed_last : day - 2;
    }
}

static struct cadence day_by_day(const struct duty *duty, const int32_t *days, size_t count,
                                 int32_t today, const struct period *period)
{
    struct cadence model = {
        .missed_last = CADENCE_NONE, .last_item = CADENCE_NONE, .next_due = CADENCE_NONE};
    bool kept = false; /* the window that runs */
    for (int32_t day = duty->from; day <= today && day < duty->until; day++) {
        bool in_period = day >= period->first && day < period_end(period);
        kept = (day - duty->from) % 3 == 0 ? false : kept;
        live_day(&model, duty, days, count, day, today, in_period);
        kept = kept || is_item(days, count, day);
    }
    if (today < duty->until) {
        int32_t end = today < duty->from ? duty->from : today;
        while ((end - duty->from) % 3 != 2) {
            end++;
        }
        model.next_due = kept ? end + 3 : end;
    }
    return model;
}

static uint32_t random_up_to(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

static struct period random_period(uint64_t *seed, int32_t day)
{
    return period_of((enum period_kind)random_up_to(seed, PERIOD_KINDS), day);
}

static void it_is_what_counting_day_by_day_gives(void **state)
{
    uint64_t seed = 25;
    (void)state;
    for (int round = 0; round < 5000; round++) {
        int32_t days[64], from = 20000 + (int32_t)random_up_to(&seed, 40), day = from - 5;
        struct duty duty = {from, from + (int32_t)random_up_to(&seed, 120)};
        int32_t today = from - 3 + (int32_t)random_up_to(&seed, 100);
        size_t count = random_up_to(&seed, 64);
        uint32_t pace = 1 + random_up_to(&seed, 8);
        for (size_t i = 0; i < count; i++) {
            day += (int32_t)random_up_to(&seed, pace);
            days[i] = day;
        }
        struct period period = random_period(&seed, from + (int32_t)random_up_to(&seed, 100));
        struct cadence is, model = day_by_day(&duty, days, count, today, &period);
        cadence_of(&is, &duty, days, count, today, &period);
        assert_int_equal(is.items, model.items);
        assert_int_equal(is.windows, model.windows);
        assert_int_equal(is.kept, model.kept);
        assert_int_equal(is.longest_gap, model.longest_gap);
        assert_int_equal(is.missed_last, model.missed_last);
        assert_int_equal(is.last_item, model.last_item);
        assert_int_equal(is.next_due, model.next_due);
    }
}

static void the_worst_comes_first(void **state)
{
    static const struct cadence rising[] = {{.windows = 10, .kept = 0, .longest_gap = 30},
                                            {.windows = 10, .kept = 0, .longest_gap = 29},
                                            {.windows = 3, .kept = 1, .longest_gap = 9},
                                            {.windows = 10, .kept = 5, .longest_gap = 5},
                                            {.windows = 2, .kept = 2, .longest_gap = 3},
                                            {.windows = 0, .kept = 0, .longest_gap = 2}};
    enum { COUNT = sizeof rising / sizeof rising[0] };
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            int order = cadence_order(&rising[i], &rising[j]);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rule_begins_on_28_june_2024),
        cmocka_unit_test(departments_offices_and_boards_have_the_duty),
        cmocka_unit_test(windows_and_gaps_are_as_the_rule_says),
        cmocka_unit_test(it_is_what_counting_day_by_day_gives),
        cmocka_unit_test(the_worst_comes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
