/* SPDX-License-Identifier: Apache-2.0 */
#include "open311_status.h"

#include <stddef.h>

#include "common/words.h"

const char *open311_extended_status(enum case_phase phase, const char *action)
{
    static const char *const actions[] = {"reopen", "return", NULL};
    static const char *const by_action[] = {"REOPEN", "INTERNAL_REFERRAL", NULL};
    static const char *const by_phase[CASE_PHASES] = {
        [PHASE_RECEIVED] = "OPEN",        [PHASE_WORKING] = "IN_PROGRESS",
        [PHASE_PAUSED] = "INVESTIGATING", [PHASE_RESOLVED] = "FIXED",
        [PHASE_CLOSED] = "CLOSED",        [PHASE_REJECTED] = "NO_FURTHER_ACTION",
        [PHASE_WITHDRAWN] = "CANCELLED",  [PHASE_MERGED] = "DUPLICATE",
    };
    const char *told = by_action[word_index(actions, action)];
    return told != NULL ? told : by_phase[phase];
}
