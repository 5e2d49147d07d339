/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/order_subject.h"

#include "services/analytics/indicator.h"
#include "services/analytics/order_counter.h"

static const struct grouping groupings[] = {
    {.dimension_count = 0, .kept = PERIODS_EVERY, .told = PERIODS_EVERY},
    {{DIMENSION_PROCESS}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH | PERIODS_DAY},
    {{DIMENSION_UNIT}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH | PERIODS_DAY},
    {{DIMENSION_CHANNEL}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_REASON}, 1, PERIODS_EVERY, PERIODS_ALL | PERIODS_MONTH},
    {{DIMENSION_UNIT, DIMENSION_PROCESS}, 2, PERIODS_MONTH, 0},
    {{DIMENSION_PROCESS, DIMENSION_CHANNEL}, 2, PERIODS_MONTH, 0},
    {{DIMENSION_PROCESS, DIMENSION_REASON}, 2, PERIODS_MONTH, 0},
};

/* As for cases: below it a share says little. Assumption. */
enum { ENOUGH = 30 };

#define STATE(state) COUNTER(ORDERS_STATE_FIRST + (state))
#define SETTLED                                                                                    \
    (STATE(ORDER_FULFILLED) | STATE(ORDER_FAILED) | STATE(ORDER_EXPIRED) | STATE(ORDER_CANCELLED))

static const struct indicator indicators[] = {
    {
        .code = "orders_fulfilled",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_ORDERS,
        .label = {"Tỷ lệ đơn hoàn tất", "Orders fulfilled"},
        .formula = {"Số đơn đã hoàn tất ÷ số đơn đã kết thúc (hoàn tất, thất bại, quá hạn thanh "
                    "toán, hủy và hoàn tiền). Đơn chờ thanh toán hoặc chờ cung cấp được nêu riêng. "
                    "Đơn đã hoàn tất rồi được hoàn tiền vẫn là đã hoàn tất.",
                    "Orders fulfilled ÷ orders that have ended (fulfilled, failed, not paid in "
                    "time, cancelled and paid back). Orders that wait to be paid or fulfilled are "
                    "shown apart. What was fulfilled and later paid back was fulfilled."},
        .source = "assumption",
        .numerator = STATE(ORDER_FULFILLED),
        .denominator = SETTLED,
        .pending = STATE(ORDER_PLACED) | STATE(ORDER_PAID),
        .threshold = ENOUGH,
    },
    {
        .code = "orders_fulfilled_of_paid",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .subject = SUBJECT_ORDERS,
        .label = {"Tỷ lệ đơn đã trả tiền được hoàn tất", "Paid orders fulfilled"},
        .formula = {"Số đơn đã hoàn tất ÷ số đơn đã trả tiền và đã kết thúc. Đơn đã trả tiền, chờ "
                    "cung cấp được nêu riêng.",
                    "Orders fulfilled ÷ orders that were paid and have ended. Paid orders that "
                    "wait to be fulfilled are shown apart."},
        .source = "assumption",
        .numerator = STATE(ORDER_FULFILLED),
        .denominator = COUNTER(ORDERS_PAID_SETTLED),
        .pending = STATE(ORDER_PAID),
        .threshold = ENOUGH,
    },
    {
        .code = "orders_refunded",
        .version = 1,
        .kind = INDICATOR_SHARE,
        .better = BETTER_LOW,
        .subject = SUBJECT_ORDERS,
        .label = {"Tỷ lệ đơn được hoàn tiền", "Orders paid back"},
        .formula = {"Số đơn được hoàn tiền một phần hoặc toàn bộ ÷ số đơn đã trả tiền.",
                    "Orders paid back wholly or in part ÷ orders paid."},
        .source = "assumption",
        .numerator = COUNTER(ORDERS_REFUNDED),
        .denominator = COUNTER(ORDERS_EVER_PAID),
        .threshold = ENOUGH,
    },
    {
        .code = "order_fulfilment_time",
        .version = 1,
        .kind = INDICATOR_TIME,
        .better = BETTER_LOW,
        .subject = SUBJECT_ORDERS,
        .label = {"Thời gian hoàn tất đơn (giờ)", "Time to fulfil an order, in hours"},
        .formula = {"Trung vị và phân vị 90 của số giờ từ khi trả tiền đến khi hoàn tất, của các "
                    "đơn đã hoàn tất; dưới một phút tính là 0; sai số tương đối tối đa 1%. Nêu "
                    "riêng trung vị khi coi các đơn đang chờ là lâu hơn tất cả.",
                    "Median and 90th percentile of the hours from payment to fulfilment, of "
                    "fulfilled orders; less than a minute is 0; off by at most 1%. Shown apart: "
                    "the median when orders that wait are taken to last longer than all."},
        .source = "assumption",
        .denominator = STATE(ORDER_FULFILLED),
        .pending = STATE(ORDER_PAID),
        .threshold = ENOUGH,
    },
    {
        .code = "order_payment",
        .version = 1,
        .kind = INDICATOR_MEAN,
        .better = BETTER_NEITHER,
        .subject = SUBJECT_ORDERS,
        .label = {"Số tiền bình quân mỗi đơn đã trả (đồng)", "Payment for each order, in đồng"},
        .formula = {"Tổng số tiền đã trả ÷ số đơn đã trả tiền.",
                    "All that was paid ÷ orders paid."},
        .source = "assumption",
        .numerator = COUNTER(ORDERS_PAID_VND),
        .denominator = COUNTER(ORDERS_EVER_PAID),
        .threshold = ENOUGH,
    },
    {
        .code = "order_refund",
        .version = 1,
        .kind = INDICATOR_MEAN,
        .better = BETTER_LOW,
        .subject = SUBJECT_ORDERS,
        .label = {"Số tiền hoàn bình quân mỗi đơn được hoàn (đồng)",
                  "Refund for each order paid back, in đồng"},
        .formula = {"Tổng số tiền đã hoàn ÷ số đơn được hoàn tiền.",
                    "All that was paid back ÷ orders paid back."},
        .source = "assumption",
        .numerator = COUNTER(ORDERS_REFUNDED_VND),
        .denominator = COUNTER(ORDERS_REFUNDED),
        .threshold = ENOUGH,
    },
};

