/* SPDX-License-Identifier: Apache-2.0 */
/* Figures, counts and definitions for everyone: GET /api/analytics/…. No personal data here. */
#ifndef ANALYTICS_HTTP_ANALYTICS_H
#define ANALYTICS_HTTP_ANALYTICS_H

#include "common/http.h"
#include "common/json.h"
#include "services/analytics/http_slice.h"
#include "services/analytics/store.h"

http_handler http_get_indicators;  /* http_indicators.c */
http_handler http_get_unit;        /* http_units.c */
http_handler http_get_definitions; /* http_indicators.c */
http_handler http_get_dimensions;  /* http_dimensions.c */
http_handler http_get_comparison;  /* http_comparison.c */
http_handler http_get_series;      /* http_series.c */

/* How long an answer may be shown again: sums change each second. */
#define FIGURES_CACHE "public, max-age=1"

/* ERR_RETRY while figures are counted again. */
bool http_take_moment(const struct pg_tx *tx, size_t statement, struct moment *moment,
                      struct error *err);
/* The cells of a slice, and their sum. */
void http_read_cells(struct pg_tx *tx, const struct slice_cells *cells);
void http_take_tally(const struct pg_tx *tx, size_t statement, struct arena *arena,
                     struct tally *sum);
/* Items; code NULL: of every indicator. */
void http_put_figures(struct json_writer *writer, enum subject subject, const char *code,
                      const struct slice *slice, const struct tally *tally,
                      const struct moment *moment);
/* Member name; none when nothing named the code. */
void http_put_name(struct json_writer *writer, const struct bilingual *name);

#endif
