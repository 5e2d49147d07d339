/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/process_json.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/words.h"

enum {
    CODE_MAX = 32,
    NAME_MAX = 100,
    SOURCE_MAX = 200,
    WORDS_MAX = 40,
    TEXT_MAX = 4000,
    COUNT_MAX = 20,
    HANDOVERS_MAX = 6, /* their trail is in every snapshot */
    DETAIL_WORDS_MAX = 20,
    DATE_SIZE = 10
};

/* Lower-case words joined by _: what may stand in a URL and a column. */
static const char *read_code(struct json_reader *reader, const char *name,
                             enum json_presence presence)
{
    const char *code = json_read_text(reader, name, presence, 2, CODE_MAX);
    if (code != NULL &&
        (strspn(code, "abcdefghijklmnopqrstuvwxyz_") != strlen(code) || code[0] == '_')) {
        json_read_fault(reader, name, "bad_code", "must be lower-case words joined by _");
    }
    return code;
}

static void fault_word(struct json_reader *reader, const char *name, size_t index)
{
    char path[64];
    snprintf(path, sizeof path, "%s[%zu]", name, index);
    json_read_fault(reader, path, "unknown_word", "is none of the known words");
}

/* A list of words as a set of bits. */
static process_set read_set(struct json_reader *reader, const char *name,
                            enum json_presence presence, const char *const *words)
{
    const char *const *texts;
    process_set set = 0;
    size_t count = json_read_texts(reader, name, presence, WORDS_MAX, CODE_MAX, &texts);
    for (size_t i = 0; i < count; i++) {
        int word = word_index(words, texts[i]);
        if (words[word] == NULL) {
            fault_word(reader, name, i);
        } else {
            set |= PROCESS_BIT(word);
        }
    }
    return set;
}

static process_set read_states(struct json_reader *reader, const char *name,
                               const struct process *process)
{
    const char *const *texts;
    process_set set = 0;
    size_t count =
        json_read_texts(reader, name, JSON_REQUIRED, PROCESS_STATES_MAX, CODE_MAX, &texts);
    for (size_t i = 0; i < count; i++) {
        int state = process_state_find(process, texts[i]);
        if (state < 0) {
            fault_word(reader, name, i);
        } else {
            set |= PROCESS_BIT(state);
        }
    }
    return set;
}

static void read_names(struct json_reader *reader, const char **vi, const char **en)
{
    struct json_reader names;
    if (json_read_object(reader, "name", JSON_REQUIRED, &names)) {
        *vi = json_read_text(&names, "vi", JSON_REQUIRED, 1, NAME_MAX);
        *en = json_read_text(&names, "en", JSON_REQUIRED, 1, NAME_MAX);
        json_read_end(&names);
    }
}

/* Actions are read after states: the action of a time-out is only a word at first. */
static void read_timeout(struct json_reader *item, struct process_state *state, const char **action)
{
    struct json_reader timeout;
    if (json_read_object(item, "timeout", JSON_OPTIONAL, &timeout)) {
        int clock = json_read_word(&timeout, "clock", JSON_REQUIRED, deadline_clock_words);
        state->timeout_clock = clock < 0 ? DEADLINE_ANSWER : (enum deadline_clock)clock;
        *action = read_code(&timeout, "action", JSON_REQUIRED);
        json_read_end(&timeout);
    }
}

static void read_state_list(struct json_reader *reader, struct process *process,
                            const char *timeouts[PROCESS_STATES_MAX])
{
    size_t count = json_read_array(reader, "states", JSON_REQUIRED, PROCESS_STATES_MAX);
    for (size_t i = 0; i < count; i++) {
        struct process_state *state = &process->states[i];
        struct json_reader item;
        if (!json_read_item(reader, "states", i, &item)) {
            return;
        }
        state->code = read_code(&item, "code", JSON_REQUIRED);
        read_names(&item, &state->name_vi, &state->name_en);
        int phase = json_read_word(&item, "phase", JSON_REQUIRED, process_phase_words);
        state->phase = phase < 0 ? PHASE_RECEIVED : (enum process_phase)phase;
        state->timeout_action = -1;
        read_timeout(&item, state, &timeouts[i]);
        if (state->code == NULL) {
            return;
        }
        if (process_state_find(process, state->code) >= 0) {
            json_read_fault(&item, "code", "duplicate", "two states have this code");
        }
        json_read_end(&item);
        process->state_count++;
    }
}

