/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what counting needs from the snapshot that every event of a case carries
 * (proto/events/case_snapshot.schema.json). */
#ifndef ANALYTICS_CASE_FACT_JSON_H
#define ANALYTICS_CASE_FACT_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/case_fact.h"

/* Other members are skipped. Texts live in the arena. False: err names the bad fields. */
bool case_fact_read(struct case_fact *fact, const char *json, size_t size, struct arena *arena,
                    struct error *err);

#endif
