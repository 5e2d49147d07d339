/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/case_fact.h"

#include <stdlib.h>
#include <string.h>

#include "services/analytics/varint.h"

const char *const case_phase_words[] = {"received", "working",   "paused", "resolved", "closed",
                                        "rejected", "withdrawn", "merged", NULL};
const char *const case_state_words[CASE_STATES + 1] = {"received",    "accepted", "assigned",
                                                       "in_progress", "resolved", "rejected",
                                                       "withdrawn",   "merged",   NULL};
const char *const case_reason_words[CASE_REASONS + 1] = {
    "out_of_scope_legal", "unclear", "duplicate", "not_city", "abusive", "other", NULL};

enum case_state case_state_of(enum case_phase phase, const char *state)
{
    static const enum case_state states[] = {
        [PHASE_RECEIVED] = CASE_RECEIVED,   [PHASE_WORKING] = CASE_IN_PROGRESS,
        [PHASE_PAUSED] = CASE_IN_PROGRESS,  [PHASE_RESOLVED] = CASE_RESOLVED,
        [PHASE_CLOSED] = CASE_RESOLVED,     [PHASE_REJECTED] = CASE_REJECTED,
        [PHASE_WITHDRAWN] = CASE_WITHDRAWN, [PHASE_MERGED] = CASE_MERGED,
    };
    if (phase == PHASE_WORKING && strcmp(state, "accepted") == 0) {
        return CASE_ACCEPTED;
    }
    if (phase == PHASE_WORKING && strcmp(state, "assigned") == 0) {
        return CASE_ASSIGNED;
    }
    return states[phase];
}

bool case_is_open(const struct case_fact *fact)
{
    return fact->state <= CASE_IN_PROGRESS;
}

int64_t case_received_at(const struct case_fact *fact)
{
    return fact->accepted_at != 0 ? fact->accepted_at : fact->rejected_at;
}

int64_t case_due(const struct case_fact *fact)
{
    bool waits = fact->state == CASE_RECEIVED && fact->accepted_at == 0;
    if (!case_is_open(fact)) {
        return 0;
    }
    return waits ? fact->receive_due : fact->resolve_due;
}

bool case_is_overdue(const struct case_fact *fact, int64_t now)
{
    int64_t due = case_due(fact);
    return due != 0 && now > due;
}

/* ---- stored ---- */

/* The first layout had no rules. */
enum { LAYOUT_FIRST = 1, LAYOUT = 2, TEXTS_FIRST = 8, TEXTS = 10, INSTANTS = 7, NUMBERS = 6 };
enum { FLAG_APPOINTMENT = 1, FLAG_NEAR_BORDER = 2, FLAG_RATING_ASKED = 4 };

void case_fact_pack(const struct case_fact *fact, struct buffer *out)
{
    const char *const texts[TEXTS] = {
        fact->unit,    fact->category, fact->process, fact->level,        fact->area,
        fact->channel, fact->givers,   fact->takers,  fact->receive_rule, fact->resolve_rule};
    const int64_t instants[INSTANTS] = {fact->opened_at,   fact->at,          fact->receive_due,
                                        fact->accepted_at, fact->resolve_due, fact->resolved_at,
                                        fact->rejected_at};
    const int numbers[NUMBERS] = {(int)fact->state, fact->reason,     (int)fact->rating,
                                  fact->handovers,  fact->reopenings, fact->evidence};
    varint_put(out, LAYOUT);
    for (size_t i = 0; i < TEXTS; i++) {
        varint_put_text(out, texts[i]);
    }
    for (size_t i = 0; i < INSTANTS; i++) {
        varint_put_signed(out, instants[i]);
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        varint_put(out, (uint64_t)numbers[i]);
    }
    varint_put_signed(out, fact->spent_us);
    varint_put(out, (fact->appointment ? FLAG_APPOINTMENT : 0u) |
                        (fact->near_border ? FLAG_NEAR_BORDER : 0u) |
                        (fact->rating_asked ? FLAG_RATING_ASKED : 0u));
}

struct told_fact case_tell(const struct case_fact *fact, struct arena *arena)
{
    struct told_fact told = {
        .id = fact->case_id, .subject = SUBJECT_CASES, .version = fact->version};
    struct buffer body;
    buffer_init(&body);
    case_fact_pack(fact, &body);
    told.body = fact_body_of(&body, arena);
    told.body.filed = fact->filed_category;
    buffer_finish(&body);
    return told;
}

static void get_texts(struct case_fact *fact, size_t count, struct varint_reader *reader,
                      struct arena *arena)
{
    const char **const texts[TEXTS] = {
        &fact->unit,    &fact->category, &fact->process, &fact->level,        &fact->area,
        &fact->channel, &fact->givers,   &fact->takers,  &fact->receive_rule, &fact->resolve_rule};
    for (size_t i = 0; i < count; i++) {
        *texts[i] = varint_get_text(reader, arena);
    }
}

static void get_instants(struct case_fact *fact, struct varint_reader *reader)
{
    int64_t *const instants[INSTANTS] = {&fact->opened_at,   &fact->at,          &fact->receive_due,
                                         &fact->accepted_at, &fact->resolve_due, &fact->resolved_at,
                                         &fact->rejected_at};
    for (size_t i = 0; i < INSTANTS; i++) {
        *instants[i] = varint_get_signed(reader);
    }
}

bool case_fact_unpack(struct case_fact *fact, const void *bytes, size_t size, struct arena *arena)
{
    struct varint_reader reader;
    *fact = (struct case_fact){.version = 0};
    varint_read(&reader, bytes, size);
    uint64_t layout = varint_get(&reader);
    if (layout != LAYOUT && layout != LAYOUT_FIRST) {
        return false;
    }
    get_texts(fact, layout == LAYOUT ? TEXTS : TEXTS_FIRST, &reader, arena);
    get_instants(fact, &reader);
    uint64_t state = varint_get(&reader), reason = varint_get(&reader);
    uint64_t rating = varint_get(&reader);
    fact->handovers = (int)varint_get(&reader);
    fact->reopenings = (int)varint_get(&reader);
    fact->evidence = (int)varint_get(&reader);
    fact->spent_us = varint_get_signed(&reader);
    uint64_t flags = varint_get(&reader);
    if (reader.failed || reader.at != reader.end || state >= CASE_STATES ||
        reason > CASE_NO_REASON || rating > RATING_DISSATISFIED || fact->category == NULL) {
        return false;
    }
    fact->state = (enum case_state)state;
    fact->reason = (int)reason;
    fact->rating = (enum case_rating)rating;
    fact->appointment = (flags & FLAG_APPOINTMENT) != 0;
    fact->near_border = (flags & FLAG_NEAR_BORDER) != 0;
    fact->rating_asked = (flags & FLAG_RATING_ASKED) != 0;
    return true;
}
