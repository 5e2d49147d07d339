/* SPDX-License-Identifier: Apache-2.0 */
/* The running service: opens its parts in order, serves, closes them in reverse order. */
#include <malloc.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/log.h"
#include "common/service_private.h"

enum {
    CONNECTIONS_MAX = 12000, /* idle ones are cheap: 14 KiB each, measured */
    IDLE_S = 60,
    REQUEST_DEADLINE_MS = 10000,
    TRANSFER_MS = 120000,               /* 64 MiB at 5 Mbit/s */
    FILE_BYTES_MAX = 160 * 1024 * 1024, /* two of those, and some pictures */
    DATABASE_DEADLINE_MS = 5000,
    DATABASE_WAITING_MAX = 10000,
    OUTBOX_MEMORY_MAX = 8 << 20,
    OUTBOX_BACKLOG_MAX = 1000000,
    OUTBOX_GRACE_MS = 10000,
    TRIM_MS = 10000 /* a round takes less than a millisecond */
};

struct serving {
    const struct service *service;
    struct service_parts parts;
    struct kafka_producer *producer;
    struct consume *consume;
    uv_timer_t trim;
    void *state;
    bool state_open;
};

/* Steps of opening, in running order. */
static bool open_plain_parts(struct serving *serving, struct error *err);
static void on_outbox_ready(void *arg); /* then the service's own state */
static void on_state_opened(void *arg, const struct error *err);
static bool open_edges(struct serving *serving, struct error *err); /* topics, HTTP */

/* Stages of the stop, in running order. */
static void stop_http(struct loop *loop, void *arg);
static void stop_consume(struct loop *loop, void *arg);
static void stop_state(struct loop *loop, void *arg);
static void stop_outbox(struct loop *loop, void *arg);
static void stop_rest(struct loop *loop, void *arg);

static void fail(struct serving *serving, const char *event, const struct error *err)
{
    log_error_error(event, err);
    loop_stop(serving->parts.loop, 1);
}

static void on_outbox_lost(void *arg)
{
    /* Another process has our lease: nothing that we could still say would be right. */
    (void)arg;
    log_error("outbox_lease_lost", log_text("do", "check that INSTANCE is unique"));
    _exit(1);
}

static void on_delivered(void *opaque, bool delivered, const char *reason, void *arg)
{
    struct serving *serving = arg;
    outbox_delivered(serving->parts.outbox, opaque, delivered, reason);
}

/* ---- memory that a burst leaves behind ---- */

/* Few arenas: librdkafka's threads free what the loop allocated. */
static void limit_kept_memory(void)
{
    enum { ARENAS = 2, TRIM_BYTES = 1 << 20, MMAP_BYTES = 256 << 10 };
    mallopt(M_ARENA_MAX, ARENAS);
    mallopt(M_TRIM_THRESHOLD, TRIM_BYTES);
    mallopt(M_MMAP_THRESHOLD, MMAP_BYTES);
}

/* By itself the allocator gives back only what lies at the heap's end. */
static void on_trim(uv_timer_t *trim)
{
    enum { KEPT_BYTES = 1 << 20 };
    (void)trim;
    malloc_trim(KEPT_BYTES);
}

static void start_trimming(struct serving *serving)
{
    uv_timer_init(loop_uv(serving->parts.loop), &serving->trim);
    uv_timer_start(&serving->trim, on_trim, TRIM_MS, TRIM_MS);
}

/* ---- opening ---- */

