/* SPDX-License-Identifier: Apache-2.0 */
#include "store_delivery.h"

#include "common/outbox.h"
#include "common/words.h"

/* The numbers of an inbox are taken first, under its row's lock and in order of account, so that
 * two replicas never wait for each other in a circle. Numbers of rows that turn out not to be new
 * are left out. `account` is the recipient of an in-app row, else NULL: told by a filter on channel
 * instead, the planner expects one row and joins a batch by nested loops (measured: five times
 * the cost of the whole). */
static const struct pg_statement make_deliveries = {
    "notification_make_deliveries",
    "WITH planned AS (SELECT p.*, c.sealed, count(*) OVER (PARTITION BY p.account) AS of, "
    "row_number() OVER (PARTITION BY p.account ORDER BY p.place) AS nth "
    "FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], "
    "$7::text[], $8::text[], $9::smallint[], $10::jsonb[], $11::boolean[]) "
    "WITH ORDINALITY AS p (id, event_id, case_id, recipient, account, channel, template, language, "
    "lane, notice, hand, place) LEFT JOIN contact c "
    "ON c.ref = p.recipient AND p.account IS NULL AND p.lane = 0), "
    "numbered AS (INSERT INTO inbox AS i (account, last_seq) SELECT account, count(*) "
    "FROM planned WHERE account IS NOT NULL GROUP BY account ORDER BY account "
    "ON CONFLICT (account) DO UPDATE SET last_seq = i.last_seq + excluded.last_seq "
    "RETURNING account, last_seq), "
    "judged AS (SELECT p.*, n.last_seq - p.of + p.nth AS seq, "
    "CASE WHEN p.account IS NOT NULL THEN 'sent' "
    "WHEN p.hand AND (p.lane = 1 OR p.sealed IS NOT NULL) THEN 'sending' ELSE 'waiting' END "
    "AS state FROM planned p LEFT JOIN numbered n ON n.account = p.account), "
    "won AS (INSERT INTO delivery (id, event_id, case_id, recipient, channel, template, language, "
    "lane, notice, created_at, state, attempts, claims, next_attempt_at, settled_at, seq) "
    "SELECT id, event_id, case_id, recipient, channel, template, language, lane, notice, "
    "$12::timestamptz, state, (state = 'sent')::integer, (state = 'sending')::integer, "
    "CASE WHEN state = 'sending' THEN $13::timestamptz WHEN state = 'sent' THEN NULL "
    "WHEN lane = 0 AND sealed IS NULL THEN $14::timestamptz ELSE $12 END, "
    "CASE WHEN state = 'sent' THEN $12 END, seq FROM judged "
    "ON CONFLICT (event_id, recipient, channel) DO NOTHING RETURNING id AS command, state, seq), "
    "said AS (" OUTBOX_INSERT(
        "won", 15, 16, 17, 18, 19, 20, 21,
        22) ") "
            "SELECT w.command, p.place, w.state, w.seq, p.sealed FROM won w JOIN planned p "
            "ON p.id = w.command ORDER BY p.place"};

static const struct pg_statement claim = {
    "notification_claim",
    "WITH due AS (SELECT id FROM delivery WHERE lane = $1::integer::smallint "
    "AND next_attempt_at IS NOT NULL AND next_attempt_at <= $2::timestamptz "
    "ORDER BY next_attempt_at LIMIT $3::integer FOR UPDATE SKIP LOCKED), "
    "claimed AS (UPDATE delivery d SET state = 'sending', claims = d.claims + 1, "
    "next_attempt_at = $4::timestamptz FROM due WHERE d.id = due.id RETURNING d.*) "
    "SELECT d.id, d.event_id, d.case_id, d.recipient, d.template, d.language, d.notice, "
    "d.created_at, d.next_attempt_at, d.claims, d.attempts, d.lane::integer, c.sealed "
    "FROM claimed d LEFT JOIN contact c ON c.ref = d.recipient AND d.lane = 0"};

/* A letter's own earlier effect counts as its effect, but says nothing a second time. */
static const struct pg_statement settle = {
    "notification_settle",
    "WITH told AS (SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::integer[], "
    "$5::text[], $6::timestamptz[], $7::timestamptz[]) "
    "AS t (id, claims, state, attempts, reason, next_attempt_at, ended_at)), "
    "won AS (UPDATE delivery d SET state = t.state, attempts = t.attempts, reason = t.reason, "
    "next_attempt_at = t.next_attempt_at, "
    "settled_at = CASE WHEN t.next_attempt_at IS NULL THEN t.ended_at END "
    "FROM told t WHERE d.id = t.id AND d.claims = t.claims AND d.state = 'sending' "
    "RETURNING d.id AS command), "
    "said AS (" OUTBOX_INSERT(
        "won", 8, 9, 10, 11, 12, 13, 14,
        15) ") "
            "SELECT command FROM won UNION ALL SELECT d.id FROM told t JOIN delivery d ON d.id = "
            "t.id "
            "WHERE d.claims = t.claims AND d.state = t.state AND d.attempts = t.attempts"};

