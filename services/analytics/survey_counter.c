/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/survey_counter.h"

#include <stdlib.h>

#include "common/clock.h"
#include "services/analytics/store_survey.h"

enum { SURVEY_INTERVAL_US = 3000000 };

struct survey_counter {
    const struct service_parts *parts;
    struct turn *turn;
    int64_t now;
};

/* A round, in running order. */
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void count(struct survey_counter *counter, const struct uuid *survey, int64_t changes);
static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end(struct survey_counter *counter);

static void run(void *state)
{
    struct survey_counter *counter = state;
    struct pg_tx *tx = pg_tx_new(counter->parts->pg);
    counter->now = clock_now_us();
    pg_tx_set_read_only(tx);
    store_read_uncounted_survey(tx, counter->now - SURVEY_INTERVAL_US);
    pg_tx_send(tx, on_read, counter);
}

struct turn_step survey_counter_step(const struct service_parts *parts, struct turn *turn)
{
    struct survey_counter *counter = memory_zero(1, sizeof *counter);
    counter->parts = parts;
    counter->turn = turn;
    return (struct turn_step){.run = run, .free = free, .state = counter, .tells = true};
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct survey_counter *counter = arg;
    struct uuid survey;
    int64_t changes;
    if (pg_tx_failed(tx, outcome, "surveys_not_read") ||
        !store_take_uncounted_survey(tx, 0, &survey, &changes)) {
        end(counter);
        return;
    }
    count(counter, &survey, changes);
}

static void count(struct survey_counter *counter, const struct uuid *survey, int64_t changes)
{
    struct pg_tx *tx = pg_tx_new(counter->parts->pg);
    turn_guard(counter->turn, tx, 0, 0);
    store_count_survey(tx, survey, changes, counter->now);
    pg_tx_send(tx, on_counted, counter);
}

static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct survey_counter *counter = arg;
    turn_took(counter->turn, tx, outcome, "survey_not_counted");
    end(counter);
}

static void end(struct survey_counter *counter)
{
    turn_step_done(counter->turn, true);
}
