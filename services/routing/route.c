/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/route.h"

#include <stdlib.h>
#include <string.h>

static const struct case_rule no_rule = {"unroutable", 1, "assumption"};

static bool is_any(const char *word)
{
    return strcmp(word, ROUTE_ANY) == 0;
}

static int specificity(const struct route_rule *rule)
{
    return 4 * !is_any(rule->area) + 2 * !is_any(rule->category) + !is_any(rule->level);
}

/* Most specific first; of one code the newest version first, so that it hides the older ones. */
static int by_precedence(const void *left, const void *right)
{
    const struct route_rule *a = left, *b = right;
    if (specificity(a) != specificity(b)) {
        return specificity(b) - specificity(a);
    }
    int order = strcmp(a->rule.code, b->rule.code);
    return order != 0 ? order : b->rule.version - a->rule.version;
}

void route_rules_sort(struct route_rules *rules)
{
    if (rules->count > 0) {
        qsort(rules->rules, rules->count, sizeof *rules->rules, by_precedence);
    }
}

static int by_person(const void *left, const void *right)
{
    const struct focal_point *a = left, *b = right;
    int order = strcmp(a->unit, b->unit);
    order = order != 0 ? order : strcmp(a->field, b->field);
    return order != 0 ? order : strcmp(a->account, b->account);
}

void focal_points_sort(struct focal_points *points)
{
    if (points->count > 0) {
        qsort(points->items, points->count, sizeof *points->items, by_person);
    }
}

static bool is_valid_at(int64_t valid_from, int64_t valid_to, int64_t at_us)
{
    return valid_from <= at_us && (valid_to == 0 || at_us < valid_to);
}

static const char *find_in_field(const struct focal_points *points, const char *unit,
                                 const char *field, int64_t at_us)
{
    struct focal_point wanted = {.unit = unit, .field = field, .account = ""};
    size_t low = 0, high = points->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_person(&points->items[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < points->count; low++) {
        const struct focal_point *point = &points->items[low];
        if (strcmp(point->unit, unit) != 0 || strcmp(point->field, field) != 0) {
            return NULL;
        }
        if (is_valid_at(point->valid_from, point->valid_to, at_us)) {
            return point->account;
        }
    }
    return NULL;
}

const char *focal_point_find(const struct focal_points *points, const char *unit,
                             const char *category, int64_t at_us)
{
    const char *account = find_in_field(points, unit, category, at_us);
    return account != NULL ? account : find_in_field(points, unit, ROUTE_ANY, at_us);
}

static bool rule_fits(const struct route_rule *rule, const struct route_question *question)
{
    return is_valid_at(rule->valid_from, rule->valid_to, question->at_us) &&
           (is_any(rule->category) || strcmp(rule->category, question->category) == 0) &&
           (is_any(rule->level) || strcmp(rule->level, case_level_words[question->level]) == 0) &&
           (is_any(rule->area) ||
            (question->area != NULL && strcmp(rule->area, question->area) == 0));
}

static const char *resolve(const char *word, const char *area)
{
    return strcmp(word, ROUTE_AREA) == 0 ? area : word;
}

struct route route_find(const struct route_rules *rules, const struct unit_set *units,
                        const struct route_question *question)
{
    struct route route = {.rule = &no_rule};
    for (size_t i = 0; i < rules->count; i++) {
        const struct route_rule *rule = &rules->rules[i];
        if (!rule_fits(rule, question)) {
            continue;
        }
        route.rule = &rule->rule;
        route.lead = resolve(rule->lead, question->area);
        if (unit_find(units, route.lead) == NULL) {
            route.lead = NULL; /* outside of the city, or a unit that has ended */
        }
        for (size_t j = 0; j < rule->cooperating_count; j++) {
            const char *unit = resolve(rule->cooperating[j], question->area);
            if (unit != NULL && (route.lead == NULL || strcmp(unit, route.lead) != 0)) {
                route.cooperating[route.cooperating_count++] = unit;
            }
        }
        break;
    }
    return route;
}
