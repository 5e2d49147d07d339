/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of kafka and by the program `topics`: settings, and how librdkafka's threads
 * wake the loop. */
#ifndef COMMON_KAFKA_PRIVATE_H
#define COMMON_KAFKA_PRIVATE_H

#include <librdkafka/rdkafka.h>
#include <uv.h>

#include "common/kafka.h"

enum kafka_setting_rule {
    KAFKA_DEFAULT, /* the operator's properties may replace it */
    KAFKA_FIXED,   /* correctness hangs on it: a property of that name is refused */
    KAFKA_IF_KNOWN /* a default that this librdkafka may be too old to know */
};

struct kafka_setting {
    const char *name;
    const char *value;
    enum kafka_setting_rule rule;
};

/* Common settings, then `settings`, then config->properties. NULL with ERR_FATAL when a property
 * is malformed, unknown or fixed. The caller hands it to rd_kafka_new or destroys it. */
rd_kafka_conf_t *kafka_conf_new(const struct kafka_config *config,
                                const struct kafka_setting *settings, size_t count,
                                struct error *err);

/* Log lines and errors of librdkafka, as ours; loop thread. */
void kafka_log_event(rd_kafka_event_t *event);
void kafka_log_error_event(rd_kafka_event_t *event);

/* Wakes the loop: at once when a queue fills, and at each tick besides. */
typedef void kafka_on_wake(void *arg);
struct kafka_wake {
    uv_async_t async;
    uv_timer_t timer;
    kafka_on_wake *on_wake;
    kafka_on_wake *on_closed;
    void *arg;
};

enum { KAFKA_TICK_MS = 1000 };

void kafka_wake_open(struct kafka_wake *wake, uv_loop_t *loop, kafka_on_wake *on_wake, void *arg);
/* The events of a queue wake the loop until kafka_wake_ignore. */
void kafka_wake_watch(struct kafka_wake *wake, rd_kafka_queue_t *queue);
void kafka_wake_ignore(rd_kafka_queue_t *queue);
void kafka_wake_now(struct kafka_wake *wake);
void kafka_wake_every(struct kafka_wake *wake, unsigned interval_ms);
void kafka_wake_close(struct kafka_wake *wake, kafka_on_wake *on_closed);

/* For tests: the present client, to make it fail; NULL between two. */
rd_kafka_t *kafka_producer_client(struct kafka_producer *producer);

#endif
