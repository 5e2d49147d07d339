/* SPDX-License-Identifier: Apache-2.0 */
#include "common/loop.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/log.h"

struct stage {
    const char *name;
    loop_stage *run;
    void *arg;
};

struct loop {
    uv_loop_t uv;
    uv_signal_t on_term, on_int;
    uv_timer_t grace;
    uv_idle_t next; /* starts the next stage on a fresh stack */
    unsigned grace_ms;
    struct stage stages[LOOP_STAGES_MAX];
    size_t stage_count, stage_index;
    bool stopping, stage_running;
    int exit_code;
};

static void on_signal(uv_signal_t *handle, int number)
{
    struct loop *loop = handle->data;
    if (loop->stopping) {
        _exit(1);
    }
    log_info("stopping", log_int("signal", number));
    loop_stop(loop, 0);
}

static void on_grace_over(uv_timer_t *timer)
{
    struct loop *loop = timer->data;
    const char *name =
        loop->stage_index < loop->stage_count ? loop->stages[loop->stage_index].name : "close";
    log_error("stop_took_too_long", log_text("stage", name));
    _exit(1);
}

static void on_next_stage(uv_idle_t *idle)
{
    struct loop *loop = idle->data;
    uv_idle_stop(idle);
    if (loop->stage_index == loop->stage_count) {
        uv_timer_stop(&loop->grace);
        uv_stop(&loop->uv);
        return;
    }
    struct stage *stage = &loop->stages[loop->stage_index];
    loop->stage_running = true;
    stage->run(loop, stage->arg);
}

struct loop *loop_new(unsigned grace_ms)
{
    struct loop *loop = memory_zero(1, sizeof *loop);
    loop->grace_ms = grace_ms;
    if (uv_loop_init(&loop->uv) != 0) {
        abort(); /* out of descriptors before anything ran */
    }
    uv_signal_init(&loop->uv, &loop->on_term);
    uv_signal_init(&loop->uv, &loop->on_int);
    uv_timer_init(&loop->uv, &loop->grace);
    uv_idle_init(&loop->uv, &loop->next);
    loop->on_term.data = loop->on_int.data = loop->grace.data = loop->next.data = loop;
    uv_signal_start(&loop->on_term, on_signal, SIGTERM);
    uv_signal_start(&loop->on_int, on_signal, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    return loop;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle)) {
        uv_close(handle, NULL);
    }
}

void loop_free(struct loop *loop)
{
    if (loop == NULL) {
        return;
    }
    /* Every owner has closed its handles by now; what is left is ours. */
    uv_walk(&loop->uv, close_handle, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    free(loop);
}

uv_loop_t *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

void loop_on_stop(struct loop *loop, const char *name, loop_stage *stage, void *arg)
{
    assert(loop->stage_count < LOOP_STAGES_MAX);
    assert(!loop->stopping);
    loop->stages[loop->stage_count++] = (struct stage){name, stage, arg};
}

void loop_stage_done(struct loop *loop)
{
    assert(loop->stage_running);
    loop->stage_running = false;
    loop->stage_index++;
    uv_idle_start(&loop->next, on_next_stage);
}

void loop_stop(struct loop *loop, int exit_code)
{
    if (exit_code > loop->exit_code) {
        loop->exit_code = exit_code;
    }
    if (loop->stopping) {
        return;
    }
    loop->stopping = true;
    uv_timer_start(&loop->grace, on_grace_over, loop->grace_ms, 0);
    uv_idle_start(&loop->next, on_next_stage);
}

bool loop_is_stopping(const struct loop *loop)
{
    return loop->stopping;
}

int loop_run(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    return loop->exit_code;
}
