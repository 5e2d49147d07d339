/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case.h"

#include <assert.h>
#include <string.h>

#include "services/routing/deadline.h"

#define BIT(n) (1u << (n))

const char *const case_state_words[] = {"received", "accepted", "assigned", "in_progress",
                                        "resolved", "rejected", NULL};
const char *const case_action_words[] = {"open",   "accept", "assign", "start",    "resolve",
                                         "reject", "route",  "remind", "escalate", NULL};
const char *const case_role_words[] = {"system",     "citizen", "officer",       "focal_point",
                                       "supervisor", "editor",  "approver",      "hotline_operator",
                                       "volunteer",  "auditor", "administrator", NULL};
const char *const case_queue_words[] = {"unit", "unroutable", NULL};
const char *const case_reason_words[] = {
    "out_of_scope_legal", "unclear", "duplicate", "not_city", "abusive", "other", NULL};

enum {
    OPEN_STATES =
        BIT(CASE_RECEIVED) | BIT(CASE_ACCEPTED) | BIT(CASE_ASSIGNED) | BIT(CASE_IN_PROGRESS),
    UNIT_LEADS = BIT(ROLE_FOCAL_POINT) | BIT(ROLE_SUPERVISOR) | BIT(ROLE_ADMINISTRATOR),
    UNIT_WORKS = BIT(ROLE_OFFICER) | BIT(ROLE_FOCAL_POINT) | BIT(ROLE_ADMINISTRATOR),
    OFFICE_ROUTES =
        BIT(ROLE_OFFICER) | BIT(ROLE_FOCAL_POINT) | BIT(ROLE_SUPERVISOR) | BIT(ROLE_ADMINISTRATOR),
    IN_UNIT = BIT(QUEUE_UNIT),
    UNROUTABLE = BIT(QUEUE_UNROUTABLE),
    STAYS = CASE_STATES
};

/* The process as data: from which states and queues, by whom, to which state. */
static const struct step {
    unsigned from;
    unsigned queues;
    int to; /* enum case_state, or STAYS */
    unsigned roles;
    bool by_assignee;    /* whatever their role */
    bool by_city_office; /* only them; administrators always */
} steps[CASE_ACTIONS] = {
    [CASE_OPEN] = {0},
    [CASE_ACCEPT] = {BIT(CASE_RECEIVED), IN_UNIT, CASE_ACCEPTED, UNIT_LEADS, false, false},
    [CASE_ASSIGN] = {BIT(CASE_ACCEPTED) | BIT(CASE_ASSIGNED), IN_UNIT, CASE_ASSIGNED, UNIT_LEADS,
                     false, false},
    [CASE_START] = {BIT(CASE_ASSIGNED), IN_UNIT, CASE_IN_PROGRESS, UNIT_WORKS, true, false},
    [CASE_RESOLVE] = {BIT(CASE_ASSIGNED) | BIT(CASE_IN_PROGRESS), IN_UNIT, CASE_RESOLVED,
                      UNIT_WORKS, true, false},
    [CASE_REJECT] = {BIT(CASE_RECEIVED) | BIT(CASE_ACCEPTED), IN_UNIT | UNROUTABLE, CASE_REJECTED,
                     UNIT_LEADS, false, false},
    [CASE_ROUTE] = {BIT(CASE_RECEIVED), UNROUTABLE, STAYS, OFFICE_ROUTES, false, true},
    [CASE_REMIND] = {OPEN_STATES, IN_UNIT | UNROUTABLE, STAYS, BIT(ROLE_SYSTEM), false, false},
    [CASE_ESCALATE] = {OPEN_STATES, IN_UNIT | UNROUTABLE, STAYS, BIT(ROLE_SYSTEM), false, false},
};

static bool is_assignee(const struct case_snapshot *now, const struct case_command *command)
{
    return now->assignee != NULL && command->actor_ref != NULL &&
           strcmp(now->assignee, command->actor_ref) == 0;
}

static bool may(const struct case_snapshot *now, const struct case_command *command,
                const struct step *step)
{
    if (step->by_assignee && is_assignee(now, command)) {
        return true;
    }
    if (step->by_city_office && !command->is_city_office &&
        (command->roles & BIT(ROLE_ADMINISTRATOR)) == 0) {
        return false;
    }
    return (command->roles & step->roles) != 0;
}

