/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case.h"

#include <assert.h>

const char *const case_reason_words[] = {
    "out_of_scope_legal", "unclear", "duplicate", "not_city", "abusive", "other", NULL};
const char *const case_rating_words[] = {"satisfied", "acceptable", "dissatisfied", NULL};
const char *const case_asked_words[] = {"reporter", "third_party", NULL};
const char *const task_state_words[] = {"open", "accepted", "done", "declined", NULL};
const char *const audit_state_words[] = {"none", "pending", "passed", "failed", NULL};

enum process_phase case_phase(const struct case_snapshot *now)
{
    return now->process->states[now->state].phase;
}

bool case_is_open(const struct case_snapshot *now)
{
    return process_phase_is_open(case_phase(now));
}

bool case_task_is_open(const struct case_task *task)
{
    return task->state == TASK_OPEN || task->state == TASK_ACCEPTED;
}

size_t case_clock_count(const struct case_snapshot *now)
{
    return CASE_CLOCKS + now->task_count;
}

const struct case_clock *case_clock_at(const struct case_snapshot *now, size_t number)
{
    assert(number < case_clock_count(now));
    return number < CASE_CLOCKS ? &now->clocks[number] : &now->tasks[number - CASE_CLOCKS].clock;
}

const struct case_clock *case_duty(const struct case_snapshot *now)
{
    return now->accepted_at == 0 ? &now->clocks[CASE_RECEIVE] : &now->clocks[CASE_RESOLVE];
}

int64_t case_due(const struct case_snapshot *now)
{
    if (!case_is_open(now)) {
        return 0;
    }
    int64_t due =
        clock_due(now->queue == QUEUE_UNIT ? case_duty(now) : &now->clocks[CASE_DISPATCH]);
    return due != 0 ? due : now->timeout_at;
}
