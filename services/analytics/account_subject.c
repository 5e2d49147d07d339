/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/account_subject.h"

#include "services/analytics/account_counter.h"
#include "services/analytics/indicator.h"

/* By area and kind together, since only citizens are compared with a population. */
static const struct grouping groupings[] = {
    {.dimension_count = 0, .kept = PERIODS_EVERY, .told = PERIODS_EVERY},
    {{DIMENSION_UNIT}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_AREA}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_PROCESS}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_CHANNEL}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_TEAM}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_AREA, DIMENSION_PROCESS},
     2,
     PERIODS_ALL | PERIODS_YEAR | PERIODS_MONTH | PERIODS_DAY,
     0},
    {{DIMENSION_DISTRICT}, 1, PERIODS_EVERY, PERIODS_ALL},
    {{DIMENSION_AREA, DIMENSION_DISTRICT}, 2, PERIODS_ALL | PERIODS_MONTH, 0},
};

/* As for cases: below it a share says little. Assumption. */
enum { ENOUGH = 30 };

static const struct indicator indicators[] = {
    {
        .code = "accounts_of_officials",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_NEITHER,
        .subject = SUBJECT_ACCOUNTS,
        .label = {"Tài khoản của cán bộ, công chức, viên chức", "Accounts of officials"},
        .formula = {"Số tài khoản của cán bộ, công chức, viên chức, người lao động ÷ tổng số tài "
                    "khoản đã tạo.",
                    "Accounts of officials and other staff ÷ all accounts made."},
        .source = "assumption",
        .numerator = COUNTER(ACCOUNT_OFFICIALS),
        .denominator = COUNTER(ACCOUNT_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "accounts_activated",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_ACCOUNTS,
        .label = {"Tỷ lệ tài khoản đã kích hoạt", "Accounts that were activated"},
        .formula = {"Số tài khoản đã đăng nhập ít nhất một lần ÷ tổng số tài khoản đã tạo.",
                    "Accounts that were signed in with at least once ÷ all accounts made."},
        .source = "assumption",
        .numerator = COUNTER(ACCOUNT_ACTIVATED),
        .denominator = COUNTER(ACCOUNT_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "accounts_assisted",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_NEITHER,
        .subject = SUBJECT_ACCOUNTS,
        .label = {"Tỷ lệ tài khoản được hỗ trợ tạo", "Accounts made with help"},
        .formula = {"Số tài khoản do tổ công tác, tình nguyện viên hướng dẫn tạo ÷ tổng số tài "
                    "khoản đã tạo.",
                    "Accounts that somebody helped to make ÷ all accounts made."},
        .source = "assumption",
        .numerator = COUNTER(ACCOUNT_ASSISTED),
        .denominator = COUNTER(ACCOUNT_ALL),
        .threshold = ENOUGH,
    },
    {
        .code = "accounts_closed",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_LOW,
        .subject = SUBJECT_ACCOUNTS,
        .label = {"Tỷ lệ tài khoản đã đóng", "Accounts closed"},
        .formula = {"Số tài khoản đã đóng ÷ tổng số tài khoản đã tạo.",
                    "Accounts closed by now ÷ all accounts made."},
        .source = "assumption",
        .numerator = COUNTER(ACCOUNT_CLOSED),
        .denominator = COUNTER(ACCOUNT_ALL),
        .threshold = ENOUGH,
    },
};

static bool count(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena)
{
    struct account_fact account;
    (void)now;
    if (!account_unpack(&account, body->bytes, body->size, arena)) {
        return false;
    }
    account_count(contribution, &account);
    *turn_at = 0; /* time alone changes nothing */
    *at = account.at;
    return true;
}

static const char *const counter_words[] = {
    [ACCOUNT_ALL] = "made",
    [ACCOUNT_OFFICIALS] = "officials",
    [ACCOUNT_ACTIVATED] = "activated",
    [ACCOUNT_ASSISTED] = "assisted",
    [ACCOUNT_CLOSED] = "closed",
    [ACCOUNT_FIRST_USED] = "first_used",
    [ACCOUNT_GONE] = "gone",
    [ACCOUNT_GONE_USED] = "gone_used",
};

const struct subject_layout account_subject = {
    .name = "accounts",
    .groupings = groupings,
    .grouping_count = sizeof groupings / sizeof groupings[0],
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
    .counter_words = counter_words,
    .size_counter = ACCOUNT_ALL,
    .count = count,
};
