/* SPDX-License-Identifier: Apache-2.0 */
#include "submission_reader.h"

#include <stdlib.h>

#include "common/batch.h"
#include "store_submission.h"

enum { ITEMS_MAX = 200, DEPTH = 2, QUEUE_MAX = 5000, DEADLINE_MS = 5000 };

struct submission_reader {
    struct batch *batch;
};

static void build(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    struct pg_array ids, reporters;
    (void)arg;
    pg_array_init(&ids, PG_UUID);
    pg_array_init(&reporters, PG_TEXT);
    for (size_t i = 0; i < count; i++) {
        struct submission_read *read = items[i];
        read->found = false;
        pg_array_uuid(&ids, &read->id);
        pg_array_text(&reporters, read->reporter);
    }
    pg_tx_set_read_only(tx);
    store_read_submissions(tx, &ids, &reporters);
    pg_array_finish(&ids);
    pg_array_finish(&reporters);
}

static void on_done(const struct pg_tx *tx, void **items, size_t count, const struct error *err,
                    bool in_doubt, void *arg)
{
    size_t step = 0;
    (void)in_doubt;
    (void)arg;
    for (size_t row = 0; err == NULL && row < pg_rows(tx, 0); row++) {
        struct submission_read *read = items[store_submission_position(tx, row)];
        read->found = true;
        store_take_submission(tx, row, &step, &read->view, read->arena);
    }
    for (size_t i = 0; i < count; i++) {
        struct submission_read *read = items[i];
        read->on_read(read, err);
    }
}

struct submission_reader *submission_reader_new(struct pg *pg, struct metrics *metrics)
{
    struct submission_reader *reader = memory_zero(1, sizeof *reader);
    struct batch_config config = {.name = "submission_read",
                                  .items_max = ITEMS_MAX,
                                  .depth = DEPTH,
                                  .queue_max = QUEUE_MAX,
                                  .deadline_ms = DEADLINE_MS,
                                  .build = build,
                                  .done = on_done,
                                  .arg = reader};
    reader->batch = batch_new(pg, &config, metrics);
    return reader;
}

void submission_reader_free(struct submission_reader *reader)
{
    batch_free(reader->batch);
    free(reader);
}

bool submission_reader_submit(struct submission_reader *reader, struct submission_read *read,
                              struct error *err)
{
    return batch_submit(reader->batch, read, err);
}
