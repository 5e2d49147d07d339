/* SPDX-License-Identifier: Apache-2.0 */
#include "store_media.h"

void store_claim_media(struct pg_tx *tx, const struct uuid *id, const char *uploader,
                       int64_t now_us)
{
    static const struct pg_statement statement = {
        "intake_claim_media", "INSERT INTO media (id, uploader, uploaded_at) VALUES ($1, $2, $3) "
                              "ON CONFLICT (id) DO UPDATE SET uploaded_at = excluded.uploaded_at "
                              "RETURNING id, uploader, width, height, bytes"};
    pg_tx_add(tx, &statement);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, uploader);
    pg_tx_instant(tx, now_us);
}

void store_finish_media(struct pg_tx *tx, const struct media_row *row)
{
    static const struct pg_statement statement = {
        "intake_finish_media", "UPDATE media SET width = $2, height = $3, bytes = $4 WHERE id = $1 "
                               "RETURNING id, uploader, width, height, bytes"};
    pg_tx_add(tx, &statement);
    pg_tx_uuid(tx, &row->id);
    pg_tx_int4(tx, row->width);
    pg_tx_int4(tx, row->height);
    pg_tx_int4(tx, row->bytes);
}

void store_read_media(struct pg_tx *tx, const struct uuid *id)
{
    static const struct pg_statement statement = {
        "intake_read_media", "SELECT id, uploader, width, height, bytes FROM media WHERE id = $1 "
                             "AND width IS NOT NULL"};
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, &statement);
    pg_tx_uuid(tx, id);
}

bool store_take_media(const struct pg_tx *tx, struct media_row *row, struct arena *arena)
{
    if (pg_rows(tx, 0) == 0) {
        return false;
    }
    *row = (struct media_row){
        .id = pg_value_uuid(tx, 0, 0, 0),
        .uploader = arena_text(arena, pg_value_text(tx, 0, 0, 1)),
        .width = pg_value_int4(tx, 0, 0, 2),
        .height = pg_value_int4(tx, 0, 0, 3),
        .bytes = pg_value_int4(tx, 0, 0, 4),
    };
    return true;
}
