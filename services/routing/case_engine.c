/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_engine.h"

#include <assert.h>
#include <string.h>

#include "common/clock.h"
#include "common/words.h"
#include "services/routing/case_detail.h"
#include "services/routing/case_effect.h"
#include "services/routing/case_timer.h"

/* What every case knows, whatever its process. Who may approve is a matter of the proposal. */
static const struct process_action builtins[] = {
    {.code = CASE_APPROVE, .takes = PROCESS_BIT(FIELD_NOTE)},
    {.code = CASE_DISAPPROVE,
     .requires = PROCESS_BIT(FIELD_REASON_TEXT),
     .takes = PROCESS_BIT(FIELD_REASON_TEXT) | PROCESS_BIT(FIELD_NOTE)},
    {.code = CASE_REMIND, .by = ACTOR_BIT(ROLE_SYSTEM)},
    {.code = CASE_ESCALATE, .by = ACTOR_BIT(ROLE_SYSTEM)},
    {.code = CASE_SUCCEED,
     .by = ACTOR_BIT(ROLE_SYSTEM),
     .requires = PROCESS_BIT(FIELD_UNIT),
     .takes = PROCESS_BIT(FIELD_UNIT)},
    {.code = CASE_SUCCEED_TASK, /* of unit, by proposed_unit */
     .by = ACTOR_BIT(ROLE_SYSTEM),
     .requires = PROCESS_BIT(FIELD_UNIT) | PROCESS_BIT(FIELD_PROPOSED_UNIT),
     .takes = PROCESS_BIT(FIELD_UNIT) | PROCESS_BIT(FIELD_PROPOSED_UNIT),
     .conditions = PROCESS_BIT(CONDITION_TASK_OPEN)},
    {.code = CASE_RECOMPUTE, .by = ACTOR_BIT(ROLE_SYSTEM)},
};

/* ---- rights ---- */

static bool has_proposal(const struct case_snapshot *now)
{
    return now->proposal.action >= 0;
}

static bool is_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool is_approval(const struct process_action *action)
{
    return strcmp(action->code, CASE_APPROVE) == 0;
}

static bool is_judgement(const struct process_action *action)
{
    return is_approval(action) || strcmp(action->code, CASE_DISAPPROVE) == 0;
}

/* A second person, or whoever takes back what they proposed. When the proposal has been judged, who
 * comes second is late and not forbidden. */
static bool may_judge(const struct case_snapshot *now, const struct case_command *command,
                      const struct process_action *action)
{
    if (!has_proposal(now)) {
        return true;
    }
    return is_same(now->proposal.by, command->actor_ref)
               ? !is_approval(action)
               : (now->process->actions[now->proposal.action].approvers & command->actor) != 0;
}

static bool is_builtin(const struct process_action *action)
{
    return action >= builtins && action < builtins + sizeof builtins / sizeof builtins[0];
}

static bool may(const struct case_snapshot *now, const struct case_command *command,
                const struct process_action *action)
{
    return is_judgement(action) ? may_judge(now, command, action)
                                : (action->by & command->actor) != 0;
}

static bool fits(const struct case_snapshot *now, const struct process_action *action)
{
    if (is_judgement(action)) {
        return has_proposal(now);
    }
    if (is_builtin(action)) {
        return case_is_open(now);
    }
    return process_has(action->from, now->state) && process_has(action->queues, now->queue);
}

static const struct process_action *find_action(const struct case_snapshot *now, const char *code)
{
    int own = process_action_find(now->process, code);
    if (own >= 0) {
        return &now->process->actions[own];
    }
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++) {
        if (strcmp(builtins[i].code, code) == 0) {
            return &builtins[i];
        }
    }
    return NULL;
}

/* ---- what a command must and must not bring ---- */

static bool check_fields(const struct process_action *action, const struct case_command *command,
                         struct error *err)
{
    bool good = true;
    for (int field = 0; field < PROCESS_FIELDS; field++) {
        bool given = process_has(command->given, field);
        if (!given && process_has(action->requires, field)) {
            good = error_add_field(err, process_field_words[field], "required", "%s needs it",
                                   action->code);
        } else if (given && !process_has(action->takes, field)) {
            good = error_add_field(err, process_field_words[field], "not_expected",
                                   "%s does not take it", action->code);
        }
    }
    return good;
}

