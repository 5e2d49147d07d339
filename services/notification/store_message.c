/* SPDX-License-Identifier: Apache-2.0 */
#include "store_message.h"

#define MESSAGE_COLUMNS                                                                            \
    "d.id, d.case_id, d.seq, d.created_at, d.read_at, d.template, d.language, d.notice, "          \
    "d.recipient "

static const struct pg_statement list_messages = {
    "notification_list_messages",
    "SELECT " MESSAGE_COLUMNS "FROM delivery d WHERE d.recipient = $1::text "
    "AND d.seq IS NOT NULL AND d.seq < $2::bigint AND (d.read_at IS NULL OR NOT $3::boolean) "
    "ORDER BY d.seq DESC LIMIT $4::bigint"};
static const struct pg_statement read_message = {
    "notification_read_message",
    "UPDATE delivery d SET read_at = COALESCE(d.read_at, $3::timestamptz) "
    "WHERE d.id = $1::uuid AND d.recipient = $2::text AND d.seq IS NOT NULL "
    "RETURNING " MESSAGE_COLUMNS};
static const struct pg_statement messages_after = {
    "notification_messages_after",
    "SELECT m.* FROM (SELECT account, min(seq) AS seq "
    "FROM unnest($1::text[], $2::bigint[]) AS a (account, seq) GROUP BY account) a "
    "CROSS JOIN LATERAL (SELECT " MESSAGE_COLUMNS "FROM delivery d "
    "WHERE d.recipient = a.account AND d.seq IS NOT NULL AND d.seq > a.seq "
    "ORDER BY d.seq LIMIT 20) m ORDER BY m.recipient, m.seq"};
static const struct pg_statement last_seq = {"notification_last_seq",
                                             "SELECT last_seq FROM inbox WHERE account = $1::text"};
static const struct pg_statement list_deliveries = {
    "notification_list_deliveries",
    "SELECT id, event_id, recipient, channel, template, state, attempts, reason, created_at, "
    "next_attempt_at, settled_at FROM delivery WHERE case_id = $1::uuid "
    "AND ($2::text IS NULL OR recipient = $2) AND id > $3::uuid ORDER BY id LIMIT $4::bigint"};

static const struct pg_statement census = {
    "notification_census", "SELECT channel, state, count(*) FROM delivery "
                           "WHERE settled_at >= $1::timestamptz GROUP BY 1, 2 ORDER BY 1, 2"};

void store_list_messages(struct pg_tx *tx, const char *account, int64_t before, bool unread_only,
                         size_t limit)
{
    pg_tx_add(tx, &list_messages);
    pg_tx_text(tx, account);
    pg_tx_int8(tx, before);
    pg_tx_bool(tx, unread_only);
    pg_tx_int8(tx, (int64_t)limit + 1);
}

void store_read_message(struct pg_tx *tx, const struct uuid *id, const char *account, int64_t now)
{
    pg_tx_add(tx, &read_message);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, account);
    pg_tx_instant(tx, now);
}

void store_messages_after(struct pg_tx *tx, const struct pg_array *accounts,
                          const struct pg_array *seqs)
{
    pg_tx_add(tx, &messages_after);
    pg_tx_array(tx, accounts);
    pg_tx_array(tx, seqs);
}

void store_last_seq(struct pg_tx *tx, const char *account)
{
    pg_tx_add(tx, &last_seq);
    pg_tx_text(tx, account);
}

struct message store_message(const struct pg_tx *tx, size_t statement, size_t row)
{
    struct message message = {
        .id = pg_value_uuid(tx, statement, row, 0),
        .case_id = pg_value_uuid(tx, statement, row, 1),
        .seq = pg_value_int8(tx, statement, row, 2),
        .created_at = pg_value_instant(tx, statement, row, 3),
        .read_at = pg_value_instant(tx, statement, row, 4),
        .template = pg_value_text(tx, statement, row, 5),
        .language = pg_value_text(tx, statement, row, 6),
    };
    message.notice = pg_value_bytes(tx, statement, row, 7, &message.notice_size);
    return message;
}

const char *store_message_account(const struct pg_tx *tx, size_t statement, size_t row)
{
    return pg_value_text(tx, statement, row, 8);
}

void store_list_deliveries(struct pg_tx *tx, const struct uuid *case_id, const char *recipient,
                           const struct uuid *after, size_t limit)
{
    pg_tx_add(tx, &list_deliveries);
    pg_tx_uuid(tx, case_id);
    pg_tx_text(tx, recipient);
    pg_tx_uuid(tx, after);
    pg_tx_int8(tx, (int64_t)limit + 1);
}

void store_census(struct pg_tx *tx, int64_t since)
{
    pg_tx_add(tx, &census);
    pg_tx_instant(tx, since);
}
