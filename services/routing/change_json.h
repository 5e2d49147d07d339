/* SPDX-License-Identifier: Apache-2.0 */
/* change_json: the data of the events of GET /api/routing/cases/stream. */
#ifndef ROUTING_CHANGE_JSON_H
#define ROUTING_CHANGE_JSON_H

#include <stdbool.h>

#include "common/buffer.h"
#include "services/routing/case_change.h"

void change_json_write(struct buffer *out, const struct case_change *change);

/* For those who see it no more: which case it was. */
void change_json_write_left(struct buffer *out, const struct case_change *change);

#endif
