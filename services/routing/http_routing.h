/* SPDX-License-Identifier: Apache-2.0 */
/* http_routing: the handlers of routing's HTTP interface (proto/openapi/routing.yaml).
 *
 * An official sees the cases of the subtree of the unit in the token, the city and its office see
 * all, and whoever a case is assigned to sees that case. What is out of scope does not exist. */
#ifndef ROUTING_HTTP_ROUTING_H
#define ROUTING_HTTP_ROUTING_H

#include "common/http.h"
#include "common/http_pg.h"
#include "common/json.h"
#include "services/routing/case_filter.h"
#include "services/routing/routing.h"
#include "services/routing/store_opening.h"

/* ---- http_cases.c ---- */
void http_get_case(struct http_request *request, void *state);
void http_get_case_history(struct http_request *request, void *state);

/* ---- http_case_list.c ---- */
void http_list_cases(struct http_request *request, void *state);
void http_count_cases(struct http_request *request, void *state);

/* ---- http_papers.c ---- */
void http_get_case_report(struct http_request *request, void *state);
void http_print_case(struct http_request *request, void *state);
void http_get_case_audit(struct http_request *request, void *state);

/* ---- http_notes.c ---- */
void http_list_notes(struct http_request *request, void *state);
void http_add_note(struct http_request *request, void *state);

/* ---- http_stream.c ---- */
void http_stream_cases(struct http_request *request, void *state);

/* ---- http_workload.c ---- */
void http_get_workload(struct http_request *request, void *state);
void http_get_census(struct http_request *request, void *state);

/* ---- http_access_log.c ---- */
void http_list_accesses(struct http_request *request, void *state);

/* ---- http_filters.c ---- */
void http_list_filters(struct http_request *request, void *state);
void http_get_filter(struct http_request *request, void *state);
void http_add_filter(struct http_request *request, void *state);
void http_change_filter(struct http_request *request, void *state);
void http_remove_filter(struct http_request *request, void *state);

/* ---- http_templates.c ---- */
void http_list_templates(struct http_request *request, void *state);
void http_get_template(struct http_request *request, void *state);
void http_add_template(struct http_request *request, void *state);
void http_change_template(struct http_request *request, void *state);
void http_remove_template(struct http_request *request, void *state);
void http_get_rejections(struct http_request *request, void *state);

/* ---- http_commands.c: POST /api/routing/cases/{id}/{action} ---- */
void http_command(struct http_request *request, void *state);

/* ---- http_bulk.c: POST /api/routing/cases/bulk ---- */
void http_command_many(struct http_request *request, void *state);

/* ---- http_recompute.c ---- */
void http_recompute(struct http_request *request, void *state);

/* ---- http_openings.c: POST /api/routing/cases ---- */
void http_open_case(struct http_request *request, void *state);

/* ---- http_splits.c: POST /api/routing/cases/{id}/split ---- */
void http_split_case(struct http_request *request, void *state);

/* ---- http_relations.c ---- */
void http_get_related_cases(struct http_request *request, void *state);

/* ---- http_receptions.c ---- */
void http_offer_slots(struct http_request *request, void *state);
void http_list_slots(struct http_request *request, void *state);
void http_delete_slot(struct http_request *request, void *state);

/* ---- http_reference.c ---- */
void http_get_rules(struct http_request *request, void *state);
void http_get_processes(struct http_request *request, void *state);

/* ---- http_audit.c ---- */
void http_list_checkpoints(struct http_request *request, void *state);
void http_get_audit_key(struct http_request *request, void *state);

/* ---- http_units.c ---- */
void http_get_units(struct http_request *request, void *state);
void http_get_unit(struct http_request *request, void *state);
void http_get_coverage(struct http_request *request, void *state);

/* ---- http_registry.c: units and their people are changed ---- */
void http_create_unit(struct http_request *request, void *state);
void http_alter_unit(struct http_request *request, void *state);
void http_end_unit(struct http_request *request, void *state);
void http_merge_unit(struct http_request *request, void *state);
void http_name_head(struct http_request *request, void *state);
void http_end_head(struct http_request *request, void *state);
void http_assign_focal_point(struct http_request *request, void *state);
void http_end_focal_point(struct http_request *request, void *state);
void http_tell_absence(struct http_request *request, void *state);
void http_end_absence(struct http_request *request, void *state);

/* ---- http_changes.c ---- */
void http_list_changes(struct http_request *request, void *state);

