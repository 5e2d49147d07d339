/* SPDX-License-Identifier: Apache-2.0 */
/* call_fact: a call to 1022 that has ended. Pure. Who called is not told; a later version puts
 * right what the call-taker wrote. */
#ifndef ANALYTICS_CALL_FACT_H
#define ANALYTICS_CALL_FACT_H

#include <stdbool.h>

#include "services/analytics/facts.h"

struct call_fact {
    const char *ref; /* NULL once it was stored */
    int32_t version;
    int branch;         /* that the caller chose */
    int64_t waited_s;   /* until somebody answered, or the caller gave up */
    bool abandoned;     /* the caller gave up */
    bool first_contact; /* and nothing was left to do afterwards */
    const char *topic;  /* NULL: nobody talked */
    int64_t at;         /* when it ended */
};

/* The body is the arena's. */
struct told_fact call_tell(const struct call_fact *call, struct arena *arena);

/* Texts are the arena's. False: these bytes were written by no program of this layout. */
bool call_unpack(struct call_fact *call, const void *bytes, size_t size, struct arena *arena);

#endif
