/* SPDX-License-Identifier: Apache-2.0 */
#include "consume_reference.h"

#include <string.h>

#include "intake.h"
#include "kind_json.h"
#include "reference_json.h"
#include "store_reference.h"

/* The growing lists of a batch; each has room for all its messages. */
struct words {
    struct category *categories;
    struct kind *kinds;
    struct unit_name *units;
    struct promise *promises;
    const char **withdrawn;
    struct reference_words taken;
};

static bool read_category(struct words *words, const struct event_in *event, struct arena *arena,
                          struct error *err)
{
    return category_read(&words->categories[words->taken.category_count], event->data,
                         event->data_size, arena, err) &&
           ++words->taken.category_count > 0;
}

static bool read_kind(struct words *words, const struct event_in *event, struct arena *arena,
                      struct error *err)
{
    return kind_read(&words->kinds[words->taken.kind_count], event->data, event->data_size, arena,
                     err) &&
           ++words->taken.kind_count > 0;
}

static bool read_unit(struct words *words, const struct event_in *event, struct arena *arena,
                      struct error *err)
{
    return unit_name_read(&words->units[words->taken.unit_count], event->data, event->data_size,
                          arena, err) &&
           ++words->taken.unit_count > 0;
}

static bool read_promise(struct words *words, const struct event_in *event, struct arena *arena,
                         struct error *err)
{
    return promise_read(&words->promises[words->taken.promise_count], event->data, event->data_size,
                        arena, err) &&
           ++words->taken.promise_count > 0;
}

static const struct {
    const char *type;
    bool (*read)(struct words *words, const struct event_in *event, struct arena *arena,
                 struct error *err);
} readers[] = {
    {"vn.hanoi.category.defined.v1", read_category},
    {"vn.hanoi.process.defined.v1", read_kind},
    {"vn.hanoi.unit.defined.v1", read_unit},
    {"vn.hanoi.promise.published.v1", read_promise},
};

/* Other types of this topic are for others. */
static bool take_event(struct words *words, const struct event_in *event, struct arena *arena,
                       struct error *err)
{
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (strcmp(event->type, readers[i].type) == 0) {
            return readers[i].read(words, event, arena, err);
        }
    }
    return true;
}

/* A later message of the batch has the last word on a key. */
static bool is_superseded(const struct consume_message *messages, size_t count, size_t index)
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
    struct intake *intake = state;
    (void)batch, (void)tx;
    snapshot_source_refresh(intake->reference);
}

void consume_reference(struct consume_batch *batch, void *state)
{
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct arena *arena = consume_arena(batch);
    struct words words = {
        .categories = arena_array(arena, count, sizeof(struct category)),
        .kinds = arena_array(arena, count, sizeof(struct kind)),
        .units = arena_array(arena, count, sizeof(struct unit_name)),
        .promises = arena_array(arena, count, sizeof(struct promise)),
        .withdrawn = arena_array(arena, count, sizeof(const char *)),
    };
    (void)state;

    for (size_t i = 0; i < count; i++) {
        struct error err = {0};
        if (is_superseded(messages, count, i)) {
            continue;
        }
        if (messages[i].event.data == NULL) {
            words.withdrawn[words.taken.withdrawn_count++] = messages[i].key;
        } else if (!take_event(&words, &messages[i].event, arena, &err)) {
            consume_reject(batch, &messages[i], "invalid_data", intake_fault(&err));
        }
    }
    words.taken.categories = words.categories;
    words.taken.kinds = words.kinds;
    words.taken.units = words.units;
    words.taken.promises = words.promises;
    words.taken.withdrawn = words.withdrawn;
    store_apply_reference(consume_tx(batch), &words.taken);
    consume_commit(batch, on_committed);
}
