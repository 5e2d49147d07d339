/* SPDX-License-Identifier: Apache-2.0 */
/* audit_checkpoint: what the history was at the end of a day, signed.
 *
 * One for each day since the first case, days without a row included, each naming the one before
 * by its digest. What is signed is a few lines of text (audit_statement), so that whoever keeps
 * checkpoints can check them with any Ed25519. Days are those of Hanoi (UTC+7, no daylight saving
 * time), counted since 1970-01-01. Pure. */
#ifndef ROUTING_AUDIT_CHECKPOINT_H
#define ROUTING_AUDIT_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"
#include "common/sign.h"
#include "services/routing/day.h"

/* A day is closed so long after its end. A row bears the instant of its decision and is committed
 * later: within 15 s, by the deadlines of requests and transactions. The rest is for clocks that
 * disagree. */
#define AUDIT_GRACE_US INT64_C(600000000)

enum { AUDIT_STATEMENT_SIZE = 320 };

struct audit_checkpoint {
    int64_t day;
    int64_t rows, total; /* of the day; of all days up to it */
    uint8_t root[DIGEST_SIZE];
    uint8_t previous[DIGEST_SIZE]; /* digest of the checkpoint before; zeros in the first one */
    char key_id[SIGN_ID_SIZE];
    uint8_t signature[SIGN_SIZE];
    int64_t made_at; /* not signed */
};

int64_t audit_day(int64_t at_us);
int64_t audit_day_start_us(int64_t day);
/* The last day whose checkpoint can be made. */
int64_t audit_day_due(int64_t now_us);

/* Begins a checkpoint of `day`, without rows, after `last` (NULL: the first). */
void audit_checkpoint_begin(struct audit_checkpoint *checkpoint, int64_t day,
                            const struct audit_checkpoint *last);
void audit_checkpoint_sign(struct audit_checkpoint *checkpoint, const struct sign_key *key);
bool audit_checkpoint_is_signed(const struct audit_checkpoint *checkpoint,
                                const struct sign_key *key);

/* What is signed; its size without the final NUL. */
size_t audit_statement(const struct audit_checkpoint *checkpoint, char text[AUDIT_STATEMENT_SIZE]);
/* By which the next one names it. */
void audit_checkpoint_digest(const struct audit_checkpoint *checkpoint,
                             uint8_t digest[DIGEST_SIZE]);

#endif
