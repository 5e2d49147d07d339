/* SPDX-License-Identifier: Apache-2.0 */
/* invariants: what must hold of every case and of every step, whatever the process. Each function
 * gives NULL, or says what does not hold. */
#ifndef TESTS_ROUTING_INVARIANTS_H
#define TESTS_ROUTING_INVARIANTS_H

#include <string.h>

#include "services/routing/case_command.h"
#include "services/routing/case_timer.h"

static inline bool has_bit(process_set set, int value)
{
    return (set & PROCESS_BIT(value)) != 0;
}

static inline bool is_ended_phase(enum process_phase phase)
{
    return phase == PHASE_RESOLVED || phase == PHASE_CLOSED || phase == PHASE_REJECTED ||
           phase == PHASE_WITHDRAWN;
}

/* ---- clocks ---- */

static inline const char *fault_of_runs(const struct case_clock *clock)
{
    for (size_t i = 0; i < clock->run_count; i++) {
        const struct clock_run *run = &clock->runs[i];
        bool last = i + 1 == clock->run_count;
        if (run->from_us == 0 || (run->to_us == 0 && (!last || clock->stopped))) {
            return "a run without a beginning or an end";
        }
        if (run->to_us != 0 && run->to_us < run->from_us) {
            return "a run that ends before it begins";
        }
        if (!last && clock->runs[i + 1].from_us < run->to_us) {
            return "runs that overlap";
        }
    }
    return NULL;
}

/* Whether the calendar tells of all the time from the first run to an instant. */
static inline bool is_within_calendar(const struct case_clock *clock,
                                      const struct calendar *calendar, int64_t at_us)
{
    return clock->runs[0].from_us >= calendar_first_us(calendar) &&
           at_us <= calendar_last_us(calendar);
}

static inline const char *fault_of_spent(const struct case_clock *clock,
                                         const struct calendar *calendar, int64_t at_us)
{
    bool has_ended_run = clock->runs[0].to_us != 0;
    if (clock->has_spent ? !has_ended_run
                         : clock->spent_us != 0 ||
                               (has_ended_run && is_within_calendar(clock, calendar, at_us))) {
        return "time spent that is told before a run has ended, or not told after it";
    }
    int64_t used_us = clock_used_us(clock, calendar, CLOCK_WORKING, at_us);
    if (clock_is_running(clock) ? clock->spent_us > used_us
                                : clock->has_spent && clock->spent_us != used_us) {
        return "time spent that is not that of the runs";
    }
    return NULL;
}

static inline const char *fault_of_clock(const struct case_clock *clock,
                                         const struct calendar *calendar, int64_t at_us)
{
    const char *fault = fault_of_runs(clock);
    if (fault != NULL || clock->run_count == 0) {
        return fault;
    }
    for (int mode = 0; mode < CLOCK_MODES; mode++) {
        if (clock->due_us[mode] != 0 && clock->due_us[mode] < clock->runs[0].from_us) {
            return "a clock that is due before it has started";
        }
        if (clock_used_us(clock, calendar, (enum clock_mode)mode, at_us) < 0) {
            return "a clock that has used less than no time";
        }
    }
    if (clock_is_running(clock) && clock_due(clock) == 0) {
        return "a clock that runs and is never due";
    }
    if (clock->escalation > CASE_ESCALATIONS_MAX) {
        return "more steps than there are";
    }
    return fault_of_spent(clock, calendar, at_us);
}

/* The clocks of the unit's duty and of tasks stand and run with the phase. */
static inline const char *fault_of_duties(const struct case_snapshot *now)
{
    enum process_phase phase = case_phase(now);
    bool runs = false, stands = false;
    for (size_t i = 0; i < case_clock_count(now); i++) {
        const struct case_clock *clock = case_clock_at(now, i);
        if (i != CASE_DISPATCH) {
            runs |= clock_is_running(clock);
            stands |= clock_is_paused(clock);
        } else if (is_ended_phase(phase) && clock_is_running(clock)) {
            return "the city office is waited for in a case that has ended";
        }
    }
    if (is_ended_phase(phase) && (runs || stands)) {
        return "a clock that has not stopped in a case that has ended";
    }
    if ((phase == PHASE_PAUSED || phase == PHASE_MERGED) && runs) {
        return "a clock that runs in a pause";
    }
    if (phase == PHASE_RECEIVED || phase == PHASE_WORKING) {
        return stands ? "a clock that stands still though somebody must act"
               : !clock_is_running(&now->clocks[CASE_RECEIVE]) &&
                       !clock_is_running(&now->clocks[CASE_RESOLVE])
                   ? "somebody must act, and no clock runs"
                   : NULL;
    }
    return NULL;
}

