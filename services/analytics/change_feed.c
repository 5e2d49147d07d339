/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/change_feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rounds.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"
#include "services/analytics/store_changes.h"

/* The rights in a token are looked at again when a stream is opened anew. Those who see all find a
 * place, however many others listen. */
enum {
    POLL_MS = 300,
    READ_MAX = 500,
    LIFE_MS = 3600 * 1000,
    STREAMS_MAX = 200,
    PUBLIC_MAX = 100,
    FULL_S = 30
};

/* One open stream. */
struct listener {
    struct change_feed *feed;
    struct http_stream *stream;
    struct arena arena; /* of the members */
    struct slice_cells cells;
    const struct indicator *indicator; /* NULL: all of the subject */
    bool sees_all;
    int64_t position; /* what has no greater number was told */
    uint64_t opened_ms;
    struct listener *next;
};

struct change_feed {
    const struct service_parts *parts;
    const struct discloser *discloser;
    struct rounds *rounds;
    struct listener *listeners;
    size_t count, public_count;
    struct buffer json;
};

/* A stream waits for its place in the feed. */
struct joining {
    struct change_feed *feed;
    struct asked asked;
    int64_t from;
};

static void feed_read(void *state);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

/* ---- telling ---- */

static bool is_theirs(const struct listener *listener, const struct cell_key *key)
{
    const struct slice_cells *cells = &listener->cells;
    bool is_kept = key->subject == cells->subject && key->grouping == cells->grouping &&
                   key->period.kind == cells->kind && key->period.first >= cells->from &&
                   key->period.first < cells->to;
    for (size_t i = 0; is_kept && i < GROUPING_DIMENSIONS; i++) {
        is_kept = cells->members[i] == NULL || strcmp(cells->members[i], key->members[i]) == 0;
    }
    return is_kept;
}

static void send_number(struct listener *listener, const char *event, int64_t number,
                        const struct buffer *data)
{
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)number);
    if (data != NULL) {
        http_stream_send(listener->stream, event, id, data->data, data->size);
    } else {
        http_stream_send(listener->stream, event, id, "{}", 2);
    }
}

static void tell(struct listener *listener, const struct cell_row *cell,
                 const struct moment *moment, int64_t number)
{
    struct change_feed *feed = listener->feed;
    const struct subject_layout *subject = subjects[cell->key.subject];
    struct slice slice = slice_of(&cell->key);
    for (size_t i = 0; i < subject->indicator_count; i++) {
        struct figure figure;
        if (listener->indicator != NULL && listener->indicator != &subject->indicators[i]) {
            continue;
        }
        http_figure_for(&figure, listener->sees_all, feed->discloser, &cell->key,
                        &subject->indicators[i], &cell->tally);
        if (!figure.hidden) {
            buffer_reset(&feed->json);
            figure_event_write(&feed->json, &figure, &slice, moment, number);
            send_number(listener, "figure", number, &feed->json);
        }
    }
}

/* ---- who listens ---- */

static void on_gone(struct http_stream *stream, void *arg)
{
    struct listener *listener = arg;
    struct change_feed *feed = listener->feed;
    struct listener **link = &feed->listeners;
    (void)stream;
    while (*link != listener) {
        link = &(*link)->next;
    }
    *link = listener->next;
    feed->count--;
    feed->public_count -= !listener->sees_all;
    arena_finish(&listener->arena);
    free(listener);
}

static struct listener *listener_new(struct change_feed *feed, const struct asked *asked,
                                     int64_t position)
{
    struct listener *listener = memory_zero(1, sizeof *listener);
    arena_init(&listener->arena);
    listener->feed = feed;
    listener->cells = asked->cells;
    for (size_t i = 0; i < GROUPING_DIMENSIONS; i++) {
        listener->cells.members[i] = arena_text(&listener->arena, asked->cells.members[i]);
    }
    listener->indicator = asked->indicator;
    listener->sees_all = http_sees_all(asked->request);
    listener->position = position;
    listener->opened_ms = uv_now(loop_uv(feed->parts->loop));
    listener->next = feed->listeners;
    feed->listeners = listener;
    feed->count++;
    feed->public_count += !listener->sees_all;
    listener->stream = http_answer_stream(asked->request, on_gone, listener);
    return listener;
}

static bool has_place(const struct change_feed *feed, const struct asked *asked, struct error *err)
{
    bool is_full = feed->count >= STREAMS_MAX ||
                   (!http_sees_all(asked->request) && feed->public_count >= PUBLIC_MAX);
    if (is_full) {
        error_set(err, ERR_RETRY, "too_many_streams", "no further stream can be opened now");
        err->retry_after_s = FULL_S;
    }
    return !is_full;
}

enum { NUMBER = FIGURES_MOMENT + 1, CHANGES };

/* As it is now, of what has changed since, and of what was told with the last number: the stream
 * may have ended in the midst of that. Oldest change first. */
