/* SPDX-License-Identifier: Apache-2.0 */
/* note_json: an internal remark, {text}. */
#ifndef ROUTING_NOTE_JSON_H
#define ROUTING_NOTE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"

/* The text, in the arena; NULL with field errors. */
const char *note_json_read(const char *text, size_t size, struct arena *arena, struct error *err);

#endif