static bool fits(const struct case_snapshot *now, const struct step *step)
{
    return (step->from & BIT(now->state)) != 0 && (step->queues & BIT(now->queue)) != 0;
}

unsigned case_allowed(const struct case_snapshot *now, const struct case_command *command)
{
    unsigned allowed = 0;
    for (int action = 0; action < CASE_ACTIONS; action++) {
        if (fits(now, &steps[action]) && may(now, command, &steps[action])) {
            allowed |= BIT(action);
        }
    }
    return allowed;
}

/* Under which of their roles somebody acts: the most specific one that allows it. */
static enum case_role acting_role(const struct case_command *command, const struct step *step)
{
    static const enum case_role order[] = {ROLE_SYSTEM, ROLE_FOCAL_POINT, ROLE_SUPERVISOR,
                                           ROLE_OFFICER, ROLE_ADMINISTRATOR};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (command->roles & step->roles & BIT(order[i])) {
            return order[i];
        }
    }
    for (int role = 0; role < CASE_ROLES; role++) {
        if (command->roles & BIT(role)) {
            return (enum case_role)role; /* the assignee */
        }
    }
    return ROLE_CITIZEN; /* an assignee whose token tells no role */
}

int64_t case_due(const struct case_snapshot *now)
{
    switch (now->state) {
    case CASE_RECEIVED:
        return now->receive_due;
    case CASE_ACCEPTED:
    case CASE_ASSIGNED:
    case CASE_IN_PROGRESS:
        return now->resolve_due;
    default:
        return 0;
    }
}

static int64_t remind_at(const struct case_snapshot *now, const struct case_rules *rules)
{
    int64_t at_us;
    return deadline_share(rules->calendar, now->clock_start, case_due(now), rules->remind_percent,
                          &at_us)
               ? at_us
               : case_due(now);
}

/* The next step up; past the calendar's end steps come at once rather than never. */
static int64_t escalate_at(const struct case_snapshot *now, const struct case_rules *rules)
{
    int64_t at_us;
    if (now->escalation >= rules->escalation_count) {
        return 0;
    }
    return deadline_after(rules->calendar, case_due(now),
                          rules->escalate_after_min[now->escalation], &at_us)
               ? at_us
               : case_due(now);
}

int64_t case_next_timer(const struct case_snapshot *now, const struct case_rules *rules,
                        int64_t now_us)
{
    int64_t due = case_due(now);
    if (due == 0) {
        return 0;
    }
    if (!now->reminded && now_us < due) {
        int64_t at_us = remind_at(now, rules);
        if (at_us < due) {
            return at_us;
        }
    }
    return escalate_at(now, rules);
}

enum case_action case_timer_action(const struct case_snapshot *now, const struct case_rules *rules,
                                   int64_t now_us)
{
    int64_t due = case_due(now);
    int64_t step_up = due != 0 ? escalate_at(now, rules) : 0;
    if (step_up != 0 && now_us >= due && now_us >= step_up) {
        return CASE_ESCALATE;
    }
    /* Once overdue, a reminder has nothing left to say. */
    if (due != 0 && !now->reminded && now_us < due && now_us >= remind_at(now, rules)) {
        return CASE_REMIND;
    }
    return CASE_ACTIONS;
}

void case_open(struct case_snapshot *opened, const struct case_rules *rules, int64_t now_us)
{
    opened->version = 1;
    opened->state = CASE_RECEIVED;
    opened->action = CASE_OPEN;
    opened->at_us = opened->opened_at = now_us;
    opened->actor_role = ROLE_SYSTEM;
    opened->escalation = 0;
    opened->reminded = false;
    opened->next_timer = case_next_timer(opened, rules, now_us);
}

static bool require(struct error *err, bool given, const char *field, const char *text)
{
    return given || error_add_field(err, field, "required", "%s", text);
}

static bool accept(struct case_snapshot *after, const struct case_rules *rules, struct error *err)
{
    const struct deadline_rule *deadline = deadline_rule_find(
        &rules->deadlines, DEADLINE_RESOLVE, DEADLINE_ANY_PROCESS, after->level, after->at_us);
    if (deadline == NULL ||
        !deadline_after(rules->calendar, after->at_us, deadline->minutes, &after->resolve_due)) {
        return error_set(err, ERR_RETRY, "no_rule",
                         "no deadline rule or calendar holds now for this level");
    }
    after->accepted_at = after->at_us;
    after->resolve_rule = deadline->rule;
    after->clock_start = after->at_us;
    after->reminded = false;
    after->escalation = 0;
    return true;
}

