/* SPDX-License-Identifier: Apache-2.0 */
/* delivery_json: deliveries as events, in the log, and as messages in the app. */
#ifndef NOTIFICATION_DELIVERY_JSON_H
#define NOTIFICATION_DELIVERY_JSON_H

#include "common/buffer.h"
#include "common/digest.h"
#include "common/event.h"
#include "common/json.h"
#include "common/seal.h"
#include "letter.h"
#include "wording.h"

/* An event of city.deliveries.v1; its texts live in it. */
struct delivery_event {
    struct event event;
    char subject[UUID_TEXT_SIZE];
    char key[DIGEST_HEX_SIZE];
    struct buffer data; /* buffer_init once, buffer_finish at the end */
};

struct delivery_said {
    const struct uuid *id, *event_id, *case_id;
    const char *recipient;
    enum channel channel;
    enum template_id template;
    enum letter_end end; /* sent, failed or skipped */
    int attempts;
    const char *reason;
    int64_t at;
    const char *traceparent;
};

/* Overwrites what out held. */
void delivery_write_event(const struct delivery_said *said, const struct seal *seal,
                          struct delivery_event *out);

/* A message in the app. */
struct message {
    struct uuid id, case_id;
    int64_t seq, created_at, read_at; /* read_at 0: not yet */
    const char *template;
    const char *language;
    const char *notice;
    size_t notice_size;
};

/* False (logged) when its words cannot be made. */
bool message_write(const struct message *message, const struct reference *reference,
                   const char *site, struct arena *arena, struct json_writer *writer);

#endif
