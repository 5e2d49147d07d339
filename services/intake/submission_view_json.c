/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/json.h"
#include "submission_json.h"
#include "submission_view.h"

bool case_view_is_closed(const struct case_view *view)
{
    return view->version > 0 &&
           (strcmp(view->state, "resolved") == 0 || strcmp(view->state, "rejected") == 0);
}

static void put_unit(struct json_writer *writer, const char *code,
                     const struct reference *reference)
{
    if (code == NULL) {
        return;
    }
    const struct unit_name *unit = reference_unit(reference, code);
    json_open_object(writer, "unit");
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

static void put_case(struct json_writer *writer, const struct case_view *view,
                     const struct reference *reference)
{
    json_open_object(writer, "case");
    json_put_int(writer, "version", view->version);
    if (view->version > 0) {
        json_put_text(writer, "state", view->state);
        put_unit(writer, view->unit, reference);
        json_put_instant(writer, "receive_due", view->receive_due);
        json_put_instant_if(writer, "resolve_due", view->resolve_due);
        json_put_instant(writer, "updated_at", view->updated_at);
        put_raw_if(writer, "result", view->result);
        put_raw_if(writer, "reason", view->reason);
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
        json_put_instant(writer, "at", step->at);
        put_unit(writer, step->unit, reference);
        json_put_text(writer, "by", step->actor_role);
        json_put_text(writer, "note", step->note);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void submission_view_write(const struct submission_view *view, const struct reference *reference,
                           struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    submission_write_members(&view->submission, &writer);
    put_case(&writer, &view->state, reference);
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
    json_put_int(writer, "case_version", view->state.version);
    json_close_object(writer);
}
