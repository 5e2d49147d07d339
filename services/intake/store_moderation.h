/* SPDX-License-Identifier: Apache-2.0 */
/* store_moderation: the queue of what nobody has looked at, and decisions, which are only added. */
#ifndef INTAKE_STORE_MODERATION_H
#define INTAKE_STORE_MODERATION_H

#include "common/pg.h"
#include "moderation.h"

/* What is waiting, oldest first; rows for store_take_list. */
struct moderation_queue {
    struct uuid after;    /* nil: from the oldest on */
    const char *category; /* NULL: all */
    const char *unit;     /* whose case it is; NULL: of the whole city */
    int32_t limit;
};
void store_list_unmoderated(struct pg_tx *tx, const struct moderation_queue *queue);

/* One with all its decisions: a row for store_take_list (none: not there, not public, or not of
 * the unit), then the decisions in their order, then that of the command if it was taken before. */
void store_read_moderation(struct pg_tx *tx, const struct uuid *id, const char *unit,
                           const struct uuid *command);

/* A decision as it is kept; texts are in the arena of whoever reads it. */
struct moderation_record {
    struct moderation moderation;
    const char *reason, *note, *account;
    int64_t at;
};
size_t store_take_decisions(const struct pg_tx *tx, struct moderation_record **records,
                            struct arena *arena);

enum { MODERATION_FINGERPRINT_SIZE = 16 };

/* Who took the command before: its submission, version and fingerprint. False: nobody. */
struct moderation_taken {
    struct uuid submission_id;
    int32_t version;
    const void *fingerprint; /* borrowed from tx */
};
bool store_take_command(const struct pg_tx *tx, struct moderation_taken *taken);

/* Writes the decision that follows from `record->moderation.version - 1`; a row when it did. */
void store_moderate(struct pg_tx *tx, const struct uuid *id, const struct moderation_record *record,
                    const struct uuid *command, const void *fingerprint);

#endif
