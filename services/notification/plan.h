/* SPDX-License-Identifier: Apache-2.0 */
/* plan: who must know of an event, over which channel, in which words?
 *
 * The reporter hears of each step of the case that concerns them; what happens within the
 * administration stays there. Officials hear of what they must act on: the focal point of a new
 * case (for one without a unit, or that units cannot agree on: of the city office), its officer,
 * units that co-operate, who may approve of a proposal, and with each escalation the next level:
 * the unit's own people, its parent's, the city office. In-app goes to whoever has an account;
 * e-mail to whoever may have an address. A comment is told once, in the app; by e-mail only to who
 * cannot have the app. Nobody is told of what they did themselves, but reporters get a confirmation
 * of what they cannot take back. Pure. */
#ifndef NOTIFICATION_PLAN_H
#define NOTIFICATION_PLAN_H

#include "notice.h"
#include "reference.h"

enum {
    PLAN_OFFICIALS_MAX = 5, /* of one unit */
    PLAN_MAX = 2 * (3 + PLAN_OFFICIALS_MAX * (1 + NEWS_TASKS_MAX))
};

/* Residents first: their mail goes before that of officials. */
enum lane { LANE_RESIDENTS, LANE_OFFICIALS, LANE_COUNT };

struct planned {
    const char *recipient; /* borrowed from news or reference */
    enum channel channel;
    enum template_id template;
    enum language language;
    enum lane lane;
};

/* A ref that stands for a contact that a system named ("c-…") or for the system ("k-…"): neither
 * can sign in. */
bool ref_is_account(const char *ref);

size_t plan_deliveries(const struct news *news, const struct reference *reference, int64_t now,
                       struct planned planned[PLAN_MAX]);

#endif
