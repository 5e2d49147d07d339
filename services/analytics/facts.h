/* SPDX-License-Identifier: Apache-2.0 */
/* facts: what a batch of events tells, each packed as its subject stores it. Pure.
 *
 * One event may tell several facts: of an account its making, its first use and its end, since a
 * fact belongs to one day. */
#ifndef ANALYTICS_FACTS_H
#define ANALYTICS_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buffer.h"
#include "common/uuid.h"
#include "services/analytics/subject.h"

struct told_fact {
    struct uuid id;
    enum subject subject;
    int32_t version;
    struct fact_body body;
};

/* Of what has no UUID, or one that must not be stored: a digest (SHA-256) of kind and ref, in the
 * form of a UUID (version 8, RFC 9562). The same ref gives the same id, and no way leads back
 * other than to try every ref. */
struct uuid fact_id(const char *kind, const char *ref);

/* Sorts by id and keeps the highest version of each, with what a lower one knows of the category
 * that it was filed under; returns how many are left. */
size_t facts_coalesce(struct told_fact *facts, size_t count);

/* A batch of them, as it is stored until they are counted. The layout is told apart by its number:
 * facts_unpack reads no other. */
enum { FACTS_LAYOUT = 1 };
void facts_pack(const struct told_fact *facts, size_t count, struct buffer *out);
/* As many as were packed; bodies point into the bytes, texts are the arena's. False: these bytes
 * were written by no program of this layout. */
bool facts_unpack(struct told_fact *facts, size_t count, const void *bytes, size_t size,
                  struct arena *arena);

/* What a buffer holds as a body: a copy in the arena. */
struct fact_body fact_body_of(const struct buffer *packed, struct arena *arena);

#endif
