/* SPDX-License-Identifier: Apache-2.0 */
#include "common/snapshot.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/rounds.h"

enum { POLL_MS = 500 };

struct snapshot_source {
    struct pg *pg;
    const struct snapshot_tables *tables;
    struct rounds *rounds;
    struct snapshot *current;
    snapshot_on_opened *on_opened; /* NULL once called */
    void *opened_arg;
};

static void snapshot_free(struct snapshot *snapshot)
{
    if (snapshot != NULL) {
        arena_finish(&snapshot->arena);
        free(snapshot);
    }
}

static void source_free(void *state)
{
    struct snapshot_source *source = state;
    snapshot_free(source->current);
    free(source);
}

static void replace(struct snapshot_source *source, struct snapshot *snapshot)
{
    snapshot_free(source->current);
    source->current = snapshot;
    if (source->on_opened != NULL) {
        snapshot_on_opened *on_opened = source->on_opened;
        source->on_opened = NULL;
        on_opened(source->opened_arg);
    }
}

static struct snapshot *snapshot_new(const struct snapshot_tables *tables, int64_t changes)
{
    struct snapshot *snapshot = memory_zero(1, tables->size);
    arena_init(&snapshot->arena);
    snapshot->changes = changes;
    return snapshot;
}

static void take_results(struct snapshot_source *source, struct pg_tx *tx, enum pg_outcome outcome)
{
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        log_warn_error(source->tables->event_not_read, &err);
        return;
    }
    int64_t changes = pg_value_int8(tx, 0, 0, 0);
    if (changes != source->current->changes) {
        struct snapshot *snapshot = snapshot_new(source->tables, changes);
        source->tables->take(snapshot, tx);
        replace(source, snapshot);
    }
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct snapshot_source *source = arg;
    if (!rounds_are_closing(source->rounds)) {
        take_results(source, tx, outcome);
    }
    rounds_end(source->rounds);
}

static void read_if_changed(void *state)
{
    struct snapshot_source *source = state;
    const struct snapshot_tables *tables = source->tables;
    struct pg_tx *tx = pg_tx_new(source->pg);
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, tables->statements[0]);
    for (size_t i = 1; i < tables->statement_count; i++) {
        pg_tx_add(tx, tables->statements[i]);
        pg_tx_int8(tx, source->current->changes);
    }
    pg_tx_send(tx, on_read, source);
}

struct snapshot_source *snapshot_source_new(uv_loop_t *loop, struct pg *pg,
                                            const struct snapshot_tables *tables,
                                            snapshot_on_opened *on_opened, void *arg)
{
    struct snapshot_source *source = memory_zero(1, sizeof *source);
    source->pg = pg;
    source->tables = tables;
    source->on_opened = on_opened;
    source->opened_arg = arg;
    source->current = snapshot_new(tables, -1);
    const struct rounds_work work = {
        .begin = read_if_changed, .free = source_free, .state = source};
    source->rounds = rounds_new(loop, &work, 0, POLL_MS);
    return source;
}

void snapshot_source_close(struct snapshot_source *source, snapshot_on_closed *on_closed, void *arg)
{
    rounds_close(source->rounds, on_closed, arg);
}

const struct snapshot *snapshot_current(const struct snapshot_source *source)
{
    return source->current;
}

void snapshot_source_refresh(struct snapshot_source *source)
{
    rounds_begin_now(source->rounds);
}