static inline const char *fault_of_clocks(const struct case_snapshot *now,
                                          const struct calendar *calendar)
{
    for (size_t i = 0; i < case_clock_count(now); i++) {
        const char *fault = fault_of_clock(case_clock_at(now, i), calendar, now->at_us);
        if (fault != NULL) {
            return fault;
        }
    }
    return fault_of_duties(now);
}

/* ---- the case ---- */

static inline const char *fault_of_queue(const struct case_snapshot *now)
{
    if (now->queue == QUEUE_UNIT) {
        return now->unit != NULL ? NULL : "no unit has it, and nobody looks for one";
    }
    return !case_is_open(now) || clock_is_running(&now->clocks[CASE_DISPATCH])
               ? NULL
               : "the city office looks for a unit, and no clock runs";
}

static inline const char *fault_of_tasks(const struct case_snapshot *now)
{
    if (now->task_count > CASE_TASKS_MAX) {
        return "too many tasks";
    }
    for (size_t i = 0; i < now->task_count; i++) {
        const struct case_task *task = &now->tasks[i];
        bool open = task->state == TASK_OPEN || task->state == TASK_ACCEPTED;
        if (now->unit != NULL && strcmp(task->unit, now->unit) == 0) {
            return "who leads co-operates too";
        }
        for (size_t j = 0; j < i; j++) {
            if (strcmp(task->unit, now->tasks[j].unit) == 0) {
                return "a unit with two tasks";
            }
        }
        if (!open && (clock_is_running(&task->clock) || clock_is_paused(&task->clock))) {
            return "a task that is settled, and its clock is not stopped";
        }
        if (open && clock_is_running(&now->clocks[CASE_RESOLVE]) &&
            !clock_is_running(&task->clock)) {
            return "an open task without a clock";
        }
    }
    return NULL;
}

static inline const char *fault_of_phase(const struct case_snapshot *now)
{
    static const struct uuid none;
    enum process_phase phase = case_phase(now);
    bool merged = !uuid_equal(&now->merged_into, &none);
    if (phase == PHASE_RESOLVED && (now->result_text == NULL || now->resolved_at == 0)) {
        return "resolved without a result";
    }
    if (phase == PHASE_REJECTED && (now->reason_text == NULL || now->rejected_at == 0)) {
        return "rejected without a reason";
    }
    if ((phase == PHASE_CLOSED) != (now->closed_at != 0)) {
        return "closed, and nobody knows when";
    }
    if (phase == PHASE_MERGED ? !merged : merged && !is_ended_phase(phase)) {
        return "merged, and stands for itself";
    }
    if (now->audit == AUDIT_PENDING && !is_ended_phase(phase)) {
        return "the control office is waited for in a case that goes on";
    }
    return NULL;
}

static inline const char *fault_of_proposal(const struct case_snapshot *now)
{
    const struct case_proposal *proposal = &now->proposal;
    if (proposal->action < 0) {
        return NULL;
    }
    if (proposal->action >= now->process->action_count) {
        return "a proposal of nothing";
    }
    const struct process_action *action = &now->process->actions[proposal->action];
    return action->approvers != 0 && has_bit(action->from, now->state)
               ? NULL
               : "a proposal that nobody can approve";
}

static inline const char *fault_of_counts(const struct case_snapshot *now)
{
    const struct process_limits *limits = &now->process->limits;
    if ((int)now->trail_count > limits->handovers + 1) {
        return "handed over too often";
    }
    if (now->extensions > limits->extensions) {
        return "extended too often";
    }
    return now->reopenings <= limits->reopenings ? NULL : "reopened too often";
}