/* ---- conditions ---- */

/* Who has taken a part on must have done it; a part that nobody took lapses with the result. */
static bool tasks_are_settled(const struct case_snapshot *now)
{
    for (size_t i = 0; i < now->task_count; i++) {
        if (now->tasks[i].state == TASK_ACCEPTED) {
            return false;
        }
    }
    return true;
}

static bool has_open_task(const struct case_snapshot *now, const char *unit)
{
    for (size_t i = 0; unit != NULL && i < now->task_count; i++) {
        if (strcmp(now->tasks[i].unit, unit) == 0) {
            return case_task_is_open(&now->tasks[i]);
        }
    }
    return false;
}

static bool holds(enum process_condition condition, const struct case_snapshot *now,
                  const struct case_command *command, int64_t now_us)
{
    const struct process_limits *limits = &now->process->limits;
    switch (condition) {
    case CONDITION_TASKS_SETTLED:
        return tasks_are_settled(now);
    case CONDITION_NOT_OVERDUE:
        return !clock_is_overdue(case_duty(now), now_us);
    case CONDITION_NOT_BOUND:
        return !now->bound;
    case CONDITION_WITHIN_EXTENSIONS:
        return now->extensions < limits->extensions;
    case CONDITION_WITHIN_REOPENINGS:
        return now->reopenings < limits->reopenings;
    case CONDITION_NOT_RATED:
        return now->rating == NULL;
    case CONDITION_AUDIT_PENDING:
        return now->audit == AUDIT_PENDING;
    case CONDITION_AUDIT_SETTLED:
        return now->audit != AUDIT_PENDING;
    case CONDITION_INDEPENDENT:
        return !is_same(now->result_by, command->actor_ref);
    case CONDITION_TASK_OPEN:
        return has_open_task(now, command->unit);
    case CONDITION_NEAR_BORDER:
        return now->near_border && !now->area_confirmed;
    case PROCESS_CONDITIONS:
        break;
    }
    return true;
}

bool case_may_take(const struct case_snapshot *now, const struct case_command *actor,
                   const char *action)
{
    static const process_set by_command =
        PROCESS_BIT(CONDITION_TASK_OPEN) | PROCESS_BIT(CONDITION_NOT_OVERDUE);
    const struct process_action *found = find_action(now, action);
    if (found == NULL || !may(now, actor, found) || !fits(now, found)) {
        return false;
    }
    for (int condition = 0; condition < PROCESS_CONDITIONS; condition++) {
        if ((found->conditions & ~by_command & PROCESS_BIT(condition)) != 0 &&
            !holds((enum process_condition)condition, now, actor, 0)) {
            return false;
        }
    }
    return true;
}

static bool check_conditions(const struct process_action *action, const struct case_snapshot *now,
                             const struct case_command *command, int64_t now_us, struct error *err)
{
    static const char *const texts[PROCESS_CONDITIONS] = {
        [CONDITION_TASKS_SETTLED] = "units that co-operate have not done their part yet",
        [CONDITION_NOT_OVERDUE] = "the due time has passed",
        [CONDITION_NOT_BOUND] = "the city office has decided whose it is",
        [CONDITION_WITHIN_EXTENSIONS] = "it was extended as often as the rules allow",
        [CONDITION_WITHIN_REOPENINGS] = "it was reopened as often as the rules allow",
        [CONDITION_NOT_RATED] = "it was rated before",
        [CONDITION_AUDIT_PENDING] = "the control office has nothing to check here",
        [CONDITION_AUDIT_SETTLED] = "the control office has not checked the result yet",
        [CONDITION_INDEPENDENT] = "whoever gave the result cannot check it",
        [CONDITION_TASK_OPEN] = "the unit has no open task in this case",
        [CONDITION_NEAR_BORDER] = "on which side of a border it lies is not in question",
    };
    for (int condition = 0; condition < PROCESS_CONDITIONS; condition++) {
        if (process_has(action->conditions, condition) &&
            !holds((enum process_condition)condition, now, command, now_us)) {
            return error_set(err, ERR_UNPROCESSABLE, "condition_not_met", "%s: %s", action->code,
                             texts[condition]);
        }
    }
    return true;
}

/* ---- deciding ---- */

static int event_number(const char *word)
{
    int event = word_index(process_event_words, word);
    assert(process_event_words[event] != NULL);
    return event;
}

