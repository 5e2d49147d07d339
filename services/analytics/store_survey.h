/* SPDX-License-Identifier: Apache-2.0 */
/* store_survey: surveys, answers, and how many there are of each. As in store.h. */
#ifndef ANALYTICS_STORE_SURVEY_H
#define ANALYTICS_STORE_SURVEY_H

#include "common/pg.h"
#include "services/analytics/survey_json.h"

/* What is not newer than what is there changes nothing. */
void store_put_survey(struct pg_tx *tx, const struct survey *survey, const char *definition);
void store_put_survey_end(struct pg_tx *tx, const struct survey_end *end);
/* Of one survey, whether or not it is known yet. */
void store_put_survey_answer(struct pg_tx *tx, const struct survey_answer *answer);

/* One row, if there is a survey to be counted that was not since `before`; the longest waiting. */
void store_read_uncounted_survey(struct pg_tx *tx, int64_t before);
bool store_take_uncounted_survey(const struct pg_tx *tx, size_t statement, struct uuid *survey,
                                 int64_t *changes);
/* Counts it anew; what has changed since will be counted again. */
void store_count_survey(struct pg_tx *tx, const struct uuid *survey, int64_t changes, int64_t now);

/* A survey as it is told, and its counted answers. */
struct survey_results {
    const char *definition; /* as it was put; the arena's */
    int64_t closed_at;      /* 0: it goes on */
    int64_t counted_at;     /* 0: it was not counted yet */
    int64_t cutoff;
    struct survey_counts counts;
};
/* Two statements. */
void store_read_survey(struct pg_tx *tx, const struct uuid *survey);
/* False: nothing is known of it. */
bool store_take_survey(const struct pg_tx *tx, size_t statement, struct arena *arena,
                       struct survey_results *results);

#endif
