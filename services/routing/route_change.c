/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/route_change.h"

#include <stdio.h>
#include <string.h>

#include "common/words.h"

enum { FIELD_TEXT = 64, DAYS_AHEAD_MAX = 3660 };

static bool fault(struct error *err, const char *path, const char *name, const char *code,
                  const char *text)
{
    char field[FIELD_TEXT];
    snprintf(field, sizeof field, "%s%s", path, name);
    return error_add_field(err, field, code, "%s", text);
}

static bool is(const char *word, const char *other)
{
    return strcmp(word, other) == 0;
}

/* ---- what a rule names ---- */

static bool is_process(const struct reference *reference, const char *code)
{
    for (size_t i = 0; i < reference->processes->count; i++) {
        if (is(reference->processes->items[i]->rule.code, code)) {
            return true;
        }
    }
    return false;
}

static bool is_area(const struct reference *reference, const char *code)
{
    const struct unit *unit = unit_find(&reference->units, code);
    return unit != NULL && (is(unit->type, "ward") || is(unit->type, "commune"));
}

static void check_dimensions(const struct route_rule *rule, const struct reference *reference,
                             const char *path, struct error *err)
{
    const char *process = rule->wanted[ROUTE_BY_PROCESS], *area = rule->wanted[ROUTE_BY_AREA];
    const char *category = rule->wanted[ROUTE_BY_CATEGORY], *level = rule->wanted[ROUTE_BY_LEVEL];
    if (!is(process, ROUTE_ANY) && !is_process(reference, process)) {
        fault(err, path, "process", "unknown_process", "no process of this name");
    }
    if (!is(area, ROUTE_ANY) && !is_area(reference, area)) {
        fault(err, path, "area", "unknown_unit", "not the code of a current ward or commune");
    }
    if (!is(category, ROUTE_ANY) && reference_category(reference, category) == NULL) {
        fault(err, path, "category", "unknown_category", "not the code of a category");
    }
    if (!is(level, ROUTE_ANY) && case_level_words[word_index(case_level_words, level)] == NULL) {
        fault(err, path, "level", "unknown_word", "not one of the levels, and not *");
    }
}

static bool is_actor(const struct reference *reference, const char *word)
{
    return is(word, ROUTE_AREA) || unit_find(&reference->units, word) != NULL;
}

static void check_cooperating(const struct route_rule *rule, const struct reference *reference,
                              const char *path, struct error *err)
{
    for (size_t i = 0; i < rule->cooperating_count; i++) {
        char name[FIELD_TEXT];
        bool again = is(rule->cooperating[i], rule->lead);
        for (size_t j = 0; j < i; j++) {
            again |= is(rule->cooperating[i], rule->cooperating[j]);
        }
        snprintf(name, sizeof name, "cooperating[%zu]", i);
        if (!is_actor(reference, rule->cooperating[i])) {
            fault(err, path, name, "unknown_unit", "not the code of a current unit, and not @area");
        } else if (again) {
            fault(err, path, name, "duplicate_unit", "leads already, or stands twice");
        }
    }
}

static bool is_focal_point(const struct reference *reference, const char *unit, const char *account)
{
    for (size_t i = 0; i < reference->focal_points.count; i++) {
        const struct focal_point *point = &reference->focal_points.items[i];
        if (is(point->unit, unit) && is(point->account, account)) {
            return true;
        }
    }
    return false;
}

bool route_rule_check(const struct route_rule *rule, const struct reference *reference,
                      const char *path, struct error *err)
{
    struct error found = {0};
    check_dimensions(rule, reference, path, &found);
    if (!is_actor(reference, rule->lead)) {
        fault(&found, path, "lead", "unknown_unit",
              "not the code of a current unit, and not @area");
    }
    check_cooperating(rule, reference, path, &found);
    if (rule->focal_point != NULL && !is_focal_point(reference, rule->lead, rule->focal_point)) {
        fault(&found, path, "focal_point", "not_at_unit", "no focal point of the unit that leads");
    }
    for (size_t i = 0; i < found.field_count; i++) {
        error_add_field(err, found.fields[i].field, found.fields[i].code, "%s",
                        found.fields[i].text);
    }
    return !error_is_set(&found);
}

/* ---- when it holds ---- */

static bool check_days(const struct route_change *change, int64_t today, struct error *err)
{
    if (change->first_day < today) {
        return error_add_field(err, "from", "in_the_past", "must be today or later");
    }
    if (change->first_day > today + DAYS_AHEAD_MAX) {
        return error_add_field(err, "from", "out_of_range", "is more than ten years ahead");
    }
    return change->last_day >= change->first_day ||
           error_add_field(err, "last_day", "before_from", "must not be before the first day");
}

bool route_change_check_new(struct route_change *change, const struct reference *reference,
                            int64_t now_us, struct error *err)
{
    const struct calendar *calendar = reference->cases.calendar;
    bool good = check_days(change, calendar_day(calendar, now_us), err);
    good &= route_rule_check(&change->rule, reference, "", err);
    if (!good) {
        return false;
    }
    change->rule.valid_from = calendar_day_start_us(calendar, change->first_day);
    change->rule.valid_to = change->last_day == ROUTE_DAY_OPEN
                                ? 0
                                : calendar_day_start_us(calendar, change->last_day + 1);
    const struct route_rule *rival = route_rules_rival(&reference->routes, &change->rule);
    return rival == NULL ||
           error_set(err, ERR_UNPROCESSABLE, "rival_rule",
                     "%.64s asks for the same process, area, category and level", rival->rule.code);
}

bool route_change_check_end(const struct route_change *change, const struct reference *reference,
                            int64_t now_us, struct error *err)
{
    return change->last_day >= calendar_day(reference->cases.calendar, now_us) ||
           error_add_field(err, "last_day", "in_the_past", "must be today or later");
}
