/* SPDX-License-Identifier: Apache-2.0 */
#include "media_bucket_probe.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/log.h"

enum { AGAIN_MS = 3000 };

struct bucket_probe {
    struct object_request request; /* first */
    struct object_client *client;
    uv_timer_t timer;
    size_t step;
    bool good;
    struct error err; /* of the last try */
};

static const struct {
    enum object_act act;
    const char *name;
} steps[] = {{OBJECT_PUT, "write"}, {OBJECT_REMOVE, "remove"}, {OBJECT_GET, "read"}};

enum { STEPS = sizeof steps / sizeof steps[0] };

static void probe_step(struct bucket_probe *probe)
{
    probe->request.act = steps[probe->step].act;
    object_client_send(probe->client, &probe->request);
}

static void on_time(uv_timer_t *timer)
{
    struct bucket_probe *probe = timer->data;
    probe->step = 0;
    probe_step(probe);
}

static void probe_fail(struct bucket_probe *probe, const struct error *err)
{
    probe->err = *err;
    if (uv_is_closing((uv_handle_t *)&probe->timer)) {
        return;
    }
    log_write_error(err->kind == ERR_FATAL ? LOG_ERROR : LOG_WARN, "media_bucket_unusable", err,
                    LOG_FIELDS(log_text("step", steps[probe->step].name)));
    uv_timer_start(&probe->timer, on_time, AGAIN_MS, 0);
}

static void on_done(struct object_request *request, const struct error *err)
{
    struct bucket_probe *probe = (struct bucket_probe *)request;
    if (err != NULL && err->kind != ERR_NOT_FOUND) {
        probe_fail(probe, err);
    } else if (++probe->step < STEPS) {
        probe_step(probe);
    } else {
        probe->good = true;
        log_info("media_bucket_usable");
    }
}

struct bucket_probe *bucket_probe_new(struct loop *loop, struct object_client *client)
{
    struct bucket_probe *probe = memory_zero(1, sizeof *probe);
    *probe = (struct bucket_probe){
        .client = client,
        .request = {.key = "probe",
                    .bytes = "",
                    .type = "application/octet-stream",
                    .on_done = on_done},
    };
    error_set(&probe->err, ERR_RETRY, "storage_away", "the storage did not answer yet");
    uv_timer_init(loop_uv(loop), &probe->timer);
    probe->timer.data = probe;
    uv_timer_start(&probe->timer, on_time, 0, 0);
    return probe;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void bucket_probe_close(struct bucket_probe *probe)
{
    if (probe != NULL) {
        uv_close((uv_handle_t *)&probe->timer, on_closed);
    }
}

bool bucket_probe_is_good(const struct bucket_probe *probe, struct buffer *why_not)
{
    if (!probe->good) {
        buffer_put_format(why_not, "media: the bucket cannot be used: %s\n", probe->err.text);
    }
    return probe->good;
}
