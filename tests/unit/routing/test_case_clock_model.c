/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks against a model that steps through the minutes one by one. It knows for each minute
 * whether work is done and whether the clock ran, nothing else: no sums, no look-ups, no due
 * instant that it remembers. SEED repeats a run, CASES says how many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/routing/case_clock.h"
#include "tests/support/number.h"

enum {
    CASES = 100000,
    DAYS_MAX = 8,
    MINUTES_MAX = DAYS_MAX * CALENDAR_DAY_MIN,
    EXCEPTIONS_MAX = 6,
    CASES_PER_CALENDAR = 40,
    NEVER = -1
};

static uint64_t random_state;

static int random_below(int limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (int)((random_state >> 33) % (uint64_t)limit);
}

static bool one_in(int n)
{
    return random_below(n) == 0;
}

/* ---- a calendar, and the same minute by minute ---- */

struct city {
    struct calendar_rules rules;
    struct calendar_exception exceptions[EXCEPTIONS_MAX];
    struct calendar *calendar;
    int64_t base_us;        /* of minute 0 */
    int minutes;            /* in the span */
    bool open[MINUTES_MAX]; /* is work done in this minute? */
};

static size_t random_periods(struct calendar_period *periods)
{
    int at = 0;
    size_t count = 0, limit = 1 + (size_t)random_below(CALENDAR_PERIODS_MAX);
    while (count < limit && at < CALENDAR_DAY_MIN) {
        int start = at + (one_in(4) ? 0 : random_below(CALENDAR_DAY_MIN - at));
        int end = one_in(4) ? CALENDAR_DAY_MIN : start + 1 + random_below(CALENDAR_DAY_MIN - start);
        periods[count++] = (struct calendar_period){start, end};
        at = end;
    }
    return count;
}

/* A day off, a usual day, or one with hours of its own. */
static void random_exception(struct city *city)
{
    struct calendar_exception *exception = &city->exceptions[city->rules.exception_count++];
    *exception = (struct calendar_exception){
        .day = city->rules.first_day + random_below(DAYS_MAX),
        .works = !one_in(3),
    };
    if (exception->works && one_in(2)) {
        exception->period_count = random_periods(exception->periods);
    }
}

static bool is_open(const struct calendar_rules *rules, int minute)
{
    int64_t day = rules->first_day + minute / CALENDAR_DAY_MIN;
    int of_day = minute % CALENDAR_DAY_MIN;
    bool works = (rules->weekdays >> ((day + 3) % 7)) & 1;
    const struct calendar_period *periods = rules->periods;
    size_t count = rules->period_count;
    for (size_t i = 0; i < rules->exception_count; i++) {
        const struct calendar_exception *exception = &rules->exceptions[i];
        if (exception->day == day) {
            works = exception->works;
            periods = exception->period_count > 0 ? exception->periods : rules->periods;
            count = exception->period_count > 0 ? exception->period_count : rules->period_count;
        }
    }
    for (size_t i = 0; works && i < count; i++) {
        if (of_day >= periods[i].start_min && of_day < periods[i].end_min) {
            return true;
        }
    }
    return false;
}

static void city_open(struct city *city)
{
    calendar_free(city->calendar);
    city->calendar = calendar_new(&city->rules, NULL);
    assert_non_null(city->calendar);
    for (int minute = 0; minute < city->minutes; minute++) {
        city->open[minute] = is_open(&city->rules, minute);
    }
}

static void city_begin(struct city *city)
{
    int days = 2 + random_below(DAYS_MAX - 1), offset_min = random_below(28 * 60) - 14 * 60;
    int64_t first_day = 19000 + random_below(3000);
    city->rules = (struct calendar_rules){
        .utc_offset_min = offset_min,
        .weekdays = (uint8_t)(1 + random_below(127)),
        .first_day = first_day,
        .last_day = first_day + days - 1,
        .exceptions = city->exceptions,
    };
    city->rules.period_count = random_periods(city->rules.periods);
    for (int left = random_below(EXCEPTIONS_MAX - 1); left > 0; left--) {
        random_exception(city);
    }
    city->minutes = days * CALENDAR_DAY_MIN;
    city->base_us = (first_day * CALENDAR_DAY_MIN - offset_min) * INT64_C(60000000);
    city_open(city);
}

/* The city decides about one more day. */
static void city_decide(struct city *city)
{
    if (city->rules.exception_count < EXCEPTIONS_MAX) {
        random_exception(city);
        city_open(city);
    }
}

static int64_t instant(const struct city *city, int minute)
{
    return city->base_us + minute * INT64_C(60000000);
}

/* ---- the model of a clock ---- */

struct model {
    enum clock_mode mode;
    int allowed, start, now; /* minutes; now: that of the last step */
    bool running, stopped;
    int runs;
    int last_ran_to;       /* the last pause, or the end */
    int promised;          /* NEVER: nothing is */
    bool ran[MINUTES_MAX]; /* before now; from there on `running` says */
};

