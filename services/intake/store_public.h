/* SPDX-License-Identifier: Apache-2.0 */
/* store_public: what everybody may look for. Sensitive categories never come out. */
#ifndef INTAKE_STORE_PUBLIC_H
#define INTAKE_STORE_PUBLIC_H

#include "common/pg.h"
#include "common/uuid.h"
#include "place_grid.h"

struct public_search {
    const struct place_box *box; /* compared with the place as it is shown; NULL: everywhere */
    const char *const *categories;
    size_t category_count; /* 0: all */
    const char *const *phases;
    size_t phase_count; /* 0: all; "submitted": no case yet */
    int64_t since;      /* submitted_at, µs */
    struct uuid before; /* nil: from the newest on */
    int32_t limit;
};

/* Newest first; rows for store_take_list. */
void store_search_public(struct pg_tx *tx, const struct public_search *search, struct arena *arena);

/* What is reported at a place already: open ones of the category first, the nearest first. Places
 * and distances are those that everybody may see, or they could be measured out. */
struct nearby_search {
    double lat, lon;
    const char *category;
    int32_t radius_m;
    int64_t since;        /* filed */
    int64_t closed_since; /* what is closed longer ago is no duplicate */
    int32_t limit;
};
void store_search_nearby(struct pg_tx *tx, const struct nearby_search *search);

/* By ticket or id, whichever it looks like; rows for store_take_list. */
void store_find_public(struct pg_tx *tx, const char *name);

#endif
