/* SPDX-License-Identifier: Apache-2.0 */
#include "store_quarantine.h"

#include "common/outbox.h"

/* Of one that came several times in a batch the first is kept. In the order of the key, which
 * spares replicas a deadlock. */
static const struct pg_statement quarantine = {
    "intake_quarantine",
    "WITH came AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], "
    "$5::text[], $6::text[], $7::text[], $8::bytea[], $9::bytea[], $10::bytea[], $11::text[]) "
    "AS c (id, source, event_id, prefix, type, reason, field, key, headers, value, state)), "
    "counted AS (SELECT DISTINCT ON (source, event_id) c.*, count(*) OVER (PARTITION BY source, "
    "event_id) AS times FROM came c ORDER BY source, event_id, id) "
    "INSERT INTO quarantine AS q (id, source, event_id, prefix, type, reason, field, key, headers, "
    "value, state, version, times, first_at, last_at) "
    "SELECT id, source, event_id, prefix, type, reason, field, key, headers, value, state, 1, "
    "times, $12::timestamptz, $12 FROM counted ORDER BY source, event_id "
    "ON CONFLICT (source, event_id) DO UPDATE SET times = q.times + excluded.times, "
    "last_at = excluded.last_at"};

enum { ID, SOURCE, EVENT_ID, PREFIX, TYPE, REASON, FIELD, KEY, HEADERS, VALUE, STATE, COLUMNS };

static const enum pg_type column_types[COLUMNS] = {
    [ID] = PG_UUID,       [SOURCE] = PG_TEXT, [EVENT_ID] = PG_TEXT, [PREFIX] = PG_TEXT,
    [TYPE] = PG_TEXT,     [REASON] = PG_TEXT, [FIELD] = PG_TEXT,    [KEY] = PG_BYTEA,
    [HEADERS] = PG_BYTEA, [VALUE] = PG_BYTEA, [STATE] = PG_TEXT,
};

static void put_bytes(struct pg_array *array, const void *bytes, size_t size)
{
    if (bytes == NULL) {
        pg_array_null(array);
    } else {
        pg_array_bytes(array, bytes, size);
    }
}

static void put_item(struct pg_array *columns, const struct quarantined *item,
                     struct buffer *packed)
{
    buffer_reset(packed);
    outbox_pack_headers(packed, item->headers, item->header_count);
    pg_array_uuid(&columns[ID], &item->id);
    pg_array_text(&columns[SOURCE], item->event->source);
    pg_array_text(&columns[EVENT_ID], item->event->id);
    pg_array_text(&columns[PREFIX], item->prefix);
    pg_array_text(&columns[TYPE], item->event->type);
    pg_array_text(&columns[REASON], item->reason);
    pg_array_text(&columns[FIELD], item->field);
    put_bytes(&columns[KEY], item->key, item->key_size);
    pg_array_bytes(&columns[HEADERS], packed->data, packed->size);
    put_bytes(&columns[VALUE], item->value, item->value_size);
    pg_array_text(&columns[STATE], quarantine_state_words[item->state]);
}

void store_quarantine(struct pg_tx *tx, const struct quarantined *const *items, size_t count,
                      int64_t now_us)
{
    struct pg_array columns[COLUMNS];
    struct buffer packed;
    if (count == 0) {
        return;
    }
    buffer_init(&packed);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_array_init(&columns[i], column_types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        put_item(columns, items[i], &packed);
    }
    pg_tx_add(tx, &quarantine);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
    pg_tx_instant(tx, now_us);
    buffer_finish(&packed);
}

/* ---- what people see and do ---- */

#define ROW_COLUMNS                                                                                \
    "q.id, q.source, q.event_id, q.prefix, q.type, q.reason, q.field, q.state, q.version, "        \
    "q.times, q.first_at, q.last_at, q.settled_at, q.submission_id, q.record_id, q.fixed"
#define WHOLE_COLUMNS ROW_COLUMNS ", q.key, q.headers, q.value"
#define LIST_WHERE                                                                                 \
    "AND ($1::text IS NULL OR q.reason = $1) AND q.id < coalesce($2::uuid, "                       \
    "'ffffffff-ffff-ffff-ffff-ffffffffffff') "                                                     \
    "AND ($4::text IS NULL OR q.state = $4) AND ($5::text IS NULL OR q.prefix = $5) "              \
    "ORDER BY q.id DESC LIMIT $3::integer"

static const struct pg_statement list_all = {
    "intake_list_quarantine", "SELECT " ROW_COLUMNS " FROM quarantine q WHERE true " LIST_WHERE};
static const struct pg_statement list_state = {
    "intake_list_quarantine_state",
    "SELECT " ROW_COLUMNS " FROM quarantine q WHERE q.state = $4::text " LIST_WHERE};
