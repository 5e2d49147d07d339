/* SPDX-License-Identifier: Apache-2.0 */
/* basis: what a number of accounts is compared with: the headcount of a unit, the population of an
 * area. Pure. Both are told by somebody for a day or a year, and true until the next is told. */
#ifndef ANALYTICS_BASIS_H
#define ANALYTICS_BASIS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"

/* Numbers are stored. */
enum basis_kind { BASIS_ROSTER, BASIS_POPULATION, BASIS_KINDS };

struct basis {
    enum basis_kind kind;
    const char *code; /* of the unit, or the area */
    int32_t since;    /* day; of a population that of its year's beginning */
    int64_t number;   /* people: the staff, or those over 15 */
    const char *source;
};

/* The first day of a year. */
int32_t basis_year_day(int year);
int basis_year(const struct basis *basis);

/* Kind, code and since from the key under which it is told: "roster:<unit>:<day>",
 * "population:<area>:<year>". False: the key is of something else. */
bool basis_parse_key(struct basis *basis, const char *key, struct arena *arena);

#endif
