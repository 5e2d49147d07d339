/* SPDX-License-Identifier: Apache-2.0 */
#include "store_filing.h"

#include <stdio.h>

#include "common/buffer.h"
#include "submission_json.h"

#define FILED_COLUMNS                                                                              \
    "id, ticket, kind, channel, category, level, title, description, lat, lon, address, "          \
    "address_id, media, answers, details, reporter_ref, anonymous, business, filed_by, client, "   \
    "language, submitted_at, receive_by, rule_code, rule_version, rule_source, idempotency, "      \
    "fingerprint"

static const struct pg_statement file = {
    "intake_file",
    "WITH filed AS (INSERT INTO submission (" FILED_COLUMNS ") SELECT " FILED_COLUMNS " "
    "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], "
    "$7::text[], $8::text[], $9::float8[], $10::float8[], $11::text[], $12::text[], $13::jsonb[], "
    "$14::jsonb[], $15::jsonb[], $16::text[], $17::boolean[], $18::text[], $19::text[], "
    "$20::text[], $21::text[], $22::timestamptz[], $23::timestamptz[], $24::text[], "
    "$25::integer[], $26::text[], $27::uuid[], $28::bytea[]) AS s (" FILED_COLUMNS ") "
    "ON CONFLICT (idempotency) DO NOTHING RETURNING id AS command), "
    "told AS (INSERT INTO contact AS c (ref, digest, command) "
    "SELECT * FROM unnest($29::text[], $30::bytea[], $31::uuid[]) ON CONFLICT (ref) DO UPDATE "
    "SET digest = excluded.digest, command = excluded.command WHERE c.digest <> excluded.digest "
    "RETURNING command), "
    "won AS (SELECT command FROM filed UNION ALL SELECT command FROM told), "
    "said AS (" OUTBOX_INSERT("won", 32, 33, 34, 35, 36, 37, 38, 39) ") SELECT command FROM won"};

enum {
    ID,
    TICKET,
    KIND,
    CHANNEL,
    CATEGORY,
    LEVEL,
    TITLE,
    DESCRIPTION,
    LAT,
    LON,
    ADDRESS,
    ADDRESS_ID,
    MEDIA,
    ANSWERS,
    DETAILS,
    REPORTER,
    ANONYMOUS,
    BUSINESS,
    FILED_BY,
    CLIENT,
    LANGUAGE,
    SUBMITTED,
    RECEIVE_BY,
    RULE_CODE,
    RULE_VERSION,
    RULE_SOURCE,
    IDEMPOTENCY,
    FINGERPRINT,
    CONTACT_REF,
    CONTACT_DIGEST,
    CONTACT_COMMAND,
    COLUMNS
};

static const enum pg_type column_types[COLUMNS] = {
    [ID] = PG_UUID,
    [TICKET] = PG_TEXT,
    [KIND] = PG_TEXT,
    [CHANNEL] = PG_TEXT,
    [CATEGORY] = PG_TEXT,
    [LEVEL] = PG_TEXT,
    [TITLE] = PG_TEXT,
    [DESCRIPTION] = PG_TEXT,
    [LAT] = PG_FLOAT8,
    [LON] = PG_FLOAT8,
    [ADDRESS] = PG_TEXT,
    [ADDRESS_ID] = PG_TEXT,
    [MEDIA] = PG_JSONB,
    [ANSWERS] = PG_JSONB,
    [DETAILS] = PG_JSONB,
    [REPORTER] = PG_TEXT,
    [ANONYMOUS] = PG_BOOL,
    [BUSINESS] = PG_TEXT,
    [FILED_BY] = PG_TEXT,
    [CLIENT] = PG_TEXT,
    [LANGUAGE] = PG_TEXT,
    [SUBMITTED] = PG_TIMESTAMPTZ,
    [RECEIVE_BY] = PG_TIMESTAMPTZ,
    [RULE_CODE] = PG_TEXT,
    [RULE_VERSION] = PG_INT4,
    [RULE_SOURCE] = PG_TEXT,
    [IDEMPOTENCY] = PG_UUID,
    [FINGERPRINT] = PG_BYTEA,
    [CONTACT_REF] = PG_TEXT,
    [CONTACT_DIGEST] = PG_BYTEA,
    [CONTACT_COMMAND] = PG_UUID,
};

static void put_point(struct pg_array *columns, const struct submission *submission)
{
    if (submission->has_point) {
        pg_array_float8(&columns[LAT], submission->lat);
        pg_array_float8(&columns[LON], submission->lon);
    } else {
        pg_array_null(&columns[LAT]);
        pg_array_null(&columns[LON]);
    }
}

