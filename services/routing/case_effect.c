/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_effect.h"

#include <assert.h>
#include <string.h>

#include "services/routing/day.h"
#include "services/routing/case_detail.h"
#include "services/routing/unit.h"

/* ---- clocks ---- */

static bool no_rule(struct error *err)
{
    return error_set(err, ERR_RETRY, "no_rule",
                     "no deadline rule or calendar holds now for this level");
}

/* Starts a clock by the rule that holds now; the rule is told in *rule. */
static bool start_clock(struct case_clock *clock, enum deadline_clock kind,
                        const struct case_snapshot *snapshot, const struct case_rules *rules,
                        struct case_rule *rule, struct error *err)
{
    const struct deadline_rule *found = deadline_rule_find(
        &rules->deadlines, kind, snapshot->process->rule.code, snapshot->level, snapshot->at_us);
    if (found == NULL ||
        !clock_start(clock, rules->calendar, found->mode, found->minutes, snapshot->at_us)) {
        return no_rule(err);
    }
    if (rule != NULL) {
        *rule = found->rule;
    }
    return true;
}

bool case_start_dispatch(struct case_snapshot *snapshot, const struct case_rules *rules,
                         struct error *err)
{
    return start_clock(&snapshot->clocks[CASE_DISPATCH], DEADLINE_DISPATCH, snapshot, rules, NULL,
                       err);
}

static bool stop_receive(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    clock_stop(&after->clocks[CASE_RECEIVE], decision->rules->calendar, after->at_us);
    clock_stop(&after->clocks[CASE_DISPATCH], decision->rules->calendar, after->at_us);
    after->area_confirmed = after->near_border;
    if (after->accepted_at == 0) {
        after->accepted_at = after->at_us;
    }
    return true;
}

static bool start_tasks(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    for (size_t i = 0; i < after->task_count; i++) {
        struct case_task *task = &after->tasks[i];
        if (task->clock.run_count == 0 && case_task_is_open(task) &&
            !start_clock(&task->clock, DEADLINE_TASK, after, decision->rules, NULL,
                         decision->err)) {
            return false;
        }
    }
    return true;
}

/* The end of a promised day; 0: none was promised. */
static int64_t end_of_day(const struct case_decision *decision, const char *date)
{
    int64_t day;
    return date != NULL && day_parse(date, &day)
               ? calendar_day_start_us(decision->rules->calendar, day + 1)
               : 0;
}

static int64_t promised_now(const struct case_decision *decision)
{
    const struct case_command *command = decision->command;
    bool sets = process_has(decision->action->effects, EFFECT_SET_DETAILS);
    return end_of_day(decision, sets ? case_detail_of(decision->after->process, DETAIL_DEADLINE,
                                                      command->details, command->detail_count)
                                     : NULL);
}

/* A date that had passed when the case was taken up again was that of the result before. */
static int64_t promised_before(const struct case_decision *decision)
{
    const struct case_snapshot *after = decision->after;
    bool restarts = process_has(decision->action->effects, EFFECT_RESTART_RESOLVE);
    int64_t by_us = end_of_day(decision, case_detail_of(after->process, DETAIL_DEADLINE,
                                                        after->details, after->detail_count));
    return restarts && by_us <= after->at_us ? 0 : by_us;
}

/* The earlier of rule and promise. */
static void keep_promise(const struct case_decision *decision, int64_t by_us)
{
    if (by_us != 0) {
        clock_limit(&decision->after->clocks[CASE_RESOLVE], decision->rules->calendar, by_us);
    }
}

static bool start_resolve(const struct case_decision *decision)
{
    struct case_clock *clock = &decision->after->clocks[CASE_RESOLVE];
    if (clock->run_count == 0) {
        if (!start_clock(clock, DEADLINE_RESOLVE, decision->after, decision->rules,
                         &decision->after->resolve_rule, decision->err)) {
            return false;
        }
        keep_promise(decision, promised_now(decision) != 0 ? promised_now(decision)
                                                           : promised_before(decision));
    }
    return start_tasks(decision);
}

/* Whoever looked for a unit looks for it again. */
static bool restart_dispatch(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    if (after->queue == QUEUE_UNIT) {
        return true;
    }
    after->clocks[CASE_DISPATCH] = (struct case_clock){0};
    return case_start_dispatch(after, decision->rules, decision->err);
}

/* As if there had never been a result, nor anybody to wait for because of it: the case stands for
 * itself, and parts that lapsed with the result are to be done again. */
static bool restart_resolve(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    for (size_t i = 0; i < after->task_count; i++) {
        if (case_task_is_open(&after->tasks[i])) {
            after->tasks[i].clock = (struct case_clock){0};
        }
    }
    after->merged_into = (struct uuid){0};
    after->clocks[CASE_RESOLVE] = (struct case_clock){0};
    after->resolved_at = after->rejected_at = 0;
    after->result_text = after->result_by = NULL;
    after->evidence_count = 0;
    after->reason_class = after->reason_text = NULL;
    after->audit = AUDIT_NONE;
    after->audit_text = NULL;
    return restart_dispatch(decision) && start_resolve(decision);
}

