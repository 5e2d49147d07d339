/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_surveys.h"

#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/store_survey.h"

/* Each returns false with err when the data is bad, else adds its statement. */
typedef bool take_event(struct consume_batch *batch, const struct event_in *event,
                        struct error *err);

static bool take_opened(struct consume_batch *batch, const struct event_in *event,
                        struct error *err)
{
    struct arena *arena = consume_arena(batch);
    struct survey survey;
    if (!survey_read(&survey, event->data, event->data_size, arena, err)) {
        return false;
    }
    store_put_survey(consume_tx(batch), &survey, arena_copy(arena, event->data, event->data_size));
    return true;
}

static bool take_closed(struct consume_batch *batch, const struct event_in *event,
                        struct error *err)
{
    struct survey_end end;
    if (!survey_end_read(&end, event->data, event->data_size, consume_arena(batch), err)) {
        return false;
    }
    store_put_survey_end(consume_tx(batch), &end);
    return true;
}

static bool take_answered(struct consume_batch *batch, const struct event_in *event,
                          struct error *err)
{
    struct survey_answer answer;
    if (!survey_answer_read(&answer, event->data, event->data_size, consume_arena(batch), err)) {
        return false;
    }
    store_put_survey_answer(consume_tx(batch), &answer);
    return true;
}

/* NULL: of no survey. */
static take_event *taker_of(const char *type)
{
    static const struct {
        const char *type;
        take_event *take;
    } rows[] = {
        {"vn.hanoi.survey.opened.v1", take_opened},
        {"vn.hanoi.survey.answered.v1", take_answered},
        {"vn.hanoi.survey.closed.v1", take_closed},
    };
    for (size_t i = 0; type != NULL && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(type, rows[i].type) == 0) {
            return rows[i].take;
        }
    }
    return NULL;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    (void)batch, (void)tx, (void)state;
}

void consume_surveys(struct consume_batch *batch, void *state)
{
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        const struct event_in *event = &messages[i].event;
        take_event *take = taker_of(event->type);
        struct error err = {0};
        if (take == NULL) {
            consume_reject(batch, &messages[i], "unknown_type", "type");
        } else if (event->data == NULL) {
            consume_reject(batch, &messages[i], "no_data", "data");
        } else if (!take(batch, event, &err)) {
            consume_reject(batch, &messages[i], "invalid_data", analytics_fault(&err));
        }
    }
    consume_commit(batch, on_committed);
}
