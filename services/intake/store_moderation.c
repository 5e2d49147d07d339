/* SPDX-License-Identifier: Apache-2.0 */
#include "store_moderation.h"

#include "common/json.h"
#include "common/words.h"
#include "store_submission.h"
#include "store_view.h"
#include "submission_json.h"

static const struct pg_statement list_unmoderated = {
    "intake_list_unmoderated",
    "SELECT " VIEW_COLUMNS " " VIEW_TABLES "JOIN category k ON k.code = s.category "
    "WHERE s.moderation = 0 AND s.id > $1::uuid AND " VIEW_PUBLIC " "
    "AND ($2::text IS NULL OR s.category = $2) AND ($3::text IS NULL OR c.unit = $3) "
    "AND coalesce(c.phase NOT IN ('withdrawn', 'merged'), true) "
    "ORDER BY s.id LIMIT $4::integer"};
static const struct pg_statement read_one = {
    "intake_read_moderation",
    "SELECT " VIEW_COLUMNS " " VIEW_TABLES "JOIN category k ON k.code = s.category "
    "WHERE s.id = $1::uuid AND " VIEW_PUBLIC " AND ($2::text IS NULL OR c.unit = $2)"};
static const struct pg_statement read_decisions = {
    "intake_read_decisions",
    "SELECT version, decision, title, description, media, exact_place, class, note, account, at "
    "FROM moderation WHERE submission_id = $1::uuid ORDER BY version"};
static const struct pg_statement read_command = {
    "intake_read_moderation_command",
    "SELECT submission_id, version, fingerprint FROM moderation WHERE command = $1::uuid"};
static const struct pg_statement moderate = {
    "intake_moderate",
    "WITH won AS (UPDATE submission SET moderation = $2::integer "
    "WHERE id = $1::uuid AND moderation = $2 - 1 RETURNING id) "
    "INSERT INTO moderation (submission_id, version, decision, title, description, media, "
    "exact_place, class, note, account, at, command, fingerprint) SELECT id, $2, $3::text, "
    "$4::text, $5::text, $6::jsonb, $7::boolean, $8::text, $9::text, $10::text, "
    "$11::timestamptz, $12::uuid, $13::bytea FROM won RETURNING version"};

void store_list_unmoderated(struct pg_tx *tx, const struct moderation_queue *queue)
{
    pg_tx_add(tx, &list_unmoderated);
    pg_tx_uuid(tx, &queue->after);
    pg_tx_text(tx, queue->category);
    pg_tx_text(tx, queue->unit);
    pg_tx_int4(tx, queue->limit);
}

void store_read_moderation(struct pg_tx *tx, const struct uuid *id, const char *unit,
                           const struct uuid *command)
{
    pg_tx_add(tx, &read_one);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, unit);
    pg_tx_add(tx, &read_decisions);
    pg_tx_uuid(tx, id);
    pg_tx_add(tx, &read_command);
    pg_tx_uuid(tx, command);
}

enum { ONE, DECISIONS, COMMAND };

static void take_record(const struct pg_tx *tx, size_t row, struct moderation_record *record,
                        struct arena *arena)
{
    const char *text[10] = {NULL};
    for (int column = 1; column < 9; column++) {
        if (column != 5) {
            text[column] = arena_text(arena, pg_value_text(tx, DECISIONS, row, column));
        }
    }
    *record = (struct moderation_record){
        .moderation = {.version = pg_value_int4(tx, DECISIONS, row, 0),
                       .decision =
                           (enum moderation_decision)word_index(moderation_decision_words, text[1]),
                       .title = text[2],
                       .description = text[3],
                       .exact_place = pg_value_bool(tx, DECISIONS, row, 5)},
        .reason = text[6],
        .note = text[7],
        .account = text[8],
        .at = pg_value_instant(tx, DECISIONS, row, 9),
    };
    record->moderation.media_count =
        submission_read_media(text[4], &record->moderation.media, arena);
}

size_t store_take_decisions(const struct pg_tx *tx, struct moderation_record **records,
                            struct arena *arena)
{
    size_t count = pg_rows(tx, DECISIONS);
    *records = arena_array(arena, count, sizeof **records);
    for (size_t i = 0; i < count; i++) {
        take_record(tx, i, &(*records)[i], arena);
    }
    return count;
}

bool store_take_command(const struct pg_tx *tx, struct moderation_taken *taken)
{
    size_t size;
    if (pg_rows(tx, COMMAND) == 0) {
        return false;
    }
    *taken = (struct moderation_taken){
        .submission_id = pg_value_uuid(tx, COMMAND, 0, 0),
        .version = pg_value_int4(tx, COMMAND, 0, 1),
        .fingerprint = pg_value_bytes(tx, COMMAND, 0, 2, &size),
    };
    return true;
}

static void put_media(struct pg_tx *tx, const struct moderation *moderation)
{
    struct json_writer writer;
    struct buffer json;
    buffer_init(&json);
    json_write_start(&writer, &json);
    json_put_texts(&writer, NULL, moderation->media, moderation->media_count);
    pg_tx_jsonb(tx, json.data, json.size);
    buffer_finish(&json);
}

void store_moderate(struct pg_tx *tx, const struct uuid *id, const struct moderation_record *record,
                    const struct uuid *command, const void *fingerprint)
{
    const struct moderation *moderation = &record->moderation;
    pg_tx_add(tx, &moderate);
    pg_tx_uuid(tx, id);
    pg_tx_int4(tx, moderation->version);
    pg_tx_text(tx, moderation_decision_words[moderation->decision]);
    pg_tx_text(tx, moderation->title);
    pg_tx_text(tx, moderation->description);
    put_media(tx, moderation);
    pg_tx_bool(tx, moderation->exact_place);
    pg_tx_text(tx, record->reason);
    pg_tx_text(tx, record->note);
    pg_tx_text(tx, record->account);
    pg_tx_instant(tx, record->at);
    pg_tx_uuid(tx, command);
    pg_tx_bytes(tx, fingerprint, MODERATION_FINGERPRINT_SIZE);
}
