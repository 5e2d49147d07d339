/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_filter.h"

#include <string.h>

#include "common/clock.h"
#include "common/opaque_ref.h"
#include "common/utf8.h"
#include "common/words.h"

enum { CODE_MAX = 64 };

const char *const case_filter_names[] = {
    "unit",        "phase",    "state",       "process",    "queue",   "level",    "area",
    "category",    "assignee", "due_after",   "due_before", "overdue", "proposed", "audit",
    "near_border", "task",     "merged_into", "text",       "closed",  NULL};

struct reading {
    struct case_filter *filter;
    case_filter_lookup *lookup;
    void *arg;
    struct error *err;
};

static const char *get(const struct reading *reading, const char *name)
{
    return reading->lookup(name, reading->arg);
}

/* ---- single values ---- */

static const char *read_word(const struct reading *reading, const char *name,
                             const char *const *words)
{
    const char *text = get(reading, name);
    if (text != NULL && words[word_index(words, text)] == NULL) {
        error_add_field(reading->err, name, "unknown_word", "not one of the known words");
        return NULL;
    }
    return text;
}

static const char *read_code(const struct reading *reading, const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_-.";
    const char *text = get(reading, name);
    size_t size = text != NULL ? strlen(text) : 0;
    if (text != NULL && (size == 0 || size > CODE_MAX || strspn(text, allowed) != size)) {
        error_add_field(reading->err, name, "bad_code", "must be a code: letters, digits, - _ .");
        return NULL;
    }
    return text;
}

static int64_t read_instant(const struct reading *reading, const char *name, int64_t fallback_us)
{
    const char *text = get(reading, name);
    int64_t at_us = fallback_us;
    if (text != NULL && !clock_parse(text, strlen(text), &at_us)) {
        error_add_field(reading->err, name, "bad_instant", "must be RFC 3339 with a zone");
    }
    return at_us;
}

/* -1: not given. */
static int read_bool(const struct reading *reading, const char *name)
{
    static const char *const words[] = {"false", "true", NULL};
    const char *text = get(reading, name);
    int value = text == NULL ? -1 : word_index(words, text);
    if (value == 2) {
        error_add_field(reading->err, name, "not_allowed", "must be true or false");
    }
    return value == 2 ? -1 : value;
}

static void read_assignee(const struct reading *reading, const char *account)
{
    const char *text = get(reading, "assignee");
    if (text == NULL) {
        return;
    }
    if (!opaque_ref_is_valid(text)) {
        error_add_field(reading->err, "assignee", "bad_reference",
                        "must be an account id, me or none");
    } else if (strcmp(text, "none") == 0) {
        reading->filter->unassigned = true;
    } else {
        reading->filter->assignee = strcmp(text, "me") == 0 ? account : text;
    }
}

static void read_merged_into(const struct reading *reading)
{
    const char *text = get(reading, "merged_into");
    if (text == NULL) {
        return;
    }
    reading->filter->has_merged_into = true;
    if (!uuid_parse(text, strlen(text), &reading->filter->merged_into)) {
        error_add_field(reading->err, "merged_into", "bad_uuid", "must be a UUID");
    }
}

static void read_text(const struct reading *reading, struct arena *arena)
{
    const char *text = get(reading, "text");
    if (text == NULL) {
        return;
    }
    size_t size = strlen(text);
    if (utf8_has_control(text, size, "\t\n\r")) {
        error_add_field(reading->err, "text", "control_character", "holds a control character");
        return;
    }
    if (utf8_length(text, size) > CASE_FILTER_TEXT_MAX) {
        error_add_field(reading->err, "text", "too_long", "may have %d characters",
                        CASE_FILTER_TEXT_MAX);
        return;
    }
    struct case_words *words = arena_alloc(arena, sizeof *words);
    case_words_init(words, arena);
    case_words_add(words, text);
    if (words->plain.count == 0 && words->ticket == NULL) {
        error_add_field(reading->err, "text", "too_short", "holds no word");
    } else if (words->plain.count > CASE_FILTER_WORDS_MAX) {
        error_add_field(reading->err, "text", "too_many", "may have %d words",
                        CASE_FILTER_WORDS_MAX);
    }
    reading->filter->words = words;
}

/* ---- open or closed ---- */

/* Whether states of this name are such that nobody must act any more: 1, 0; -1: no process has
 * such a state. */
static int is_closed_state(const struct process_book *processes, const char *process,
                           const char *code)
{
    for (size_t i = 0; i < processes->count; i++) {
        const struct process *item = processes->items[i];
        int state = process_state_find(item, code);
        if (state >= 0 && (process == NULL || strcmp(item->rule.code, process) == 0)) {
            return !process_phase_is_open(item->states[state].phase);
        }
    }
    return -1;
}

static void read_process(const struct reading *reading, const struct process_book *processes)
{
    const char *code = read_code(reading, "process");
    if (code != NULL && !process_book_has(processes, code)) {
        error_add_field(reading->err, "process", "unknown_process", "there is no such process");
        return;
    }
    reading->filter->process = code;
}

