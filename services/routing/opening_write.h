/* SPDX-License-Identifier: Apache-2.0 */
/* opening_write: a new case and all that must come true with it, in one transaction.
 *
 * Its key, its place in a slot, or the step of the case that it is split from: either all of it is
 * there afterwards, and told, or nothing. */
#ifndef ROUTING_OPENING_WRITE_H
#define ROUTING_OPENING_WRITE_H

#include "common/digest.h"
#include "services/routing/opening.h"
#include "services/routing/routing.h"
#include "services/routing/store_opening.h"

enum opening_end {
    OPENING_DONE,
    OPENING_OUTRUN, /* somebody was faster with the key, the place or the parent: read again */
    OPENING_FAILED  /* err; it may have come true unless err says otherwise */
};

/* A version that is told with the transaction. */
struct opening_told {
    struct uuid event_id;
    struct buffer json;
    uint8_t hash[DIGEST_SIZE]; /* its link in the history */
    struct outbox_item *staged;
};

/* The caller's memory until on_written; so are the texts. */
struct opening_write {
    struct case_snapshot opened;
    struct opening_report report;
    const struct opening_key *key;      /* NULL: none */
    const struct reception_slot *slot;  /* NULL: none */
    const struct case_snapshot *parent; /* as the split leaves it; NULL: no split */
    const uint8_t *fingerprint;         /* of the body of a split */
    const char *traceparent;
    /* Called once. When done, told.json is the case as it was told. */
    void (*on_written)(struct opening_write *write, enum opening_end end, const struct error *err);
    void *arg;

    struct routing *routing;
    struct buffer filed; /* the report, as it is kept */
    struct opening_told told, parent_told;
};

void opening_write_send(struct opening_write *write, struct routing *routing);

#endif
