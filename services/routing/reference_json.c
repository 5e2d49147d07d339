/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reference_json.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "services/routing/day.h"
#include "services/routing/process_book.h"
#include "services/routing/route_json.h"
#include "services/routing/rule_json.h"

static void put_names(struct json_writer *writer, const char *name, const char *vi, const char *en)
{
    json_open_object(writer, name);
    json_put_text(writer, "vi", vi);
    json_put_text(writer, "en", en);
    json_close_object(writer);
}

static void put_head(struct json_writer *writer, const struct unit_head *head)
{
    if (head->account != NULL) {
        json_open_object(writer, "head");
        json_put_text(writer, "account", head->account);
        json_put_text(writer, "name", head->name);
        json_put_text(writer, "email", head->email);
        json_close_object(writer);
    }
}

static void put_unit_members(struct json_writer *writer, const struct unit *unit)
{
    json_put_text(writer, "kind", "unit");
    json_put_text(writer, "code", unit->code);
    put_names(writer, "name", unit->name_vi, unit->name_en);
    json_put_text(writer, "type", unit->type);
    json_put_text(writer, "parent", unit->parent);
    json_put_instant(writer, "valid_from", unit->valid_from);
    json_put_instant_if(writer, "valid_to", unit->valid_to);
    json_put_text(writer, "source", unit->source);
    json_put_text(writer, "successor", unit->successor);
}

void unit_json_write(struct buffer *out, const struct unit *unit)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    put_unit_members(&writer, unit);
    put_head(&writer, &unit->head);
    json_close_object(&writer);
}

static void put_districts(struct json_writer *writer, const struct division *division)
{
    if (division->district_count == 0) {
        return;
    }
    json_open_array(writer, "districts");
    for (size_t i = 0; i < division->district_count; i++) {
        const struct division_district *district = &division->districts[i];
        json_open_object(writer, NULL);
        json_put_text(writer, "code", district->code);
        put_names(writer, "name", district->name_vi, district->name_en);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void division_json_write(struct buffer *out, const struct division *division)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", division->code);
    json_put_instant_if(&writer, "valid_to", division->valid_to);
    json_put_text(&writer, "source", division->source);
    put_districts(&writer, division);
    json_open_array(&writer, "areas");
    for (size_t i = 0; i < division->area_count; i++) {
        const struct division_area *area = &division->areas[i];
        json_open_object(&writer, NULL);
        json_put_text(&writer, "code", area->code);
        json_put_text(&writer, "district", area->district);
        json_put_text(&writer, "successor", area->successor);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
}

void category_json_write(struct buffer *out, const struct category *category)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", category->code);
    put_names(&writer, "name", category->name_vi, category->name_en);
    put_names(&writer, "group", category->group_vi, category->group_en);
    json_put_text(&writer, "level", category->level);
    json_put_raw(&writer, "keywords", category->keywords, strlen(category->keywords));
    json_put_bool(&writer, "sensitive", category->sensitive);
    if (category->duplicate_radius_m > 0) {
        json_put_int(&writer, "duplicate_radius_m", category->duplicate_radius_m);
    }
    json_put_text(&writer, "kind", category->kind);
    if (strcmp(category->questions, "[]") != 0) {
        json_put_raw(&writer, "questions", category->questions, strlen(category->questions));
    }
    json_put_instant(&writer, "valid_from", category->valid_from);
    json_put_text(&writer, "source", category->source);
    json_close_object(&writer);
}

static void put_filed_detail(struct json_writer *writer, const struct process_detail *detail)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "code", detail->code);
    json_put_text(writer, "type", detail_type_words[detail->type]);
    json_put_bool(writer, "required", detail->required);
    json_put_int(writer, "max", (int64_t)detail->max);
    if (detail->type == DETAIL_WORD) {
        json_open_array(writer, "words");
        for (size_t i = 0; detail->words[i] != NULL; i++) {
            json_put_text(writer, NULL, detail->words[i]);
        }
        json_close_array(writer);
    }
    json_close_object(writer);
}

static void put_filing(struct json_writer *writer, const struct process *process)
{
    const struct process_filing *filing = &process->filing;
    if (filing->by == 0) {
        return;
    }
    json_open_object(writer, "filing");
    json_open_array(writer, "by");
    for (int actor = 0; actor < ACTORS; actor++) {
        json_put_text(writer, NULL,
                      (filing->by & ACTOR_BIT(actor)) != 0 ? actor_words[actor] : NULL);
    }
    json_close_array(writer);
    json_put_bool(writer, "anonymous", filing->anonymous);
    json_put_bool(writer, "location", filing->location);
    json_open_array(writer, "details");
    for (int i = 0; i < process->detail_count; i++) {
        if (process_has(filing->details, i)) {
            put_filed_detail(writer, &process->details[i]);
        }
    }
    json_close_array(writer);
    json_put_text(writer, "source", filing->source);
    json_close_object(writer);
}

void process_json_write(struct buffer *out, const struct process *process)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", process->rule.code);
    json_put_int(&writer, "version", process->rule.version);
    put_names(&writer, "name", process->name_vi, process->name_en);
    put_filing(&writer, process);
    json_put_instant(&writer, "valid_from", process->valid_from);
    json_put_text(&writer, "source", process->rule.source);
    json_close_object(&writer);
}

