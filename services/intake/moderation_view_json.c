/* SPDX-License-Identifier: Apache-2.0 */
#include "moderation_view.h"

#include "personal_data.h"

static void put_spans(struct json_writer *writer, const char *field, const char *text)
{
    struct personal_span spans[PERSONAL_SPANS_MAX];
    size_t count = text != NULL ? personal_data_find(text, spans) : 0;
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "field", field);
        json_put_text(writer, "kind", personal_kind_words[spans[i].kind]);
        json_put_int(writer, "start", (int64_t)spans[i].start);
        json_put_int(writer, "length", (int64_t)spans[i].length);
        json_close_object(writer);
    }
}

static void put_location(struct json_writer *writer, const struct submission *submission)
{
    json_open_object(writer, "location");
    if (submission->has_point) {
        json_put_real(writer, "lat", submission->lat, 7);
        json_put_real(writer, "lon", submission->lon, 7);
    }
    json_put_text(writer, "address", submission->address);
    json_close_object(writer);
}

/* Members of an open object. */
static void put_item(struct json_writer *writer, const struct submission_view *view,
                     const struct reference *reference, const struct media_linker *linker)
{
    const struct submission *submission = &view->submission;
    json_put_uuid(writer, "id", &submission->id);
    json_put_text(writer, "ticket", submission->ticket);
    json_put_int(writer, "version", view->moderation.version);
    json_put_text(writer, "category", submission->category);
    json_put_text(writer, "channel", channel_words[submission->channel]);
    json_put_text(writer, "language", language_words[submission->language]);
    json_put_bool(writer, "anonymous", submission->anonymous);
    json_put_text(writer, "title", submission->title);
    json_put_text(writer, "description", submission->description);
    put_location(writer, submission);
    media_reference_write_list(writer, "media", submission->media, submission->media_count, linker);
    json_put_instant(writer, "submitted_at", submission->submitted_at);
    if (view->state.version > 0) {
        view_put_phase(writer, view->state.phase);
        view_put_unit(writer, "unit", view->state.unit, reference);
    }
    json_open_array(writer, "findings");
    put_spans(writer, "title", submission->title);
    put_spans(writer, "description", submission->description);
    json_close_array(writer);
}

void moderation_write_item(const struct submission_view *view, const struct reference *reference,
                           const struct media_linker *linker, struct json_writer *writer)
{
    json_open_object(writer, NULL);
    put_item(writer, view, reference, linker);
    json_close_object(writer);
}

void moderation_write_decision(const struct moderation_record *record, const char *name,
                               struct json_writer *writer)
{
    const struct moderation *moderation = &record->moderation;
    json_open_object(writer, name);
    json_put_int(writer, "version", moderation->version);
    json_put_text(writer, "decision", moderation_decision_words[moderation->decision]);
    json_put_text(writer, "title", moderation->title);
    json_put_text(writer, "description", moderation->description);
    json_put_texts(writer, "media", moderation->media, moderation->media_count);
    json_put_bool(writer, "exact_place", moderation->exact_place);
    json_put_text(writer, "class", record->reason);
    json_put_text(writer, "note", record->note);
    json_put_text(writer, "account", record->account);
    json_put_instant(writer, "at", record->at);
    json_close_object(writer);
}

void moderation_write_whole(const struct submission_view *view,
                            const struct moderation_record *records, size_t count,
                            const struct reference *reference, const struct media_linker *linker,
                            struct json_writer *writer)
{
    json_open_object(writer, NULL);
    put_item(writer, view, reference, linker);
    json_open_array(writer, "decisions");
    for (size_t i = 0; i < count; i++) {
        moderation_write_decision(&records[i], NULL, writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}
