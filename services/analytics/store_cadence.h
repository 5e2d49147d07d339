/* SPDX-License-Identifier: Apache-2.0 */
/* store_cadence: publications, the duties of units, and what was said of them. As in store.h. */
#ifndef ANALYTICS_STORE_CADENCE_H
#define ANALYTICS_STORE_CADENCE_H

#include "common/digest.h"
#include "common/pg.h"
#include "services/analytics/duty_json.h"
#include "services/analytics/publication_fact.h"

/* Sorted by id, one of each; those that are not newer than what is there change nothing. */
void store_put_publications(struct pg_tx *tx, const struct publication_fact *publications,
                            size_t count);
/* One of each unit. */
void store_put_duties(struct pg_tx *tx, const struct unit_duty *duties, size_t count);

/* A unit with a duty, or of which something was said while it had one. */
struct cadence_unit {
    const char *unit;
    bool binds;
    struct duty duty;
    const int32_t *days; /* of its items that count, rising */
    size_t day_count;
    int64_t changes;
    bool was_said;
    uint8_t digest[DIGEST_SIZE]; /* of what was said; filled anew by who says */
    bool says;                   /* something is said now, … */
    bool is_said;                /* … and it is not that there is nothing any more */
};

/* Three statements: the units with a duty (unit NULL: all), their items, the newest event. */
void store_read_cadence(struct pg_tx *tx, const char *unit);
/* The same of those of which something may have to be said on a day, and nothing was since
 * `before`. */
void store_read_unsaid_cadence(struct pg_tx *tx, int32_t day, int64_t before);
/* From the first of the three on, by unit; texts and days are the arena's. Returns how many. */
size_t store_take_cadence(const struct pg_tx *tx, size_t statement, struct arena *arena,
                          struct cadence_unit **units, int64_t *cutoff);
/* They were looked at on a day; what has changed since they were read will be looked at again. */
void store_put_said_cadence(struct pg_tx *tx, int32_t day, int64_t now,
                            const struct cadence_unit *units, size_t count);

#endif
