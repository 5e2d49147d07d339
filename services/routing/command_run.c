/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/command_run.h"

#include <string.h>

#include "common/clock.h"
#include "services/routing/case_engine.h"
#include "services/routing/http_routing.h"

/* Steps, in running order. */
static void run_read(struct command_run *run);
static void on_read(struct case_read *read, const struct error *err);
static void run_decode(struct command_run *run);
static void run_read_lead(struct command_run *run);
static void on_lead_read(struct case_read *read, const struct error *err);
static void run_decide(struct command_run *run);
static void run_write(struct command_run *run);
static void on_written(struct case_write *write, bool won, const struct error *err);

void command_run_start(struct command_run *run)
{
    run_read(run);
}

static void run_read(struct command_run *run)
{
    struct error err = {0};
    run->read.id = run->case_id;
    run->read.arena = run->arena;
    run->read.on_read = on_read;
    run->read.arg = run;
    if (!case_reader_submit(run->routing->reader, &run->read, &err)) {
        run->on_done(run, &err);
    }
}

static void on_read(struct case_read *read, const struct error *err)
{
    struct command_run *run = read->arg;
    struct error unknown = {0};
    if (err != NULL) {
        run->on_done(run, err);
    } else if (!read->found ||
               http_view_of(run->principal, run->routing, &read->snapshot) == VIEW_NONE) {
        error_set(&unknown, ERR_NOT_FOUND, "case_not_found", "there is no such case in your scope");
        run->on_done(run, &unknown);
    } else {
        run->now = &read->snapshot;
        run->json = read->json;
        run->json_size = strlen(read->json);
        run_decode(run);
    }
}

/* Who speaks for a unit that co-operates need not name it; who names one must speak for it. */
static void fill_task_unit(struct command_run *run)
{
    const struct process *process = run->now->process;
    int action = process_action_find(process, run->action);
    if (action < 0 || !process_has(process->actions[action].conditions, CONDITION_TASK_OPEN)) {
        return;
    }
    const char *own = http_task_unit(run->principal, run->routing, run->now, run->command.unit);
    if (own == NULL) {
        run->command.actor &= ~ACTOR_BIT(ACTOR_TASK_UNIT);
    } else {
        run->command.unit = own;
    }
}

static void run_decode(struct command_run *run)
{
    struct error err = {0};
    run->command = (struct case_command){
        .action = run->action, .expected_version = run->expected_version, .level = -1};
    http_fill_actor(run->principal, run->routing, run->now, &run->command);
    if (!run->decode(run, run->now->process, &err)) {
        run->on_done(run, &err);
        return;
    }
    fill_task_unit(run);
    if (process_has(run->command.given, FIELD_INTO)) {
        run_read_lead(run);
    } else {
        run_decide(run);
    }
}

static void run_read_lead(struct command_run *run)
{
    struct error err = {0};
    run->lead.id = run->command.into;
    run->lead.arena = run->arena;
    run->lead.on_read = on_lead_read;
    run->lead.arg = run;
    if (!case_reader_submit(run->routing->reader, &run->lead, &err)) {
        run->on_done(run, &err);
    }
}

static void on_lead_read(struct case_read *read, const struct error *err)
{
    struct command_run *run = read->arg;
    if (err != NULL) {
        run->on_done(run, err);
        return;
    }
    if (read->found &&
        http_view_of(run->principal, run->routing, &read->snapshot) == VIEW_OFFICIAL) {
        run->command.lead = &read->snapshot;
    }
    run_decide(run);
}

static bool check_unit(const struct command_run *run, const char *name, const char *unit,
                       struct error *err)
{
    return unit == NULL || unit_find(&run->routing->reference->units, unit) != NULL ||
           error_add_field(err, name, "unknown_unit", "not the code of a current unit");
}

/* What a command names must be there, and the focal point of a unit that is to act gets the case.
 */
static bool find_named(struct command_run *run, struct error *err)
{
    const struct reference *reference = run->routing->reference;
    const struct case_command *command = &run->command;
    const char *unit = command->unit != NULL ? command->unit : command->proposed_unit;
    const char *category = command->category;
    bool known = check_unit(run, "unit", command->unit, err);
    known &= check_unit(run, "proposed_unit", command->proposed_unit, err);
    if (category != NULL && reference_category(reference, category) == NULL) {
        known = error_add_field(err, "category", "unknown_category", "not the code of a category");
    }
    if (known && unit != NULL) { /* the reference may be replaced before the write is over */
        run->command.focal_point = arena_text(
            run->arena,
            focal_point_find(&reference->focal_points, unit,
                             category != NULL ? category : run->now->category, clock_now_us()));
    }
    return known;
}

static void run_decide(struct command_run *run)
{
    struct error err = {0};
    const struct case_rules *rules = &run->routing->reference->cases;
    if (case_is_repeat(run->now, &run->command, rules)) { /* the answer was lost */
        run->on_done(run, NULL);
        return;
    }
    if (!find_named(run, &err) ||
        !case_decide(run->now, &run->command, rules, clock_now_us(), &run->write.after, &err)) {
        run->on_done(run, &err);
        return;
    }
    run_write(run);
}

static void run_write(struct command_run *run)
{
    struct error err = {0};
    run->write.traceparent = run->traceparent;
    run->write.on_written = on_written;
    run->write.arg = run;
    if (!case_writer_submit(run->routing->writer, &run->write, &err)) {
        run->on_done(run, &err);
    }
}

static void on_written(struct case_write *write, bool won, const struct error *err)
{
    struct command_run *run = write->arg;
    if (err != NULL) {
        run->on_done(run, err);
    } else if (won) {
        run->now = &write->after;
        run->json = write->json.data;
        run->json_size = write->json.size;
        run->on_done(run, NULL);
    } else {
        run_read(run);
    }
}
