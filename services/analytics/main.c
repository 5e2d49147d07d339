/* SPDX-License-Identifier: Apache-2.0 */
/* analytics: how well is it going? */
#include <stdlib.h>

#include "services/analytics/adoption_publisher.h"
#include "services/analytics/analytics.h"
#include "services/analytics/cadence_publisher.h"
#include "services/analytics/change_feed.h"
#include "services/analytics/discloser.h"
#include "services/analytics/fold.h"
#include "services/analytics/http_analytics.h"
#include "services/analytics/publisher.h"
#include "services/analytics/rebuild.h"
#include "services/analytics/recount.h"
#include "services/analytics/reconciler.h"
#include "services/analytics/survey_counter.h"
#include "services/analytics/topics.h"

extern const struct migration_set analytics_migrations;

static const struct config_option options[] = {RECONCILER_OPTIONS};

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

static const struct service_verb verbs[] = {
    {.name = "rebuild",
     .usage = "[--check]: count everything again from the topics, compare, switch",
     .run = rebuild_verb},
    {.name = "reconcile",
     .usage = ": compare counts of cases and deliveries with those of their owners",
     .run = reconcile_verb},
    {.name = NULL},
};

static void open_analytics(struct service_parts *parts, void **state, service_on_opened *on_opened,
                           void *arg)
{
    struct analytics *analytics = memory_zero(1, sizeof *analytics);
    struct error err = {0};
    analytics->parts = parts;
    analytics->reconciler = reconciler_new(parts, true, &err);
    if (analytics->reconciler == NULL) {
        free(analytics);
        on_opened(arg, &err);
        return;
    }
    analytics->discloser = discloser_new(parts);
    analytics->turn = turn_new(parts);
    struct recount *recount = recount_new(parts, analytics->turn);
    turn_add(analytics->turn, recount_step(recount));
    turn_add(analytics->turn, fold_step(parts, analytics->turn, recount));
    turn_add(analytics->turn, publisher_step(parts, analytics->turn, analytics->discloser));
    turn_add(analytics->turn, cadence_publisher_step(parts, analytics->turn));
    turn_add(analytics->turn, survey_counter_step(parts, analytics->turn));
    turn_add(analytics->turn, adoption_publisher_step(parts, analytics->turn));
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

static void on_reconciler_closed(void *arg)
{
    struct closing *closing = arg;
    change_feed_close(closing->analytics->feed, on_feed_closed, closing);
}

static void close_analytics(void *state, service_on_closed *on_closed, void *arg)
{
    struct analytics *analytics = state;
    struct closing *closing = memory_alloc(sizeof *closing);
    *closing = (struct closing){analytics, on_closed, arg};
    reconciler_close(analytics->reconciler, on_reconciler_closed, closing);
}

int main(int argc, char **argv)
{
    static const struct service service = {
        .name = "analytics",
        .summary = "how well is it going? Counts cases and indicators, and tells them",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .migrations = &analytics_migrations,
        .routes = routes,
        .topics = analytics_topics,
        .topic_count = TOPICS,
        .fetch_wait_ms = 25,
        .verbs = verbs,
        .open = open_analytics,
        .close = close_analytics,
    };
    return service_main(&service, argc, argv);
}
