/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_timer.h"

#include <stddef.h>

/* What is due on one clock, and when. */
struct alarm {
    int64_t at_us; /* 0: nothing more */
    bool escalates;
};

/* Past the calendar's end steps come at once rather than never; while the clock stands still, when
 * it runs again. */
static int64_t step_at(const struct case_clock *clock, const struct case_rules *rules)
{
    int64_t at_us;
    if (clock->escalation >= rules->escalation_count) {
        return 0;
    }
    if (clock_after_due(clock, rules->calendar, rules->escalate_after_min[clock->escalation],
                        &at_us)) {
        return at_us;
    }
    return clock_is_running(clock) ? clock_due(clock) : 0;
}

/* A clock that is stopped, or stands still before it has run out, says nothing. */
static struct alarm next_alarm(const struct case_clock *clock, const struct case_rules *rules)
{
    int64_t due = clock_due(clock), at_us;
    if (clock->stopped || due == 0) {
        return (struct alarm){0};
    }
    if (!clock->reminded && clock_is_running(clock) &&
        clock_share_at(clock, rules->calendar, rules->remind_percent, &at_us) && at_us < due) {
        return (struct alarm){at_us, false};
    }
    return (struct alarm){step_at(clock, rules), true};
}

/* A reminder that comes so late that a step is due too would say the same as the step. */
static struct alarm due_alarm(const struct case_clock *clock, const struct case_rules *rules,
                              int64_t now_us)
{
    struct alarm alarm = next_alarm(clock, rules);
    if (alarm.at_us == 0 || alarm.at_us > now_us) {
        return (struct alarm){0};
    }
    struct alarm step = {step_at(clock, rules), true};
    return step.at_us != 0 && step.at_us <= now_us ? step : alarm;
}

static bool state_times_out(const struct case_snapshot *now)
{
    const struct process_state *state = &now->process->states[now->state];
    return now->timeout_at != 0 && state->timeout_action >= 0 && now->audit != AUDIT_PENDING;
}

bool case_timer_command(const struct case_snapshot *now, const struct case_rules *rules,
                        int64_t now_us, struct case_command *command)
{
    *command = (struct case_command){
        .expected_version = now->version, .actor = ACTOR_BIT(ROLE_SYSTEM), .level = -1};
    if (state_times_out(now) && now->timeout_at <= now_us) {
        int action = now->process->states[now->state].timeout_action;
        command->action = now->process->actions[action].code;
        return true;
    }
    for (size_t i = 0; case_is_open(now) && i < case_clock_count(now); i++) {
        struct alarm alarm = due_alarm(case_clock_at(now, i), rules, now_us);
        if (alarm.at_us != 0) {
            command->action = alarm.escalates ? CASE_ESCALATE : CASE_REMIND;
            command->clock = (int)i;
            return true;
        }
    }
    return false;
}

int64_t case_next_timer(const struct case_snapshot *now, const struct case_rules *rules)
{
    int64_t next = state_times_out(now) ? now->timeout_at : 0;
    for (size_t i = 0; case_is_open(now) && i < case_clock_count(now); i++) {
        int64_t at_us = next_alarm(case_clock_at(now, i), rules).at_us;
        next = next == 0 || (at_us != 0 && at_us < next) ? at_us : next;
    }
    return next;
}

/* Two that were merged into each other at the same moment would wait for ever. */
static bool came_to_nothing(const struct case_snapshot *now, const struct case_snapshot *lead)
{
    enum process_phase phase = case_phase(lead);
    return phase == PHASE_REJECTED || phase == PHASE_WITHDRAWN ||
           (phase == PHASE_CLOSED && lead->result_text == NULL) ||
           (phase == PHASE_MERGED && uuid_equal(&lead->merged_into, &now->id));
}

bool case_follow_command(const struct case_snapshot *now, const struct case_snapshot *lead,
                         struct case_command *command)
{
    *command = (struct case_command){
        .expected_version = now->version, .actor = ACTOR_BIT(ROLE_SYSTEM), .level = -1};
    if (came_to_nothing(now, lead)) {
        command->action = CASE_SEPARATE; /* it is judged by itself again */
        return true;
    }
    if (case_phase(lead) != PHASE_RESOLVED && case_phase(lead) != PHASE_CLOSED) {
        return false;
    }
    command->action = CASE_FOLLOW;
    command->result_text = lead->result_text;
    command->evidence = lead->evidence;
    command->evidence_count = lead->evidence_count;
    command->given = PROCESS_BIT(FIELD_RESULT_TEXT) |
                     (lead->evidence_count > 0 ? PROCESS_BIT(FIELD_EVIDENCE) : 0);
    return true;
}
