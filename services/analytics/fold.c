/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/fold.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/store.h"

/* A round is bounded by memory: some 2 KB for each fact with its cells. */
enum { ROUND_MAX = 4000 };

struct fold {
    const struct service_parts *parts;
    struct turn *turn;
    struct arena arena; /* of the round */
    int64_t now;
    struct changed_fact *facts;
    size_t count;
    bool whole;     /* the round has all that there was */
    int64_t cutoff; /* newest event among them; 0: none */
    struct cells cells;
    struct metrics_counter *folded;
};

/* A round, in running order. */
static void read_changed(struct fold *fold);
static void on_changed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static bool take_changed(struct fold *fold, const struct pg_tx *tx);
static void count(struct fold *fold);
static void read_cells(struct fold *fold);
static void on_cells(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void write(struct fold *fold, const struct pg_tx *read);
static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end(struct fold *fold, bool whole);

static void run(void *state)
{
    read_changed(state);
}

static void fold_free(void *state)
{
    struct fold *fold = state;
    arena_finish(&fold->arena);
    free(fold);
}

struct turn_step fold_step(const struct service_parts *parts, struct turn *turn)
{
    struct fold *fold = memory_zero(1, sizeof *fold);
    fold->parts = parts;
    fold->turn = turn;
    arena_init(&fold->arena);
    fold->folded = metrics_counter(parts->metrics, "analytics_folded_total",
                                   "changed facts that were counted anew", NULL);
    return (struct turn_step){.run = run, .free = fold_free, .state = fold};
}

enum { DIRTY, TURNED };

static void read_changed(struct fold *fold)
{
    struct pg_tx *tx = pg_tx_new(fold->parts->pg);
    fold->now = clock_now_us();
    pg_tx_set_read_only(tx);
    store_read_changed(tx, fold->now, ROUND_MAX);
    pg_tx_send(tx, on_changed, fold);
}

static void on_changed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct fold *fold = arg;
    if (pg_tx_failed(tx, outcome, "changes_not_read") || !take_changed(fold, tx)) {
        end(fold, true);
        return;
    }
    count(fold);
    read_cells(fold);
}

/* False: there is nothing to do. */
static bool take_changed(struct fold *fold, const struct pg_tx *tx)
{
    size_t dirty = pg_rows(tx, DIRTY), turned = pg_rows(tx, TURNED);
    fold->whole = dirty < ROUND_MAX && turned < ROUND_MAX;
    fold->facts = arena_array(&fold->arena, dirty + turned, sizeof *fold->facts);
    fold->count = store_take_changed(tx, DIRTY, &fold->arena, fold->facts);
    fold->count += store_take_changed(tx, TURNED, &fold->arena, fold->facts + fold->count);
    return fold->count > 0;
}

/* ---- counting ---- */

/* Bytes of a layout that this program does not know count as nothing until a rebuild writes them
 * anew. */
static void count_fact(struct fold *fold, struct changed_fact *changed)
{
    int64_t at = 0;
    changed->counts = (struct contribution){.bucket = SKETCH_NONE};
    changed->turn_at = 0;
    if (!subjects[changed->subject]->count(&changed->counts, &changed->turn_at, &at, &changed->body,
                                           fold->now, &fold->arena)) {
        char id[UUID_TEXT_SIZE];
        log_error("fact_not_readable", log_text("id", uuid_format(&changed->id, id)));
        changed->counts = (struct contribution){.bucket = SKETCH_NONE};
    }
    fold->cutoff = at > fold->cutoff ? at : fold->cutoff;
}

static void count(struct fold *fold)
{
    fold->cutoff = 0;
    cells_init(&fold->cells, &fold->arena);
    for (size_t i = 0; i < fold->count; i++) {
        struct changed_fact *changed = &fold->facts[i];
        count_fact(fold, changed);
        contribution_apply(&changed->counted, changed->subject, -1, &fold->cells);
        contribution_apply(&changed->counts, changed->subject, 1, &fold->cells);
    }
    cells_sort(&fold->cells);
}

static void read_cells(struct fold *fold)
{
    struct pg_tx *tx = pg_tx_new(fold->parts->pg);
    const struct cell_key **keys = arena_array(&fold->arena, fold->cells.count, sizeof *keys);
    for (size_t i = 0; i < fold->cells.count; i++) {
        keys[i] = &fold->cells.items[i].key;
    }
    pg_tx_set_read_only(tx);
    store_read_cells(tx, keys, fold->cells.count);
    pg_tx_send(tx, on_cells, fold);
}

static void on_cells(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct fold *fold = arg;
    if (pg_tx_failed(tx, outcome, "cells_not_read")) {
        end(fold, true);
        return;
    }
    write(fold, tx);
}

/* ---- writing ---- */

static void add_stored(struct fold *fold, const struct pg_tx *read)
{
    for (size_t row = 0; row < pg_rows(read, 0); row++) {
        struct cell *cell = &fold->cells.items[pg_value_int8(read, 0, row, 0) - 1];
        struct tally stored;
        size_t size;
        const void *data = pg_value_bytes(read, 0, row, 1, &size);
        if (tally_unpack(&stored, data, size, &fold->arena)) {
            tally_add(&cell->change, &stored, &fold->arena);
        }
    }
}

static void write(struct fold *fold, const struct pg_tx *read)
{
    struct pg_tx *tx = pg_tx_new(fold->parts->pg);
    struct cell_write *writes = arena_array(&fold->arena, fold->cells.count, sizeof *writes);
    int32_t today = period_day(fold->now);
    struct buffer data;

    add_stored(fold, read);
    buffer_init(&data);
    for (size_t i = 0; i < fold->cells.count; i++) {
        const struct cell *cell = &fold->cells.items[i];
        buffer_reset(&data);
        tally_pack(&cell->change, &data);
        writes[i] = (struct cell_write){.key = &cell->key,
                                        .data = arena_copy(&fold->arena, data.data, data.size),
                                        .size = data.size,
                                        .untold = cell_is_told(&cell->key, today)};
    }
    buffer_finish(&data);
    turn_guard(fold->turn, tx, fold->whole ? fold->now : 0, fold->cutoff);
    store_put_counted(tx, fold->facts, fold->count);
    store_put_cells(tx, writes, fold->cells.count);
    store_end_rebuild(tx);
    pg_tx_send(tx, on_written, fold);
}

static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct fold *fold = arg;
    bool took = turn_took(fold->turn, tx, outcome, "fold_not_written");
    metrics_add(fold->folded, took ? fold->count : 0);
    end(fold, !took || fold->whole);
}

static void end(struct fold *fold, bool whole)
{
    arena_reset(&fold->arena);
    turn_step_done(fold->turn, whole);
}
