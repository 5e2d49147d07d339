/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

static const struct pg_statement report = {
    "report_read", "SELECT report FROM case_history WHERE case_id = $1::uuid AND version = 1"};

void store_report_read(struct pg_tx *tx, const struct uuid *case_id)
{
    pg_tx_add(tx, &report);
    pg_tx_uuid(tx, case_id);
}

static const struct pg_statement history = {
    "history_read", "SELECT snapshot FROM case_history WHERE case_id = $1::uuid ORDER BY version"};

void store_history_read(struct pg_tx *tx, const struct uuid *case_id)
{
    pg_tx_add(tx, &history);
    pg_tx_uuid(tx, case_id);
}
