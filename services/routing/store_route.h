/* SPDX-License-Identifier: Apache-2.0 */
/* store_route: the routing rules, as tables hold them. */
#ifndef ROUTING_STORE_ROUTE_H
#define ROUTING_STORE_ROUTE_H

#include "common/arena.h"
#include "common/pg.h"
#include "services/routing/route.h"
#include "services/routing/route_change.h"
#include "services/routing/store_day.h"

/* What store_route_row reads, in its order. */
#define ROUTE_RULE_COLUMNS                                                                         \
    "code, version, source, process, area, category, level, lead, focal_point, "                   \
    "array_to_string(cooperating, ','), " START("valid_from") ", " END("valid_to")

/* Texts live in the arena. */
void store_route_row(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                     struct route_rule *rule);

/* Adds a version, if it follows the newest one of its rule; versions before it end where it begins.
 * What was done before is recognised. */
void store_route_add(struct pg_tx *tx, const struct route_change *change);
/* Ends the newest version, if it is the one that the change saw, has begun by the last day and
 * would hold for longer. */
void store_route_end(struct pg_tx *tx, const struct route_change *change);

/* What became of either, and the newest version there is (0: none). */
enum route_stored { ROUTE_STORED, ROUTE_STORED_BEFORE, ROUTE_NOT_STORED };
enum route_stored store_route_result(const struct pg_tx *tx, size_t statement, int32_t *newest);

#endif
