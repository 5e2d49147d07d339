/* SPDX-License-Identifier: Apache-2.0 */
/* Settings of both clients, from the table of each and the operator's properties. */
#include <string.h>

#include "common/kafka_private.h"
#include "common/log.h"

enum { PROPERTY_MAX = 4096 }; /* a certificate chain on one line */

static const struct kafka_setting common_settings[] = {
    {"log.queue", "true", KAFKA_FIXED}, /* lines are written by the loop's thread only */
    {"log.connection.close", "false", KAFKA_DEFAULT},
    {"socket.nagle.disable", "true", KAFKA_DEFAULT}, /* librdkafka issue 4986 */
    {"socket.keepalive.enable", "true", KAFKA_DEFAULT},
    {"socket.timeout.ms", "10000", KAFKA_DEFAULT}, /* a frozen broker is given up after this */
    {"reconnect.backoff.ms", "50", KAFKA_DEFAULT},
    {"reconnect.backoff.max.ms", "1000", KAFKA_DEFAULT},
    {"topic.metadata.refresh.interval.ms", "5000", KAFKA_DEFAULT}, /* a topic made a moment ago */
};

enum { COMMON_COUNT = sizeof common_settings / sizeof common_settings[0] };

static bool conf_set(rd_kafka_conf_t *conf, const char *name, const char *value, bool if_known,
                     struct error *err)
{
    char text[200];
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, value, text, sizeof text);
    if (result == RD_KAFKA_CONF_OK || (result == RD_KAFKA_CONF_UNKNOWN && if_known)) {
        return true;
    }
    /* text may quote the value, which may be a password */
    return error_set(err, ERR_FATAL, "kafka_property",
                     result == RD_KAFKA_CONF_UNKNOWN ? "librdkafka does not know the property %s"
                                                     : "the value of the property %s is not valid",
                     name);
}

static bool conf_set_all(rd_kafka_conf_t *conf, const struct kafka_setting *settings, size_t count,
                         struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!conf_set(conf, settings[i].name, settings[i].value, settings[i].rule == KAFKA_IF_KNOWN,
                      err)) {
            return false;
        }
    }
    return true;
}

