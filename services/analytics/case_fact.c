/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/case_fact.h"

#include <stdlib.h>
#include <string.h>

const char *const case_phase_words[] = {"received", "working",   "paused", "resolved", "closed",
                                        "rejected", "withdrawn", "merged", NULL};
const char *const case_state_words[CASE_STATES + 1] = {"received",    "accepted", "assigned",
                                                       "in_progress", "resolved", "rejected",
                                                       "withdrawn",   "merged",   NULL};

enum case_state case_state_of(enum case_phase phase, const char *state)
{
    static const enum case_state states[] = {
        [PHASE_RECEIVED] = CASE_RECEIVED,   [PHASE_WORKING] = CASE_IN_PROGRESS,
        [PHASE_PAUSED] = CASE_IN_PROGRESS,  [PHASE_RESOLVED] = CASE_RESOLVED,
        [PHASE_CLOSED] = CASE_RESOLVED,     [PHASE_REJECTED] = CASE_REJECTED,
        [PHASE_WITHDRAWN] = CASE_WITHDRAWN, [PHASE_MERGED] = CASE_MERGED,
    };
    if (phase == PHASE_WORKING && strcmp(state, "accepted") == 0) {
        return CASE_ACCEPTED;
    }
    if (phase == PHASE_WORKING && strcmp(state, "assigned") == 0) {
        return CASE_ASSIGNED;
    }
    return states[phase];
}

bool case_is_open(const struct case_fact *fact)
{
    return fact->state <= CASE_IN_PROGRESS;
}

int64_t case_received_at(const struct case_fact *fact)
{
    return fact->accepted_at != 0 ? fact->accepted_at : fact->rejected_at;
}

bool case_is_overdue(const struct case_fact *fact, int64_t now)
{
    bool waits = fact->state == CASE_RECEIVED && fact->accepted_at == 0;
    int64_t due = waits ? fact->receive_due : fact->resolve_due;
    return case_is_open(fact) && due != 0 && now > due;
}

/* Highest version first within a case. */
static int by_case(const void *a, const void *b)
{
    const struct case_fact *left = a, *right = b;
    int order = memcmp(&left->case_id, &right->case_id, sizeof left->case_id);
    return order != 0 ? order : (right->version > left->version) - (right->version < left->version);
}

size_t case_facts_coalesce(struct case_fact *facts, size_t count)
{
    size_t kept = 0;
    qsort(facts, count, sizeof *facts, by_case);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !uuid_equal(&facts[kept - 1].case_id, &facts[i].case_id)) {
            facts[kept++] = facts[i];
        }
    }
    return kept;
}