static void put_submission(struct pg_array *columns, const struct filing *filing,
                           struct buffer *scratch)
{
    const struct submission *s = &filing->submission;
    buffer_reset(scratch);
    submission_write_media(s, scratch);
    pg_array_uuid(&columns[ID], &s->id);
    pg_array_text(&columns[TICKET], s->ticket);
    pg_array_text(&columns[KIND], s->kind);
    pg_array_text(&columns[CHANNEL], channel_words[s->channel]);
    pg_array_text(&columns[CATEGORY], s->category);
    pg_array_text(&columns[LEVEL], level_words[s->level]);
    pg_array_text(&columns[TITLE], s->title);
    pg_array_text(&columns[DESCRIPTION], s->description);
    put_point(columns, s);
    pg_array_text(&columns[ADDRESS], s->address);
    pg_array_text(&columns[ADDRESS_ID], s->address_id);
    pg_array_bytes(&columns[MEDIA], scratch->data, scratch->size);
    pg_array_text(&columns[ANSWERS], s->answers);
    pg_array_text(&columns[DETAILS], s->details);
    pg_array_text(&columns[REPORTER], s->reporter_ref);
    pg_array_bool(&columns[ANONYMOUS], s->anonymous);
    pg_array_text(&columns[BUSINESS], s->business);
    pg_array_text(&columns[FILED_BY], s->filed_by);
    pg_array_text(&columns[CLIENT], s->client);
    pg_array_text(&columns[LANGUAGE], language_words[s->language]);
    pg_array_instant(&columns[SUBMITTED], s->submitted_at);
    pg_array_instant(&columns[RECEIVE_BY], s->receive_by);
    pg_array_text(&columns[RULE_CODE], s->receive_rule.code);
    pg_array_int4(&columns[RULE_VERSION], s->receive_rule.version);
    pg_array_text(&columns[RULE_SOURCE], s->receive_rule.source);
    pg_array_uuid(&columns[IDEMPOTENCY], &filing->idempotency);
    pg_array_bytes(&columns[FINGERPRINT], filing->fingerprint, FINGERPRINT_SIZE);
}

static void put_contact(struct pg_array *columns, const struct filing *filing)
{
    pg_array_text(&columns[CONTACT_REF], filing->contact_ref);
    pg_array_bytes(&columns[CONTACT_DIGEST], filing->contact_digest, CONTACT_DIGEST_SIZE);
    pg_array_uuid(&columns[CONTACT_COMMAND], &filing->contact_command);
}

void store_file(struct pg_tx *tx, struct filing *const *items, size_t count,
                struct filing *const *contacts, size_t contact_count)
{
    struct pg_array columns[COLUMNS];
    struct buffer scratch;

    buffer_init(&scratch);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_array_init(&columns[i], column_types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        put_submission(columns, items[i], &scratch);
    }
    for (size_t i = 0; i < contact_count; i++) {
        put_contact(columns, contacts[i]);
    }
    pg_tx_add(tx, &file);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
    buffer_finish(&scratch);
}

static const struct pg_statement find_filed = {
    "intake_find_filed",
    "SELECT id, idempotency, fingerprint, ticket, submitted_at, receive_by, rule_code, "
    "rule_version, rule_source FROM submission WHERE idempotency = ANY ($1::uuid[])"};

void store_find_filed(struct pg_tx *tx, struct filing *const *items, size_t count)
{
    struct pg_array keys;
    pg_array_init(&keys, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&keys, &items[i]->idempotency);
    }
    pg_tx_add(tx, &find_filed);
    pg_tx_array(tx, &keys);
    pg_array_finish(&keys);
}

struct uuid store_filed_idempotency(const struct pg_tx *tx, size_t row)
{
    return pg_value_uuid(tx, 0, row, 1);
}

void store_take_filed(const struct pg_tx *tx, size_t row, struct submission *submission,
                      const void **fingerprint, struct arena *arena)
{
    size_t size;
    submission->id = pg_value_uuid(tx, 0, row, 0);
    *fingerprint = pg_value_bytes(tx, 0, row, 2, &size);
    snprintf(submission->ticket, sizeof submission->ticket, "%s", pg_value_text(tx, 0, row, 3));
    submission->submitted_at = pg_value_instant(tx, 0, row, 4);
    submission->receive_by = pg_value_instant(tx, 0, row, 5);
    submission->receive_rule = (struct rule){
        .code = arena_text(arena, pg_value_text(tx, 0, row, 6)),
        .version = pg_value_int4(tx, 0, row, 7),
        .source = arena_text(arena, pg_value_text(tx, 0, row, 8)),
    };
}
