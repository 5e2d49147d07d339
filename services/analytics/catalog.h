/* SPDX-License-Identifier: Apache-2.0 */
/* catalog: which figures are open data, and where they are got. Pure, data.
 *
 * A data set for each indicator that is a sum, and one for what is told otherwise. */
#ifndef ANALYTICS_CATALOG_H
#define ANALYTICS_CATALOG_H

#include "services/analytics/indicator.h"

enum { CATALOG_PLACES = 4 };

struct catalog_place {
    const char *path;  /* NULL: no more */
    const char *query; /* without format; "": none */
    bool has_table;
    struct bilingual title;
};

struct catalog_set {
    const char *code;
    struct bilingual title, description;
    const char *source; /* NULL: each figure has its own */
    struct catalog_place places[CATALOG_PLACES];
};

/* Texts are data or the arena's. False: there are not so many. */
bool catalog_at(struct catalog_set *set, size_t number, struct arena *arena);

/* What holds for the whole catalogue. */
extern const struct bilingual catalog_title, catalog_description, catalog_publisher, catalog_rights;
extern const char *const catalog_licence;
extern const char *const catalog_since; /* first day that there may be anything of */

#endif
