/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/json.h"
#include "submission_json.h"
#include "submission_view.h"

bool case_view_is_closed(const struct case_view *view)
{
    return view->version > 0 && case_phase_is_closed(view->phase);
}

int64_t case_view_told_at(const struct case_view *view)
{
    return view->closed_at != 0 ? view->closed_at : view->updated_at;
}

bool case_view_may_rate(const struct case_view *view)
{
    return view->rating_asked && view->rating == NULL &&
           (view->phase == PHASE_RESOLVED || view->phase == PHASE_CLOSED);
}

void view_put_unit(struct json_writer *writer, const char *name, const char *code,
                   const struct reference *reference)
{
    if (code == NULL) {
        return;
    }
    const struct unit_name *unit = reference_unit(reference, code);
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

static void put_raw_if(struct json_writer *writer, const char *name, const char *json)
{
    if (json != NULL) {
        json_put_raw(writer, name, json, strlen(json));
    }
}

void view_put_phase(struct json_writer *writer, enum case_phase phase)
{
    const struct case_phase_name *name = case_phase_name(phase);
    json_put_text(writer, "phase", case_phase_words[phase]);
    json_open_object(writer, "phase_name");
    json_put_text(writer, "vi", name->vi);
    json_put_text(writer, "en", name->en);
    json_close_object(writer);
}

static void put_handovers(struct json_writer *writer, const struct case_view *view,
                          const struct reference *reference)
{
    if (view->handover_count == 0) {
        return;
    }
    json_open_array(writer, "handovers");
    for (size_t i = 0; i < view->handover_count; i++) {
        const struct case_handover *handover = &view->handovers[i];
        json_open_object(writer, NULL);
        view_put_unit(writer, "from", handover->from, reference);
        view_put_unit(writer, "to", handover->to, reference);
        json_put_text(writer, "reason", handover->reason);
        json_put_instant(writer, "at", handover->at);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_rating(struct json_writer *writer, const struct case_view *view)
{
    if (view->rating_asked) {
        json_open_object(writer, "rating");
        json_put_bool(writer, "allowed", case_view_may_rate(view));
        json_put_text(writer, "given", view->rating);
        json_close_object(writer);
    }
}

/* As it was stored, but with links to its pictures. */
static void put_result(struct json_writer *writer, const char *json,
                       const struct media_linker *linker)
{
    struct json_document document;
    struct json_reader reader;
    struct error err = {0};
    const char *const *evidence;
    if (json == NULL || !json_document_parse(&document, json, strlen(json), &err)) {
        return;
    }
    json_read_root(&reader, &document, linker->arena, JSON_SKIP_UNKNOWN, &err);
    json_open_object(writer, "result");
    json_put_text(writer, "text", json_read_text(&reader, "text", JSON_OPTIONAL, 0, SIZE_MAX));
    size_t count =
        json_read_texts(&reader, "evidence", JSON_OPTIONAL, MEDIA_MAX, MEDIA_URL_MAX, &evidence);
    media_reference_write_list(writer, "evidence", evidence, count, linker);
    json_close_object(writer);
    json_document_free(&document);
}

static void put_case_members(struct json_writer *writer, const struct case_view *view,
                             const struct reference *reference, const struct media_linker *linker)
{
    static const struct uuid none;
    json_put_text(writer, "state", view->state);
    view_put_phase(writer, view->phase);
    json_put_text(writer, "queue", view->queue);
    view_put_unit(writer, "unit", view->unit, reference);
    json_put_instant_if(writer, "receive_due", view->receive_due);
    json_put_instant_if(writer, "resolve_due", view->resolve_due);
    json_put_instant_if(writer, "timeout_at", view->timeout_at);
    json_put_instant(writer, "updated_at", view->updated_at);
    put_handovers(writer, view, reference);
    put_raw_if(writer, "question", view->question);
    put_result(writer, view->result, linker);
    put_raw_if(writer, "reason", view->reason);
    put_rating(writer, view);
    if (!uuid_equal(&view->merged_into, &none)) {
        json_put_uuid(writer, "merged_into", &view->merged_into);
    }
}

static void put_case(struct json_writer *writer, const struct case_view *view,
                     const struct reference *reference, const struct media_linker *linker)
{
    json_open_object(writer, "case");
    json_put_int(writer, "version", view->version);
    if (view->version > 0) {
        put_case_members(writer, view, reference, linker);
    }
    json_close_object(writer);
}

static void put_timeline(struct json_writer *writer, const struct submission_view *view,
                         const struct reference *reference)
{
    json_open_array(writer, "timeline");
    for (size_t i = 0; i < view->step_count; i++) {
        const struct case_step *step = &view->steps[i];
        json_open_object(writer, NULL);
        json_put_int(writer, "version", step->version);
        json_put_text(writer, "action", step->action);
        json_put_text(writer, "state", step->state);
        json_put_text(writer, "phase", case_phase_words[step->phase]);
        json_put_instant(writer, "at", step->at);
        view_put_unit(writer, "unit", step->unit, reference);
        json_put_text(writer, "by", step->actor_role);
        json_put_text(writer, "reason", step->reason);
        json_put_text(writer, "note", step->note);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void submission_view_write(const struct submission_view *view, const struct reference *reference,
                           const struct media_linker *linker, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    submission_write_members(&view->submission, linker, &writer);
    put_raw_if(&writer, "business", view->business);
    put_case(&writer, &view->state, reference, linker);
    put_timeline(&writer, view, reference);
    json_close_object(&writer);
}

void submission_view_write_item(const struct submission_view *view, struct json_writer *writer)
{
    const struct submission *submission = &view->submission;
    json_open_object(writer, NULL);
    json_put_uuid(writer, "id", &submission->id);
    json_put_text(writer, "ticket", submission->ticket);
    json_put_text(writer, "category", submission->category);
    json_put_text(writer, "level", level_words[submission->level]);
    json_put_text(writer, "title", submission->title);
    json_put_instant(writer, "submitted_at", submission->submitted_at);
    json_put_instant(writer, "receive_by", submission->receive_by);
    json_put_text(writer, "state", view->state.version > 0 ? view->state.state : "submitted");
    json_put_text(writer, "phase",
                  view->state.version > 0 ? case_phase_words[view->state.phase] : NULL);
    json_put_int(writer, "case_version", view->state.version);
    json_close_object(writer);
}
