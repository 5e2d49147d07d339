/* SPDX-License-Identifier: Apache-2.0 */
/* What only the table knows: events that a crash, a full memory or another instance left there,
 * and whether a transaction in doubt had happened.
 *
 * Doubt is settled by writing, not by looking: a broken connection's transaction might still
 * commit after we looked. An empty row (topic '') is inserted under the item's number. If that
 * succeeds, the late transaction meets a duplicate key and rolls back whole; if the number is
 * taken, it had committed. */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/outbox_private.h"

enum { READ_ROWS = 1000, ASK_MAX = 10000 };

/* ---- reading rows back ---- */

static const struct pg_statement read_statement = {
    "outbox_read", "SELECT seq, topic, key, event_id, headers, value FROM outbox "
                   "WHERE slot = $1::integer AND seq > $2::bigint AND seq <= $3::bigint "
                   "ORDER BY seq LIMIT $4::bigint"};

/* The first item past the cursor whose row may still appear; NULL: none. */
static struct outbox_item *horizon(const struct outbox *outbox)
{
    struct outbox_item *first = NULL;
    for (struct outbox_item *item = outbox->tail; item != NULL && item->seq > outbox->cursor;
         item = item->prev) {
        first = item;
    }
    return first;
}

static struct outbox_item *item_of_row(const struct pg_tx *tx, size_t row)
{
    struct outbox_parts parts = {.topic = pg_value_text(tx, 0, row, 1)};

    parts.key = pg_value_bytes(tx, 0, row, 2, &parts.key_size);
    parts.headers = pg_value_bytes(tx, 0, row, 4, &parts.headers_size);
    parts.value = pg_value_bytes(tx, 0, row, 5, &parts.value_size);
    struct outbox_item *item = outbox_item_new(&parts);
    item->seq = pg_value_int8(tx, 0, row, 0);
    if (!pg_value_is_null(tx, 0, row, 3)) {
        item->event_id = pg_value_uuid(tx, 0, row, 3);
        item->has_event_id = true;
    }
    return item;
}

static void take_row(struct outbox *outbox, const struct pg_tx *tx, size_t row,
                     struct outbox_item *before)
{
    const char *topic = pg_value_text(tx, 0, row, 1);
    if (topic[0] == '\0') {
        return;
    }
    struct outbox_item *item = item_of_row(tx, row);
    outbox->in_table -= outbox->in_table > 0;
    metrics_add(outbox->recovered_total, 1);
    outbox_link(outbox, item, before);
    outbox_enqueue(outbox, item);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct outbox *outbox = arg;

    outbox->reading = false;
    if (outcome != PG_COMMITTED) {
        outbox->read_failed = true;
        outbox_ended(outbox);
        return;
    }
    size_t rows = pg_rows(tx, 0);
    struct outbox_item *before = horizon(outbox);
    for (size_t row = 0; row < rows; row++) {
        take_row(outbox, tx, row, before);
    }
    outbox->cursor = rows < READ_ROWS ? outbox->read_to : pg_value_int8(tx, 0, rows - 1, 0);
    if (outbox->cursor == outbox->next_seq - 1 && outbox->in_table > 0) {
        log_error("outbox_rows_missing", log_int("slot", outbox->slot),
                  log_int("rows", (int64_t)outbox->in_table));
        outbox->in_table = 0;
    }
    outbox_ended(outbox);
    outbox_pump(outbox);
}

void outbox_read(struct outbox *outbox)
{
    if (outbox->in_table == 0 && !outbox->reading && !outbox->adopting) {
        outbox->behind = false;
        return;
    }
    if (outbox->reading || outbox->read_failed || outbox->in_table == 0 ||
        outbox->line_head != NULL || outbox->memory > outbox->memory_max / 2) {
        return;
    }
    struct outbox_item *first = horizon(outbox);
    outbox->read_to = first == NULL ? outbox->next_seq - 1 : first->seq - 1;
    if (outbox->read_to <= outbox->cursor) {
        return;
    }
    struct pg_tx *tx = pg_tx_new(outbox->pg);
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, &read_statement);
    pg_tx_int4(tx, outbox->slot);
    pg_tx_int8(tx, outbox->cursor);
    pg_tx_int8(tx, outbox->read_to);
    pg_tx_int8(tx, READ_ROWS);
    outbox->reading = true;
    outbox_send(outbox, tx, on_read, outbox);
}

/* ---- doubt ---- */

static const struct pg_statement void_statement = {
    "outbox_void", "WITH void AS (INSERT INTO outbox (slot, seq, topic, headers) "
                   "SELECT $1::integer, d.seq, '', ''::bytea "
                   "FROM unnest($2::bigint[]) AS d (seq) ORDER BY d.seq "
                   "ON CONFLICT DO NOTHING RETURNING seq) SELECT seq FROM void ORDER BY seq"};

struct question {
    struct outbox *outbox;
    size_t count;
    struct outbox_item **items; /* in order of seq; nobody else settles them meanwhile */
};

