/* SPDX-License-Identifier: Apache-2.0 */
#include "common/http_pg.h"

bool http_is_committed(struct http_request *request, const struct pg_tx *tx,
                       enum pg_outcome outcome)
{
    struct error err = {0};
    if (outcome == PG_COMMITTED) {
        return true;
    }
    pg_tx_error(tx, outcome, &err);
    http_answer_error(request, &err);
    return false;
}
