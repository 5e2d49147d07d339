/* SPDX-License-Identifier: Apache-2.0 */
/* publication: what city.reference.v1 should say, and what of it is not said yet.
 *
 * Units (parents first, then those that have ended), how the city is and was divided into areas,
 * processes, categories, focal points, and the promises of the month before, this one and the next
 * two. The month before is kept so that a service whose clock is a little slow still finds its
 * promise at the turn of a month. */
#ifndef ROUTING_PUBLICATION_H
#define ROUTING_PUBLICATION_H

#include "common/digest.h"
#include "common/outbox.h"
#include "services/routing/reference.h"

struct publication {
    const char *key;
    const char *type; /* of the event */
    const char *data; /* JSON; NULL: withdrawn */
    size_t data_size;
    uint8_t digest[DIGEST_SIZE]; /* of the data */

    struct uuid event_id; /* set by whoever stages it */
    struct outbox_item *staged;
};

struct publications {
    struct publication *items;
    size_t count;
};

/* What should be said at an instant; memory is the arena's. Months that the rules or the calendar
 * do not reach are left out, with a warning in the log. */
void publications_make(struct publications *publications, const struct reference *reference,
                       int64_t now_us, struct arena *arena);

/* Keeps what differs from `tx`'s result (store_published_read), and adds withdrawals of what is
 * no longer there. */
void publications_reduce(struct publications *publications, const struct pg_tx *tx,
                         size_t statement, struct arena *arena);

#endif
