/* SPDX-License-Identifier: Apache-2.0 */
/* order_fact: what counting needs to know of an order, as its latest event told it. Pure.
 *
 * Who ordered stays out. Instants are microseconds of UTC; 0 is "not (yet)". Amounts are đồng. */
#ifndef ANALYTICS_ORDER_FACT_H
#define ANALYTICS_ORDER_FACT_H

#include <stdbool.h>

#include "services/analytics/facts.h"

struct order_fact {
    struct uuid order_id;
    int32_t version;
    const char *service;
    const char *provider; /* unit */
    const char *channel;
    int64_t amount;
    int64_t refunded; /* all that was paid back so far */
    int64_t placed_at;
    int64_t paid_at;
    int64_t fulfilled_at;
    int64_t failed_at;
    int64_t refunded_at;
    int64_t expired_at;
    const char *failed_reason;   /* NULL: it has not failed */
    const char *refunded_reason; /* NULL: nothing was paid back */
    int64_t at;                  /* of the event */
};

/* How it stands. What was given and then paid back, wholly or in part, was fulfilled. */
enum order_state {
    ORDER_PLACED, /* waits to be paid */
    ORDER_PAID,   /* waits to be fulfilled */
    ORDER_FULFILLED,
    ORDER_FAILED,
    ORDER_EXPIRED,   /* was not paid in time */
    ORDER_CANCELLED, /* paid back before it was fulfilled, and nobody says that it failed */
    ORDER_STATES
};
enum order_state order_state_of(const struct order_fact *order);

struct told_fact order_tell(const struct order_fact *order, struct arena *arena);

/* All but order_id and version; texts are the arena's. False: these bytes were written by no
 * program of this layout. */
bool order_unpack(struct order_fact *order, const void *bytes, size_t size, struct arena *arena);

#endif
