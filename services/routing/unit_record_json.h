/* SPDX-License-Identifier: Apache-2.0 */
/* unit_record_json: what is known of a unit, as answers. */
#ifndef ROUTING_UNIT_RECORD_JSON_H
#define ROUTING_UNIT_RECORD_JSON_H

#include "common/buffer.h"
#include "services/routing/unit_record.h"

/* For the public: the unit, its place in the tree, who leads it, the fields in which somebody gets
 * its cases today, what it went over into. For officials also accounts, terms and absences. The
 * record must have a period. */
void unit_record_json_write(struct buffer *out, const struct unit_record *record,
                            const struct unit_world *units, bool for_officials);

/* {"code", "version"}: what a creation is answered, now and when it is repeated. */
void unit_record_json_write_receipt(struct buffer *out, const char *code, int32_t version);

#endif
