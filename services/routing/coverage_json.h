/* SPDX-License-Identifier: Apache-2.0 */
/* coverage_json: in which units and fields nobody gets the cases. */
#ifndef ROUTING_COVERAGE_JSON_H
#define ROUTING_COVERAGE_JSON_H

#include "common/buffer.h"
#include "services/routing/reference.h"

/* {"day", "units", "covered", "items": [{unit, name, nobody: [field …], away: [field …]}]}: items
 * are those of the desks that lack somebody; "*" alone says that all fields do. */
void coverage_json_write(struct buffer *out, const struct reference *reference,
                         const char *const *desks, size_t desk_count, int64_t now_us);

#endif
