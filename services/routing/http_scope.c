/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "services/routing/case_json.h"
#include "services/routing/http_routing.h"

enum { ETAG_SIZE = 16 };

bool http_has_reference(struct http_request *request, const struct routing *routing)
{
    struct error err = {0};
    if (routing->reference != NULL) {
        return true;
    }
    error_set(&err, ERR_RETRY, "reference_missing", "no reference data is loaded yet");
    http_answer_error(request, &err);
    return false;
}

/* The root of the caller's scope; NULL: none. Those who watch over the whole city need no unit. */
static const char *scope_root(const struct principal *principal)
{
    if (principal->unit == NULL && (principal_has(principal, actor_words[ROLE_ADMINISTRATOR]) ||
                                    principal_has(principal, actor_words[ROLE_AUDITOR]))) {
        return UNIT_CITY;
    }
    return principal->unit;
}

bool http_is_in_scope(const struct principal *principal, const struct routing *routing,
                      const char *desk)
{
    const char *root = scope_root(principal);
    return root != NULL &&
           (unit_sees_everything(root) || unit_is_within(&routing->reference->units, desk, root));
}

size_t http_scope_desks(struct http_request *request, const struct routing *routing,
                        const char *unit, const char *const **desks)
{
    const struct principal *principal = http_principal(request);
    const char *root = scope_root(principal);
    if (root == NULL || (unit != NULL && !http_is_in_scope(principal, routing, unit))) {
        *desks = NULL;
        return 0;
    }
    if (unit == NULL) {
        return reference_desks(routing->reference, root, http_arena(request), desks);
    }
    const char **only = arena_array(http_arena(request), 1, sizeof *only);
    only[0] = unit;
    *desks = only;
    return unit_find(&routing->reference->units, unit) != NULL;
}

bool http_sees_city(const struct principal *principal)
{
    return unit_sees_everything(scope_root(principal));
}

/* What the city office has in its own hands lies at its desk. */
static void narrow_to_office(struct case_filter *filter)
{
    static const char *const office[] = {UNIT_CITY_OFFICE};
    if (filter->whole_city && filter->queue != NULL &&
        strcmp(filter->queue, case_queue_words[QUEUE_UNIT]) != 0) {
        filter->desks = office;
        filter->desk_count = 1;
        filter->whole_city = false;
    }
}

bool http_scope_filter(struct http_request *request, const struct routing *routing,
                       struct case_filter *filter, struct error *err)
{
    filter->desk_count = http_scope_desks(request, routing, filter->unit, &filter->desks);
    filter->whole_city = filter->unit == NULL && http_sees_city(http_principal(request));
    narrow_to_office(filter);
    return filter->desk_count > 0 ||
           error_set(err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit in your scope");
}

static bool is_at_desk(const struct principal *principal, const struct routing *routing,
                       const struct case_snapshot *snapshot)
{
    return http_is_in_scope(principal, routing,
                            snapshot->queue == QUEUE_UNIT ? snapshot->unit : UNIT_CITY_OFFICE);
}

static bool is_account(const struct principal *principal, const char *ref)
{
    return ref != NULL && strcmp(ref, principal->id) == 0;
}

static bool co_operates(const struct principal *principal, const struct routing *routing,
                        const struct case_snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        if (http_is_in_scope(principal, routing, snapshot->tasks[i].unit)) {
            return true;
        }
    }
    return false;
}

enum http_view http_view_of(const struct principal *principal, const struct routing *routing,
                            const struct case_snapshot *snapshot)
{
    if (is_at_desk(principal, routing, snapshot) || co_operates(principal, routing, snapshot) ||
        is_account(principal, snapshot->assignee)) {
        return VIEW_OFFICIAL;
    }
    return is_account(principal, snapshot->reporter_ref) ? VIEW_REPORTER : VIEW_NONE;
}

const char *http_task_unit(const struct principal *principal, const struct routing *routing,
                           const struct case_snapshot *snapshot, const char *wanted)
{
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct case_task *task = &snapshot->tasks[i];
        if ((task->state == TASK_OPEN || task->state == TASK_ACCEPTED) &&
            (wanted == NULL || strcmp(wanted, task->unit) == 0) &&
            http_is_in_scope(principal, routing, task->unit)) {
            return task->unit;
        }
    }
    return NULL;
}

static actor_set roles_of(const struct principal *principal)
{
    actor_set roles = 0;
    for (int role = ROLE_CITIZEN; role < ACTOR_ROLES; role++) {
        roles |= principal_has(principal, actor_words[role]) ? ACTOR_BIT(role) : 0;
    }
    return roles;
}

