/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/actor.h"

#include <stddef.h>

const char *const actor_words[] = {"system",     "citizen",     "officer",       "focal_point",
                                   "supervisor", "editor",      "approver",      "hotline_operator",
                                   "volunteer",  "auditor",     "administrator", "assignee",
                                   "reporter",   "city_office", "task_unit",     NULL};

enum actor actor_role(actor_set actor, actor_set allowed)
{
    static const enum actor order[] = {ROLE_SYSTEM,        ROLE_FOCAL_POINT,      ROLE_SUPERVISOR,
                                       ROLE_OFFICER,       ROLE_AUDITOR,          ROLE_APPROVER,
                                       ROLE_ADMINISTRATOR, ROLE_HOTLINE_OPERATOR, ROLE_VOLUNTEER};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (actor & allowed & ACTOR_BIT(order[i])) {
            return order[i];
        }
    }
    for (enum actor role = ROLE_SYSTEM; role < ACTOR_ROLES; role++) {
        if (actor & ACTOR_BIT(role)) {
            return role;
        }
    }
    return ROLE_CITIZEN;
}
