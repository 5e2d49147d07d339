/* SPDX-License-Identifier: Apache-2.0 */
#include "case_event_json.h"

#include <string.h>

#include "common/json.h"
#include "common/opaque_ref.h"
#include "case_word_json.h"
#include "common/words.h"
#include "handover_json.h"
#include "media_reference.h"

enum {
    WORD_MAX = 32,
    UNIT_MAX = 32,
    NOTE_MAX = 2000,
    RESULT_MAX = 4000,
    ANSWER_MAX = 4000,
    EVIDENCE_MAX = 10,
    TASKS_MAX = 8
};

static const char *const queues[] = {"unit", "unroutable", "disputed", NULL};
static const char *const asked_words[] = {"reporter", "third_party", NULL};
static const char *const ratings[] = {"satisfied", "acceptable", "dissatisfied", NULL};

/* Events whose note is for the reporter too; the others are matters of the administration. */
static const char *const told[] = {"vn.hanoi.case.opened.v1",
                                   "vn.hanoi.case.accepted.v1",
                                   "vn.hanoi.case.assigned.v1",
                                   "vn.hanoi.case.started.v1",
                                   "vn.hanoi.case.resolved.v1",
                                   "vn.hanoi.case.rejected.v1",
                                   "vn.hanoi.case.routed.v1",
                                   "vn.hanoi.case.returned.v1",
                                   "vn.hanoi.case.info_requested.v1",
                                   "vn.hanoi.case.extended.v1",
                                   "vn.hanoi.case.info_supplied.v1",
                                   "vn.hanoi.case.reopened.v1",
                                   "vn.hanoi.case.rated.v1",
                                   "vn.hanoi.case.closed.v1",
                                   "vn.hanoi.case.withdrawn.v1",
                                   "vn.hanoi.case.merged.v1",
                                   "vn.hanoi.case.separated.v1",
                                   "vn.hanoi.case.split.v1",
                                   "vn.hanoi.case.advanced.v1",
                                   "vn.hanoi.case.commented.v1",
                                   NULL};

/* Events that come with a reason of their own; a case keeps the last one beyond. */
static const char *const reasoned[] = {"vn.hanoi.case.rejected.v1", "vn.hanoi.case.extended.v1",
                                       "vn.hanoi.case.reopened.v1", "vn.hanoi.case.split.v1", NULL};

static bool is_among(const char *const *types, const char *type)
{
    return types[word_index(types, type)] != NULL;
}

static const char *text_of(const struct buffer *buffer, struct arena *arena)
{
    return arena_copy(arena, buffer->data, buffer->size);
}

/* {text, evidence}, as it will be shown. */
static void read_result(struct case_event *event, struct json_reader *parent, struct arena *arena)
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
        json_put_texts(&writer, "evidence", evidence, count);
        json_close_object(&writer);
        event->state.result = text_of(&out, arena);
        buffer_finish(&out);
        struct uuid *uploads = arena_array(arena, count, sizeof *uploads);
        event->upload_count = media_reference_ids(evidence, count, uploads);
        event->uploads = uploads;
    }
}

/* {class, text} of a rejected case; the text of the reason that this step came with. */
static void read_reason(struct case_event *event, const char *type, struct json_reader *parent,
                        struct arena *arena)
{
    struct json_reader reader;
    struct json_writer writer;
    struct buffer out;

    if (!json_read_object(parent, "reason", JSON_OPTIONAL, &reader)) {
        return;
    }
    const char *class = json_read_text(&reader, "class", JSON_OPTIONAL, 1, WORD_MAX);
    const char *text = json_read_text(&reader, "text", JSON_REQUIRED, 1, NOTE_MAX);
    if (!json_read_end(&reader)) {
        return;
    }
    if (is_among(reasoned, type)) {
        event->step.reason = text;
    }
    if (event->state.phase == PHASE_REJECTED) {
        buffer_init(&out);
        json_write_start(&writer, &out);
        json_open_object(&writer, NULL);
        json_put_text(&writer, "class", class);
        json_put_text(&writer, "text", text);
        json_close_object(&writer);
        event->state.reason = text_of(&out, arena);
        buffer_finish(&out);
    }
}

/* {asked, text, answer}, as it will be shown. */
static void read_question(struct case_view *view, struct json_reader *parent, struct arena *arena)
{
    struct json_reader reader;
    struct json_writer writer;
    struct buffer out;

    if (!json_read_object(parent, "question", JSON_OPTIONAL, &reader)) {
        return;
    }
    int asked = json_read_word(&reader, "asked", JSON_REQUIRED, asked_words);
    const char *text = json_read_text(&reader, "text", JSON_REQUIRED, 1, NOTE_MAX);
    const char *answer = json_read_text(&reader, "answer", JSON_OPTIONAL, 1, ANSWER_MAX);
    if (json_read_end(&reader)) {
        buffer_init(&out);
        json_write_start(&writer, &out);
        json_open_object(&writer, NULL);
        json_put_text(&writer, "asked", asked_words[asked]);
        json_put_text(&writer, "text", text);
        json_put_text(&writer, "answer", answer);
        json_close_object(&writer);
        view->question = text_of(&out, arena);
        buffer_finish(&out);
    }
}

