/* SPDX-License-Identifier: Apache-2.0 */
/* One command on one case: POST /api/routing/cases/{id}/{action}. */
#include "common/json.h"
#include "services/routing/command_json.h"
#include "services/routing/command_run.h"
#include "services/routing/http_routing.h"

static bool decode(struct command_run *run, const struct process *process, struct error *err)
{
    size_t size;
    const char *body = http_body(run->arg, &size);
    return command_json_read(&run->command, process, body, size, run->arena, err);
}

/* Conflicts and what is not possible say more than the error: how the case is, and what may be done
 * instead. */
static void refuse(struct http_request *request, const struct command_run *run,
                   const struct error *err)
{
    struct buffer body;
    struct json_writer writer;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "type", "about:blank");
    json_put_text(&writer, "title",
                  err->kind == ERR_CONFLICT ? "Conflict" : "Unprocessable Content");
    json_put_int(&writer, "status", http_status(err->kind));
    json_put_text(&writer, "detail", err->text);
    json_put_text(&writer, "code", err->code);
    http_put_current(&writer, run->now);
    http_put_allowed(&writer, run->now, &run->command);
    json_put_text_size(&writer, "trace", trace_id(http_trace(request)), 32);
    json_close_object(&writer);
    http_answer(request, http_status(err->kind), "application/problem+json", body.data, body.size);
    buffer_finish(&body);
}

static void on_done(struct command_run *run, const struct error *err)
{
    struct http_request *request = run->arg;
    if (err == NULL) {
        http_answer_case(request, run->routing, run->now, run->json, run->json_size);
    } else if (err->kind == ERR_CONFLICT || err->kind == ERR_UNPROCESSABLE) {
        refuse(request, run, err);
    } else {
        http_answer_error(request, err);
    }
}

void http_command(struct http_request *request, void *state)
{
    struct command_run *run = arena_alloc(http_arena(request), sizeof *run);
    *run = (struct command_run){.routing = state,
                                .principal = http_principal(request),
                                .arena = http_arena(request),
                                .action = http_param(request, "action"),
                                .expected_version = http_if_match(request),
                                .traceparent = http_trace(request)->parent,
                                .decode = decode,
                                .on_done = on_done,
                                .arg = request};
    if (http_has_reference(request, state) && http_read_case_id(request, &run->case_id)) {
        command_run_start(run);
    }
}
