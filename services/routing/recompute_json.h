/* SPDX-License-Identifier: Apache-2.0 */
/* recompute_json: reads the wish to tell due times anew: {apply, reason}. */
#ifndef ROUTING_RECOMPUTE_JSON_H
#define ROUTING_RECOMPUTE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"

struct recompute_wish {
    bool apply;
    const char *reason; /* the decision */
};

/* Texts live in the arena; unknown members are faults. */
bool recompute_json_read(struct recompute_wish *wish, const char *text, size_t size,
                         struct arena *arena, struct error *err);

#endif
