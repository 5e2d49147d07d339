/* SPDX-License-Identifier: Apache-2.0 */
/* assessment: which of our figures are inputs to an assessment that others make. Pure, data.
 *
 * Satisfaction (SIPAS) is surveyed by the Ministry of Home Affairs among a sample, and reform (PAR
 * INDEX) is scored by appraisers: neither can be computed from events, and no figure bears their
 * names. What units write about themselves needs figures with evidence, though; this says which,
 * for which criterion, and of which criteria nothing is known here. */
#ifndef ANALYTICS_ASSESSMENT_H
#define ANALYTICS_ASSESSMENT_H

#include "services/analytics/indicator.h"

enum { ASSESSMENT_INPUTS = 6 };

struct criterion {
    const char *code;
    struct bilingual name;
    const char
        *inputs[ASSESSMENT_INPUTS]; /* codes of indicators of cases; none: nothing is known */
    struct bilingual how;           /* they bear on it; or why nothing is known */
};

struct assessment {
    const char *code;
    struct bilingual notice; /* what this is not */
    struct bilingual method; /* how the real one comes about */
    const char *source;
    struct bilingual not_known;
    const struct criterion *criteria;
    size_t count;
};

/* NULL: there is none of this code. */
const struct assessment *assessment_find(const char *code);

#endif
