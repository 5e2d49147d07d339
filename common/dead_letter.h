/* SPDX-License-Identifier: Apache-2.0 */
/* dead_letter: one message that this service could not take, on its way to the table and to
 * <topic>.<group>.dlq: key, value and headers as they came, reasons in further headers. */
#ifndef COMMON_DEAD_LETTER_H
#define COMMON_DEAD_LETTER_H

#include "common/kafka.h"
#include "common/outbox.h"

struct dead_letter {
    const struct kafka_message *message; /* borrowed */
    const char *error_class;             /* stable for machines; in the batch's arena */
    const char *error_detail;
};

/* Stages the messages for the dead letter topic and adds the statement that writes both rows.
 * items: room for count. Temporary memory comes from the arena. */
void dead_letter_add(struct pg_tx *tx, struct outbox *outbox, const char *group,
                     const struct dead_letter *letters, size_t count, struct arena *arena,
                     struct outbox_item **items);

#endif
