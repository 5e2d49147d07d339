/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/rule.h"

#include <stddef.h>
#include <string.h>

const char *const case_level_words[] = {"urgent", "complex", "normal", NULL};

bool rule_is_assumption(const struct case_rule *rule)
{
    static const char mark[] = "assumption";
    return rule->source != NULL && strncmp(rule->source, mark, sizeof mark - 1) == 0;
}
