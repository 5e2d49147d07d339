/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/account_counter.h"

#include "services/analytics/indicator.h"

static uint64_t mark(int counter, bool so)
{
    return so ? COUNTER(counter) : 0;
}

static uint64_t marks_of(const struct account_fact *account)
{
    bool used = account->activated_at != 0;
    switch (account->step) {
    case ACCOUNT_USED:
        return COUNTER(ACCOUNT_FIRST_USED);
    case ACCOUNT_ENDED:
        return COUNTER(ACCOUNT_GONE) | mark(ACCOUNT_GONE_USED, used);
    case ACCOUNT_MADE:
    case ACCOUNT_STEPS:
        break;
    }
    return COUNTER(ACCOUNT_ALL) | mark(ACCOUNT_OFFICIALS, account->kind == ACCOUNT_OFFICIAL) |
           mark(ACCOUNT_ACTIVATED, used) |
           mark(ACCOUNT_ASSISTED, account->method == METHOD_ASSISTED) |
           mark(ACCOUNT_CLOSED, account->closed_at != 0);
}

void account_count(struct contribution *contribution, const struct account_fact *account)
{
    *contribution = (struct contribution){
        .counts = true,
        .day = period_day(account_step_at(account, account->step)),
        .members = {[DIMENSION_UNIT] = account->unit,
                    [DIMENSION_AREA] = account->area,
                    [DIMENSION_PROCESS] = account_kind_words[account->kind],
                    [DIMENSION_CHANNEL] = account_method_words[account->method],
                    [DIMENSION_TEAM] = account->team},
        .marks = marks_of(account),
        .bucket = SKETCH_NONE,
    };
}
