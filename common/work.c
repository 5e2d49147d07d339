/* SPDX-License-Identifier: Apache-2.0 */
#include "common/work.h"

#include <assert.h>
#include <stdlib.h>

#include "common/arena.h"

struct work {
    uv_work_t request;
    work_run *run;
    work_done *done;
    void *arg;
};

static void in_thread(uv_work_t *request)
{
    struct work *work = request->data;
    work->run(work->arg);
}

static void on_loop(uv_work_t *request, int status)
{
    struct work *work = request->data;
    assert(status == 0); /* nobody cancels */
    work->done(work->arg);
    free(work);
}

void work_start(uv_loop_t *loop, work_run *run, work_done *done, void *arg)
{
    struct work *work = memory_alloc(sizeof *work);
    *work = (struct work){.run = run, .done = done, .arg = arg};
    work->request.data = work;
    int wrong = uv_queue_work(loop, &work->request, in_thread, on_loop);
    assert(wrong == 0);
    (void)wrong;
}