/* ---- http_dispatch.c: what the city office must dispatch ---- */
void http_list_dispatch(struct http_request *request, void *state);

/* ---- http_boundaries.c ---- */
void http_list_boundaries(struct http_request *request, void *state);
void http_import_boundaries(struct http_request *request, void *state);

/* ---- http_route_rules.c, http_dry_run.c: routing rules are changed and tried out ---- */
void http_add_route_rule(struct http_request *request, void *state);
void http_end_route_rule(struct http_request *request, void *state);
void http_try_route_rules(struct http_request *request, void *state);

/* ---- http_explain.c: why a report goes where it goes ---- */
void http_explain_case(struct http_request *request, void *state);
void http_explain_report(struct http_request *request, void *state);

/* ---- http_scope.c: shared by the above ---- */

/* False (and answered with 503) while there is no reference data to judge by. */
bool http_has_reference(struct http_request *request, const struct routing *routing);

/* False (and answered with 403) for those whose scope is not the whole city. */
bool http_needs_city(struct http_request *request);

/* The desks of the caller's scope, narrowed to `unit` unless that is NULL. 0: out of scope. */
size_t http_scope_desks(struct http_request *request, const struct routing *routing,
                        const char *unit, const char *const **desks);

/* Whether a desk is in the caller's scope. */
bool http_is_in_scope(const struct principal *principal, const struct routing *routing,
                      const char *desk);

/* The roles of the token or key, whatever the scope. */
actor_set http_roles(const struct principal *principal);

/* Whether the caller's scope is the whole city. */
bool http_sees_city(const struct principal *principal);

/* Fills the desks of a filter from the caller's scope. False: its unit is out of scope. */
bool http_scope_filter(struct http_request *request, const struct routing *routing,
                       struct case_filter *filter, struct error *err);

/* What somebody is to a case: a bystander sees nothing of it. */
enum http_view { VIEW_NONE, VIEW_REPORTER, VIEW_OFFICIAL };
enum http_view http_view_of(const struct principal *principal, const struct routing *routing,
                            const struct case_snapshot *snapshot);

bool http_is_in_scope(const struct principal *principal, const struct routing *routing,
                      const char *desk);

/* The caller as the actor of a command on a case: roles, as far as the case is at a desk of their
 * scope, relations, and account. */
void http_fill_actor(const struct principal *principal, const struct routing *routing,
                     const struct case_snapshot *snapshot, struct case_command *command);

/* The co-operating unit of the caller's scope whose task is not settled: the one that is wanted, or
 * with NULL the first; NULL: none. */
const char *http_task_unit(const struct principal *principal, const struct routing *routing,
                           const struct case_snapshot *snapshot, const char *wanted);

/* Reads {id} of the path; answers 400 and gives false when it is not one. */
bool http_read_id(struct http_request *request, struct uuid *id);

/* Query parameter as a day. False when absent, and with a field error when bad. */
bool http_query_day(struct http_request *request, const char *name, int64_t *day,
                    struct error *err);

/* Query parameter as an instant; fallback when absent, field error when bad. */
int64_t http_query_instant(struct http_request *request, const char *name, int64_t fallback_us,
                           struct error *err);

/* The Idempotency-Key of a request to make `what`, and its body, as they are kept; false: none was
 * given. */
bool http_read_key(struct http_request *request, const char *what, struct opening_key *key);

/* 200 with the case, what the caller may do now, and its version as ETag. A reporter is told
 * less: the state, the dues, the trail, what was asked and answered. */
void http_answer_case(struct http_request *request, const struct routing *routing,
                      const struct case_snapshot *snapshot, const char *json, size_t json_size);

/* 201 with a case as it was opened, and its place. */
void http_answer_new_case(struct http_request *request, const struct routing *routing,
                          const char *json, size_t json_size);

/* The error; a command that came too late or was not possible is told where the case is now, and
 * what is. */
void http_refuse_command(struct http_request *request, const struct case_snapshot *now,
                         const struct case_command *command, const struct error *err);

/* The actions that the caller may take now, as "allowed". */
void http_put_allowed(struct json_writer *writer, const struct case_snapshot *snapshot,
                      const struct case_command *actor);

/* Version and state that a stale or impossible command met, as "current". */
void http_put_current(struct json_writer *writer, const struct case_snapshot *now);

void http_answer_no_case(struct http_request *request);

#endif
