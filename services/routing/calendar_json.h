/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_json: reads a working-time calendar (reference/calendar.json). */
#ifndef ROUTING_CALENDAR_JSON_H
#define ROUTING_CALENDAR_JSON_H

#include "common/arena.h"
#include "services/routing/calendar.h"

/* Dated exceptions are known up to *known_to; the span goes on for a year after it, weekends only,
 * so that deadlines over New Year can be told. NULL with err: faults name the field. */
struct calendar *calendar_json_read(const char *text, size_t size, int64_t *known_to,
                                    struct arena *arena, struct error *err);

/* "2026-02-17" as a day since 1970-01-01; false for what is no date. */
bool calendar_date_parse(const char *text, int64_t *day);

#endif
