/* SPDX-License-Identifier: Apache-2.0 */
/* loop: one thread, one libuv loop, and an orderly stop.
 *
 * SIGTERM and SIGINT begin the stop: the process says "not ready", then its stages run one after
 * another (refuse new work, drain, flush, close); each stage calls loop_stage_done when it is
 * through. When the grace period ends first, the process logs the stage that hung and exits
 * with 1; a clean stop exits with 0. A second signal exits at once. */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include <stdbool.h>
#include <uv.h>

enum { LOOP_STAGES_MAX = 12 };

struct loop;
typedef void loop_stage(struct loop *loop, void *arg);

struct loop *loop_new(unsigned grace_ms);
void loop_free(struct loop *loop);
uv_loop_t *loop_uv(struct loop *loop);

/* Stages run in the order in which they were added. */
void loop_on_stop(struct loop *loop, const char *name, loop_stage *stage, void *arg);
void loop_stage_done(struct loop *loop);

/* Begins the stop as a signal would; exit_code 0 is a clean stop. Idempotent. */
void loop_stop(struct loop *loop, int exit_code);
bool loop_is_stopping(const struct loop *loop);

/* Runs until the last stage is done; the process's exit code. */
int loop_run(struct loop *loop);

#endif
