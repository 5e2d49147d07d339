/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of registry: units in registry_unit.c, their people in registry_people.c; registry.c joins
 * them. */
#ifndef ROUTING_REGISTRY_PRIVATE_H
#define ROUTING_REGISTRY_PRIVATE_H

#include "services/routing/registry.h"

/* A decision under way; `after` begins as a copy of the record, with room for what is added. */
struct decision {
    const struct registry_command *command;
    const struct registry_view *view;
    struct unit_record *after;
    struct error *err;
};

typedef bool registry_decide_action(struct decision *d);

registry_decide_action registry_create, registry_alter, registry_end, registry_merge;
registry_decide_action registry_name_head, registry_end_head, registry_assign,
    registry_end_assignment, registry_absence, registry_end_absence;

typedef bool span_match(const void *item, const struct registry_command *command);

/* Ends rows (each begins with a struct span) with a day, and drops those that had not begun by
 * then. matches NULL: all of them. True if there were any. */
bool spans_cut(void *items, size_t *count, size_t size, int64_t last_day, span_match *matches,
               const struct registry_command *command);

/* Whether `from` and `last_day` are days of something new; else field errors. */
bool registry_check_days(const struct decision *d);
/* Whether something may end with `last_day`; else a field error. */
bool registry_check_last_day(const struct decision *d);
/* Whether the unit is there on a day; else ERR_UNPROCESSABLE. */
bool registry_check_valid(const struct decision *d, int64_t day);

#endif
