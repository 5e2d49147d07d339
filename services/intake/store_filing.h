/* SPDX-License-Identifier: Apache-2.0 */
/* store_filing: the statement that files, and the one that looks up what was filed before. */
#ifndef INTAKE_STORE_FILING_H
#define INTAKE_STORE_FILING_H

#include "common/outbox.h"
#include "common/pg.h"
#include "filing.h"

/* Files those items whose idempotency is new, and tells those contacts that are news,
 * each with its event. The caller adds the eight parameters of the staged events (outbox.h) next.
 * Rows of the result: commands that won (ids of submissions, contact_command of contacts), in the
 * order of the items. A contact ref may occur once. */
void store_file(struct pg_tx *tx, struct filing *const *items, size_t count,
                struct filing *const *contacts, size_t contact_count);

/* Reads the rows that hold the items' idempotency. */
void store_find_filed(struct pg_tx *tx, struct filing *const *items, size_t count);

struct uuid store_filed_idempotency(const struct pg_tx *tx, size_t row);
/* What that filing was answered; other members stay as they are. */
void store_take_filed(const struct pg_tx *tx, size_t row, struct submission *submission,
                      const void **fingerprint, struct arena *arena);

#endif
