/* SPDX-License-Identifier: Apache-2.0 */
/* reference: everything that decisions go by, as it holds today.
 *
 * Read from the tables as one consistent whole, never changed, and replaced as a whole when the
 * tables or the day have changed. Whoever keeps a text longer than one callback copies it. */
#ifndef ROUTING_REFERENCE_H
#define ROUTING_REFERENCE_H

#include "common/arena.h"
#include "common/error.h"
#include "services/routing/area.h"
#include "services/routing/case_command.h"
#include "services/routing/division.h"
#include "services/routing/focal_point.h"
#include "services/routing/process_book.h"
#include "services/routing/route.h"
#include "services/routing/unit.h"

struct category {
    const char *code;
    int32_t version;
    const char *name_vi, *name_en, *group_vi, *group_en;
    const char *level;
    const char *keywords; /* JSON array */
    bool sensitive;
    int32_t duplicate_radius_m; /* how near another is likely the same; 0: not told */
    const char *kind;           /* whose process takes in what is filed */
    const char *questions;      /* JSON array, as category.defined has it */
    int64_t valid_from;
    const char *source;
};

struct timer_rule {
    struct case_rule rule;
    int step; /* 0: the reminder */
    int percent;
    int64_t after_minutes;
    const char *target; /* NULL for the reminder */
    int64_t valid_from;
};

/* A class of reasons for a rejection, with the words that an official may begin with. */
struct rejection_class {
    struct case_rule rule;
    bool needs_approval;
    const char *name_vi, *name_en, *template_vi, *template_en;
};

struct reference {
    struct arena arena; /* all texts and arrays below */
    int64_t version;    /* of the tables */
    int64_t day;        /* in Hanoi; what is valid is judged by it */
    struct unit_set units;
    struct unit_set former_units; /* ended, but still told; none of the codes of units */
    struct unit_successions successions;
    struct divisions divisions; /* each has areas */
    struct category *categories;
    size_t category_count;
    struct route_rules routes;
    struct focal_points focal_points;
    struct case_rules cases;
    struct timer_rule *timers;
    size_t timer_count;
    struct case_rule calendar_rule;
    const char *calendar_body; /* JSON */
    int64_t calendar_known_to; /* the last day whose holidays are known */
    struct rejection_class *rejections;
    size_t rejection_count;
    const struct process_book *processes; /* borrowed; outlives the reference */
    struct area *area;
    struct boundary_set boundaries; /* that the area was made of */
};

void reference_free(struct reference *reference); /* NULL is fine */

const struct category *reference_category(const struct reference *reference, const char *code);

/* Whether a unit is there, or was and cases may stand at it. */
bool reference_has_unit(const struct reference *reference, const char *code);

/* The ward or commune of a point. Boundaries may be older than the units: what lies in a unit that
 * has ended lies in its heir, and between two parts of one unit there is no border any more. */
struct area_place reference_place(const struct reference *reference, double lat, double lon);

/* Who leads and who co-operates, by category, level and area of a case that is being opened. */
void reference_route_case(const struct reference *reference, int64_t now_us,
                          struct case_snapshot *opened);

/* Whether a desk belongs to the scope of root. That of a unit that has ended belongs to whoever
 * does today what the unit did, or else to the unit it stood below. */
bool reference_is_within(const struct reference *reference, const char *desk, const char *root);

/* What a scope holds: desks (units, those that have ended too) in the arena; 0 when the unit is
 * unknown. root NULL: all. */
size_t reference_desks(const struct reference *reference, const char *root, struct arena *arena,
                       const char *const **desks);

#endif
