/* SPDX-License-Identifier: Apache-2.0 */
/* message_json: a message as a body, as an event and as an answer. */
#ifndef INTAKE_MESSAGE_JSON_H
#define INTAKE_MESSAGE_JSON_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"
#include "common/json.h"
#include "message.h"

/* Body of POST …/supplements, answers, withdrawal, rating, reopening, by the kind; no body (size 0)
 * is an empty object. Unknown members are refused. */
bool message_read(struct message *message, enum message_kind kind, const char *json, size_t size,
                  struct arena *arena, struct error *err);

/* Type and data of the event that says it. */
const char *message_event_type(enum message_kind kind);
void message_write_event(const struct message *message, struct buffer *out);

/* What a sender is answered. A function of what was stored when it was sent, so that a repeat of
 * the request gets the same bytes. */
void message_write_receipt(const struct message *message, struct buffer *out);

#endif
