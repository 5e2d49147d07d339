/* SPDX-License-Identifier: Apache-2.0 */
/* store_delivery: the rows of deliveries being made and sent. */
#ifndef NOTIFICATION_STORE_DELIVERY_H
#define NOTIFICATION_STORE_DELIVERY_H

#include "common/pg.h"
#include "letter.h"
#include "plan.h"

/* One row to be made. */
struct delivery_row {
    struct uuid id;
    struct planned planned;
    const struct news *news;
    const char *notice; /* JSON */
    size_t notice_size;
    bool hand; /* may be sent at once by this process, if its address is known */
};

/* Columns of the result, one row for each delivery that was new. */
enum {
    MADE_COMMAND, /* its id */
    MADE_PLACE,   /* index among rows + 1 */
    MADE_STATE,
    MADE_SEQ, /* in-app; else NULL */
    MADE_SEALED
};

/* Adds the statement that makes them, up to the eight parameters of the outbox, which the caller
 * adds: $15 to $22. */
void store_make_deliveries(struct pg_tx *tx, const struct delivery_row *rows, size_t count,
                           int64_t now, int64_t lease_until, int64_t look_at);

/* Leases letters of a lane that are due; read them from the result. */
void store_claim(struct pg_tx *tx, enum lane lane, size_t max, int64_t now, int64_t lease_until);
struct letter *store_claimed_letter(const struct pg_tx *tx, size_t statement, size_t row);

/* Adds the statement that settles letters, up to the eight parameters of the outbox: $8 to $15.
 * Result: the id of each letter whose end is now in its row. */
void store_settle(struct pg_tx *tx, struct letter *const *letters, size_t count);

#endif
