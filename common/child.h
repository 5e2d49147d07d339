/* SPDX-License-Identifier: Apache-2.0 */
/* child: another program does it, with memory of its own and an end of its own.
 *
 * For work on hostile bytes: the child gets them on its standard input and answers on its standard
 * output, has none of our environment, and dies when its time is over or when it answers more than
 * was asked for. Nothing here waits. Loop thread only. */
#ifndef COMMON_CHILD_H
#define COMMON_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/buffer.h"
#include "common/error.h"

struct child_job {
    const char *program; /* in the folder of this program, or a path */
    const void *input;   /* borrowed until on_ended */
    size_t input_size;
    size_t output_max;
    unsigned timeout_ms;
};

/* exit_code is -1 when it did not end by itself: killed, out of time, too much output; err is then
 * set, and ERR_FATAL when it could not be started. output may be taken: it is finished afterwards.
 */
typedef void child_on_ended(int exit_code, struct buffer *output, const struct error *err,
                            void *arg);

/* Calls on_ended once, later. The loop lives on until then. */
void child_run(uv_loop_t *loop, const struct child_job *job, child_on_ended *on_ended, void *arg);

#endif
