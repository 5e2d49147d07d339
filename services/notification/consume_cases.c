/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "consume_topics.h"
#include "dispatch.h"
#include "news_json.h"

/* A type that is newer than this program tells of a step that we have no words for. */
static bool is_case_event(const struct event_in *event)
{
    return event->type != NULL && strncmp(event->type, "vn.hanoi.case.", 14) == 0;
}

/* Whoever sent a message reads in its thread what became of it. */
static bool is_about_a_message(const struct event_in *event)
{
    return event->type != NULL && strncmp(event->type, "vn.hanoi.message.", 17) == 0;
}

/* Who must act is known only once the units are: at the very first start, cases wait for them. */
static bool are_units_known(struct consume_batch *batch, const struct notification *notification)
{
    struct error err = {0};
    if (reference_current(notification->reference)->unit_count > 0) {
        return true;
    }
    error_set(&err, ERR_RETRY, "no_units", "no units have come from city.reference.v1 yet");
    consume_retry(batch, &err);
    return false;
}

void consume_cases(struct consume_batch *batch, void *state)
{
    struct arena *arena = consume_arena(batch);
    size_t count, taken = 0;
    struct consume_message *messages = consume_messages(batch, &count);
    struct news *news = arena_array(arena, count, sizeof *news);

    if (!are_units_known(batch, state)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct event_in *event = &messages[i].event;
        struct error err = {0};
        enum news_type type;
        if (is_about_a_message(event)) {
            continue;
        } else if (!is_case_event(event)) {
            consume_reject(batch, &messages[i], "unknown_type", "type");
        } else if (event->data == NULL) {
            consume_reject(batch, &messages[i], "no_data", "data");
        } else if (!news_type_of_case(event->type, &type)) {
            continue;
        } else if (!news_read_case(&news[taken], event, type, arena, &err)) {
            consume_reject(batch, &messages[i], "invalid_data", notification_fault(&err));
        } else {
            taken++;
        }
    }
    dispatch_news(batch, state, news, taken);
}
