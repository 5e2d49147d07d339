/* SPDX-License-Identifier: Apache-2.0 */
#include "case_phase.h"

#include <stddef.h>

#include "common/words.h"

const char *const case_phase_words[] = {"received", "working",   "paused", "resolved", "closed",
                                        "rejected", "withdrawn", "merged", NULL};

const struct case_phase_name *case_phase_name(enum case_phase phase)
{
    static const struct case_phase_name names[CASE_PHASES] = {
        [PHASE_RECEIVED] = {"Chờ tiếp nhận", "Waiting to be taken up"},
        [PHASE_WORKING] = {"Đang xử lý", "In progress"},
        [PHASE_PAUSED] = {"Chờ bổ sung thông tin", "Waiting for information"},
        [PHASE_RESOLVED] = {"Đã xử lý", "Resolved"},
        [PHASE_CLOSED] = {"Đã kết thúc", "Closed"},
        [PHASE_REJECTED] = {"Từ chối", "Not accepted"},
        [PHASE_WITHDRAWN] = {"Đã rút", "Withdrawn"},
        [PHASE_MERGED] = {"Đã gộp với phản ánh khác", "Joined with another report"},
    };
    return &names[phase];
}

bool case_phase_is_closed(enum case_phase phase)
{
    return phase == PHASE_RESOLVED || phase == PHASE_CLOSED || phase == PHASE_REJECTED ||
           phase == PHASE_WITHDRAWN;
}

enum case_phase case_phase_of_state(const char *state)
{
    static const char *const states[] = {"received", "resolved", "rejected", NULL};
    static const enum case_phase phases[] = {PHASE_RECEIVED, PHASE_RESOLVED, PHASE_REJECTED,
                                             PHASE_WORKING};
    return phases[word_index(states, state)];
}
