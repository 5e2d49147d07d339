/* SPDX-License-Identifier: Apache-2.0 */
#include "store_media.h"

void store_claim_media(struct pg_tx *tx, const struct uuid *id, const char *uploader,
                       int64_t now_us)
{
    static const struct pg_statement statement = {
        "intake_claim_media", "INSERT INTO media (id, uploader, uploaded_at) VALUES ($1, $2, $3) "
                              "ON CONFLICT (id) DO UPDATE SET uploaded_at = excluded.uploaded_at "
                              "RETURNING id, uploader, type, width, height, bytes, "
                              "sweep_until IS NOT NULL"};
    pg_tx_add(tx, &statement);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, uploader);
    pg_tx_instant(tx, now_us);
}

bool store_media_is_going(const struct pg_tx *tx)
{
    return pg_value_bool(tx, 0, 0, 6);
}

void store_finish_media(struct pg_tx *tx, const struct media_row *row)
{
    static const struct pg_statement statement = {
        "intake_finish_media",
        "UPDATE media SET type = $2, width = nullif($3::integer, 0), height = nullif($4::integer, "
        "0), bytes = $5 WHERE id = $1 RETURNING id, uploader, type, width, height, bytes"};
    pg_tx_add(tx, &statement);
    pg_tx_uuid(tx, &row->id);
    pg_tx_text(tx, media_type_name(row->type));
    pg_tx_int4(tx, row->width);
    pg_tx_int4(tx, row->height);
    pg_tx_int4(tx, row->bytes);
}

/* The units below the viewer's, itself included; UNION ends where the data has a circle. */
void store_read_media(struct pg_tx *tx, const struct uuid *id, const struct media_viewer *viewer)
{
    static const struct pg_statement statement = {
        "intake_read_media",
        "WITH RECURSIVE below (code) AS (SELECT $5::text UNION SELECT n.code FROM unit_name n "
        "JOIN below b ON n.parent = b.code) "
        "SELECT m.id, m.uploader, m.type, m.width, m.height, m.bytes FROM media m WHERE m.id = "
        "$1::uuid "
        "AND m.type IS NOT NULL AND ($3::boolean OR m.uploader = $2::text OR EXISTS (SELECT FROM "
        "media_use u JOIN submission s ON s.id = u.submission_id LEFT JOIN submission_case c "
        "ON c.submission_id = s.id WHERE u.media_id = m.id AND (s.reporter_ref = $4::text "
        "OR c.assignee = $4 OR c.queue = 'unit' AND c.unit IN (SELECT code FROM below) OR EXISTS "
        "(SELECT FROM below WHERE code = ANY (string_to_array(c.task_units, ' '))))))"};
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, &statement);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, viewer->uploader);
    pg_tx_bool(tx, viewer->sees_all);
    pg_tx_text(tx, viewer->account);
    pg_tx_text(tx, viewer->unit);
}

bool store_take_media(const struct pg_tx *tx, struct media_row *row, struct arena *arena)
{
    if (pg_rows(tx, 0) == 0) {
        return false;
    }
    *row = (struct media_row){
        .id = pg_value_uuid(tx, 0, 0, 0),
        .uploader = arena_text(arena, pg_value_text(tx, 0, 0, 1)),
        .type = pg_value_is_null(tx, 0, 0, 2) ? MEDIA_UNKNOWN
                                              : media_type_of_name(pg_value_text(tx, 0, 0, 2)),
        .width = pg_value_int4(tx, 0, 0, 3),
        .height = pg_value_int4(tx, 0, 0, 4),
        .bytes = pg_value_int4(tx, 0, 0, 5),
    };
    return true;
}

/* ---- what files are of ---- */

static void put_ids(struct pg_tx *tx, const struct uuid *ids, size_t count)
{
    struct pg_array array;
    pg_array_init(&array, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&array, &ids[i]);
    }
    pg_tx_array(tx, &array);
    pg_array_finish(&array);
}

