/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/message_batch.h"

#include <stddef.h>
#include <string.h>

#include "services/routing/case_engine.h"

struct known_case {
    struct case_snapshot now;
    int moves; /* that this batch has made */
};

void message_batch_init(struct message_batch *batch, size_t count_max, struct arena *arena)
{
    *batch = (struct message_batch){.arena = arena};
    batch->steps = arena_array(arena, count_max, sizeof(struct message_step *));
    batch->known = arena_array(arena, count_max, sizeof *batch->known);
    id_index_init(&batch->taken, count_max, arena);
    id_index_init(&batch->wanted, count_max, arena);
    id_index_init(&batch->cases, count_max, arena);
}

void message_batch_finish(struct message_batch *batch)
{
    for (size_t i = 0; i < batch->step_count; i++) {
        if (batch->steps[i]->round >= 0) {
            buffer_finish(&batch->steps[i]->write.json);
        }
    }
}

void message_batch_skip(struct message_batch *batch, const struct uuid *message)
{
    id_index_add(&batch->taken, message, 0);
}

bool message_batch_want(struct message_batch *batch, const struct uuid *case_id)
{
    return id_index_add(&batch->wanted, case_id, 0);
}

void message_batch_know(struct message_batch *batch, const struct case_snapshot *now)
{
    if (id_index_find(&batch->wanted, &now->id) != ID_INDEX_NONE &&
        id_index_add(&batch->cases, &now->id, (int)batch->known_count)) {
        batch->known[batch->known_count++] = (struct known_case){.now = *now};
    }
}

/* ---- deciding ---- */

static bool decide(struct known_case *known, struct message_step *step,
                   const struct case_rules *rules, int64_t now_us, struct error *err)
{
    struct case_command command;
    const char *received = step->traceparent;
    trace_continue(&step->trace, received, received != NULL ? strlen(received) : 0);
    step->write.traceparent = step->trace.parent;
    return reporter_message_command(&step->message, &known->now, &command, err) &&
           case_decide(&known->now, &command, rules, now_us, &step->write.after, err) &&
           case_write_make(&step->write, &step->event, err);
}

static void tell_state(struct message_step *step, const struct case_snapshot *now)
{
    step->version = now->version;
    step->phase = process_phase_words[case_phase(now)];
    step->state = now->process->states[now->state].code;
}

static void move(struct message_batch *batch, struct known_case *known, struct message_step *step)
{
    step->round = known->moves++;
    batch->round_count = known->moves > batch->round_count ? known->moves : batch->round_count;
    known->now = step->write.after;
    memcpy(known->now.hash, step->write.hash, sizeof known->now.hash); /* decided on again */
}

enum message_end message_batch_decide(struct message_batch *batch, struct message_step *step,
                                      const struct case_rules *rules, int64_t now_us,
                                      struct error *err)
{
    int position = id_index_find(&batch->cases, &step->message.case_id);
    if (id_index_find(&batch->taken, &step->message.id) != ID_INDEX_NONE) {
        return MESSAGE_TAKEN_BEFORE;
    }
    if (position == ID_INDEX_NONE) {
        return MESSAGE_NO_CASE;
    }
    struct known_case *known = &batch->known[position];
    bool moves = decide(known, step, rules, now_us, &step->refused);
    if (!moves && step->refused.kind == ERR_RETRY) {
        *err = step->refused;
        return MESSAGE_LATER;
    }
    step->round = -1;
    if (moves) {
        move(batch, known, step);
    }
    tell_state(step, &known->now);
    id_index_add(&batch->taken, &step->message.id, 0);
    batch->steps[batch->step_count++] = step;
    return moves ? MESSAGE_MOVES : MESSAGE_REFUSED;
}

/* ---- what was decided ---- */

size_t message_batch_round(const struct message_batch *batch, int round, struct case_write **writes)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->step_count; i++) {
        if (batch->steps[i]->round == round) {
            writes[count++] = &batch->steps[i]->write;
        }
    }
    case_writes_sort(writes, count);
    return count;
}

struct message_step *message_step_of(struct case_write *write)
{
    return (struct message_step *)((char *)write - offsetof(struct message_step, write));
}
