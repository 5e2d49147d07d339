/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/training_subject.h"

#include "services/analytics/contribution.h"
#include "services/analytics/indicator.h"
#include "services/analytics/training_fact.h"

static const struct grouping groupings[] = {
    {.dimension_count = 0, .kept = PERIODS_EVERY, .told = PERIODS_EVERY},
    {{DIMENSION_UNIT}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
};

enum { ENOUGH = 10 /* people. Assumption */ };

/* Whoever came without having been invited can make more than all of a small class: means, since a
 * share would be at most 1. */
static const struct indicator indicators[] = {
    {
        .code = "training_attended",
        .version = 1,
        .kind = INDICATOR_MEAN,
        .subject = SUBJECT_TRAINING,
        .label = {"Tỷ lệ dự tập huấn", "Attended training"},
        .formula = {"Số người dự lớp tập huấn ÷ số người được mời.",
                    "People who came to a class ÷ people who were invited."},
        .source = "assumption",
        .numerator = COUNTER(TRAINING_ATTENDED),
        .denominator = COUNTER(TRAINING_INVITED),
        .threshold = ENOUGH,
    },
    {
        .code = "training_completed",
        .version = 1,
        .kind = INDICATOR_MEAN,
        .subject = SUBJECT_TRAINING,
        .label = {"Tỷ lệ hoàn thành tập huấn", "Completed training"},
        .formula = {"Số người hoàn thành lớp tập huấn ÷ số người được mời.",
                    "People who completed a class ÷ people who were invited."},
        .source = "assumption",
        .numerator = COUNTER(TRAINING_COMPLETED),
        .denominator = COUNTER(TRAINING_INVITED),
        .threshold = ENOUGH,
    },
};

static bool count(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena)
{
    struct training_fact training;
    (void)now;
    if (!training_unpack(&training, body->bytes, body->size, arena)) {
        return false;
    }
    *contribution = (struct contribution){
        .counts = true,
        .day = period_day(training.at),
        .members = {[DIMENSION_UNIT] = training.unit},
        .marks = COUNTER(TRAINING_ALL),
        .amounts = {training.invited, training.attended, training.completed},
        .bucket = SKETCH_NONE,
    };
    *turn_at = 0;
    *at = training.at;
    return true;
}

static const char *const counter_words[] = {
    [TRAINING_ALL] = "all",
    [TRAINING_INVITED] = "invited",
    [TRAINING_ATTENDED] = "attended",
    [TRAINING_COMPLETED] = "completed",
};

const struct subject_layout training_subject = {
    .name = "training",
    .groupings = groupings,
    .grouping_count = sizeof groupings / sizeof groupings[0],
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
    .amount_count = 3,
    .amount_counters = {TRAINING_INVITED, TRAINING_ATTENDED, TRAINING_COMPLETED},
    .counter_words = counter_words,
    .size_counter = TRAINING_INVITED,
    .count = count,
};
