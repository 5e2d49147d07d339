/* SPDX-License-Identifier: Apache-2.0 */
#include "thread_json.h"

#include "message_json.h"

void thread_put_current(struct json_writer *writer, const struct thread_state *state)
{
    json_open_object(writer, "current");
    json_put_int(writer, "version", state->case_version);
    if (state->case_version > 0) {
        json_put_text(writer, "phase", case_phase_words[state->phase]);
    }
    json_close_object(writer);
}

/* What may be sent now. */
static void put_allowed(struct json_writer *writer, const struct thread_view *view)
{
    json_open_array(writer, "allowed");
    for (int kind = 0; kind < MESSAGE_KINDS; kind++) {
        struct message message = {.kind = (enum message_kind)kind, .case_version = -1};
        if (thread_may_send(&view->state, &message, view->limits, view->now_us, NULL)) {
            json_put_text(writer, NULL, message_kind_words[kind]);
        }
    }
    json_close_array(writer);
}

static void put_limits(struct json_writer *writer, const struct thread_limits *limits)
{
    json_open_object(writer, "limits");
    json_put_int(writer, "messages", limits->total);
    json_put_int(writer, "per_hour", limits->hourly);
    json_put_text(writer, "source", "assumption");
    json_close_object(writer);
}

static void put_media(struct json_writer *writer, const char *const *media, size_t count,
                      const struct media_linker *linker)
{
    if (count > 0) {
        media_reference_write_list(writer, "media", media, count, linker);
    }
}

static void put_filed(struct json_writer *writer, const struct submission *submission,
                      const struct media_linker *linker)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "kind", "submission");
    json_put_text(writer, "by", word_author_words[WORD_BY_REPORTER]);
    json_put_instant(writer, "at", submission->submitted_at);
    json_put_int(writer, "version", 1);
    json_put_text(writer, "text", submission->description);
    put_media(writer, submission->media, submission->media_count, linker);
    json_close_object(writer);
}

static void put_message(struct json_writer *writer, const struct message *message,
                        const struct media_linker *linker)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "kind", message_kind_words[message->kind]);
    json_put_text(writer, "by", word_author_words[WORD_BY_REPORTER]);
    json_put_instant(writer, "at", message->at);
    json_put_uuid(writer, "message_id", &message->id);
    json_put_int(writer, "version", message->version);
    json_put_text(writer, "rating", message->rating);
    json_put_text(writer, "text", message->text);
    put_media(writer, message->media, message->media_count, linker);
    json_put_text(writer, "state", message_state_words[message->state]);
    json_put_text(writer, "refused", message->refused);
    if (message->settled_version > 0) {
        json_put_int(writer, "case_version", message->settled_version);
    }
    json_close_object(writer);
}

static void put_word(struct json_writer *writer, const struct case_word *word,
                     const struct reference *reference, const struct media_linker *linker)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "kind", word_kind_words[word->kind]);
    json_put_text(writer, "by", word_author_words[word->by]);
    json_put_instant(writer, "at", word->at);
    view_put_unit(writer, "unit", word->unit, reference);
    json_put_text(writer, "rating", word->rating);
    json_put_text(writer, "text", word->text);
    put_media(writer, word->media, word->media_count, linker);
    json_put_int(writer, "case_version", word->version);
    json_close_object(writer);
}

void thread_write(const struct thread_view *view, const struct reference *reference,
                  struct buffer *out)
{
    const struct submission *submission = &view->submission->submission;
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "submission_id", &submission->id);
    json_put_text(&writer, "ticket", submission->ticket);
    json_put_int(&writer, "version", view->state.version);
    thread_put_current(&writer, &view->state);
    put_allowed(&writer, view);
    put_limits(&writer, view->limits);
    json_open_array(&writer, "items");
    put_filed(&writer, submission, view->linker);
    for (size_t i = 0; i < view->item_count; i++) {
        if (view->items[i].message != NULL) {
            put_message(&writer, view->items[i].message, view->linker);
        } else {
            put_word(&writer, view->items[i].word, reference, view->linker);
        }
    }
    json_close_array(&writer);
    json_close_object(&writer);
}
