/* SPDX-License-Identifier: Apache-2.0 */
/* route_change: may the routing rules be changed like this?
 *
 * A change gives a rule a new version, or ends the newest one. Versions never change, and none
 * begins in the past: what was routed was routed by rules that held. Everything that a rule names
 * must be there. Pure; texts are borrowed. */
#ifndef ROUTING_ROUTE_CHANGE_H
#define ROUTING_ROUTE_CHANGE_H

#include "common/error.h"
#include "services/routing/reference.h"

#define ROUTE_DAY_OPEN INT64_MAX

struct route_change {
    struct route_rule rule;      /* with the version that it makes or ends */
    int64_t first_day, last_day; /* in Hanoi; ROUTE_DAY_OPEN: no end */
    const char *reason;
};

/* Whether units, area, category, level, process and focal point of a rule are there. False with
 * field errors; path is put before the names of fields ("", "rules[2]."). */
bool route_rule_check(const struct route_rule *rule, const struct reference *reference,
                      const char *path, struct error *err);

/* For a new version; fills in the instants of its validity. False with field errors, or with
 * ERR_UNPROCESSABLE "rival_rule" when another rule answers the same question. */
bool route_change_check_new(struct route_change *change, const struct reference *reference,
                            int64_t now_us, struct error *err);

/* For an end: the last day is today or later. */
bool route_change_check_end(const struct route_change *change, const struct reference *reference,
                            int64_t now_us, struct error *err);

#endif