/* The clocks of the duty and of the tasks; the city office is not waited for. */
static struct case_clock *pausable(struct case_snapshot *after, size_t number)
{
    return number < after->task_count    ? &after->tasks[number].clock
           : number == after->task_count ? &after->clocks[CASE_RECEIVE]
                                         : &after->clocks[CASE_RESOLVE];
}

static bool pause(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    for (size_t i = 0; i < after->task_count + 2; i++) {
        struct case_clock *clock = pausable(after, i);
        if (!clock_is_running(clock)) {
            continue;
        }
        if (clock->run_count == CLOCK_RUNS_MAX) { /* it could not be resumed */
            return error_set(decision->err, ERR_UNPROCESSABLE, "condition_not_met",
                             "the clock of this case was paused too often");
        }
        if (!clock_pause(clock, decision->rules->calendar, after->at_us)) {
            return no_rule(decision->err);
        }
    }
    return true;
}

static bool resume(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    for (size_t i = 0; i < after->task_count + 2; i++) {
        struct case_clock *clock = pausable(after, i);
        if (clock_is_paused(clock) &&
            !clock_resume(clock, decision->rules->calendar, after->at_us)) {
            return no_rule(decision->err);
        }
    }
    return true;
}

static bool stop_clocks(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    for (int i = 0; i < CASE_CLOCKS; i++) {
        clock_stop(&after->clocks[i], decision->rules->calendar, after->at_us);
    }
    for (size_t i = 0; i < after->task_count; i++) {
        clock_stop(&after->tasks[i].clock, decision->rules->calendar, after->at_us);
    }
    return true;
}

static bool extend(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    if (!clock_extend(&after->clocks[CASE_RESOLVE], decision->rules->calendar,
                      decision->command->minutes)) {
        return no_rule(decision->err);
    }
    after->clocks[CASE_RESOLVE].reminded = false;
    after->extensions++;
    return true;
}

/* ---- whose it is ---- */

static bool classify(const struct case_decision *decision)
{
    const struct case_command *command = decision->command;
    if (command->category != NULL) {
        decision->after->category = command->category;
    }
    if (command->level >= 0) {
        decision->after->level = (enum case_level)command->level;
    }
    return command->category != NULL || command->level >= 0 ||
           error_add_field(decision->err, "category", "required", "what shall be different?");
}

static struct case_task *find_task(struct case_snapshot *snapshot, const char *unit)
{
    for (size_t i = 0; unit != NULL && i < snapshot->task_count; i++) {
        if (strcmp(snapshot->tasks[i].unit, unit) == 0) {
            return &snapshot->tasks[i];
        }
    }
    return NULL;
}

void case_set_lead(struct case_snapshot *snapshot, const char *unit, const char *focal_point)
{
    struct case_task *task = find_task(snapshot, unit);
    if (task != NULL) {
        size_t index = (size_t)(task - snapshot->tasks);
        memmove(task, task + 1, (snapshot->task_count - index - 1) * sizeof *task);
        snapshot->task_count--;
    }
    snapshot->unit = unit;
    snapshot->focal_point = focal_point;
    snapshot->assignee = NULL;
}

static void settle_task(struct case_task *task, enum task_state state,
                        const struct calendar *calendar, int64_t now_us)
{
    task->state = state;
    clock_stop(&task->clock, calendar, now_us);
}

void case_hand_on_task(struct case_snapshot *snapshot, const struct case_rules *rules,
                       const char *from, const char *to)
{
    struct case_task *task = find_task(snapshot, from);
    bool leads = snapshot->unit != NULL && strcmp(snapshot->unit, to) == 0;
    assert(task != NULL);
    if (leads || find_task(snapshot, to) != NULL) {
        settle_task(task, TASK_DECLINED, rules->calendar, snapshot->at_us);
    } else {
        task->unit = to;
    }
}

static void give_to(struct case_snapshot *after, const char *unit, const char *focal_point)
{
    case_set_lead(after, unit, focal_point);
    after->queue = QUEUE_UNIT;
    after->proposal.action = -1;
}

static bool route(const struct case_decision *decision)
{
    static const struct case_rule by_hand = {"named-by-city-office", 1, "assumption"};
    struct case_snapshot *after = decision->after;
    give_to(after, decision->command->unit, decision->command->focal_point);
    clock_stop(&after->clocks[CASE_DISPATCH], decision->rules->calendar, after->at_us);
    after->area_confirmed = after->near_border;
    after->routing_rule = by_hand;
    return true;
}

