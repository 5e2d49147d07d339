/* SPDX-License-Identifier: Apache-2.0 */
/* Reads vn.hanoi.publication.*.v1. */
#ifndef ANALYTICS_PUBLICATION_FACT_JSON_H
#define ANALYTICS_PUBLICATION_FACT_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/publication_fact.h"

/* The type says which members are needed; each event carries the whole snapshot, so a type that is
 * newer than this program is read like the others. Texts are the arena's; err names the bad
 * field. */
bool publication_fact_read(struct publication_fact *publication, const char *type, const char *json,
                           size_t size, struct arena *arena, struct error *err);

#endif
