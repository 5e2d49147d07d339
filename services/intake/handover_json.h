/* SPDX-License-Identifier: Apache-2.0 */
/* handover_json: the trail of a case through the units, of an event and of its column. */
#ifndef INTAKE_HANDOVER_JSON_H
#define INTAKE_HANDOVER_JSON_H

#include "common/json.h"
#include "submission_view.h"

/* The member `handovers`; their number, 0 when it is absent. Texts come to live in the arena. */
size_t handovers_read(struct json_reader *parent, struct arena *arena,
                      const struct case_handover **handovers);

/* The same list as it is kept, and back. */
void handovers_write(const struct case_handover *handovers, size_t count, struct buffer *out);
size_t handovers_parse(const char *json, struct arena *arena,
                       const struct case_handover **handovers);

#endif
