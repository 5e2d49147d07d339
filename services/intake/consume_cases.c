/* SPDX-License-Identifier: Apache-2.0 */
#include "consume_cases.h"

#include <string.h>

#include "case_event_json.h"
#include "case_word_json.h"
#include "intake.h"
#include "store_message.h"

struct taken {
    struct case_event *events;
    size_t count;
    struct message_refusal *refusals;
    size_t refusal_count;
};

static bool is_refusal(const struct event_in *event)
{
    return event->type != NULL && strcmp(event->type, "vn.hanoi.message.refused.v1") == 0;
}

/* Every event of a case carries the whole snapshot, so a type that is newer than this program is
 * read like the others. */
static bool is_case_event(const struct event_in *event)
{
    return event->type != NULL && strncmp(event->type, "vn.hanoi.case.", 14) == 0;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct intake *intake = state;
    struct taken *taken = consume_context(batch);
    (void)tx;
    for (size_t i = 0; i < taken->count; i++) {
        wait_reached(intake->wait, &taken->events[i].submission_id, taken->events[i].state.version);
    }
}

/* Why it cannot be taken, or NULL. */
static const char *take(struct taken *taken, const struct event_in *event, struct arena *arena,
                        struct error *err)
{
    if (!is_case_event(event) && !is_refusal(event)) {
        error_set(err, ERR_INPUT, "type", "the type is not known");
        return "unknown_type";
    }
    if (event->data == NULL) {
        error_set(err, ERR_INPUT, "data", "there is no data");
        return "no_data";
    }
    if (is_refusal(event)) {
        bool read = message_refusal_read(&taken->refusals[taken->refusal_count], event->data,
                                         event->data_size, arena, err);
        taken->refusal_count += read;
        return read ? NULL : "invalid_data";
    }
    bool read = case_event_read(&taken->events[taken->count], event->type, event->data,
                                event->data_size, arena, err);
    taken->count += read;
    return read ? NULL : "invalid_data";
}

void consume_cases(struct consume_batch *batch, void *state)
{
    struct arena *arena = consume_arena(batch);
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct taken *taken = arena_alloc(arena, sizeof *taken);
    (void)state;

    taken->events = arena_array(arena, count, sizeof *taken->events);
    taken->refusals = arena_array(arena, count, sizeof *taken->refusals);
    for (size_t i = 0; i < count; i++) {
        struct error err = {0};
        const char *class = take(taken, &messages[i].event, arena, &err);
        if (class != NULL) {
            consume_reject(batch, &messages[i], class, intake_fault(&err));
        }
    }
    store_apply_cases(consume_tx(batch), taken->events, taken->count, arena);
    store_apply_words(consume_tx(batch), taken->events, taken->count, arena);
    store_refuse_messages(consume_tx(batch), taken->refusals, taken->refusal_count);
    consume_set_context(batch, taken);
    consume_commit(batch, on_committed);
}
