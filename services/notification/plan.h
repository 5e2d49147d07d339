/* SPDX-License-Identifier: Apache-2.0 */
/* plan: who must know of an event, over which channel, in which words?
 *
 * The reporter hears of each step that concerns the report; reminders and escalations stay among
 * officials. Officials hear of what they must act on: the focal point of a new case (for one
 * without a unit: of the city office), its officer, and with each escalation the focal points one
 * level further up. In-app goes to whoever has an account; e-mail to whoever may have an address.
 * Nobody is told of what they did themselves. Pure. */
#ifndef NOTIFICATION_PLAN_H
#define NOTIFICATION_PLAN_H

#include "notice.h"
#include "reference.h"

enum { PLAN_MAX = 12, PLAN_OFFICIALS_MAX = 5 };

/* Residents first: their mail goes before that of officials. */
enum lane { LANE_RESIDENTS, LANE_OFFICIALS, LANE_COUNT };

struct planned {
    const char *recipient; /* borrowed from news or reference */
    enum channel channel;
    enum template_id template;
    enum language language;
    enum lane lane;
};

/* A ref that stands for a contact of a system's report ("c-…") or for the system ("k-…"): neither
 * can sign in. */
bool ref_is_account(const char *ref);

size_t plan_deliveries(const struct news *news, const struct reference *reference, int64_t now,
                       struct planned planned[PLAN_MAX]);

#endif
