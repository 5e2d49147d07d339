/* SPDX-License-Identifier: Apache-2.0 */
/* rule: which rule was applied, and the text that it comes from.
 *
 * Rules are versioned data; a case names those it goes by wherever their effect is shown. A source
 * that begins with "assumption" waits for a person to confirm or replace it. */
#ifndef ROUTING_RULE_H
#define ROUTING_RULE_H

#include <stdbool.h>
#include <stdint.h>

struct case_rule {
    const char *code; /* NULL: none yet */
    int32_t version;
    const char *source;
};

bool rule_is_assumption(const struct case_rule *rule);

/* How urgent a case is (QĐ 1207/QĐ-UBND): danger; several agencies or a legal procedure; the rest.
 */
enum case_level { LEVEL_URGENT, LEVEL_COMPLEX, LEVEL_NORMAL, CASE_LEVELS };
extern const char *const case_level_words[]; /* ends with NULL */

#endif
