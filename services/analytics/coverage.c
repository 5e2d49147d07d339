/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/coverage.h"

#include <string.h>

#include "services/analytics/account_counter.h"
#include "services/analytics/disclosure.h"

const struct adoption_rule adoption_rule = {
    .code = "officials_have_accounts",
    .version = 1,
    .source = "Công điện 05/CĐ-UBND",
    .text =
        {"100% cán bộ, công chức, viên chức, người lao động cài đặt và tạo tài khoản trước ngày "
         "30/7/2024.",
         "100% of officials and other staff have installed it and have an account before "
         "2024-07-30."},
    .before = 19934, /* 2024-07-30 */
};

int32_t adoption_last_day(const struct adoption_rule *rule)
{
    return rule->before - 1;
}

const struct indicator *coverage_indicator(enum basis_kind kind)
{
    return &subjects[SUBJECT_ADOPTION]->indicators[kind];
}

int64_t coverage_accounts(enum basis_kind kind, const struct tally *tally)
{
    return kind == BASIS_ROSTER
               ? tally->counts[ACCOUNT_FIRST_USED] - tally->counts[ACCOUNT_GONE_USED]
               : tally->counts[ACCOUNT_ALL] - tally->counts[ACCOUNT_GONE];
}

bool coverage_has_share(const struct coverage *coverage)
{
    return coverage->basis.code != NULL && coverage->basis.number > 0;
}

double coverage_share(const struct coverage *coverage)
{
    return (double)coverage->accounts / (double)coverage->basis.number;
}

bool coverage_is_full(const struct coverage *coverage)
{
    return coverage->accounts >= coverage->basis.number;
}

bool coverage_is_small(const struct coverage *coverage)
{
    return disclosure_is_small(coverage->accounts) ||
           (coverage->basis.code != NULL && disclosure_is_small(coverage->basis.number));
}

bool coverage_day_is_public(int32_t day, int32_t today)
{
    struct period month = period_of(PERIOD_MONTH, day);
    return day == today || day == period_end(&month) - 1 ||
           day == adoption_last_day(&adoption_rule);
}

const struct coverage *coverage_find(const struct coverage *list, size_t count, const char *code)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(list[middle].code, code);
        if (order == 0) {
            return &list[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}
