/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/clock.h"
#include "consume_topics.h"
#include "notification.h"
#include "store_contact.h"

struct taken {
    struct contact_change *changes;
    size_t change_count;
    const char **erased;
    size_t erased_count;
};

/* The key of the message and of the seal must be one person's, and the seal ours: a wrong
 * CONTACT_KEY shows here, in the dead letters, and not in mails that never go out. */
static bool read_change(struct contact_change *change, const struct consume_message *message,
                        struct seal *seal, struct arena *arena, struct error *err)
{
    struct contact contact;
    const struct event_in *event = &message->event;
    if (event->type == NULL || strcmp(event->type, "vn.hanoi.contact.changed.v1") != 0) {
        return error_add_field(err, "type", "not_allowed", "is not known on this topic");
    }
    if (!contact_change_read(change, event->data, event->data_size, arena, err)) {
        return false;
    }
    if (strcmp(change->ref, message->key) != 0) {
        return error_add_field(err, "ref", "not_allowed", "is not the key of the message");
    }
    return contact_open(&contact, seal, change->sealed, change->ref, arena) ||
           error_add_field(err, "sealed", "not_allowed", "was not sealed with CONTACT_KEY");
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct notification *notification = state;
    struct taken *taken = consume_context(batch);
    (void)tx;
    for (size_t i = 0; i < taken->erased_count; i++) {
        courier_forget(notification->courier, taken->erased[i]);
    }
    courier_look(notification->courier); /* letters may have waited for these contacts */
}

void consume_contacts(struct consume_batch *batch, void *state)
{
    struct notification *notification = state;
    struct arena *arena = consume_arena(batch);
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct taken *taken = arena_alloc(arena, sizeof *taken);

    taken->changes = arena_array(arena, count, sizeof *taken->changes);
    taken->erased = arena_array(arena, count, sizeof *taken->erased);
    for (size_t i = 0; i < count; i++) {
        struct error err = {0};
        if (consume_is_superseded(messages, count, i)) {
            continue;
        }
        if (messages[i].event.data == NULL) {
            taken->erased[taken->erased_count++] = messages[i].key;
        } else if (!read_change(&taken->changes[taken->change_count], &messages[i],
                                notification->seal, arena, &err)) {
            consume_reject(batch, &messages[i], "invalid_data", notification_fault(&err));
        } else {
            taken->change_count++;
        }
    }
    store_apply_contacts(consume_tx(batch), taken->changes, taken->change_count, taken->erased,
                         taken->erased_count, clock_now_us());
    consume_set_context(batch, taken);
    consume_commit(batch, on_committed);
}
