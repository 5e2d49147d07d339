/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/fold.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/store.h"

/* A round is bounded by memory, some 1 KB for each fact that was heard, and by the time that its
 * transaction may take. The more it has, the more often facts and cells coincide: whoever is behind
 * takes larger ones. */
enum { ROUND_MIN = 4000, ROUND_MAX = 16000, ROUND_LONG_US = 2000000 };

struct fold {
    const struct service_parts *parts;
    struct turn *turn;
    const struct recount *recount;
    struct arena arena; /* of the round */
    struct arena work;  /* of one cell */
    struct buffer packed;
    uint64_t begun_us; /* monotonic */
    int32_t heard_max; /* of this round and, when it is done, of the next */
    int64_t now;
    int64_t *batches; /* that were heard */
    size_t batch_count;
    struct told_fact *heard; /* one of each */
    size_t heard_count;
    struct changed_fact *facts, *turned;
    size_t count, turned_count;
    bool whole;     /* the round has all that there was */
    int64_t cutoff; /* newest event among them; 0: none */
    struct cells cells;
    struct metrics_counter *folded;
};

/* A round, in running order. */
static void read_changed(struct fold *fold);
static void on_changed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static bool take_changed(struct fold *fold, const struct pg_tx *tx);
static void read_stored(struct fold *fold);
static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void take_stored(struct fold *fold, const struct pg_tx *tx);
static void count(struct fold *fold);
static void read_cells(struct fold *fold);
static void on_cells(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void write(struct fold *fold, const struct pg_tx *read);
static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end(struct fold *fold, bool whole);

/* Nothing is counted while nobody knows in which areas. */
static void run(void *state)
{
    struct fold *fold = state;
    if (recount_sets(fold->recount) != NULL) {
        read_changed(fold);
    } else {
        turn_step_done(fold->turn, true);
    }
}

static void fold_free(void *state)
{
    struct fold *fold = state;
    arena_finish(&fold->arena);
    arena_finish(&fold->work);
    buffer_finish(&fold->packed);
    free(fold);
}

struct turn_step fold_step(const struct service_parts *parts, struct turn *turn,
                           const struct recount *recount)
{
    struct fold *fold = memory_zero(1, sizeof *fold);
    fold->parts = parts;
    fold->turn = turn;
    fold->recount = recount;
    fold->heard_max = ROUND_MIN;
    arena_init(&fold->arena);
    arena_init(&fold->work);
    buffer_init(&fold->packed);
    fold->folded = metrics_counter(parts->metrics, "analytics_folded_total",
                                   "changed facts that were counted anew", NULL);
    return (struct turn_step){.run = run, .free = fold_free, .state = fold};
}

enum { HEARD, TURNED };

static void read_changed(struct fold *fold)
{
    struct pg_tx *tx = pg_tx_new(fold->parts->pg);
    fold->begun_us = clock_monotonic_us();
    fold->now = clock_now_us();
    pg_tx_set_read_only(tx);
    store_read_changed(tx, fold->now, fold->heard_max, ROUND_MIN);
    pg_tx_send(tx, on_changed, fold);
}

static void on_changed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct fold *fold = arg;
    if (pg_tx_failed(tx, outcome, "changes_not_read") || !take_changed(fold, tx)) {
        end(fold, true);
        return;
    }
    read_stored(fold);
}

/* False: there is nothing to do. */
static bool take_changed(struct fold *fold, const struct pg_tx *tx)
{
    size_t heard;
    fold->batch_count = pg_rows(tx, HEARD);
    fold->batches = arena_array(&fold->arena, fold->batch_count, sizeof *fold->batches);
    fold->heard = store_take_heard(tx, HEARD, &fold->arena, &heard, fold->batches);
    fold->turned = arena_array(&fold->arena, pg_rows(tx, TURNED), sizeof *fold->turned);
    fold->turned_count = store_take_turned(tx, TURNED, &fold->arena, fold->turned);
    fold->whole = heard < (size_t)fold->heard_max && fold->batch_count < STORE_HEARD_BATCHES &&
                  fold->turned_count < ROUND_MIN;
    fold->heard_count = facts_coalesce(fold->heard, heard);
    return fold->batch_count + fold->turned_count > 0;
}

/* ---- what is stored of it ---- */

