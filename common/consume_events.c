/* SPDX-License-Identifier: Apache-2.0 */
/* The events that a batch says: staged with it, settled with it. */
#include <assert.h>
#include <string.h>

#include "common/consume_private.h"

void consume_stage(struct consume_batch *batch, const struct event *event,
                   const struct uuid *command)
{
    assert(!batch->ended);
    consume_batch_guard(batch);
    if (batch->staged_count == batch->staged_room) {
        batch->staged_room = batch->staged_room == 0 ? 64 : batch->staged_room * 2;
        batch->staged =
            memory_grow(batch->staged, batch->staged_room, sizeof(struct outbox_item *));
        batch->commands = memory_grow(batch->commands, batch->staged_room, sizeof *batch->commands);
        batch->statements =
            memory_grow(batch->statements, batch->staged_room, sizeof *batch->statements);
    }
    batch->commands[batch->staged_count] = *command;
    batch->staged[batch->staged_count++] = outbox_stage(batch->consume->outbox, event, command);
}

void consume_put_staged(struct consume_batch *batch)
{
    struct outbox_columns columns;

    outbox_columns_init(&columns, batch->consume->outbox);
    for (; batch->put_count < batch->staged_count; batch->put_count++) {
        outbox_columns_add(&columns, batch->staged[batch->put_count]);
        batch->statements[batch->put_count] = consume_next_statement(batch) - 1;
    }
    outbox_columns_put(&columns, consume_tx(batch));
    outbox_columns_finish(&columns);
}

/* Commands that were taken, in an open-addressed table; nil marks an empty place. */
struct taken {
    struct uuid *places;
    size_t mask;
};

static size_t place_of(const struct taken *taken, const struct uuid *command)
{
    uint64_t hash;

    memcpy(&hash, command->bytes + 8, sizeof hash); /* the random half of a version 7 */
    hash *= 0x9e3779b97f4a7c15u;
    size_t place = (size_t)(hash >> 32) & taken->mask;
    while (!uuid_is_nil(&taken->places[place]) && !uuid_equal(&taken->places[place], command)) {
        place = (place + 1) & taken->mask;
    }
    return place;
}

static struct taken taken_read(struct arena *arena, const struct pg_tx *tx, size_t statement,
                               int column)
{
    size_t rows = pg_rows(tx, statement), room = 16;

    while (room < rows * 2) {
        room *= 2;
    }
    struct taken taken = {arena_array(arena, room, sizeof(struct uuid)), room - 1};
    for (size_t row = 0; row < rows; row++) {
        struct uuid command = pg_value_uuid(tx, statement, row, column);
        taken.places[place_of(&taken, &command)] = command;
    }
    return taken;
}

void consume_took(struct consume_batch *batch, const struct pg_tx *tx, size_t statement, int column)
{
    struct outbox *outbox = batch->consume->outbox;

    if (batch->staged_count == 0) {
        return;
    }
    struct taken taken = taken_read(&batch->arena, tx, statement, column);
    for (size_t i = 0; i < batch->staged_count; i++) {
        if (batch->staged[i] == NULL || batch->statements[i] != statement) {
            continue;
        }
        size_t place = place_of(&taken, &batch->commands[i]);
        if (uuid_is_nil(&taken.places[place])) {
            outbox_drop(outbox, batch->staged[i]);
        } else {
            outbox_publish(outbox, batch->staged[i]);
        }
        batch->staged[i] = NULL;
    }
}
