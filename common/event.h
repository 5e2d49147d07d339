/* SPDX-License-Identifier: Apache-2.0 */
/* event: CloudEvents 1.0 envelopes on Kafka (binary mode out; binary and structured in).
 *
 * Source: CloudEvents core 1.0.2, JSON format, Kafka protocol binding. The id is made once, in the
 * transaction that makes the event true, and kept on every republish. */
#ifndef COMMON_EVENT_H
#define COMMON_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "common/trace.h"
#include "common/uuid.h"

enum { EVENT_DATA_MAX = 64 * 1024 };

/* An event to be published. Texts are borrowed until it is staged in the outbox. */
struct event {
    struct uuid id;
    const char *type;    /* "vn.hanoi.case.opened.v1" */
    const char *subject; /* aggregate id */
    const char *topic;
    const char *key;         /* aggregate id, as a rule = subject */
    int64_t time_us;         /* when it became true */
    const char *traceparent; /* NULL: none */
    const char *data;        /* JSON; NULL: tombstone */
    size_t data_size;
};

/* A received event; texts live in the arena it was parsed with (data may be borrowed). */
struct event_in {
    const char *id; /* as text: others may not use UUIDs */
    const char *source;
    const char *type;
    const char *subject;     /* may be NULL */
    const char *traceparent; /* may be NULL */
    int64_t time_us;         /* 0: not given */
    const char *data;        /* JSON text; NULL: tombstone */
    size_t data_size;
};

struct kafka_header {
    const char *name;
    const char *value; /* not NUL-terminated; NULL: null value */
    size_t size;
};

/* Reads a message in either mode. Structured: content-type application/cloudevents+json; the data
 * comes out as compact JSON text. Binary: anything else; the data is the value, borrowed, of which
 * only size, UTF-8 and emptiness are checked here, since the codec parses it. JSON is the only
 * format of data: batches, other content types and data_base64 are refused.
 *
 * Required are specversion 1.0, id, source and type; unknown attributes are skipped. An attribute
 * given twice, with control characters or too long is bad, but a bad traceparent is dropped: it
 * must not cost the event. traceparent is the hop that published, else the CloudEvents extension.
 *
 * Errors are ERR_INPUT and name the attribute, in text and fields: codes "missing_attribute",
 * "bad_attribute", "unsupported_specversion", "too_large", "invalid_json", "invalid_utf8", and in
 * structured mode those of json_document_parse. A null value without ce_ headers is a tombstone
 * (id NULL); with them one that says who erased. */
bool event_parse(struct event_in *event, const struct kafka_header *headers, size_t header_count,
                 const char *value, size_t value_size, struct arena *arena, struct error *err);

/* The headers of an outgoing event, in the arena or borrowed from it; source is
 * "/ihanoi/<service>", dataschema the stable URI of the type; traceparent goes out both as header
 * and as ce_ attribute; a tombstone has no content-type. Returns their number. */
size_t event_headers(const struct event *event, const char *service, struct arena *arena,
                     struct kafka_header **headers);

#endif
