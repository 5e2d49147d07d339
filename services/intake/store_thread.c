/* SPDX-License-Identifier: Apache-2.0 */
/* Reading threads, and keeping what cases say in them. */
#include <stdlib.h>
#include <string.h>

#include "common/words.h"
#include "message_json.h"
#include "store_message.h"
#include "submission_json.h"

/* ---- reading ---- */

/* As intake_read_states, of whoever may read. */
static const struct pg_statement read_state = {
    "intake_read_state",
    "SELECT coalesce(c.version, 0), c.phase, coalesce(c.phase = 'paused' "
    "AND c.question ->> 'asked' = 'reporter' AND c.question ->> 'answer' IS NULL, false), "
    "coalesce(c.rating_asked, false), c.rating IS NOT NULL, c.timeout_at, m.version, m.recent, "
    "m.under_way FROM (SELECT $1::uuid AS id) s "
    "LEFT JOIN submission_case c ON c.submission_id = s.id CROSS JOIN LATERAL ("
    "SELECT coalesce(max(version), 1) AS version, "
    "count(*) FILTER (WHERE at > now() - interval '1 hour')::integer AS recent, "
    "string_agg(DISTINCT kind, ' ') FILTER (WHERE state = 'sent') AS under_way "
    "FROM submission_message WHERE submission_id = s.id) m"};
static const struct pg_statement read_messages = {
    "intake_read_messages",
    "SELECT version, message_id, kind, text, rating, media::text, coalesce(case_version, -1), at, "
    "state, coalesce(settled_version, 0), refused FROM submission_message "
    "WHERE submission_id = $1::uuid ORDER BY version"};
static const struct pg_statement read_words = {
    "intake_read_words",
    "SELECT version, kind, said_by, unit, text, rating, media::text, message_id, at "
    "FROM submission_word WHERE submission_id = $1::uuid ORDER BY version"};

void store_read_thread(struct pg_tx *tx, const struct uuid *submission)
{
    static const struct pg_statement *const statements[] = {&read_state, &read_messages,
                                                            &read_words};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        pg_tx_add(tx, statements[i]);
        pg_tx_uuid(tx, submission);
    }
}

static struct message take_message(const struct pg_tx *tx, size_t statement, size_t row,
                                   struct arena *arena)
{
    struct message message = {
        .version = pg_value_int4(tx, statement, row, 0),
        .id = pg_value_uuid(tx, statement, row, 1),
        .kind =
            (enum message_kind)word_index(message_kind_words, pg_value_text(tx, statement, row, 2)),
        .text = arena_text(arena, pg_value_text(tx, statement, row, 3)),
        .rating = arena_text(arena, pg_value_text(tx, statement, row, 4)),
        .case_version = pg_value_int4(tx, statement, row, 6),
        .at = pg_value_instant(tx, statement, row, 7),
        .state = (enum message_state)word_index(message_state_words,
                                                pg_value_text(tx, statement, row, 8)),
        .settled_version = pg_value_int4(tx, statement, row, 9),
        .refused = arena_text(arena, pg_value_text(tx, statement, row, 10)),
    };
    message.media_count =
        submission_read_media(pg_value_text(tx, statement, row, 5), &message.media, arena);
    return message;
}

size_t store_take_messages(const struct pg_tx *tx, size_t statement,
                           const struct message **messages, struct arena *arena)
{
    size_t count = pg_rows(tx, statement);
    struct message *found = arena_array(arena, count, sizeof *found);
    for (size_t row = 0; row < count; row++) {
        found[row] = take_message(tx, statement, row, arena);
    }
    *messages = found;
    return count;
}

static struct case_word take_word(const struct pg_tx *tx, size_t statement, size_t row,
                                  struct arena *arena)
{
    struct case_word word = {
        .version = pg_value_int4(tx, statement, row, 0),
        .kind = (enum word_kind)word_index(word_kind_words, pg_value_text(tx, statement, row, 1)),
        .by = (enum word_author)word_index(word_author_words, pg_value_text(tx, statement, row, 2)),
        .unit = arena_text(arena, pg_value_text(tx, statement, row, 3)),
        .text = arena_text(arena, pg_value_text(tx, statement, row, 4)),
        .rating = arena_text(arena, pg_value_text(tx, statement, row, 5)),
        .message = pg_value_uuid(tx, statement, row, 7),
        .at = pg_value_instant(tx, statement, row, 8),
    };
    word.media_count =
        submission_read_media(pg_value_text(tx, statement, row, 6), &word.media, arena);
    return word;
}

size_t store_take_words(const struct pg_tx *tx, size_t statement, const struct case_word **words,
                        struct arena *arena)
{
    size_t count = pg_rows(tx, statement);
    struct case_word *found = arena_array(arena, count, sizeof *found);
    for (size_t row = 0; row < count; row++) {
        found[row] = take_word(tx, statement, row, arena);
    }
    *words = found;
    return count;
}

/* ---- applying ---- */