/* Events tell milliseconds: what is finer would not come back when the case is read. */
static int64_t as_told(int64_t now_us)
{
    return now_us - now_us % 1000;
}

/* The case at its next version, before anything else is done to it. */
static void advance(const struct case_snapshot *before, const struct case_command *command,
                    actor_set allowed, int64_t now_us, struct case_snapshot *after)
{
    *after = *before;
    after->version = before->version + 1;
    after->previous_state = before->state;
    after->action = command->action;
    after->at_us = as_told(now_us > before->at_us ? now_us : before->at_us);
    after->actor_role = actor_role(command->actor, allowed);
    after->actor_ref = command->actor_ref;
    after->note = command->note;
    after->message = command->message;
    after->message_media = command->message_media;
    after->message_media_count = command->message_media_count;
    after->alert_clock = -1;
}

/* When somebody is expected; 0: nobody is. */
static int64_t appointment_of(const struct case_snapshot *now)
{
    const char *text =
        case_detail_of(now->process, DETAIL_SLOT_TIME, now->details, now->detail_count);
    int64_t at_us;
    return text != NULL && clock_parse(text, strlen(text), &at_us) ? at_us : 0;
}

/* When the present state times out: so long after `from`, when it was entered, or before an
 * appointment. */
static bool set_timeout(struct case_snapshot *after, int64_t from, const struct case_rules *rules,
                        struct error *err)
{
    const struct process_state *state = &after->process->states[after->state];
    struct case_clock clock = {0};
    after->timeout_at = after->timeout_from = 0;
    if (state->timeout_action < 0) {
        return true;
    }
    const struct deadline_rule *rule = deadline_rule_find(
        &rules->deadlines, state->timeout_clock, after->process->rule.code, after->level, from);
    if (rule == NULL || !clock_start(&clock, rules->calendar, rule->mode, rule->minutes, from)) {
        return error_set(err, ERR_RETRY, "no_rule",
                         "no deadline rule or calendar holds now for this level");
    }
    after->timeout_from = from;
    after->timeout_at = clock_due(&clock);
    if (state->timeout_clock == DEADLINE_APPOINTMENT) {
        int64_t ahead_us = appointment_of(after) - rule->minutes * CALENDAR_MINUTE_US;
        after->timeout_at = ahead_us > from ? ahead_us : from;
    }
    return true;
}

static bool enter(struct case_snapshot *after, int state, const struct case_rules *rules,
                  struct error *err)
{
    if (state == after->state) {
        return true;
    }
    after->resume_state = after->state;
    after->state = state;
    after->proposal.action = -1;
    if (case_phase(after) != PHASE_CLOSED) {
        after->closed_at = 0;
    } else if (after->closed_at == 0) {
        after->closed_at = after->at_us;
    }
    return set_timeout(after, after->at_us, rules, err);
}

static int target(const struct process_action *action, const struct case_snapshot *now)
{
    if (action->to == PROCESS_BACK) {
        return now->resume_state;
    }
    return action->to == PROCESS_STAYS ? now->state : action->to;
}

/* A reason that no effect keeps is the note of its version. */
static void note_reason(const struct process_action *action, const struct case_command *command,
                        struct case_snapshot *after)
{
    static const process_set keep = PROCESS_BIT(EFFECT_RECORD_REASON) |
                                    PROCESS_BIT(EFFECT_HAND_OVER) | PROCESS_BIT(EFFECT_FAIL_AUDIT);
    if (after->note == NULL && (action->effects & keep) == 0) {
        after->note = command->reason_text;
    }
}

static bool take(const struct process_action *action, const struct case_command *command,
                 const struct case_rules *rules, struct case_snapshot *after, struct error *err)
{
    struct case_decision decision = {action, command, rules, after, err};
    after->action = action->code;
    after->event = action->event;
    note_reason(action, command, after);
    return enter(after, target(action, after), rules, err) && case_effects_apply(&decision);
}

static bool needs_approval(const struct process_action *action, const struct case_command *command,
                           const struct case_rules *rules)
{
    if (action->approvers == 0 || !action->approval_by_class) {
        return action->approvers != 0;
    }
    int class =
        command->reason_class != NULL ? word_index(case_reason_words, command->reason_class) : 0;
    return process_has(rules->approved_reasons, class);
}

