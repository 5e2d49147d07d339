/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/registry.h"

#include <stdlib.h>
#include <string.h>

#include "services/routing/registry_private.h"

/* ---- shared by the actions ---- */

bool spans_cut(void *items, size_t *count, size_t size, int64_t last_day, span_match *matches,
               const struct registry_command *command)
{
    char *bytes = items;
    size_t kept = 0;
    bool any = false;
    for (size_t i = 0; i < *count; i++) {
        struct span *span = (struct span *)(void *)(bytes + i * size);
        bool ends = span->last > last_day && (matches == NULL || matches(span, command));
        any = any || ends;
        if (ends && span->first > last_day) {
            continue;
        }
        if (ends) {
            span->last = last_day;
        }
        memmove(bytes + kept++ * size, span, size);
    }
    *count = kept;
    return any;
}

bool registry_check_days(const struct decision *d)
{
    if (d->command->from < d->view->units.today) {
        error_add_field(d->err, "from", "in_the_past", "must be today or later");
    } else if (d->command->last_day < d->command->from) {
        error_add_field(d->err, "last_day", "before_from", "must not lie before from");
    }
    return !error_is_set(d->err);
}

bool registry_check_last_day(const struct decision *d)
{
    return d->command->last_day >= d->view->units.today - 1 ||
           error_add_field(d->err, "last_day", "in_the_past", "must be yesterday or later");
}

bool registry_check_valid(const struct decision *d, int64_t day)
{
    return unit_record_period(d->after, day) != NULL ||
           error_set(d->err, ERR_UNPROCESSABLE, "unit_not_valid",
                     "the unit is not there on that day");
}

/* ---- the copy that is changed ---- */

static void *copy_rows(struct arena *arena, const void *rows, size_t count, size_t size,
                       size_t room)
{
    void *copy = arena_array(arena, count + room, size);
    if (count > 0) {
        memcpy(copy, rows, count * size);
    }
    return copy;
}

static void copy_record(const struct unit_record *before, size_t also_count, struct arena *arena,
                        struct unit_record *after)
{
    *after = *before;
    after->periods =
        copy_rows(arena, before->periods, before->period_count, sizeof *before->periods, 1);
    after->heads = copy_rows(arena, before->heads, before->head_count, sizeof *before->heads, 1);
    after->focal_points = copy_rows(arena, before->focal_points, before->focal_point_count,
                                    sizeof *before->focal_points, 1);
    after->absences =
        copy_rows(arena, before->absences, before->absence_count, sizeof *before->absences, 1);
    after->successors = copy_rows(arena, before->successors, before->successor_count,
                                  sizeof *before->successors, 1 + also_count);
}

static int by_days(const void *left, const void *right)
{
    const struct span *a = left, *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

static int by_field(const void *left, const void *right)
{
    const struct focal_term *a = left, *b = right;
    int order = strcmp(a->field, b->field);
    order = order != 0 ? order : a->rank - b->rank;
    order = order != 0 ? order : strcmp(a->account, b->account);
    return order != 0 ? order : by_days(a, b);
}

static int by_account(const void *left, const void *right)
{
    const struct absence_term *a = left, *b = right;
    int order = strcmp(a->account, b->account);
    return order != 0 ? order : by_days(a, b);
}

static void sort_rows(void *rows, size_t count, size_t size,
                      int (*compare)(const void *left, const void *right))
{
    if (count > 0) {
        qsort(rows, count, size, compare);
    }
}

static void sort_record(struct unit_record *record)
{
    sort_rows(record->periods, record->period_count, sizeof *record->periods, by_days);
    sort_rows(record->heads, record->head_count, sizeof *record->heads, by_days);
    sort_rows(record->focal_points, record->focal_point_count, sizeof *record->focal_points,
              by_field);
    sort_rows(record->absences, record->absence_count, sizeof *record->absences, by_account);
}

/* ---- the decision ---- */

static bool check_version(const struct unit_record *before, const struct registry_command *command,
                          struct error *err)
{
    if (command->action == REGISTRY_CREATE) {
        return true;
    }
    if (before->period_count == 0) {
        return error_set(err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit");
    }
    return command->expected_version == before->version ||
           error_set(err, ERR_CONFLICT, "stale_version", "the unit is at version %d",
                     before->version);
}

bool registry_decide(const struct unit_record *before, const struct registry_command *command,
                     const struct registry_view *view, struct arena *arena,
                     struct unit_record *after, struct error *err)
{
    static registry_decide_action *const actions[REGISTRY_ACTIONS] = {
        [REGISTRY_CREATE] = registry_create,
        [REGISTRY_ALTER] = registry_alter,
        [REGISTRY_END] = registry_end,
        [REGISTRY_MERGE] = registry_merge,
        [REGISTRY_NAME_HEAD] = registry_name_head,
        [REGISTRY_END_HEAD] = registry_end_head,
        [REGISTRY_ASSIGN] = registry_assign,
        [REGISTRY_END_ASSIGNMENT] = registry_end_assignment,
        [REGISTRY_ABSENCE] = registry_absence,
        [REGISTRY_END_ABSENCE] = registry_end_absence,
    };
    struct decision d = {.command = command, .view = view, .after = after, .err = err};
    if (!check_version(before, command, err)) {
        return false;
    }
    copy_record(before, command->also_count, arena, after);
    if (!actions[command->action](&d)) {
        return false;
    }
    sort_record(after);
    after->version++;
    return true;
}

bool registry_is_repeat(const struct unit_record *now, int64_t expected_version, const char *actor,
                        const uint8_t request[DIGEST_SIZE])
{
    return now->version == expected_version + 1 && now->changed_by != NULL &&
           strcmp(now->changed_by, actor) == 0 && now->has_request &&
           memcmp(now->request, request, DIGEST_SIZE) == 0;
}
