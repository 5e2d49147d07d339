/* SPDX-License-Identifier: Apache-2.0 */
/* store_opening: the SQL of cases that are opened here, beside that of all new cases (store.h). */
#ifndef ROUTING_STORE_OPENING_H
#define ROUTING_STORE_OPENING_H

#include "common/digest.h"
#include "common/pg.h"
#include "services/routing/case.h"

/* An Idempotency-Key as it is kept, and the body that it came with. */
struct opening_key {
    uint8_t key[DIGEST_SIZE];
    uint8_t fingerprint[DIGEST_SIZE];
};

/* One row: the next number of a ticket. */
void store_number_next(struct pg_tx *tx);
int64_t store_number(const struct pg_tx *tx, size_t statement);

/* What was made under a key: no row, or one whose first column is the fingerprint. */
void store_key_read(struct pg_tx *tx, const struct opening_key *key);
bool store_key_is_same(const struct pg_tx *tx, size_t statement, const struct opening_key *key);
/* Refused with 23505 when the key is there. */
void store_key_add(struct pg_tx *tx, const struct opening_key *key, const struct uuid *made);

/* The same for slots, unless the first of them was not added: another was in the way. */
void store_slot_key_add(struct pg_tx *tx, const struct opening_key *key, const struct uuid *made);

/* The case that was opened under a key, as it was opened. Columns: fingerprint, snapshot. */
void store_keyed_case_read(struct pg_tx *tx, const struct opening_key *key);

/* ---- splits ---- */

/* What was split off at a version of its parent. Columns: fingerprint, snapshot as it was opened.
 */
void store_split_read(struct pg_tx *tx, const struct uuid *parent, int32_t version);

/* Refused with 23502 unless the event made the version of the parent, just before. */
void store_split_add(struct pg_tx *tx, const struct uuid *child, const struct case_snapshot *parent,
                     const struct uuid *event_id, const uint8_t fingerprint[DIGEST_SIZE]);

/* ---- relations ---- */

enum { STORE_RELATED_MAX = 200 };

/* Columns: case_id, version of the parent; oldest first. */
void store_children_read(struct pg_tx *tx, const struct uuid *parent);

/* What was merged into a case, directly or through another. Columns: case_id, merged_into, phase,
 * count of all. */
void store_followers_read(struct pg_tx *tx, const struct uuid *lead);

#endif