void http_fill_actor(const struct principal *principal, const struct routing *routing,
                     const struct case_snapshot *snapshot, struct case_command *command)
{
    static const actor_set desk_roles = ACTOR_BIT(ROLE_OFFICER) | ACTOR_BIT(ROLE_FOCAL_POINT) |
                                        ACTOR_BIT(ROLE_SUPERVISOR) | ACTOR_BIT(ROLE_ADMINISTRATOR);
    actor_set roles = roles_of(principal), actor = roles & ACTOR_BIT(ROLE_CITIZEN);
    if (is_at_desk(principal, routing, snapshot)) {
        actor |= roles;
    }
    if (is_account(principal, snapshot->assignee)) {
        actor |= ACTOR_BIT(ACTOR_ASSIGNEE);
    }
    if (is_account(principal, snapshot->reporter_ref)) {
        actor |= ACTOR_BIT(ACTOR_REPORTER);
    }
    if (unit_sees_everything(scope_root(principal)) && (roles & desk_roles) != 0) {
        actor |= ACTOR_BIT(ACTOR_CITY_OFFICE);
    }
    if ((roles & desk_roles) != 0 && http_task_unit(principal, routing, snapshot, NULL) != NULL) {
        actor |= ACTOR_BIT(ACTOR_TASK_UNIT);
    }
    command->actor = actor;
    command->actor_ref = principal->id;
}

bool http_is_committed(struct http_request *request, const struct pg_tx *tx,
                       enum pg_outcome outcome)
{
    struct error err = {0};
    if (outcome == PG_COMMITTED) {
        return true;
    }
    pg_tx_error(tx, outcome, &err);
    http_answer_error(request, &err);
    return false;
}

bool http_read_id(struct http_request *request, struct uuid *id)
{
    const char *text = http_param(request, "id");
    struct error err = {0};
    if (!uuid_parse(text, strlen(text), id)) {
        error_add_field(&err, "id", "bad_uuid", "must be a UUID");
        http_answer_error(request, &err);
        return false;
    }
    return true;
}

bool http_read_case_id(struct http_request *request, struct uuid *id)
{
    const char *text = http_param(request, "id");
    if (!uuid_parse(text, strlen(text), id)) {
        http_answer_no_case(request);
        return false;
    }
    return true;
}

void http_put_allowed(struct json_writer *writer, const struct case_snapshot *snapshot,
                      const struct case_command *actor)
{
    static const char *const judgements[] = {CASE_APPROVE, CASE_DISAPPROVE};
    const struct process *process = snapshot->process;
    json_open_array(writer, "allowed");
    for (int i = 0; i < process->action_count; i++) {
        if (case_may_take(snapshot, actor, process->actions[i].code)) {
            json_put_text(writer, NULL, process->actions[i].code);
        }
    }
    for (size_t i = 0; i < sizeof judgements / sizeof judgements[0]; i++) {
        if (case_may_take(snapshot, actor, judgements[i])) {
            json_put_text(writer, NULL, judgements[i]);
        }
    }
    json_close_array(writer);
}

void http_put_current(struct json_writer *writer, const struct case_snapshot *now)
{
    json_open_object(writer, "current");
    json_put_int(writer, "version", now->version);
    json_put_text(writer, "state", now->process->states[now->state].code);
    json_close_object(writer);
}

void http_answer_case(struct http_request *request, const struct routing *routing,
                      const struct case_snapshot *snapshot, const char *json, size_t json_size)
{
    const struct principal *principal = http_principal(request);
    struct case_command caller = {0};
    struct buffer body;
    struct json_writer writer;
    char etag[ETAG_SIZE];

    http_fill_actor(principal, routing, snapshot, &caller);
    buffer_init(&body);
    if (http_view_of(principal, routing, snapshot) == VIEW_OFFICIAL) {
        buffer_put(&body, json, json_size - 1); /* its closing brace comes at the end */
        writer = (struct json_writer){.out = &body, .comma = true};
    } else {
        json_write_start(&writer, &body);
        json_open_object(&writer, NULL);
        case_json_put_for_reporter(&writer, snapshot);
    }
    http_put_allowed(&writer, snapshot, &caller);
    json_close_object(&writer);
    snprintf(etag, sizeof etag, "\"%d\"", snapshot->version);
    http_answer_header(request, "ETag", etag);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_answer_no_case(struct http_request *request)
{
    struct error err = {0};
    error_set(&err, ERR_NOT_FOUND, "case_not_found", "there is no such case in your scope");
    http_answer_error(request, &err);
}
