/* SPDX-License-Identifier: Apache-2.0 */
#include "store_record.h"

const char *const record_state_words[] = {
    [RECORD_CURRENT] = "current",
    [RECORD_EXPIRED] = "expired",
    [RECORD_REPLACED] = "replaced",
    [RECORD_CANCELLED] = "cancelled",
    NULL,
};

/* In the order of ids, which spares replicas a deadlock; of several versions in one batch the
 * newest. */
static const struct pg_statement put_records = {
    "intake_put_records",
    "WITH said AS (SELECT DISTINCT ON (id) * FROM unnest($1::uuid[], $2::text[], $3::text[], "
    "$4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::timestamptz[], $9::boolean[], "
    "$10::boolean[], $11::jsonb[]) AS r (id, type, source, subject, part, at, event_id, "
    "expires_at, is_public, is_cancelled, data) ORDER BY id, at DESC, event_id COLLATE \"C\" DESC) "
    "INSERT INTO city_record AS c (id, type, source, subject, part, at, event_id, expires_at, "
    "is_public, is_cancelled, data, added_at, changed_at) "
    "SELECT id, type, source, subject, part, at, event_id, expires_at, is_public, is_cancelled, "
    "data, $12::timestamptz, $12 FROM said ORDER BY id ON CONFLICT (id) DO UPDATE SET "
    "at = excluded.at, event_id = excluded.event_id, expires_at = excluded.expires_at, "
    "is_public = excluded.is_public, is_cancelled = excluded.is_cancelled, data = excluded.data, "
    "changed_at = excluded.changed_at "
    "WHERE (c.at, c.event_id COLLATE \"C\") < (excluded.at, excluded.event_id COLLATE \"C\")"};
static const struct pg_statement put_ends = {
    "intake_put_record_ends",
    "INSERT INTO city_record_end (record_id, ended_by, is_cancelled, added_at) "
    "SELECT DISTINCT ON (record_id, ended_by) record_id, ended_by, is_cancelled, $4::timestamptz "
    "FROM unnest($1::uuid[], $2::uuid[], $3::boolean[]) AS e (record_id, ended_by, is_cancelled) "
    "ORDER BY record_id, ended_by, is_cancelled DESC ON CONFLICT DO NOTHING"};

/* What every list selects; $1 type, $2 now, $3 everything, $4 source, $5 state, $6 and $7 cursor,
 * $8 limit. */
#define RECORD_STATE                                                                               \
    "CASE WHEN r.is_cancelled OR e.is_cancelled THEN 'cancelled' "                                 \
    "WHEN NOT e.is_cancelled THEN 'replaced' WHEN r.expires_at <= $2::timestamptz "                \
    "THEN 'expired' ELSE 'current' END"
#define RECORD_LIST                                                                                \
    "SELECT r.id, r.source, r.subject, nullif(r.part, ''), r.at, r.expires_at, r.added_at, "       \
    "s.state, r.data::text FROM city_record r "                                                    \
    "LEFT JOIN LATERAL (SELECT bool_or(is_cancelled) AS is_cancelled FROM city_record_end "        \
    "WHERE record_id = r.id) e ON true CROSS JOIN LATERAL (SELECT " RECORD_STATE " AS state) s "   \
    "WHERE r.type = $1::text AND (r.is_public OR $3::boolean) "                                    \
    "AND ($4::text IS NULL OR r.source = $4) AND ($5::text IS NULL OR s.state = $5) "              \
    "AND (r.added_at, r.id) < (coalesce($6::timestamptz, 'infinity'), coalesce($7::uuid, "         \
    "'ffffffff-ffff-ffff-ffff-ffffffffffff')) "
#define RECORD_ORDER "ORDER BY r.added_at DESC, r.id DESC LIMIT $8::integer"

static const struct pg_statement list_records = {"intake_list_records", RECORD_LIST RECORD_ORDER};
static const struct pg_statement list_subject = {"intake_list_records_of", RECORD_LIST
                                                 "AND r.subject = $9::text " RECORD_ORDER};

/* Lists of places and a question for each: whatever the planner believes of the tables, it goes by
 * their indexes. */
static const struct pg_statement forget_records = {
    "intake_forget_records",
    "WITH gone AS (DELETE FROM city_record WHERE id = ANY (ARRAY(SELECT id FROM city_record "
    "WHERE expires_at < $1::timestamptz LIMIT 1000 FOR UPDATE SKIP LOCKED))) "
    "DELETE FROM city_record_end e WHERE e.ctid = ANY (ARRAY(SELECT ctid FROM city_record_end "
    "WHERE added_at < $1 LIMIT 1000 FOR UPDATE SKIP LOCKED)) "
    "AND (SELECT count(*) FROM city_record r WHERE r.id = e.record_id) = 0"};

