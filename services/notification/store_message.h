/* SPDX-License-Identifier: Apache-2.0 */
/* store_message: deliveries as people read them: messages in the app, the log, and how many. */
#ifndef NOTIFICATION_STORE_MESSAGE_H
#define NOTIFICATION_STORE_MESSAGE_H

#include "common/pg.h"
#include "delivery_json.h"

/* Each adds one statement. Rows are messages unless said otherwise. */

/* Newest first, below `before`; limit + 1 rows tell that there are more. */
void store_list_messages(struct pg_tx *tx, const char *account, int64_t before, bool unread_only,
                         size_t limit);
/* Marks it read, the first time only; no row when it is not the account's. */
void store_read_message(struct pg_tx *tx, const struct uuid *id, const char *account, int64_t now);
/* What each account has after its seq, in order of account and seq, some at a time. */
void store_messages_after(struct pg_tx *tx, const struct pg_array *accounts,
                          const struct pg_array *seqs);
/* One row at most: the last number of the account's inbox. */
void store_last_seq(struct pg_tx *tx, const char *account);

/* Texts are borrowed from the result. */
struct message store_message(const struct pg_tx *tx, size_t statement, size_t row);
const char *store_message_account(const struct pg_tx *tx, size_t statement, size_t row);

/* The log of a case, oldest first, after `after` (nil: from the beginning). recipient NULL: of all.
 * Columns: LOG_… */
enum {
    LOG_ID,
    LOG_EVENT_ID,
    LOG_RECIPIENT,
    LOG_CHANNEL,
    LOG_TEMPLATE,
    LOG_STATE,
    LOG_ATTEMPTS,
    LOG_REASON,
    LOG_CREATED_AT,
    LOG_NEXT_ATTEMPT_AT,
    LOG_SETTLED_AT
};
void store_list_deliveries(struct pg_tx *tx, const struct uuid *case_id, const char *recipient,
                           const struct uuid *after, size_t limit);

/* How many came to which end since then, by channel. Columns: CENSUS_… */
enum { CENSUS_CHANNEL, CENSUS_RESULT, CENSUS_DELIVERIES };
void store_census(struct pg_tx *tx, int64_t since);

#endif
