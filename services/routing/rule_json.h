/* SPDX-License-Identifier: Apache-2.0 */
/* rule_json: which rule it was, in events and answers. */
#ifndef ROUTING_RULE_JSON_H
#define ROUTING_RULE_JSON_H

#include "common/json.h"
#include "services/routing/rule.h"

/* The members code, version and source; a rule that is only proposed has no version. */
void rule_json_put(struct json_writer *writer, const struct case_rule *rule);

/* In answers that people read: what waits to be confirmed is marked as well. */
void rule_json_put_marked(struct json_writer *writer, const struct case_rule *rule);

#endif