enum { MAKE_COLUMNS = 11, SETTLE_COLUMNS = 7 };

static void columns_init(struct pg_array *columns, const enum pg_type *types, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pg_array_init(&columns[i], types[i]);
    }
}

static void columns_put(struct pg_tx *tx, struct pg_array *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

void store_make_deliveries(struct pg_tx *tx, const struct delivery_row *rows, size_t count,
                           int64_t now, int64_t lease_until, int64_t look_at)
{
    static const enum pg_type types[MAKE_COLUMNS] = {PG_UUID, PG_UUID,  PG_UUID, PG_TEXT,
                                                     PG_TEXT, PG_TEXT,  PG_TEXT, PG_TEXT,
                                                     PG_INT2, PG_JSONB, PG_BOOL};
    struct pg_array columns[MAKE_COLUMNS];
    columns_init(columns, types, MAKE_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        const struct planned *planned = &rows[i].planned;
        pg_array_uuid(&columns[0], &rows[i].id);
        pg_array_uuid(&columns[1], &rows[i].news->event_id);
        pg_array_uuid(&columns[2], &rows[i].news->case_id);
        pg_array_text(&columns[3], planned->recipient);
        pg_array_text(&columns[4], planned->channel == CHANNEL_INAPP ? planned->recipient : NULL);
        pg_array_text(&columns[5], channel_words[planned->channel]);
        pg_array_text(&columns[6], template_words[planned->template]);
        pg_array_text(&columns[7], language_words[planned->language]);
        pg_array_int2(&columns[8], (int16_t)planned->lane);
        pg_array_bytes(&columns[9], rows[i].notice, rows[i].notice_size);
        pg_array_bool(&columns[10], rows[i].hand);
    }
    pg_tx_add(tx, &make_deliveries);
    columns_put(tx, columns, MAKE_COLUMNS);
    pg_tx_instant(tx, now);
    pg_tx_instant(tx, lease_until);
    pg_tx_instant(tx, look_at);
}

void store_claim(struct pg_tx *tx, enum lane lane, size_t max, int64_t now, int64_t lease_until)
{
    pg_tx_add(tx, &claim);
    pg_tx_int4(tx, (int32_t)lane);
    pg_tx_instant(tx, now);
    pg_tx_int4(tx, (int32_t)max);
    pg_tx_instant(tx, lease_until);
}

struct letter *store_claimed_letter(const struct pg_tx *tx, size_t statement, size_t row)
{
    size_t size;
    const char *notice = pg_value_bytes(tx, statement, row, 6, &size);
    struct letter *letter = letter_new(pg_value_text(tx, statement, row, 3),
                                       pg_value_text(tx, statement, row, 12), notice, size);
    letter->id = pg_value_uuid(tx, statement, row, 0);
    letter->event_id = pg_value_uuid(tx, statement, row, 1);
    letter->case_id = pg_value_uuid(tx, statement, row, 2);
    letter->template =
        (enum template_id)word_index(template_words, pg_value_text(tx, statement, row, 4));
    letter->language =
        (enum language)word_index(language_words, pg_value_text(tx, statement, row, 5));
    letter->created_at = pg_value_instant(tx, statement, row, 7);
    letter->leased_until = pg_value_instant(tx, statement, row, 8);
    letter->claims = pg_value_int4(tx, statement, row, 9);
    letter->attempts = pg_value_int4(tx, statement, row, 10);
    letter->lane = (enum lane)pg_value_int4(tx, statement, row, 11);
    return letter;
}

static const char *const end_states[] = {
    [LETTER_SENT] = "sent",     [LETTER_FAILED] = "failed",    [LETTER_SKIPPED] = "skipped",
    [LETTER_AGAIN] = "waiting", [LETTER_RETURNED] = "waiting",
};

void store_settle(struct pg_tx *tx, struct letter *const *letters, size_t count)
{
    static const enum pg_type types[SETTLE_COLUMNS] = {
        PG_UUID, PG_INT4, PG_TEXT, PG_INT4, PG_TEXT, PG_TIMESTAMPTZ, PG_TIMESTAMPTZ};
    struct pg_array columns[SETTLE_COLUMNS];
    columns_init(columns, types, SETTLE_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        const struct letter *letter = letters[i];
        pg_array_uuid(&columns[0], &letter->id);
        pg_array_int4(&columns[1], letter->claims);
        pg_array_text(&columns[2], end_states[letter->end]);
        pg_array_int4(&columns[3], letter->attempts);
        pg_array_text(&columns[4], letter->reason);
        pg_array_instant(&columns[5], letter->next_attempt_at);
        pg_array_instant(&columns[6], letter->ended_at);
    }
    pg_tx_add(tx, &settle);
    columns_put(tx, columns, SETTLE_COLUMNS);
}
