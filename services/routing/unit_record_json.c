/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "common/json.h"
#include "services/routing/day.h"
#include "services/routing/unit.h"
#include "services/routing/unit_record_json.h"

static void put_day(struct json_writer *writer, const char *name, int64_t day)
{
    char text[DAY_TEXT_SIZE];
    if (day != DAY_OPEN) {
        json_put_text(writer, name, day_format(day, text));
    }
}

static void put_span(struct json_writer *writer, const struct span *span)
{
    put_day(writer, "from", span->first);
    put_day(writer, "last_day", span->last);
}

static void put_names(struct json_writer *writer, const struct unit_period *period)
{
    json_open_object(writer, "name");
    json_put_text(writer, "vi", period->name_vi);
    json_put_text(writer, "en", period->name_en);
    json_close_object(writer);
}

static void put_period(struct json_writer *writer, const struct unit_period *period)
{
    put_names(writer, period);
    json_put_text(writer, "type", period->type);
    json_put_text(writer, "parent", period->parent);
    put_span(writer, &period->span);
    json_put_text(writer, "source", period->source);
}

static void put_periods(struct json_writer *writer, const struct unit_record *record)
{
    json_open_array(writer, "periods");
    for (size_t i = 0; i < record->period_count; i++) {
        json_open_object(writer, NULL);
        put_period(writer, &record->periods[i]);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_relative(struct json_writer *writer, const struct unit_period *period)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "code", period->code);
    put_names(writer, period);
    json_put_text(writer, "type", period->type);
    json_close_object(writer);
}

/* The way up to the city, as it is on a day. */
static void put_parents(struct json_writer *writer, const struct unit_world *units,
                        const char *parent, int64_t day)
{
    json_open_array(writer, "parents");
    for (int depth = 0; parent != NULL && depth < UNIT_DEPTH_MAX; depth++) {
        const struct unit_period *period = unit_world_find(units, parent, day);
        if (period != NULL) {
            put_relative(writer, period);
        }
        parent = period != NULL ? period->parent : NULL;
    }
    json_close_array(writer);
}

static void put_children(struct json_writer *writer, const struct unit_world *units,
                         const char *code, int64_t day)
{
    json_open_array(writer, "children");
    for (size_t i = 0; i < units->count; i++) {
        const struct unit_period *period = &units->periods[i];
        if (period->parent != NULL && strcmp(period->parent, code) == 0 &&
            span_holds(&period->span, day)) {
            put_relative(writer, period);
        }
    }
    json_close_array(writer);
}

static void put_successions(struct json_writer *writer, const char *name,
                            const struct succession_term *terms, size_t count)
{
    json_open_array(writer, name);
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "unit", terms[i].unit);
        put_day(writer, "from", terms[i].span.first);
        json_put_bool(writer, "main", terms[i].main);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* ---- people ---- */

static void put_head(struct json_writer *writer, const char *name, const struct head_term *head,
                     bool for_officials)
{
    json_open_object(writer, name);
    json_put_text(writer, "name", head->name);
    if (for_officials) {
        json_put_text(writer, "account", head->account);
        json_put_text(writer, "email", head->email);
    }
    put_span(writer, &head->span);
    json_close_object(writer);
}

static void put_heads(struct json_writer *writer, const struct unit_record *record)
{
    json_open_array(writer, "heads");
    for (size_t i = 0; i < record->head_count; i++) {
        put_head(writer, NULL, &record->heads[i], true);
    }
    json_close_array(writer);
}

static bool is_on_duty(const struct unit_record *record, const struct focal_term *term, int64_t day)
{
    return span_holds(&term->span, day) && !unit_record_is_absent(record, term->account, day);
}

/* Terms are in order of their fields, so that a field is told once. */
static void put_fields(struct json_writer *writer, const struct unit_record *record, int64_t today)
{
    const char *told = "";
    json_open_array(writer, "fields");
    for (size_t i = 0; i < record->focal_point_count; i++) {
        const struct focal_term *term = &record->focal_points[i];
        if (strcmp(term->field, told) != 0 && is_on_duty(record, term, today)) {
            told = term->field;
            json_put_text(writer, NULL, told);
        }
    }
    json_close_array(writer);
}

static void put_focal_points(struct json_writer *writer, const struct unit_record *record,
                             int64_t today)
{
    json_open_array(writer, "focal_points");
    for (size_t i = 0; i < record->focal_point_count; i++) {
        const struct focal_term *term = &record->focal_points[i];
        json_open_object(writer, NULL);
        json_put_text(writer, "field", term->field);
        json_put_int(writer, "rank", term->rank);
        json_put_text(writer, "account", term->account);
        json_put_text(writer, "name", term->name);
        json_put_text(writer, "email", term->email);
        put_span(writer, &term->span);
        json_put_bool(writer, "on_duty", is_on_duty(record, term, today));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_absences(struct json_writer *writer, const struct unit_record *record)
{
    json_open_array(writer, "absences");
    for (size_t i = 0; i < record->absence_count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "account", record->absences[i].account);
        put_span(writer, &record->absences[i].span);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void unit_record_json_write(struct buffer *out, const struct unit_record *record,
                            const struct unit_world *units, bool for_officials)
{
    const struct unit_period *present = unit_record_present(record, units->today);
    const struct head_term *head = unit_record_head(record, units->today);
    struct json_writer writer;
    assert(present != NULL);
    int64_t day = present->span.first > units->today ? present->span.first : units->today;

    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", record->code);
    json_put_int(&writer, "version", record->version);
    put_period(&writer, present);
    put_periods(&writer, record);
    put_parents(&writer, units, present->parent, day);
    put_children(&writer, units, record->code, day);
    if (head != NULL) {
        put_head(&writer, "head", head, for_officials);
    }
    put_fields(&writer, record, units->today);
    if (for_officials) {
        put_heads(&writer, record);
        put_focal_points(&writer, record, units->today);
        put_absences(&writer, record);
    }
    put_successions(&writer, "successors", record->successors, record->successor_count);
    put_successions(&writer, "predecessors", record->predecessors, record->predecessor_count);
    json_close_object(&writer);
}

void unit_record_json_write_receipt(struct buffer *out, const char *code, int32_t version)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", code);
    json_put_int(&writer, "version", version);
    json_close_object(&writer);
}
