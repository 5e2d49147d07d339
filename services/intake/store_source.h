/* SPDX-License-Identifier: Apache-2.0 */
/* store_source: sources, their quotas and who changed them. */
#ifndef INTAKE_STORE_SOURCE_H
#define INTAKE_STORE_SOURCE_H

#include "common/pg.h"
#include "event_source.h"
#include "quota_asks.h"

extern const struct snapshot_tables store_source_tables;

/* Adds the statement that takes of each source what is wanted: as a whole or not at all, or as many
 * as there are. anew: whoever asks comes after those that wait. Sorts the asks. */
void store_ask_quota(struct pg_tx *tx, struct quota_asks *asks, bool whole, bool anew);
void store_take_quota(const struct pg_tx *tx, struct quota_asks *asks);

/* Blocking, for the verbs. Makes the items the sources that there are, and notes who changed what;
 * prints the changes. What waits for a source that is no more is left to a person. False when
 * the database refuses, which is told on standard error. */
bool store_load_sources(const char *conninfo, const struct event_source *items, size_t count,
                        const char *why);
bool store_print_sources(const char *conninfo);

#endif
