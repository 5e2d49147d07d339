/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/topics.h"

#include "services/analytics/analytics.h"
#include "services/analytics/consume_accounts.h"
#include "services/analytics/consume_cases.h"
#include "services/analytics/consume_deliveries.h"
#include "services/analytics/consume_orders.h"
#include "services/analytics/consume_outreach.h"
#include "services/analytics/consume_publications.h"
#include "services/analytics/consume_reference.h"
#include "services/analytics/consume_surveys.h"

const struct consume_topic analytics_topics[TOPICS] = {
    {.topic = CASES_TOPIC, .handler = consume_cases, .batch_max = 2000, .hold_ms = 25},
    {.topic = DELIVERIES_TOPIC, .handler = consume_deliveries, .batch_max = 2000, .hold_ms = 25},
    {.topic = ORDERS_TOPIC, .handler = consume_orders, .batch_max = 1000, .hold_ms = 25},
    {.topic = ORDER_STATUS_TOPIC, .handler = consume_orders, .batch_max = 1000, .hold_ms = 25},
    {.topic = ACCOUNTS_TOPIC, .handler = consume_accounts, .batch_max = 1000, .hold_ms = 25},
    {.topic = OUTREACH_TOPIC, .handler = consume_outreach, .batch_max = 500, .hold_ms = 25},
    {.topic = REFERENCE_TOPIC, .handler = consume_reference, .batch_max = 200},
    {.topic = PUBLICATIONS_TOPIC, .handler = consume_publications, .batch_max = 500},
    {.topic = SURVEYS_TOPIC, .handler = consume_surveys, .batch_max = 500, .hold_ms = 25},
};
