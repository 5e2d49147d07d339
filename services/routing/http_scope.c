/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "common/json.h"
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
    if (principal->unit == NULL && (principal_has(principal, case_role_words[ROLE_ADMINISTRATOR]) ||
                                    principal_has(principal, case_role_words[ROLE_AUDITOR]))) {
        return UNIT_CITY;
    }
    return principal->unit;
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
    return unit_find(&routing->reference->units, unit) != NULL ||
           unit_find(&routing->reference->former_units, unit) != NULL;
}

bool http_may_see(const struct principal *principal, const struct routing *routing,
                  const struct case_snapshot *snapshot)
{
    const char *desk = snapshot->queue == QUEUE_UNIT ? snapshot->unit : UNIT_CITY_OFFICE;
    return http_is_in_scope(principal, routing, desk) ||
           (snapshot->assignee != NULL && strcmp(snapshot->assignee, principal->id) == 0);
}

void http_fill_actor(const struct principal *principal, struct case_command *command)
{
    for (int role = ROLE_CITIZEN; role < CASE_ROLES; role++) {
        if (principal_has(principal, case_role_words[role])) {
            command->roles |= 1u << role;
        }
    }
    command->actor_ref = principal->id;
    command->is_city_office = unit_sees_everything(scope_root(principal));
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

static void put_allowed(struct json_writer *writer, unsigned allowed)
{
    json_open_array(writer, "allowed");
    for (int action = 0; action < CASE_ACTIONS; action++) {
        if ((allowed >> action) & 1) {
            json_put_text(writer, NULL, case_action_words[action]);
        }
    }
    json_close_array(writer);
}

void http_answer_case(struct http_request *request, const struct case_snapshot *snapshot,
                      const char *json, size_t json_size)
{
    struct case_command caller = {0};
    struct buffer body;
    char etag[ETAG_SIZE];

    http_fill_actor(http_principal(request), &caller);
    buffer_init(&body);
    buffer_put(&body, json, json_size - 1); /* its closing brace comes at the end */
    struct json_writer writer = {.out = &body, .comma = true};
    json_open_array(&writer, "cooperating");
    for (size_t i = 0; i < snapshot->cooperating_count; i++) {
        json_put_text(&writer, NULL, snapshot->cooperating[i]);
    }
    json_close_array(&writer);
    put_allowed(&writer, case_allowed(snapshot, &caller));
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
