/* SPDX-License-Identifier: Apache-2.0 */
#include "common/rounds.h"

#include <assert.h>
#include <stdlib.h>

#include "common/arena.h"

struct rounds {
    uv_timer_t timer;
    struct rounds_work work;
    bool under_way;
    bool again;                  /* another one was asked for meanwhile */
    rounds_on_closed *on_closed; /* NULL while open */
    void *closed_arg;
};

static void begin(struct rounds *rounds)
{
    rounds->under_way = true;
    rounds->again = false;
    rounds->work.begin(rounds->work.state);
}

static void on_time(uv_timer_t *timer)
{
    struct rounds *rounds = timer->data;
    if (!rounds->under_way) {
        begin(rounds);
    }
}

struct rounds *rounds_new(uv_loop_t *loop, const struct rounds_work *work, unsigned first_ms,
                          unsigned every_ms)
{
    struct rounds *rounds = memory_zero(1, sizeof *rounds);
    rounds->work = *work;
    uv_timer_init(loop, &rounds->timer);
    rounds->timer.data = rounds;
    if (every_ms > 0) {
        uv_timer_start(&rounds->timer, on_time, first_ms, every_ms);
    }
    return rounds;
}

void rounds_begin_now(struct rounds *rounds)
{
    if (rounds->under_way) {
        rounds->again = true;
    } else if (rounds->on_closed == NULL) {
        begin(rounds);
    }
}

bool rounds_are_closing(const struct rounds *rounds)
{
    return rounds->on_closed != NULL;
}

/* ---- the end ---- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct rounds *rounds = handle->data;
    rounds_on_closed *on_closed = rounds->on_closed;
    void *arg = rounds->closed_arg;
    rounds->work.free(rounds->work.state);
    free(rounds);
    on_closed(arg);
}

void rounds_end(struct rounds *rounds)
{
    assert(rounds->under_way);
    rounds->under_way = false;
    if (rounds->on_closed != NULL) {
        uv_close((uv_handle_t *)&rounds->timer, on_handle_closed);
    } else if (rounds->again) {
        begin(rounds);
    }
}

void rounds_close(struct rounds *rounds, rounds_on_closed *on_closed, void *arg)
{
    assert(rounds->on_closed == NULL);
    rounds->on_closed = on_closed;
    rounds->closed_arg = arg;
    if (!rounds->under_way) {
        uv_close((uv_handle_t *)&rounds->timer, on_handle_closed);
    }
}
