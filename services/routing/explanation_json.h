/* SPDX-License-Identifier: Apache-2.0 */
/* explanation_json: why a report goes where it goes, in answers. */
#ifndef ROUTING_EXPLANATION_JSON_H
#define ROUTING_EXPLANATION_JSON_H

#include "common/json.h"
#include "services/routing/case.h"
#include "services/routing/explanation.h"

/* The members "question", "place", "route" and "focal_point". Units are told with their names. */
void explanation_json_put(struct json_writer *writer, const struct explanation *explanation,
                          const struct boundary_set *boundaries, const struct unit_set *units);

/* The members "opened" (what the case says of its routing, and whether the explanation comes to the
 * same) and "now" (where it is, by which rule, and the hand-overs in between). */
void explanation_json_put_case(struct json_writer *writer, const struct explanation *explanation,
                               const struct case_snapshot *opened, const struct case_snapshot *now);

#endif
