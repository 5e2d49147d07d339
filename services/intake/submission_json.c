/* SPDX-License-Identifier: Apache-2.0 */
#include "submission_json.h"

#include <stdio.h>
#include <string.h>

enum { DEGREE_DECIMALS = 7 }; /* about 1 cm */

static void put_raw_if(struct json_writer *writer, const char *name, const char *json)
{
    if (json != NULL) {
        json_put_raw(writer, name, json, strlen(json));
    }
}

/* Where there is none, none was needed. */
static void put_location(struct json_writer *writer, const struct submission *submission)
{
    if (!submission->has_point && submission->address == NULL && submission->address_id == NULL) {
        return;
    }
    json_open_object(writer, "location");
    if (submission->has_point) {
        json_put_real(writer, "lat", submission->lat, DEGREE_DECIMALS);
        json_put_real(writer, "lon", submission->lon, DEGREE_DECIMALS);
    }
    json_put_text(writer, "address", submission->address);
    json_put_text(writer, "address_id", submission->address_id);
    json_close_object(writer);
}

static void put_rule(struct json_writer *writer, const struct rule *rule)
{
    json_open_object(writer, "receive_rule");
    json_put_text(writer, "code", rule->code);
    json_put_int(writer, "version", rule->version);
    json_put_text(writer, "source", rule->source);
    json_close_object(writer);
}

void submission_write_media(const struct submission *submission, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_put_texts(&writer, NULL, submission->media, submission->media_count);
}

size_t submission_read_media(const char *json, const char *const **media, struct arena *arena)
{
    struct json_document document;
    struct json_reader reader;
    struct error err = {0};
    const char *wrapped = arena_format(arena, "{\"media\":%s}", json);
    size_t count = 0;
    *media = NULL;
    if (json_document_parse(&document, wrapped, strlen(wrapped), &err)) {
        json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, &err);
        count = json_read_texts(&reader, "media", JSON_OPTIONAL, MEDIA_MAX, MEDIA_URL_MAX, media);
        json_document_free(&document);
    }
    return count;
}

void submission_write_event(const struct submission *submission, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "submission_id", &submission->id);
    json_put_int(&writer, "version", 1);
    json_put_text(&writer, "ticket", submission->ticket);
    json_put_text(&writer, "kind", submission->kind);
    json_put_text(&writer, "channel", channel_words[submission->channel]);
    json_put_text(&writer, "category", submission->category);
    json_put_text(&writer, "level", level_words[submission->level]);
    json_put_text(&writer, "title", submission->title);
    json_put_text(&writer, "description", submission->description);
    put_location(&writer, submission);
    json_put_texts(&writer, "media", submission->media, submission->media_count);
    put_raw_if(&writer, "details", submission->details);
    put_raw_if(&writer, "answers", submission->answers);
    json_open_object(&writer, "reporter");
    json_put_text(&writer, "ref", submission->reporter_ref);
    json_put_bool(&writer, "anonymous", submission->anonymous);
    if (submission->business != NULL) {
        json_put_bool(&writer, "business", true);
    }
    json_close_object(&writer);
    json_put_text(&writer, "client", submission->client);
    json_put_text(&writer, "language", language_words[submission->language]);
    json_put_instant(&writer, "submitted_at", submission->submitted_at);
    json_put_instant(&writer, "receive_by", submission->receive_by);
    put_rule(&writer, &submission->receive_rule);
    json_close_object(&writer);
}

static void put_links(struct json_writer *writer, const struct uuid *id)
{
    char text[UUID_TEXT_SIZE], self[64];
    snprintf(self, sizeof self, "/api/intake/submissions/%s", uuid_format(id, text));
    json_open_object(writer, "links");
    json_put_text(writer, "self", self);
    json_close_object(writer);
}

void submission_write_receipt(const struct submission *submission, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "id", &submission->id);
    json_put_text(&writer, "ticket", submission->ticket);
    json_put_int(&writer, "version", 1);
    json_put_text(&writer, "state", "submitted");
    json_put_instant(&writer, "submitted_at", submission->submitted_at);
    json_put_instant(&writer, "receive_by", submission->receive_by);
    put_rule(&writer, &submission->receive_rule);
    put_links(&writer, &submission->id);
    json_close_object(&writer);
}

void submission_write_members(const struct submission *submission,
                              const struct media_linker *linker, struct json_writer *writer)
{
    json_put_uuid(writer, "id", &submission->id);
    json_put_text(writer, "ticket", submission->ticket);
    json_put_int(writer, "version", 1);
    json_put_text(writer, "kind", submission->kind);
    json_put_text(writer, "channel", channel_words[submission->channel]);
    json_put_text(writer, "category", submission->category);
    json_put_text(writer, "level", level_words[submission->level]);
    json_put_text(writer, "title", submission->title);
    json_put_text(writer, "description", submission->description);
    put_location(writer, submission);
    media_reference_write_list(writer, "media", submission->media, submission->media_count, linker);
    put_raw_if(writer, "details", submission->details);
    put_raw_if(writer, "answers", submission->answers);
    json_put_bool(writer, "anonymous", submission->anonymous);
    json_put_text(writer, "language", language_words[submission->language]);
    json_put_instant(writer, "submitted_at", submission->submitted_at);
    json_put_instant(writer, "receive_by", submission->receive_by);
    put_rule(writer, &submission->receive_rule);
    put_links(writer, &submission->id);
}
