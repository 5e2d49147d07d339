/* SPDX-License-Identifier: Apache-2.0 */
/* http_open311_query: what a GET of requests, or of their updates, asks for. */
#ifndef INTAKE_HTTP_OPEN311_QUERY_H
#define INTAKE_HTTP_OPEN311_QUERY_H

#include "common/http.h"
#include "store_submission.h"

/* decimals: of the places that this caller will be answered at least. Its memory is the request's.
 * False with all that is malformed. */
bool open311_read_query(struct public_query *query, struct http_request *request, int decimals,
                        struct error *err);

struct open311_span {
    int64_t from, to; /* µs, to exclusive */
    bool given;
};
struct open311_span open311_read_span(const struct http_request *request, const char *start_name,
                                      const char *end_name, struct error *err);

struct open311_page {
    int32_t limit, offset;
};
struct open311_page open311_read_page(const struct http_request *request, struct error *err);

/* Whether the caller wants what the standard does not have: extensions=true. */
bool open311_read_extensions(const struct http_request *request, struct error *err);

#endif
