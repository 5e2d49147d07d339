/* SPDX-License-Identifier: Apache-2.0 */
#include "case_event_json.h"

#include <string.h>

#include "common/json.h"

enum { WORD_MAX = 32, UNIT_MAX = 32, NOTE_MAX = 2000, RESULT_MAX = 4000, EVIDENCE_MAX = 10 };

static const char *const states[] = {"received", "accepted", "assigned", "in_progress",
                                     "resolved", "rejected", NULL};

static const char *text_of(const struct buffer *buffer, struct arena *arena)
{
    return arena_copy(arena, buffer->data, buffer->size);
}

/* {text, evidence}, as it will be shown. */
static void read_result(struct case_view *view, struct json_reader *parent, struct arena *arena)
{
    struct json_reader reader;
    struct json_writer writer;
    struct buffer out;
    const char *const *evidence;

    if (!json_read_object(parent, "result", JSON_OPTIONAL, &reader)) {
        return;
    }
    const char *text = json_read_text(&reader, "text", JSON_REQUIRED, 1, RESULT_MAX);
    size_t count =
        json_read_texts(&reader, "evidence", JSON_REQUIRED, EVIDENCE_MAX, MEDIA_URL_MAX, &evidence);
    if (json_read_end(&reader)) {
        buffer_init(&out);
        json_write_start(&writer, &out);
        json_open_object(&writer, NULL);
        json_put_text(&writer, "text", text);
        json_open_array(&writer, "evidence");
        for (size_t i = 0; i < count; i++) {
            json_put_text(&writer, NULL, evidence[i]);
        }
        json_close_array(&writer);
        json_close_object(&writer);
        view->result = text_of(&out, arena);
        buffer_finish(&out);
    }
}

static void read_reason(struct case_view *view, struct json_reader *parent, struct arena *arena)
{
    struct json_reader reader;
    struct json_writer writer;
    struct buffer out;

    if (!json_read_object(parent, "reason", JSON_OPTIONAL, &reader)) {
        return;
    }
    const char *class = json_read_text(&reader, "class", JSON_REQUIRED, 1, WORD_MAX);
    const char *text = json_read_text(&reader, "text", JSON_REQUIRED, 1, NOTE_MAX);
    if (json_read_end(&reader)) {
        buffer_init(&out);
        json_write_start(&writer, &out);
        json_open_object(&writer, NULL);
        json_put_text(&writer, "class", class);
        json_put_text(&writer, "text", text);
        json_close_object(&writer);
        view->reason = text_of(&out, arena);
        buffer_finish(&out);
    }
}

static const char *read_actor_role(struct json_reader *parent)
{
    struct json_reader actor;
    const char *role = NULL;
    if (json_read_object(parent, "actor", JSON_REQUIRED, &actor)) {
        role = json_read_text(&actor, "role", JSON_REQUIRED, 1, WORD_MAX);
        json_read_end(&actor);
    }
    return role;
}

bool case_event_read(struct case_event *event, const char *json, size_t size, struct arena *arena,
                     struct error *err)
{
    struct json_document document;
    struct json_reader reader;
    struct case_view *view = &event->state;
    struct case_step *step = &event->step;

    memset(event, 0, sizeof *event);
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    json_read_uuid(&reader, "submission_id", JSON_REQUIRED, &event->submission_id);
    view->version = (int32_t)json_read_int(&reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    int state = json_read_word(&reader, "state", JSON_REQUIRED, states);
    step->action = json_read_text(&reader, "action", JSON_REQUIRED, 1, WORD_MAX);
    view->updated_at = json_read_instant(&reader, "at", JSON_REQUIRED);
    view->unit = json_read_text(&reader, "unit", JSON_OPTIONAL, 2, UNIT_MAX);
    view->receive_due = json_read_instant(&reader, "receive_due", JSON_REQUIRED);
    view->resolve_due = json_read_instant(&reader, "resolve_due", JSON_OPTIONAL);
    read_result(view, &reader, arena);
    read_reason(view, &reader, arena);
    step->actor_role = read_actor_role(&reader);
    step->note = json_read_text(&reader, "note", JSON_OPTIONAL, 1, NOTE_MAX);
    bool good = json_read_end(&reader);
    json_document_free(&document);

    view->state = step->state = state < 0 ? NULL : states[state];
    step->version = view->version;
    step->unit = view->unit;
    step->at = view->updated_at;
    return good;
}
