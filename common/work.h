/* SPDX-License-Identifier: Apache-2.0 */
/* work: a function that may wait (files, fsync) runs in a thread of libuv's pool.
 *
 * `run` sees only what arg points to, and none of the modules that are for the loop thread;
 * `done` is called on the loop when it has returned. */
#ifndef COMMON_WORK_H
#define COMMON_WORK_H

#include <uv.h>

typedef void work_run(void *arg);
typedef void work_done(void *arg);

void work_start(uv_loop_t *loop, work_run *run, work_done *done, void *arg);

#endif
