/* SPDX-License-Identifier: Apache-2.0 */
/* service: what the four programs have in common, once.
 *
 * A service is a row of tables: options, migrations, routes, topics, verbs. service_main reads the
 * verb (serve, migrate, health, dlq, republish, position, routes, or one of the service's own),
 * checks the configuration, opens everything in order, runs, and closes in reverse order:
 *
 *   open:  config → metrics → pg → fetch → auth → producer → outbox → own state → consume → http
 *   stop:  not ready → http drains → consume drains → own state → outbox flushes → the rest
 *
 * Exit codes: 0 clean, 1 failure while running, 2 wrong configuration or usage. */
#ifndef COMMON_SERVICE_H
#define COMMON_SERVICE_H

#include "common/auth.h"
#include "common/config.h"
#include "common/consume.h"
#include "common/fetch.h"
#include "common/http.h"
#include "common/loop.h"
#include "common/metrics.h"
#include "common/migrate.h"
#include "common/outbox.h"
#include "common/pg.h"

/* What is open while serving; borrowed by the service's state. */
struct service_parts {
    struct loop *loop;
    const struct config *config;
    struct metrics *metrics;
    struct pg *pg;
    struct fetch *fetch;
    struct auth *auth;
    struct outbox *outbox;
    struct http *http; /* NULL until listening */
    const char *instance;
};

/* A verb of the service's own, run without a loop: "units import FILE". argv starts at the verb. */
struct service_verb {
    const char *name;
    const char *usage; /* one line */
    int (*run)(const struct config *config, int argc, char **argv);
    bool needs_no_settings; /* config is NULL */
};

typedef void service_on_opened(void *arg, const struct error *err); /* err NULL: opened */
typedef void service_on_closed(void *arg);

struct service {
    const char *name;
    const char *summary;
    const struct config_option *options;
    size_t option_count;
    const struct migration_set *migrations;
    const struct http_route *routes;
    const struct consume_topic *topics;
    size_t topic_count;
    unsigned fetch_wait_ms; /* see struct kafka_config: for a service that nobody waits for */
    const struct service_verb *verbs; /* ended by a row without name */
    /* Opens the service's state (loads rules, starts timers); may take its time and read the
     * database; calls on_opened once. */
    void (*open)(struct service_parts *parts, void **state, service_on_opened *on_opened,
                 void *arg);
    /* Stops timers, waits for its own work, frees the state, calls on_closed once. */
    void (*close)(void *state, service_on_closed *on_closed, void *arg);
    /* Own conditions of readiness; NULL: none. Appends the reason when not ready. */
    bool (*is_ready)(struct buffer *why_not, void *state);
};

/* For verbs that read or write topics themselves. */
struct kafka_config service_kafka_config(const struct config *config);

int service_main(const struct service *service, int argc, char **argv);

#endif
