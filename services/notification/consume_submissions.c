/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "consume_topics.h"
#include "dispatch.h"
#include "news_json.h"

#define SUBMITTED "vn.hanoi.submission.submitted.v1"

/* What is said about a submission later is told when the case has taken it. */
static bool is_said_later(const struct event_in *event)
{
    return event->type != NULL && strncmp(event->type, "vn.hanoi.submission.", 20) == 0 &&
           strcmp(event->type, SUBMITTED) != 0;
}

void consume_submissions(struct consume_batch *batch, void *state)
{
    struct arena *arena = consume_arena(batch);
    size_t count, taken = 0;
    struct consume_message *messages = consume_messages(batch, &count);
    struct news *news = arena_array(arena, count, sizeof *news);

    for (size_t i = 0; i < count; i++) {
        struct event_in *event = &messages[i].event;
        struct error err = {0};
        if (is_said_later(event)) {
            continue;
        } else if (event->type == NULL || strcmp(event->type, SUBMITTED) != 0) {
            consume_reject(batch, &messages[i], "unknown_type", "type");
        } else if (event->data == NULL) {
            consume_reject(batch, &messages[i], "no_data", "data");
        } else if (!news_read_submission(&news[taken], event, arena, &err)) {
            consume_reject(batch, &messages[i], "invalid_data", notification_fault(&err));
        } else {
            taken++;
        }
    }
    dispatch_news(batch, state, news, taken);
}
