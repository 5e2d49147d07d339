/* SPDX-License-Identifier: Apache-2.0 */
/* notification: who must know? */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "consume_topics.h"
#include "http_routes.h"
#include "mail.h"
#include "notification.h"
#include "store_reference.h"

extern const struct migration_set notification_migrations;

#define OFFICIALS "officer focal_point supervisor"

/* clang-format off */
static const struct config_option options[] = {
    {.name = "CONTACT_KEY", .type = CONFIG_SECRET,
     .help = "opens contacts, shared with intake: openssl rand -base64 32",
     .demo = "aWhhbm9pIGRlbW8gY29udGFjdCBrZXksIG5vIGdvb2Q="},
    {.name = "PUBLIC_URL", .type = CONFIG_TEXT, .fallback = "http://127.0.0.1:8081",
     .help = "where people look up what they filed; stands in mails"},
    {.name = "MAIL_FROM", .type = CONFIG_TEXT, .help = "sender's address, without a name"},
    {.name = "SMTP_URL", .type = CONFIG_TEXT,
     .help = "mail server: smtp://host:port, or smtps:// for TLS from the start"},
    {.name = "SMTP_USER", .type = CONFIG_TEXT, .fallback = "", .help = "login; empty: none"},
    {.name = "SMTP_PASSWORD", .type = CONFIG_SECRET, .fallback = "", .help = "of that login"},
    {.name = "SMTP_REQUIRE_TLS", .type = CONFIG_BOOL, .fallback = "false",
     .help = "true: never talk to the mail server in the clear"},
    {.name = "SMTP_CONNECTIONS", .type = CONFIG_INT, .fallback = "8", .min = 1, .max = 24,
     .help = "mails under way at once"},
};

static const struct http_route routes[] = {
    {.method = "GET", .path = "/api/notification/messages", .access = "*",
     .handler = http_list_messages, .query = "cursor limit unread"},
    {.method = "GET", .path = "/api/notification/messages/stream", .access = "*",
     .handler = http_stream_messages, .query = ""},
    {.method = "POST", .path = "/api/notification/messages/{id}/read", .access = "*",
     .handler = http_read_message, .query = ""},
    {.method = "GET", .path = "/api/notification/deliveries",
     .access = "auditor administrator " OFFICIALS, .handler = http_list_deliveries, .query = "case_id cursor limit"},
    {.method = "GET", .path = "/api/notification/census",
     .access = "scope:figures:read auditor administrator", .handler = http_get_census, .query = ""},
    {.method = NULL},
};

static const struct consume_topic topics[] = {
    {.topic = "city.reference.v1", .handler = consume_reference, .batch_max = 200},
    {.topic = "city.contacts.v1", .handler = consume_contacts, .batch_max = 500},
    {.topic = "city.submissions.v1", .handler = consume_submissions, .batch_max = 1000},
    {.topic = "city.cases.v1", .handler = consume_cases, .batch_max = 500, .hold_ms = 10},
};
/* clang-format on */

const char *notification_fault(const struct error *err)
{
    return err->field_count > 0 ? err->fields[0].field : err->code;
}

/* ---- opening ---- */

struct opening {
    struct notification *notification;
    service_on_opened *on_opened;
    void *arg;
};

static void open_courier(struct notification *notification)
{
    const struct service_parts *parts = notification->parts;
    const struct config *config = parts->config;
    struct courier_config courier = {
        .loop = loop_uv(parts->loop),
        .pg = parts->pg,
        .outbox = parts->outbox,
        .fetch = parts->fetch,
        .metrics = parts->metrics,
        .seal = notification->seal,
        .reference = notification->reference,
        .smtp_url = config_text(config, "SMTP_URL"),
        .smtp_user = config_text(config, "SMTP_USER"),
        .smtp_password = config_text(config, "SMTP_PASSWORD"),
        .smtp_require_tls = config_bool(config, "SMTP_REQUIRE_TLS"),
        .connections_max = (size_t)config_int(config, "SMTP_CONNECTIONS"),
        .from = config_text(config, "MAIL_FROM"),
        .site = notification->site,
    };
    notification->courier = courier_new(&courier);
}

/* Nothing is planned or written before the names and people are known. */
static void on_reference_opened(void *arg)
{
    struct opening opening = *(struct opening *)arg;
    struct notification *notification = opening.notification;
    const struct service_parts *parts = notification->parts;

    free(arg);
    open_courier(notification);
    notification->streams =
        streams_new(loop_uv(parts->loop), parts->pg, notification->reference, notification->site);
    opening.on_opened(opening.arg, NULL);
}

static bool check_config(const struct config *config, struct error *err)
{
    if (!mail_address_is_good(config_text(config, "MAIL_FROM"))) {
        return error_set(err, ERR_FATAL, "bad_config", "MAIL_FROM must be a plain address");
    }
    const char *url = config_text(config, "SMTP_URL");
    if (strncmp(url, "smtp://", 7) != 0 && strncmp(url, "smtps://", 8) != 0) {
        return error_set(err, ERR_FATAL, "bad_config",
                         "SMTP_URL must begin with smtp:// or smtps://");
    }
    return true;
}

static void open_notification(struct service_parts *parts, void **state,
                              service_on_opened *on_opened, void *arg)
{
    struct notification *notification = memory_zero(1, sizeof *notification);
    struct error err = {0};

    if (!check_config(parts->config, &err) ||
        !seal_open(&notification->seal, config_text(parts->config, "CONTACT_KEY"), &err)) {
        free(notification);
        on_opened(arg, &err);
        return;
    }
    notification->parts = parts;
    notification->site = config_text(parts->config, "PUBLIC_URL");
    *state = notification;
    struct opening *opening = memory_alloc(sizeof *opening);
    *opening = (struct opening){notification, on_opened, arg};
    notification->reference = snapshot_source_new(
        loop_uv(parts->loop), parts->pg, &store_reference_tables, on_reference_opened, opening);
}

/* ---- closing, in reverse order ---- */

struct closing {
    struct notification *notification;
    service_on_closed *on_closed;
    void *arg;
};

static void on_reference_closed(void *arg)
{
    struct closing closing = *(struct closing *)arg;
    free(arg);
    seal_close(closing.notification->seal);
    free(closing.notification);
    closing.on_closed(closing.arg);
}

static void on_courier_closed(void *arg)
{
    struct closing *closing = arg;
    snapshot_source_close(closing->notification->reference, on_reference_closed, closing);
}

static void on_streams_closed(void *arg)
{
    struct closing *closing = arg;
    courier_close(closing->notification->courier, on_courier_closed, closing);
}

static void close_notification(void *state, service_on_closed *on_closed, void *arg)
{
    struct closing *closing = memory_alloc(sizeof *closing);
    *closing = (struct closing){state, on_closed, arg};
    streams_close(closing->notification->streams, on_streams_closed, closing);
}

int main(int argc, char **argv)
{
    static const struct service service = {
        .name = "notification",
        .summary = "who must know? Tells reporters and officials of each step of a case",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .migrations = &notification_migrations,
        .routes = routes,
        .topics = topics,
        .topic_count = sizeof topics / sizeof topics[0],
        .open = open_notification,
        .close = close_notification,
    };
    return service_main(&service, argc, argv);
}
