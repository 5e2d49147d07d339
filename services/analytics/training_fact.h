/* SPDX-License-Identifier: Apache-2.0 */
/* training_fact: how many of a unit came to a class. Pure. A later version of the same unit in the
 * same class puts the figures right. */
#ifndef ANALYTICS_TRAINING_FACT_H
#define ANALYTICS_TRAINING_FACT_H

#include <stdbool.h>

#include "services/analytics/facts.h"

struct training_fact {
    const char *class_ref; /* NULL once it was stored */
    int32_t version;
    const char *unit;
    int64_t invited, attended, completed; /* people */
    int64_t at;                           /* when it was over */
};

/* The body is the arena's. */
struct told_fact training_tell(const struct training_fact *training, struct arena *arena);

/* Texts are the arena's. False: these bytes were written by no program of this layout. */
bool training_unpack(struct training_fact *training, const void *bytes, size_t size,
                     struct arena *arena);

#endif
