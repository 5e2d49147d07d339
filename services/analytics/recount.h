/* SPDX-License-Identifier: Apache-2.0 */
/* recount: the division of the city that facts are counted by (unit_set.h).
 *
 * A step of the turn, before the one that counts: when another division was told, it reads it and
 * marks the facts whose place it may tell; the fold then counts them again. Loop thread only. */
#ifndef ANALYTICS_RECOUNT_H
#define ANALYTICS_RECOUNT_H

#include "common/service.h"
#include "services/analytics/turn.h"
#include "services/analytics/unit_set.h"

struct recount;

/* The step frees it. */
struct recount *recount_new(const struct service_parts *parts, struct turn *turn);
struct turn_step recount_step(struct recount *recount);

/* NULL: they could not be read, so nothing may be counted now. Kept until the step runs again. */
const struct unit_sets *recount_sets(const struct recount *recount);

#endif
