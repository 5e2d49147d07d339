/* SPDX-License-Identifier: Apache-2.0 */
/* notice_json: events into news, and notices to and from their column. */
#ifndef NOTIFICATION_NOTICE_JSON_H
#define NOTIFICATION_NOTICE_JSON_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"
#include "common/event.h"
#include "notice.h"

/* The type of a case event ("vn.hanoi.case.opened.v1"); false when we tell nobody of it. */
bool news_type_of_case(const char *event_type, enum news_type *type);

/* Read the data of a submission and of a case event. False: ERR_INPUT that names the field. */
bool news_read_submission(struct news *news, const struct event_in *event, struct arena *arena,
                          struct error *err);
bool news_read_case(struct news *news, const struct event_in *event, enum news_type type,
                    struct arena *arena, struct error *err);

/* What notice_write wrote, notice_read reads. */
void notice_write(const struct notice *notice, struct buffer *out);
bool notice_read(struct notice *notice, const char *json, size_t size, struct arena *arena,
                 struct error *err);

#endif
