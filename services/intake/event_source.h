/* SPDX-License-Identifier: Apache-2.0 */
/* event_source: which other city systems there are, and what each may bring.
 *
 * The operator's data, kept in memory as a snapshot (common/snapshot.h). A CloudEvents source
 * belongs to the longest prefix that covers it. What belongs to none is unknown: not taken. */
#ifndef INTAKE_EVENT_SOURCE_H
#define INTAKE_EVENT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"
#include "common/snapshot.h"

enum {
    SOURCES_MAX = 500,
    SOURCE_PREFIX_MAX = 256,
    SOURCE_TYPES_MAX = 20,
    SOURCE_RATE_MAX = 100000,
    SOURCE_BURST_MAX = 1000000
};

struct event_source {
    const char *prefix, *name, *owner, *contact;
    const char *const *types;
    size_t type_count;
    int32_t per_s, burst; /* events */
};

struct event_sources {
    struct snapshot snapshot;
    const struct event_source *items;
    size_t count;
};

/* NULL: no source of the city's. */
const struct event_source *event_source_of(const struct event_sources *sources, const char *source);
bool event_source_may_send(const struct event_source *source, const char *type);

/* What a source of these snapshots holds now. */
const struct event_sources *event_sources_current(const struct snapshot_source *source);

/* The operator's file, {"sources": [{…}]}. *count items in the arena; false with faults that name
 * the field. Unknown members are refused. */
bool event_sources_read(const struct event_source **items, size_t *count, const char *json,
                        size_t size, struct arena *arena, struct error *err);

#endif
