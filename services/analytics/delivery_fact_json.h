/* SPDX-License-Identifier: Apache-2.0 */
/* Reads vn.hanoi.delivery.{sent,failed,skipped}.v1. */
#ifndef ANALYTICS_DELIVERY_FACT_JSON_H
#define ANALYTICS_DELIVERY_FACT_JSON_H

#include "common/error.h"
#include "services/analytics/delivery_fact.h"

/* What a type says; DELIVERY_OUTCOMES: it is none of a delivery. */
enum delivery_outcome delivery_outcome_of(const char *type);

/* Texts are the arena's; err names the bad field. */
bool delivery_fact_read(struct delivery_fact *delivery, enum delivery_outcome outcome,
                        const char *json, size_t size, struct arena *arena, struct error *err);

#endif
