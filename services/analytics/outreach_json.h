/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the events of city.outreach.v1: activities of teams, classes, calls to 1022. */
#ifndef ANALYTICS_OUTREACH_JSON_H
#define ANALYTICS_OUTREACH_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/call_fact.h"
#include "services/analytics/outreach_fact.h"
#include "services/analytics/training_fact.h"

/* Other members are skipped. Texts live in the arena. False: err names the bad fields. */
bool outreach_fact_read(struct outreach_fact *outreach, const char *json, size_t size,
                        struct arena *arena, struct error *err);
bool training_fact_read(struct training_fact *training, const char *json, size_t size,
                        struct arena *arena, struct error *err);
bool call_fact_read(struct call_fact *call, const char *json, size_t size, struct arena *arena,
                    struct error *err);

#endif