static const struct pg_statement read_one = {
    "intake_read_quarantine", "SELECT " WHOLE_COLUMNS " FROM quarantine q WHERE q.id = $1::uuid"};
static const struct pg_statement read_acts = {
    "intake_read_quarantine_acts",
    "SELECT at, by_whom, act, why FROM operator_act WHERE about = ($1::uuid)::text ORDER BY id"};

void store_list_quarantine(struct pg_tx *tx, const struct quarantine_query *query)
{
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, query->state >= 0 ? &list_state : &list_all);
    pg_tx_text(tx, query->reason);
    if (query->after != NULL) {
        pg_tx_uuid(tx, &query->after->id);
    } else {
        pg_tx_null(tx);
    }
    pg_tx_int4(tx, query->limit);
    pg_tx_text(tx, query->state >= 0 ? quarantine_state_words[query->state] : NULL);
    pg_tx_text(tx, query->source);
}

void store_read_quarantine(struct pg_tx *tx, const struct uuid *id)
{
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, &read_one);
    pg_tx_uuid(tx, id);
    pg_tx_add(tx, &read_acts);
    pg_tx_uuid(tx, id);
}

static void take_message(const struct pg_tx *tx, size_t row, struct quarantine_row *out)
{
    out->key = pg_value_bytes(tx, 0, row, 16, &out->key_size);
    out->headers = pg_value_bytes(tx, 0, row, 17, &out->headers_size);
    out->value = pg_value_bytes(tx, 0, row, 18, &out->value_size);
}

void store_take_quarantined(const struct pg_tx *tx, size_t row, struct quarantine_row *out,
                            bool whole)
{
    *out = (struct quarantine_row){
        .id = pg_value_uuid(tx, 0, row, 0),
        .source = pg_value_text(tx, 0, row, 1),
        .event_id = pg_value_text(tx, 0, row, 2),
        .prefix = pg_value_text(tx, 0, row, 3),
        .type = pg_value_text(tx, 0, row, 4),
        .reason = pg_value_text(tx, 0, row, 5),
        .field = pg_value_text(tx, 0, row, 6),
        .state = pg_value_text(tx, 0, row, 7),
        .version = pg_value_int4(tx, 0, row, 8),
        .times = pg_value_int8(tx, 0, row, 9),
        .first_at = pg_value_instant(tx, 0, row, 10),
        .last_at = pg_value_instant(tx, 0, row, 11),
        .settled_at = pg_value_instant(tx, 0, row, 12),
        .has_submission = !pg_value_is_null(tx, 0, row, 13),
        .submission = pg_value_uuid(tx, 0, row, 13),
        .has_record = !pg_value_is_null(tx, 0, row, 14),
        .record = pg_value_uuid(tx, 0, row, 14),
        .fixed = pg_value_text(tx, 0, row, 15),
    };
    if (whole) {
        take_message(tx, row, out);
    }
}

/* What waits for its quota may be discarded, but needs no release; what is on its way is nobody's
 * any more. */
const struct pg_statement store_quarantine_act = {
    "intake_act_on_quarantine",
    "WITH done AS (UPDATE quarantine SET version = version + 1, "
    "state = CASE $3::text WHEN 'release' THEN 'releasing' WHEN 'discard' THEN 'discarded' "
    "ELSE state END, settled_at = CASE $3 WHEN 'discard' THEN now() END, "
    "fixed = coalesce($4::text, fixed) WHERE id = $1::uuid AND ($2::integer < 0 OR version = $2) "
    "AND (state = 'open' OR (state = 'waiting' AND $3 = 'discard')) RETURNING id, version, state), "
    "noted AS (INSERT INTO operator_act (by_whom, act, about, why) "
    "SELECT $5::text, 'quarantine_' || $3, id::text, $6::text FROM done) "
    "SELECT version, state FROM done"};
static const struct pg_statement look = {
    "intake_look_at_quarantine", "SELECT version, state FROM quarantine WHERE id = $1::uuid"};

void store_act_on_quarantine(struct pg_tx *tx, const struct quarantine_deed *deed)
{
    pg_tx_add(tx, &store_quarantine_act);
    pg_tx_uuid(tx, &deed->id);
    pg_tx_int4(tx, deed->version);
    pg_tx_text(tx, quarantine_act_words[deed->act]);
    pg_tx_text(tx, deed->data);
    pg_tx_text(tx, deed->by);
    pg_tx_text(tx, deed->why);
    pg_tx_add(tx, &look);
    pg_tx_uuid(tx, &deed->id);
}

