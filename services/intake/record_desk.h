/* SPDX-License-Identifier: Apache-2.0 */
/* record_desk: where records that came over HTTP queue for the next transaction. Loop thread only.
 */
#ifndef INTAKE_RECORD_DESK_H
#define INTAKE_RECORD_DESK_H

#include "common/metrics.h"
#include "common/pg.h"
#include "record.h"

struct record_desk;
struct record_desk *record_desk_new(struct pg *pg, struct metrics *metrics);
void record_desk_free(struct record_desk *desk); /* no request may be under way */

struct record_request;
/* err NULL: the version is in, or a newer one was there. */
typedef void record_on_done(struct record_request *request, const struct error *err);

/* Owned by the edge until on_done. */
struct record_request {
    struct record record; /* read */
    record_on_done *on_done;
    void *arg;
};

/* on_done is called once, later or at once (ERR_BUSY). */
void record_desk_submit(struct record_desk *desk, struct record_request *request);

#endif
