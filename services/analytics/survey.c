/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/survey.h"

#include <string.h>

const char *const survey_kind_words[] = {"single", "multiple", "scale", NULL};
const char *const survey_weighing_words[] = {"weighed", "no_strata", "stratum_too_small",
                                             "no_population", NULL};

/* stratum NULL: of all. */
static int64_t count_of(const struct survey_counts *counts, const char *stratum, const char *item)
{
    int64_t n = 0;
    for (size_t i = 0; i < counts->count; i++) {
        const struct survey_count *count = &counts->items[i];
        if (strcmp(count->item, item) == 0 &&
            (stratum == NULL || strcmp(count->stratum, stratum) == 0)) {
            n += count->n;
        }
    }
    return n;
}

int64_t survey_respondents(const struct survey_counts *counts)
{
    return count_of(counts, NULL, "");
}

/* ---- weights ---- */

static enum survey_weighing judge(const struct survey *survey, const struct survey_counts *counts,
                                  int64_t *placed, int64_t *population)
{
    bool small = false;
    *placed = *population = 0;
    for (size_t i = 0; i < survey->stratum_count; i++) {
        int64_t n = count_of(counts, survey->strata[i].code, "");
        *placed += n;
        *population += survey->strata[i].population;
        small |= n < SURVEY_ANSWERS_MIN;
    }
    if (survey->stratum_count == 0) {
        return SURVEY_NO_STRATA;
    }
    if (*population == 0) {
        return SURVEY_NO_POPULATION;
    }
    return small ? SURVEY_STRATUM_SMALL : SURVEY_WEIGHED;
}

void survey_weigh(struct survey_weights *weights, const struct survey *survey,
                  const struct survey_counts *counts, struct arena *arena)
{
    int64_t placed, population;
    *weights = (struct survey_weights){.weighing = judge(survey, counts, &placed, &population)};
    if (weights->weighing != SURVEY_WEIGHED) {
        return;
    }
    double *list = arena_array(arena, survey->stratum_count, sizeof *list);
    for (size_t i = 0; i < survey->stratum_count; i++) {
        double answers = (double)count_of(counts, survey->strata[i].code, "");
        list[i] =
            (double)survey->strata[i].population / (double)population / (answers / (double)placed);
    }
    weights->weights = list;
    weights->left_out = survey_respondents(counts) - placed;
}

/* ---- shares ---- */

static void weigh_share(struct survey_share *share, const struct survey *survey,
                        const struct survey_weights *weights, const struct survey_counts *counts,
                        const char *question, const char *item)
{
    double chosen = 0, answered = 0, squares = 0;
    for (size_t i = 0; i < survey->stratum_count; i++) {
        double w = weights->weights[i];
        double n = (double)count_of(counts, survey->strata[i].code, question);
        chosen += w * (double)count_of(counts, survey->strata[i].code, item);
        answered += w * n;
        squares += w * w * n;
    }
    if (answered > 0) {
        share->weighed_share = chosen < answered ? chosen / answered : 1;
        share->effective = answered * answered / squares;
        share->weighed_interval = wilson_of_share(share->weighed_share, share->effective);
    }
}

void survey_share_of(struct survey_share *share, const struct survey *survey,
                     const struct survey_weights *weights, const struct survey_counts *counts,
                     const char *question, const char *choice, struct arena *arena)
{
    const char *item = arena_format(arena, "%s=%s", question, choice);
    *share = (struct survey_share){.chosen = count_of(counts, NULL, item),
                                   .answered = count_of(counts, NULL, question)};
    if (share->answered > 0) {
        share->share = (double)share->chosen / (double)share->answered;
        share->interval = wilson_interval(share->chosen, share->answered);
    }
    if (weights->weighing == SURVEY_WEIGHED) {
        weigh_share(share, survey, weights, counts, question, item);
    }
}