/* An action that needs approval is only ever taken by approving of it. */
static bool is_what_was_approved(const struct case_snapshot *now, const struct case_rules *rules)
{
    const struct case_command taken = {.reason_class = now->reason_class};
    int action = process_action_find(now->process, now->action);
    return action >= 0 && needs_approval(&now->process->actions[action], &taken, rules);
}

bool case_is_repeat(const struct case_snapshot *now, const struct case_command *command,
                    const struct case_rules *rules)
{
    if (now->version != command->expected_version + 1 ||
        !is_same(now->actor_ref, command->actor_ref)) {
        return false;
    }
    if (strcmp(command->action, CASE_APPROVE) == 0) {
        return is_what_was_approved(now, rules);
    }
    bool proposed = strcmp(now->action, CASE_PROPOSE) == 0 && has_proposal(now);
    return strcmp(command->action,
                  proposed ? now->process->actions[now->proposal.action].code : now->action) == 0;
}

static bool propose(const struct process_action *action, const struct case_command *command,
                    struct case_snapshot *after, struct error *err)
{
    if (has_proposal(after)) {
        return error_set(err, ERR_UNPROCESSABLE, "condition_not_met",
                         "a proposal waits for approval already");
    }
    after->action = CASE_PROPOSE;
    after->event = event_number("proposed");
    after->proposal = (struct case_proposal){
        .action = (int)(action - after->process->actions),
        .by = command->actor_ref,
        .at = after->at_us,
        .reason_class = command->reason_class,
        .reason_text = command->reason_text,
        .minutes = command->minutes,
    };
    return true;
}

/* What was proposed happens now, in the name of whoever approved it. */
static bool approve(const struct case_snapshot *before, const struct case_command *command,
                    const struct case_rules *rules, struct case_snapshot *after, struct error *err)
{
    const struct process_action *action = &before->process->actions[before->proposal.action];
    struct case_command proposed = *command;
    if (!fits(before, action)) {
        return error_set(err, ERR_UNPROCESSABLE, "action_not_allowed",
                         "what was proposed is not possible any more");
    }
    proposed.reason_class = before->proposal.reason_class;
    proposed.reason_text = before->proposal.reason_text;
    proposed.minutes = before->proposal.minutes;
    after->proposal.action = -1;
    return check_conditions(action, before, &proposed, after->at_us, err) &&
           take(action, &proposed, rules, after, err);
}

static struct case_clock *clock_of(struct case_snapshot *after, int number)
{
    return number < CASE_CLOCKS ? &after->clocks[number]
                                : &after->tasks[number - CASE_CLOCKS].clock;
}

static bool alert(const struct case_command *command, bool escalates, struct case_snapshot *after)
{
    assert(command->clock >= 0 && (size_t)command->clock < case_clock_count(after));
    struct case_clock *clock = clock_of(after, command->clock);
    after->alert_clock = command->clock;
    clock->reminded = true; /* once overdue, a reminder has nothing left to say */
    clock->escalation = (uint8_t)(clock->escalation + escalates);
    after->event = event_number(escalates ? "escalated" : "reminded");
    return true;
}

/* The unit has ended: its open cases are its successor's, with all that was said and counted. */
static bool succeed(const struct case_command *command, struct case_snapshot *after)
{
    static const struct case_rule by_succession = {"unit-succession", 1, "unit_successor"};
    case_set_lead(after, command->unit, command->focal_point);
    after->routing_rule = by_succession;
    after->event = event_number("routed");
    return true;
}

static bool succeed_task(const struct case_command *command, const struct case_rules *rules,
                         struct case_snapshot *after)
{
    case_hand_on_task(after, rules, command->unit, command->proposed_unit);
    after->event = event_number("task_changed");
    return true;
}

static bool recompute(const struct case_rules *rules, struct case_snapshot *after,
                      struct error *err)
{
    for (size_t i = 0; i < case_clock_count(after); i++) {
        clock_derive(clock_of(after, (int)i), rules->calendar);
    }
    after->event = event_number("recomputed");
    return after->timeout_from == 0 || set_timeout(after, after->timeout_from, rules, err);
}

