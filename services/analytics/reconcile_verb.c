/* SPDX-License-Identifier: Apache-2.0 */
/* The verb: one run with a loop of its own. */
#include <stdio.h>

#include "common/log.h"
#include "common/verb.h"
#include "services/analytics/reconciler.h"

enum { STOP_MS = 30000 };

struct job {
    struct service_parts parts;
    struct reconciler *reconciler;
    bool done;
    size_t differences;
};

static void on_stage_closed(void *arg)
{
    struct job *job = arg;
    loop_stage_done(job->parts.loop);
}

static void stop_fetch(struct loop *loop, void *arg)
{
    struct job *job = arg;
    fetch_close(job->parts.fetch);
    loop_stage_done(loop);
}

static void stop_reconciler(struct loop *loop, void *arg)
{
    struct job *job = arg;
    (void)loop;
    reconciler_close(job->reconciler, on_stage_closed, job);
}

static void stop_pg(struct loop *loop, void *arg)
{
    struct job *job = arg;
    (void)loop;
    pg_close(job->parts.pg, on_stage_closed, job);
}

static void on_done(const struct reconciliation *made, const struct error *err, void *arg)
{
    struct job *job = arg;
    if (made == NULL) {
        verb_show_error(err);
        loop_stop(job->parts.loop, 1);
        return;
    }
    for (size_t i = 0; i < made->count; i++) {
        const struct reconciliation_difference *difference = &made->differences[i];
        printf("differs: %s %s: routing %lld, analytics %lld\n",
               difference->unit != NULL ? difference->unit : "city",
               case_state_words[difference->state], (long long)difference->theirs,
               (long long)difference->ours);
    }
    printf("%zu counts compared, %zu differ\n", made->compared, made->count);
    job->done = true;
    job->differences = made->count;
    loop_stop(job->parts.loop, 0);
}

static bool open_job(struct job *job, struct error *err)
{
    struct service_parts *parts = &job->parts;
    uv_loop_t *uv = loop_uv(parts->loop);
    struct pg_config pg = {.conninfo = config_text(parts->config, "DATABASE_URL"),
                           .connections = 2,
                           .waiting_max = 10,
                           .deadline_ms = 30000};
    struct fetch_config fetch = {.transfers_max = 1, .waiting_max = 1, .ca_file = ""};
    if (!pg_open(&parts->pg, uv, &pg, parts->metrics, err)) {
        return false;
    }
    if (!fetch_open(&parts->fetch, uv, &fetch, parts->metrics, err)) {
        return false;
    }
    job->reconciler = reconciler_new(parts, false, err);
    if (job->reconciler == NULL) {
        return false;
    }
    loop_on_stop(parts->loop, "reconciler", stop_reconciler, job);
    loop_on_stop(parts->loop, "fetch", stop_fetch, job);
    loop_on_stop(parts->loop, "pg", stop_pg, job);
    return true;
}

int reconcile_verb(const struct config *config, int argc, char **argv)
{
    struct job job = {.parts.config = config};
    struct error err = {0};
    (void)argv;
    if (argc > 1 || config_text(config, "ROUTING_URL")[0] == '\0') {
        fprintf(stderr, "usage: reconcile (with ROUTING_URL and RECONCILE_KEY set)\n");
        return 2;
    }
    log_open("analytics", config_text(config, "INSTANCE"), LOG_WARN); /* people read this output */
    job.parts.metrics = metrics_new();
    job.parts.loop = loop_new(STOP_MS);
    if (open_job(&job, &err)) {
        reconciler_run(job.reconciler, on_done, &job);
    } else {
        verb_show_error(&err);
        loop_stop(job.parts.loop, 1);
    }
    loop_run(job.parts.loop);
    loop_free(job.parts.loop);
    metrics_free(job.parts.metrics);
    return job.done && job.differences == 0 ? 0 : 1;
}