static void find_timeouts(struct json_reader *reader, struct process *process,
                          const char *const timeouts[PROCESS_STATES_MAX])
{
    for (int i = 0; i < process->state_count; i++) {
        struct process_state *state = &process->states[i];
        if (timeouts[i] != NULL) {
            state->timeout_action = process_action_find(process, timeouts[i]);
        }
        if (timeouts[i] != NULL && state->timeout_action < 0) {
            char path[64];
            snprintf(path, sizeof path, "states[%d].timeout.action", i);
            json_read_fault(reader, path, "unknown_word", "the process has no such action");
        }
    }
}

static void read_approval(struct json_reader *reader, struct process_action *action)
{
    struct json_reader approval;
    if (json_read_object(reader, "approval", JSON_OPTIONAL, &approval)) {
        action->approvers = (actor_set)read_set(&approval, "by", JSON_REQUIRED, actor_words);
        if (action->approvers == 0) { /* it would read as: needs no approval */
            json_read_fault(&approval, "by", "too_short", "must name who may approve");
        }
        action->approval_by_class =
            json_read_bool(&approval, "where_class_needs_it", JSON_OPTIONAL, false);
        json_read_end(&approval);
    }
}

static int read_target(struct json_reader *reader, const struct process *process)
{
    const char *to = json_read_text(reader, "to", JSON_OPTIONAL, 1, CODE_MAX);
    if (to == NULL) {
        return PROCESS_STAYS;
    }
    if (strcmp(to, "@back") == 0) {
        return PROCESS_BACK;
    }
    int state = process_state_find(process, to);
    if (state < 0) {
        json_read_fault(reader, "to", "unknown_word", "the process has no such state");
        return PROCESS_STAYS;
    }
    return state;
}

static void read_action(struct json_reader *item, const struct process *process,
                        struct process_action *action)
{
    action->code = read_code(item, "code", JSON_REQUIRED);
    int event = json_read_word(item, "event", JSON_REQUIRED, process_event_words);
    action->event = event < 0 ? 0 : event;
    action->from = read_states(item, "from", process);
    action->to = read_target(item, process);
    action->queues = read_set(item, "queues", JSON_OPTIONAL, case_queue_words);
    if (action->queues == 0) {
        action->queues = PROCESS_BIT(QUEUE_UNIT);
    }
    action->by = (actor_set)read_set(item, "by", JSON_REQUIRED, actor_words);
    read_approval(item, action);
    action->requires = read_set(item, "requires", JSON_OPTIONAL, process_field_words);
    action->takes = action->requires | PROCESS_BIT(FIELD_NOTE) |
                    read_set(item, "takes", JSON_OPTIONAL, process_field_words);
    action->conditions = read_set(item, "conditions", JSON_OPTIONAL, process_condition_words);
    action->effects = read_set(item, "effects", JSON_OPTIONAL, process_effect_words);
}

static void read_action_list(struct json_reader *reader, struct process *process)
{
    size_t count = json_read_array(reader, "actions", JSON_REQUIRED, PROCESS_ACTIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct process_action *action = &process->actions[i];
        struct json_reader item;
        if (!json_read_item(reader, "actions", i, &item)) {
            return;
        }
        read_action(&item, process, action);
        if (action->code == NULL) {
            return;
        }
        if (process_action_find(process, action->code) >= 0) {
            json_read_fault(&item, "code", "duplicate", "two actions have this code");
        }
        json_read_end(&item);
        process->action_count++;
    }
}

static void read_detail(struct json_reader *item, struct process_detail *detail)
{
    int type = json_read_word(item, "type", JSON_REQUIRED, detail_type_words);
    detail->type = type < 0 ? DETAIL_TEXT : (enum detail_type)type;
    detail->required = json_read_bool(item, "required", JSON_OPTIONAL, false);
    detail->max = (size_t)json_read_int(item, "max", JSON_OPTIONAL, 1, TEXT_MAX, CODE_MAX);
    const char *const *texts;
    size_t count =
        json_read_texts(item, "words", detail->type == DETAIL_WORD ? JSON_REQUIRED : JSON_OPTIONAL,
                        DETAIL_WORDS_MAX, CODE_MAX, &texts);
    const char **words = arena_array(item->arena, count + 1, sizeof *words);
    for (size_t i = 0; i < count; i++) {
        words[i] = texts[i];
    }
    detail->words = words;
}

static void check_detail(struct json_reader *item, const struct process *process, const char *code)
{
    for (int i = 0; code != NULL && i < process->detail_count; i++) {
        const char *other = process->details[i].code;
        if (other != NULL && strcmp(other, code) == 0) {
            json_read_fault(item, "code", "duplicate", "two details have this code");
        }
    }
}

