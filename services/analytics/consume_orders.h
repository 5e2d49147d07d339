/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps orders, from city.orders.v1 and city.order-status.v1: one run of versions. */
#ifndef ANALYTICS_CONSUME_ORDERS_H
#define ANALYTICS_CONSUME_ORDERS_H

#include "common/consume.h"

consume_handler consume_orders;

#endif
