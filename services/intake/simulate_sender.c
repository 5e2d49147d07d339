/* SPDX-License-Identifier: Apache-2.0 */
#include "simulate_sender.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/fetch.h"
#include "common/kafka.h"
#include "consume_inbound.h"

#define CODE_NAME "\"code\":\""

enum { TRIES = 60, PAUSE_MS = 500, DEADLINE_MS = 15000, ANSWER_MAX = 64 * 1024, CODE_MAX = 48 };

struct simulate_sender {
    struct simulate_target target;
    uv_loop_t loop;
    struct metrics *metrics;
    struct fetch *fetch;             /* over HTTP */
    struct kafka_producer *producer; /* or to the topic */
    bool waiting, delivered;
    long status; /* 0: no answer */
    char code[CODE_MAX];
};

static void on_delivered(void *opaque, bool delivered, const char *reason, void *arg)
{
    struct simulate_sender *sender = arg;
    (void)opaque, (void)reason;
    sender->waiting = false;
    sender->delivered = delivered;
}

bool simulate_sender_open(struct simulate_sender **out, const struct simulate_target *target,
                          struct error *err)
{
    struct simulate_sender *sender = memory_zero(1, sizeof *sender);
    const struct fetch_config fetch = {.transfers_max = 1, .waiting_max = 1, .ca_file = ""};
    const struct kafka_config kafka = {.brokers = target->brokers,
                                       .properties = "",
                                       .client_id = "intake-simulate",
                                       .session_timeout_ms = 10000};
    sender->target = *target;
    sender->metrics = metrics_new();
    uv_loop_init(&sender->loop);
    bool open = target->url != NULL
                    ? fetch_open(&sender->fetch, &sender->loop, &fetch, sender->metrics, err)
                    : kafka_producer_open(&sender->producer, &sender->loop, &kafka, sender->metrics,
                                          on_delivered, sender, err);
    if (!open) {
        simulate_sender_close(sender);
        return false;
    }
    *out = sender;
    return true;
}

void simulate_sender_close(struct simulate_sender *sender)
{
    if (sender->fetch != NULL) {
        fetch_close(sender->fetch);
    }
    if (sender->producer != NULL) {
        kafka_producer_close(sender->producer);
    }
    uv_run(&sender->loop, UV_RUN_DEFAULT);
    uv_loop_close(&sender->loop);
    metrics_free(sender->metrics);
    free(sender);
}

static void wait_for_answer(struct simulate_sender *sender)
{
    while (sender->waiting) {
        uv_run(&sender->loop, UV_RUN_ONCE);
    }
}

/* ---- over HTTP ---- */

/* The member "code" of a problem, found by its name: its value is a word. */
static void take_code(struct simulate_sender *sender, const char *body, size_t size)
{
    char text[1024];
    snprintf(text, sizeof text, "%.*s", size < sizeof text ? (int)size : (int)sizeof text - 1,
             size > 0 ? body : "");
    const char *code = strstr(text, CODE_NAME);
    code = code != NULL ? code + strlen(CODE_NAME) : "";
    snprintf(sender->code, sizeof sender->code, "%.*s", (int)strcspn(code, "\""), code);
}

static void on_answer(long status, const char *body, size_t size, const struct error *err,
                      void *arg)
{
    struct simulate_sender *sender = arg;
    sender->waiting = false;
    sender->status = status;
    take_code(sender, body, err == NULL ? size : 0);
}

static void post(struct simulate_sender *sender, const struct simulated *event)
{
    struct arena arena;
    struct error err = {0};
    char at[CLOCK_TEXT_SIZE];
    arena_init(&arena);
    const char *const headers[] = {
        "Content-Type: application/json",
        "ce-specversion: 1.0",
        arena_format(&arena, "ce-id: %s", event->id),
        arena_format(&arena, "ce-source: %s", event->source),
        arena_format(&arena, "ce-type: %s", event->type),
        arena_format(&arena, "ce-subject: %s", event->subject),
        arena_format(&arena, "ce-time: %s", clock_format(event->at_us, at)),
        arena_format(&arena, "X-Api-Key: %s", sender->target.key),
        NULL,
    };
    const struct fetch_request request = {
        .method = "POST",
        .url = arena_format(&arena, "%s/api/intake/events", sender->target.url),
        .headers = headers,
        .body = event->data.data,
        .body_size = event->data.size,
        .deadline_ms = DEADLINE_MS,
        .answer_max = ANSWER_MAX,
    };
    sender->status = 0;
    sender->waiting = fetch_http(sender->fetch, &request, on_answer, sender, &err);
    wait_for_answer(sender);
    arena_finish(&arena);
}

static bool comes_again(const struct simulate_sender *sender)
{
    return sender->status == 429 || sender->status == 503 || sender->status == 0;
}

static bool send_over_http(struct simulate_sender *sender, const struct simulated *event,
                           struct buffer *answer)
{
    const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};
    post(sender, event);
    for (int i = 1; i < TRIES && comes_again(sender); i++) {
        nanosleep(&pause, NULL);
        post(sender, event);
    }
    if (sender->status == 200) {
        buffer_put_text(answer, "taken");
    } else {
        buffer_put_format(answer, "refused %ld %s", sender->status, sender->code);
    }
    return sender->status == 200;
}

/* ---- to the topic ---- */

static bool send_to_topic(struct simulate_sender *sender, const struct simulated *event,
                          struct buffer *answer)
{
    char at[CLOCK_TEXT_SIZE];
    struct error err = {0};
    clock_format(event->at_us, at);
    const struct kafka_header headers[] = {
        {"content-type", "application/json", strlen("application/json")},
        {"ce_specversion", "1.0", 3},
        {"ce_id", event->id, strlen(event->id)},
        {"ce_source", event->source, strlen(event->source)},
        {"ce_type", event->type, strlen(event->type)},
        {"ce_subject", event->subject, strlen(event->subject)},
        {"ce_time", at, strlen(at)},
    };
    const struct kafka_message_out message = {
        .topic = INBOUND_TOPIC,
        .key = event->subject,
        .key_size = strlen(event->subject),
        .value = event->data.data,
        .value_size = event->data.size,
        .headers = headers,
        .header_count = sizeof headers / sizeof headers[0],
    };
    sender->delivered = false;
    sender->waiting = kafka_produce(sender->producer, &message, &err);
    wait_for_answer(sender);
    buffer_put_text(answer, sender->delivered ? "delivered" : "not delivered");
    return sender->delivered;
}

bool simulate_send(struct simulate_sender *sender, const struct simulated *event,
                   struct buffer *answer)
{
    return sender->fetch != NULL ? send_over_http(sender, event, answer)
                                 : send_to_topic(sender, event, answer);
}
