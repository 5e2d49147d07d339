/* SPDX-License-Identifier: Apache-2.0 */
/* routing: who must act, by when? */
#include "services/routing/consume_submissions.h"
#include "services/routing/http_routing.h"
#include "services/routing/verbs.h"

extern const struct migration_set routing_migrations;

#define READERS "officer focal_point supervisor volunteer auditor administrator"

enum { COMMAND_MAX = 64 * 1024, BATCH_MAX = 1000 };

static const struct http_route routes[] = {
    {"GET", "/api/routing/cases", READERS, http_list_cases, 0, 0, NULL},
    {"POST", "/api/routing/cases", "*", http_open_case, HTTP_IDEMPOTENT, COMMAND_MAX, NULL},
    {"GET", "/api/routing/cases/{id}", "*", http_get_case, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}/history", READERS, http_get_case_history, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}/report", READERS, http_get_case_report, 0, 0, NULL},
    {"GET", "/api/routing/cases/{id}/related", "*", http_get_related_cases, 0, 0, NULL},
    {"POST", "/api/routing/cases/{id}/split", "*", http_split_case, HTTP_IF_MATCH, COMMAND_MAX,
     NULL},
    {"POST", "/api/routing/cases/{id}/{action}", "*", http_command, HTTP_IF_MATCH, COMMAND_MAX,
     NULL},
    {"GET", "/api/routing/receptions/{unit}/slots", "*", http_list_slots, 0, 0, NULL},
    {"POST", "/api/routing/receptions/{unit}/slots", "supervisor administrator", http_offer_slots,
     HTTP_IDEMPOTENT, COMMAND_MAX, NULL},
    {"DELETE", "/api/routing/receptions/{unit}/slots/{id}", "supervisor administrator",
     http_delete_slot, 0, 0, NULL},
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
