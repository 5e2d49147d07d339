/* SPDX-License-Identifier: Apache-2.0 */
/* division: how the city is divided into wards and communes, now or until a day.
 *
 * Codes of units are reused, so whoever compares figures by area over the years must know which
 * areas there were, and what became of each. A division holds from the end of the one before it.
 * Others are told of it as a unit set. Texts and arrays are borrowed from whoever made it. Pure. */
#ifndef ROUTING_DIVISION_H
#define ROUTING_DIVISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DIVISION_CODE_SIZE = 32, /* with the final NUL */
    /* As in vn.hanoi.unit_set.published.v1. */
    DIVISION_DISTRICTS_MAX = 100,
    DIVISION_AREAS_MAX = 1000
};

struct division_district {
    const char *code, *name_vi, *name_en;
};

struct division_area {
    const char *code;
    const char *district;  /* NULL: it lies in none */
    const char *successor; /* what most of it went over into; NULL: it goes on under its code */
    const char *source;
};

struct division {
    char
        code[DIVISION_CODE_SIZE]; /* its size: 30-districts, 126-units; as division_name makes it */
    int64_t valid_to;             /* an instant; 0: it holds today */
    const char *source;           /* of most of its areas; as division_name finds it */
    const struct division_district *districts; /* those that areas lie in, by code */
    size_t district_count;
    const struct division_area *areas; /* by code; at least one */
    size_t area_count;
};

struct divisions {
    struct division *items; /* the latest first */
    size_t count;
};

/* Makes code and source from districts and areas. */
void division_name(struct division *division);

/* Whether others can be told of one: it is not too large, and its code is not that of a later one,
 * which has as many districts or areas. */
bool division_can_be_told(const struct divisions *divisions, size_t index);

#endif
