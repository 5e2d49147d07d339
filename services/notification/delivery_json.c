/* SPDX-License-Identifier: Apache-2.0 */
#include "delivery_json.h"

#include <string.h>

#include "common/log.h"
#include "common/words.h"
#include "notice_json.h"

static const char *const event_types[] = {
    [LETTER_SENT] = "vn.hanoi.delivery.sent.v1",
    [LETTER_FAILED] = "vn.hanoi.delivery.failed.v1",
    [LETTER_SKIPPED] = "vn.hanoi.delivery.skipped.v1",
};

static void write_data(const struct delivery_said *said, const char *key, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "delivery_id", said->id);
    json_put_uuid(&writer, "event_id", said->event_id);
    json_put_uuid(&writer, "case_id", said->case_id);
    json_put_text(&writer, "channel", channel_words[said->channel]);
    json_put_text(&writer, "recipient_hash", key);
    json_put_text(&writer, "template", template_words[said->template]);
    json_put_int(&writer, "attempts", said->attempts);
    json_put_text(&writer, "reason", said->reason);
    json_put_instant(&writer, "at", said->at);
    json_close_object(&writer);
}

void delivery_write_event(const struct delivery_said *said, const struct seal *seal,
                          struct delivery_event *out)
{
    uint8_t hash[DIGEST_SIZE];
    seal_hash(seal, said->recipient, hash);
    digest_hex(hash, out->key);
    uuid_format(said->id, out->subject);
    buffer_reset(&out->data);
    write_data(said, out->key, &out->data);
    out->event = (struct event){
        .id = uuid_new(),
        .type = event_types[said->end],
        .subject = out->subject,
        .topic = "city.deliveries.v1",
        .key = out->key,
        .time_us = said->at,
        .traceparent = said->traceparent,
        .data = out->data.data,
        .data_size = out->data.size,
    };
}

static bool make_words(struct wording *wording, struct notice *notice,
                       const struct message *message, const struct reference *reference,
                       const char *site, struct arena *arena)
{
    struct error err = {0};
    int template = word_index(template_words, message->template);
    struct wording_context context = {
        .reference = reference,
        .template = (enum template_id) template,
        .language = strcmp(message->language, "en") == 0 ? LANGUAGE_EN : LANGUAGE_VI,
        .site = site,
    };
    if (template == TEMPLATE_COUNT ||
        !notice_read(notice, message->notice, message->notice_size, arena, &err) ||
        !wording_make(wording, notice, &context, arena, &err)) {
        log_error_error("message_not_written", &err, log_text("template", message->template));
        return false;
    }
    return true;
}

bool message_write(const struct message *message, const struct reference *reference,
                   const char *site, struct arena *arena, struct json_writer *writer)
{
    struct wording wording;
    struct notice notice;
    if (!make_words(&wording, &notice, message, reference, site, arena)) {
        return false;
    }
    json_open_object(writer, NULL);
    json_put_uuid(writer, "id", &message->id);
    json_put_int(writer, "seq", message->seq);
    json_put_uuid(writer, "case_id", &message->case_id);
    json_put_text(writer, "ticket", notice.ticket);
    json_put_text(writer, "about", message->template);
    json_put_text(writer, "language", message->language);
    json_put_text(writer, "title", wording.subject);
    json_put_text(writer, "text", wording.body);
    json_put_instant(writer, "at", message->created_at);
    json_put_instant_if(writer, "read_at", message->read_at);
    json_close_object(writer);
    return true;
}
