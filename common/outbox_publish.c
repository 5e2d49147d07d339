/* SPDX-License-Identifier: Apache-2.0 */
/* Staging and publishing from memory. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/outbox_private.h"

static size_t item_size(const struct outbox_item *item)
{
    return sizeof *item + item->topic_size + 1 + item->key_size + item->headers_size +
           item->value_size;
}

const char *outbox_item_key(const struct outbox_item *item)
{
    return item->has_key ? item->bytes + item->topic_size + 1 : NULL;
}

const char *outbox_item_headers(const struct outbox_item *item)
{
    return item->bytes + item->topic_size + 1 + item->key_size;
}

const char *outbox_item_value(const struct outbox_item *item)
{
    return item->has_value ? outbox_item_headers(item) + item->headers_size : NULL;
}

struct outbox_item *outbox_item_new(const struct outbox_parts *parts)
{
    size_t topic_size = strlen(parts->topic);
    size_t key_size = parts->key == NULL ? 0 : parts->key_size;
    size_t value_size = parts->value == NULL ? 0 : parts->value_size;
    size_t size = topic_size + 1 + key_size + parts->headers_size + value_size;
    struct outbox_item *item = memory_alloc(sizeof *item + size);
    char *at = item->bytes;

    memset(item, 0, sizeof *item);
    item->has_key = parts->key != NULL;
    item->has_value = parts->value != NULL;
    item->topic_size = (uint32_t)topic_size;
    item->key_size = (uint32_t)key_size;
    item->headers_size = (uint32_t)parts->headers_size;
    item->value_size = (uint32_t)value_size;
    memcpy(at, parts->topic, topic_size + 1);
    at += topic_size + 1;
    if (key_size > 0) {
        memcpy(at, parts->key, key_size);
    }
    at += key_size;
    memcpy(at, parts->headers, parts->headers_size);
    at += parts->headers_size;
    if (value_size > 0) {
        memcpy(at, parts->value, value_size);
    }
    return item;
}

void outbox_link(struct outbox *outbox, struct outbox_item *item, struct outbox_item *before)
{
    item->next = before;
    item->prev = before == NULL ? outbox->tail : before->prev;
    assert(item->prev == NULL || item->prev->seq < item->seq);
    assert(item->next == NULL || item->next->seq > item->seq);
    if (item->prev == NULL) {
        outbox->head = item;
    } else {
        item->prev->next = item;
    }
    if (before == NULL) {
        outbox->tail = item;
    } else {
        before->prev = item;
    }
}

void outbox_unlink_free(struct outbox *outbox, struct outbox_item *item)
{
    if (item->state == ITEM_LINE || item->state == ITEM_SENT || item->state == ITEM_PARKED) {
        outbox->waiting--;
        outbox->memory -= item_size(item);
    }
    if (item->prev == NULL) {
        outbox->head = item->next;
    } else {
        item->prev->next = item->next;
    }
    if (item->next == NULL) {
        outbox->tail = item->prev;
    } else {
        item->next->prev = item->prev;
    }
    free(item);
}

static struct outbox_item *stage(struct outbox *outbox, const struct outbox_parts *parts,
                                 const struct uuid *event_id, const struct uuid *command)
{
    struct outbox_item *item = outbox_item_new(parts);

    assert(outbox->leased);
    item->state = ITEM_STAGED;
    item->seq = outbox->next_seq++;
    item->command = *command;
    if (event_id != NULL) {
        item->event_id = *event_id;
        item->has_event_id = true;
    }
    outbox_link(outbox, item, NULL);
    return item;
}

struct outbox_item *outbox_stage(struct outbox *outbox, const struct event *event,
                                 const struct uuid *command)
{
    struct kafka_header *headers;

    arena_reset(&outbox->scratch);
    buffer_reset(&outbox->packed);
    size_t count = event_headers(event, outbox->service, &outbox->scratch, &headers);
    outbox_pack_headers(&outbox->packed, headers, count);
    struct outbox_parts parts = {
        .topic = event->topic,
        .key = event->key,
        .key_size = event->key == NULL ? 0 : strlen(event->key),
        .headers = outbox->packed.data,
        .headers_size = outbox->packed.size,
        .value = event->data,
        .value_size = event->data_size,
    };
    return stage(outbox, &parts, &event->id, command);
}

struct outbox_item *outbox_stage_raw(struct outbox *outbox, const char *topic, const void *key,
                                     size_t key_size, const struct kafka_header *headers,
                                     size_t header_count, const void *value, size_t value_size,
                                     const struct uuid *command)
{
    buffer_reset(&outbox->packed);
    outbox_pack_headers(&outbox->packed, headers, header_count);
    struct outbox_parts parts = {
        .topic = topic,
        .key = key,
        .key_size = key_size,
        .headers = outbox->packed.data,
        .headers_size = outbox->packed.size,
        .value = value,
        .value_size = value_size,
    };
    return stage(outbox, &parts, NULL, command);
}

void outbox_enqueue(struct outbox *outbox, struct outbox_item *item)
{
    item->state = ITEM_LINE;
    outbox->waiting++;
    outbox->memory += item_size(item);
    if (item->seq > outbox->top_seq) {
        outbox->top_seq = item->seq;
    }
    if (outbox->line_tail == NULL) {
        outbox->line_head = item;
    } else {
        outbox->line_tail->line_next = item;
    }
    outbox->line_tail = item;
}

/* False when the producer is full. */
static bool send_item(struct outbox *outbox, struct outbox_item *item)
{
    struct kafka_header *headers;
    size_t header_count;
    struct error err = {0};

    arena_reset(&outbox->scratch);
    if (!outbox_unpack_headers(outbox_item_headers(item), item->headers_size, &outbox->scratch,
                               &headers, &header_count)) {
        outbox_park(outbox, item, "headers are not a packed list"); /* a row written by hand */
        return true;
    }
    struct kafka_message_out message = {
        .topic = item->bytes,
        .key = outbox_item_key(item),
        .key_size = item->key_size,
        .value = outbox_item_value(item),
        .value_size = item->value_size,
        .headers = headers,
        .header_count = header_count,
        .opaque = item,
    };
    item->state = ITEM_SENT;
    if (kafka_produce(outbox->producer, &message, &err)) {
        return true;
    }
    if (err.kind == ERR_BUSY || err.kind == ERR_RETRY) {
        item->state = ITEM_LINE;
        return false;
    }
    outbox_park(outbox, item, err.text); /* refused at once: too large, for one */
    return true;
}

