/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/delivery_fact.h"

#include "services/analytics/varint.h"

enum { LAYOUT = 1 };

static int32_t version_of(const struct delivery_fact *delivery)
{
    return delivery->attempts * DELIVERY_OUTCOMES + (int)delivery->outcome + 1;
}

struct told_fact delivery_tell(const struct delivery_fact *delivery, struct arena *arena)
{
    struct told_fact told = {.id = delivery->delivery_id,
                             .subject = SUBJECT_DELIVERIES,
                             .version = version_of(delivery)};
    struct buffer body;
    buffer_init(&body);
    varint_put(&body, LAYOUT);
    varint_put(&body, (uint64_t)delivery->outcome);
    varint_put_text(&body, delivery->channel);
    varint_put_text(&body, delivery->reason);
    varint_put_signed(&body, delivery->at);
    told.body = fact_body_of(&body, arena);
    buffer_finish(&body);
    return told;
}

bool delivery_unpack(struct delivery_fact *delivery, const void *bytes, size_t size,
                     struct arena *arena)
{
    struct varint_reader reader;
    *delivery = (struct delivery_fact){.attempts = 0};
    varint_read(&reader, bytes, size);
    if (varint_get(&reader) != LAYOUT) {
        return false;
    }
    uint64_t outcome = varint_get(&reader);
    delivery->channel = varint_get_text(&reader, arena);
    delivery->reason = varint_get_text(&reader, arena);
    delivery->at = varint_get_signed(&reader);
    if (reader.failed || reader.at != reader.end || outcome >= DELIVERY_OUTCOMES) {
        return false;
    }
    delivery->outcome = (enum delivery_outcome)outcome;
    return true;
}
