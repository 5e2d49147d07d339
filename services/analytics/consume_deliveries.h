/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what became of messages to people, from city.deliveries.v1. */
#ifndef ANALYTICS_CONSUME_DELIVERIES_H
#define ANALYTICS_CONSUME_DELIVERIES_H

#include "common/consume.h"

consume_handler consume_deliveries;

#endif
