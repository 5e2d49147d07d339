/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/delivery_subject.h"

#include "services/analytics/delivery_counter.h"
#include "services/analytics/indicator.h"

static const struct grouping groupings[] = {
    {.dimension_count = 0, .kept = PERIODS_EVERY, .told = PERIODS_EVERY},
    {{DIMENSION_CHANNEL}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH | PERIODS_DAY},
    {{DIMENSION_REASON}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH | PERIODS_DAY},
    {{DIMENSION_CHANNEL, DIMENSION_REASON}, 2, PERIODS_MONTH | PERIODS_DAY, 0},
};

/* As for cases: below it a share says little. Assumption. */
enum { ENOUGH = 30 };

#define BY_REASON                                                                                  \
    {                                                                                              \
        "Theo lý do, mẫu số là số tin không gửi được vì lý do ấy; tin đã gửi không có lý do.",     \
            "By reason, the denominator is how many were not sent for it; what was sent has none." \
    }

static const struct indicator indicators[] = {
    {
        .code = "delivered",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_DELIVERIES,
        .label = {"Tỷ lệ tin nhắn gửi thành công", "Messages delivered"},
        .formula = {"Số tin đã gửi ÷ (số tin đã gửi + số tin gửi hỏng). Tin không gửi vì không có "
                    "nơi nhận không tính.",
                    "Messages sent ÷ (messages sent + messages given up). Messages that were not "
                    "tried, for want of an address, do not count."},
        .note = BY_REASON,
        .source = "assumption",
        .numerator = COUNTER(DELIVERIES_SENT),
        .denominator = COUNTER(DELIVERIES_SENT) | COUNTER(DELIVERIES_FAILED),
        .threshold = ENOUGH,
    },
    {
        .code = "delivery_skipped",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_LOW,
        .subject = SUBJECT_DELIVERIES,
        .label = {"Tỷ lệ tin nhắn bỏ qua", "Messages skipped"},
        .formula = {"Số tin không gửi vì không có nơi nhận hoặc lý do tương tự ÷ tổng số tin.",
                    "Messages not sent for want of an address or the like ÷ all messages."},
        .note = BY_REASON,
        .source = "assumption",
        .numerator = COUNTER(DELIVERIES_SKIPPED),
        .denominator =
            COUNTER(DELIVERIES_SENT) | COUNTER(DELIVERIES_FAILED) | COUNTER(DELIVERIES_SKIPPED),
        .threshold = ENOUGH,
    },
};

static bool count(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena)
{
    struct delivery_fact delivery;
    (void)now;
    if (!delivery_unpack(&delivery, body->bytes, body->size, arena)) {
        return false;
    }
    delivery_count(contribution, &delivery);
    *turn_at = 0; /* time alone changes nothing */
    *at = delivery.at;
    return true;
}

static const char *const counter_words[] = {
    [DELIVERIES_ALL] = "all",
    [DELIVERIES_SENT] = "sent",
    [DELIVERIES_FAILED] = "failed",
    [DELIVERIES_SKIPPED] = "skipped",
};

const struct subject_layout delivery_subject = {
    .name = "deliveries",
    .groupings = groupings,
    .grouping_count = sizeof groupings / sizeof groupings[0],
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
    .counter_words = counter_words,
    .size_counter = DELIVERIES_ALL,
    .count = count,
};
