/* SPDX-License-Identifier: Apache-2.0 */
/* survey: what people were asked, and what their answers say of those who were meant. Pure.
 *
 * Somebody counts once, by the highest version of the answer that was given before the survey was
 * closed; one that was taken back counts as none. With fewer than SURVEY_ANSWERS_MIN respondents
 * nothing is told, since it might be known who they are.
 *
 * Weights are by post-stratification: answers of a stratum stand for its population, so each weighs
 * its share of the population ÷ its share of the answers. There are weights only where populations
 * were told and every stratum has SURVEY_ANSWERS_MIN answers; answers of no stratum stand for
 * nobody and are left out of weighed shares. A weighed share is as sure as a plain one among the
 * effective number of answers, (Σ w)² ÷ Σ w² (Kish 1965). */
#ifndef ANALYTICS_SURVEY_H
#define ANALYTICS_SURVEY_H

#include <stdbool.h>

#include "common/uuid.h"
#include "services/analytics/indicator.h"
#include "services/analytics/wilson.h"

enum { SURVEY_ANSWERS_MIN = 5 };

struct survey_choice {
    const char *key;
    struct bilingual name;
};

enum survey_kind { SURVEY_SINGLE, SURVEY_MULTIPLE, SURVEY_SCALE };
extern const char *const survey_kind_words[]; /* NULL-terminated */

struct survey_question {
    const char *code;
    enum survey_kind kind;
    struct bilingual prompt;
    const struct survey_choice *choices;
    size_t choice_count;
};

struct survey_stratum {
    const char *code;
    int64_t population;
};

struct survey {
    struct uuid survey_id;
    int32_t version;
    struct bilingual title;
    const struct survey_question *questions;
    size_t question_count;
    int64_t invited; /* SURVEY_ANYBODY: whoever wants may answer */
    const struct survey_stratum *strata;
    size_t stratum_count; /* 0: not weighed */
    int64_t opens_at, closes_at;
    int64_t at;
};
enum { SURVEY_ANYBODY = -1 };

/* How many respondents of a stratum have something in their answer: "" (they answered at all), a
 * question, or "question=choice". stratum "": none was told. */
struct survey_count {
    const char *stratum, *item;
    int64_t n;
};

/* The counted answers to one survey. */
struct survey_counts {
    const struct survey_count *items;
    size_t count;
};

enum survey_weighing {
    SURVEY_WEIGHED,
    SURVEY_NO_STRATA,
    SURVEY_STRATUM_SMALL,
    SURVEY_NO_POPULATION /* of anybody */
};
extern const char *const survey_weighing_words[]; /* NULL-terminated; why there are no weights */

struct survey_weights {
    enum survey_weighing weighing;
    const double *weights; /* of the survey's strata, in their order; NULL unless weighed */
    int64_t left_out;      /* respondents who stand for nobody */
};

int64_t survey_respondents(const struct survey_counts *counts);
void survey_weigh(struct survey_weights *weights, const struct survey *survey,
                  const struct survey_counts *counts, struct arena *arena);

/* One choice among those who answered its question; shares and intervals mean nothing while
 * answered (weighed: effective) is 0. */
struct survey_share {
    int64_t chosen, answered;
    double share;
    struct interval interval;
    double weighed_share, effective;
    struct interval weighed_interval;
};
void survey_share_of(struct survey_share *share, const struct survey *survey,
                     const struct survey_weights *weights, const struct survey_counts *counts,
                     const char *question, const char *choice, struct arena *arena);

#endif
