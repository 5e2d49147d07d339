/* SPDX-License-Identifier: Apache-2.0 */
/* Reads vn.hanoi.order.*.v1. */
#ifndef ANALYTICS_ORDER_FACT_JSON_H
#define ANALYTICS_ORDER_FACT_JSON_H

#include "common/error.h"
#include "services/analytics/order_fact.h"

/* The type says which members are needed; each event carries the whole order, so a type that is
 * newer than this program is read like the others. Texts are the arena's; err names the bad
 * field. */
bool order_fact_read(struct order_fact *order, const char *type, const char *json, size_t size,
                     struct arena *arena, struct error *err);

#endif
