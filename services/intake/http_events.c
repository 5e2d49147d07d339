/* SPDX-License-Identifier: Apache-2.0 */
/* Events over HTTP: binary, structured, batched. What was taken is committed before the answer,
 * and one bad event of a batch stops none of the others. Nothing lies in quarantine: the sender is
 * told. Should a dependency fail in between, the
 * whole request is to be sent again: what was taken by then is a repeat. */
#include "http_events.h"

#include <assert.h>
#include <string.h>

#include "common/clock.h"
#include "common/event_http.h"
#include "common/http_pg.h"
#include "common/json.h"
#include "inbound.h"
#include "intake.h"
#include "store_source.h"

/* One event on its way. */
struct arrival {
    struct filing_request filing; /* first: the desk gives it back */
    struct record_request record;
    struct inbound inbound; /* which of the two it is */
    struct post_events *post;
    struct event_in event;
    struct error err; /* why it is refused */
};

struct post_events {
    struct http_request *request;
    struct intake *intake;
    enum event_mode mode;
    struct arrival *arrivals;
    size_t count;
    struct quota_asks asks; /* of the sources */
    size_t pending;         /* at the desk, and one for the loop that submits */
    struct error wait;      /* of those that could not be stored: all come again */
};

static bool events_read(struct post_events *post, struct error *err);  /* body to envelopes */
static bool events_count(struct post_events *post, struct error *err); /* against the quota */
static void events_admit(struct post_events *post); /* may the sources send them, now? */
static void on_quota(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void events_take(struct post_events *post); /* each to its desk */
static void on_filed(struct filing_request *filing, const struct error *err);
static void on_recorded(struct record_request *record, const struct error *err);
static void event_settled(struct post_events *post); /* the last one answers */
static void events_answer(struct post_events *post);

void http_post_events(struct http_request *request, void *state)
{
    struct post_events *post = arena_alloc(http_arena(request), sizeof *post);
    struct error err = {0};

    post->request = request;
    post->intake = state;
    post->mode = event_http_mode(http_header(request, "content-type"));
    if (!events_read(post, &err) || !events_count(post, &err)) {
        http_answer_error(request, &err);
        return;
    }
    events_admit(post);
}

static bool read_batch(struct post_events *post, const char *body, size_t size, struct error *err)
{
    struct arena *arena = http_arena(post->request);
    struct event_text *texts;
    if (!event_batch_split(body, size, HTTP_EVENTS_MAX, &texts, &post->count, arena, err)) {
        return false;
    }
    post->arrivals = arena_array(arena, post->count, sizeof *post->arrivals);
    for (size_t i = 0; i < post->count; i++) {
        struct arrival *arrival = &post->arrivals[i];
        event_json_parse(&arrival->event, &texts[i], arena, &arrival->err);
    }
    return true;
}

static void read_one(struct post_events *post, const char *body, size_t size)
{
    struct http_request *request = post->request;
    struct arena *arena = http_arena(request);
    const char *name, *value;
    size_t count = 0;
    while (http_header_at(request, count, &value) != NULL) {
        count++;
    }
    struct kafka_header *headers = arena_array(arena, count, sizeof *headers);
    for (size_t i = 0; (name = http_header_at(request, i, &value)) != NULL; i++) {
        headers[i] = (struct kafka_header){name, value, strlen(value)};
    }
    post->count = 1;
    post->arrivals = arena_alloc(arena, sizeof *post->arrivals);
    event_http_parse(&post->arrivals->event, headers, count, body, size, arena,
                     &post->arrivals->err);
}

static bool events_read(struct post_events *post, struct error *err)
{
    size_t size;
    const char *body = http_body(post->request, &size);
    if (post->mode == EVENT_BATCHED) {
        return read_batch(post, body, size, err);
    }
    read_one(post, body, size);
    return true;
}

static bool events_count(struct post_events *post, struct error *err)
{
    unsigned wait_s;
    if (rate_take(post->intake->event_rate, http_principal(post->request)->id,
                  (unsigned)post->count, clock_monotonic_us(), &wait_s)) {
        return true;
    }
    error_set(err, ERR_BUSY, "over_quota", "the key brings more events than its quota");
    err->retry_after_s = wait_s;
    return false;
}

/* May the key, and the source, send it? */
static const struct event_source *arrival_admit(struct arrival *arrival)
{
    const struct post_events *post = arrival->post;
    const struct event_in *event = &arrival->event;
    struct error *err = &arrival->err;
    if (error_is_set(err)) {
        return NULL;
    }
    if (!principal_may_speak_for(http_principal(post->request), event->source)) {
        error_set(err, ERR_FORBIDDEN, "foreign_source", "the key is bound to other sources");
        return NULL;
    }
    const struct event_source *source =
        event_source_of(event_sources_current(post->intake->sources), event->source);
    if (source == NULL) {
        error_set(err, ERR_FORBIDDEN, "unknown_source", "the city does not know this source");
        return NULL;
    }
    if (inbound_is_foreign(event->type, source)) {
        error_set(err, ERR_FORBIDDEN, "foreign_type", "the source may not send this type");
        return NULL;
    }
    return source;
}

static void events_admit(struct post_events *post)
{
    struct arena *arena = http_arena(post->request);
    post->asks.items = arena_array(arena, post->count, sizeof *post->asks.items);
    for (size_t i = 0; i < post->count; i++) {
        post->arrivals[i].post = post;
        const struct event_source *source = arrival_admit(&post->arrivals[i]);
        if (source != NULL) { /* of a snapshot that may be replaced meanwhile */
            quota_asks_add(&post->asks, arena_text(arena, source->prefix));
        }
    }
    if (post->asks.count == 0) {
        events_take(post);
        return;
    }
    struct pg_tx *tx = pg_tx_new(post->intake->parts->pg);
    store_ask_quota(tx, &post->asks, true, true);
    pg_tx_send(tx, on_quota, post);
}

static void on_quota(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct post_events *post = arg;
    struct error err = {0};
    unsigned wait_s;
    if (!http_is_committed(post->request, tx, outcome)) {
        return;
    }
    store_take_quota(tx, &post->asks);
    if (!quota_asks_all_granted(&post->asks, &wait_s)) {
        error_set(&err, ERR_BUSY, "over_quota", "the source brings more events than its quota");
        err.retry_after_s = wait_s;
        http_answer_error(post->request, &err);
        return;
    }
    events_take(post);
}

static bool arrival_prepare(struct arrival *arrival, int64_t now_us)
{
    struct http_request *request = arrival->post->request;
    struct intake *intake = arrival->post->intake;
    struct error *err = &arrival->err;
    const struct principal *principal = http_principal(request);
    const struct inbound_sender sender = {principal->id, http_trace(request)->parent};

    if (error_is_set(err)) {
        return false;
    }
    arrival->inbound = (struct inbound){&arrival->filing.filing, &arrival->record.record};
    return inbound_prepare(&arrival->inbound, &arrival->event, &sender,
                           filing_desk_filer(intake->desk), reference_current(intake->reference),
                           now_us, http_arena(request), err);
}

static void arrival_submit(struct arrival *arrival)
{
    struct intake *intake = arrival->post->intake;
    arrival->post->pending++;
    if (arrival->inbound.record != NULL) {
        arrival->record.on_done = on_recorded;
        arrival->record.arg = arrival;
        record_desk_submit(intake->records, &arrival->record);
    } else {
        arrival->filing.arena = http_arena(arrival->post->request);
        arrival->filing.on_done = on_filed;
        filing_desk_submit(intake->desk, &arrival->filing);
    }
}

static void events_take(struct post_events *post)
{
    int64_t now_us = clock_now_us();
    post->pending = 1;
    for (size_t i = 0; i < post->count; i++) {
        struct arrival *arrival = &post->arrivals[i];
        if (arrival_prepare(arrival, now_us)) {
            arrival_submit(arrival);
        } else if (arrival->err.kind == ERR_RETRY) {
            post->wait = arrival->err;
        }
    }
    event_settled(post);
}

static void arrival_done(struct arrival *arrival, const struct error *err)
{
    if (err != NULL) {
        arrival->post->wait = *err;
    }
    event_settled(arrival->post);
}

static void on_filed(struct filing_request *filing, const struct error *err)
{
    arrival_done((struct arrival *)filing, err);
}

static void on_recorded(struct record_request *record, const struct error *err)
{
    arrival_done(record->arg, err);
}

static void event_settled(struct post_events *post)
{
    assert(post->pending > 0);
    if (--post->pending == 0) {
        events_answer(post);
    }
}

/* ---- the answer ---- */

static void put_faults(struct json_writer *json, const struct error *err)
{
    if (err->field_count == 0) {
        return;
    }
    json_open_array(json, "errors");
    for (size_t i = 0; i < err->field_count; i++) {
        json_open_object(json, NULL);
        json_put_text(json, "field", err->fields[i].field);
        json_put_text(json, "code", err->fields[i].code);
        json_put_text(json, "detail", err->fields[i].text);
        json_close_object(json);
    }
    json_close_array(json);
}

static void put_taken(struct json_writer *json, const struct arrival *arrival)
{
    if (arrival->inbound.record != NULL) {
        json_put_uuid(json, "record", &arrival->inbound.record->id);
    } else {
        const struct submission *submission = &arrival->filing.filing.submission;
        json_put_uuid(json, "submission", &submission->id);
        json_put_text(json, "ticket", submission->ticket);
    }
}

static void put_arrival(struct json_writer *json, const struct arrival *arrival)
{
    bool taken = !error_is_set(&arrival->err);
    json_open_object(json, NULL);
    json_put_text(json, "source", arrival->event.source);
    json_put_text(json, "id", arrival->event.id);
    json_put_text(json, "state", taken ? "taken" : "refused");
    if (taken) {
        put_taken(json, arrival);
    } else {
        json_put_text(json, "code", arrival->err.code);
        json_put_text(json, "detail", arrival->err.text);
        put_faults(json, &arrival->err);
    }
    json_close_object(json);
}

static void put_all(struct post_events *post)
{
    struct json_writer json;
    struct buffer body;
    size_t taken = 0;

    for (size_t i = 0; i < post->count; i++) {
        taken += !error_is_set(&post->arrivals[i].err);
    }
    buffer_init(&body);
    json_write_start(&json, &body);
    json_open_object(&json, NULL);
    json_put_int(&json, "taken", (int64_t)taken);
    json_put_int(&json, "refused", (int64_t)(post->count - taken));
    json_open_array(&json, "events");
    for (size_t i = 0; i < post->count; i++) {
        put_arrival(&json, &post->arrivals[i]);
    }
    json_close_array(&json);
    json_close_object(&json);
    http_answer(post->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

static void events_answer(struct post_events *post)
{
    if (error_is_set(&post->wait)) {
        http_answer_error(post->request, &post->wait);
    } else if (post->mode != EVENT_BATCHED && error_is_set(&post->arrivals->err)) {
        http_answer_error(post->request, &post->arrivals->err);
    } else {
        put_all(post);
    }
}
