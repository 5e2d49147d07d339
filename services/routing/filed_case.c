/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/filed_case.h"

#include <string.h>

#include "services/routing/case_detail.h"
#include "services/routing/case_engine.h"
#include "services/routing/case_slot.h"

/* ---- reading ---- */

static const char *first_fault(const struct error *err, struct arena *arena)
{
    return err->field_count > 0
               ? arena_format(arena, "%s: %s", err->fields[0].field, err->fields[0].text)
               : arena_text(arena, err->text);
}

static const char *missing_detail(const struct filed_case *filed, struct arena *arena)
{
    for (int i = 0; i < filed->process->detail_count; i++) {
        const struct process_detail *detail = &filed->process->details[i];
        if (case_detail_is_missing(detail, filed->details, filed->detail_count)) {
            return arena_format(arena, "details.%s: is required", detail->code);
        }
    }
    return NULL;
}

void filed_case_read(struct filed_case *filed, const struct process_book *book, const char *text,
                     size_t size, struct arena *arena)
{
    const struct submission *submission = &filed->submission;
    struct error err = {0};
    filed->process = process_current(book, submission->kind, submission->submitted_at);
    if (filed->process == NULL || filed->process->detail_count == 0) {
        return;
    }
    bool whole = submission_json_read_details(filed->process, text, size, filed->details,
                                              &filed->detail_count, arena, &err);
    filed->fault = whole ? missing_detail(filed, arena) : first_fault(&err, arena);
    filed->wants_slot =
        case_slot_id(filed->process, filed->details, filed->detail_count, &filed->slot_id);
}

/* ---- why a slot cannot be had ---- */

enum cause { CAUSE_NONE, CAUSE_UNKNOWN, CAUSE_PAST, CAUSE_BOOKED, CAUSE_FULL };

static const struct {
    const char *vi, *en;
} causes[] = {
    [CAUSE_UNKNOWN] = {"Không có khung giờ tiếp công dân này. Đề nghị Ông/Bà chọn khung giờ khác.",
                       "There is no such time of reception. Please choose another one."},
    [CAUSE_PAST] = {"Khung giờ đã chọn đã bắt đầu. Đề nghị Ông/Bà chọn khung giờ khác.",
                    "The chosen time has begun already. Please choose another one."},
    [CAUSE_BOOKED] = {"Ông/Bà đã đặt lịch trong khung giờ này.",
                      "You have a booking at this time already."},
    [CAUSE_FULL] = {"Khung giờ đã chọn không còn chỗ. Đề nghị Ông/Bà chọn khung giờ khác.",
                    "No place is free at the chosen time. Please choose another one."},
};

static enum cause slot_cause(const struct filed_case *filed, const struct reference *reference,
                             int64_t now_us)
{
    const struct reception_slot *slot = &filed->slot;
    if (!filed->has_slot || unit_find(&reference->units, slot->unit) == NULL) {
        return CAUSE_UNKNOWN;
    }
    if (slot->starts_at <= now_us) {
        return CAUSE_PAST;
    }
    if (filed->is_booked) {
        return CAUSE_BOOKED;
    }
    return slot->taken < slot->capacity ? CAUSE_NONE : CAUSE_FULL;
}

/* ---- opening ---- */

/* Nobody opens a case there by filing, unless the process says how. */
static bool takes_in(const struct process *process)
{
    return process != NULL && (process->states[process->opening].phase == PHASE_RECEIVED ||
                               process->filing.refused >= 0);
}

static void set_place(const struct submission *submission, const struct reference *reference,
                      struct case_snapshot *opened)
{
    if (!submission->has_place) {
        return;
    }
    struct area_place place = reference_place(reference, submission->lat, submission->lon);
    opened->area = place.unit;
    opened->near_border = place.near_border;
    opened->near_area = place.near_unit;
    opened->area_set = reference->boundaries.id;
}

static bool open_at_slot(const struct filed_case *filed, const struct reference *reference,
                         int64_t now_us, struct case_snapshot *opened)
{
    opened->near_border = false; /* nobody asks for the side */
    opened->near_area = NULL;
    case_slot_route(opened, &filed->slot, reference, now_us);
    return case_slot_start_clock(opened, &filed->slot, reference->cases.calendar, now_us);
}

static bool open_booking(const struct filed_case *filed, const struct reference *reference,
                         int64_t now_us, struct case_snapshot *opened, struct error *err)
{
    enum cause cause = slot_cause(filed, reference, now_us);
    if (cause == CAUSE_NONE) {
        return (open_at_slot(filed, reference, now_us, opened) ||
                error_set(err, ERR_RETRY, "no_rule", "no calendar holds now")) &&
               case_open(opened, &reference->cases, now_us, err);
    }
    reference_route_case(reference, now_us, opened);
    bool english = strcmp(opened->language, "en") == 0;
    case_open_refused(opened, &reference->cases, english ? causes[cause].en : causes[cause].vi,
                      now_us);
    return true;
}

bool filed_case_open(const struct filed_case *filed, const struct reference *reference,
                     int64_t now_us, struct arena *arena, struct case_snapshot *opened,
                     struct error *err)
{
    const struct submission *submission = &filed->submission;
    if (!takes_in(filed->process)) {
        return error_set(err, ERR_INPUT, "unknown_kind", "kind: no process takes it in");
    }
    *opened = (struct case_snapshot){
        .id = submission->id,
        .ticket = submission->ticket,
        .process = filed->process,
        .category = submission->category,
        .level = submission->level,
        .reporter_ref = submission->reporter_ref,
        .channel = submission->channel,
        .language = submission->language,
        .receive_rule = submission->receive_rule,
        .note = filed->fault,
    };
    case_slot_set_details(opened, filed->details, filed->detail_count,
                          filed->has_slot ? &filed->slot : NULL, arena);
    set_place(submission, reference, opened);
    clock_start_promised(&opened->clocks[CASE_RECEIVE], reference->cases.calendar,
                         submission->submitted_at, submission->receive_by);
    if (filed->process->filing.refused >= 0) {
        return open_booking(filed, reference, now_us, opened, err);
    }
    reference_route_case(reference, now_us, opened);
    return case_open(opened, &reference->cases, now_us, err);
}

bool filed_case_takes_place(const struct filed_case *filed, const struct case_snapshot *opened)
{
    return filed->has_slot && opened->state == filed->process->opening;
}
