/* SPDX-License-Identifier: Apache-2.0 */
/* fold: changes the sums by what has changed.
 *
 * Reads facts that were changed by events or turned by time, takes back from the cells what they
 * counted as and adds what they count as now: cells always hold what counting all facts would give.
 * Of many changes of one case between two rounds only the last one is counted. Loop thread only. */
#ifndef ANALYTICS_FOLD_H
#define ANALYTICS_FOLD_H

#include "services/analytics/recount.h"

/* recount: tells the areas that are counted in; its step is before this one. */
struct turn_step fold_step(const struct service_parts *parts, struct turn *turn,
                           const struct recount *recount);

#endif
