/* SPDX-License-Identifier: Apache-2.0 */
/* Reads vn.hanoi.survey.{opened,answered,closed}.v1. */
#ifndef ANALYTICS_SURVEY_JSON_H
#define ANALYTICS_SURVEY_JSON_H

#include "common/error.h"
#include "services/analytics/survey.h"

/* What somebody answered. Who it was stays out: respondent tells two people apart within the
 * survey. */
struct survey_answer {
    struct uuid survey_id, answer_id, respondent;
    int32_t version;
    const char *stratum;      /* NULL: none was told */
    const char *const *items; /* as of struct survey_count, each once; none: it was taken back */
    size_t item_count;
    int64_t at;
};

struct survey_end {
    struct uuid survey_id;
    int32_t version;
    int64_t at;
};

/* Texts are the arena's; err names the bad field. */
bool survey_read(struct survey *survey, const char *json, size_t size, struct arena *arena,
                 struct error *err);
bool survey_answer_read(struct survey_answer *answer, const char *json, size_t size,
                        struct arena *arena, struct error *err);
bool survey_end_read(struct survey_end *end, const char *json, size_t size, struct arena *arena,
                     struct error *err);

#endif