static inline const char *fault_of_state(const struct case_snapshot *now)
{
    const struct process *process = now->process;
    if (now->state < 0 || now->state >= process->state_count || now->resume_state < 0 ||
        now->resume_state >= process->state_count) {
        return "a state that the process does not know";
    }
    if (now->timeout_at != 0 && process->states[now->state].timeout_action < 0) {
        return "a time-out where there is none";
    }
    if ((now->timeout_at != 0) != (now->timeout_from != 0) || now->timeout_from > now->timeout_at) {
        return "a time-out that begins nowhere";
    }
    return NULL;
}

/* ---- the timer ---- */

/* It comes when there is something to do, and not before. */
static inline const char *fault_of_timer(const struct case_snapshot *now,
                                         const struct case_rules *rules)
{
    int64_t next_us = case_next_timer(now, rules);
    struct case_command command;
    if (next_us != now->next_timer) {
        return "the timer is not set for what comes next";
    }
    if (next_us == 0) {
        return case_timer_command(now, rules, now->at_us + 20 * 366 * CALENDAR_DAY_US, &command)
                   ? "the timer has something to do and is never called"
                   : NULL;
    }
    if (!case_timer_command(now, rules, next_us, &command)) {
        return "the timer is called for nothing";
    }
    return case_timer_command(now, rules, next_us - 1, &command)
               ? "the timer has something to do before it is called"
               : NULL;
}

static inline const char *fault_of_case(const struct case_snapshot *now,
                                        const struct case_rules *rules)
{
    const char *fault = fault_of_state(now);
    fault = fault != NULL ? fault : fault_of_clocks(now, rules->calendar);
    fault = fault != NULL ? fault : fault_of_queue(now);
    fault = fault != NULL ? fault : fault_of_tasks(now);
    fault = fault != NULL ? fault : fault_of_phase(now);
    fault = fault != NULL ? fault : fault_of_proposal(now);
    fault = fault != NULL ? fault : fault_of_counts(now);
    return fault != NULL ? fault : fault_of_timer(now, rules);
}

/* ---- a step ---- */

static inline bool restarts(const struct case_snapshot *after)
{
    int action = process_action_find(after->process, after->action);
    return action >= 0 && has_bit(after->process->actions[action].effects, EFFECT_RESTART_RESOLVE);
}

/* The city office's clock is set anew with every dispute. */
static inline const char *fault_of_stopped(const struct case_snapshot *before,
                                           const struct case_snapshot *after)
{
    for (int i = 0; i < CASE_CLOCKS; i++) {
        if (before->clocks[i].stopped && !after->clocks[i].stopped && i != CASE_DISPATCH &&
            !restarts(after)) {
            return "a clock that was stopped runs again";
        }
    }
    return NULL;
}

/* Who reads the history can tell how a state came about. */
static inline const char *fault_of_move(const struct case_snapshot *before,
                                        const struct case_snapshot *after)
{
    const struct process *process = after->process;
    int number = process_action_find(process, after->action);
    if (number < 0) {
        return after->state == before->state ? NULL : "moved by what is no action of the process";
    }
    const struct process_action *action = &process->actions[number];
    if (!has_bit(action->from, before->state)) {
        return "moved from where the action does not start";
    }
    int to = action->to == PROCESS_BACK    ? before->resume_state
             : action->to == PROCESS_STAYS ? before->state
                                           : action->to;
    return after->state == to ? NULL : "moved to where the action does not lead";
}

static inline const char *fault_of_step(const struct case_snapshot *before,
                                        const struct case_snapshot *after)
{
    if (after->version != before->version + 1) {
        return "a gap between versions";
    }
    if (after->previous_state != before->state || after->at_us < before->at_us) {
        return "does not follow the version before";
    }
    if (strcmp(before->channel, after->channel) != 0) {
        return "came by another way than it was opened by";
    }
    if (before->proposal.action >= 0 && after->proposal.action >= 0 &&
        before->proposal.at != after->proposal.at) {
        return "two proposals at once";
    }
    const char *fault = fault_of_move(before, after);
    return fault != NULL ? fault : fault_of_stopped(before, after);
}

#endif
