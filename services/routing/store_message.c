/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_message.h"

static const struct pg_statement messages_known = {
    "messages_known", "SELECT id FROM reporter_message WHERE id = ANY ($1::uuid[])"};

void store_messages_read(struct pg_tx *tx, const struct pg_array *cases,
                         const struct pg_array *messages)
{
    store_cases_read(tx, cases);
    pg_tx_add(tx, &messages_known);
    pg_tx_array(tx, messages);
}

static const struct pg_statement moves_check = {
    "moves_check",
    "SELECT case_moved_on() FROM unnest($1::uuid[], $2::integer[], $3::uuid[]) "
    "AS i (case_id, version, event_id) LEFT JOIN LATERAL (SELECT h.event_id FROM case_history h "
    "WHERE h.case_id = i.case_id AND h.version = i.version LIMIT 1) now ON true "
    "WHERE now.event_id IS DISTINCT FROM i.event_id LIMIT 1"};

void store_moves_check(struct pg_tx *tx, const struct pg_array *case_ids,
                       const struct pg_array *versions, const struct pg_array *event_ids)
{
    pg_tx_add(tx, &moves_check);
    pg_tx_array(tx, case_ids);
    pg_tx_array(tx, versions);
    pg_tx_array(tx, event_ids);
}

void message_rows_init(struct message_rows *rows)
{
    pg_array_init(&rows->ids, PG_UUID);
    pg_array_init(&rows->cases, PG_UUID);
    pg_array_init(&rows->versions, PG_INT4);
    pg_array_init(&rows->kinds, PG_TEXT);
    pg_array_init(&rows->times, PG_TIMESTAMPTZ);
    pg_array_init(&rows->case_versions, PG_INT4);
    pg_array_init(&rows->refusals, PG_TEXT);
}

void message_rows_finish(struct message_rows *rows)
{
    pg_array_finish(&rows->ids);
    pg_array_finish(&rows->cases);
    pg_array_finish(&rows->versions);
    pg_array_finish(&rows->kinds);
    pg_array_finish(&rows->times);
    pg_array_finish(&rows->case_versions);
    pg_array_finish(&rows->refusals);
}

void message_rows_add(struct message_rows *rows, const struct reporter_message *message,
                      int32_t case_version, const char *refused)
{
    pg_array_uuid(&rows->ids, &message->id);
    pg_array_uuid(&rows->cases, &message->case_id);
    pg_array_int4(&rows->versions, message->version);
    pg_array_text(&rows->kinds, message_kind_words[message->kind]);
    pg_array_instant(&rows->times, message->at);
    pg_array_int4(&rows->case_versions, case_version);
    pg_array_text(&rows->refusals, refused);
}

static const struct pg_statement messages_take = {
    "messages_take",
    "WITH won AS (INSERT INTO reporter_message (id, case_id, version, kind, at, case_version, "
    "refused) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], "
    "$5::timestamptz[], $6::integer[], $7::text[]) ON CONFLICT (id) DO NOTHING "
    "RETURNING id AS command), "
    "said AS (" OUTBOX_INSERT("won", 8, 9, 10, 11, 12, 13, 14, 15) ") SELECT command FROM won"};

void store_messages_take(struct pg_tx *tx, const struct message_rows *rows)
{
    pg_tx_add(tx, &messages_take);
    pg_tx_array(tx, &rows->ids);
    pg_tx_array(tx, &rows->cases);
    pg_tx_array(tx, &rows->versions);
    pg_tx_array(tx, &rows->kinds);
    pg_tx_array(tx, &rows->times);
    pg_tx_array(tx, &rows->case_versions);
    pg_tx_array(tx, &rows->refusals);
}
