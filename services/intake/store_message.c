/* SPDX-License-Identifier: Apache-2.0 */
/* Sending messages: where a thread stands, and the statement that stores. */
#include "store_message.h"

#include <string.h>

#include "common/words.h"
#include "message_json.h"

/* Who may speak: the person who filed it, or the system whose key did. */
static const struct pg_statement read_states = {
    "intake_read_states",
    "SELECT coalesce(c.version, 0), c.phase, coalesce(c.phase = 'paused' "
    "AND c.question ->> 'asked' = 'reporter' AND c.question ->> 'answer' IS NULL, false), "
    "coalesce(c.rating_asked, false), c.rating IS NOT NULL, c.timeout_at, m.version, m.recent, "
    "m.under_way, k.submission_id, k.version, k.message_id, k.kind, k.at, k.fingerprint, "
    "i.position "
    "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) WITH ORDINALITY "
    "AS i (id, reporter, client, idempotency, position) "
    "JOIN submission s ON s.id = i.id AND (s.reporter_ref = i.reporter "
    "OR (s.client = i.client AND s.client <> 'account')) "
    "LEFT JOIN submission_case c ON c.submission_id = s.id CROSS JOIN LATERAL ("
    "SELECT coalesce(max(version), 1) AS version, "
    "count(*) FILTER (WHERE at > now() - interval '1 hour')::integer AS recent, "
    "string_agg(DISTINCT kind, ' ') FILTER (WHERE state = 'sent') AS under_way "
    "FROM submission_message WHERE submission_id = s.id) m "
    "LEFT JOIN submission_message k ON k.idempotency = i.idempotency ORDER BY i.position"};

void store_read_states(struct pg_tx *tx, struct message_request *const *items, size_t count)
{
    struct pg_array ids, reporters, clients, keys;
    pg_array_init(&ids, PG_UUID);
    pg_array_init(&reporters, PG_TEXT);
    pg_array_init(&clients, PG_TEXT);
    pg_array_init(&keys, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&ids, &items[i]->message.submission_id);
        pg_array_text(&reporters, items[i]->reporter);
        pg_array_text(&clients, items[i]->client);
        pg_array_uuid(&keys, &items[i]->idempotency);
    }
    pg_tx_add(tx, &read_states);
    pg_tx_array(tx, &ids);
    pg_tx_array(tx, &reporters);
    pg_tx_array(tx, &clients);
    pg_tx_array(tx, &keys);
    pg_array_finish(&ids);
    pg_array_finish(&reporters);
    pg_array_finish(&clients);
    pg_array_finish(&keys);
}

enum { EARLIER = 9, POSITION = 15 };

size_t store_state_position(const struct pg_tx *tx, size_t row)
{
    return (size_t)(pg_value_int8(tx, 0, row, POSITION) - 1);
}

/* No kind's word is a part of another's. */
static unsigned kinds_of(const char *words)
{
    unsigned kinds = 0;
    for (int kind = 0; words != NULL && kind < MESSAGE_KINDS; kind++) {
        kinds |= strstr(words, message_kind_words[kind]) != NULL ? 1u << kind : 0;
    }
    return kinds;
}

void store_take_state(const struct pg_tx *tx, size_t statement, size_t row,
                      struct thread_state *state)
{
    const char *phase = pg_value_text(tx, statement, row, 1);
    *state = (struct thread_state){
        .case_version = pg_value_int4(tx, statement, row, 0),
        .phase =
            phase != NULL ? (enum case_phase)word_index(case_phase_words, phase) : PHASE_RECEIVED,
        .asked = pg_value_bool(tx, statement, row, 2),
        .rating_asked = pg_value_bool(tx, statement, row, 3),
        .rated = pg_value_bool(tx, statement, row, 4),
        .timeout_at =
            pg_value_is_null(tx, statement, row, 5) ? 0 : pg_value_instant(tx, statement, row, 5),
        .version = pg_value_int4(tx, statement, row, 6),
        .recent = pg_value_int4(tx, statement, row, 7),
        .under_way = kinds_of(pg_value_text(tx, statement, row, 8)),
    };
}

bool store_take_earlier(const struct pg_tx *tx, size_t row, struct message *earlier,
                        const void **fingerprint)
{
    size_t size;
    if (pg_value_is_null(tx, 0, row, EARLIER)) {
        return false;
    }
    earlier->submission_id = pg_value_uuid(tx, 0, row, EARLIER);
    earlier->version = pg_value_int4(tx, 0, row, EARLIER + 1);
    earlier->id = pg_value_uuid(tx, 0, row, EARLIER + 2);
    earlier->kind =
        (enum message_kind)word_index(message_kind_words, pg_value_text(tx, 0, row, EARLIER + 3));
    earlier->at = pg_value_instant(tx, 0, row, EARLIER + 4);
    *fingerprint = pg_value_bytes(tx, 0, row, EARLIER + 5, &size);
    return true;
}

static const struct pg_statement send_messages = {
    "intake_send_messages",
    "WITH input AS (SELECT * FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[], "
    "$5::text[], $6::text[], $7::jsonb[], $8::integer[], $9::timestamptz[], $10::uuid[], "
    "$11::bytea[]) AS i (submission_id, version, message_id, kind, text, rating, media, "
    "case_version, at, idempotency, fingerprint)), "
    "won AS (INSERT INTO submission_message (submission_id, version, message_id, kind, text, "
    "rating, media, case_version, at, idempotency, fingerprint, state) "
    "SELECT submission_id, version, message_id, kind, text, rating, media, "
    "nullif(case_version, -1), at, idempotency, fingerprint, 'sent' FROM input "
    "ON CONFLICT DO NOTHING RETURNING message_id AS command), "
    "said AS (" OUTBOX_INSERT(
        "won", 12, 13, 14, 15, 16, 17, 18,
        19) ") "
            "SELECT command FROM won UNION ALL SELECT m.message_id FROM input i "
            "JOIN submission_message m ON m.message_id = i.message_id"};

enum { SEND_COLUMNS = 11 };

static void put_message(struct pg_array columns[SEND_COLUMNS], const struct message_request *item)
{
    const struct message *message = &item->message;
    struct json_writer writer;
    struct buffer media;
    buffer_init(&media);
    json_write_start(&writer, &media);
    json_put_texts(&writer, NULL, message->media, message->media_count);
    pg_array_uuid(&columns[0], &message->submission_id);
    pg_array_int4(&columns[1], message->version);
    pg_array_uuid(&columns[2], &message->id);
    pg_array_text(&columns[3], message_kind_words[message->kind]);
    pg_array_text(&columns[4], message->text);
    pg_array_text(&columns[5], message->rating);
    pg_array_bytes(&columns[6], media.data, media.size);
    pg_array_int4(&columns[7], message->case_version);
    pg_array_instant(&columns[8], message->at);
    pg_array_uuid(&columns[9], &item->idempotency);
    pg_array_bytes(&columns[10], item->fingerprint, FINGERPRINT_SIZE);
    buffer_finish(&media);
}

void store_send_messages(struct pg_tx *tx, struct message_request *const *items, size_t count)
{
    static const enum pg_type types[SEND_COLUMNS] = {PG_UUID,        PG_INT4, PG_UUID,  PG_TEXT,
                                                     PG_TEXT,        PG_TEXT, PG_JSONB, PG_INT4,
                                                     PG_TIMESTAMPTZ, PG_UUID, PG_BYTEA};
    struct pg_array columns[SEND_COLUMNS];
    for (size_t i = 0; i < SEND_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        put_message(columns, items[i]);
    }
    pg_tx_add(tx, &send_messages);
    for (size_t i = 0; i < SEND_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}
