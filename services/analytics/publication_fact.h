/* SPDX-License-Identifier: Apache-2.0 */
/* publication_fact: what the cadence of a unit needs to know of a publication. Pure. */
#ifndef ANALYTICS_PUBLICATION_FACT_H
#define ANALYTICS_PUBLICATION_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/uuid.h"

struct publication_fact {
    struct uuid publication_id;
    int32_t version;
    const char *unit; /* who answers for it */
    int64_t published_at;
    int64_t cancelled_at; /* 0: it stands */
    int64_t at;           /* of the event */
};

/* Sorts by id and keeps the highest version of each; returns how many are left. */
size_t publications_coalesce(struct publication_fact *publications, size_t count);

#endif
