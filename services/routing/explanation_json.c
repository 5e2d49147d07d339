/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/explanation_json.h"

#include <string.h>

#include "services/routing/case_json.h"
#include "services/routing/route_json.h"

static void put_unit(struct json_writer *writer, const char *name, const char *code,
                     const struct unit_set *units)
{
    const struct unit *unit = unit_find(units, code);
    if (code == NULL) {
        return;
    }
    json_open_object(writer, name);
    json_put_text(writer, "code", code);
    if (unit != NULL) {
        json_open_object(writer, "name");
        json_put_text(writer, "vi", unit->name_vi);
        json_put_text(writer, "en", unit->name_en);
        json_close_object(writer);
    }
    json_close_object(writer);
}

static void put_question(struct json_writer *writer, const struct route_question *question)
{
    json_open_object(writer, "question");
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        json_put_text(writer, route_fault_words[i], question->of[i]);
    }
    json_put_instant(writer, "at", question->at_us);
    json_close_object(writer);
}

/* ---- place ---- */

static void put_boundaries(struct json_writer *writer, const struct boundary_set *boundaries)
{
    if (boundaries->id == 0) {
        return;
    }
    json_open_object(writer, "boundaries");
    json_put_int(writer, "id", boundaries->id);
    json_put_text(writer, "source", boundaries->source);
    json_put_bool(writer, "approximate", boundaries->approximate);
    json_put_instant(writer, "loaded_at", boundaries->loaded_at);
    json_close_object(writer);
}

static void put_place(struct json_writer *writer, const struct explanation *explanation,
                      const struct boundary_set *boundaries, const struct unit_set *units)
{
    if (!explanation->has_place) {
        return;
    }
    json_open_object(writer, "place");
    json_put_text(writer, "area", explanation->place.unit);
    json_put_bool(writer, "near_border", explanation->place.near_border);
    json_put_int(writer, "near_border_within_m", AREA_NEAR_M);
    json_put_text(writer, "near_area", explanation->place.near_unit);
    json_open_array(writer, "candidates");
    for (size_t i = 0; i < explanation->nearby_count; i++) {
        json_open_object(writer, NULL);
        put_unit(writer, "unit", explanation->nearby[i].unit, units);
        json_put_real(writer, "distance_m", explanation->nearby[i].metres, 1);
        json_close_object(writer);
    }
    json_close_array(writer);
    put_boundaries(writer, boundaries);
    json_close_object(writer);
}

/* ---- route ---- */

/* In which dimensions a rule asks for something, and was right. */
static void put_matched(struct json_writer *writer, const struct route_rule *rule)
{
    json_open_array(writer, "matched");
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        if (strcmp(rule->wanted[i], ROUTE_ANY) != 0) {
            json_put_text(writer, NULL, route_fault_words[i]);
        }
    }
    json_close_array(writer);
}

static void put_passed(struct json_writer *writer, const struct passed_rule *passed)
{
    json_open_object(writer, NULL);
    route_rule_json_put(writer, passed->rule);
    json_open_array(writer, "because");
    for (int fault = 0; fault < ROUTE_FAULTS; fault++) {
        if ((passed->faults & (1u << fault)) != 0) {
            json_put_text(writer, NULL, route_fault_words[fault]);
        }
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void put_route(struct json_writer *writer, const struct explanation *explanation,
                      const struct unit_set *units)
{
    const struct route *route = &explanation->route;
    json_open_object(writer, "route");
    json_put_text(writer, "queue", route->by != NULL ? "unit" : "unroutable");
    put_unit(writer, "lead", route->lead, units);
    json_open_array(writer, "cooperating");
    for (size_t i = 0; i < route->cooperating_count; i++) {
        put_unit(writer, NULL, route->cooperating[i], units);
    }
    json_close_array(writer);
    if (route->by != NULL) {
        json_open_object(writer, "rule");
        route_rule_json_put(writer, route->by);
        json_close_object(writer);
        put_matched(writer, route->by);
    }
    json_open_array(writer, "passed_over");
    for (size_t i = 0; i < explanation->passed_count; i++) {
        put_passed(writer, &explanation->passed[i]);
    }
    json_close_array(writer);
    json_put_int(writer, "passed_over_left_out", (int64_t)explanation->passed_left_out);
    json_close_object(writer);
}

/* ---- people ---- */

static void put_people(struct json_writer *writer, const struct focal_choice *choice)
{
    json_open_object(writer, "focal_point");
    json_put_text(writer, "account", choice->account);
    json_put_text(writer, "because", focal_reason_words[choice->reason]);
    json_open_array(writer, "asked");
    for (size_t i = 0; i < choice->asked_count; i++) {
        const struct focal_asked *asked = &choice->asked[i];
        json_open_object(writer, NULL);
        json_put_text(writer, "account", asked->point->account);
        json_put_text(writer, "field", asked->point->field);
        json_put_int(writer, "rank", asked->point->rank);
        json_put_bool(writer, "absent", asked->absent);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

void explanation_json_put(struct json_writer *writer, const struct explanation *explanation,
                          const struct boundary_set *boundaries, const struct unit_set *units)
{
    put_question(writer, &explanation->question);
    put_place(writer, explanation, boundaries, units);
    put_route(writer, explanation, units);
    if (explanation->route.by != NULL) {
        put_people(writer, &explanation->choice);
    }
}

/* ---- a case ---- */

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void put_opened(struct json_writer *writer, const struct explanation *explanation,
                       const struct case_snapshot *opened)
{
    const struct route *route = &explanation->route;
    bool same_route = is_same(route->lead, opened->unit) &&
                      is_same(route->rule->code, opened->routing_rule.code) &&
                      route->rule->version == opened->routing_rule.version;
    bool same_person = is_same(explanation->choice.account, opened->focal_point);
    json_open_object(writer, "opened");
    json_put_instant(writer, "at", opened->opened_at);
    json_put_text(writer, "queue", case_queue_words[opened->queue]);
    json_put_text(writer, "area", opened->area);
    json_put_text(writer, "unit", opened->unit);
    json_put_text(writer, "focal_point", opened->focal_point);
    case_json_put_rule(writer, "rule", &opened->routing_rule);
    json_put_bool(writer, "agrees", same_route && same_person);
    json_close_object(writer);
}

static void put_now(struct json_writer *writer, const struct case_snapshot *now)
{
    json_open_object(writer, "now");
    json_put_text(writer, "queue", case_queue_words[now->queue]);
    json_put_text(writer, "unit", now->unit);
    json_put_text(writer, "focal_point", now->focal_point);
    case_json_put_rule(writer, "rule", &now->routing_rule);
    json_open_array(writer, "handovers");
    for (size_t i = 0; i < now->trail_count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "from", now->trail[i].from);
        json_put_text(writer, "to", now->trail[i].to);
        json_put_text(writer, "reason", now->trail[i].reason);
        json_put_instant(writer, "at", now->trail[i].at);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

void explanation_json_put_case(struct json_writer *writer, const struct explanation *explanation,
                               const struct case_snapshot *opened, const struct case_snapshot *now)
{
    json_put_uuid(writer, "case_id", &now->id);
    json_put_int(writer, "version", now->version);
    put_opened(writer, explanation, opened);
    put_now(writer, now);
}
