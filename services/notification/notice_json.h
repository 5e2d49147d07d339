/* SPDX-License-Identifier: Apache-2.0 */
/* notice_json: notices to and from their column. */
#ifndef NOTIFICATION_NOTICE_JSON_H
#define NOTIFICATION_NOTICE_JSON_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"
#include "common/json.h"
#include "notice.h"

enum {
    NOTICE_TEXT_MAX = 4000,
    NOTICE_URL_MAX = 2000,
    NOTICE_CODE_MAX = 64,
    NOTICE_UNIT_MAX = 32,
    NOTICE_TICKET_MAX = 24
};

/* Words of a notice, as in the events; each list ends with NULL. */
extern const char *const notice_level_words[];
extern const char *const notice_clock_words[];
extern const char *const notice_reason_words[];
extern const char *const notice_rating_words[];

/* What notice_write wrote, notice_read reads. */
void notice_write(const struct notice *notice, struct buffer *out);
bool notice_read(struct notice *notice, const char *json, size_t size, struct arena *arena,
                 struct error *err);

/* The word itself, of the list; NULL when absent or bad. */
const char *notice_read_word(struct json_reader *reader, const char *name,
                             enum json_presence presence, const char *const *words);
/* The member `handovers`, of events and notices alike. Their number, 0 when it is absent. */
size_t notice_read_handovers(struct json_reader *parent, const struct notice_handover **handovers);

#endif
