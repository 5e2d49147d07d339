/* SPDX-License-Identifier: Apache-2.0 */
/* filter_json: what somebody looks for often, under a name.
 *
 *   {name, shared?, query: {state: "accepted", text: "ổ gà", …}}
 *   query: parameters of GET /api/routing/cases, as texts */
#ifndef ROUTING_FILTER_JSON_H
#define ROUTING_FILTER_JSON_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"

enum { FILTER_PARAMETERS_MAX = 32 };

struct filter_parameter {
    const char *name, *text;
};

struct saved_filter {
    const char *name;
    bool shared; /* with the unit of whoever saved it */
    struct filter_parameter parameters[FILTER_PARAMETERS_MAX];
    size_t parameter_count;
};

/* Texts live in the arena. Unknown members and parameters are faults; whether the parameters fit
 * together is for case_filter_read to say. */
bool filter_json_read(struct saved_filter *filter, const char *text, size_t size,
                      struct arena *arena, struct error *err);

/* The parameters alone, as an object: how they are stored. */
bool filter_json_read_query(struct saved_filter *filter, const char *text, size_t size,
                            struct arena *arena, struct error *err);
void filter_json_write_query(struct buffer *out, const struct saved_filter *filter);

/* NULL: the filter has no such parameter. */
const char *saved_filter_find(const struct saved_filter *filter, const char *name);

#endif