static bool counts(const struct model *model, const struct city *city, enum clock_mode mode,
                   int minute)
{
    bool runs = minute < model->now ? model->ran[minute] : model->running;
    return runs && (mode == CLOCK_ALWAYS || city->open[minute]);
}

/* The first minute at whose beginning so many have been used; NEVER within the span. */
static int model_when(const struct model *model, const struct city *city, enum clock_mode mode,
                      int needed)
{
    int used = 0, minute = model->start;
    while (used < needed && minute < city->minutes) {
        used += counts(model, city, mode, minute);
        minute++;
    }
    return used == needed ? minute : NEVER;
}

static int model_used(const struct model *model, const struct city *city, enum clock_mode mode,
                      int at)
{
    int used = 0;
    for (int minute = model->start; minute < at; minute++) {
        used += counts(model, city, mode, minute);
    }
    return used;
}

static int model_due(const struct model *model, const struct city *city, enum clock_mode mode)
{
    return mode == CLOCK_WORKING && model->promised != NEVER
               ? model->promised
               : model_when(model, city, mode, model->allowed);
}

static bool model_is_overdue(const struct model *model, const struct city *city, int at)
{
    int due = model_due(model, city, model->mode);
    int end = model->running || at < model->last_ran_to ? at : model->last_ran_to;
    return due != NEVER && end > due;
}

static void model_go_to(struct model *model, int now)
{
    while (model->now < now) {
        model->ran[model->now++] = model->running;
    }
}

/* ---- both side by side ---- */

struct pair {
    struct city *city;
    struct case_clock clock;
    struct model model;
};

/* Around the clock time goes on after the span, where the model sees nothing. */
static void check_instant(const struct pair *pair, enum clock_mode mode, bool told, int64_t at_us,
                          int expected)
{
    if (expected != NEVER) {
        assert_true(told);
        assert_int_equal(at_us, instant(pair->city, expected));
    } else if (mode == CLOCK_ALWAYS && pair->model.running) {
        assert_true(told && at_us > instant(pair->city, pair->city->minutes));
    } else {
        assert_false(told);
    }
}

static void check_due(const struct pair *pair)
{
    for (int mode = 0; mode < CLOCK_MODES; mode++) {
        int64_t due_us = pair->clock.due_us[mode];
        check_instant(pair, mode, due_us != 0, due_us, model_due(&pair->model, pair->city, mode));
    }
    assert_int_equal(clock_due(&pair->clock), pair->clock.due_us[pair->model.mode]);
}

/* The minutes of work in which it ran, up to its last pause or its end. */
static void check_spent(const struct pair *pair)
{
    bool has_ended_run = pair->clock.runs[0].to_us != 0;
    int spent = has_ended_run
                    ? model_used(&pair->model, pair->city, CLOCK_WORKING, pair->model.last_ran_to)
                    : 0;
    assert_int_equal(pair->clock.has_spent, has_ended_run);
    assert_int_equal(pair->clock.spent_us, spent * INT64_C(60000000));
}

static void check_answers(const struct pair *pair)
{
    const struct model *model = &pair->model;
    const struct city *city = pair->city;
    int at = random_below(city->minutes + 1), percent = random_below(101);
    int more = 1 + random_below(600);
    int64_t at_us = 0;
    for (int mode = 0; mode < CLOCK_MODES; mode++) {
        assert_int_equal(clock_used_us(&pair->clock, city->calendar, mode, instant(city, at)),
                         model_used(model, city, mode, at) * INT64_C(60000000));
    }
    assert_int_equal(clock_is_overdue(&pair->clock, instant(city, at)),
                     model_is_overdue(model, city, at));
    assert_int_equal(clock_is_running(&pair->clock), model->running);
    bool told = clock_after_due(&pair->clock, city->calendar, more, &at_us);
    check_instant(pair, model->mode, told, at_us,
                  model_when(model, city, model->mode, model->allowed + more));
    if (model->allowed * percent % 100 == 0) { /* the model knows whole minutes only */
        told = clock_share_at(&pair->clock, city->calendar, percent, &at_us);
        check_instant(pair, model->mode, told, at_us,
                      model_when(model, city, model->mode, model->allowed * percent / 100));
    }
}

static bool begin(struct pair *pair)
{
    const struct city *city = pair->city;
    struct model *model = &pair->model;
    int start = random_below(city->minutes), ahead = random_below(city->minutes);
    pair->clock = (struct case_clock){0};
    model->mode = one_in(2) ? CLOCK_WORKING : CLOCK_ALWAYS;
    model->start = model->now = start;
    model->running = true;
    model->stopped = false;
    model->runs = 1;
    model->promised = NEVER;
    if (one_in(5) && start + ahead <= city->minutes) {
        model->mode = CLOCK_WORKING;
        model->promised = start + ahead;
        model->allowed = model_used(model, city, CLOCK_WORKING, start + ahead);
        assert_true(clock_start_promised(&pair->clock, city->calendar, instant(city, start),
                                         instant(city, start + ahead)));
        return true;
    }
    model->allowed = random_below(one_in(2) ? 200 : 3000) * (one_in(2) ? 1 : 4);
    bool reached = model->mode == CLOCK_ALWAYS ||
                   model_when(model, city, model->mode, model->allowed) != NEVER;
    assert_int_equal(clock_start(&pair->clock, city->calendar, model->mode, model->allowed,
                                 instant(city, start)),
                     reached);
    return reached;
}

