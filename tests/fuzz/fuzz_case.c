/* SPDX-License-Identifier: Apache-2.0 */
/* Any sequence of commands on a case: versions without a gap, closed stays closed, and every case
 * that comes about is whole. Each command is eight bytes of the input. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "services/routing/case.h"

enum { COMMAND_BYTES = 8, COMMANDS_MAX = 500 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const struct deadline_rule deadlines[] = {
    {{"receive", 1, "rule"}, DEADLINE_RECEIVE, "*", -1, CLOCK_WORKING, 480, 0, 0},
    {{"urgent", 1, "rule"}, DEADLINE_RESOLVE, "*", LEVEL_URGENT, CLOCK_WORKING, 240, 0, 0},
    {{"normal", 1, "rule"}, DEADLINE_RESOLVE, "*", LEVEL_NORMAL, CLOCK_WORKING, 2400, 0, 0},
};

static struct case_rules rules = {.deadlines = {deadlines, 3},
                                  .remind_percent = 75,
                                  .escalate_after_min = {0, 240, 480},
                                  .escalation_count = 3};

static int64_t start_us(void)
{
    return calendar_day_of(2026, 11, 24) * CALENDAR_DAY_US;
}

static void make_calendar(void)
{
    struct calendar_rules office = {.utc_offset_min = 420,
                                    .periods = {{480, 720}, {780, 1020}},
                                    .period_count = 2,
                                    .weekdays = 0x1f,
                                    .first_day = calendar_day_of(2026, 11, 1),
                                    .last_day = calendar_day_of(2027, 1, 31)};
    if (rules.calendar == NULL) {
        rules.calendar = calendar_new(&office, NULL); /* kept for all inputs */
    }
}

static struct case_command command_of(const uint8_t *bytes, const struct case_snapshot *now)
{
    static const char *const evidence[CASE_EVIDENCE_MAX] = {"https://a/1"};
    return (struct case_command){
        .action = (enum case_action)(bytes[0] % CASE_ACTIONS),
        .roles = (unsigned)(bytes[1] | bytes[2] << 8),
        .expected_version = now->version - (bytes[3] == 0),
        .actor_ref = bytes[4] & 1 ? "someone" : NULL,
        .is_city_office = bytes[4] & 2,
        .assignee = bytes[4] & 4 ? "someone" : NULL,
        .result_text = bytes[4] & 8 ? "done" : NULL,
        .evidence = evidence,
        .evidence_count = bytes[4] & 16 ? 1 : 0,
        .reason_class = bytes[4] & 32 ? "other" : NULL,
        .reason_text = bytes[4] & 64 ? "because" : NULL,
        .unit = bytes[4] & 128 ? "00070" : NULL,
    };
}

static void check(const struct case_snapshot *now)
{
    assert(now->state >= 0 && now->state < CASE_STATES);
    assert(now->queue == QUEUE_UNROUTABLE || now->unit != NULL);
    assert(now->state != CASE_RESOLVED || (now->result_text != NULL && now->evidence_count > 0));
    assert(now->state != CASE_REJECTED || (now->reason_class != NULL && now->reason_text != NULL));
    assert((now->state != CASE_ASSIGNED && now->state != CASE_IN_PROGRESS) ||
           (now->assignee != NULL && now->accepted_at != 0 && now->resolve_due != 0));
    assert(now->next_timer == 0 || case_due(now) != 0);
    assert(now->escalation >= 0 && now->escalation <= CASE_ESCALATIONS_MAX);
}

static void apply(struct case_snapshot *now, const uint8_t *bytes, int64_t now_us)
{
    struct case_snapshot after;
    struct error err = {0};
    struct case_command command = command_of(bytes, now);
    if (bytes[7] & 1) { /* what the timer would do */
        command.action = case_timer_action(now, &rules, now_us);
        command.roles = 1u << ROLE_SYSTEM;
        if (command.action == CASE_ACTIONS) {
            return;
        }
    }
    if (!case_decide(now, &command, &rules, now_us, &after, &err)) {
        assert(error_is_set(&err));
        return;
    }
    assert(after.version == now->version + 1 && after.previous_state == now->state);
    assert(now->state != CASE_RESOLVED && now->state != CASE_REJECTED);
    assert(after.at_us >= now->at_us);
    *now = after;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2) {
        return 0;
    }
    make_calendar();
    int64_t now_us = start_us();
    struct case_snapshot now = {.level = (enum case_level)(bytes[0] % CASE_LEVELS),
                                .queue = bytes[1] & 1 ? QUEUE_UNIT : QUEUE_UNROUTABLE,
                                .unit = bytes[1] & 1 ? "00070" : NULL,
                                .clock_start = now_us,
                                .receive_due = now_us + (bytes[1] >> 1) * CALENDAR_DAY_US / 8};
    case_open(&now, &rules, now_us);
    check(&now);
    const uint8_t *at = bytes + 2, *end = bytes + size;
    for (int i = 0; i < COMMANDS_MAX && end - at >= COMMAND_BYTES; i++, at += COMMAND_BYTES) {
        now_us += (at[5] << 8 | at[6]) * CALENDAR_MINUTE_US / 8;
        apply(&now, at, now_us);
        check(&now);
    }
    return 0;
}