static bool open_plain_parts(struct serving *serving, struct error *err)
{
    struct service_parts *parts = &serving->parts;
    const struct config *config = parts->config;
    uv_loop_t *uv = loop_uv(parts->loop);
    struct pg_config pg = {
        .conninfo = config_text(config, "DATABASE_URL"),
        .connections = (size_t)config_int(config, "DATABASE_CONNECTIONS"),
        .waiting_max = DATABASE_WAITING_MAX,
        .deadline_ms = DATABASE_DEADLINE_MS,
    };
    struct fetch_config fetch = {.transfers_max = 32, .waiting_max = 10000, .ca_file = ""};
    struct auth_config auth = {
        .issuer = config_text(config, "OIDC_ISSUER"),
        .audience = config_text(config, "OIDC_AUDIENCE"),
        .jwks_url = config_text(config, "OIDC_JWKS_URL"),
        .api_keys_file = config_text(config, "API_KEYS_FILE"),
        .refuse_demo = config_is_production(config),
    };
    struct kafka_config kafka = service_kafka_config(config);

    return pg_open(&parts->pg, uv, &pg, parts->metrics, err) &&
           fetch_open(&parts->fetch, uv, &fetch, parts->metrics, err) &&
           auth_open(&parts->auth, uv, parts->fetch, &auth, parts->metrics, err) &&
           kafka_producer_open(&serving->producer, uv, &kafka, parts->metrics, on_delivered,
                               serving, err);
}

static void open_outbox(struct serving *serving)
{
    struct service_parts *parts = &serving->parts;
    struct outbox_config outbox = {
        .service = serving->service->name,
        .instance = parts->instance,
        .memory_max = OUTBOX_MEMORY_MAX,
        .backlog_max = OUTBOX_BACKLOG_MAX,
        .retention_days = (unsigned)config_int(parts->config, "OUTBOX_RETENTION_DAYS"),
    };
    parts->outbox = outbox_new(loop_uv(parts->loop), parts->pg, serving->producer, &outbox,
                               parts->metrics, on_outbox_ready, on_outbox_lost, serving);
}

static void on_outbox_ready(void *arg)
{
    struct serving *serving = arg;
    if (!loop_is_stopping(serving->parts.loop)) {
        serving->service->open(&serving->parts, &serving->state, on_state_opened, serving);
    }
}

static void on_state_opened(void *arg, const struct error *err)
{
    struct serving *serving = arg;
    struct error edge = {0};
    if (err != NULL) {
        fail(serving, "open_failed", err);
        return;
    }
    serving->state_open = true;
    if (loop_is_stopping(serving->parts.loop)) {
        return;
    }
    if (!open_edges(serving, &edge)) {
        fail(serving, "open_failed", &edge);
        return;
    }
    log_info("serving", log_text("instance", serving->parts.instance),
             log_int("port", config_int(serving->parts.config, "HTTP_PORT")));
}

static bool is_ready(struct buffer *why_not, void *arg)
{
    struct serving *serving = arg;
    const struct service *service = serving->service;
    size_t before = why_not->size;
    if (loop_is_stopping(serving->parts.loop)) {
        buffer_put_text(why_not, "stopping\n");
    }
    if (!pg_is_ready(serving->parts.pg)) {
        buffer_put_text(why_not, "database: no connection\n");
    }
    if (outbox_is_full(serving->parts.outbox)) {
        buffer_put_text(why_not, "outbox: backlog is full\n");
    }
    if (serving->consume != NULL && !consume_is_ready(serving->consume)) {
        buffer_put_text(why_not, "topics: not assigned, or a position needs an operator\n");
    }
    bool own = service->is_ready == NULL || service->is_ready(why_not, serving->state);
    return own && why_not->size == before;
}

static bool is_full(void *arg)
{
    struct serving *serving = arg;
    return outbox_is_full(serving->parts.outbox);
}

static bool open_edges(struct serving *serving, struct error *err)
{
    const struct service *service = serving->service;
    struct service_parts *parts = &serving->parts;
    struct kafka_config kafka = service_kafka_config(parts->config);
    kafka.fetch_wait_ms = service->fetch_wait_ms;
    struct consume_config consume = {.group = service->name,
                                     .topics = service->topics,
                                     .topic_count = service->topic_count,
                                     .state = serving->state};
    struct http_config http = {
        .bind = config_text(parts->config, "HTTP_BIND"),
        .port = (unsigned)config_int(parts->config, "HTTP_PORT"),
        .routes = service->routes,
        .state = serving->state,
        .auth = parts->auth,
        .connections_max = CONNECTIONS_MAX,
        .requests_max = (size_t)config_int(parts->config, "HTTP_REQUESTS_MAX"),
        .idle_s = IDLE_S,
        .deadline_ms = REQUEST_DEADLINE_MS,
        .transfer_ms = TRANSFER_MS,
        .file_bytes_max = FILE_BYTES_MAX,
    };
    serving->consume = consume_new(loop_uv(parts->loop), parts->pg, parts->outbox, &kafka, &consume,
                                   parts->metrics, err);
    if (serving->consume == NULL ||
        !http_listen(&parts->http, loop_uv(parts->loop), &http, parts->metrics, err)) {
        return false;
    }
    http_set_ready(parts->http, is_ready, serving);
    http_set_full(parts->http, is_full, serving);
    return true;
}

