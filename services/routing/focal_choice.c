/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/focal_choice.h"

#include <string.h>

const char *const focal_reason_words[] = {"rule",     "rank",       "substitute",
                                          "all_away", "none_named", NULL};

/* The first of a unit's people: they stand together. */
static size_t find_unit(const struct focal_points *points, const char *unit)
{
    size_t low = 0, high = points->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(points->items[middle].unit, unit) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Whom to ask: in a field, or by account; the other one is NULL. */
struct whom {
    const char *unit, *field, *account;
};

static bool is_meant(const struct focal_point *point, const struct whom *whom)
{
    return whom->field != NULL ? strcmp(point->field, whom->field) == 0
                               : strcmp(point->account, whom->account) == 0;
}

static bool was_asked(const struct focal_choice *choice, const char *account)
{
    for (size_t i = 0; i < choice->asked_count; i++) {
        if (strcmp(choice->asked[i].point->account, account) == 0) {
            return true;
        }
    }
    return false;
}

/* The first one present; nobody is asked twice. */
static const struct focal_point *ask(const struct focal_points *points, const struct whom *whom,
                                     int64_t at_us, struct focal_choice *choice)
{
    for (size_t i = find_unit(points, whom->unit);
         i < points->count && strcmp(points->items[i].unit, whom->unit) == 0; i++) {
        const struct focal_point *point = &points->items[i];
        if (!is_meant(point, whom) || !focal_point_is_valid(point, at_us) ||
            was_asked(choice, point->account)) {
            continue;
        }
        bool absent = focal_point_is_absent(point, at_us);
        if (choice->asked_count < FOCAL_ASKED_MAX) {
            choice->asked[choice->asked_count++] = (struct focal_asked){point, absent};
        }
        if (!absent) {
            choice->account = point->account;
            return point;
        }
    }
    return NULL;
}

struct focal_choice focal_choose(const struct focal_points *points, const char *unit,
                                 const char *category, const char *named, int64_t at_us)
{
    const struct whom first[] = {
        {unit, NULL, named}, {unit, category, NULL}, {unit, FIELD_ANY, NULL}};
    struct focal_choice choice = {0};
    for (size_t i = named != NULL ? 0 : 1; i < sizeof first / sizeof first[0]; i++) {
        const struct focal_point *point = ask(points, &first[i], at_us, &choice);
        if (point != NULL) {
            choice.reason = i == 0            ? FOCAL_FOR_RULE
                            : point->rank > 1 ? FOCAL_FOR_SUBSTITUTE
                                              : FOCAL_FOR_RANK;
            return choice;
        }
    }
    choice.reason = choice.asked_count > 0 ? FOCAL_ALL_AWAY : FOCAL_NONE_NAMED;
    return choice;
}
