/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/opening.h"

#include <stdio.h>
#include <string.h>

#include "common/check_digit.h"
#include "common/words.h"

const struct process *opening_process(const struct reference *reference,
                                      const struct opening_request *request, actor_set actor,
                                      int64_t now_us, struct error *err)
{
    const struct process *process = process_current(reference->processes, request->process, now_us);
    if (process == NULL || process->opened_by == 0) {
        error_add_field(err, "process", "unknown_process", "no process that is opened here");
        return NULL;
    }
    if ((process->opened_by & actor) == 0) {
        error_set(err, ERR_FORBIDDEN, "forbidden", "you may not open a case of %s",
                  process->rule.code);
        return NULL;
    }
    return process;
}

static bool has_detail(const struct opening_request *request, const char *code)
{
    for (size_t i = 0; i < request->detail_count; i++) {
        if (strcmp(request->details[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

/* What the process requires at opening; the time of an appointment is told by its slot. */
static bool check_details(const struct process *process, const struct opening_request *request,
                          struct error *err)
{
    bool good = true;
    for (int i = 0; i < process->detail_count; i++) {
        const struct process_detail *detail = &process->details[i];
        if (detail->required && !has_detail(request, detail->code)) {
            char path[64];
            snprintf(path, sizeof path, "details.%.48s", detail->code);
            good = error_add_field(err, path, "required", "%s needs it", process->rule.code);
        }
    }
    return good;
}

static bool check_named(const struct reference *reference, const struct opening_request *request,
                        struct error *err)
{
    bool known = true;
    if (reference_category(reference, request->category) == NULL) {
        known = error_add_field(err, "category", "unknown_category", "not the code of a category");
    }
    if (request->unit != NULL && unit_find(&reference->units, request->unit) == NULL) {
        known = error_add_field(err, "unit", "unknown_unit", "not the code of a current unit");
    }
    return known;
}

static void set_place(const struct reference *reference, const struct opening_request *request,
                      struct case_snapshot *opened)
{
    if (request->has_place) {
        struct area_place place = reference_place(reference, request->lat, request->lon);
        opened->area = place.unit;
        opened->near_border = place.near_border && request->unit == NULL;
        opened->near_area = place.near_unit;
        opened->area_set = reference->boundaries.id;
    }
}

static void set_unit(const struct reference *reference, const struct opening_request *request,
                     const struct opening_context *context, struct case_snapshot *opened)
{
    static const struct case_rule by_hand = {"named-at-opening", 1, "assumption"};
    static const struct case_rule by_slot = {"reception-slot", 1, "assumption"};
    const char *unit = context->slot != NULL ? context->slot->unit : request->unit;
    if (unit == NULL) {
        reference_route_case(reference, context->now_us, opened);
        return;
    }
    opened->unit = unit;
    opened->routing_rule = context->slot != NULL ? by_slot : by_hand;
    opened->focal_point =
        focal_point_find(&reference->focal_points, unit, opened->category, context->now_us);
}

/* The unit has the usual time to take it on, or until the appointment to be ready. */
static bool start_clocks(const struct reference *reference, const struct opening_context *context,
                         struct case_snapshot *opened, struct error *err)
{
    const struct case_rules *rules = &reference->cases;
    const struct deadline_rule *rule =
        deadline_rule_find(&rules->deadlines, DEADLINE_RECEIVE, opened->process->rule.code,
                           opened->level, context->now_us);
    bool started = rule != NULL && clock_start(&opened->clocks[CASE_RECEIVE], rules->calendar,
                                               rule->mode, rule->minutes, context->now_us);
    if (started && context->slot != NULL) {
        opened->resolve_rule = (struct case_rule){"appointment", 1, "assumption"};
        started = clock_start_promised(&opened->clocks[CASE_RESOLVE], rules->calendar,
                                       context->now_us, context->slot->starts_at);
    }
    if (!started) {
        return error_set(err, ERR_RETRY, "no_rule", "no deadline rule or calendar holds now");
    }
    opened->receive_rule = rule->rule;
    return true;
}

static enum case_level level_of(const struct reference *reference,
                                const struct opening_request *request)
{
    const struct category *category = reference_category(reference, request->category);
    return request->level >= 0 ? (enum case_level)request->level
                               : (enum case_level)word_index(case_level_words, category->level);
}

bool opening_decide(const struct reference *reference, const struct process *process,
                    const struct opening_request *request, const struct opening_context *context,
                    struct case_snapshot *opened, struct error *err)
{
    const struct case_snapshot *parent = context->parent;
    bool whole = check_named(reference, request, err);
    whole &= parent != NULL || check_details(process, request, err);
    if (!whole) {
        return false;
    }
    *opened = (struct case_snapshot){
        .id = context->id,
        .ticket = context->ticket,
        .process = process,
        .category = request->category,
        .level = level_of(reference, request),
        .reporter_ref = parent != NULL                  ? parent->reporter_ref
                        : request->reporter_ref != NULL ? request->reporter_ref
                                                        : context->actor_ref,
        .language = request->language,
        .actor_role = actor_role(context->actor, process->opened_by),
        .actor_ref = context->actor_ref,
        .detail_count = request->detail_count,
    };
    memcpy(opened->details, request->details, sizeof opened->details);
    if (parent != NULL) {
        opened->split_from = parent->id;
    }
    set_place(reference, request, opened);
    set_unit(reference, request, context, opened);
    return start_clocks(reference, context, opened, err) &&
           case_open(opened, &reference->cases, context->now_us, err);
}

char *opening_ticket(int64_t number, const struct calendar *calendar, int64_t now_us,
                     char text[TICKET_SIZE])
{
    int year, month, day;
    calendar_date_of(calendar_day(calendar, now_us), &year, &month, &day);
    int size = snprintf(text, TICKET_SIZE - 2, "HN-%04d-%07lld", year % 10000, (long long)number);
    text[size] = '-';
    text[size + 1] = check_digit(text, (size_t)size);
    text[size + 2] = '\0';
    return text;
}
