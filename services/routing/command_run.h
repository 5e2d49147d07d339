/* SPDX-License-Identifier: Apache-2.0 */
/* command_run: the way of one command on one case, from reading the case to the written decision.
 *
 *   read ──▶ decode ──▶ [read the case to merge into] ──▶ decide ──▶ write ──▶ done
 *     ▲                                                                │
 *     └──────────── another change came first ─────────────────────────┘
 *
 * A decision that came too late is read and decided once more: it is stale then, or what the caller
 * had asked for before. Single commands and those on many cases go the same way. Loop thread only.
 */
#ifndef ROUTING_COMMAND_RUN_H
#define ROUTING_COMMAND_RUN_H

#include "services/routing/routing.h"

struct command_run;

/* Reads what the command brings, for the process of the case, into run->command. */
typedef bool command_run_decode(struct command_run *run, const struct process *process,
                                struct error *err);
/* Called once. err NULL: done, or done before; `now` and `json` tell the case, until it returns.
 * Else as case_decide says, ERR_NOT_FOUND "case_not_found", or why the database could not be asked.
 */
typedef void command_run_on_done(struct command_run *run, const struct error *err);

/* In the arena, until on_done. Filled by the caller: */
struct command_run {
    struct routing *routing;
    const struct principal *principal;
    struct arena *arena;
    struct uuid case_id;
    const char *action;
    int64_t expected_version;
    const char *traceparent;
    command_run_decode *decode;
    command_run_on_done *on_done;
    void *arg;

    struct case_command command;
    struct case_read read;
    struct case_read lead; /* the case to merge into */
    struct case_write write;
    const struct case_snapshot *now; /* NULL: there is no case that the caller may know of */
    const char *json;
    size_t json_size;
};

void command_run_start(struct command_run *run);

#endif
