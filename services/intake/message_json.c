/* SPDX-License-Identifier: Apache-2.0 */
#include "message_json.h"

#include "report.h"

/* ---- bodies ---- */

static void read_members(struct message *message, struct json_reader *reader)
{
    bool speaks = message->kind != MESSAGE_WITHDRAWAL && message->kind != MESSAGE_RATING;
    if (message->kind == MESSAGE_RATING) {
        int rating = json_read_word(reader, "rating", JSON_REQUIRED, message_rating_words);
        message->rating = rating >= 0 ? message_rating_words[rating] : NULL;
    }
    message->text =
        json_read_text(reader, "text", speaks ? JSON_REQUIRED : JSON_OPTIONAL, 1, MESSAGE_TEXT_MAX);
    if (speaks) {
        message->media_count = report_read_media(reader, &message->media);
    }
}

bool message_read(struct message *message, enum message_kind kind, const char *json, size_t size,
                  struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *message = (struct message){.kind = kind, .case_version = -1};
    if (size == 0) {
        json = "{}";
        size = 2;
    }
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    read_members(message, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

/* ---- events ---- */

const char *message_event_type(enum message_kind kind)
{
    static const char *const types[MESSAGE_KINDS] = {
        [MESSAGE_SUPPLEMENT] = "vn.hanoi.submission.supplemented.v1",
        [MESSAGE_ANSWER] = "vn.hanoi.submission.supplemented.v1",
        [MESSAGE_WITHDRAWAL] = "vn.hanoi.submission.withdrawn.v1",
        [MESSAGE_RATING] = "vn.hanoi.submission.rated.v1",
        [MESSAGE_REOPENING] = "vn.hanoi.submission.reopen_requested.v1",
    };
    return types[kind];
}

void message_write_event(const struct message *message, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "submission_id", &message->submission_id);
    json_put_int(&writer, "version", message->version);
    json_put_uuid(&writer, "message_id", &message->id);
    json_put_instant(&writer, "at", message->at);
    json_put_text(&writer, "rating", message->rating);
    json_put_text(&writer, "text", message->text);
    if (message->kind != MESSAGE_WITHDRAWAL && message->kind != MESSAGE_RATING) {
        json_put_texts(&writer, "media", message->media, message->media_count);
    }
    if (message->kind == MESSAGE_ANSWER) {
        json_put_bool(&writer, "is_answer", true);
    }
    if (message->case_version > 0) {
        json_put_int(&writer, "case_version", message->case_version);
    }
    json_close_object(&writer);
}

/* ---- answers ---- */

void message_write_receipt(const struct message *message, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "id", &message->id);
    json_put_uuid(&writer, "submission_id", &message->submission_id);
    json_put_int(&writer, "version", message->version);
    json_put_text(&writer, "kind", message_kind_words[message->kind]);
    json_put_text(&writer, "state", message_state_words[MESSAGE_SENT]);
    json_put_instant(&writer, "at", message->at);
    json_close_object(&writer);
}