static bool take_builtin(const struct case_snapshot *before, const struct case_command *command,
                         const struct case_rules *rules, struct case_snapshot *after,
                         struct error *err)
{
    if (strcmp(command->action, CASE_APPROVE) == 0) {
        return approve(before, command, rules, after, err);
    }
    if (strcmp(command->action, CASE_DISAPPROVE) == 0) {
        after->proposal.action = -1;
        after->event = event_number("declined");
        after->note = command->reason_text;
        return true;
    }
    if (strcmp(command->action, CASE_SUCCEED) == 0) {
        return succeed(command, after);
    }
    if (strcmp(command->action, CASE_SUCCEED_TASK) == 0) {
        return succeed_task(command, rules, after);
    }
    if (strcmp(command->action, CASE_RECOMPUTE) == 0) {
        return recompute(rules, after, err);
    }
    return alert(command, strcmp(command->action, CASE_ESCALATE) == 0, after);
}

static bool check(const struct case_snapshot *before, const struct case_command *command,
                  const struct process_action *action, int64_t now_us, struct error *err)
{
    if (action == NULL) {
        return error_set(err, ERR_NOT_FOUND, "unknown_action", "a case of %s has no such action",
                         before->process->rule.code);
    }
    if (!may(before, command, action)) {
        return error_set(err, ERR_FORBIDDEN, "forbidden", "you may not %s this case",
                         command->action);
    }
    if (command->expected_version != before->version) {
        return error_set(err, ERR_CONFLICT, "stale_version",
                         "the case has changed; it is at version %d now", before->version);
    }
    if (!fits(before, action)) {
        return error_set(err, ERR_UNPROCESSABLE, "action_not_allowed",
                         "a case that is %s cannot be changed by %s",
                         before->queue != QUEUE_UNIT && case_phase(before) == PHASE_RECEIVED
                             ? case_queue_words[before->queue]
                             : before->process->states[before->state].code,
                         command->action);
    }
    return check_fields(action, command, err) &&
           check_conditions(action, before, command, now_us, err);
}

bool case_decide(const struct case_snapshot *before, const struct case_command *command,
                 const struct case_rules *rules, int64_t now_us, struct case_snapshot *after,
                 struct error *err)
{
    assert(command->evidence_count <= CASE_EVIDENCE_MAX);
    const struct process_action *action = find_action(before, command->action);
    if (!check(before, command, action, now_us, err)) {
        return false;
    }
    advance(before, command, is_builtin(action) ? ~(actor_set)0 : action->by, now_us, after);
    bool taken = is_builtin(action) ? take_builtin(before, command, rules, after, err)
                 : needs_approval(action, command, rules)
                     ? propose(action, command, after, err)
                     : take(action, command, rules, after, err);
    if (taken) {
        after->next_timer = case_next_timer(after, rules);
    }
    return taken;
}

static void begin(struct case_snapshot *opened, int state, int64_t now_us)
{
    opened->version = 1;
    opened->state = opened->resume_state = state;
    opened->action = CASE_OPEN;
    opened->event = event_number("opened");
    opened->at_us = opened->opened_at = as_told(now_us);
    opened->proposal.action = -1;
    opened->alert_clock = -1;
}

void case_open_refused(struct case_snapshot *opened, const struct case_rules *rules,
                       const char *reason, int64_t now_us)
{
    begin(opened, opened->process->filing.refused, now_us);
    opened->rejected_at = opened->at_us;
    opened->reason_class = "other";
    opened->reason_text = reason;
    opened->near_border = false; /* nobody asks for the side */
    opened->near_area = NULL;
    opened->queue = QUEUE_UNIT;
    opened->task_count = 0;
    clock_stop(&opened->clocks[CASE_RECEIVE], rules->calendar, opened->at_us);
    opened->next_timer = 0;
}

bool case_open(struct case_snapshot *opened, const struct case_rules *rules, int64_t now_us,
               struct error *err)
{
    begin(opened, opened->process->opening, now_us);
    if (case_phase(opened) != PHASE_RECEIVED) {
        opened->accepted_at = opened->at_us;
        clock_stop(&opened->clocks[CASE_RECEIVE], rules->calendar, opened->at_us);
    }
    if ((opened->queue != QUEUE_UNIT || opened->near_border) &&
        !case_start_dispatch(opened, rules, err)) {
        return false;
    }
    bool timed = set_timeout(opened, opened->at_us, rules, err);
    opened->next_timer = case_next_timer(opened, rules);
    return timed;
}
