/* SPDX-License-Identifier: Apache-2.0 */
/* event_http: the CloudEvents 1.0.2 HTTP binding, in: binary, structured and batched.
 *
 * A request in binary or structured mode becomes a message of the Kafka binding and is judged by
 * event_parse, so that an event is good or bad by either way alike. */
#ifndef COMMON_EVENT_HTTP_H
#define COMMON_EVENT_HTTP_H

#include "common/event.h"

enum event_mode { EVENT_BINARY, EVENT_STRUCTURED, EVENT_BATCHED };

/* By the Content-Type; NULL: none, which is binary. */
enum event_mode event_http_mode(const char *content_type);

/* One event in binary or structured mode. Names of headers in any case; values of ce-… are
 * unquoted and percent-decoded once (HTTP binding, section 3.1.3.2), and a broken escape is a bad
 * attribute. The trace of the event is its own attribute alone: the request's hop is the server's
 * matter. Errors as event_parse. A binary event borrows its data from the body. */
bool event_http_parse(struct event_in *event, const struct kafka_header *headers,
                      size_t header_count, const char *body, size_t body_size, struct arena *arena,
                      struct error *err);

/* The events of a batch as they stand in the body, borrowed, for event_json_parse: one that is bad
 * spoils none of the others. */
struct event_text {
    const char *json;
    size_t size;
};

/* False: ERR_INPUT when the body is no JSON array, holds nothing, or more than count_max. */
bool event_batch_split(const char *body, size_t body_size, size_t count_max,
                       struct event_text **events, size_t *count, struct arena *arena,
                       struct error *err);

/* One event in JSON format. */
bool event_json_parse(struct event_in *event, const struct event_text *text, struct arena *arena,
                      struct error *err);

#endif
