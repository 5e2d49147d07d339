/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/case_fact_json.h"

#include <string.h>

#include "common/json.h"
#include "common/words.h"
#include "services/analytics/code_json.h"

enum { WORD_MAX = 32, TRAIL_MAX = 8, COUNT_MAX = 1000, EVIDENCE_MAX = 10, URL_MAX = 2000 };

#define APPOINTMENT "reception_booking"

enum { QUEUE_UNIT }; /* the first word */
static const char *const queues[] = {"unit", "unroutable", "disputed", NULL};
static const char *const levels[] = {"urgent", "complex", "normal", NULL};
static const char *const ratings[] = {"satisfied", "acceptable", "dissatisfied", NULL};

/* Events from before there were phases tell one of six states. */
static enum case_state read_state(struct json_reader *reader)
{
    int phase = json_read_word(reader, "phase", JSON_OPTIONAL, case_phase_words);
    const char *state = json_read_text(reader, "state", JSON_REQUIRED, 1, WORD_MAX);
    if (state == NULL) {
        return CASE_RECEIVED;
    }
    if (phase >= 0) {
        return case_state_of((enum case_phase)phase, state);
    }
    int word = word_index(case_state_words, state);
    if (word > CASE_REJECTED) {
        json_read_fault(reader, "state", "not_allowed", "means nothing without a phase");
        return CASE_RECEIVED;
    }
    return (enum case_state)word;
}

static void read_times(struct case_fact *fact, struct json_reader *reader)
{
    fact->opened_at = json_read_instant(reader, "opened_at", JSON_REQUIRED);
    fact->at = json_read_instant(reader, "at", JSON_REQUIRED);
    fact->receive_due = json_read_instant(reader, "receive_due", JSON_OPTIONAL);
    fact->accepted_at = json_read_instant(reader, "accepted_at", JSON_OPTIONAL);
    fact->resolve_due = json_read_instant(reader, "resolve_due", JSON_OPTIONAL);
    fact->resolved_at = json_read_instant(reader, "resolved_at", JSON_OPTIONAL);
    fact->rejected_at = json_read_instant(reader, "rejected_at", JSON_OPTIONAL);
}

/* ---- the trail ---- */

static bool is_in(const char *const *codes, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(codes[i], code) == 0) {
            return true;
        }
    }
    return false;
}

/* Each code once, blank-separated; NULL when there is none. */
static const char *join(const char *const *codes, size_t count, struct arena *arena)
{
    const char *joined = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!is_in(codes, i, codes[i])) {
            joined = joined == NULL ? codes[i] : arena_format(arena, "%s %s", joined, codes[i]);
        }
    }
    return joined;
}

/* Who gives a case back names an owner, but the city office may decide otherwise: what counts is
 * who had it next. While it is disputed, nobody has yet. */
static void read_trail(struct case_fact *fact, struct json_reader *reader, int queue,
                       struct arena *arena)
{
    const char *hands[TRAIL_MAX + 1];
    size_t count = json_read_array(reader, "handovers", JSON_OPTIONAL, TRAIL_MAX), known = 0;
    for (size_t i = 0; i < count; i++) {
        struct json_reader item;
        if (json_read_item(reader, "handovers", i, &item)) {
            const char *from = code_read_unit(&item, "from", JSON_REQUIRED);
            hands[known] = from;
            known += from != NULL;
            json_read_end(&item);
        }
    }
    if (known == 0) {
        return;
    }
    fact->handovers = (int)known;
    fact->givers = join(hands, known, arena);
    if (queue == QUEUE_UNIT && fact->unit != NULL) {
        hands[known++] = fact->unit;
    }
    fact->takers = join(hands + 1, known - 1, arena);
}

static void read_result(struct case_fact *fact, struct json_reader *reader)
{
    struct json_reader result;
    const char *const *evidence;
    if (json_read_object(reader, "result", JSON_OPTIONAL, &result)) {
        fact->evidence = (int)json_read_texts(&result, "evidence", JSON_REQUIRED, EVIDENCE_MAX,
                                              URL_MAX, &evidence);
        json_read_end(&result);
    }
}

