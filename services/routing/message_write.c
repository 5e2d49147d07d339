/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/message_write.h"

#include "services/routing/store_message.h"

/* ---- reading ---- */

enum { CASES, KNOWN }; /* statements of messages_read */

void messages_read(struct message_batch *batch, const struct message_heard *heard, size_t count,
                   struct pg_tx *tx)
{
    struct pg_array cases, messages;
    pg_array_init(&cases, PG_UUID);
    pg_array_init(&messages, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        const struct reporter_message *message = &heard[i].step->message;
        if (message_batch_want(batch, &message->case_id)) {
            pg_array_uuid(&cases, &message->case_id);
        }
        pg_array_uuid(&messages, &message->id);
    }
    store_messages_read(tx, &cases, &messages);
    pg_array_finish(&cases);
    pg_array_finish(&messages);
}

bool messages_take_read(struct message_batch *messages, const struct pg_tx *tx,
                        const struct process_book *book, struct error *err)
{
    for (size_t row = 0; row < pg_rows(tx, KNOWN); row++) {
        struct uuid id = pg_value_uuid(tx, KNOWN, row, 0);
        message_batch_skip(messages, &id);
    }
    for (size_t row = 0; row < pg_rows(tx, CASES); row++) {
        struct case_snapshot now;
        const char *json;
        if (!store_case_row(tx, CASES, row, book, messages->arena, &now, &json, err)) {
            return false;
        }
        message_batch_know(messages, &now);
    }
    return true;
}

/* ---- deciding ---- */

bool messages_decide(struct message_batch *messages, struct consume_batch *batch,
                     const struct message_heard *heard, size_t count,
                     const struct case_rules *rules, int64_t now_us, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        enum message_end end = message_batch_decide(messages, heard[i].step, rules, now_us, err);
        if (end == MESSAGE_LATER) {
            return false;
        }
        if (end == MESSAGE_NO_CASE) {
            consume_reject(batch, heard[i].from, "unknown_case", "submission_id");
        }
    }
    return true;
}

/* ---- writing ---- */

static void write_round(const struct message_batch *messages, struct consume_batch *batch,
                        int round, struct case_write **writes, size_t *statement)
{
    struct pg_tx *tx = consume_tx(batch);
    size_t count = message_batch_round(messages, round, writes);
    for (size_t i = 0; i < count; i++) {
        consume_stage(batch, &message_step_of(writes[i])->event.event, &writes[i]->event_id);
    }
    *statement = consume_next_statement(batch);
    case_writes_move(tx, writes, count);
    consume_put_staged(batch);
    case_writes_follow(tx, writes, count);
}

static void write_moves(const struct message_batch *messages, struct consume_batch *batch,
                        struct message_statements *statements)
{
    struct arena *arena = consume_arena(batch);
    size_t rounds = (size_t)messages->round_count;
    size_t *moves = arena_array(arena, rounds, sizeof *moves);
    struct case_write **writes =
        arena_array(arena, messages->step_count, sizeof(struct case_write *));
    for (size_t round = 0; round < rounds; round++) {
        write_round(messages, batch, (int)round, writes, &moves[round]);
    }
    statements->moves = moves;
}

static void check_moves(const struct message_batch *messages, struct pg_tx *tx)
{
    struct pg_array cases, versions, events;
    pg_array_init(&cases, PG_UUID);
    pg_array_init(&versions, PG_INT4);
    pg_array_init(&events, PG_UUID);
    for (size_t i = 0; i < messages->step_count; i++) {
        const struct message_step *step = messages->steps[i];
        if (step->round >= 0) {
            pg_array_uuid(&cases, &step->message.case_id);
            pg_array_int4(&versions, step->version);
            pg_array_uuid(&events, &step->write.event_id);
        }
    }
    store_moves_check(tx, &cases, &versions, &events);
    pg_array_finish(&cases);
    pg_array_finish(&versions);
    pg_array_finish(&events);
}

static void stage_refusal(const struct message_step *step, struct consume_batch *batch,
                          int64_t now_us)
{
    struct message_refusal refusal = {
        .message = &step->message,
        .code = step->refused.code,
        .version = step->version,
        .phase = step->phase,
        .state = step->state,
        .at = now_us,
        .traceparent = step->trace.parent,
    };
    struct refusal_event event;
    struct buffer json;
    buffer_init(&json);
    refusal_event_make(&event, &refusal, &json);
    consume_stage(batch, &event.event, &step->message.id);
    buffer_finish(&json);
}

static void write_taken(const struct message_batch *messages, struct consume_batch *batch,
                        int64_t now_us, struct message_statements *statements)
{
    struct message_rows rows;
    message_rows_init(&rows);
    for (size_t i = 0; i < messages->step_count; i++) {
        const struct message_step *step = messages->steps[i];
        bool refused = step->round < 0;
        message_rows_add(&rows, &step->message, step->version, refused ? step->refused.code : NULL);
        if (refused) {
            stage_refusal(step, batch, now_us);
        }
    }
    statements->taken = consume_next_statement(batch);
    store_messages_take(consume_tx(batch), &rows);
    consume_put_staged(batch);
    message_rows_finish(&rows);
}

void messages_write(const struct message_batch *messages, struct consume_batch *batch,
                    int64_t now_us, struct message_statements *statements)
{
    if (messages->step_count == 0) {
        return;
    }
    if (messages->round_count > 0) {
        write_moves(messages, batch, statements);
        check_moves(messages, consume_tx(batch));
    }
    write_taken(messages, batch, now_us, statements);
}

void messages_written(const struct message_batch *messages, struct consume_batch *batch,
                      const struct pg_tx *tx, const struct message_statements *statements,
                      struct wait *wait)
{
    if (messages->step_count == 0) {
        return;
    }
    for (int round = 0; round < messages->round_count; round++) {
        consume_took(batch, tx, statements->moves[round], 0);
    }
    consume_took(batch, tx, statements->taken, 0);
    for (size_t i = 0; i < messages->step_count; i++) {
        const struct message_step *step = messages->steps[i];
        if (step->round >= 0) {
            wait_reached(wait, &step->message.case_id, step->version);
        }
    }
}
