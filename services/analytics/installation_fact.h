/* SPDX-License-Identifier: Apache-2.0 */
/* installation_fact: the app was opened for the first time somewhere. Pure. Told once; whose it is
 * nobody says. */
#ifndef ANALYTICS_INSTALLATION_FACT_H
#define ANALYTICS_INSTALLATION_FACT_H

#include <stdbool.h>

#include "services/analytics/facts.h"

struct installation_fact {
    const char *ref;  /* NULL once it was stored */
    const char *area; /* NULL: not told */
    const char *team; /* that helped; NULL: none */
    int64_t at;
};

/* The body is the arena's. */
struct told_fact installation_tell(const struct installation_fact *installation,
                                   struct arena *arena);

/* Texts are the arena's. False: these bytes were written by no program of this layout. */
bool installation_unpack(struct installation_fact *installation, const void *bytes, size_t size,
                         struct arena *arena);

#endif
