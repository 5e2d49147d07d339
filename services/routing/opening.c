/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/opening.h"

#include <stdio.h>
#include <string.h>

#include "common/check_digit.h"
#include "common/date.h"
#include "common/words.h"
#include "services/routing/case_detail.h"
#include "services/routing/case_engine.h"
#include "services/routing/case_slot.h"

const struct process *opening_process(const struct reference *reference, const char *code,
                                      actor_set roles, int64_t now_us, struct error *err)
{
    const struct process *process = process_current(reference->processes, code, now_us);
    if (process == NULL || process->opened_by == 0) {
        error_add_field(err, "process", "unknown_process", "no process that is opened here");
        return NULL;
    }
    if ((process->opened_by & roles) == 0) {
        error_set(err, ERR_FORBIDDEN, "forbidden", "you may not open a case of %s",
                  process->rule.code);
        return NULL;
    }
    return process;
}

const char *opening_reporter(const struct opening_request *request, const char *actor_ref)
{
    return request->reporter_ref != NULL ? request->reporter_ref : actor_ref;
}

static const char *detail_of(const struct process *process, enum detail_type type,
                             const struct opening_request *request)
{
    return case_detail_of(process, type, request->details, request->detail_count);
}

/* ---- what the request must and must not bring ---- */

static bool fault_detail(struct error *err, const struct process_detail *detail, const char *code,
                         const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "details.%.48s", detail->code);
    return error_add_field(err, path, code, "%s", text);
}

static bool check_details(const struct process *process, const struct opening_request *request,
                          struct error *err)
{
    bool good = true;
    for (int i = 0; i < process->detail_count; i++) {
        const struct process_detail *detail = &process->details[i];
        if (case_detail_is_missing(detail, request->details, request->detail_count)) {
            good = fault_detail(err, detail, "required", "the process needs it");
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

/* Who is named has agreed, and who has agreed is named. */
static bool check_consent(const struct process *process, const struct opening_request *request,
                          struct error *err)
{
    if (process_detail_of(process, DETAIL_CONSENT) == NULL) {
        return true;
    }
    const char *consent = detail_of(process, DETAIL_CONSENT, request);
    bool agreed = consent != NULL && strcmp(consent, process_consent_words[0]) != 0;
    if (request->reporter_ref != NULL && !agreed) {
        return error_add_field(err, "reporter_ref", "no_consent",
                               "nobody is named who has not agreed to it");
    }
    return request->reporter_ref != NULL || !agreed ||
           error_add_field(err, "reporter_ref", "required", "must tell who has agreed");
}

/* Residents act for themselves, and units are for officials to name. */
static bool check_caller(const struct opening_request *request,
                         const struct opening_context *context, struct error *err)
{
    bool good = true;
    if (context->actor_role != ROLE_CITIZEN) {
        return true;
    }
    if (request->reporter_ref != NULL) {
        good = error_add_field(err, "reporter_ref", "not_allowed",
                               "is for officials; yours is your account");
    }
    if (request->unit != NULL) {
        good = error_add_field(err, "unit", "not_allowed", "is for officials to name");
    }
    return good;
}

static bool check_slot(const struct reference *reference, const struct process *process,
                       const struct opening_request *request, const struct opening_context *context,
                       struct error *err)
{
    const struct process_detail *detail = process_detail_of(process, DETAIL_SLOT);
    const struct reception_slot *slot = context->slot;
    if (detail == NULL) {
        return true;
    }
    if (request->unit != NULL) {
        return error_add_field(err, "unit", "not_allowed", "is told by the slot");
    }
    if (slot == NULL || unit_find(&reference->units, slot->unit) == NULL) {
        return fault_detail(err, detail, "unknown_slot", "is no slot of a current unit");
    }
    if (slot->starts_at <= context->now_us) {
        return fault_detail(err, detail, "past", "has begun already");
    }
    if (context->has_place_in_slot) {
        return error_set(err, ERR_CONFLICT, "already_booked",
                         "the slot is booked for them already");
    }
    return slot->taken < slot->capacity ||
           error_set(err, ERR_CONFLICT, "slot_taken", "no place is free in this slot any more");
}

static bool check(const struct reference *reference, const struct process *process,
                  const struct opening_request *request, const struct opening_context *context,
                  struct error *err)
{
    bool whole = check_named(reference, request, err);
    if (context->parent != NULL) {
        return whole;
    }
    whole &= check_details(process, request, err);
    whole &= check_consent(process, request, err);
    whole &= check_caller(request, context, err);
    return whole && check_slot(reference, process, request, context, err);
}

/* ---- the case ---- */

static void set_place(const struct reference *reference, const struct opening_request *request,
                      const struct opening_context *context, struct case_snapshot *opened)
{
    if (!request->report.has_place) {
        return;
    }
    struct area_place place = reference_place(reference, request->report.lat, request->report.lon);
    opened->area = place.unit;
    if (request->unit == NULL && context->slot == NULL) { /* else nobody asks for the side */
        opened->near_border = place.near_border;
        opened->near_area = place.near_unit;
    }
}

static void set_unit(const struct reference *reference, const struct opening_request *request,
                     const struct opening_context *context, struct case_snapshot *opened)
{
    if (context->slot != NULL) {
        case_slot_route(opened, context->slot, reference, context->now_us);
        return;
    }
    if (request->unit == NULL) {
        reference_route_case(reference, context->now_us, opened);
        return;
    }
    opened->unit = request->unit;
    opened->routing_rule = (struct case_rule){"named-at-opening", 1, "assumption"};
    opened->focal_point = focal_point_find(&reference->focal_points, request->unit,
                                           opened->category, context->now_us);
}

static void set_origin(const struct opening_request *request, const struct opening_context *context,
                       struct case_snapshot *opened)
{
    const struct case_snapshot *parent = context->parent;
    if (parent == NULL) {
        opened->reporter_ref = opening_reporter(request, context->actor_ref);
        case_slot_set_details(opened, request->details, request->detail_count, context->slot,
                              context->arena);
        return;
    }
    opened->split_from = parent->id;
    opened->reporter_ref = parent->reporter_ref;
    memcpy(opened->details, parent->details, sizeof opened->details);
    opened->detail_count = parent->detail_count;
}

/* The unit has the usual time to take it on, or until the end of the slot to say who came. */
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
        started = case_slot_start_clock(opened, context->slot, rules->calendar, context->now_us);
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
    if (!check(reference, process, request, context, err)) {
        return false;
    }
    *opened = (struct case_snapshot){
        .id = context->id,
        .ticket = context->ticket,
        .process = process,
        .category = request->category,
        .level = level_of(reference, request),
        .channel = request->report.channel, /* of a part: that of the whole */
        .language = request->language,
        .actor_role = context->actor_role,
        .actor_ref = context->actor_ref,
        .note = request->note,
    };
    set_origin(request, context, opened);
    set_place(reference, request, context, opened);
    set_unit(reference, request, context, opened);
    return start_clocks(reference, context, opened, err) &&
           case_open(opened, &reference->cases, context->now_us, err);
}

char *opening_ticket(int64_t number, const struct calendar *calendar, int64_t now_us,
                     char text[TICKET_SIZE])
{
    int year, month, day;
    date_of_day(calendar_day(calendar, now_us), &year, &month, &day);
    int size = snprintf(text, TICKET_SIZE - 2, "HN-%04d-%07lld", year % 10000, (long long)number);
    text[size] = '-';
    text[size + 1] = check_digit(text, (size_t)size);
    text[size + 2] = '\0';
    return text;
}
