/* SPDX-License-Identifier: Apache-2.0 */
/* Figures, counts and definitions for everyone: GET /api/analytics/…. No personal data here. */
#ifndef ANALYTICS_HTTP_ANALYTICS_H
#define ANALYTICS_HTTP_ANALYTICS_H

#include "services/analytics/http_figures.h"

http_handler http_get_indicators;  /* http_indicators.c */
http_handler http_get_unit;        /* http_units.c */
http_handler http_get_definitions; /* http_indicators.c */
http_handler http_get_dimensions;  /* http_dimensions.c */
http_handler http_get_adoption;    /* http_adoption.c */
http_handler http_get_funnel;      /* http_funnel.c */
http_handler http_get_comparison;  /* http_comparison.c */
http_handler http_get_series;      /* http_series.c */
http_handler http_get_explanation; /* http_explain.c */
http_handler http_get_cases;       /* http_cases.c */
http_handler http_get_changes;     /* http_changes.c */
http_handler http_get_catalog;     /* http_catalog.c */
http_handler http_get_assessment;  /* http_assessments.c */
http_handler http_get_cadence;     /* http_cadence.c */
http_handler http_get_survey;      /* http_surveys.c */

/* Officials, and systems with the scope figures:read, see every figure; the public what
 * disclosure.h leaves it. As routes have it. */
#define SEES_ALL                                                                                   \
    "officer focal_point supervisor editor approver hotline_operator auditor administrator "       \
    "scope:figures:read"
bool http_sees_all(const struct http_request *request);
/* ERR_FORBIDDEN when not even the largest such sum is public. key: of any member. */
bool http_check_public(const struct http_request *request, const struct cell_key *key,
                       struct error *err);
/* Computes a figure and whether the reader, or the caller, may see it. */
void http_figure_for(struct figure *figure, bool sees_all, const struct discloser *discloser,
                     const struct cell_key *key, const struct indicator *indicator,
                     const struct tally *tally);
void http_figure_of(struct figure *figure, const struct http_request *request,
                    const struct discloser *discloser, const struct cell_key *key,
                    const struct indicator *indicator, const struct tally *tally);
/* Items; only NULL: of every indicator of the subject. */
void http_put_figures(struct json_writer *writer, const struct http_request *request,
                      const struct discloser *discloser, const struct cell_key *key,
                      const struct indicator *only, const struct tally *tally,
                      const struct moment *moment);
/* Member name; none when nothing named the code. */
void http_put_name(struct json_writer *writer, const struct bilingual *name);

#endif
