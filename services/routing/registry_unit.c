/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "services/routing/registry_private.h"
#include "services/routing/unit.h"

const char *const registry_type_words[] = {
    "office", "department", "district", "ward", "commune", "enterprise", "board", "police", NULL};

/* ---- the tree ---- */

/* Whether code is met on the way up from a unit, on a day. */
static bool is_below(const struct unit_world *units, const char *unit, const char *code,
                     int64_t day)
{
    for (int depth = 0; unit != NULL && depth < UNIT_DEPTH_MAX; depth++) {
        if (strcmp(unit, code) == 0) {
            return true;
        }
        const struct unit_period *period = unit_world_find(units, unit, day);
        unit = period != NULL ? period->parent : NULL;
    }
    return false;
}

/* Also on the later days on which the tree is to change. */
static bool forms_ring(const struct unit_world *units, const char *code, const char *parent,
                       const struct span *span)
{
    if (is_below(units, parent, code, span->first)) {
        return true;
    }
    for (size_t i = 0; i < units->count; i++) {
        int64_t day = units->periods[i].span.first;
        if (day > span->first && day <= span->last && is_below(units, parent, code, day)) {
            return true;
        }
    }
    return false;
}

/* Whether a unit is there on each day of a span. */
static bool is_there(const struct unit_world *units, const char *code, const struct span *span)
{
    int64_t day = span->first;
    for (;;) {
        const struct unit_period *period = unit_world_find(units, code, day);
        if (period == NULL || period->span.last >= span->last) {
            return period != NULL;
        }
        day = period->span.last + 1;
    }
}

static bool check_parent(const struct decision *d, const char *parent, const struct span *span)
{
    const struct unit_world *units = &d->view->units;
    if (unit_world_find(units, parent, span->first) == NULL) {
        return error_add_field(d->err, "parent", "unknown_unit", "no unit of that day");
    }
    if (!is_there(units, parent, span)) {
        return error_add_field(d->err, "parent", "ends_before", "ends before this unit does");
    }
    return !forms_ring(units, d->after->code, parent, span) ||
           error_add_field(d->err, "parent", "below_itself", "stands below this unit");
}

/* ---- create ---- */

bool registry_create(struct decision *d)
{
    const struct registry_command *c = d->command;
    struct unit_record *after = d->after;
    struct unit_period period = {.span = {c->from, c->last_day},
                                 .code = after->code,
                                 .type = c->type,
                                 .parent = c->parent,
                                 .name_vi = c->name_vi,
                                 .name_en = c->name_en,
                                 .source = c->source,
                                 .by_hand = true};
    if (!registry_check_days(d)) {
        return false;
    }
    for (size_t i = 0; i < after->period_count; i++) {
        if (after->periods[i].span.last >= c->from) {
            return error_set(d->err, ERR_CONFLICT, "unit_exists",
                             "there is a unit of this code on that day or later");
        }
    }
    if (!check_parent(d, c->parent, &period.span)) {
        return false;
    }
    after->periods[after->period_count++] = period;
    return true;
}

/* ---- alter ---- */

static bool check_new_values(const struct decision *d, const struct unit_period *period)
{
    const struct registry_command *c = d->command;
    if (strcmp(d->after->code, UNIT_CITY) != 0) {
        return c->parent == NULL || check_parent(d, c->parent, &period->span);
    }
    if (c->type != NULL) {
        error_add_field(d->err, "type", "not_allowed", "the city stays the city");
    }
    if (c->parent != NULL) {
        error_add_field(d->err, "parent", "not_allowed", "nothing stands above the city");
    }
    return !error_is_set(d->err);
}

static const char *changed(const char *value, const char *present)
{
    return value != NULL ? value : present;
}

bool registry_alter(struct decision *d)
{
    const struct registry_command *c = d->command;
    struct unit_record *after = d->after;
    if (!registry_check_days(d) || !registry_check_valid(d, c->from)) {
        return false;
    }
    size_t at = (size_t)(unit_record_period(after, c->from) - after->periods);
    struct unit_period next = after->periods[at];
    next.span.first = c->from;
    next.type = changed(c->type, next.type);
    next.parent = changed(c->parent, next.parent);
    next.name_vi = changed(c->name_vi, next.name_vi);
    next.name_en = changed(c->name_en, next.name_en);
    next.source = changed(c->source, next.source);
    next.by_hand = true;
    if (!check_new_values(d, &next)) {
        return false;
    }
    if (after->periods[at].span.first == c->from) {
        after->periods[at] = next; /* it began today, or has not begun */
        return true;
    }
    after->periods[at].span.last = c->from - 1;
    after->periods[at].by_hand = true;
    after->periods[after->period_count++] = next;
    return true;
}

