/* SPDX-License-Identifier: Apache-2.0 */
/* analytics: what is open while the service runs; handlers get it as their state. */
#ifndef ANALYTICS_ANALYTICS_H
#define ANALYTICS_ANALYTICS_H

#include "common/service.h"

#define CASES_TOPIC        "city.cases.v1"
#define REFERENCE_TOPIC    "city.reference.v1"
#define DELIVERIES_TOPIC   "city.deliveries.v1"
#define ORDERS_TOPIC       "city.orders.v1"
#define ORDER_STATUS_TOPIC "city.order-status.v1"
#define PUBLICATIONS_TOPIC "city.publications.v1"
#define SURVEYS_TOPIC      "city.surveys.v1"
#define CADENCE_TOPIC      "analytics.cadence.v1"
#define INDICATORS_TOPIC   "analytics.indicators.v1"
#define UNITS_TOPIC        "analytics.units.v1"
#define ACCOUNTS_TOPIC     "city.accounts.v1"
#define OUTREACH_TOPIC     "city.outreach.v1"
#define ADOPTION_TOPIC     "analytics.adoption.v1"

struct change_feed;
struct discloser;
struct reconciler;
struct turn;

struct analytics {
    const struct service_parts *parts;
    struct discloser *discloser;
    struct turn *turn;
    struct change_feed *feed;
    struct reconciler *reconciler;
};

/* What to say of a message that could not be read: the first bad field, or the error's code. */
const char *analytics_fault(const struct error *err);

#endif