static void question_free(struct question *question)
{
    free(question->items);
    free(question);
}

static void on_answer(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct question *question = arg;
    struct outbox *outbox = question->outbox;

    outbox->asking = false;
    if (outcome == PG_COMMITTED) {
        size_t rows = pg_rows(tx, 1), row = 0;
        for (size_t i = 0; i < question->count; i++) {
            if (row < rows && pg_value_int8(tx, 1, row, 0) == question->items[i]->seq) {
                outbox_drop(outbox, question->items[i]);
                row++;
            } else {
                outbox_publish(outbox, question->items[i]);
            }
        }
        outbox_ask(outbox); /* the next ones */
    } else if (outcome == PG_REFUSED && strcmp(pg_tx_sqlstate(tx), "IH001") == 0) {
        outbox_lose(outbox);
    }
    question_free(question);
    outbox_ended(outbox);
}

void outbox_ask(struct outbox *outbox)
{
    struct pg_array seqs;

    if (outbox->asking || outbox->lost) {
        return;
    }
    struct question *question = memory_zero(1, sizeof *question);
    question->outbox = outbox;
    pg_array_init(&seqs, PG_INT8);
    for (struct outbox_item *item = outbox->head; item != NULL && question->count < ASK_MAX;
         item = item->next) {
        if (item->state != ITEM_DOUBT) {
            continue;
        }
        if ((question->count & (question->count - 1)) == 0) { /* room doubles at 0, 1, 2, 4 … */
            size_t room = question->count == 0 ? 1 : question->count * 2;
            question->items = memory_grow(question->items, room, sizeof *question->items);
        }
        question->items[question->count++] = item;
        pg_array_int8(&seqs, item->seq);
    }
    if (question->count == 0) {
        question_free(question);
    } else {
        struct pg_tx *tx = pg_tx_new(outbox->pg);
        outbox_guard(outbox, tx);
        pg_tx_add(tx, &void_statement);
        pg_tx_int4(tx, outbox->slot);
        pg_tx_array(tx, &seqs);
        outbox->asking = true;
        outbox_send(outbox, tx, on_answer, question);
    }
    pg_array_finish(&seqs);
}

/* ---- what the broker will never take ---- */

static const struct pg_statement park_statement = {
    "outbox_park", "INSERT INTO outbox_parked (slot, seq, topic, event_id, reason) "
                   "VALUES ($1::integer, $2::bigint, $3::text, $4::uuid, $5::text) "
                   "ON CONFLICT DO NOTHING"};

struct outbox_parking {
    struct outbox_parking *next; /* among those to be written again */
    struct outbox *outbox;
    struct outbox_item *item;
    char *reason;
};

static void parking_free(struct outbox_parking *parking)
{
    free(parking->reason);
    free(parking);
}

static void on_parked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct outbox_parking *parking = arg;
    struct outbox *outbox = parking->outbox;

    (void)tx;
    if (outcome == PG_COMMITTED) {
        metrics_add(outbox->parked_total, 1);
        outbox_unlink_free(outbox, parking->item);
        parking_free(parking);
    } else { /* again with the next tick; the watermark waits at this item */
        parking->next = outbox->parkings;
        outbox->parkings = parking;
    }
    outbox_ended(outbox);
}

static void park_send(struct outbox_parking *parking)
{
    struct outbox *outbox = parking->outbox;
    const struct outbox_item *item = parking->item;
    struct pg_tx *tx = pg_tx_new(outbox->pg);

    outbox_guard(outbox, tx);
    pg_tx_add(tx, &park_statement);
    pg_tx_int4(tx, outbox->slot);
    pg_tx_int8(tx, item->seq);
    pg_tx_text(tx, item->bytes);
    if (item->has_event_id) {
        pg_tx_uuid(tx, &item->event_id);
    } else {
        pg_tx_null(tx);
    }
    pg_tx_text(tx, parking->reason);
    outbox_send(outbox, tx, on_parked, parking);
}

void outbox_park(struct outbox *outbox, struct outbox_item *item, const char *reason)
{
    struct outbox_parking *parking = memory_zero(1, sizeof *parking);

    item->state = ITEM_PARKED;
    log_error("event_refused_by_broker", log_text("topic", item->bytes),
              log_int("slot", outbox->slot), log_int("seq", item->seq), log_text("reason", reason));
    parking->outbox = outbox;
    parking->item = item;
    parking->reason = memory_text(reason == NULL ? "" : reason);
    park_send(parking);
}

void outbox_park_again(struct outbox *outbox)
{
    struct outbox_parking *parking = outbox->parkings;
    outbox->parkings = NULL;
    while (parking != NULL) {
        struct outbox_parking *next = parking->next;
        park_send(parking);
        parking = next;
    }
}

void outbox_park_forget(struct outbox *outbox)
{
    while (outbox->parkings != NULL) {
        struct outbox_parking *parking = outbox->parkings;
        outbox->parkings = parking->next;
        parking_free(parking);
    }
}
