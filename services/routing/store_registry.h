/* SPDX-License-Identifier: Apache-2.0 */
/* store_registry: units and their people, as the registry reads and writes them. */
#ifndef ROUTING_STORE_REGISTRY_H
#define ROUTING_STORE_REGISTRY_H

#include "common/cursor.h"
#include "common/pg.h"
#include "services/routing/registry.h"
#include "services/routing/unit.h"

enum { STORE_UNIT_STATEMENTS = 9 };

/* Adds STORE_UNIT_STATEMENTS statements. Their results, from `first` on, make a record (with
 * version 0 when the unit is unknown) and the units of today and later, in the arena. */
void store_unit_read(struct pg_tx *tx, const char *code);
void store_unit_make(const struct pg_tx *tx, size_t first, const char *code, struct arena *arena,
                     struct unit_record *record, struct unit_world *units);

/* Who changes reference data, and why: kept with each row that the transaction changes. */
struct store_author {
    const char *account, *role, *reason;
};

/* Writes a record whose version was counted up by one, if the registry is still at the version
 * before; else the transaction is refused (store_unit_is_stale). */
void store_unit_write(struct pg_tx *tx, const struct unit_record *after,
                      const struct store_author *author);
/* Whether a refused transaction came too late: read and decide again. */
bool store_unit_is_stale(const struct pg_tx *tx);

/* What creations were answered. Columns: request, code, version. */
void store_creation_read(struct pg_tx *tx, const struct uuid *idempotency);
void store_creation_write(struct pg_tx *tx, const struct uuid *idempotency,
                          const struct unit_record *after);

/* The units of a day, by code; texts in the arena. */
void store_units_of_day(struct pg_tx *tx, int64_t day);
void store_units_of_day_make(const struct pg_tx *tx, struct arena *arena, struct unit_set *units);

/* Open cases at desks of units that have ended, and those in which such a unit has an open task, at
 * most `limit` of each unit, the first due first. Columns: case_id, unit, is_task. For a timer that
 * hands them to unit_successor. */
void store_cases_of_former_units(struct pg_tx *tx, int limit);

/* ---- store_change.c: what was changed ---- */

struct change_filter {
    const char *kind; /* NULL: any */
    const char *key;  /* NULL: any; also keys that begin with it and a colon */
    bool has_cursor;
    struct cursor cursor;
    int limit;
};
/* Newest first. Columns: id, at, actor, role, reason, kind, key, before, after. */
void store_change_list(struct pg_tx *tx, const struct change_filter *filter);

#endif
