/* SPDX-License-Identifier: Apache-2.0 */
/* store_audit: checkpoints, and the rows that they are made of. */
#ifndef ROUTING_STORE_AUDIT_H
#define ROUTING_STORE_AUDIT_H

#include "common/pg.h"
#include "services/routing/audit_checkpoint.h"

/* A row's place in its day. */
struct audit_place {
    int64_t at_us;
    struct uuid case_id;
    int32_t version;
};

/* Adds one statement, of one row: how far the checkpoints are. */
void store_audit_look(struct pg_tx *tx, int64_t quiet_since_us);
struct audit_look {
    bool has_last; /* the newest checkpoint */
    struct audit_checkpoint last;
    int64_t first_at; /* of the first row of all; 0: there is none */
    bool is_quiet;    /* all that began to write before quiet_since_us has ended */
};
void store_audit_looked(const struct pg_tx *tx, size_t statement, struct audit_look *look);

/* Up to `limit` rows after a place and before an instant, in order. Columns: at, case_id, version,
 * hash. */
void store_audit_rows(struct pg_tx *tx, const struct audit_place *after, int64_t before_us,
                      int limit);

/* One row when it was added; none when the day has a checkpoint already. */
void store_audit_add(struct pg_tx *tx, const struct audit_checkpoint *checkpoint);

/* Checkpoints after a day, in order, as store_audit_checkpoint reads them. */
void store_audit_list(struct pg_tx *tx, int64_t after_day, int limit);
void store_audit_checkpoint(const struct pg_tx *tx, size_t statement, size_t row,
                            struct audit_checkpoint *checkpoint);

#endif
