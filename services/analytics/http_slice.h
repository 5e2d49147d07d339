/* SPDX-License-Identifier: Apache-2.0 */
/* http_slice: which slice a request asks for, and the tally of it. */
#ifndef ANALYTICS_HTTP_SLICE_H
#define ANALYTICS_HTTP_SLICE_H

#include "common/http.h"
#include "services/analytics/indicator.h"
#include "services/analytics/slice.h"

/* The query's code, which must be there. */
bool http_read_indicator(const struct indicator **indicator, const struct http_request *request,
                         struct error *err);
/* A dimension by its name; DIMENSIONS when it is none. */
enum dimension http_read_dimension(const char *field, const char *name, struct error *err);

/* The query's period; if it names none, the whole time. */
struct period http_read_period(const struct http_request *request, struct error *err);

/* The members of the query that http_read_slice knows, but for the period. */
#define SLICE_QUERY                                                                                \
    "area category channel district level process reason receive_rule resolve_rule "               \
    "team unit"

/* A subject by its name; of no name, cases. SUBJECTS when it is none. */
enum subject http_read_subject(const char *name, struct error *err);

/* Of the subject of the query's code; without one, of that which it names. Names the bad members in
 * err. cells: where its sums are kept. */
bool http_read_slice(struct slice *slice, struct slice_cells *cells,
                     const struct http_request *request, unsigned also, struct error *err);

/* Codes of paths and queries; NULL is none. */
bool http_check_unit(const char *name, const char *code, struct error *err);
bool http_check_category(const char *name, const char *code, struct error *err);

#endif