/* ---- end, merge ---- */

/* What was planned about the succession is planned anew; what took effect stays. */
static void drop_planned_successors(struct decision *d)
{
    struct unit_record *after = d->after;
    size_t kept = 0;
    for (size_t i = 0; i < after->successor_count; i++) {
        if (after->successors[i].span.first < d->view->units.today) {
            after->successors[kept++] = after->successors[i];
        }
    }
    after->successor_count = kept;
}

static bool check_end(const struct decision *d, int64_t last_day)
{
    const struct unit_world *units = &d->view->units;
    const struct unit_record *after = d->after;
    if (strcmp(after->code, UNIT_CITY) == 0 || strcmp(after->code, UNIT_CITY_OFFICE) == 0) {
        return error_set(d->err, ERR_UNPROCESSABLE, "unit_needed",
                         "the city and its office are there as long as this system");
    }
    if (after->periods[after->period_count - 1].span.last < units->today) {
        return error_set(d->err, ERR_UNPROCESSABLE, "unit_not_valid", "the unit has ended already");
    }
    for (size_t i = 0; i < units->count; i++) {
        const struct unit_period *other = &units->periods[i];
        if (other->parent != NULL && strcmp(other->parent, after->code) == 0 &&
            other->span.last > last_day) {
            return error_set(d->err, ERR_UNPROCESSABLE, "unit_has_children",
                             "%s stands below it after that day", other->code);
        }
    }
    return true;
}

static void cut_people(struct unit_record *after, int64_t last_day)
{
    spans_cut(after->heads, &after->head_count, sizeof *after->heads, last_day, NULL, NULL);
    spans_cut(after->focal_points, &after->focal_point_count, sizeof *after->focal_points, last_day,
              NULL, NULL);
    spans_cut(after->absences, &after->absence_count, sizeof *after->absences, last_day, NULL,
              NULL);
}

/* A unit that had not begun by then is dropped as a whole. */
static bool end_unit(struct decision *d, int64_t last_day)
{
    struct unit_record *after = d->after;
    if (!check_end(d, last_day)) {
        return false;
    }
    spans_cut(after->periods, &after->period_count, sizeof *after->periods, last_day, NULL, NULL);
    if (after->period_count > 0) {
        struct unit_period *period = &after->periods[after->period_count - 1];
        period->span.last = last_day; /* also when an end that was planned comes later */
        period->by_hand = true;
    }
    cut_people(after, last_day);
    drop_planned_successors(d);
    return true;
}

bool registry_end(struct decision *d)
{
    return registry_check_last_day(d) && end_unit(d, d->command->last_day);
}

static bool check_successor(const struct decision *d, const char *field, const char *code)
{
    if (strcmp(code, d->after->code) == 0) {
        return error_add_field(d->err, field, "not_allowed", "a unit cannot go over into itself");
    }
    return unit_world_find(&d->view->units, code, d->command->from) != NULL ||
           error_add_field(d->err, field, "unknown_unit", "no unit of that day");
}

static bool check_successors(const struct decision *d)
{
    const struct registry_command *c = d->command;
    check_successor(d, "into", c->into);
    for (size_t i = 0; i < c->also_count; i++) {
        char field[32];
        bool twice = strcmp(c->also[i], c->into) == 0;
        snprintf(field, sizeof field, "also[%zu]", i);
        for (size_t j = 0; j < i; j++) {
            twice = twice || strcmp(c->also[i], c->also[j]) == 0;
        }
        if (twice) {
            error_add_field(d->err, field, "twice", "is named already");
        } else {
            check_successor(d, field, c->also[i]);
        }
    }
    return !error_is_set(d->err);
}

static void add_successor(struct unit_record *after, const char *unit, int64_t from, bool main)
{
    after->successors[after->successor_count++] =
        (struct succession_term){.span = {from, DAY_OPEN}, .unit = unit, .main = main};
}

bool registry_merge(struct decision *d)
{
    const struct registry_command *c = d->command;
    if (!registry_check_days(d) || !check_successors(d) || !end_unit(d, c->from - 1) ||
        !registry_check_valid(d, c->from - 1)) {
        return false;
    }
    add_successor(d->after, c->into, c->from, true);
    for (size_t i = 0; i < c->also_count; i++) {
        add_successor(d->after, c->also[i], c->from, false);
    }
    return true;
}
