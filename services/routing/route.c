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

static bool is_valid_at(int64_t valid_from, int64_t valid_to, int64_t at_us)
{
    return valid_from <= at_us && (valid_to == 0 || at_us < valid_to);
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