static bool assign(struct case_snapshot *after, const struct case_command *command,
                   struct error *err)
{
    after->assignee = command->assignee;
    return require(err, command->assignee != NULL, "assignee", "who shall do it?");
}

static bool resolve(struct case_snapshot *after, const struct case_command *command,
                    struct error *err)
{
    bool told = require(err, command->result_text != NULL, "result.text",
                        "say what was done: it is the public answer");
    bool shown = require(err, command->evidence_count > 0, "result.evidence",
                         "show the result: at least one picture or document");
    after->resolved_at = after->at_us;
    after->result_text = command->result_text;
    after->evidence_count = command->evidence_count;
    for (size_t i = 0; i < command->evidence_count; i++) {
        after->evidence[i] = command->evidence[i];
    }
    return told && shown;
}

static bool reject(struct case_snapshot *after, const struct case_command *command,
                   struct error *err)
{
    bool classed = require(err, command->reason_class != NULL, "reason.class", "which kind?");
    bool told = require(err, command->reason_text != NULL, "reason.text",
                        "say why: it is the public answer");
    after->rejected_at = after->at_us;
    after->reason_class = command->reason_class;
    after->reason_text = command->reason_text;
    return classed && told;
}

static bool route(struct case_snapshot *after, const struct case_command *command,
                  struct error *err)
{
    static const struct case_rule by_hand = {"named-by-city-office", 1, "assumption"};
    after->unit = command->unit;
    after->focal_point = command->focal_point;
    after->queue = QUEUE_UNIT;
    after->routing_rule = by_hand;
    return require(err, command->unit != NULL, "unit", "who shall act?");
}

static bool apply(struct case_snapshot *after, const struct case_command *command,
                  const struct case_rules *rules, struct error *err)
{
    switch (command->action) {
    case CASE_ACCEPT:
        return accept(after, rules, err);
    case CASE_ASSIGN:
        return assign(after, command, err);
    case CASE_RESOLVE:
        return resolve(after, command, err);
    case CASE_REJECT:
        return reject(after, command, err);
    case CASE_ROUTE:
        return route(after, command, err);
    case CASE_REMIND:
        after->reminded = true;
        return true;
    case CASE_ESCALATE:
        after->escalation++;
        return after->escalation <= CASE_ESCALATIONS_MAX ||
               error_set(err, ERR_UNPROCESSABLE, "action_not_allowed", "nobody is left above");
    default:
        return true;
    }
}

bool case_decide(const struct case_snapshot *before, const struct case_command *command,
                 const struct case_rules *rules, int64_t now_us, struct case_snapshot *after,
                 struct error *err)
{
    assert(command->action < CASE_ACTIONS && command->evidence_count <= CASE_EVIDENCE_MAX);
    const struct step *step = &steps[command->action];

    if (!may(before, command, step)) {
        return error_set(err, ERR_FORBIDDEN, "forbidden", "your roles do not allow to %s a case",
                         case_action_words[command->action]);
    }
    if (command->expected_version != before->version) {
        return error_set(err, ERR_CONFLICT, "stale_version",
                         "the case has changed; it is at version %d now", before->version);
    }
    if (!fits(before, step)) {
        return error_set(err, ERR_UNPROCESSABLE, "action_not_allowed",
                         "a case that is %s cannot be changed by %s",
                         before->queue == QUEUE_UNROUTABLE && before->state == CASE_RECEIVED
                             ? case_queue_words[QUEUE_UNROUTABLE]
                             : case_state_words[before->state],
                         case_action_words[command->action]);
    }
    *after = *before;
    after->version = before->version + 1;
    after->previous_state = before->state;
    after->state = step->to == STAYS ? before->state : (enum case_state)step->to;
    after->action = command->action;
    after->at_us = now_us > before->at_us ? now_us : before->at_us;
    after->actor_role = acting_role(command, step);
    after->actor_ref = command->actor_ref;
    after->note = command->note;
    if (!apply(after, command, rules, err)) {
        return false;
    }
    after->next_timer = case_next_timer(after, rules, after->at_us);
    return true;
}
