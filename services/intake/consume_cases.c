/* SPDX-License-Identifier: Apache-2.0 */
#include "consume_cases.h"

#include <string.h>

#include "case_event_json.h"
#include "intake.h"

struct taken {
    struct case_event *events;
    size_t count;
};

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

void consume_cases(struct consume_batch *batch, void *state)
{
    struct arena *arena = consume_arena(batch);
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct taken *taken = arena_alloc(arena, sizeof *taken);
    (void)state;

    taken->events = arena_array(arena, count, sizeof *taken->events);
    for (size_t i = 0; i < count; i++) {
        struct event_in *event = &messages[i].event;
        struct error err = {0};
        if (!is_case_event(event)) {
            consume_reject(batch, &messages[i], "unknown_type", "type");
        } else if (event->data == NULL) {
            consume_reject(batch, &messages[i], "no_data", "data");
        } else if (!case_event_read(&taken->events[taken->count], event->type, event->data,
                                    event->data_size, arena, &err)) {
            consume_reject(batch, &messages[i], "invalid_data", intake_fault(&err));
        } else {
            taken->count++;
        }
    }
    store_apply_cases(consume_tx(batch), taken->events, taken->count, arena);
    consume_set_context(batch, taken);
    consume_commit(batch, on_committed);
}
