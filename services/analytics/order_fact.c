/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/order_fact.h"

#include "services/analytics/varint.h"

enum { LAYOUT = 1, TEXTS = 5, NUMBERS = 9 };

enum order_state order_state_of(const struct order_fact *order)
{
    if (order->fulfilled_at > order->failed_at) {
        return ORDER_FULFILLED;
    }
    if (order->failed_at != 0) {
        return ORDER_FAILED;
    }
    if (order->refunded_at != 0) {
        return ORDER_CANCELLED;
    }
    if (order->expired_at != 0) {
        return ORDER_EXPIRED;
    }
    return order->paid_at != 0 ? ORDER_PAID : ORDER_PLACED;
}

/* ---- stored ---- */

struct told_fact order_tell(const struct order_fact *order, struct arena *arena)
{
    const char *const texts[TEXTS] = {order->service, order->provider, order->channel,
                                      order->failed_reason, order->refunded_reason};
    const int64_t numbers[NUMBERS] = {order->amount,      order->refunded,     order->placed_at,
                                      order->paid_at,     order->fulfilled_at, order->failed_at,
                                      order->refunded_at, order->expired_at,   order->at};
    struct told_fact told = {
        .id = order->order_id, .subject = SUBJECT_ORDERS, .version = order->version};
    struct buffer body;
    buffer_init(&body);
    varint_put(&body, LAYOUT);
    for (size_t i = 0; i < TEXTS; i++) {
        varint_put_text(&body, texts[i]);
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        varint_put_signed(&body, numbers[i]);
    }
    told.body = fact_body_of(&body, arena);
    buffer_finish(&body);
    return told;
}

bool order_unpack(struct order_fact *order, const void *bytes, size_t size, struct arena *arena)
{
    const char **const texts[TEXTS] = {&order->service, &order->provider, &order->channel,
                                       &order->failed_reason, &order->refunded_reason};
    int64_t *const numbers[NUMBERS] = {&order->amount,      &order->refunded,     &order->placed_at,
                                       &order->paid_at,     &order->fulfilled_at, &order->failed_at,
                                       &order->refunded_at, &order->expired_at,   &order->at};
    struct varint_reader reader;
    *order = (struct order_fact){.version = 0};
    varint_read(&reader, bytes, size);
    if (varint_get(&reader) != LAYOUT) {
        return false;
    }
    for (size_t i = 0; i < TEXTS; i++) {
        *texts[i] = varint_get_text(&reader, arena);
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        *numbers[i] = varint_get_signed(&reader);
    }
    return !reader.failed && reader.at == reader.end;
}
