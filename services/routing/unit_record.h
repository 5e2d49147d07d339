/* SPDX-License-Identifier: Apache-2.0 */
/* unit_record: all that is known of one unit and its people, past, present and planned.
 *
 * Days are days in Hanoi since 1970-01-01, both ends included. Of each kind, rows that speak of the
 * same thing do not overlap and are in order of their days. Texts and arrays are borrowed. Pure. */
#ifndef ROUTING_UNIT_RECORD_H
#define ROUTING_UNIT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"

#define DAY_OPEN INT64_MAX /* the last day of what has no end */

/* Stands first in all rows below. */
struct span {
    int64_t first, last;
};

bool span_holds(const struct span *span, int64_t day);

struct unit_period {
    struct span span;
    const char *code;
    const char *type;
    const char *parent; /* NULL: the city */
    const char *name_vi, *name_en;
    const char *source;
    bool by_hand; /* changed over HTTP */
};

struct head_term {
    struct span span;
    const char *account, *name;
    const char *email; /* NULL: not told */
};

struct focal_term {
    struct span span;
    const char *field, *account, *name, *email;
    int32_t rank;
};

struct absence_term {
    struct span span;
    const char *account;
};

/* span.last is DAY_OPEN: a succession has no end. */
struct succession_term {
    struct span span;
    const char *unit; /* the one that took over; or the one that was taken over */
    bool main;
};

struct unit_record {
    const char *code;
    int32_t version;              /* 0: no such unit yet */
    const char *changed_by;       /* who made the version; NULL: a file */
    bool has_request;             /* the digest is there */
    uint8_t request[DIGEST_SIZE]; /* of what they asked */
    struct unit_period *periods;
    size_t period_count;
    struct head_term *heads;
    size_t head_count;
    struct focal_term *focal_points;
    size_t focal_point_count;
    struct absence_term *absences;
    size_t absence_count;
    struct succession_term *successors; /* of this unit */
    size_t successor_count;
    const struct succession_term *predecessors; /* told, never changed */
    size_t predecessor_count;
};

/* All units that are not over, as far as their place and name go. */
struct unit_world {
    int64_t today;
    const struct unit_period *periods;
    size_t count;
};

/* What holds on a day; NULL: nothing. */
const struct unit_period *unit_record_period(const struct unit_record *record, int64_t day);
const struct head_term *unit_record_head(const struct unit_record *record, int64_t day);
bool unit_record_is_absent(const struct unit_record *record, const char *account, int64_t day);
const struct unit_period *unit_world_find(const struct unit_world *world, const char *code,
                                          int64_t day);

/* The period to show: today's, else the last one that has begun, else the first one. */
const struct unit_period *unit_record_present(const struct unit_record *record, int64_t today);

#endif
