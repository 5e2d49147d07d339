/* SPDX-License-Identifier: Apache-2.0 */
/* case_command: what somebody wants to do with a case, and the rules that it is judged by.
 *
 * Beside the actions of processes (process.h) there are a few that every case knows: open, approve
 * and disapprove of what was proposed, remind, escalate, succeed and succeed_task (the unit that
 * leads or co-operates has ended), recompute (the calendar has changed). */
#ifndef ROUTING_CASE_COMMAND_H
#define ROUTING_CASE_COMMAND_H

#include "services/routing/actor.h"
#include "services/routing/calendar.h"
#include "services/routing/case.h"
#include "services/routing/deadline_rule.h"

#define CASE_OPEN         "open"
#define CASE_PROPOSE      "propose"
#define CASE_APPROVE      "approve"
#define CASE_DISAPPROVE   "disapprove"
#define CASE_REMIND       "remind"
#define CASE_ESCALATE     "escalate"
#define CASE_SUCCEED      "succeed"
#define CASE_SUCCEED_TASK "succeed_task"
#define CASE_RECOMPUTE    "recompute"

/* Actions of processes that the timer takes by name, on merged cases. */
#define CASE_FOLLOW   "follow"
#define CASE_SEPARATE "separate"

/* What decisions go by; borrowed. */
struct case_rules {
    const struct calendar *calendar;
    struct deadline_rules deadlines;
    int remind_percent;                               /* of a running clock */
    int64_t escalate_after_min[CASE_ESCALATIONS_MAX]; /* past the due instant, as the clock runs */
    int escalation_count;
    process_set approved_reasons; /* classes that a second person must approve */
};

struct case_command {
    const char *action;
    int64_t expected_version;
    actor_set actor;
    const char *actor_ref; /* NULL: the system */
    process_set given;     /* fields that the command brings */
    const char *note;
    const char *result_text;
    const char *const *evidence;
    size_t evidence_count;
    const char *reason_class, *reason_text;
    const char *assignee;
    const char *unit, *proposed_unit;
    const char *focal_point; /* of unit or proposed_unit; the edge's to find */
    const char *question, *asked, *answer;
    const char *rating;
    int64_t minutes;
    struct uuid into;
    const struct case_snapshot *lead; /* the case `into`; the edge's to read */
    const char *category;
    int level; /* enum case_level; -1: not given */
    struct case_detail details[CASE_DETAILS_MAX];
    size_t detail_count;
    int clock;           /* remind, escalate */
    struct uuid message; /* of the reporter, that the command comes from; zero: none */
    const char *const *message_media;
    size_t message_media_count;
};

#endif
