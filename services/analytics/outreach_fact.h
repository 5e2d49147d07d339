/* SPDX-License-Identifier: Apache-2.0 */
/* outreach_fact: a team went to people. Pure. A later version puts the figures right. */
#ifndef ANALYTICS_OUTREACH_FACT_H
#define ANALYTICS_OUTREACH_FACT_H

#include <stdbool.h>

#include "services/analytics/facts.h"

struct outreach_fact {
    const char *ref; /* NULL once it was stored */
    int32_t version;
    const char *team;
    const char *area;
    const char *kind;     /* what was done */
    int64_t told, helped; /* people */
    int64_t at;           /* when it was over */
};

/* The body is the arena's. */
struct told_fact outreach_tell(const struct outreach_fact *outreach, struct arena *arena);

/* Texts are the arena's. False: these bytes were written by no program of this layout. */
bool outreach_unpack(struct outreach_fact *outreach, const void *bytes, size_t size,
                     struct arena *arena);

#endif