/* In the order of ids, which spares two submissions with the same pictures a deadlock. */
void store_want_media(struct pg_tx *tx, const struct uuid *ids, size_t count, const char *uploader,
                      int64_t now_us)
{
    static const struct pg_statement statement = {
        "intake_want_media",
        "WITH wanted AS (SELECT id FROM media WHERE id = ANY ($1::uuid[]) AND uploader = $2::text "
        "AND type IS NOT NULL AND sweep_until IS NULL ORDER BY id FOR UPDATE) "
        "UPDATE media m SET uploaded_at = greatest(m.uploaded_at, $3::timestamptz) FROM wanted w "
        "WHERE m.id = w.id RETURNING m.id"};
    pg_tx_add(tx, &statement);
    put_ids(tx, ids, count);
    pg_tx_text(tx, uploader);
    pg_tx_instant(tx, now_us);
}

void store_use_media(struct pg_tx *tx, const struct media_use *uses, size_t count)
{
    static const struct pg_statement statement = {
        "intake_use_media",
        "WITH named AS (SELECT DISTINCT u.media, s.id AS submission FROM unnest($1::uuid[], "
        "$2::uuid[], $3::uuid[]) AS u (media, submission, message) JOIN submission s "
        "ON s.id = u.submission WHERE u.message IS NULL OR EXISTS (SELECT FROM submission_message "
        "m "
        "WHERE m.message_id = u.message)), "
        "held AS (SELECT id FROM media WHERE id IN (SELECT media FROM named) "
        "AND sweep_until IS NULL ORDER BY id FOR UPDATE), "
        "used AS (UPDATE media m SET used = true FROM held h WHERE m.id = h.id AND NOT m.used) "
        "INSERT INTO media_use (media_id, submission_id) SELECT n.media, n.submission FROM named n "
        "JOIN held h ON h.id = n.media ORDER BY n.media, n.submission ON CONFLICT DO NOTHING"};
    struct pg_array media, submissions, messages;
    if (count == 0) {
        return; /* as nearly always */
    }
    pg_array_init(&media, PG_UUID);
    pg_array_init(&submissions, PG_UUID);
    pg_array_init(&messages, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&media, &uses[i].media);
        pg_array_uuid(&submissions, &uses[i].submission);
        pg_array_uuid(&messages, uuid_is_nil(&uses[i].message) ? NULL : &uses[i].message);
    }
    pg_tx_add(tx, &statement);
    pg_tx_array(tx, &media);
    pg_tx_array(tx, &submissions);
    pg_tx_array(tx, &messages);
    pg_array_finish(&media);
    pg_array_finish(&submissions);
    pg_array_finish(&messages);
}

/* ---- what goes ---- */

void store_claim_unused_media(struct pg_tx *tx, int64_t before_us, int64_t now_us, int64_t until_us,
                              int32_t limit)
{
    static const struct pg_statement statement = {
        "intake_claim_unused_media",
        "UPDATE media SET sweep_until = $3::timestamptz WHERE id IN (SELECT id FROM media "
        "WHERE NOT used AND uploaded_at < $1::timestamptz AND (sweep_until IS NULL "
        "OR sweep_until < $2::timestamptz) ORDER BY uploaded_at LIMIT $4::integer "
        "FOR UPDATE SKIP LOCKED) RETURNING id"};
    pg_tx_add(tx, &statement);
    pg_tx_instant(tx, before_us);
    pg_tx_instant(tx, now_us);
    pg_tx_instant(tx, until_us);
    pg_tx_int4(tx, limit);
}

void store_count_unused_media(struct pg_tx *tx, int64_t before_us)
{
    static const struct pg_statement statement = {
        "intake_count_unused_media",
        "SELECT count(*), coalesce(sum(bytes), 0)::bigint FROM media WHERE NOT used "
        "AND uploaded_at < $1::timestamptz"};
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, &statement);
    pg_tx_instant(tx, before_us);
}

void store_drop_media(struct pg_tx *tx, const struct uuid *ids, size_t count)
{
    static const struct pg_statement statement = {
        "intake_drop_media", "DELETE FROM media WHERE id = ANY ($1::uuid[]) AND NOT used "
                             "AND sweep_until IS NOT NULL RETURNING id"};
    pg_tx_add(tx, &statement);
    put_ids(tx, ids, count);
}
