/* SPDX-License-Identifier: Apache-2.0 */
/* news_json: what a submission and a case event tell this service. */
#ifndef NOTIFICATION_NEWS_JSON_H
#define NOTIFICATION_NEWS_JSON_H

#include "common/arena.h"
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

#endif