static bool bind(const struct case_decision *decision)
{
    decision->after->bound = true;
    return true;
}

static bool has_returned_it(const struct case_snapshot *snapshot, const char *unit)
{
    for (size_t i = 0; i < snapshot->trail_count; i++) {
        if (strcmp(snapshot->trail[i].from, unit) == 0) {
            return true;
        }
    }
    return false;
}

/* The one who gives it back names an owner. If that is the city office, the unit itself or one that
 * gave it back before, or if it went through too many hands, the city office decides. */
static bool hand_over(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    const char *to = decision->command->proposed_unit;
    bool disputed = strcmp(to, UNIT_CITY_OFFICE) == 0 ||
                    (int)after->trail_count >= after->process->limits.handovers ||
                    strcmp(to, after->unit) == 0 || has_returned_it(after, to);
    assert(after->trail_count < CASE_TRAIL_MAX);
    after->trail[after->trail_count++] =
        (struct case_handover){.from = after->unit,
                               .to = to,
                               .reason = decision->command->reason_text,
                               .at = after->at_us};
    if (!disputed) {
        give_to(after, to, decision->command->focal_point);
        return true;
    }
    after->queue = QUEUE_DISPUTED;
    after->assignee = NULL;
    after->proposal.action = -1;
    return restart_dispatch(decision);
}

static bool confirm_area(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    after->area_confirmed = true;
    if (after->queue == QUEUE_UNIT) { /* in a dispute the clock runs for that too */
        clock_stop(&after->clocks[CASE_DISPATCH], decision->rules->calendar, after->at_us);
    }
    return true;
}

static bool assign(const struct case_decision *decision)
{
    if (decision->command->assignee != NULL) {
        decision->after->assignee = decision->command->assignee;
    }
    return true;
}

static bool unassign(const struct case_decision *decision)
{
    decision->after->assignee = NULL;
    return true;
}

/* ---- asking and answering ---- */

static bool ask(const struct case_decision *decision)
{
    decision->after->question = decision->command->question;
    decision->after->asked =
        decision->command->asked != NULL ? decision->command->asked : case_asked_words[0];
    decision->after->answer = NULL;
    return true;
}

static bool answer(const struct case_decision *decision)
{
    decision->after->answer = decision->command->answer;
    return true;
}

/* ---- results ---- */

static bool record_result(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    const struct case_command *command = decision->command;
    after->resolved_at = after->at_us;
    after->result_text = command->result_text;
    after->result_by = command->actor_ref;
    after->evidence_count = command->evidence_count;
    for (size_t i = 0; i < command->evidence_count; i++) {
        after->evidence[i] = command->evidence[i];
    }
    after->rating_asked = true;
    return true;
}

static bool record_reason(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    after->reason_class = decision->command->reason_class;
    after->reason_text = decision->command->reason_text;
    if (after->process->states[after->state].phase == PHASE_REJECTED) {
        after->rejected_at = after->at_us;
    }
    return true;
}

/* The same cases for the same seed, evenly spread: the finalizer of SplitMix64 (Steele, Lea, Flood
 * 2014) over the id, which is random in its second half. */
static unsigned sample_percent(const struct uuid *id, int64_t seed)
{
    uint64_t mixed;
    memcpy(&mixed, id->bytes + 8, sizeof mixed);
    mixed ^= (uint64_t)seed;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((mixed ^ (mixed >> 31)) % 100);
}

static bool sample_audit(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    const struct process_limits *limits = &after->process->limits;
    bool sampled = (int)sample_percent(&after->id, limits->audit_seed) < limits->audit_percent;
    after->audit = sampled ? AUDIT_PENDING : AUDIT_NONE;
    after->audit_text = NULL;
    return true;
}

static bool pass_audit(const struct case_decision *decision)
{
    decision->after->audit = AUDIT_PASSED;
    decision->after->audit_text = decision->command->note;
    return true;
}

static bool fail_audit(const struct case_decision *decision)
{
    decision->after->audit = AUDIT_FAILED;
    decision->after->audit_text = decision->command->reason_text;
    return true;
}

static bool rate(const struct case_decision *decision)
{
    decision->after->rating = decision->command->rating;
    return true;
}

static bool count_reopening(const struct case_decision *decision)
{
    decision->after->reopenings++;
    return true;
}

/* ---- other cases ---- */

static bool merge(const struct case_decision *decision)
{
    const struct case_snapshot *lead = decision->command->lead;
    if (uuid_equal(&decision->command->into, &decision->after->id)) {
        return error_add_field(decision->err, "into", "same_case", "is this case itself");
    }
    if (lead == NULL) {
        return error_add_field(decision->err, "into", "unknown_case", "is no case in your scope");
    }
    if (!case_is_open(lead)) {
        return error_set(decision->err, ERR_UNPROCESSABLE, "condition_not_met",
                         "the case to merge into is not open");
    }
    decision->after->merged_into = decision->command->into;
    return true;
}

