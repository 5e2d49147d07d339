/* SPDX-License-Identifier: Apache-2.0 */

#include "common/json.h"
#include "common/words.h"
#include "services/routing/reporter_message.h"
#include "services/routing/url_json.h"

enum { TEXT_MAX = 2000 };

static const char *const types[] = {
    "vn.hanoi.submission.supplemented.v1", "vn.hanoi.submission.withdrawn.v1",
    "vn.hanoi.submission.rated.v1", "vn.hanoi.submission.reopen_requested.v1", NULL};

/* By the type's place; a supplement may turn out to be an answer. */
static const enum message_kind kinds[] = {MESSAGE_SUPPLEMENT, MESSAGE_WITHDRAWAL, MESSAGE_RATING,
                                          MESSAGE_REOPENING};

bool reporter_message_is(const char *type)
{
    return type != NULL && types[word_index(types, type)] != NULL;
}

static void read_words(struct reporter_message *message, struct json_reader *reader)
{
    bool speaks = message->kind == MESSAGE_SUPPLEMENT || message->kind == MESSAGE_REOPENING;
    message->text =
        json_read_text(reader, "text", speaks ? JSON_REQUIRED : JSON_OPTIONAL, 1, TEXT_MAX);
    if (speaks) {
        message->media_count =
            url_json_read(reader, "media", JSON_REQUIRED, CASE_EVIDENCE_MAX, &message->media);
    }
    if (message->kind == MESSAGE_RATING) {
        int rating = json_read_word(reader, "rating", JSON_REQUIRED, case_rating_words);
        message->rating = rating >= 0 ? case_rating_words[rating] : NULL;
    }
    if (message->kind == MESSAGE_SUPPLEMENT &&
        json_read_bool(reader, "is_answer", JSON_OPTIONAL, false)) {
        message->kind = MESSAGE_ANSWER;
    }
}

static void read_members(struct reporter_message *message, struct json_reader *reader)
{
    json_read_uuid(reader, "submission_id", JSON_REQUIRED, &message->case_id);
    message->version = (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    json_read_uuid(reader, "message_id", JSON_REQUIRED, &message->id);
    message->at = json_read_instant(reader, "at", JSON_REQUIRED);
    message->case_version =
        (int32_t)json_read_int(reader, "case_version", JSON_OPTIONAL, 1, INT32_MAX, 0);
    read_words(message, reader);
}

bool reporter_message_read(struct reporter_message *message, const char *type, const char *json,
                           size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *message = (struct reporter_message){.kind = kinds[word_index(types, type)]};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_members(message, &reader);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

void refusal_event_make(struct refusal_event *event, const struct message_refusal *refusal,
                        struct buffer *json)
{
    const struct reporter_message *message = refusal->message;
    struct json_writer writer;
    json_write_start(&writer, json);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "message_id", &message->id);
    json_put_uuid(&writer, "case_id", &message->case_id);
    json_put_uuid(&writer, "submission_id", &message->case_id);
    json_put_text(&writer, "kind", message_kind_words[message->kind]);
    json_put_text(&writer, "code", refusal->code);
    json_put_int(&writer, "version", refusal->version);
    json_put_text(&writer, "phase", refusal->phase);
    json_put_text(&writer, "state", refusal->state);
    json_put_instant(&writer, "at", refusal->at);
    json_close_object(&writer);
    uuid_format(&message->case_id, event->case_id);
    event->event = (struct event){.id = uuid_new(),
                                  .type = "vn.hanoi.message.refused.v1",
                                  .subject = event->case_id,
                                  .topic = "city.cases.v1",
                                  .key = event->case_id,
                                  .time_us = refusal->at,
                                  .traceparent = refusal->traceparent,
                                  .data = json->data,
                                  .data_size = json->size};
}
