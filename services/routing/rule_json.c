/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/rule_json.h"

void rule_json_put(struct json_writer *writer, const struct case_rule *rule)
{
    json_put_text(writer, "code", rule->code);
    if (rule->version > 0) {
        json_put_int(writer, "version", rule->version);
    }
    json_put_text(writer, "source", rule->source);
}

void rule_json_put_marked(struct json_writer *writer, const struct case_rule *rule)
{
    rule_json_put(writer, rule);
    if (rule_is_assumption(rule)) {
        json_put_bool(writer, "assumption", true);
    }
}
