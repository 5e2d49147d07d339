/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "services/routing/case_engine.h"
#include "services/routing/case_json.h"
#include "services/routing/day.h"
#include "services/routing/http_routing.h"

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

bool http_needs_city(struct http_request *request)
{
    struct error err = {0};
    if (unit_sees_everything(scope_root(http_principal(request)))) {
        return true;
    }
    error_set(&err, ERR_FORBIDDEN, "not_city_wide", "this is for those whose scope is the city");
    http_answer_error(request, &err);
    return false;
}

bool http_is_in_scope(const struct principal *principal, const struct routing *routing,
                      const char *desk)
{
    const char *root = scope_root(principal);
    return root != NULL &&
           (unit_sees_everything(root) || reference_is_within(routing->reference, desk, root));
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
    return reference_has_unit(routing->reference, unit);
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

actor_set http_roles(const struct principal *principal)
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
    actor_set roles = http_roles(principal), actor = roles & ACTOR_BIT(ROLE_CITIZEN);
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

bool http_query_day(struct http_request *request, const char *name, int64_t *day, struct error *err)
{
    const char *text = http_query(request, name);
    return text != NULL &&
           (day_parse(text, day) || error_add_field(err, name, DAY_FAULT, DAY_FAULT_TEXT));
}

int64_t http_query_instant(struct http_request *request, const char *name, int64_t fallback_us,
                           struct error *err)
{
    const char *text = http_query(request, name);
    int64_t at_us;
    if (text == NULL) {
        return fallback_us;
    }
    if (!clock_parse(text, strlen(text), &at_us)) {
        error_add_field(err, name, "bad_instant", "must be RFC 3339 with a zone");
        return fallback_us;
    }
    return at_us;
}

bool http_read_id(struct http_request *request, struct uuid *id)
{
    struct error err = {0};
    if (http_param_uuid(request, "id", id, &err)) {
        return true;
    }
    http_answer_error(request, &err);
    return false;
}

bool http_read_key(struct http_request *request, const char *what, struct opening_key *key)
{
    const struct principal *principal = http_principal(request);
    const char *given = http_idempotency_key(request);
    size_t size;
    if (given == NULL) {
        return false;
    }
    const char *kind = principal->kind == PRINCIPAL_PERSON ? "person" : "key";
    const char *whole =
        arena_format(http_arena(request), "%s %s %s %s", kind, principal->id, what, given);
    digest_sha256(whole, strlen(whole), key->key);
    const char *body = http_body(request, &size);
    digest_sha256(body, size, key->fingerprint);
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

static void answer_case(struct http_request *request, const struct routing *routing, int status,
                        const struct case_snapshot *snapshot, const char *json, size_t json_size)
{
    const struct principal *principal = http_principal(request);
    struct case_command caller = {0};
    struct buffer body;
    struct json_writer writer;

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
    http_answer_version(request, snapshot->version);
    http_answer(request, status, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_answer_case(struct http_request *request, const struct routing *routing,
                      const struct case_snapshot *snapshot, const char *json, size_t json_size)
{
    answer_case(request, routing, 200, snapshot, json, json_size);
}

void http_answer_new_case(struct http_request *request, const struct routing *routing,
                          const char *json, size_t json_size)
{
    struct case_snapshot opened;
    struct error err = {0};
    char id[UUID_TEXT_SIZE];
    if (!case_json_read(&opened, &routing->processes, json, json_size, http_arena(request), &err)) {
        http_answer_error(request, &err);
        return;
    }
    http_answer_header(
        request, "Location",
        arena_format(http_arena(request), "/api/routing/cases/%s", uuid_format(&opened.id, id)));
    answer_case(request, routing, 201, &opened, json, json_size);
}

void http_refuse_command(struct http_request *request, const struct case_snapshot *now,
                         const struct case_command *command, const struct error *err)
{
    struct buffer body;
    struct json_writer writer;
    if (err->kind != ERR_CONFLICT && err->kind != ERR_UNPROCESSABLE) {
        http_answer_error(request, err);
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
    http_put_current(&writer, now);
    http_put_allowed(&writer, now, command);
    json_put_text_size(&writer, "trace", trace_id(http_trace(request)), 32);
    json_close_object(&writer);
    http_answer(request, http_status(err->kind), "application/problem+json", body.data, body.size);
    buffer_finish(&body);
}

void http_answer_no_case(struct http_request *request)
{
    struct error err = {0};
    error_set(&err, ERR_NOT_FOUND, "case_not_found", "there is no such case in your scope");
    http_answer_error(request, &err);
}