/* Only a rejection's reason has a class. */
static void read_reason(struct case_fact *fact, struct json_reader *reader)
{
    struct json_reader reason;
    fact->reason = CASE_NO_REASON;
    if (json_read_object(reader, "reason", JSON_OPTIONAL, &reason)) {
        int word = json_read_word(&reason, "class", JSON_OPTIONAL, case_reason_words);
        fact->reason = word >= 0 ? word : CASE_NO_REASON;
        json_read_end(&reason);
    }
}

static void read_spent(struct case_fact *fact, struct json_reader *reader)
{
    struct json_reader clocks, resolve;
    fact->spent_us = -1;
    if (!json_read_object(reader, "clocks", JSON_OPTIONAL, &clocks)) {
        return;
    }
    if (json_read_object(&clocks, "resolve", JSON_OPTIONAL, &resolve)) {
        fact->spent_us =
            json_read_int(&resolve, "spent_us", JSON_OPTIONAL, 0, CODE_NUMBER_MAX, fact->spent_us);
        json_read_end(&resolve);
    }
    json_read_end(&clocks);
}

static void read_course(struct case_fact *fact, struct json_reader *reader)
{
    bool asked = false;
    fact->reopenings = (int)json_read_int(reader, "reopenings", JSON_OPTIONAL, 0, COUNT_MAX, 0);
    read_result(fact, reader);
    read_reason(fact, reader);
    read_spent(fact, reader);
    int rating = json_read_word(reader, "rating", JSON_OPTIONAL, ratings);
    fact->rating = rating >= 0 ? (enum case_rating)(RATING_SATISFIED + rating) : RATING_NONE;
    fact->rating_asked = json_read_bool(reader, "rating_asked", JSON_OPTIONAL, asked);
}

/* Rules have versions; what a case was judged by is one of them. */
static const char *read_rule(struct json_reader *rules, const char *name,
                             enum json_presence presence)
{
    struct json_reader rule;
    if (!json_read_object(rules, name, presence, &rule)) {
        return NULL;
    }
    const char *code = code_read_rule(&rule, "code", JSON_REQUIRED);
    int64_t version = json_read_int(&rule, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    bool good = json_read_end(&rule);
    return good ? arena_format(rules->arena, "%s@%d", code, (int)version) : NULL;
}

static void read_rules(struct case_fact *fact, struct json_reader *reader)
{
    struct json_reader rules;
    if (json_read_object(reader, "rules", JSON_REQUIRED, &rules)) {
        fact->receive_rule = read_rule(&rules, "receive", JSON_REQUIRED);
        fact->resolve_rule = read_rule(&rules, "resolve", JSON_OPTIONAL);
        json_read_end(&rules);
    }
}

static void read_place(struct case_fact *fact, struct json_reader *reader)
{
    fact->area = code_read_unit(reader, "area", JSON_OPTIONAL);
    bool near = json_read_bool(reader, "near_border", JSON_REQUIRED, false);
    fact->near_border =
        json_read_bool(reader, "area_confirmed", JSON_OPTIONAL, false) ? false : near;
}

static void read_members(struct case_fact *fact, struct json_reader *reader, struct arena *arena)
{
    json_read_uuid(reader, "case_id", JSON_REQUIRED, &fact->case_id);
    fact->version = (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    fact->process = json_read_text(reader, "kind", JSON_REQUIRED, 1, WORD_MAX);
    fact->appointment = fact->process != NULL && strcmp(fact->process, APPOINTMENT) == 0;
    fact->channel = json_read_text(reader, "channel", JSON_OPTIONAL, 1, WORD_MAX);
    int level = json_read_word(reader, "level", JSON_REQUIRED, levels);
    fact->level = level >= 0 ? levels[level] : NULL;
    fact->category = code_read_category(reader, "category", JSON_REQUIRED);
    fact->state = read_state(reader);
    int queue = json_read_word(reader, "queue", JSON_REQUIRED, queues);
    fact->unit =
        code_read_unit(reader, "unit", queue == QUEUE_UNIT ? JSON_REQUIRED : JSON_OPTIONAL);
    if (fact->version == 1) {
        fact->filed_category = fact->category;
    }
    read_place(fact, reader);
    read_times(fact, reader);
    read_trail(fact, reader, queue, arena);
    read_course(fact, reader);
    read_rules(fact, reader);
}

bool case_fact_read(struct case_fact *fact, const char *json, size_t size, struct arena *arena,
                    struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *fact = (struct case_fact){.version = 0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_members(fact, &reader, arena);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