enum {
    ID,
    TYPE,
    SOURCE,
    SUBJECT,
    PART,
    AT,
    EVENT_ID,
    EXPIRES,
    IS_PUBLIC,
    IS_CANCELLED,
    DATA,
    COLUMNS
};

static const enum pg_type column_types[COLUMNS] = {
    [ID] = PG_UUID,           [TYPE] = PG_TEXT,           [SOURCE] = PG_TEXT,
    [SUBJECT] = PG_TEXT,      [PART] = PG_TEXT,           [AT] = PG_TIMESTAMPTZ,
    [EVENT_ID] = PG_TEXT,     [EXPIRES] = PG_TIMESTAMPTZ, [IS_PUBLIC] = PG_BOOL,
    [IS_CANCELLED] = PG_BOOL, [DATA] = PG_JSONB,
};

static void put_record(struct pg_array *columns, const struct record *record)
{
    pg_array_uuid(&columns[ID], &record->id);
    pg_array_text(&columns[TYPE], record->type->word);
    pg_array_text(&columns[SOURCE], record->source);
    pg_array_text(&columns[SUBJECT], record->subject);
    pg_array_text(&columns[PART], record->part);
    pg_array_instant(&columns[AT], record->at_us);
    pg_array_text(&columns[EVENT_ID], record->event_id);
    pg_array_instant(&columns[EXPIRES], record->expires_us);
    pg_array_bool(&columns[IS_PUBLIC], record->is_public);
    pg_array_bool(&columns[IS_CANCELLED], record->is_cancelled);
    pg_array_bytes(&columns[DATA], record->data, record->data_size);
}

static void put_ended(struct pg_tx *tx, const struct record *const *records, size_t count,
                      int64_t now_us)
{
    struct pg_array ended, by, cancelled;
    pg_array_init(&ended, PG_UUID);
    pg_array_init(&by, PG_UUID);
    pg_array_init(&cancelled, PG_BOOL);
    for (size_t i = 0; i < count; i++) {
        for (size_t e = 0; e < records[i]->end_count; e++) {
            pg_array_uuid(&ended, &records[i]->ends[e].id);
            pg_array_uuid(&by, &records[i]->id);
            pg_array_bool(&cancelled, records[i]->ends[e].is_cancelled);
        }
    }
    if (ended.count > 0) {
        pg_tx_add(tx, &put_ends);
        pg_tx_array(tx, &ended);
        pg_tx_array(tx, &by);
        pg_tx_array(tx, &cancelled);
        pg_tx_instant(tx, now_us);
    }
    pg_array_finish(&ended);
    pg_array_finish(&by);
    pg_array_finish(&cancelled);
}

void store_put_records(struct pg_tx *tx, const struct record *const *records, size_t count,
                       int64_t now_us)
{
    struct pg_array columns[COLUMNS];
    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_array_init(&columns[i], column_types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        put_record(columns, records[i]);
    }
    pg_tx_add(tx, &put_records);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
    pg_tx_instant(tx, now_us);
    put_ended(tx, records, count, now_us);
}

void store_list_records(struct pg_tx *tx, const struct record_query *query)
{
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, query->subject != NULL ? &list_subject : &list_records);
    pg_tx_text(tx, query->type->word);
    pg_tx_instant(tx, query->now_us);
    pg_tx_bool(tx, query->reads_all);
    pg_tx_text(tx, query->source);
    pg_tx_text(tx, query->state >= 0 ? record_state_words[query->state] : NULL);
    pg_tx_instant(tx, query->after != NULL ? query->after->at_us : 0);
    if (query->after != NULL) {
        pg_tx_uuid(tx, &query->after->id);
    } else {
        pg_tx_null(tx);
    }
    pg_tx_int4(tx, query->limit);
    if (query->subject != NULL) {
        pg_tx_text(tx, query->subject);
    }
}

void store_take_record(const struct pg_tx *tx, size_t row, struct record_row *out)
{
    *out = (struct record_row){
        .id = pg_value_uuid(tx, 0, row, 0),
        .source = pg_value_text(tx, 0, row, 1),
        .subject = pg_value_text(tx, 0, row, 2),
        .part = pg_value_text(tx, 0, row, 3),
        .at_us = pg_value_instant(tx, 0, row, 4),
        .expires_us = pg_value_instant(tx, 0, row, 5),
        .added_us = pg_value_instant(tx, 0, row, 6),
        .state = pg_value_text(tx, 0, row, 7),
        .data = pg_value_text(tx, 0, row, 8),
    };
}

void store_forget_records(struct pg_tx *tx, int64_t before_us)
{
    pg_tx_add(tx, &forget_records);
    pg_tx_instant(tx, before_us);
}
