/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/delivery_counter.h"

void delivery_count(struct contribution *contribution, const struct delivery_fact *delivery)
{
    static const int counters[DELIVERY_OUTCOMES] = {
        [DELIVERY_SENT] = DELIVERIES_SENT,
        [DELIVERY_FAILED] = DELIVERIES_FAILED,
        [DELIVERY_SKIPPED] = DELIVERIES_SKIPPED,
    };
    *contribution = (struct contribution){
        .counts = true,
        .day = period_day(delivery->at),
        .members = {[DIMENSION_CHANNEL] = delivery->channel,
                    [DIMENSION_REASON] =
                        delivery->outcome == DELIVERY_SENT ? NULL : delivery->reason},
        .marks = UINT64_C(1) << DELIVERIES_ALL | UINT64_C(1) << counters[delivery->outcome],
        .bucket = SKETCH_NONE,
    };
}