static void catch_up(struct listener *listener, const struct pg_tx *tx, const struct moment *moment)
{
    struct arena arena;
    arena_init(&arena);
    for (size_t row = 0; row < pg_rows(tx, CHANGES); row++) {
        struct cell_row cell;
        int64_t number;
        if (store_take_change(tx, CHANGES, row, &arena, &cell, &number)) {
            tell(listener, &cell, moment, number);
        }
    }
    arena_finish(&arena);
}

static void on_begun(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    const struct joining *joining = arg;
    struct error err = {0};
    struct moment moment;
    if (http_is_read(tx, outcome, &err)) {
        has_place(joining->feed, &joining->asked, &err);
    }
    if (!http_take_moment(joining->asked.request, tx, &moment, &err)) {
        return;
    }
    int64_t number = store_take_number(tx, NUMBER);
    bool is_ours = joining->from <= number;
    struct listener *listener = listener_new(joining->feed, &joining->asked, number);
    if (joining->from >= 0 && is_ours) {
        send_number(listener, "ready", joining->from, NULL);
        catch_up(listener, tx, &moment);
    } else {
        send_number(listener, is_ours ? "ready" : "reset", number, NULL);
    }
}

void change_feed_listen(struct change_feed *feed, const struct asked *asked, int64_t from)
{
    struct joining *joining = arena_alloc(http_arena(asked->request), sizeof *joining);
    *joining = (struct joining){feed, *asked, from};
    struct pg_tx *tx = http_read_figures(feed->parts->pg);
    store_read_number(tx);
    store_read_slice_changes(tx, &asked->cells, from >= 0 ? from - 1 : INT64_MAX);
    pg_tx_send(tx, on_begun, joining);
}

/* ---- reading ---- */

static void end_long_streams(struct change_feed *feed)
{
    uint64_t now_ms = uv_now(loop_uv(feed->parts->loop));
    for (struct listener *l = feed->listeners; l != NULL; l = l->next) {
        if (now_ms - l->opened_ms > LIFE_MS) {
            http_stream_close(l->stream);
        }
    }
}

static void feed_read(void *state)
{
    struct change_feed *feed = state;
    int64_t after = INT64_MAX;
    end_long_streams(feed);
    if (feed->listeners == NULL) {
        rounds_end(feed->rounds);
        return;
    }
    for (const struct listener *l = feed->listeners; l != NULL; l = l->next) {
        after = l->position < after ? l->position : after;
    }
    struct pg_tx *tx = http_read_figures(feed->parts->pg);
    store_read_number(tx);
    store_read_changes(tx, after, READ_MAX);
    pg_tx_send(tx, on_read, feed);
}

static void tell_all(struct change_feed *feed, const struct cell_row *cell,
                     const struct moment *moment, int64_t number)
{
    for (struct listener *l = feed->listeners; l != NULL; l = l->next) {
        if (number > l->position && is_theirs(l, &cell->key)) {
            tell(l, cell, moment, number);
        }
    }
}

static void move_on(struct change_feed *feed, int64_t position)
{
    for (struct listener *l = feed->listeners; l != NULL; l = l->next) {
        l->position = position > l->position ? position : l->position;
    }
}

/* True when there is more to read. While figures are counted again nothing is told. */
static bool take_changes(struct change_feed *feed, const struct pg_tx *tx)
{
    struct moment moment;
    struct arena arena;
    size_t rows = pg_rows(tx, CHANGES);
    int64_t number = 0;
    if (!store_take_moment(tx, FIGURES_MOMENT, &moment)) {
        return false;
    }
    arena_init(&arena);
    for (size_t row = 0; row < rows; row++) {
        struct cell_row cell;
        if (store_take_change(tx, CHANGES, row, &arena, &cell, &number)) {
            tell_all(feed, &cell, &moment, number);
        }
    }
    arena_finish(&arena);
    move_on(feed, rows < READ_MAX ? store_take_number(tx, NUMBER) : number);
    return rows >= READ_MAX;
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct change_feed *feed = arg;
    if (!rounds_are_closing(feed->rounds) && !pg_tx_failed(tx, outcome, "changes_not_read") &&
        take_changes(feed, tx)) {
        rounds_begin_now(feed->rounds);
    } /* else the next poll asks again */
    rounds_end(feed->rounds);
}

/* ---- opening and closing ---- */

static void feed_free(void *state)
{
    struct change_feed *feed = state;
    buffer_finish(&feed->json);
    free(feed);
}

struct change_feed *change_feed_new(const struct service_parts *parts,
                                    const struct discloser *discloser)
{
    struct change_feed *feed = memory_zero(1, sizeof *feed);
    const struct rounds_work work = {.begin = feed_read, .free = feed_free, .state = feed};
    feed->parts = parts;
    feed->discloser = discloser;
    buffer_init(&feed->json);
    feed->rounds = rounds_new(loop_uv(parts->loop), &work, POLL_MS, POLL_MS);
    return feed;
}

void change_feed_close(struct change_feed *feed, change_feed_on_closed *on_closed, void *arg)
{
    rounds_close(feed->rounds, on_closed, arg);
}
