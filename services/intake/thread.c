/* SPDX-License-Identifier: Apache-2.0 */
#include "thread.h"

#include <stddef.h>

const char *const message_kind_words[] = {"supplement", "answer",    "withdrawal",
                                          "rating",     "reopening", NULL};
const char *const message_state_words[] = {"sent", "done", "refused", NULL};
const char *const message_rating_words[] = {"satisfied", "acceptable", "dissatisfied", NULL};
const char *const word_kind_words[] = {"question",   "answer",  "result", "rejection",
                                       "extension",  "comment", "rating", "reopening",
                                       "withdrawal", "note",    NULL};
const char *const word_author_words[] = {"reporter", "unit", "system", NULL};

/* ---- what may be said ---- */

enum { HOUR_S = 3600 };

static bool is_under_way(const struct thread_state *state, enum message_kind kind)
{
    return (state->under_way & (1u << kind)) != 0;
}

/* Of supplements there may be many; whoever withdraws has nothing else to say. */
static bool check_under_way(const struct thread_state *state, enum message_kind kind,
                            struct error *err)
{
    if (is_under_way(state, MESSAGE_WITHDRAWAL) ||
        (kind != MESSAGE_SUPPLEMENT && is_under_way(state, kind))) {
        return error_set(err, ERR_CONFLICT, "already_sent",
                         "what was sent before is on its way to the unit");
    }
    return true;
}

static bool check_limits(const struct thread_state *state, const struct thread_limits *limits,
                         struct error *err)
{
    if (state->version - 1 >= limits->total) {
        return error_set(err, ERR_UNPROCESSABLE, "too_many_messages",
                         "a submission takes %d messages", (int)limits->total);
    }
    if (state->recent >= limits->hourly) {
        error_set(err, ERR_BUSY, "too_fast", "a submission takes %d messages an hour",
                  (int)limits->hourly);
        if (err != NULL) {
            err->retry_after_s = HOUR_S;
        }
        return false;
    }
    return true;
}

static bool refuse(struct error *err, const char *code, const char *text)
{
    return error_set(err, ERR_UNPROCESSABLE, code, "%s", text);
}

/* What no message changes any more; ratings come later still. */
static bool check_open(const struct thread_state *state, struct error *err)
{
    switch (state->phase) {
    case PHASE_CLOSED:
    case PHASE_REJECTED:
    case PHASE_WITHDRAWN:
        return refuse(err, "case_ended", "the case has ended");
    case PHASE_MERGED:
        return refuse(err, "merged", "another report stands for this one, and brings its result");
    case PHASE_RECEIVED:
    case PHASE_WORKING:
    case PHASE_PAUSED:
    case PHASE_RESOLVED:
    case CASE_PHASES:
        break;
    }
    return true;
}

static bool check_rating(const struct thread_state *state, struct error *err)
{
    bool has_result = state->case_version > 0 && state->rating_asked &&
                      (state->phase == PHASE_RESOLVED || state->phase == PHASE_CLOSED);
    if (!has_result) {
        return refuse(err, "no_result", "there is no result to rate");
    }
    return !state->rated || refuse(err, "already_rated", "the result was rated before");
}

static bool check_reopening(const struct thread_state *state, int64_t now_us, struct error *err)
{
    if (state->case_version == 0) {
        return refuse(err, "no_result", "there is no result to contest");
    }
    if (state->phase == PHASE_CLOSED ||
        (state->phase == PHASE_RESOLVED && state->timeout_at != 0 && now_us >= state->timeout_at)) {
        return refuse(err, "window_over",
                      "the result could be contested until the case was closed");
    }
    return check_open(state, err) && (state->phase == PHASE_RESOLVED ||
                                      refuse(err, "no_result", "there is no result to contest"));
}

static bool check_withdrawal(const struct thread_state *state, struct error *err)
{
    if (state->case_version == 0) {
        return true;
    }
    return check_open(state, err) &&
           (state->phase != PHASE_RESOLVED ||
            refuse(err, "too_late", "there is a result: it can be contested, not withdrawn"));
}