static const char *read_task_units(struct json_reader *parent, struct arena *arena)
{
    const char *units = NULL;
    size_t count = json_read_array(parent, "tasks", JSON_OPTIONAL, TASKS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct json_reader task;
        if (json_read_item(parent, "tasks", i, &task)) {
            const char *unit = json_read_text(&task, "unit", JSON_REQUIRED, 2, UNIT_MAX);
            if (json_read_end(&task)) {
                units = units == NULL ? unit : arena_format(arena, "%s %s", units, unit);
            }
        }
    }
    return units;
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

static const char *read_known(struct json_reader *reader, const char *name,
                              enum json_presence presence, const char *const *words)
{
    int word = json_read_word(reader, name, presence, words);
    return word < 0 ? NULL : words[word];
}

/* Events from before there were phases tell the state alone. */
static enum case_phase read_phase(struct json_reader *reader, const char *state)
{
    int phase = json_read_word(reader, "phase", JSON_OPTIONAL, case_phase_words);
    if (phase >= 0) {
        return (enum case_phase)phase;
    }
    return state != NULL ? case_phase_of_state(state) : PHASE_RECEIVED;
}

/* A report is closed from its outcome on; rating it, and the end of the time for that, come later.
 */
static int64_t read_closed_at(enum case_phase phase, struct json_reader *reader)
{
    int64_t resolved = json_read_instant(reader, "resolved_at", JSON_OPTIONAL);
    int64_t rejected = json_read_instant(reader, "rejected_at", JSON_OPTIONAL);
    int64_t closed = json_read_instant(reader, "closed_at", JSON_OPTIONAL);
    if (!case_phase_is_closed(phase)) {
        return 0;
    }
    return resolved != 0 ? resolved : rejected != 0 ? rejected : closed;
}

static void read_view(struct case_view *view, struct json_reader *reader, struct arena *arena)
{
    view->version = (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    view->state = json_read_text(reader, "state", JSON_REQUIRED, 1, WORD_MAX);
    view->phase = read_phase(reader, view->state);
    view->updated_at = json_read_instant(reader, "at", JSON_REQUIRED);
    view->closed_at = read_closed_at(view->phase, reader);
    view->queue = read_known(reader, "queue", JSON_REQUIRED, queues);
    view->unit = json_read_text(reader, "unit", JSON_OPTIONAL, 2, UNIT_MAX);
    view->receive_due = json_read_instant(reader, "receive_due", JSON_OPTIONAL);
    view->resolve_due = json_read_instant(reader, "resolve_due", JSON_OPTIONAL);
    view->timeout_at = json_read_instant(reader, "timeout_at", JSON_OPTIONAL);
    view->handover_count = handovers_read(reader, arena, &view->handovers);
    read_question(view, reader, arena);
    view->rating = read_known(reader, "rating", JSON_OPTIONAL, ratings);
    view->rating_asked = json_read_bool(reader, "rating_asked", JSON_OPTIONAL, false);
    json_read_uuid(reader, "merged_into", JSON_OPTIONAL, &view->merged_into);
}

static void read_step(struct case_event *event, const char *type, struct json_reader *reader)
{
    struct case_step *step = &event->step;
    const struct case_view *view = &event->state;
    const char *note = json_read_text(reader, "note", JSON_OPTIONAL, 1, NOTE_MAX);
    step->version = view->version;
    step->action = json_read_text(reader, "action", JSON_REQUIRED, 1, WORD_MAX);
    step->state = view->state;
    step->phase = view->phase;
    step->unit = view->unit;
    step->actor_role = read_actor_role(reader);
    step->note = is_among(told, type) ? note : NULL;
    step->at = view->updated_at;
}

bool case_event_read(struct case_event *event, const char *type, const char *json, size_t size,
                     struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(event, 0, sizeof *event);
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    json_read_uuid(&reader, "submission_id", JSON_REQUIRED, &event->submission_id);
    read_view(&event->state, &reader, arena);
    read_result(event, &reader, arena);
    event->assignee = json_read_text(&reader, "assignee", JSON_OPTIONAL, 1, OPAQUE_REF_MAX);
    event->task_units = read_task_units(&reader, arena);
    read_reason(event, type, &reader, arena);
    read_step(event, type, &reader);
    case_word_read(&event->word, type, &event->step, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