void outbox_pump(struct outbox *outbox)
{
    uv_timer_stop(&outbox->flush);
    outbox->blocked = false;
    while (outbox->line_head != NULL) {
        struct outbox_item *item = outbox->line_head;
        struct outbox_item *next = item->line_next;
        if (!send_item(outbox, item)) {
            outbox->blocked = true;
            return;
        }
        outbox->line_head = next;
        if (next == NULL) {
            outbox->line_tail = NULL;
        }
    }
    if (outbox->behind) {
        outbox_read(outbox);
    }
}

static void on_flush(uv_timer_t *flush)
{
    outbox_pump(flush->data);
}

static void count_pace(struct outbox *outbox, uint64_t now_ms)
{
    uint64_t passed_ms = now_ms - outbox->window_ms;
    if (passed_ms >= OUTBOX_HOLD_MS) {
        uint64_t events = outbox->window_events * OUTBOX_HOLD_MS / passed_ms;
        uint64_t hold_ms = events / OUTBOX_EVENTS_PER_HOLD_MS;
        outbox->hold_ms = hold_ms < OUTBOX_HOLD_MS ? hold_ms : OUTBOX_HOLD_MS;
        outbox->window_ms = now_ms;
        outbox->window_events = 0;
    }
    outbox->window_events++;
}

/* At the end of this turn, or of the hold. */
static void pump_soon(struct outbox *outbox)
{
    count_pace(outbox, uv_now(outbox->flush.loop));
    if (!uv_is_active((uv_handle_t *)&outbox->flush)) {
        uv_timer_start(&outbox->flush, on_flush, outbox->hold_ms, 0);
    }
}

void outbox_fall_behind(struct outbox *outbox)
{
    if (!outbox->behind) {
        outbox->behind = true;
        outbox->cursor = outbox->top_seq;
    }
}

void outbox_publish(struct outbox *outbox, struct outbox_item *item)
{
    assert(item->state == ITEM_STAGED || item->state == ITEM_DOUBT);
    if (outbox->memory >= outbox->memory_max) {
        outbox_fall_behind(outbox);
    }
    if (outbox->behind && item->seq > outbox->cursor) {
        outbox->in_table++;
        outbox_unlink_free(outbox, item);
    } else {
        outbox_enqueue(outbox, item);
    }
    pump_soon(outbox);
}

void outbox_drop(struct outbox *outbox, struct outbox_item *item)
{
    assert(item->state == ITEM_STAGED || item->state == ITEM_DOUBT);
    outbox_unlink_free(outbox, item);
    if (outbox->behind) {
        outbox_pump(outbox);
    }
}

void outbox_doubt(struct outbox *outbox, struct outbox_item *item)
{
    assert(item->state == ITEM_STAGED);
    item->state = ITEM_DOUBT;
    outbox_ask(outbox);
}

void outbox_delivered(struct outbox *outbox, void *opaque, bool delivered, const char *reason)
{
    struct outbox_item *item = opaque;

    assert(item->state == ITEM_SENT);
    if (delivered) {
        metrics_add(outbox->published_total, 1);
        outbox_unlink_free(outbox, item);
    } else {
        outbox_park(outbox, item, reason);
    }
    if (outbox->blocked || outbox->behind) {
        outbox_pump(outbox);
    }
}

bool outbox_is_full(const struct outbox *outbox)
{
    return outbox->waiting + outbox->in_table >= outbox->backlog_max;
}

int64_t outbox_watermark(const struct outbox *outbox)
{
    int64_t seq = outbox->head == NULL ? outbox->next_seq - 1 : outbox->head->seq - 1;
    return outbox->in_table > 0 && outbox->cursor < seq ? outbox->cursor : seq;
}
