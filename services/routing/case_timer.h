/* SPDX-License-Identifier: Apache-2.0 */
/* case_timer: what time does to a case: it reminds, escalates, lets a wait end, and lets a merged
 * case follow the one that stands for it. Pure. */
#ifndef ROUTING_CASE_TIMER_H
#define ROUTING_CASE_TIMER_H

#include "services/routing/case_command.h"

/* What the timer has to do now: false when nothing. Fills a command of the system. */
bool case_timer_command(const struct case_snapshot *now, const struct case_rules *rules,
                        int64_t now_us, struct case_command *command);

/* What a merged case has to do because of the case that stands for it: take over its result, or
 * stand for itself again; false while that case is open. Texts are borrowed from the lead. */
bool case_follow_command(const struct case_snapshot *now, const struct case_snapshot *lead,
                         struct case_command *command);

/* When the timer must look again; 0: never. */
int64_t case_next_timer(const struct case_snapshot *now, const struct case_rules *rules);

#endif
