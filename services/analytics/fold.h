/* SPDX-License-Identifier: Apache-2.0 */
/* fold: changes the sums by what has changed.
 *
 * Reads facts that were changed by events or turned by time, takes back from the cells what they
 * counted as and adds what they count as now: cells always hold what counting all facts would give.
 * Of many changes of one case between two rounds only the last one is counted. Loop thread only;
 * run by the turn's holder alone. */
#ifndef ANALYTICS_FOLD_H
#define ANALYTICS_FOLD_H

#include "common/service.h"

struct fold;
struct turn;

struct fold *fold_new(const struct service_parts *parts, struct turn *turn);
void fold_free(struct fold *fold); /* not while it runs; NULL is fine */

/* One round. whole: all that there was is counted, or the round failed; else there is more. */
typedef void fold_on_done(bool whole, void *arg);
void fold_run(struct fold *fold, fold_on_done *on_done, void *arg);

#endif
