/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "consume_topics.h"
#include "notification.h"
#include "reference_json.h"
#include "store_reference.h"

static bool take_unit(struct reference_words *words, const struct event_in *event,
                      struct arena *arena, struct error *err)
{
    bool good =
        unit_read(&words->units[words->unit_count], event->data, event->data_size, arena, err);
    words->unit_count += good;
    return good;
}

static bool take_category(struct reference_words *words, const struct event_in *event,
                          struct arena *arena, struct error *err)
{
    bool good = category_name_read(&words->categories[words->category_count], event->data,
                                   event->data_size, arena, err);
    words->category_count += good;
    return good;
}

static bool take_focal_point(struct reference_words *words, const struct event_in *event,
                             struct arena *arena, struct error *err)
{
    bool good = focal_point_read(&words->focal_points[words->focal_point_count], event->data,
                                 event->data_size, arena, err);
    words->focal_point_count += good;
    return good;
}

static const struct {
    const char *type;
    bool (*take)(struct reference_words *words, const struct event_in *event, struct arena *arena,
                 struct error *err);
} takers[] = {
    {"vn.hanoi.unit.defined.v1", take_unit},
    {"vn.hanoi.category.defined.v1", take_category},
    {"vn.hanoi.focal_point.assigned.v1", take_focal_point},
};

/* Other types of this topic are for others. */
static bool take_event(struct reference_words *words, const struct event_in *event,
                       struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) {
        if (event->type != NULL && strcmp(event->type, takers[i].type) == 0) {
            return takers[i].take(words, event, arena, err);
        }
    }
    return true;
}

bool consume_is_superseded(const struct consume_message *messages, size_t count, size_t index)
{
    for (size_t later = index + 1; later < count; later++) {
        if (strcmp(messages[later].key, messages[index].key) == 0) {
            return true;
        }
    }
    return false;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct notification *notification = state;
    (void)batch, (void)tx;
    snapshot_source_refresh(notification->reference);
}

void consume_reference(struct consume_batch *batch, void *state)
{
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct arena *arena = consume_arena(batch);
    struct reference_words words = {
        .units = arena_array(arena, count, sizeof(struct unit)),
        .categories = arena_array(arena, count, sizeof(struct category_name)),
        .focal_points = arena_array(arena, count, sizeof(struct focal_point)),
        .withdrawn = arena_array(arena, count, sizeof(const char *)),
    };
    (void)state;

    for (size_t i = 0; i < count; i++) {
        struct error err = {0};
        if (consume_is_superseded(messages, count, i)) {
            continue;
        }
        if (messages[i].event.data == NULL) {
            words.withdrawn[words.withdrawn_count++] = messages[i].key;
        } else if (!take_event(&words, &messages[i].event, arena, &err)) {
            consume_reject(batch, &messages[i], "invalid_data", notification_fault(&err));
        }
    }
    store_apply_reference(consume_tx(batch), &words);
    consume_commit(batch, on_committed);
}
