/* SPDX-License-Identifier: Apache-2.0 */
/* dry_run_json: proposed rules in, what they would have done out. */
#ifndef ROUTING_DRY_RUN_JSON_H
#define ROUTING_DRY_RUN_JSON_H

#include "common/json.h"
#include "services/routing/dry_run.h"

/* What to try out, on the cases filed in a period. */
struct dry_run_request {
    struct rule_proposal proposal;
    int64_t from_us, to_us; /* -1: not given */
};

/* {"rules": [rule …], "ended": [code …], "from"?, "to"?}. Texts live in the arena. */
bool dry_run_json_read(struct dry_run_request *asked, const char *text, size_t size,
                       struct arena *arena, struct error *err);

/* The members that tell the result. */
void dry_run_json_put(struct json_writer *writer, const struct dry_run *run);

#endif
