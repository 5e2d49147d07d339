/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

void word_rows_init(struct word_rows *rows)
{
    pg_array_init(&rows->ids, PG_UUID);
    pg_array_init(&rows->tickets, PG_TEXT);
    pg_array_init(&rows->plain, PG_TEXT);
    pg_array_init(&rows->marked, PG_TEXT);
}

void word_rows_finish(struct word_rows *rows)
{
    pg_array_finish(&rows->ids);
    pg_array_finish(&rows->tickets);
    pg_array_finish(&rows->plain);
    pg_array_finish(&rows->marked);
}

void word_rows_add(struct word_rows *rows, const struct uuid *case_id, const char *ticket,
                   const char *const *texts, size_t text_count, struct arena *arena)
{
    struct case_words words;
    case_words_init(&words, arena);
    for (size_t i = 0; i < text_count; i++) {
        case_words_add(&words, texts[i]);
    }
    pg_array_uuid(&rows->ids, case_id);
    pg_array_text(&rows->tickets, ticket);
    pg_array_text(&rows->plain, word_list_join(&words.plain, arena));
    pg_array_text(&rows->marked, word_list_join(&words.marked, arena));
}

static const struct pg_statement words_add = {
    "words_add", "INSERT INTO case_words (case_id, ticket, plain, marked) "
                 "SELECT case_id, ticket, string_to_array(plain, ' '), "
                 "string_to_array(marked, ' ') "
                 "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) "
                 "AS i (case_id, ticket, plain, marked) "
                 "ON CONFLICT (case_id) DO NOTHING"};

void store_words_add(struct pg_tx *tx, const struct word_rows *rows)
{
    pg_tx_add(tx, &words_add);
    pg_tx_array(tx, &rows->ids);
    pg_tx_array(tx, &rows->tickets);
    pg_tx_array(tx, &rows->plain);
    pg_tx_array(tx, &rows->marked);
}

/* What ANALYZE has found; unnest fills up the shorter list of words. */
static const struct pg_statement word_counts = {
    "word_counts",
    "SELECT c.reltuples::float8, w.word, w.share::float8 FROM pg_class c "
    "LEFT JOIN (pg_stats s CROSS JOIN LATERAL unnest(s.most_common_elems::text::text[], "
    "s.most_common_elem_freqs) AS w (word, share)) "
    "ON s.schemaname = current_schema() AND s.tablename = 'case_words' AND s.attname = 'plain' "
    "AND w.word IS NOT NULL AND w.share >= 0.001 "
    "WHERE c.oid = 'case_words'::regclass ORDER BY w.word COLLATE \"C\""};

void store_word_counts(struct pg_tx *tx)
{
    pg_tx_add(tx, &word_counts);
}

void store_word_counts_take(const struct pg_tx *tx, size_t statement, struct word_counts *counts)
{
    size_t rows = pg_rows(tx, statement);
    arena_reset(&counts->arena);
    counts->shares = arena_array(&counts->arena, rows, sizeof *counts->shares);
    counts->count = 0;
    counts->cases = 0;
    for (size_t row = 0; row < rows; row++) {
        double cases = pg_value_float8(tx, statement, row, 0);
        counts->cases = cases > 0 ? cases : 0;
        if (!pg_value_is_null(tx, statement, row, 1)) {
            counts->shares[counts->count++] = (struct word_share){
                .word = arena_text(&counts->arena, pg_value_text(tx, statement, row, 1)),
                .share = pg_value_float8(tx, statement, row, 2)};
        }
    }
}
