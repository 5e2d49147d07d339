/* SPDX-License-Identifier: Apache-2.0 */
#include "record_desk.h"

#include <stdlib.h>

#include "common/batch.h"
#include "common/clock.h"
#include "store_record.h"

enum { ITEMS_MAX = 500, DEPTH = 2, QUEUE_MAX = 5000, DEADLINE_MS = 8000 }; /* as filing_desk.c */

struct record_desk {
    struct batch *batch;
};

static void build(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    const struct record **records =
        arena_array(pg_tx_arena(tx), count, sizeof(const struct record *));
    (void)arg;
    for (size_t i = 0; i < count; i++) {
        records[i] = &((struct record_request *)items[i])->record;
    }
    store_put_records(tx, records, count, clock_now_us());
}

static void on_batch_done(const struct pg_tx *tx, void **items, size_t count,
                          const struct error *err, bool in_doubt, void *arg)
{
    (void)tx, (void)in_doubt, (void)arg;
    for (size_t i = 0; i < count; i++) {
        struct record_request *request = items[i];
        request->on_done(request, err);
    }
}

struct record_desk *record_desk_new(struct pg *pg, struct metrics *metrics)
{
    struct record_desk *desk = memory_zero(1, sizeof *desk);
    struct batch_config config = {
        .name = "record",
        .items_max = ITEMS_MAX,
        .depth = DEPTH,
        .queue_max = QUEUE_MAX,
        .deadline_ms = DEADLINE_MS,
        .build = build,
        .done = on_batch_done,
        .arg = desk,
    };
    desk->batch = batch_new(pg, &config, metrics);
    return desk;
}

void record_desk_free(struct record_desk *desk)
{
    if (desk != NULL) {
        batch_free(desk->batch);
        free(desk);
    }
}

void record_desk_submit(struct record_desk *desk, struct record_request *request)
{
    struct error err = {0};
    if (!batch_submit(desk->batch, request, &err)) {
        request->on_done(request, &err);
    }
}
