/* SPDX-License-Identifier: Apache-2.0 */
/* http_pg: a request that waits for a transaction. */
#ifndef COMMON_HTTP_PG_H
#define COMMON_HTTP_PG_H

#include "common/http.h"
#include "common/pg.h"

/* False: why it was not committed has been answered, and the request is no longer the caller's. */
bool http_is_committed(struct http_request *request, const struct pg_tx *tx,
                       enum pg_outcome outcome);

#endif