static void read_stored(struct fold *fold)
{
    struct pg_tx *tx = pg_tx_new(fold->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_stored(tx, fold->heard, fold->heard_count);
    pg_tx_send(tx, on_stored, fold);
}

static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct fold *fold = arg;
    if (pg_tx_failed(tx, outcome, "facts_not_read")) {
        end(fold, true);
        return;
    }
    take_stored(fold, tx);
    count(fold);
    read_cells(fold);
}

static int by_id(const void *a, const void *b)
{
    const struct changed_fact *left = a, *right = b;
    return memcmp(&left->id, &right->id, sizeof left->id);
}

/* Of a fact that was heard of and turned, what was heard counts. */
static void take_stored(struct fold *fold, const struct pg_tx *tx)
{
    fold->facts =
        arena_array(&fold->arena, fold->heard_count + fold->turned_count, sizeof *fold->facts);
    size_t heard =
        store_take_stored(tx, 0, &fold->arena, fold->heard, fold->heard_count, fold->facts);
    fold->count = heard;
    for (size_t i = 0; i < fold->turned_count; i++) {
        if (bsearch(&fold->turned[i], fold->facts, heard, sizeof *fold->facts, by_id) == NULL) {
            fold->facts[fold->count++] = fold->turned[i];
        }
    }
}

/* ---- counting ---- */

/* In the present area and the district of its day. */
static void place(struct contribution *counts, const struct unit_sets *sets)
{
    struct unit_place place = unit_sets_place(sets, counts->members[DIMENSION_AREA], counts->day);
    counts->members[DIMENSION_AREA] = place.area;
    counts->members[DIMENSION_DISTRICT] = place.district;
}

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
    place(&changed->counts, recount_sets(fold->recount));
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
        keys[i] = &fold->cells.items[i]->key;
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

/* What is stored of a cell and what changes, packed. */
static void pack_sum(struct fold *fold, struct tally *stored, const struct cell *cell,
                     struct cell_write *write)
{
    struct buffer *data = &fold->packed;
    buffer_reset(data);
    tally_add(stored, &cell->change, &fold->work);
    tally_pack(stored, data);
    *write = (struct cell_write){.key = &cell->key,
                                 .data = arena_copy(&fold->arena, data->data, data->size),
                                 .size = data->size,
                                 .untold = cell_is_told(&cell->key, period_day(fold->now))};
}

/* Packed one by one, since unpacked they take ten times the room. */
static struct cell_write *sum_up(struct fold *fold, const struct pg_tx *read)
{
    size_t count = fold->cells.count, rows = pg_rows(read, 0);
    struct cell_write *writes = arena_array(&fold->arena, count, sizeof *writes);
    size_t *row_of = arena_array(&fold->arena, count, sizeof *row_of); /* + 1; 0: not stored yet */
    for (size_t row = 0; row < rows; row++) {
        row_of[pg_value_int8(read, 0, row, 0) - 1] = row + 1;
    }
    for (size_t i = 0; i < count; i++) {
        struct tally stored = {.counts = {0}};
        if (row_of[i] != 0) {
            size_t size;
            const void *data = pg_value_bytes(read, 0, row_of[i] - 1, 1, &size);
            if (!tally_unpack(&stored, data, size, &fold->work)) {
                stored = (struct tally){.counts = {0}};
            }
        }
        pack_sum(fold, &stored, fold->cells.items[i], &writes[i]);
        arena_reset(&fold->work);
    }
    return writes;
}

static void write(struct fold *fold, const struct pg_tx *read)
{
    struct pg_tx *tx = pg_tx_new(fold->parts->pg);
    turn_guard(fold->turn, tx, fold->whole ? fold->now : 0, fold->cutoff);
    store_put_counted(tx, fold->facts, fold->count);
    store_forget_heard(tx, fold->batches, fold->batch_count);
    store_put_cells(tx, sum_up(fold, read), fold->cells.count);
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

static int32_t next_heard_max(const struct fold *fold, bool whole)
{
    bool was_long = clock_monotonic_us() - fold->begun_us > ROUND_LONG_US;
    int32_t next = was_long ? fold->heard_max / 2 : fold->heard_max * 2;
    return whole || next < ROUND_MIN ? ROUND_MIN : next > ROUND_MAX ? ROUND_MAX : next;
}

static void end(struct fold *fold, bool whole)
{
    fold->heard_max = next_heard_max(fold, whole);
    arena_reset(&fold->arena);
    turn_step_done(fold->turn, whole);
}
