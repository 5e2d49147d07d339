/* SPDX-License-Identifier: Apache-2.0 */
/* routing: who must act, by when? */
#include "services/routing/consume_submissions.h"
#include "services/routing/http_routing.h"
#include "services/routing/verbs.h"

extern const struct migration_set routing_migrations;

#define READERS "officer focal_point supervisor volunteer auditor administrator"
#define WRITERS "focal_point supervisor administrator"

enum { COMMAND_MAX = 64 * 1024, BATCH_MAX = 1000 };

static const struct http_route routes[] = {
    {"GET", "/api/routing/cases", READERS, http_list_cases, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}", "*", http_get_case, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}/history", READERS, http_get_case_history, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}/report", READERS, http_get_case_report, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}/print", READERS, http_print_case, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}/audit", READERS, http_get_case_audit, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}/notes", READERS, http_list_notes, 0, 0, NULL},
    {"POST", "/api/routing/cases/{id}/notes", READERS, http_add_note, HTTP_IDEMPOTENT, COMMAND_MAX,
     NULL},
    {"GET", "/api/routing/cases/count", READERS, http_count_cases, 0, 0, NULL},
    {"GET", "/api/routing/cases/stream", READERS, http_stream_cases, 0, 0, NULL},
    {"POST", "/api/routing/cases/bulk", READERS, http_command_many, 0, COMMAND_MAX, NULL},
    {"GET", "/api/routing/workload", READERS, http_get_workload, 0, 0, NULL},
    {"GET", "/api/routing/filters", READERS, http_list_filters, 0, 0, NULL},
    {"POST", "/api/routing/filters", READERS, http_add_filter, HTTP_IDEMPOTENT, COMMAND_MAX, NULL},
    {"GET", "/api/routing/filters/{id}", READERS, http_get_filter, 0, 0, NULL},
    {"PUT", "/api/routing/filters/{id}", READERS, http_change_filter, HTTP_IF_MATCH, COMMAND_MAX,
     NULL},
    {"DELETE", "/api/routing/filters/{id}", READERS, http_remove_filter, HTTP_IF_MATCH, 0, NULL},
    {"GET", "/api/routing/templates", READERS, http_list_templates, 0, 0, NULL},
    {"POST", "/api/routing/templates", WRITERS, http_add_template, HTTP_IDEMPOTENT, COMMAND_MAX,
     NULL},
    {"GET", "/api/routing/templates/{id}", READERS, http_get_template, 0, 0, NULL},
    {"PUT", "/api/routing/templates/{id}", WRITERS, http_change_template, HTTP_IF_MATCH,
     COMMAND_MAX, NULL},
    {"DELETE", "/api/routing/templates/{id}", WRITERS, http_remove_template, HTTP_IF_MATCH, 0,
     NULL},
    {"GET", "/api/routing/rejections", "", http_get_rejections, 0, 0, NULL},
    {"GET", "/api/routing/access-log", "auditor administrator", http_list_accesses, 0, 0, NULL},
    {"POST", "/api/routing/cases/{id}/{action}", "*", http_command, HTTP_IF_MATCH, COMMAND_MAX,
     NULL},
    {"POST", "/api/routing/recomputations", "administrator", http_recompute, 0, COMMAND_MAX, NULL},
    {"GET", "/api/routing/units", "", http_get_units, 0, 0, NULL},
    {"GET", "/api/routing/rules", "", http_get_rules, 0, 0, NULL},
    {"GET", "/api/routing/processes", "", http_get_processes, 0, 0, NULL},
    {0},
};

static const struct consume_topic topics[] = {
    {.topic = "city.submissions.v1",
     .handler = consume_submissions,
     .batch_max = BATCH_MAX,
     .lanes = 2},
};

static const struct service_verb verbs[] = {
    {"reference", "load [DIR]: the rules, from the program or a folder", reference_verb},
    {"units", "import [--repair] FILE.geojson: surveyed boundaries", units_verb},
    {"focal-points", "load FILE.json: who gets the cases of which unit", focal_points_verb},
    {0},
};

int main(int argc, char **argv)
{
    static const struct service service = {
        .name = "routing",
        .summary = "who must act, by when?",
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
