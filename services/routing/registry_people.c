/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "services/routing/focal_point.h"
#include "services/routing/registry_private.h"

static bool nothing_to_end(const struct decision *d, const char *what)
{
    return error_set(d->err, ERR_UNPROCESSABLE, "nothing_to_end", "%s after that day", what);
}

/* ---- heads ---- */

bool registry_name_head(struct decision *d)
{
    const struct registry_command *c = d->command;
    struct unit_record *after = d->after;
    if (!registry_check_days(d) || !registry_check_valid(d, c->from)) {
        return false;
    }
    spans_cut(after->heads, &after->head_count, sizeof *after->heads, c->from - 1, NULL, c);
    after->heads[after->head_count++] = (struct head_term){
        .span = {c->from, c->last_day}, .account = c->account, .name = c->name, .email = c->email};
    return true;
}

bool registry_end_head(struct decision *d)
{
    const struct registry_command *c = d->command;
    struct unit_record *after = d->after;
    return registry_check_last_day(d) && (spans_cut(after->heads, &after->head_count,
                                                    sizeof *after->heads, c->last_day, NULL, c) ||
                                          nothing_to_end(d, "the unit has no head"));
}

/* ---- focal points ---- */

static bool is_field(const struct registry_view *view, const char *field)
{
    for (size_t i = 0; i < view->field_count; i++) {
        if (strcmp(view->fields[i], field) == 0) {
            return true;
        }
    }
    return strcmp(field, FIELD_ANY) == 0;
}

static bool is_of_field(const void *item, const struct registry_command *c)
{
    const struct focal_term *term = item;
    return strcmp(term->field, c->field) == 0 && strcmp(term->account, c->account) == 0;
}

static size_t people_left(const struct decision *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->after->focal_point_count; i++) {
        count += d->after->focal_points[i].span.last >= d->view->units.today;
    }
    return count;
}

bool registry_assign(struct decision *d)
{
    const struct registry_command *c = d->command;
    struct unit_record *after = d->after;
    if (!is_field(d->view, c->field)) {
        return error_add_field(d->err, "field", "unknown_category", "no category, and not *");
    }
    if (!registry_check_days(d) || !registry_check_valid(d, c->from)) {
        return false;
    }
    spans_cut(after->focal_points, &after->focal_point_count, sizeof *after->focal_points,
              c->from - 1, is_of_field, c);
    if (people_left(d) >= REGISTRY_PEOPLE_MAX) {
        return error_set(d->err, ERR_UNPROCESSABLE, "too_many",
                         "a unit may have %d focal points and substitutes", REGISTRY_PEOPLE_MAX);
    }
    after->focal_points[after->focal_point_count++] =
        (struct focal_term){.span = {c->from, c->last_day},
                            .field = c->field,
                            .account = c->account,
                            .name = c->name,
                            .email = c->email,
                            .rank = c->rank};
    return true;
}

bool registry_end_assignment(struct decision *d)
{
    const struct registry_command *c = d->command;
    struct unit_record *after = d->after;
    return registry_check_last_day(d) &&
           (spans_cut(after->focal_points, &after->focal_point_count, sizeof *after->focal_points,
                      c->last_day, is_of_field, c) ||
            nothing_to_end(d, "the account is no focal point of the field"));
}

/* ---- absences ---- */

static bool sits_here(const struct decision *d, const char *account)
{
    const struct unit_record *after = d->after;
    int64_t today = d->view->units.today;
    for (size_t i = 0; i < after->focal_point_count; i++) {
        if (after->focal_points[i].span.last >= today &&
            strcmp(after->focal_points[i].account, account) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < after->head_count; i++) {
        if (after->heads[i].span.last >= today && strcmp(after->heads[i].account, account) == 0) {
            return true;
        }
    }
    return false;
}

static size_t absences_left(const struct decision *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->after->absence_count; i++) {
        const struct absence_term *absence = &d->after->absences[i];
        count += absence->span.last >= d->view->units.today &&
                 strcmp(absence->account, d->command->account) == 0;
    }
    return count;
}

/* The absence of the account that begins on the day; NULL: none. */
static struct absence_term *find_absence(const struct decision *d)
{
    for (size_t i = 0; i < d->after->absence_count; i++) {
        struct absence_term *absence = &d->after->absences[i];
        if (absence->span.first == d->command->from &&
            strcmp(absence->account, d->command->account) == 0) {
            return absence;
        }
    }
    return NULL;
}

bool registry_absence(struct decision *d)
{
    const struct registry_command *c = d->command;
    struct unit_record *after = d->after;
    if (!registry_check_days(d)) {
        return false;
    }
    if (!sits_here(d, c->account)) {
        return error_add_field(d->err, "account", "not_at_unit",
                               "neither a focal point nor the head of the unit");
    }
    struct absence_term *absence = find_absence(d);
    if (absence != NULL) {
        absence->span.last = c->last_day;
        return true;
    }
    if (absences_left(d) >= REGISTRY_ABSENCES_MAX) {
        return error_set(d->err, ERR_UNPROCESSABLE, "too_many",
                         "a person may have %d absences ahead", REGISTRY_ABSENCES_MAX);
    }
    after->absences[after->absence_count++] =
        (struct absence_term){.span = {c->from, c->last_day}, .account = c->account};
    return true;
}

bool registry_end_absence(struct decision *d)
{
    const struct registry_command *c = d->command;
    struct unit_record *after = d->after;
    struct absence_term *absence = find_absence(d);
    if (c->back_on < d->view->units.today) {
        return error_add_field(d->err, "back_on", "in_the_past", "must be today or later");
    }
    if (absence == NULL || absence->span.last < c->back_on) {
        return nothing_to_end(d, "there is no such absence");
    }
    if (absence->span.first < c->back_on) {
        absence->span.last = c->back_on - 1;
        return true;
    }
    *absence = after->absences[--after->absence_count];
    return true;
}
