/* SPDX-License-Identifier: Apache-2.0 */
/* quarantine: events of known sources that could not be taken as they came.
 *
 *            ┌─ fix ─┐
 *   ──▶ open ┴───────┴─ release ─▶ releasing ─▶ released        released: through the same door as
 *          └───────── discard ─▶ discarded                      a fresh event, by (source, id) once
 *   ──▶ waiting (over its quota) ─▶ released, as the quota allows, in order
 *
 * What cannot be let go, for what it says, is open again with the new reason. The door that
 * quarantines is the topic: over HTTP the sender is told. Only the keeper (quarantine_keeper.h)
 * lets go; people and verbs change the state, one act at a time. */
#ifndef INTAKE_QUARANTINE_H
#define INTAKE_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "common/event.h"
#include "common/uuid.h"

enum quarantine_state {
    QUARANTINE_OPEN,
    QUARANTINE_WAITING,
    QUARANTINE_RELEASING,
    QUARANTINE_RELEASED,
    QUARANTINE_DISCARDED
};
extern const char *const quarantine_state_words[]; /* NULL-terminated */

enum { QUARANTINE_WHY_MAX = 500 };

/* A message on its way in. */
struct quarantined {
    struct uuid id;
    const struct event_in *event;
    const char *prefix;          /* of the known source */
    const char *reason;          /* code */
    const char *field;           /* NULL: none to blame */
    enum quarantine_state state; /* open, or waiting */
    const struct kafka_header *headers;
    size_t header_count;
    const void *key; /* NULL: none */
    size_t key_size;
    const void *value;
    size_t value_size;
};

/* What may be done about it by people. */
enum quarantine_act { QUARANTINE_FIX, QUARANTINE_RELEASE, QUARANTINE_DISCARD };
extern const char *const quarantine_act_words[]; /* NULL-terminated */

/* Body of an act over HTTP: {"why", "data"}; data, an object, belongs to a fix and is then NULL
 * nowhere. Unknown members are refused. */
struct quarantine_order {
    const char *why;
    const char *data;
    size_t data_size;
};
bool quarantine_order_read(struct quarantine_order *order, enum quarantine_act act,
                           const char *json, size_t size, struct arena *arena, struct error *err);

/* The event that a kept message holds, with the data that a person put in its place (NULL: its
 * own). Borrows value and fixed. False when what is kept is no event. */
bool quarantine_event(struct event_in *event, const void *headers, size_t headers_size,
                      const void *value, size_t value_size, const char *fixed, struct arena *arena,
                      struct error *err);

#endif
