/* SPDX-License-Identifier: Apache-2.0 */
#include "dispatch.h"

#include <string.h>

#include "common/clock.h"
#include "delivery_json.h"
#include "notice_json.h"
#include "retry.h"
#include "store_delivery.h"

struct dispatch {
    struct delivery_row *rows;
    size_t count, capacity;
    size_t room[LANE_COUNT];
    int64_t now, lease_until;
    size_t statement;
};

static void dispatch_plan(struct dispatch *dispatch, struct consume_batch *batch,
                          const struct notification *notification, const struct news *news,
                          size_t count);
static void dispatch_stage(struct dispatch *dispatch, struct consume_batch *batch,
                           const struct notification *notification); /* events of in-app rows */
static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state);

static struct delivery_row *row_new(struct dispatch *dispatch, struct arena *arena)
{
    if (dispatch->count == dispatch->capacity) {
        size_t capacity = dispatch->capacity == 0 ? 64 : 2 * dispatch->capacity;
        struct delivery_row *rows = arena_array(arena, capacity, sizeof *rows);
        if (dispatch->count > 0) {
            memcpy(rows, dispatch->rows, dispatch->count * sizeof *rows);
        }
        dispatch->rows = rows;
        dispatch->capacity = capacity;
    }
    return &dispatch->rows[dispatch->count++];
}

static void add_rows(struct dispatch *dispatch, const struct news *news,
                     const struct planned *planned, size_t count, struct buffer *notice,
                     struct arena *arena)
{
    buffer_reset(notice);
    notice_write(&news->notice, notice);
    const char *text = arena_copy(arena, notice->data, notice->size);
    for (size_t i = 0; i < count; i++) {
        size_t *room = &dispatch->room[planned[i].lane];
        bool hand = planned[i].channel == CHANNEL_EMAIL && *room > 0;
        *row_new(dispatch, arena) = (struct delivery_row){
            .id = uuid_new(),
            .planned = planned[i],
            .news = news,
            .notice = text,
            .notice_size = notice->size,
            .hand = hand,
        };
        *room -= hand;
    }
}

static void dispatch_plan(struct dispatch *dispatch, struct consume_batch *batch,
                          const struct notification *notification, const struct news *news,
                          size_t count)
{
    const struct reference *reference = reference_current(notification->reference);
    struct buffer notice;
    buffer_init(&notice);
    for (size_t i = 0; i < count; i++) {
        struct planned planned[PLAN_MAX];
        size_t planned_count = plan_deliveries(&news[i], reference, dispatch->now, planned);
        if (planned_count > 0) {
            add_rows(dispatch, &news[i], planned, planned_count, &notice, consume_arena(batch));
        }
    }
    buffer_finish(&notice);
}

/* A message in the app is sent by being there. */
static void dispatch_stage(struct dispatch *dispatch, struct consume_batch *batch,
                           const struct notification *notification)
{
    struct delivery_event out;
    buffer_init(&out.data);
    for (size_t i = 0; i < dispatch->count; i++) {
        const struct delivery_row *row = &dispatch->rows[i];
        if (row->planned.channel != CHANNEL_INAPP) {
            continue;
        }
        struct delivery_said said = {
            .id = &row->id,
            .event_id = &row->news->event_id,
            .case_id = &row->news->case_id,
            .recipient = row->planned.recipient,
            .channel = CHANNEL_INAPP,
            .template = row->planned.template,
            .end = LETTER_SENT,
            .attempts = 1,
            .at = dispatch->now,
            .traceparent = row->news->traceparent,
        };
        delivery_write_event(&said, notification->seal, &out);
        consume_stage(batch, &out.event, &row->id);
    }
    buffer_finish(&out.data);
}

void dispatch_news(struct consume_batch *batch, struct notification *notification,
                   const struct news *news, size_t count)
{
    struct dispatch *dispatch = arena_alloc(consume_arena(batch), sizeof *dispatch);
    struct pg_tx *tx = consume_tx(batch);
    int64_t look_delay;

    dispatch->now = clock_now_us();
    dispatch->lease_until = dispatch->now + COURIER_LEASE_US;
    for (enum lane lane = 0; lane < LANE_COUNT; lane++) {
        dispatch->room[lane] = courier_room(notification->courier, lane);
    }
    dispatch_plan(dispatch, batch, notification, news, count);
    if (dispatch->count > 0) {
        dispatch_stage(dispatch, batch, notification);
        retry_contact(0, &look_delay);
        dispatch->statement = consume_next_statement(batch);
        store_make_deliveries(tx, dispatch->rows, dispatch->count, dispatch->now,
                              dispatch->lease_until, dispatch->now + look_delay);
        consume_put_staged(batch);
    }
    consume_set_context(batch, dispatch);
    consume_commit(batch, on_committed);
}

static void hand_over(const struct dispatch *dispatch, const struct delivery_row *row,
                      const char *sealed, struct courier *courier)
{
    struct letter *letter =
        letter_new(row->planned.recipient, sealed, row->notice, row->notice_size);
    letter->id = row->id;
    letter->event_id = row->news->event_id;
    letter->case_id = row->news->case_id;
    letter->template = row->planned.template;
    letter->language = row->planned.language;
    letter->lane = row->planned.lane;
    letter->created_at = dispatch->now;
    letter->leased_until = dispatch->lease_until;
    letter->claims = 1;
    courier_take(courier, letter);
}

/* tx NULL: committed, but the results are lost: the leases run out, the table tells the rest. */
static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct notification *notification = state;
    struct dispatch *dispatch = consume_context(batch);
    if (tx == NULL || dispatch->count == 0) {
        return;
    }
    size_t statement = dispatch->statement;
    consume_took(batch, tx, statement, MADE_COMMAND);
    for (size_t i = 0; i < pg_rows(tx, statement); i++) {
        int64_t place = pg_value_int8(tx, statement, i, MADE_PLACE);
        const struct delivery_row *row = &dispatch->rows[place - 1];
        if (row->planned.channel == CHANNEL_INAPP) {
            streams_nudge(notification->streams, row->planned.recipient);
        } else if (strcmp(pg_value_text(tx, statement, i, MADE_STATE), "sending") == 0) {
            hand_over(dispatch, row, pg_value_text(tx, statement, i, MADE_SEALED),
                      notification->courier);
        }
    }
}
