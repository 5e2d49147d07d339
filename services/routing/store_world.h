/* SPDX-License-Identifier: Apache-2.0 */
/* store_world: what a report is or was routed by, read back from the tables.
 *
 * Of boundaries only those around the point are read, so that a set of any day is at hand. */
#ifndef ROUTING_STORE_WORLD_H
#define ROUTING_STORE_WORLD_H

#include "common/arena.h"
#include "common/error.h"
#include "common/pg.h"
#include "services/routing/area.h"
#include "services/routing/focal_point.h"
#include "services/routing/route.h"

struct world_query {
    int64_t at_us;                   /* the instant of routing */
    int64_t known_us;                /* what was recorded later does not count */
    int64_t boundary_set;            /* 0: the newest one at known_us */
    const struct case_rule *applied; /* a rule that did hold, whatever the tables say since; NULL */
    bool has_place;
    double lat, lon;
};

/* Texts are the arena's that it was made in. */
struct world {
    struct unit_set units;
    struct route_rules rules;
    struct boundary_set boundaries; /* id 0: there is none */
    struct area *area;              /* owned; NULL without a place */
};

enum { STORE_WORLD_STATEMENTS = 4 };
/* Adds STORE_WORLD_STATEMENTS statements, the transaction's first. */
void store_world_read(struct pg_tx *tx, const struct world_query *query);
bool store_world_make(const struct pg_tx *tx, const struct world_query *query, struct arena *arena,
                      struct world *world, struct error *err);
void world_finish(struct world *world);

/* A unit's people for a category, for all, and one by account (NULL: none), and who is away. The
 * transaction's only statements. */
void store_people_read(struct pg_tx *tx, const char *unit, const char *category,
                       const char *account);
void store_people_make(const struct pg_tx *tx, struct arena *arena, struct focal_points *points);

/* How a case was opened. Columns: snapshot, report (what was filed; NULL: nothing). */
void store_case_opening(struct pg_tx *tx, const struct uuid *case_id);

#endif
