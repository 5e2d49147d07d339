/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the reference tables into a snapshot and keeps it current. */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "reference.h"
#include "store_reference.h"

enum { POLL_MS = 500 };

struct reference_source {
    struct pg *pg;
    uv_timer_t *timer;
    struct reference *current;
    bool reading, again;            /* again: a change came while reading */
    reference_on_opened *on_opened; /* NULL once called */
    void *opened_arg;
    reference_on_closed *on_closed; /* set while closing */
    void *closed_arg;
};

static void read_if_changed(struct reference_source *source);

static void on_freed(uv_handle_t *handle)
{
    free(handle);
}

static void reference_free(struct reference *reference)
{
    if (reference != NULL) {
        arena_finish(&reference->arena);
        free(reference);
    }
}

static void source_free(struct reference_source *source)
{
    reference_on_closed *on_closed = source->on_closed;
    void *arg = source->closed_arg;
    uv_timer_stop(source->timer);
    uv_close((uv_handle_t *)source->timer, on_freed);
    reference_free(source->current);
    free(source);
    on_closed(arg);
}

static void take(struct reference_source *source, struct reference *reference)
{
    if (source->current->changes != reference->changes) {
        log_info("reference_loaded", log_int("units", (int64_t)reference->unit_count),
                 log_int("categories", (int64_t)reference->category_count),
                 log_int("focal_points", (int64_t)reference->focal_point_count));
    }
    reference_free(source->current);
    source->current = reference;
    if (source->on_opened != NULL) {
        reference_on_opened *on_opened = source->on_opened;
        source->on_opened = NULL;
        on_opened(source->opened_arg);
    }
}

static void on_read(struct reference *reference, void *arg)
{
    struct reference_source *source = arg;
    source->reading = false;
    if (source->on_closed != NULL) {
        reference_free(reference);
        source_free(source);
        return;
    }
    if (reference != NULL) {
        take(source, reference);
    }
    if (source->again) {
        read_if_changed(source);
    }
}

static void read_if_changed(struct reference_source *source)
{
    source->reading = true;
    source->again = false;
    int64_t known = source->on_opened != NULL ? -1 : source->current->changes;
    store_read_reference(source->pg, known, on_read, source);
}

static void on_poll(uv_timer_t *timer)
{
    struct reference_source *source = timer->data;
    if (!source->reading) {
        read_if_changed(source);
    }
}

struct reference_source *reference_source_new(uv_loop_t *loop, struct pg *pg,
                                              reference_on_opened *on_opened, void *arg)
{
    struct reference_source *source = memory_zero(1, sizeof *source);
    source->pg = pg;
    source->on_opened = on_opened;
    source->opened_arg = arg;
    source->current = memory_zero(1, sizeof *source->current);
    source->current->changes = -1;
    source->timer = memory_zero(1, sizeof *source->timer);
    source->timer->data = source;
    uv_timer_init(loop, source->timer);
    uv_timer_start(source->timer, on_poll, 0, POLL_MS);
    return source;
}

void reference_source_close(struct reference_source *source, reference_on_closed *on_closed,
                            void *arg)
{
    source->on_closed = on_closed;
    source->closed_arg = arg;
    if (!source->reading) {
        source_free(source);
    }
}

const struct reference *reference_current(const struct reference_source *source)
{
    return source->current;
}

void reference_source_refresh(struct reference_source *source)
{
    if (source->reading) {
        source->again = true;
    } else {
        read_if_changed(source);
    }
}