static void pause_or_resume(struct pair *pair)
{
    const struct city *city = pair->city;
    struct model *model = &pair->model;
    int64_t now_us = instant(city, model->now);
    bool pauses = model->running, resumes = !pauses && model->runs < CLOCK_RUNS_MAX;
    assert_int_equal(clock_pause(&pair->clock, city->calendar, now_us), pauses);
    assert_int_equal(!pauses && clock_resume(&pair->clock, city->calendar, now_us), resumes);
    if (pauses && model->promised > model->now &&
        model_used(model, city, CLOCK_WORKING, model->now) < model->allowed) {
        model->promised = NEVER;
    }
    model->last_ran_to = pauses ? model->now : model->last_ran_to;
    model->running = resumes;
    model->runs += resumes;
}

static void extend(struct pair *pair)
{
    const struct city *city = pair->city;
    struct model extended = pair->model;
    int minutes = random_below(one_in(2) ? 100 : 2000);
    extended.allowed += minutes;
    extended.promised = NEVER;
    bool reached = !extended.running || extended.mode == CLOCK_ALWAYS ||
                   model_due(&extended, city, extended.mode) != NEVER;
    assert_int_equal(clock_extend(&pair->clock, city->calendar, minutes), reached);
    if (reached) {
        pair->model.allowed = extended.allowed;
        pair->model.promised = NEVER;
    }
}

/* Sometimes the calendar has changed before. */
static void derive(struct pair *pair)
{
    int64_t before_us[CLOCK_MODES];
    memcpy(before_us, pair->clock.due_us, sizeof before_us);
    if (one_in(3)) {
        city_decide(pair->city);
    }
    bool moved = clock_derive(&pair->clock, pair->city->calendar);
    assert_int_equal(moved, memcmp(before_us, pair->clock.due_us, sizeof before_us) != 0);
    pair->model.promised = NEVER;
    assert_false(clock_derive(&pair->clock, pair->city->calendar));
}

static void end(struct pair *pair)
{
    struct model *model = &pair->model;
    struct case_clock judged = pair->clock;
    int64_t now_us = instant(pair->city, model->now);
    bool overdue = model_is_overdue(model, pair->city, model->now);
    model->last_ran_to = model->running ? model->now : model->last_ran_to;
    clock_stop(&pair->clock, pair->city->calendar, now_us);
    assert_memory_equal(judged.due_us, pair->clock.due_us, sizeof judged.due_us);
    assert_int_equal(clock_is_overdue(&pair->clock, now_us), overdue);
    assert_int_equal(clock_is_overdue(&pair->clock, now_us + CALENDAR_DAY_US), overdue);
    assert_false(clock_pause(&pair->clock, pair->city->calendar, now_us) ||
                 clock_resume(&pair->clock, pair->city->calendar, now_us) ||
                 clock_extend(&pair->clock, pair->city->calendar, 1) ||
                 clock_derive(&pair->clock, pair->city->calendar) ||
                 clock_is_running(&pair->clock) || clock_is_paused(&pair->clock));
    for (int mode = 0; mode < CLOCK_MODES; mode++) {
        assert_int_equal(
            clock_used_us(&pair->clock, pair->city->calendar, mode, now_us + CALENDAR_DAY_US),
            model_used(model, pair->city, mode, model->now) * INT64_C(60000000));
    }
    check_spent(pair);
}

static void live(struct pair *pair)
{
    struct model *model = &pair->model;
    int steps = one_in(50) ? 40 : random_below(6); /* 40: more pauses than there is room for */
    int stride = 1 + 2 * (pair->city->minutes - model->now) / (steps + 1);
    check_due(pair);
    for (; steps > 0; steps--) {
        int next = model->now + random_below(stride);
        model_go_to(model, next < pair->city->minutes ? next : pair->city->minutes);
        if (one_in(6)) {
            derive(pair);
        } else if (one_in(5)) {
            extend(pair);
        } else {
            pause_or_resume(pair);
        }
        check_due(pair);
        check_spent(pair);
    }
    check_answers(pair);
    if (one_in(3)) {
        end(pair);
    }
}

static int case_count(void)
{
    const char *text = getenv("CASES");
    return text != NULL ? number_of(text, '\0') : CASES;
}

static void clocks_agree_with_stepping_through_the_minutes(void **state)
{
    static struct city city;
    static struct pair pair = {.city = &city};
    int cases = case_count();
    (void)state;
    for (int i = 0; i < cases; i++) {
        if (i % CASES_PER_CALENDAR == 0) {
            city_begin(&city);
        }
        if (begin(&pair)) {
            live(&pair);
        }
    }
    printf("%d cases\n", cases);
    calendar_free(city.calendar);
}

int main(void)
{
    const char *seed = getenv("SEED");
    random_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)random_state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_agree_with_stepping_through_the_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