/* ---- closing ---- */

static void on_stage_closed(void *arg)
{
    struct serving *serving = arg;
    loop_stage_done(serving->parts.loop);
}

static void stop_http(struct loop *loop, void *arg)
{
    struct serving *serving = arg;
    struct http *http = serving->parts.http;
    if (serving->parts.pg != NULL) {
        pg_hurry(serving->parts.pg);
    }
    if (http == NULL) {
        loop_stage_done(loop);
        return;
    }
    http_close(http, on_stage_closed, serving);
}

static void stop_consume(struct loop *loop, void *arg)
{
    struct serving *serving = arg;
    if (serving->consume == NULL) {
        loop_stage_done(loop);
        return;
    }
    consume_close(serving->consume, on_stage_closed, serving);
}

static void stop_state(struct loop *loop, void *arg)
{
    struct serving *serving = arg;
    if (!serving->state_open) {
        loop_stage_done(loop);
        return;
    }
    serving->service->close(serving->state, on_stage_closed, serving);
}

static void stop_outbox(struct loop *loop, void *arg)
{
    struct serving *serving = arg;
    if (serving->parts.outbox == NULL) {
        loop_stage_done(loop);
        return;
    }
    outbox_close(serving->parts.outbox, OUTBOX_GRACE_MS, on_stage_closed, serving);
}

static void stop_rest(struct loop *loop, void *arg)
{
    struct serving *serving = arg;
    struct service_parts *parts = &serving->parts;
    uv_close((uv_handle_t *)&serving->trim, NULL);
    kafka_producer_close(serving->producer);
    outbox_free(parts->outbox);
    parts->outbox = NULL;
    auth_close(parts->auth);
    fetch_close(parts->fetch);
    if (parts->pg == NULL) {
        loop_stage_done(loop);
        return;
    }
    pg_close(parts->pg, on_stage_closed, serving);
}

/* Waits, as long as it takes, for a database that has been migrated. False: it never will be, since
 * its migrations are not this program's. */
static bool wait_for_database(const struct service *service, const struct config *config)
{
    const struct migration_set *sets[] = {&common_migrations, service->migrations};
    for (;;) {
        struct error err = {0};
        if (migrate_check(config_text(config, "DATABASE_URL"), sets, 2, &err)) {
            return true;
        }
        if (err.kind == ERR_FATAL) {
            log_error_error("database_not_ours", &err);
            return false;
        }
        log_warn_error("database_not_ready", &err);
        sleep(1);
    }
}

int service_serve(const struct service *service, const struct config *config)
{
    struct serving serving = {.service = service};
    struct service_parts *parts = &serving.parts;
    struct error err = {0};

    limit_kept_memory();
    if (!wait_for_database(service, config)) {
        return 1;
    }
    parts->config = config;
    parts->instance = config_text(config, "INSTANCE");
    parts->metrics = metrics_new();
    parts->loop = loop_new((unsigned)config_int(config, "STOP_GRACE_MS"));
    start_trimming(&serving);
    loop_on_stop(parts->loop, "http", stop_http, &serving);
    loop_on_stop(parts->loop, "consume", stop_consume, &serving);
    loop_on_stop(parts->loop, "state", stop_state, &serving);
    loop_on_stop(parts->loop, "outbox", stop_outbox, &serving);
    loop_on_stop(parts->loop, "rest", stop_rest, &serving);
    if (open_plain_parts(&serving, &err)) {
        open_outbox(&serving);
    } else {
        fail(&serving, "open_failed", &err);
    }
    int status = loop_run(parts->loop);
    loop_free(parts->loop);
    metrics_free(parts->metrics);
    log_info("stopped", log_int("status", status));
    return status;
}
