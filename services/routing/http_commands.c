/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "services/routing/command_json.h"
#include "services/routing/http_routing.h"

struct command {
    struct http_request *request;
    struct routing *routing;
    struct case_command command;
    struct case_read read;
    struct case_write write;
};

/* Steps, in running order. A decision that came too late is read and decided once more: it is
 * stale then, or what the caller had asked for before. */
static void command_decode(struct command *c);
static void command_read(struct command *c);
static void on_read(struct case_read *read, const struct error *err);
static void command_decide(struct command *c);
static void command_store(struct command *c);
static void on_written(struct case_write *write, bool won, const struct error *err);
static void command_refuse(struct command *c, const struct error *err);

void http_command(struct http_request *request, void *state)
{
    struct command *c = arena_alloc(http_arena(request), sizeof *c);
    c->request = request;
    c->routing = state;
    if (http_has_reference(request, state) && http_read_case_id(request, &c->read.id)) {
        command_decode(c);
    }
}

/* The last word of the path. The table of routes holds only actions of people. */
static enum case_action action_of(const char *path)
{
    const char *word = strrchr(path, '/') + 1;
    int action = 0;
    while (strcmp(case_action_words[action], word) != 0) {
        action++;
        assert(action < CASE_ACTIONS);
    }
    return (enum case_action)action;
}

static void command_decode(struct command *c)
{
    struct error err = {0};
    size_t size;
    const char *body = http_body(c->request, &size);
    c->command.action = action_of(http_path(c->request));
    c->command.expected_version = http_if_match(c->request);
    http_fill_actor(http_principal(c->request), &c->command);
    if (!command_json_read(&c->command, body, size, http_arena(c->request), &err)) {
        command_refuse(c, &err);
        return;
    }
    command_read(c);
}

static void command_read(struct command *c)
{
    struct error err = {0};
    c->read.arena = http_arena(c->request);
    c->read.on_read = on_read;
    c->read.arg = c;
    if (!case_reader_submit(c->routing->reader, &c->read, &err)) {
        command_refuse(c, &err);
    }
}

static void on_read(struct case_read *read, const struct error *err)
{
    struct command *c = read->arg;
    if (err != NULL) {
        command_refuse(c, err);
    } else if (!read->found ||
               !http_may_see(http_principal(c->request), c->routing, &read->snapshot)) {
        http_answer_no_case(c->request);
    } else {
        command_decide(c);
    }
}

/* The caller's own command, whose answer was lost: it is what made the present version. */
static bool is_repeat(const struct command *c)
{
    const struct case_snapshot *now = &c->read.snapshot;
    return now->version == c->command.expected_version + 1 && now->action == c->command.action &&
           now->actor_ref != NULL && strcmp(now->actor_ref, c->command.actor_ref) == 0;
}

/* Whom the city office names must be there, and its focal point gets the case. */
static bool find_unit(struct command *c, struct error *err)
{
    const struct reference *reference = c->routing->reference;
    const char *unit = c->command.unit;
    if (unit == NULL) {
        return true;
    }
    if (unit_find(&reference->units, unit) == NULL) {
        return error_add_field(err, "unit", "unknown_unit", "not the code of a current unit");
    }
    /* The reference may be replaced before the write is over. */
    c->command.focal_point = arena_text(
        http_arena(c->request), focal_point_find(&reference->focal_points, unit,
                                                 c->read.snapshot.category, clock_now_us()));
    return true;
}

static void command_decide(struct command *c)
{
    struct error err = {0};
    if (is_repeat(c)) {
        http_answer_case(c->request, &c->read.snapshot, c->read.json, strlen(c->read.json));
        return;
    }
    if (!find_unit(c, &err) ||
        !case_decide(&c->read.snapshot, &c->command, &c->routing->reference->cases, clock_now_us(),
                     &c->write.after, &err)) {
        command_refuse(c, &err);
        return;
    }
    command_store(c);
}

static void command_store(struct command *c)
{
    struct error err = {0};
    c->write.traceparent = http_trace(c->request)->parent;
    c->write.on_written = on_written;
    c->write.arg = c;
    if (!case_writer_submit(c->routing->writer, &c->write, &err)) {
        command_refuse(c, &err);
    }
}

static void on_written(struct case_write *write, bool won, const struct error *err)
{
    struct command *c = write->arg;
    if (err != NULL) {
        command_refuse(c, err);
    } else if (won) {
        http_answer_case(c->request, &write->after, write->json.data, write->json.size);
    } else {
        command_read(c);
    }
}

/* ---- refusals that say more than the error ---- */

static void put_current(struct json_writer *writer, const struct command *c)
{
    json_open_object(writer, "current");
    json_put_int(writer, "version", c->read.snapshot.version);
    json_put_text(writer, "state", case_state_words[c->read.snapshot.state]);
    json_close_object(writer);
}

static void put_allowed(struct json_writer *writer, const struct command *c)
{
    unsigned allowed = case_allowed(&c->read.snapshot, &c->command);
    json_open_array(writer, "allowed");
    for (int action = 0; action < CASE_ACTIONS; action++) {
        if ((allowed >> action) & 1) {
            json_put_text(writer, NULL, case_action_words[action]);
        }
    }
    json_close_array(writer);
}

static void command_refuse(struct command *c, const struct error *err)
{
    struct buffer body;
    struct json_writer writer;
    if (err->kind != ERR_CONFLICT && err->kind != ERR_UNPROCESSABLE) {
        http_answer_error(c->request, err);
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "type", "about:blank");
    json_put_text(&writer, "title",
                  err->kind == ERR_CONFLICT ? "Conflict" : "Unprocessable Content");
    json_put_int(&writer, "status", http_status(err->kind));
    json_put_text(&writer, "detail", err->text);
    json_put_text(&writer, "code", err->code);
    put_current(&writer, c);
    put_allowed(&writer, c);
    json_put_text_size(&writer, "trace", trace_id(http_trace(c->request)), 32);
    json_close_object(&writer);
    http_answer(c->request, http_status(err->kind), "application/problem+json", body.data,
                body.size);
    buffer_finish(&body);
}
