/* SPDX-License-Identifier: Apache-2.0 */
/* http_slice: which slice a request asks for, and the tally of it. */
#ifndef ANALYTICS_HTTP_SLICE_H
#define ANALYTICS_HTTP_SLICE_H

#include "common/http.h"
#include "services/analytics/slice.h"

/* The members of the query that http_read_slice knows. */
#define SLICE_QUERY "area category channel level process unit period"

/* Names the bad members in err. cells: where its sums are kept. */
bool http_read_slice(struct slice *slice, struct slice_cells *cells,
                     const struct http_request *request, struct error *err);

/* Codes of paths and queries; NULL is none. */
bool http_check_unit(const char *name, const char *code, struct error *err);
bool http_check_category(const char *name, const char *code, struct error *err);

#endif
