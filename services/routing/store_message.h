/* SPDX-License-Identifier: Apache-2.0 */
/* store_message: what reporters said, and whether it was taken before. */
#ifndef ROUTING_STORE_MESSAGE_H
#define ROUTING_STORE_MESSAGE_H

#include "common/pg.h"
#include "services/routing/reporter_message.h"
#include "services/routing/store.h"

/* Two statements: rows as of store_cases_read, then the ids among `messages` that were taken
 * before. In this order: who takes a message after the first has moved its case on. */
void store_messages_read(struct pg_tx *tx, const struct pg_array *cases,
                         const struct pg_array *messages);

/* Ends the transaction as a serialization failure unless these versions of cases are these events':
 * after the statements that were to write them. */
void store_moves_check(struct pg_tx *tx, const struct pg_array *case_ids,
                       const struct pg_array *versions, const struct pg_array *event_ids);

struct message_rows {
    struct pg_array ids, cases, versions, kinds, times, case_versions, refusals;
};
void message_rows_init(struct message_rows *rows);
void message_rows_finish(struct message_rows *rows);
/* refused: why; NULL: done. */
void message_rows_add(struct message_rows *rows, const struct reporter_message *message,
                      int32_t case_version, const char *refused);

/* The results are the ids that were new: events of refusals are staged with the message's id as
 * their command. The caller goes on with the eight parameters of the staged events. */
void store_messages_take(struct pg_tx *tx, const struct message_rows *rows);

#endif
