/* SPDX-License-Identifier: Apache-2.0 */
/* Figures, counts and definitions for everyone: GET /api/analytics/…. No personal data here. */
#ifndef ANALYTICS_HTTP_ANALYTICS_H
#define ANALYTICS_HTTP_ANALYTICS_H

#include "common/http.h"
#include "common/json.h"
#include "services/analytics/store.h"

http_handler http_get_indicators;  /* http_indicators.c */
http_handler http_get_unit;        /* http_units.c */
http_handler http_get_definitions; /* http_indicators.c */

/* How long an answer may be shown again: sums change each second. */
#define FIGURES_CACHE "public, max-age=1"

/* Codes as the patterns of proto/events/common.schema.json have them, or NULL; else a field error.
 */
bool http_check_unit(const char *name, const char *code, struct error *err);
bool http_check_category(const char *name, const char *code, struct error *err);
/* ERR_RETRY while figures are counted again. */
bool http_take_moment(const struct pg_tx *tx, size_t statement, struct moment *moment,
                      struct error *err);
/* Member name; none when nothing named the code. */
void http_put_name(struct json_writer *writer, const struct bilingual *name);

#endif
