/* SPDX-License-Identifier: Apache-2.0 */
/* routing: who must act, by when? */
#include "services/routing/consume_submissions.h"
#include "services/routing/http_routing.h"
#include "services/routing/verbs.h"

extern const struct migration_set routing_migrations;

#define READERS   "officer focal_point supervisor volunteer hotline_operator auditor administrator"
#define OFFICIALS "officer focal_point supervisor auditor administrator"
#define LEADERS   "focal_point supervisor administrator"

enum {
    COMMAND_MAX = 64 * 1024,
    PROPOSAL_MAX = 256 * 1024,
    BOUNDARIES_MAX = 16 * 1024 * 1024,
    BATCH_MAX = 1000
};

static const struct config_option options[] = {
    {.name = "AUDIT_SIGNING_KEY",
     .type = CONFIG_SECRET,
     .help = "signs the checkpoints of the history: openssl genpkey -algorithm ed25519"},
};

static const struct http_route routes[] = {
    {"GET", "/api/routing/cases", READERS, http_list_cases, 0, 0, NULL,
     "unit phase state process queue assignee due_after due_before overdue level area category "
     "proposed audit near_border task merged_into text closed filter cursor limit"},
    {"POST", "/api/routing/cases", "*", http_open_case, HTTP_IDEMPOTENT, COMMAND_MAX, NULL, ""},
    {"GET", "/api/routing/cases/{id}", "*", http_get_case, 0, 0, NULL, "min_version wait_ms"},
    {"GET", "/api/routing/cases/{id}/history", READERS, http_get_case_history, 0, 0, NULL, ""},
    {"GET", "/api/routing/cases/{id}/report", READERS, http_get_case_report, 0, 0, NULL, "reason"},
    {"GET", "/api/routing/cases/{id}/related", "*", http_get_related_cases, 0, 0, NULL, ""},
    {"POST", "/api/routing/cases/{id}/split", "*", http_split_case, HTTP_IF_MATCH, COMMAND_MAX,
     NULL, ""},
    {"GET", "/api/routing/cases/{id}/print", READERS, http_print_case, 0, 0, NULL, "reason"},
    {"GET", "/api/routing/cases/{id}/audit", READERS, http_get_case_audit, 0, 0, NULL, "reason"},
    {"GET", "/api/routing/cases/{id}/notes", READERS, http_list_notes, 0, 0, NULL,
     "reason cursor limit"},
    {"POST", "/api/routing/cases/{id}/notes", READERS, http_add_note, HTTP_IDEMPOTENT, COMMAND_MAX,
     NULL, ""},
    {"GET", "/api/routing/cases/count", READERS, http_count_cases, 0, 0, NULL,
     "unit phase state process queue assignee due_after due_before overdue level area category "
     "proposed audit near_border task merged_into text closed filter"},
    {"GET", "/api/routing/cases/stream", READERS, http_stream_cases, 0, 0, NULL, "unit"},
    {"POST", "/api/routing/cases/bulk", READERS, http_command_many, 0, COMMAND_MAX, NULL, ""},
    {"GET", "/api/routing/workload", READERS, http_get_workload, 0, 0, NULL, "unit"},
    {"GET", "/api/routing/census", "scope:figures:read auditor administrator", http_get_census, 0,
     0, NULL, ""},
    {"GET", "/api/routing/filters", READERS, http_list_filters, 0, 0, NULL, "cursor limit"},
    {"POST", "/api/routing/filters", READERS, http_add_filter, HTTP_IDEMPOTENT, COMMAND_MAX, NULL,
     ""},
    {"GET", "/api/routing/filters/{id}", READERS, http_get_filter, 0, 0, NULL, ""},
    {"PUT", "/api/routing/filters/{id}", READERS, http_change_filter, HTTP_IF_MATCH, COMMAND_MAX,
     NULL, ""},
    {"DELETE", "/api/routing/filters/{id}", READERS, http_remove_filter, HTTP_IF_MATCH, 0, NULL,
     ""},
    {"GET", "/api/routing/templates", READERS, http_list_templates, 0, 0, NULL,
     "unit process state action case cursor limit"},
    {"POST", "/api/routing/templates", LEADERS, http_add_template, HTTP_IDEMPOTENT, COMMAND_MAX,
     NULL, ""},
    {"GET", "/api/routing/templates/{id}", READERS, http_get_template, 0, 0, NULL, ""},
    {"PUT", "/api/routing/templates/{id}", LEADERS, http_change_template, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"DELETE", "/api/routing/templates/{id}", LEADERS, http_remove_template, HTTP_IF_MATCH, 0, NULL,
     ""},
    {"GET", "/api/routing/rejections", "", http_get_rejections, 0, 0, NULL, ""},
    {"GET", "/api/routing/access-log", "auditor administrator", http_list_accesses, 0, 0, NULL,
     "case account from until cursor limit"},
    {"POST", "/api/routing/cases/{id}/{action}", "*", http_command, HTTP_IF_MATCH, COMMAND_MAX,
     NULL, ""},
    {"GET", "/api/routing/receptions/{unit}/slots", "*", http_list_slots, 0, 0, NULL,
     "from to cursor limit"},
    {"POST", "/api/routing/receptions/{unit}/slots", "supervisor administrator", http_offer_slots,
     HTTP_IDEMPOTENT, COMMAND_MAX, NULL, ""},
    {"DELETE", "/api/routing/receptions/{unit}/slots/{id}", "supervisor administrator",
     http_delete_slot, 0, 0, NULL, ""},
    {"POST", "/api/routing/recomputations", "administrator", http_recompute, 0, COMMAND_MAX, NULL,
     ""},
    {"GET", "/api/routing/units", "", http_get_units, 0, 0, NULL, "at"},
    {"GET", "/api/routing/rules", "", http_get_rules, 0, 0, NULL, ""},
    {"GET", "/api/routing/processes", "", http_get_processes, 0, 0, NULL, ""},
    {"GET", "/api/routing/audit/checkpoints", "auditor administrator", http_list_checkpoints, 0, 0,
     NULL, "from cursor limit"},
    {"GET", "/api/routing/audit/key", "", http_get_audit_key, 0, 0, NULL, ""},
    {"GET", "/api/routing/units/{code}", "", http_get_unit, 0, 0, NULL, ""},
    {"POST", "/api/routing/units", "administrator", http_create_unit, HTTP_IDEMPOTENT, COMMAND_MAX,
     NULL, ""},
    {"POST", "/api/routing/units/{code}/alter", "administrator", http_alter_unit, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/units/{code}/end", "administrator", http_end_unit, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/units/{code}/merge", "administrator", http_merge_unit, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/units/{code}/head", "administrator", http_name_head, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/units/{code}/head/end", "administrator", http_end_head, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/units/{code}/focal-points", "supervisor administrator",
     http_assign_focal_point, HTTP_IF_MATCH, COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/units/{code}/focal-points/end", "supervisor administrator",
     http_end_focal_point, HTTP_IF_MATCH, COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/units/{code}/absences", LEADERS, http_tell_absence, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/units/{code}/absences/end", LEADERS, http_end_absence, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"GET", "/api/routing/focal-points/coverage", OFFICIALS, http_get_coverage, 0, 0, NULL, "unit"},
    {"GET", "/api/routing/reference/changes", "auditor administrator", http_list_changes, 0, 0,
     NULL, "kind key cursor limit"},
    {"GET", "/api/routing/cases/{id}/explain", READERS, http_explain_case, 0, 0, NULL, ""},
    {"GET", "/api/routing/explain", READERS, http_explain_report, 0, 0, NULL,
     "lat lon category level process at"},
    {"GET", "/api/routing/dispatch", READERS, http_list_dispatch, 0, 0, NULL,
     "why due_before cursor limit"},
    {"GET", "/api/routing/boundaries", READERS, http_list_boundaries, 0, 0, NULL, "cursor limit"},
    {"POST", "/api/routing/boundaries", "administrator", http_import_boundaries, 0, BOUNDARIES_MAX,
     NULL, "source repair"},
    {"POST", "/api/routing/rules/routes", "administrator", http_add_route_rule, HTTP_IF_MATCH,
     COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/rules/routes/{code}/end", "administrator", http_end_route_rule,
     HTTP_IF_MATCH, COMMAND_MAX, NULL, ""},
    {"POST", "/api/routing/rules/dry-run", "administrator auditor", http_try_route_rules, 0,
     PROPOSAL_MAX, NULL, ""},
    {0},
};

static const struct consume_topic topics[] = {
    {.topic = "city.submissions.v1",
     .handler = consume_submissions,
     .batch_max = BATCH_MAX,
     .lanes = 2},
};

static const struct service_verb verbs[] = {
    {"reference", "load [DIR]: the rules, from the program or a folder", reference_verb, false},
    {"units", "import [--repair] FILE.geojson: surveyed boundaries", units_verb, false},
    {"focal-points", "load FILE.json: who gets the cases of which unit", focal_points_verb, false},
    {"audit", "verify | checkpoint --day DAY: the history and its signatures", audit_verb, false},
    {0},
};

int main(int argc, char **argv)
{
    static const struct service service = {
        .name = "routing",
        .summary = "who must act, by when?",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .migrations = &routing_migrations,
        .routes = routes,
        .topics = topics,
        .topic_count = sizeof topics / sizeof topics[0],
        .verbs = verbs,
        .open = routing_open,
        .close = routing_close,
        .is_ready = routing_is_ready,
    };
    return service_main(&service, argc, argv);
}
