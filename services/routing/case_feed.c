/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rounds.h"
#include "services/routing/change_json.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_desk.h"

/* A reading holds more than one transaction can have written, so that it can end between two. The
 * rights in a token are looked at again when a stream is opened anew. */
enum { POLL_MS = 300, READ_MAX = 1500, BEHIND_MAX = 5000, LIFE_MS = 3600 * 1000 };

/* One open stream. */
struct listener {
    struct case_feed *feed;
    struct http_stream *stream;
    struct arena arena; /* of what follows */
    const struct principal *principal;
    const char *unit;
    uint64_t position; /* what has a lower number was told */
    uint64_t opened_ms;
    struct listener *next;
};

struct case_feed {
    struct rounds *rounds;
    struct routing *routing;
    struct listener *listeners;
};

/* A stream waits for its place in the feed. */
struct joining {
    struct case_feed *feed;
    struct http_request *request;
    const char *unit;
    const char *from;
};

static void feed_read(void *state);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

static uint64_t number_of(const char *text)
{
    return strtoull(text, NULL, 10);
}

/* ---- who listens ---- */

static const struct principal *copy_principal(const struct principal *principal,
                                              struct arena *arena)
{
    struct principal *copy = arena_alloc(arena, sizeof *copy);
    *copy = (struct principal){.kind = principal->kind,
                               .id = arena_text(arena, principal->id),
                               .unit = arena_text(arena, principal->unit),
                               .grant_count = principal->grant_count};
    for (size_t i = 0; i < principal->grant_count; i++) {
        copy->grants[i] = arena_text(arena, principal->grants[i]);
    }
    return copy;
}

static void on_gone(struct http_stream *stream, void *arg)
{
    struct listener *listener = arg;
    struct listener **link = &listener->feed->listeners;
    (void)stream;
    while (*link != listener) {
        link = &(*link)->next;
    }
    *link = listener->next;
    arena_finish(&listener->arena);
    free(listener);
}

static struct listener *listener_new(const struct joining *joining, uint64_t position)
{
    struct case_feed *feed = joining->feed;
    struct listener *listener = memory_zero(1, sizeof *listener);
    arena_init(&listener->arena);
    listener->feed = feed;
    listener->principal = copy_principal(http_principal(joining->request), &listener->arena);
    listener->unit = arena_text(&listener->arena, joining->unit);
    listener->position = position;
    listener->opened_ms = uv_now(loop_uv(feed->routing->parts->loop));
    listener->next = feed->listeners;
    feed->listeners = listener;
    listener->stream = http_answer_stream(joining->request, on_gone, listener);
    return listener;
}

/* Where the stream begins: at the place that was asked for, if that is not too far behind. */
static void on_begun(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    const struct joining *joining = arg;
    if (!http_is_committed(joining->request, tx, outcome)) {
        return;
    }
    const char *horizon = pg_value_text(tx, 0, 0, 0);
    bool behind = joining->from != NULL && (number_of(joining->from) > number_of(horizon) ||
                                            pg_value_int8(tx, 0, 0, 1) > BEHIND_MAX);
    const char *begin = joining->from == NULL || behind ? horizon : joining->from;
    struct listener *listener = listener_new(joining, number_of(begin));
    http_stream_send(listener->stream, behind ? "reset" : "ready", begin, "{}", 2);
    rounds_begin_now(listener->feed->rounds);
}

