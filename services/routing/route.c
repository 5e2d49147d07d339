/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/route.h"

#include <stdlib.h>
#include <string.h>

const char *const route_fault_words[] = {"process", "area",    "category",   "level", "not_begun",
                                         "over",    "outside", "lead_ended", NULL};

static const struct case_rule no_rule = {"unroutable", 1, "assumption"};

static bool is_any(const char *word)
{
    return strcmp(word, ROUTE_ANY) == 0;
}

/* ---- order ---- */

static int by_instant(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_version(const void *left, const void *right)
{
    const struct route_rule *a = left, *b = right;
    int order = strcmp(a->rule.code, b->rule.code);
    return order != 0 ? order : b->rule.version - a->rule.version;
}

/* Each dimension outweighs all that follow it. */
static int weight(const struct route_rule *rule)
{
    int sum = 0;
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        sum = 2 * sum + !is_any(rule->wanted[i]);
    }
    return sum;
}

static int by_precedence(const void *left, const void *right)
{
    const struct route_rule *a = left, *b = right;
    int order = weight(b) - weight(a);
    order = order != 0 ? order : by_instant(b->valid_from, a->valid_from);
    return order != 0 ? order : by_version(a, b);
}

/* Takes versions of one rule newest first. A version that begins with or after a newer one is never
 * in force. */
static void end_where_newer_begin(struct route_rule *versions, size_t count)
{
    int64_t begins = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        struct route_rule *version = &versions[i];
        int64_t from = version->valid_from;
        if (begins != INT64_MAX && (version->valid_to == 0 || version->valid_to > begins)) {
            version->valid_to = begins > from ? begins : from;
        }
        begins = from < begins ? from : begins;
    }
}

void route_rules_sort(struct route_rules *rules)
{
    size_t first = 0;
    if (rules->count == 0) {
        return;
    }
    qsort(rules->rules, rules->count, sizeof *rules->rules, by_version);
    for (size_t i = 1; i <= rules->count; i++) {
        if (i == rules->count ||
            strcmp(rules->rules[i].rule.code, rules->rules[first].rule.code) != 0) {
            end_where_newer_begin(&rules->rules[first], i - first);
            first = i;
        }
    }
    qsort(rules->rules, rules->count, sizeof *rules->rules, by_precedence);
}

/* ---- which rule ---- */

static const char *resolve(const char *word, const struct route_question *question)
{
    return strcmp(word, ROUTE_AREA) == 0 ? question->of[ROUTE_BY_AREA] : word;
}

static unsigned match_faults(const struct route_rule *rule, const struct route_question *question)
{
    unsigned faults = 0;
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        const char *wanted = rule->wanted[i], *is = question->of[i];
        if (!is_any(wanted) && (is == NULL || strcmp(wanted, is) != 0)) {
            faults |= 1u << i;
        }
    }
    if (question->at_us < rule->valid_from) {
        faults |= 1u << ROUTE_NOT_BEGUN;
    } else if (rule->valid_to != 0 && question->at_us >= rule->valid_to) {
        faults |= 1u << ROUTE_OVER;
    }
    return faults;
}

unsigned route_faults(const struct route_rule *rule, const struct unit_set *units,
                      const struct route_question *question)
{
    unsigned faults = match_faults(rule, question);
    if (faults != 0) {
        return faults;
    }
    const char *lead = resolve(rule->lead, question);
    if (lead == NULL) {
        return 1u << ROUTE_OUTSIDE;
    }
    return unit_find(units, lead) != NULL ? 0 : 1u << ROUTE_LEAD_ENDED;
}

static bool is_named(const struct route *route, const char *unit)
{
    for (size_t i = 0; i < route->cooperating_count; i++) {
        if (strcmp(route->cooperating[i], unit) == 0) {
            return true;
        }
    }
    return strcmp(route->lead, unit) == 0;
}

static struct route route_by(const struct route_rule *rule, const struct unit_set *units,
                             const struct route_question *question)
{
    struct route route = {.by = rule,
                          .rule = &rule->rule,
                          .lead = resolve(rule->lead, question),
                          .focal_point = rule->focal_point};
    for (size_t i = 0; i < rule->cooperating_count; i++) {
        const char *unit = resolve(rule->cooperating[i], question);
        if (unit_find(units, unit) != NULL && !is_named(&route, unit)) {
            route.cooperating[route.cooperating_count++] = unit;
        }
    }
    return route;
}

struct route route_find(const struct route_rules *rules, const struct unit_set *units,
                        const struct route_question *question)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (route_faults(&rules->rules[i], units, question) == 0) {
            return route_by(&rules->rules[i], units, question);
        }
    }
    return (struct route){.rule = &no_rule};
}

/* ---- rules that would stand in each other's way ---- */

static bool wants_the_same(const struct route_rule *a, const struct route_rule *b)
{
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        if (strcmp(a->wanted[i], b->wanted[i]) != 0) {
            return false;
        }
    }
    return true;
}

const struct route_rule *route_rules_rival(const struct route_rules *rules,
                                           const struct route_rule *rule)
{
    for (size_t i = 0; i < rules->count; i++) {
        const struct route_rule *other = &rules->rules[i];
        bool meets = (other->valid_to == 0 || rule->valid_from < other->valid_to) &&
                     (rule->valid_to == 0 || other->valid_from < rule->valid_to);
        if (meets && strcmp(other->rule.code, rule->rule.code) != 0 &&
            wants_the_same(other, rule)) {
            return other;
        }
    }
    return NULL;
}