static bool count(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena)
{
    struct order_fact order;
    (void)now;
    if (!order_unpack(&order, body->bytes, body->size, arena)) {
        return false;
    }
    order_count(contribution, &order);
    *turn_at = 0; /* an order expires when routing says so */
    *at = order.at;
    return true;
}

static const char *const counter_words[] = {
    [ORDERS_ALL] = "all",
    [ORDERS_STATE_FIRST + ORDER_PLACED] = "state_placed",
    [ORDERS_STATE_FIRST + ORDER_PAID] = "state_paid",
    [ORDERS_STATE_FIRST + ORDER_FULFILLED] = "state_fulfilled",
    [ORDERS_STATE_FIRST + ORDER_FAILED] = "state_failed",
    [ORDERS_STATE_FIRST + ORDER_EXPIRED] = "state_expired",
    [ORDERS_STATE_FIRST + ORDER_CANCELLED] = "state_cancelled",
    [ORDERS_EVER_PAID] = "ever_paid",
    [ORDERS_PAID_SETTLED] = "paid_settled",
    [ORDERS_REFUNDED] = "refunded",
    [ORDERS_PAID_VND] = "paid_vnd",
    [ORDERS_REFUNDED_VND] = "refunded_vnd",
};

const struct subject_layout order_subject = {
    .name = "orders",
    .groupings = groupings,
    .grouping_count = sizeof groupings / sizeof groupings[0],
    .indicators = indicators,
    .indicator_count = sizeof indicators / sizeof indicators[0],
    .counter_words = counter_words,
    .size_counter = ORDERS_ALL,
    .amount_count = 2,
    .amount_counters = {ORDERS_PAID_VND, ORDERS_REFUNDED_VND},
    .count = count,
};
