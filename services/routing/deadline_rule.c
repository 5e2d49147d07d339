/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/deadline_rule.h"

#include <string.h>

const char *const deadline_clock_words[] = {"receive", "resolve", "dispatch",    "task",
                                            "answer",  "review",  "appointment", NULL};

static bool fits(const struct deadline_rule *rule, enum deadline_clock clock, const char *process,
                 enum case_level level, int64_t at_us)
{
    return rule->clock == clock &&
           (strcmp(rule->process, DEADLINE_ANY_PROCESS) == 0 ||
            strcmp(rule->process, process) == 0) &&
           (rule->level < 0 || rule->level == (int)level) && rule->valid_from <= at_us &&
           (rule->valid_to == 0 || at_us < rule->valid_to);
}

static int specificity(const struct deadline_rule *rule)
{
    return 2 * (strcmp(rule->process, DEADLINE_ANY_PROCESS) != 0) + (rule->level >= 0);
}

const struct deadline_rule *deadline_rule_find(const struct deadline_rules *rules,
                                               enum deadline_clock clock, const char *process,
                                               enum case_level level, int64_t at_us)
{
    const struct deadline_rule *found = NULL;
    for (size_t i = 0; i < rules->count; i++) {
        const struct deadline_rule *rule = &rules->items[i];
        if (fits(rule, clock, process, level, at_us) &&
            (found == NULL || specificity(rule) > specificity(found) ||
             (specificity(rule) == specificity(found) && rule->valid_from > found->valid_from))) {
            found = rule;
        }
    }
    return found;
}