static bool is_fixed(const char *name, const struct kafka_setting *settings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (settings[i].rule == KAFKA_FIXED && strcmp(settings[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* "name = value" without the spaces around; the value may hold '='. */
static bool property_split(char *line, char **name, char **value)
{
    static const char space[] = " \t\r";
    char *equals = strchr(line, '=');
    if (equals == NULL) {
        return false;
    }
    *name = line + strspn(line, space);
    *value = equals + 1 + strspn(equals + 1, space);
    for (char *end = equals; end > *name && strchr(space, end[-1]) != NULL; end--) {
        end[-1] = '\0';
    }
    *equals = '\0';
    for (char *end = *value + strlen(*value); end > *value && strchr(space, end[-1]) != NULL;
         end--) {
        end[-1] = '\0';
    }
    return **name != '\0';
}

static bool conf_set_property(rd_kafka_conf_t *conf, const char *start, size_t size,
                              const struct kafka_setting *settings, size_t count, struct error *err)
{
    char line[PROPERTY_MAX];
    char *name, *value;
    if (size >= sizeof line) {
        return error_set(err, ERR_FATAL, "kafka_property", "a property line is over %d bytes",
                         PROPERTY_MAX);
    }
    memcpy(line, start, size);
    line[size] = '\0';
    const char *first = line + strspn(line, " \t\r");
    if (*first == '\0' || *first == '#') {
        return true;
    }
    if (!property_split(line, &name, &value)) {
        return error_set(err, ERR_FATAL, "kafka_property", "a property line is not name=value");
    }
    if (is_fixed(name, common_settings, COMMON_COUNT) || is_fixed(name, settings, count)) {
        return error_set(err, ERR_FATAL, "kafka_property",
                         "the property %s is fixed: the design depends on it", name);
    }
    return conf_set(conf, name, value, false, err);
}

static bool conf_set_properties(rd_kafka_conf_t *conf, const char *properties,
                                const struct kafka_setting *settings, size_t count,
                                struct error *err)
{
    while (*properties != '\0') {
        size_t size = strcspn(properties, "\n");
        if (!conf_set_property(conf, properties, size, settings, count, err)) {
            return false;
        }
        properties += size + (properties[size] == '\n');
    }
    return true;
}

rd_kafka_conf_t *kafka_conf_new(const struct kafka_config *config,
                                const struct kafka_setting *settings, size_t count,
                                struct error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (conf_set(conf, "bootstrap.servers", config->brokers, false, err) &&
        conf_set(conf, "client.id", config->client_id, false, err) &&
        conf_set_all(conf, common_settings, COMMON_COUNT, err) &&
        conf_set_all(conf, settings, count, err) &&
        conf_set_properties(conf, config->properties, settings, count, err)) {
        return conf;
    }
    rd_kafka_conf_destroy(conf);
    return NULL;
}

void kafka_log_event(rd_kafka_event_t *event)
{
    enum { SYSLOG_WARNING = 4, SYSLOG_INFO = 6 };
    const char *facility, *text;
    int level;
    if (rd_kafka_event_log(event, &facility, &text, &level) != 0) {
        return;
    }
    if (level <= SYSLOG_WARNING) {
        log_warn("kafka_client", log_text("facility", facility), log_text("detail", text));
    } else if (level <= SYSLOG_INFO) {
        log_info("kafka_client", log_text("facility", facility), log_text("detail", text));
    } else {
        log_debug("kafka_client", log_text("facility", facility), log_text("detail", text));
    }
}

void kafka_log_error_event(rd_kafka_event_t *event)
{
    log_warn("kafka_error", log_text("error", rd_kafka_err2name(rd_kafka_event_error(event))),
             log_text("detail", rd_kafka_event_error_string(event)));
}

static void on_async(uv_async_t *async)
{
    struct kafka_wake *wake = async->data;
    wake->on_wake(wake->arg);
}

static void on_tick(uv_timer_t *timer)
{
    struct kafka_wake *wake = timer->data;
    wake->on_wake(wake->arg);
}

/* Called by a thread of librdkafka. */
static void on_queue_filled(rd_kafka_t *client, void *arg)
{
    struct kafka_wake *wake = arg;
    (void)client;
    uv_async_send(&wake->async);
}

void kafka_wake_open(struct kafka_wake *wake, uv_loop_t *loop, kafka_on_wake *on_wake, void *arg)
{
    wake->on_wake = on_wake;
    wake->arg = arg;
    uv_async_init(loop, &wake->async, on_async);
    uv_timer_init(loop, &wake->timer);
    wake->async.data = wake->timer.data = wake;
    kafka_wake_every(wake, KAFKA_TICK_MS);
}

void kafka_wake_watch(struct kafka_wake *wake, rd_kafka_queue_t *queue)
{
    rd_kafka_queue_cb_event_enable(queue, on_queue_filled, wake);
}

void kafka_wake_ignore(rd_kafka_queue_t *queue)
{
    rd_kafka_queue_cb_event_enable(queue, NULL, NULL);
}

void kafka_wake_now(struct kafka_wake *wake)
{
    uv_async_send(&wake->async);
}

void kafka_wake_every(struct kafka_wake *wake, unsigned interval_ms)
{
    uv_timer_start(&wake->timer, on_tick, interval_ms, interval_ms);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct kafka_wake *wake = handle->data;
    wake->on_closed(wake->arg);
}

static void on_async_closed(uv_handle_t *handle)
{
    struct kafka_wake *wake = handle->data;
    uv_close((uv_handle_t *)&wake->timer, on_timer_closed);
}

void kafka_wake_close(struct kafka_wake *wake, kafka_on_wake *on_closed)
{
    wake->on_closed = on_closed;
    uv_timer_stop(&wake->timer);
    uv_close((uv_handle_t *)&wake->async, on_async_closed);
}