static const struct pg_statement add_words = {
    "intake_add_words",
    "INSERT INTO submission_word (submission_id, version, kind, said_by, unit, text, rating, "
    "media, "
    "message_id, at) SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], "
    "$5::text[], $6::text[], $7::text[], $8::jsonb[], $9::uuid[], $10::timestamptz[]) "
    "ON CONFLICT DO NOTHING"};
static const struct pg_statement end_messages = {
    "intake_end_messages",
    "UPDATE submission_message m SET state = i.state, settled_version = i.version, "
    "refused = i.refused, settled_at = i.at FROM unnest($1::uuid[], $2::text[], $3::integer[], "
    "$4::text[], $5::timestamptz[]) AS i (message_id, state, version, refused, at) "
    "WHERE m.message_id = i.message_id AND m.state = 'sent'"};

enum { WORD_COLUMNS = 10, END_COLUMNS = 5 };

static void put_word(struct pg_array columns[WORD_COLUMNS], const struct case_event *event)
{
    const struct case_word *word = &event->word;
    struct json_writer writer;
    struct buffer media;
    buffer_init(&media);
    json_write_start(&writer, &media);
    json_put_texts(&writer, NULL, word->media, word->media_count);
    pg_array_uuid(&columns[0], &event->submission_id);
    pg_array_int4(&columns[1], word->version);
    pg_array_text(&columns[2], word_kind_words[word->kind]);
    pg_array_text(&columns[3], word_author_words[word->by]);
    pg_array_text(&columns[4], word->unit);
    pg_array_text(&columns[5], word->text);
    pg_array_text(&columns[6], word->rating);
    pg_array_bytes(&columns[7], media.data, media.size);
    pg_array_uuid(&columns[8], uuid_is_nil(&word->message) ? NULL : &word->message);
    pg_array_instant(&columns[9], word->at);
    buffer_finish(&media);
}

static void send_columns(struct pg_tx *tx, const struct pg_statement *statement,
                         struct pg_array *columns, size_t count)
{
    bool filled = columns[0].count > 0;
    if (filled) {
        pg_tx_add(tx, statement);
    }
    for (size_t i = 0; i < count; i++) {
        if (filled) {
            pg_tx_array(tx, &columns[i]);
        }
        pg_array_finish(&columns[i]);
    }
}

static void init_ends(struct pg_array columns[END_COLUMNS])
{
    static const enum pg_type types[END_COLUMNS] = {PG_UUID, PG_TEXT, PG_INT4, PG_TEXT,
                                                    PG_TIMESTAMPTZ};
    for (size_t i = 0; i < END_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
}

/* By message, so that replicas lock rows in one order; each is done by one version. */
static int by_message(const void *a, const void *b)
{
    const struct case_word *const *left = a, *const *right = b;
    return memcmp(&(*left)->message, &(*right)->message, sizeof(struct uuid));
}

static void end_done(struct pg_tx *tx, const struct case_word **done, size_t count)
{
    struct pg_array columns[END_COLUMNS];
    qsort(done, count, sizeof *done, by_message);
    init_ends(columns);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&columns[0], &done[i]->message);
        pg_array_text(&columns[1], message_state_words[MESSAGE_DONE]);
        pg_array_int4(&columns[2], done[i]->version);
        pg_array_null(&columns[3]);
        pg_array_instant(&columns[4], done[i]->at);
    }
    send_columns(tx, &end_messages, columns, END_COLUMNS);
}

void store_apply_words(struct pg_tx *tx, const struct case_event *events, size_t count,
                       struct arena *arena)
{
    static const enum pg_type types[WORD_COLUMNS] = {PG_UUID, PG_INT4,       PG_TEXT, PG_TEXT,
                                                     PG_TEXT, PG_TEXT,       PG_TEXT, PG_JSONB,
                                                     PG_UUID, PG_TIMESTAMPTZ};
    struct pg_array columns[WORD_COLUMNS];
    const struct case_word **done = arena_array(arena, count, sizeof *done);
    size_t done_count = 0;
    for (size_t i = 0; i < WORD_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct case_word *word = &events[i].word;
        if (word->version > 0) {
            put_word(columns, &events[i]);
        }
        if (!uuid_is_nil(&word->message)) {
            done[done_count++] = word;
        }
    }
    send_columns(tx, &add_words, columns, WORD_COLUMNS);
    end_done(tx, done, done_count);
}

void store_refuse_messages(struct pg_tx *tx, const struct message_refusal *refusals, size_t count)
{
    struct pg_array columns[END_COLUMNS];
    init_ends(columns);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&columns[0], &refusals[i].message);
        pg_array_text(&columns[1], message_state_words[MESSAGE_REFUSED]);
        pg_array_int4(&columns[2], refusals[i].version);
        pg_array_text(&columns[3], refusals[i].code);
        pg_array_instant(&columns[4], refusals[i].at);
    }
    send_columns(tx, &end_messages, columns, END_COLUMNS);
}
