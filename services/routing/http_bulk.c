/* SPDX-License-Identifier: Apache-2.0 */
/* One command on many cases, each for itself: POST /api/routing/cases/bulk. */
#include "common/json.h"
#include "common/log.h"
#include "common/words.h"
#include "services/routing/command_json.h"
#include "services/routing/command_run.h"
#include "services/routing/http_routing.h"

struct bulk;

struct bulk_item {
    struct bulk *bulk;
    struct command_run run;
    bool done; /* it was carried out */
    struct error err;
};

struct bulk {
    struct http_request *request;
    struct command_bulk command;
    struct bulk_item *items;
    size_t waiting; /* items under way, and one while they are being started */
};

/* Steps, in running order. */
static void bulk_start(struct bulk *bulk, struct routing *routing);
static void on_item_done(struct command_run *run, const struct error *err);
static void bulk_leave(struct bulk *bulk);
static void bulk_answer(struct bulk *bulk);

/* An action of any process, or a judgement of what was proposed. */
static bool check_action(const char *action, const struct process_book *book, struct error *err)
{
    static const char *const judgements[] = {CASE_APPROVE, CASE_DISAPPROVE, NULL};
    return process_book_has_action(book, NULL, action) ||
           judgements[word_index(judgements, action)] != NULL ||
           error_add_field(err, "action", "unknown_action", "no process has such an action");
}

void http_command_many(struct http_request *request, void *state)
{
    struct bulk *bulk = arena_alloc(http_arena(request), sizeof *bulk);
    struct routing *routing = state;
    struct error err = {0};
    size_t size;
    const char *body = http_body(request, &size);
    bulk->request = request;
    if (!http_has_reference(request, routing)) {
        return;
    }
    if (command_bulk_read(&bulk->command, body, size, http_arena(request), &err) &&
        check_action(bulk->command.action, &routing->processes, &err)) {
        bulk_start(bulk, routing);
    } else {
        command_bulk_finish(&bulk->command);
        http_answer_error(request, &err);
    }
}

static bool decode(struct command_run *run, const struct process *process, struct error *err)
{
    const struct bulk_item *item = run->arg;
    return command_bulk_read_command(&item->bulk->command, &run->command, process, run->arena, err);
}

static void bulk_start(struct bulk *bulk, struct routing *routing)
{
    struct arena *arena = http_arena(bulk->request);
    size_t count = bulk->command.case_count;
    bulk->items = arena_array(arena, count, sizeof *bulk->items);
    bulk->waiting = 1;
    for (size_t i = 0; i < count; i++) {
        struct bulk_item *item = &bulk->items[i];
        item->bulk = bulk;
        item->run = (struct command_run){.routing = routing,
                                         .principal = http_principal(bulk->request),
                                         .arena = arena,
                                         .case_id = bulk->command.cases[i].id,
                                         .action = bulk->command.action,
                                         .expected_version = bulk->command.cases[i].version,
                                         .traceparent = http_trace(bulk->request)->parent,
                                         .decode = decode,
                                         .on_done = on_item_done,
                                         .arg = item};
        bulk->waiting++;
        command_run_start(&item->run);
    }
    bulk_leave(bulk);
}

static void on_item_done(struct command_run *run, const struct error *err)
{
    struct bulk_item *item = run->arg;
    item->done = err == NULL;
    if (err != NULL && err->kind == ERR_FATAL) { /* as http_answer_error does */
        log_error_error("http_failed", err, log_text("action", run->action),
                        log_text("traceparent", run->traceparent));
        error_set(&item->err, ERR_FATAL, "internal", "the fault is ours and has been logged");
    } else if (err != NULL) {
        item->err = *err;
    }
    bulk_leave(item->bulk);
}

static void bulk_leave(struct bulk *bulk)
{
    bulk->waiting--;
    if (bulk->waiting == 0) {
        command_bulk_finish(&bulk->command);
        bulk_answer(bulk);
    }
}

/* ---- the answer ---- */

static void put_faults(struct json_writer *writer, const struct error *err)
{
    if (err->field_count == 0) {
        return;
    }
    json_open_array(writer, "errors");
    for (size_t i = 0; i < err->field_count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "field", err->fields[i].field);
        json_put_text(writer, "code", err->fields[i].code);
        json_put_text(writer, "detail", err->fields[i].text);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* As the answer to the single command, but for what is the same for all. */
static void put_refusal(struct json_writer *writer, const struct bulk_item *item)
{
    const struct error *err = &item->err;
    json_put_int(writer, "status", http_status(err->kind));
    json_put_text(writer, "code", err->code);
    json_put_text(writer, "detail", err->text);
    put_faults(writer, err);
    if (item->run.now != NULL) {
        http_put_current(writer, item->run.now);
        http_put_allowed(writer, item->run.now, &item->run.command);
    }
}

static void put_item(struct json_writer *writer, const struct bulk_item *item)
{
    json_open_object(writer, NULL);
    json_put_uuid(writer, "id", &item->run.case_id);
    if (item->done) {
        const struct case_snapshot *now = item->run.now;
        json_put_int(writer, "status", http_status(ERR_NONE));
        json_put_int(writer, "version", now->version);
        json_put_text(writer, "state", now->process->states[now->state].code);
    } else {
        put_refusal(writer, item);
    }
    json_close_object(writer);
}

static void bulk_answer(struct bulk *bulk)
{
    struct buffer body;
    struct json_writer writer;
    size_t count = bulk->command.case_count, done = 0;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "results");
    for (size_t i = 0; i < count; i++) {
        done += bulk->items[i].done;
        put_item(&writer, &bulk->items[i]);
    }
    json_close_array(&writer);
    json_put_int(&writer, "done", (int64_t)done);
    json_put_int(&writer, "failed", (int64_t)(count - done));
    json_close_object(&writer);
    http_answer(bulk->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