void case_feed_listen(struct case_feed *feed, struct http_request *request, const char *unit,
                      const char *from)
{
    struct joining *joining = arena_alloc(http_arena(request), sizeof *joining);
    *joining = (struct joining){feed, request, unit, from};
    struct pg_tx *tx = pg_tx_new(feed->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_feed_begin(tx, from != NULL ? from : "9223372036854775807", BEHIND_MAX + 1);
    pg_tx_send(tx, on_begun, joining);
}

/* ---- what they are told ---- */

static bool is_theirs(const struct listener *listener, const char *desk)
{
    return listener->unit != NULL
               ? strcmp(desk, listener->unit) == 0
               : http_is_in_scope(listener->principal, listener->feed->routing, desk);
}

static bool co_operates(const struct listener *listener, const char *task_desks)
{
    char desk[64];
    while (*task_desks != '\0') {
        size_t size = strcspn(task_desks, ",");
        if (size < sizeof desk) {
            memcpy(desk, task_desks, size);
            desk[size] = '\0';
            if (is_theirs(listener, desk)) {
                return true;
            }
        }
        task_desks += size + (task_desks[size] == ',');
    }
    return false;
}

static bool may_see(const struct listener *listener, const struct case_change *change)
{
    return is_theirs(listener, change->desk) || co_operates(listener, change->task_desks) ||
           (listener->unit == NULL && change->assignee != NULL &&
            strcmp(change->assignee, listener->principal->id) == 0);
}

/* The same data for all, written once. */
struct told {
    struct buffer change, left;
};

static void tell(struct case_feed *feed, const struct case_change *change, struct told *told)
{
    uint64_t number = number_of(change->change);
    buffer_reset(&told->change);
    buffer_reset(&told->left);
    change_json_write(&told->change, change);
    change_json_write_left(&told->left, change);
    for (struct listener *l = feed->listeners; l != NULL; l = l->next) {
        if (number < l->position) {
            continue;
        }
        if (may_see(l, change)) {
            http_stream_send(l->stream, "change", change->change, told->change.data,
                             told->change.size);
        } else if (change->left_desk != NULL && is_theirs(l, change->left_desk)) {
            http_stream_send(l->stream, "left", change->change, told->left.data, told->left.size);
        }
    }
}

/* How many of the rows are of transactions that were read to their end. A full reading may have cut
 * the last one. */
static size_t count_whole(const struct pg_tx *tx, size_t count)
{
    if (count < READ_MAX) {
        return count;
    }
    uint64_t last = number_of(store_feed_change(tx, count - 1).change);
    while (count > 0 && number_of(store_feed_change(tx, count - 1).change) == last) {
        count--;
    }
    return count;
}

static void move_on(struct case_feed *feed, uint64_t position)
{
    for (struct listener *l = feed->listeners; l != NULL; l = l->next) {
        l->position = position > l->position ? position : l->position;
    }
}

/* One transaction that is longer than a reading is too much to tell. */
static void skip_transaction(struct case_feed *feed, const char *change)
{
    uint64_t number = number_of(change);
    for (struct listener *l = feed->listeners; l != NULL; l = l->next) {
        if (l->position <= number) {
            http_stream_send(l->stream, "reset", change, "{}", 2);
        }
    }
    move_on(feed, number + 1);
}

/* True when there is more to read. */
static bool tell_all(struct case_feed *feed, const struct pg_tx *tx)
{
    size_t count = store_feed_count(tx), whole = count_whole(tx, count);
    struct told told;
    if (count > 0 && whole == 0) {
        skip_transaction(feed, store_feed_change(tx, 0).change);
        return true;
    }
    buffer_init(&told.change);
    buffer_init(&told.left);
    for (size_t row = 0; row < whole; row++) {
        struct case_change change = store_feed_change(tx, row);
        tell(feed, &change, &told);
    }
    buffer_finish(&told.change);
    buffer_finish(&told.left);
    move_on(feed, number_of(whole < count ? store_feed_change(tx, whole).change
                                          : store_feed_horizon(tx)));
    return whole < count;
}

/* ---- reading ---- */

static void end_long_streams(struct case_feed *feed)
{
    uint64_t now_ms = uv_now(loop_uv(feed->routing->parts->loop));
    for (struct listener *l = feed->listeners; l != NULL; l = l->next) {
        if (now_ms - l->opened_ms > LIFE_MS) {
            http_stream_close(l->stream);
        }
    }
}

static void feed_read(void *state)
{
    struct case_feed *feed = state;
    uint64_t from = UINT64_MAX;
    char text[FEED_POSITION_MAX + 2];
    end_long_streams(feed);
    if (feed->listeners == NULL || feed->routing->reference == NULL) {
        rounds_end(feed->rounds);
        return;
    }
    for (struct listener *l = feed->listeners; l != NULL; l = l->next) {
        from = l->position < from ? l->position : from;
    }
    snprintf(text, sizeof text, "%llu", (unsigned long long)from);
    struct pg_tx *tx = pg_tx_new(feed->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_feed_read(tx, text, READ_MAX);
    pg_tx_send(tx, on_read, feed);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct case_feed *feed = arg;
    if (!rounds_are_closing(feed->rounds) && !pg_tx_failed(tx, outcome, "changes_not_read") &&
        tell_all(feed, tx)) {
        rounds_begin_now(feed->rounds);
    } /* else the next poll asks again */
    rounds_end(feed->rounds);
}

/* ---- opening and closing ---- */

struct case_feed *case_feed_new(struct routing *routing)
{
    struct case_feed *feed = memory_zero(1, sizeof *feed);
    const struct rounds_work work = {.begin = feed_read, .free = free, .state = feed};
    feed->routing = routing;
    feed->rounds = rounds_new(loop_uv(routing->parts->loop), &work, POLL_MS, POLL_MS);
    return feed;
}

void case_feed_close(struct case_feed *feed, case_feed_on_closed *on_closed, void *arg)
{
    rounds_close(feed->rounds, on_closed, arg);
}
