/* SPDX-License-Identifier: Apache-2.0 */
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
    struct case_read lead; /* the case to merge into */
    struct case_write write;
};

/* Steps, in running order. A decision that came too late is read and decided once more: it is
 * stale then, or what the caller had asked for before. */
static void command_read(struct command *c);
static void on_read(struct case_read *read, const struct error *err);
static void command_decode(struct command *c);
static void command_read_lead(struct command *c);
static void on_lead_read(struct case_read *read, const struct error *err);
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
        command_read(c);
    }
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
               http_view_of(http_principal(c->request), c->routing, &read->snapshot) == VIEW_NONE) {
        http_answer_no_case(c->request);
    } else {
        command_decode(c);
    }
}

/* Who speaks for a unit that co-operates need not name it; who names one must speak for it. */
static void fill_task_unit(struct command *c)
{
    const struct process *process = c->read.snapshot.process;
    int action = process_action_find(process, c->command.action);
    if (action < 0 ||
        (process->actions[action].conditions & PROCESS_BIT(CONDITION_TASK_OPEN)) == 0) {
        return;
    }
    const char *own =
        http_task_unit(http_principal(c->request), c->routing, &c->read.snapshot, c->command.unit);
    if (own == NULL) {
        c->command.actor &= ~ACTOR_BIT(ACTOR_TASK_UNIT);
    } else {
        c->command.unit = own;
    }
}

static void command_decode(struct command *c)
{
    struct error err = {0};
    size_t size;
    const char *body = http_body(c->request, &size);
    c->command = (struct case_command){.action = http_param(c->request, "action"),
                                       .expected_version = http_if_match(c->request),
                                       .level = -1};
    http_fill_actor(http_principal(c->request), c->routing, &c->read.snapshot, &c->command);
    if (!command_json_read(&c->command, c->read.snapshot.process, body, size,
                           http_arena(c->request), &err)) {
        command_refuse(c, &err);
        return;
    }
    fill_task_unit(c);
    if (c->command.given & PROCESS_BIT(FIELD_INTO)) {
        command_read_lead(c);
    } else {
        command_decide(c);
    }
}

static void command_read_lead(struct command *c)
{
    struct error err = {0};
    c->lead.id = c->command.into;
    c->lead.arena = http_arena(c->request);
    c->lead.on_read = on_lead_read;
    c->lead.arg = c;
    if (!case_reader_submit(c->routing->reader, &c->lead, &err)) {
        command_refuse(c, &err);
    }
}

static void on_lead_read(struct case_read *read, const struct error *err)
{
    struct command *c = read->arg;
    if (err != NULL) {
        command_refuse(c, err);
        return;
    }
    if (read->found &&
        http_view_of(http_principal(c->request), c->routing, &read->snapshot) == VIEW_OFFICIAL) {
        c->command.lead = &read->snapshot;
    }
    command_decide(c);
}

/* The caller's own command, whose answer was lost: it is what made the present version. */
static bool is_repeat(const struct command *c)
{
    const struct case_snapshot *now = &c->read.snapshot;
    return now->version == c->command.expected_version + 1 &&
           strcmp(now->action, c->command.action) == 0 && now->actor_ref != NULL &&
           strcmp(now->actor_ref, c->command.actor_ref) == 0;
}

static bool check_unit(const struct command *c, const char *name, const char *unit,
                       struct error *err)
{
    return unit == NULL || unit_find(&c->routing->reference->units, unit) != NULL ||
           error_add_field(err, name, "unknown_unit", "not the code of a current unit");
}

/* What a command names must be there, and the focal point of a unit that is to act gets the case.
 */
static bool find_named(struct command *c, struct error *err)
{
    const struct reference *reference = c->routing->reference;
    const char *unit = c->command.unit != NULL ? c->command.unit : c->command.proposed_unit;
    const char *category = c->command.category;
    bool known = check_unit(c, "unit", c->command.unit, err);
    known &= check_unit(c, "proposed_unit", c->command.proposed_unit, err);
    if (category != NULL && reference_category(reference, category) == NULL) {
        known = error_add_field(err, "category", "unknown_category", "not the code of a category");
    }
    if (known && unit != NULL) { /* the reference may be replaced before the write is over */
        c->command.focal_point =
            arena_text(http_arena(c->request),
                       focal_point_find(&reference->focal_points, unit,
                                        category != NULL ? category : c->read.snapshot.category,
                                        clock_now_us()));
    }
    return known;
}

static void command_decide(struct command *c)
{
    struct error err = {0};
    if (is_repeat(c)) {
        http_answer_case(c->request, c->routing, &c->read.snapshot, c->read.json,
                         strlen(c->read.json));
        return;
    }
    if (!find_named(c, &err) ||
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
        http_answer_case(c->request, c->routing, &write->after, write->json.data, write->json.size);
    } else {
        command_read(c);
    }
}

static void command_refuse(struct command *c, const struct error *err)
{
    http_refuse_command(c->request, &c->read.snapshot, &c->command, err);
}
