/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/survey_counter.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/store_survey.h"
#include "services/analytics/turn.h"

enum { SURVEY_INTERVAL_US = 3000000 };

struct survey_counter {
    const struct service_parts *parts;
    struct turn *turn;
    int64_t now;
    survey_counter_on_done *on_done;
    void *done_arg;
};

/* A round, in running order. */
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void count(struct survey_counter *counter, const struct uuid *survey, int64_t changes);
static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end(struct survey_counter *counter);

struct survey_counter *survey_counter_new(const struct service_parts *parts, struct turn *turn)
{
    struct survey_counter *counter = memory_zero(1, sizeof *counter);
    counter->parts = parts;
    counter->turn = turn;
    return counter;
}

void survey_counter_free(struct survey_counter *counter)
{
    free(counter);
}

void survey_counter_run(struct survey_counter *counter, survey_counter_on_done *on_done, void *arg)
{
    struct pg_tx *tx = pg_tx_new(counter->parts->pg);
    counter->on_done = on_done;
    counter->done_arg = arg;
    counter->now = clock_now_us();
    pg_tx_set_read_only(tx);
    store_read_uncounted_survey(tx, counter->now - SURVEY_INTERVAL_US);
    pg_tx_send(tx, on_read, counter);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct survey_counter *counter = arg;
    struct error err = {0};
    struct uuid survey;
    int64_t changes;
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        log_warn_error("surveys_not_read", &err);
        end(counter);
    } else if (!store_take_uncounted_survey(tx, 0, &survey, &changes)) {
        end(counter);
    } else {
        count(counter, &survey, changes);
    }
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
    counter->on_done(counter->done_arg);
}
