/* SPDX-License-Identifier: Apache-2.0 */
/* One command on one case: POST /api/routing/cases/{id}/{action}. */
#include "services/routing/command_json.h"
#include "services/routing/command_run.h"
#include "services/routing/http_routing.h"

static bool decode(struct command_run *run, const struct process *process, struct error *err)
{
    size_t size;
    const char *body = http_body(run->arg, &size);
    return command_json_read(&run->command, process, body, size, run->arena, err);
}

static void on_done(struct command_run *run, const struct error *err)
{
    struct http_request *request = run->arg;
    if (err == NULL) {
        http_answer_case(request, run->routing, run->now, run->json, run->json_size);
    } else {
        http_refuse_command(request, run->now, &run->command, err);
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
    if (http_has_reference(request, state) && http_read_id(request, &run->case_id)) {
        command_run_start(run);
    }
}
