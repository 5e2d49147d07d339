/* SPDX-License-Identifier: Apache-2.0 */
/* promise: by when what is filed in a month will be received, as data for others.
 *
 * The deadline is a function of the instant of filing. It rises with it while offices work, stands
 * still while they do not, and jumps where a working day is used up. So a month of it is a few
 * dozen straight pieces, from which another service tells the deadline without a calendar:
 * due + slope × (t − from), for t from `from` until the next piece. Exact for instants of whole
 * milliseconds, the resolution of all our events. Pure. */
#ifndef ROUTING_PROMISE_H
#define ROUTING_PROMISE_H

#include "services/routing/deadline.h"

enum { PROMISE_SEGMENTS_MAX = 500 }; /* as in vn.hanoi.promise.published.v1 */

struct promise_segment {
    int64_t from_us, due_us; /* whole milliseconds */
    int slope;               /* 0 or 1 */
};

/* Pieces for filings from start_us until end_us. The count, at most PROMISE_SEGMENTS_MAX; 0 when
 * the calendar does not reach or the pieces are too many. */
size_t promise_segments(const struct calendar *calendar, int64_t start_us, int64_t end_us,
                        int64_t minutes, struct promise_segment *segments);

/* What the pieces say; at_us must not lie before the first one. */
int64_t promise_due(const struct promise_segment *segments, size_t count, int64_t at_us);

#endif