static void put_absences(struct json_writer *writer, const struct focal_point *point)
{
    if (point->absence_count == 0) {
        return;
    }
    json_open_array(writer, "absences");
    for (size_t i = 0; i < point->absence_count; i++) {
        json_open_object(writer, NULL);
        json_put_instant(writer, "from", point->absences[i].valid_from);
        json_put_instant(writer, "to", point->absences[i].valid_to);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void focal_point_json_write(struct buffer *out, const struct focal_point *point)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "account", point->account);
    json_put_text(&writer, "unit", point->unit);
    json_put_text(&writer, "field", point->field);
    json_put_text(&writer, "name", point->name);
    json_put_text(&writer, "email", point->email);
    json_put_instant(&writer, "valid_from", point->valid_from);
    json_put_instant_if(&writer, "valid_to", point->valid_to);
    json_put_int(&writer, "rank", point->rank);
    put_absences(&writer, point);
    json_close_object(&writer);
}

void promise_json_write(struct buffer *out, const struct promise *promise)
{
    struct json_writer writer;
    char month[16];
    snprintf(month, sizeof month, "%04d-%02d", promise->year % 10000, promise->month % 100);
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "kind", "receive");
    json_put_text(&writer, "month", month);
    json_open_object(&writer, "rule");
    rule_json_put(&writer, &promise->deadline->rule);
    json_put_int(&writer, "minutes", promise->deadline->minutes);
    json_close_object(&writer);
    json_open_array(&writer, "segments");
    for (size_t i = 0; i < promise->segment_count; i++) {
        const struct promise_segment *segment = &promise->segments[i];
        json_open_object(&writer, NULL);
        json_put_instant(&writer, "from", segment->from_us);
        json_put_instant(&writer, "due", segment->due_us);
        json_put_int(&writer, "slope", segment->slope);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
}

static void put_units(struct json_writer *writer, const struct unit_set *units)
{
    json_open_array(writer, "items");
    for (size_t i = 0; i < units->count; i++) {
        json_open_object(writer, NULL);
        put_unit_members(writer, &units->units[i]);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void units_of_day_json_write(struct buffer *out, const struct unit_set *units, int64_t day)
{
    struct json_writer writer;
    char text[DAY_TEXT_SIZE];
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "at", day_format(day, text));
    put_units(&writer, units);
    json_close_object(&writer);
}

void units_json_write(struct buffer *out, const struct reference *reference)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    put_units(&writer, &reference->units);
    json_open_object(&writer, "boundaries");
    json_put_int(&writer, "id", reference->boundaries.id);
    json_put_bool(&writer, "approximate", reference->boundaries.approximate);
    json_put_text(&writer, "source", reference->boundaries.source);
    json_close_object(&writer);
    json_close_object(&writer);
}

static void put_routes(struct json_writer *writer, const struct route_rules *routes)
{
    json_open_array(writer, "routes");
    for (size_t i = 0; i < routes->count; i++) {
        json_open_object(writer, NULL);
        route_rule_json_put(writer, &routes->rules[i]);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_deadlines(struct json_writer *writer, const struct case_rules *cases)
{
    json_open_array(writer, "deadlines");
    for (size_t i = 0; i < cases->deadlines.count; i++) {
        const struct deadline_rule *deadline = &cases->deadlines.items[i];
        json_open_object(writer, NULL);
        rule_json_put_marked(writer, &deadline->rule);
        json_put_text(writer, "clock", deadline_clock_words[deadline->clock]);
        json_put_text(writer, "process", deadline->process);
        json_put_text(writer, "level",
                      deadline->level >= 0 ? case_level_words[deadline->level] : ROUTE_ANY);
        json_put_text(writer, "mode", clock_mode_words[deadline->mode]);
        json_put_int(writer, "minutes", deadline->minutes);
        json_put_instant(writer, "valid_from", deadline->valid_from);
        json_put_instant_if(writer, "valid_to", deadline->valid_to);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_timers(struct json_writer *writer, const struct reference *reference)
{
    json_open_array(writer, "timers");
    for (size_t i = 0; i < reference->timer_count; i++) {
        const struct timer_rule *timer = &reference->timers[i];
        json_open_object(writer, NULL);
        rule_json_put_marked(writer, &timer->rule);
        if (timer->step == 0) {
            json_put_int(writer, "percent", timer->percent);
        } else {
            json_put_int(writer, "step", timer->step);
            json_put_int(writer, "after_minutes", timer->after_minutes);
            json_put_text(writer, "target", timer->target);
        }
        json_put_instant(writer, "valid_from", timer->valid_from);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void rules_json_write(struct buffer *out, const struct reference *reference)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_int(&writer, "version", reference->version);
    put_routes(&writer, &reference->routes);
    put_deadlines(&writer, &reference->cases);
    put_timers(&writer, reference);
    json_open_object(&writer, "calendar");
    rule_json_put_marked(&writer, &reference->calendar_rule);
    json_put_raw(&writer, "body", reference->calendar_body, strlen(reference->calendar_body));
    json_close_object(&writer);
    json_close_object(&writer);
}