void store_take_outcome(const struct pg_tx *tx, struct quarantine_outcome *outcome)
{
    *outcome =
        (struct quarantine_outcome){.done = pg_rows(tx, 0) > 0, .is_there = pg_rows(tx, 1) > 0};
    if (outcome->is_there) {
        outcome->version = pg_value_int4(tx, 1, 0, 0);
        outcome->state = pg_value_text(tx, 1, 0, 1);
    }
}

/* ---- letting go ---- */

static const struct pg_statement claim = {
    "intake_claim_quarantine",
    "WITH lease AS (UPDATE quarantine_lease SET owner = $1::text, "
    "leased_until = now() + interval '10 seconds' WHERE owner = $1 OR leased_until < now() "
    "RETURNING 1) SELECT " WHOLE_COLUMNS " FROM lease CROSS JOIN LATERAL ("
    "(SELECT * FROM quarantine WHERE state = 'releasing' ORDER BY id LIMIT $2::integer) UNION ALL "
    "(SELECT w.* FROM event_source s CROSS JOIN LATERAL (SELECT * FROM quarantine "
    "WHERE prefix = s.prefix AND state = 'waiting' ORDER BY id LIMIT $2) w)) q "
    "ORDER BY q.state, q.prefix, q.id"};
static const struct pg_statement hold = {"intake_hold_quarantine",
                                         "SELECT quarantine_hold($1::uuid[])"};
static const struct pg_statement end = {
    "intake_end_quarantine",
    "UPDATE quarantine q SET version = q.version + 1, "
    "state = CASE WHEN e.released THEN 'released' ELSE 'open' END, "
    "settled_at = CASE WHEN e.released THEN $7::timestamptz END, "
    "submission_id = (SELECT s.id FROM submission s WHERE s.idempotency = e.idempotency), "
    "record_id = e.record, reason = coalesce(e.reason, q.reason), "
    "field = CASE WHEN e.reason IS NULL THEN q.field ELSE e.field END "
    "FROM unnest($1::uuid[], $2::boolean[], $3::uuid[], $4::uuid[], $5::text[], $6::text[]) "
    "AS e (id, released, idempotency, record, reason, field) WHERE q.id = e.id"};
static const struct pg_statement forget = {
    "intake_forget_quarantine",
    "WITH gone AS (DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine "
    "WHERE settled_at < $1::timestamptz LIMIT 1000 FOR UPDATE SKIP LOCKED)) SELECT 1"};
static const struct pg_statement count_states = {
    "intake_count_quarantine", "SELECT (SELECT count(*) FROM quarantine WHERE state = 'open'), "
                               "(SELECT count(*) FROM quarantine WHERE state = 'waiting')"};

void store_claim_quarantine(struct pg_tx *tx, const char *owner, int32_t limit)
{
    pg_tx_add(tx, &claim);
    pg_tx_text(tx, owner);
    pg_tx_int4(tx, limit);
}

void store_hold_quarantine(struct pg_tx *tx, const struct quarantine_end *ends, size_t count)
{
    struct pg_array array;
    pg_array_init(&array, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&array, &ends[i].id);
    }
    pg_tx_add(tx, &hold);
    pg_tx_array(tx, &array);
    pg_array_finish(&array);
}

enum { END_ID, END_RELEASED, END_IDEMPOTENCY, END_RECORD, END_REASON, END_FIELD, END_COLUMNS };

static void put_uuid(struct pg_array *array, const struct uuid *id)
{
    pg_array_uuid(array, uuid_is_nil(id) ? NULL : id);
}

void store_end_quarantine(struct pg_tx *tx, const struct quarantine_end *ends, size_t count,
                          int64_t now_us)
{
    static const enum pg_type types[END_COLUMNS] = {
        [END_ID] = PG_UUID,     [END_RELEASED] = PG_BOOL, [END_IDEMPOTENCY] = PG_UUID,
        [END_RECORD] = PG_UUID, [END_REASON] = PG_TEXT,   [END_FIELD] = PG_TEXT,
    };
    struct pg_array columns[END_COLUMNS];
    for (size_t i = 0; i < END_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&columns[END_ID], &ends[i].id);
        pg_array_bool(&columns[END_RELEASED], ends[i].is_released);
        put_uuid(&columns[END_IDEMPOTENCY], &ends[i].idempotency);
        put_uuid(&columns[END_RECORD], &ends[i].record);
        pg_array_text(&columns[END_REASON], ends[i].reason);
        pg_array_text(&columns[END_FIELD], ends[i].field);
    }
    pg_tx_add(tx, &end);
    for (size_t i = 0; i < END_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
    pg_tx_instant(tx, now_us);
}

void store_forget_quarantine(struct pg_tx *tx, int64_t before_us)
{
    pg_tx_add(tx, &forget);
    pg_tx_instant(tx, before_us);
}

void store_count_quarantine(struct pg_tx *tx)
{
    pg_tx_add(tx, &count_states);
}
