/* SPDX-License-Identifier: Apache-2.0 */
#include "store_sender.h"

#include <stdio.h>

#include "store_submission.h"

static const struct pg_statement read_sender = {
    "intake_read_sender",
    "SELECT id, idempotency, ticket, submitted_at, category = $2::text, lat, lon, "
    "CASE WHEN category = $2 THEN description END FROM submission "
    "WHERE reporter_ref = $1::text AND id >= $3::uuid ORDER BY id DESC LIMIT $4::integer"};

void store_read_sender(struct pg_tx *tx, const char *reporter, const char *category, int64_t since,
                       int32_t limit)
{
    struct uuid first = store_first_id_at(since);
    pg_tx_add(tx, &read_sender);
    pg_tx_text(tx, reporter);
    pg_tx_text(tx, category);
    pg_tx_uuid(tx, &first);
    pg_tx_int4(tx, limit);
}

static void take_row(const struct pg_tx *tx, size_t row, struct earlier_filing *earlier,
                     struct arena *arena)
{
    *earlier = (struct earlier_filing){
        .id = pg_value_uuid(tx, 0, row, 0),
        .idempotency = pg_value_uuid(tx, 0, row, 1),
        .at = pg_value_instant(tx, 0, row, 3),
        .same_category = pg_value_bool(tx, 0, row, 4),
        .has_point = !pg_value_is_null(tx, 0, row, 5),
        .lat = pg_value_float8(tx, 0, row, 5),
        .lon = pg_value_float8(tx, 0, row, 6),
        .description = arena_text(arena, pg_value_text(tx, 0, row, 7)),
    };
    snprintf(earlier->ticket, sizeof earlier->ticket, "%s", pg_value_text(tx, 0, row, 2));
}

size_t store_take_sender(const struct pg_tx *tx, struct earlier_filing **earlier,
                         struct arena *arena)
{
    size_t count = pg_rows(tx, 0);
    *earlier = arena_array(arena, count, sizeof **earlier);
    for (size_t i = 0; i < count; i++) {
        take_row(tx, i, &(*earlier)[i], arena);
    }
    return count;
}