static bool check_kind(const struct thread_state *state, enum message_kind kind, int64_t now_us,
                       struct error *err)
{
    switch (kind) {
    case MESSAGE_RATING:
        return check_rating(state, err);
    case MESSAGE_REOPENING:
        return check_reopening(state, now_us, err);
    case MESSAGE_WITHDRAWAL:
        return check_withdrawal(state, err);
    case MESSAGE_ANSWER:
        return (state->case_version > 0 && state->phase == PHASE_PAUSED && state->asked) ||
               refuse(err, "nothing_asked", "no question waits for an answer");
    case MESSAGE_SUPPLEMENT:
    case MESSAGE_KINDS:
        break;
    }
    return state->case_version == 0 || check_open(state, err);
}

bool thread_may_send(const struct thread_state *state, const struct message *message,
                     const struct thread_limits *limits, int64_t now_us, struct error *err)
{
    if (message->case_version >= 0 && message->case_version != state->case_version) {
        return error_set(err, ERR_CONFLICT, "stale_version",
                         "the case has changed; it is at version %d now", (int)state->case_version);
    }
    return check_under_way(state, message->kind, err) &&
           check_kind(state, message->kind, now_us, err) && check_limits(state, limits, err);
}

/* ---- one order ---- */

/* The step that does a message; its number, or word_count: none has come. */
static size_t step_of(const struct message *message, const struct case_word *words,
                      size_t word_count)
{
    size_t step = 0;
    while (step < word_count && !uuid_equal(&words[step].message, &message->id)) {
        step++;
    }
    return step;
}

/* The message that a step does; its number, or message_count: none. */
static size_t message_of(const struct case_word *word, const struct message *messages,
                         size_t message_count)
{
    size_t number = uuid_is_nil(&word->message) ? message_count : 0;
    while (number < message_count && !uuid_equal(&messages[number].id, &word->message)) {
        number++;
    }
    return number;
}

struct order {
    const struct message *messages;
    size_t message_count, next; /* messages before `next` are told, or told with their step */
    const struct case_word *words;
    size_t word_count;
    struct thread_item *items;
    size_t count;
};

static void tell_message(struct order *order, size_t number)
{
    order->items[order->count++] = (struct thread_item){.message = &order->messages[number]};
}

/* Messages that no step does, up to one that waits for its step: nobody is told out of turn. */
static void tell_until(struct order *order, size_t step)
{
    for (; order->next < order->message_count; order->next++) {
        const struct message *message = &order->messages[order->next];
        size_t own = step_of(message, order->words, order->word_count);
        bool later = own == order->word_count
                         ? step < order->word_count && message->at > order->words[step].at
                         : own >= step;
        if (later) {
            return;
        }
        if (own == order->word_count) {
            tell_message(order, order->next);
        }
    }
}

static void tell_step(struct order *order, size_t step)
{
    size_t own = message_of(&order->words[step], order->messages, order->message_count);
    if (own == order->message_count) {
        order->items[order->count++] = (struct thread_item){.word = &order->words[step]};
        return;
    }
    for (; order->next < own; order->next++) { /* what was said before it */
        const struct message *message = &order->messages[order->next];
        if (step_of(message, order->words, order->word_count) == order->word_count) {
            tell_message(order, order->next);
        }
    }
    tell_message(order, own);
}

size_t thread_order(const struct message *messages, size_t message_count,
                    const struct case_word *words, size_t word_count, struct thread_item *items)
{
    struct order order = {.messages = messages,
                          .message_count = message_count,
                          .words = words,
                          .word_count = word_count,
                          .items = items};
    for (size_t step = 0; step < word_count; step++) {
        tell_until(&order, step);
        tell_step(&order, step);
    }
    tell_until(&order, word_count);
    return order.count;
}