static void read_details(struct json_reader *reader, struct process *process)
{
    size_t count = json_read_array(reader, "details", JSON_OPTIONAL, PROCESS_DETAILS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct process_detail *detail = &process->details[process->detail_count];
        struct json_reader item;
        if (json_read_item(reader, "details", i, &item)) {
            detail->code = read_code(&item, "code", JSON_REQUIRED);
            read_detail(&item, detail);
            check_detail(&item, process, detail->code);
            json_read_end(&item);
            process->detail_count++;
        }
    }
}

/* Its details and its state are words, so both are read before. */
static process_set read_filed_details(struct json_reader *reader, const struct process *process)
{
    const char *codes[PROCESS_DETAILS_MAX + 1] = {0};
    for (int i = 0; i < process->detail_count; i++) {
        codes[i] = process->details[i].code != NULL ? process->details[i].code : "";
    }
    return read_set(reader, "details", JSON_REQUIRED, codes);
}

static void read_filing(struct json_reader *reader, struct process *process)
{
    struct process_filing *filing = &process->filing;
    struct json_reader item;
    filing->refused = -1;
    if (!json_read_object(reader, "filing", JSON_OPTIONAL, &item)) {
        return;
    }
    filing->by = (actor_set)read_set(&item, "by", JSON_REQUIRED, actor_words);
    if (filing->by == 0) { /* it would read as: is not filed */
        json_read_fault(&item, "by", "too_short", "must name who may file");
    }
    filing->anonymous = json_read_bool(&item, "anonymous", JSON_REQUIRED, false);
    filing->location = json_read_bool(&item, "location", JSON_REQUIRED, false);
    filing->details = read_filed_details(&item, process);
    const char *refused = read_code(&item, "refused", JSON_OPTIONAL);
    if (refused != NULL) {
        filing->refused = process_state_find(process, refused);
        if (filing->refused < 0) {
            json_read_fault(&item, "refused", "unknown_word", "the process has no such state");
        }
    }
    filing->source = json_read_text(&item, "source", JSON_REQUIRED, 1, SOURCE_MAX);
    json_read_end(&item);
}

static void read_limits(struct json_reader *reader, struct process_limits *limits)
{
    struct json_reader item;
    if (json_read_object(reader, "limits", JSON_REQUIRED, &item)) {
        limits->handovers =
            (int)json_read_int(&item, "handovers", JSON_REQUIRED, 0, HANDOVERS_MAX, 0);
        limits->extensions =
            (int)json_read_int(&item, "extensions", JSON_REQUIRED, 0, COUNT_MAX, 0);
        limits->reopenings =
            (int)json_read_int(&item, "reopenings", JSON_REQUIRED, 0, COUNT_MAX, 0);
        limits->audit_percent =
            (int)json_read_int(&item, "audit_percent", JSON_REQUIRED, 0, 100, 0);
        limits->audit_seed = json_read_int(&item, "audit_seed", JSON_OPTIONAL, 0, INT64_MAX, 0);
        json_read_end(&item);
    }
}

static void read_members(struct json_reader *reader, struct process *process)
{
    const char *timeouts[PROCESS_STATES_MAX] = {0};
    process->rule.code = read_code(reader, "code", JSON_REQUIRED);
    process->rule.version =
        (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    json_read_text(reader, "valid_from", JSON_REQUIRED, DATE_SIZE, DATE_SIZE);
    json_read_text(reader, "valid_to", JSON_OPTIONAL, DATE_SIZE, DATE_SIZE);
    process->rule.source = json_read_text(reader, "source", JSON_REQUIRED, 1, SOURCE_MAX);
    read_names(reader, &process->name_vi, &process->name_en);
    read_limits(reader, &process->limits);
    process->opened_by = (actor_set)read_set(reader, "opened_by", JSON_OPTIONAL, actor_words);
    read_details(reader, process);
    read_state_list(reader, process, timeouts);
    read_filing(reader, process);
    read_action_list(reader, process);
    find_timeouts(reader, process, timeouts);
    const char *opening = read_code(reader, "opening", JSON_REQUIRED);
    int state = opening != NULL ? process_state_find(process, opening) : 0;
    if (state < 0) {
        json_read_fault(reader, "opening", "unknown_word", "the process has no such state");
    }
    process->opening = state < 0 ? 0 : state;
}

bool process_json_read(struct process *process, const char *text, size_t size, struct arena *arena,
                       struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(process, 0, sizeof *process);
    process->body = arena_copy(arena, text, size);
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    read_members(&reader, process);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole && process_check(process, err);
}