static bool separate(const struct case_decision *decision)
{
    decision->after->merged_into = (struct uuid){0};
    return true;
}

/* ---- co-operating units ---- */

static bool add_task(const struct case_decision *decision)
{
    struct case_snapshot *after = decision->after;
    struct case_task *task = find_task(after, decision->command->unit);
    if (after->unit != NULL && strcmp(after->unit, decision->command->unit) == 0) {
        return error_add_field(decision->err, "unit", "leads_already", "leads this case itself");
    }
    if (task != NULL && case_task_is_open(task)) {
        return error_add_field(decision->err, "unit", "co_operates_already",
                               "has not done its part yet");
    }
    if (task == NULL && after->task_count == CASE_TASKS_MAX) {
        return error_add_field(decision->err, "unit", "too_many", "%d units co-operate already",
                               CASE_TASKS_MAX);
    }
    if (task == NULL) {
        task = &after->tasks[after->task_count++];
    }
    *task = (struct case_task){.unit = decision->command->unit, .note = decision->command->note};
    return after->clocks[CASE_RESOLVE].run_count == 0 || start_tasks(decision);
}

static bool change_task(const struct case_decision *decision, enum task_state state)
{
    struct case_task *task = find_task(decision->after, decision->command->unit);
    assert(task != NULL);               /* CONDITION_TASK_OPEN */
    task->note = decision->after->note; /* or the reason */
    if (state == TASK_ACCEPTED) {
        task->state = state;
    } else {
        settle_task(task, state, decision->rules->calendar, decision->after->at_us);
    }
    return true;
}

static bool accept_task(const struct case_decision *decision)
{
    return change_task(decision, TASK_ACCEPTED);
}

static bool finish_task(const struct case_decision *decision)
{
    return change_task(decision, TASK_DONE);
}

static bool decline_task(const struct case_decision *decision)
{
    return change_task(decision, TASK_DECLINED);
}

/* ---- what only some processes know ---- */

static void set_detail(struct case_snapshot *after, const struct case_detail *detail)
{
    for (size_t i = 0; i < after->detail_count; i++) {
        if (strcmp(after->details[i].code, detail->code) == 0) {
            after->details[i].text = detail->text;
            return;
        }
    }
    assert(after->detail_count < CASE_DETAILS_MAX);
    after->details[after->detail_count++] = *detail;
}

static bool set_details(const struct case_decision *decision)
{
    for (size_t i = 0; i < decision->command->detail_count; i++) {
        set_detail(decision->after, &decision->command->details[i]);
    }
    keep_promise(decision, promised_now(decision));
    return true;
}

bool case_effects_apply(const struct case_decision *decision)
{
    static bool (*const apply[PROCESS_EFFECTS])(const struct case_decision *decision) = {
        [EFFECT_STOP_RECEIVE] = stop_receive,
        [EFFECT_START_RESOLVE] = start_resolve,
        [EFFECT_RESTART_RESOLVE] = restart_resolve,
        [EFFECT_PAUSE] = pause,
        [EFFECT_RESUME] = resume,
        [EFFECT_STOP_CLOCKS] = stop_clocks,
        [EFFECT_EXTEND] = extend,
        [EFFECT_CLASSIFY] = classify,
        [EFFECT_ROUTE] = route,
        [EFFECT_BIND] = bind,
        [EFFECT_HAND_OVER] = hand_over,
        [EFFECT_CONFIRM_AREA] = confirm_area,
        [EFFECT_ASSIGN] = assign,
        [EFFECT_UNASSIGN] = unassign,
        [EFFECT_ASK] = ask,
        [EFFECT_ANSWER] = answer,
        [EFFECT_RECORD_RESULT] = record_result,
        [EFFECT_RECORD_REASON] = record_reason,
        [EFFECT_SAMPLE_AUDIT] = sample_audit,
        [EFFECT_PASS_AUDIT] = pass_audit,
        [EFFECT_FAIL_AUDIT] = fail_audit,
        [EFFECT_RATE] = rate,
        [EFFECT_COUNT_REOPENING] = count_reopening,
        [EFFECT_MERGE] = merge,
        [EFFECT_SEPARATE] = separate,
        [EFFECT_ADD_TASK] = add_task,
        [EFFECT_ACCEPT_TASK] = accept_task,
        [EFFECT_FINISH_TASK] = finish_task,
        [EFFECT_DECLINE_TASK] = decline_task,
        [EFFECT_SET_DETAILS] = set_details,
    };
    for (int effect = 0; effect < PROCESS_EFFECTS; effect++) {
        if (process_has(decision->action->effects, effect) && !apply[effect](decision)) {
            return false;
        }
    }
    return true;
}
