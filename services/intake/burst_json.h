/* SPDX-License-Identifier: Apache-2.0 */
/* burst_json: a burst as the event tells it, and as the list does. */
#ifndef INTAKE_BURST_JSON_H
#define INTAKE_BURST_JSON_H

#include "common/json.h"
#include "store_burst.h"

/* Data of vn.hanoi.burst.noticed.v1. */
void burst_write_event(const struct burst *burst, struct buffer *out);
/* Into an open array: the same, and how many it are so far. */
void burst_write_item(const struct burst *burst, struct json_writer *writer);

#endif
