/* SPDX-License-Identifier: Apache-2.0 */
/* analytics: how well is it going? */
#include <stdlib.h>

#include "services/analytics/analytics.h"
#include "services/analytics/change_feed.h"
#include "services/analytics/consume_accounts.h"
#include "services/analytics/consume_cases.h"
#include "services/analytics/consume_deliveries.h"
#include "services/analytics/consume_orders.h"
#include "services/analytics/consume_publications.h"
#include "services/analytics/consume_outreach.h"
#include "services/analytics/consume_reference.h"
#include "services/analytics/consume_surveys.h"
#include "services/analytics/discloser.h"
#include "services/analytics/http_analytics.h"
#include "services/analytics/rebuild.h"
#include "services/analytics/turn.h"

extern const struct migration_set analytics_migrations;

static const struct http_route routes[] = {
    {.method = "GET",
     .path = "/api/analytics/indicators",
     .access = "",
     .handler = http_get_indicators,
     .query = "code " FORMAT_QUERY " period subject " SLICE_QUERY},
    {.method = "GET",
     .path = "/api/analytics/comparison",
     .access = "",
     .handler = http_get_comparison,
     .query = "code " FORMAT_QUERY " by period " SLICE_QUERY},
    {.method = "GET",
     .path = "/api/analytics/series",
     .access = "",
     .handler = http_get_series,
     .query = "code " FORMAT_QUERY " step from to " SLICE_QUERY},
    {.method = "GET",
     .path = "/api/analytics/explain",
     .access = "",
     .handler = http_get_explanation,
     .query = "code period " SLICE_QUERY},
    {.method = "GET",
     .path = "/api/analytics/cases",
     .access = SEES_ALL,
     .handler = http_get_cases,
     .query = "code part period cursor limit " SLICE_QUERY},
    {.method = "GET",
     .path = "/api/analytics/changes",
     .access = "",
     .handler = http_get_changes,
     .query = "code by period subject " SLICE_QUERY},
    {.method = "GET",
     .path = "/api/analytics/units/{code}",
     .access = "",
     .handler = http_get_unit,
     .query = ""},
    {.method = "GET",
     .path = "/api/analytics/cadence",
     .access = "",
     .handler = http_get_cadence,
     .query = FORMAT_QUERY " period unit"},
    {.method = "GET",
     .path = "/api/analytics/surveys/{id}",
     .access = "",
     .handler = http_get_survey,
     .query = ""},
    {.method = "GET",
     .path = "/api/analytics/adoption",
     .access = "",
     .handler = http_get_adoption,
     .query = "unit area by at " FORMAT_QUERY},
    {.method = "GET",
     .path = "/api/analytics/funnel",
     .access = "",
     .handler = http_get_funnel,
     .query = "area period"},
    {.method = "GET",
     .path = "/api/analytics/assessments/{code}",
     .access = "",
     .handler = http_get_assessment,
     .query = FORMAT_QUERY " category period unit"},
    {.method = "GET",
     .path = "/api/analytics/catalog",
     .access = "",
     .handler = http_get_catalog,
     .query = ""},
    {.method = "GET",
     .path = "/api/analytics/definitions",
     .access = "",
     .handler = http_get_definitions,
     .query = ""},
    {.method = "GET",
     .path = "/api/analytics/dimensions",
     .access = "",
     .handler = http_get_dimensions,
     .query = ""},
    {.method = NULL},
};

static const struct consume_topic topics[] = {
    {.topic = REFERENCE_TOPIC, .handler = consume_reference, .batch_max = 200},
    {.topic = CASES_TOPIC, .handler = consume_cases, .batch_max = 2000, .hold_ms = 25},
    {.topic = DELIVERIES_TOPIC, .handler = consume_deliveries, .batch_max = 2000, .hold_ms = 25},
    {.topic = ORDERS_TOPIC, .handler = consume_orders, .batch_max = 1000, .hold_ms = 25},
    {.topic = ORDER_STATUS_TOPIC, .handler = consume_orders, .batch_max = 1000, .hold_ms = 25},
    {.topic = PUBLICATIONS_TOPIC, .handler = consume_publications, .batch_max = 500},
    {.topic = SURVEYS_TOPIC, .handler = consume_surveys, .batch_max = 500, .hold_ms = 25},
    {.topic = ACCOUNTS_TOPIC, .handler = consume_accounts, .batch_max = 1000, .hold_ms = 25},
    {.topic = OUTREACH_TOPIC, .handler = consume_outreach, .batch_max = 500, .hold_ms = 25},
};

static const struct service_verb verbs[] = {
    {.name = "rebuild",
     .usage = "[--no-wait]: count everything again from the topics",
     .run = rebuild_verb},
    {.name = NULL},
};

static void open_analytics(struct service_parts *parts, void **state, service_on_opened *on_opened,
                           void *arg)
{
    struct analytics *analytics = memory_zero(1, sizeof *analytics);
    analytics->parts = parts;
    analytics->discloser = discloser_new(parts);
    analytics->turn = turn_new(parts, analytics->discloser);
    analytics->feed = change_feed_new(parts, analytics->discloser);
    *state = analytics;
    on_opened(arg, NULL);
}

struct closing {
    struct analytics *analytics;
    service_on_closed *on_closed;
    void *arg;
};

static void on_discloser_closed(void *arg)
{
    struct closing closing = *(struct closing *)arg;
    free(arg);
    free(closing.analytics);
    closing.on_closed(closing.arg);
}

static void on_turn_closed(void *arg)
{
    struct closing *closing = arg;
    discloser_close(closing->analytics->discloser, on_discloser_closed, closing);
}

static void on_feed_closed(void *arg)
{
    struct closing *closing = arg;
    turn_close(closing->analytics->turn, on_turn_closed, closing);
}

static void close_analytics(void *state, service_on_closed *on_closed, void *arg)
{
    struct closing *closing = memory_alloc(sizeof *closing);
    *closing = (struct closing){state, on_closed, arg};
    change_feed_close(closing->analytics->feed, on_feed_closed, closing);
}

int main(int argc, char **argv)
{
    static const struct service service = {
        .name = "analytics",
        .summary = "how well is it going? Counts cases and indicators, and tells them",
        .migrations = &analytics_migrations,
        .routes = routes,
        .topics = topics,
        .topic_count = sizeof topics / sizeof topics[0],
        .fetch_wait_ms = 25,
        .verbs = verbs,
        .open = open_analytics,
        .close = close_analytics,
    };
    return service_main(&service, argc, argv);
}
