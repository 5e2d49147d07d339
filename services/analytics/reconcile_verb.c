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
    bool done;    /* every owner was asked */
    bool differs; /* or could not be compared */
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

static void show_differences(const struct reconciliation *made)
{
    const struct census_layout *layout = made->layout;
    for (size_t i = 0; i < made->count; i++) {
        const struct reconciliation_difference *difference = &made->differences[i];
        printf("differs: %s %s: %s %lld, analytics %lld\n",
               difference->member != NULL ? difference->member : "city",
               layout->kind_words[difference->kind], layout->owner, (long long)difference->theirs,
               (long long)difference->ours);
    }
}

static void on_made(const struct census_layout *layout, const struct reconciliation *made,
                    const struct error *err, void *arg)
{
    struct job *job = arg;
    const char *subject = subjects[layout->subject]->name;
    if (made == NULL) {
        verb_show_error(err);
        printf("%s: not compared with those of %s\n", subject, layout->owner);
    } else {
        show_differences(made);
        printf("%s: %zu counts compared with those of %s, %zu differ\n", subject, made->compared,
               layout->owner, made->count);
    }
    job->differs = job->differs || made == NULL || made->count > 0;
}

static void on_done(bool all, void *arg)
{
    struct job *job = arg;
    job->done = all;
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
    if (argc > 1 || !reconciler_has_work(config)) {
        fprintf(stderr, "usage: reconcile (with RECONCILE_KEY, and ROUTING_URL, NOTIFICATION_URL "
                        "or both set)\n");
        return 2;
    }
    log_open("analytics", config_text(config, "INSTANCE"), LOG_WARN); /* people read this output */
    job.parts.metrics = metrics_new();
    job.parts.loop = loop_new(STOP_MS);
    if (open_job(&job, &err)) {
        reconciler_run(job.reconciler, on_made, on_done, &job);
    } else {
        verb_show_error(&err);
        loop_stop(job.parts.loop, 1);
    }
    loop_run(job.parts.loop);
    loop_free(job.parts.loop);
    metrics_free(job.parts.metrics);
    return job.done && !job.differs ? 0 : 1;
}
