/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/intake/open311_status.h"

static void a_step_has_the_status_of_its_phase_or_action(void **state)
{
    static const struct {
        enum case_phase phase;
        const char *action, *status;
    } rows[] = {
        {PHASE_RECEIVED, "open", "OPEN"},
        {PHASE_RECEIVED, "reopen", "REOPEN"},
        {PHASE_RECEIVED, "return", "INTERNAL_REFERRAL"},
        {PHASE_WORKING, "accept", "IN_PROGRESS"},
        {PHASE_WORKING, "reopen", "REOPEN"},
        {PHASE_PAUSED, "ask", "INVESTIGATING"},
        {PHASE_RESOLVED, "resolve", "FIXED"},
        {PHASE_CLOSED, "close", "CLOSED"},
        {PHASE_REJECTED, "reject", "NO_FURTHER_ACTION"},
        {PHASE_WITHDRAWN, "withdraw", "CANCELLED"},
        {PHASE_MERGED, "merge", "DUPLICATE"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(open311_extended_status(rows[i].phase, rows[i].action), rows[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_has_the_status_of_its_phase_or_action),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
