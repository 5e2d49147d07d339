/* SPDX-License-Identifier: Apache-2.0 */
/* rule: which rule was applied, and the text that it comes from. */
#ifndef INTAKE_RULE_H
#define INTAKE_RULE_H

#include <stdint.h>

struct rule {
    const char *code;
    int32_t version;
    const char *source; /* the clause, or "assumption" */
};

#endif