/* What state and phase say of it: 1 closed, 0 open; -1: nothing. */
static int closed_by_state(const struct reading *reading, const struct process_book *processes)
{
    struct case_filter *filter = reading->filter;
    filter->phase = read_word(reading, "phase", process_phase_words);
    filter->state = read_code(reading, "state");
    if (filter->state != NULL) {
        int closed = is_closed_state(processes, filter->process, filter->state);
        if (closed < 0) {
            error_add_field(reading->err, "state", "unknown_word", "no process has such a state");
        }
        return closed;
    }
    if (filter->phase != NULL) {
        int phase = word_index(process_phase_words, filter->phase);
        return !process_phase_is_open((enum process_phase)phase);
    }
    return -1;
}

static void refuse_for_closed(const struct reading *reading)
{
    static const char *const open_only[] = {"due_after", "due_before", "overdue", "task", NULL};
    for (size_t i = 0; open_only[i] != NULL; i++) {
        const char *text = get(reading, open_only[i]);
        if (text != NULL && strcmp(text, "false") != 0) {
            error_add_field(reading->err, open_only[i], "contradiction", "is for open cases");
        }
    }
}

static void contradict(const struct reading *reading, const char *name, bool is_closed)
{
    error_add_field(reading->err, name, "contradiction", "what else is asked for is %s",
                    is_closed ? "closed" : "open");
}

/* What was merged is closed; results to be checked are, unless the case was opened again. */
static void read_closed(const struct reading *reading, const struct process_book *processes)
{
    struct case_filter *filter = reading->filter;
    int told = read_bool(reading, "closed"), implied = closed_by_state(reading, processes);
    if (filter->has_merged_into && implied == 0) {
        contradict(reading, "merged_into", false);
    } else if (filter->has_merged_into) {
        implied = 1;
    }
    if (told >= 0 && implied >= 0 && told != implied) {
        contradict(reading, "closed", implied == 1);
    }
    filter->is_closed = implied >= 0 ? implied : told >= 0 ? told : filter->audit_pending;
    if (filter->is_closed) {
        refuse_for_closed(reading);
    }
}

/* ---- the whole ---- */

static void read_due(const struct reading *reading, int64_t now_us)
{
    struct case_filter *filter = reading->filter;
    filter->due_after = read_instant(reading, "due_after", 0);
    filter->due_before = read_instant(reading, "due_before", CLOCK_LAST_US);
    if (filter->due_before < filter->due_after) {
        error_add_field(reading->err, "due_before", "contradiction",
                        "must not come before due_after");
    }
    if (read_bool(reading, "overdue") == 1 && filter->due_before > now_us) {
        filter->due_before = now_us;
    }
}

static void read_flags(const struct reading *reading)
{
    static const char *const audits[] = {"pending", NULL};
    struct case_filter *filter = reading->filter;
    filter->proposed = read_bool(reading, "proposed") == 1;
    filter->audit_pending = read_word(reading, "audit", audits) != NULL;
    filter->near_border = read_bool(reading, "near_border") == 1;
    filter->task = read_bool(reading, "task") == 1;
}

bool case_filter_read(struct case_filter *filter, case_filter_lookup *lookup, void *arg,
                      const struct process_book *processes, const char *account, int64_t now_us,
                      struct arena *arena, struct error *err)
{
    struct reading reading = {filter, lookup, arg, err};
    *filter = (struct case_filter){0};
    filter->unit = read_code(&reading, "unit");
    read_process(&reading, processes);
    filter->queue = read_word(&reading, "queue", case_queue_words);
    filter->level = read_word(&reading, "level", case_level_words);
    filter->area = read_code(&reading, "area");
    filter->category = read_code(&reading, "category");
    read_assignee(&reading, account);
    read_due(&reading, now_us);
    read_flags(&reading);
    read_merged_into(&reading);
    read_text(&reading, arena);
    read_closed(&reading, processes);
    return !error_is_set(err);
}

/* ---- ways ---- */

enum case_path case_filter_walk(const struct case_filter *filter)
{
    if (filter->task) {
        return PATH_TASKS;
    }
    if (!filter->whole_city) {
        return filter->desk_count == 1 ? PATH_DESK : PATH_DESKS;
    }
    if (filter->is_closed) {
        return filter->audit_pending ? PATH_AUDIT : PATH_CITY;
    }
    if (filter->assignee != NULL) {
        return PATH_ASSIGNEE;
    }
    return filter->proposed || filter->near_border ? PATH_FLAGGED : PATH_CITY;
}

enum case_path case_filter_path(const struct case_filter *filter, const struct word_counts *counts)
{
    if (filter->has_merged_into) {
        return PATH_MERGED;
    }
    if (filter->words != NULL && filter->words->ticket != NULL) {
        return PATH_TICKET;
    }
    if (filter->words != NULL && !filter->task &&
        word_counts_are_rare(counts, &filter->words->plain)) {
        return PATH_WORDS;
    }
    return case_filter_walk(filter);
}
