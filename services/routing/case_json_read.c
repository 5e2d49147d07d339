/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/words.h"
#include "services/routing/case_json.h"

enum {
    REF_MAX = 128,
    UNIT_MIN = 2,
    UNIT_MAX = 32,
    CODE_MAX = 64,
    SOURCE_MAX = 200,
    URL_MAX = 2000,
    TEXT_MAX = 4000,
    COUNT_MAX = 1000
};

/* An index into words; 0 when bad or absent, the fault is in the error. */
static int read_word(struct json_reader *reader, const char *name, enum json_presence presence,
                     const char *const *words)
{
    int word = json_read_word(reader, name, presence, words);
    return word < 0 ? 0 : word;
}

/* The word itself; NULL when absent. */
static const char *read_known(struct json_reader *reader, const char *name,
                              enum json_presence presence, const char *const *words)
{
    int word = json_read_word(reader, name, presence, words);
    return word < 0 ? NULL : words[word];
}

static bool read_rule(struct json_reader *parent, const char *name, enum json_presence presence,
                      struct case_rule *rule)
{
    struct json_reader reader;
    if (!json_read_object(parent, name, presence, &reader)) {
        return false;
    }
    rule->code = json_read_text(&reader, "code", JSON_REQUIRED, 1, CODE_MAX);
    rule->version = (int32_t)json_read_int(&reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    rule->source = json_read_text(&reader, "source", JSON_REQUIRED, 1, SOURCE_MAX);
    return json_read_end(&reader);
}

/* ---- clocks ---- */

static void read_runs(struct json_reader *reader, struct case_clock *clock)
{
    size_t count = json_read_array(reader, "runs", JSON_REQUIRED, CLOCK_RUNS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct json_reader run;
        if (json_read_item(reader, "runs", i, &run)) {
            clock->runs[i].from_us = json_read_instant(&run, "from", JSON_REQUIRED);
            clock->runs[i].to_us = json_read_instant(&run, "to", JSON_OPTIONAL);
            json_read_end(&run);
        }
    }
    clock->run_count = (uint8_t)count;
}

/* Snapshots from before it was told have none. */
static void read_spent(struct json_reader *reader, struct case_clock *clock)
{
    int64_t spent_us = json_read_int(reader, "spent_us", JSON_OPTIONAL, 0, INT64_MAX, -1);
    clock->has_spent = spent_us >= 0;
    clock->spent_us = clock->has_spent ? spent_us : 0;
}

static void read_clock(struct json_reader *parent, const char *name, struct case_clock *clock)
{
    struct json_reader reader;
    if (!json_read_object(parent, name, JSON_OPTIONAL, &reader)) {
        return;
    }
    clock->mode = (enum clock_mode)read_word(&reader, "mode", JSON_REQUIRED, clock_mode_words);
    clock->allowed_us = json_read_int(&reader, "allowed_us", JSON_REQUIRED, 0, INT64_MAX, 0);
    read_runs(&reader, clock);
    clock->stopped = json_read_bool(&reader, "stopped", JSON_OPTIONAL, false);
    clock->due_us[CLOCK_WORKING] = json_read_instant(&reader, "due_working", JSON_OPTIONAL);
    clock->due_us[CLOCK_ALWAYS] = json_read_instant(&reader, "due_always", JSON_OPTIONAL);
    read_spent(&reader, clock);
    clock->reminded = json_read_bool(&reader, "reminded", JSON_OPTIONAL, false);
    clock->escalation =
        (uint8_t)json_read_int(&reader, "escalation", JSON_OPTIONAL, 0, CASE_ESCALATIONS_MAX, 0);
    json_read_end(&reader);
}

static void read_clocks(struct json_reader *parent, struct case_snapshot *snapshot)
{
    struct json_reader reader;
    if (json_read_object(parent, "clocks", JSON_REQUIRED, &reader)) {
        for (int i = 0; i < CASE_CLOCKS; i++) {
            read_clock(&reader, case_clock_words[i], &snapshot->clocks[i]);
        }
        json_read_end(&reader);
    }
}

static void read_tasks(struct json_reader *parent, struct case_snapshot *snapshot)
{
    snapshot->task_count = json_read_array(parent, "tasks", JSON_OPTIONAL, CASE_TASKS_MAX);
    for (size_t i = 0; i < snapshot->task_count; i++) {
        struct case_task *task = &snapshot->tasks[i];
        struct json_reader reader;
        if (json_read_item(parent, "tasks", i, &reader)) {
            task->unit = json_read_text(&reader, "unit", JSON_REQUIRED, UNIT_MIN, UNIT_MAX);
            task->state =
                (enum task_state)read_word(&reader, "state", JSON_REQUIRED, task_state_words);
            task->note = json_read_text(&reader, "note", JSON_OPTIONAL, 1, TEXT_MAX);
            read_clock(&reader, "clock", &task->clock);
            json_read_end(&reader);
        }
    }
}

static int task_number(const struct case_snapshot *snapshot, const char *unit)
{
    for (size_t i = 0; unit != NULL && i < snapshot->task_count; i++) {
        if (snapshot->tasks[i].unit != NULL && strcmp(snapshot->tasks[i].unit, unit) == 0) {
            return CASE_CLOCKS + (int)i;
        }
    }
    return -1;
}

static void read_alert(struct json_reader *parent, struct case_snapshot *snapshot)
{
    struct json_reader reader;
    snapshot->alert_clock = -1;
    if (json_read_object(parent, "alert", JSON_OPTIONAL, &reader)) {
        const char *clock = json_read_text(&reader, "clock", JSON_REQUIRED, 1, CODE_MAX);
        const char *unit = json_read_text(&reader, "unit", JSON_OPTIONAL, UNIT_MIN, UNIT_MAX);
        int number = clock != NULL ? word_index(case_clock_words, clock) : CASE_CLOCKS;
        snapshot->alert_clock = number < CASE_CLOCKS ? number : task_number(snapshot, unit);
        json_read_end(&reader);
    }
}

/* ---- what was said ---- */

static void read_result(struct json_reader *parent, struct case_snapshot *snapshot)
{
    struct json_reader result;
    const char *const *evidence;
    if (!json_read_object(parent, "result", JSON_OPTIONAL, &result)) {
        return;
    }
    snapshot->result_text = json_read_text(&result, "text", JSON_REQUIRED, 1, TEXT_MAX);
    snapshot->evidence_count =
        json_read_texts(&result, "evidence", JSON_REQUIRED, CASE_EVIDENCE_MAX, URL_MAX, &evidence);
    for (size_t i = 0; i < snapshot->evidence_count; i++) {
        snapshot->evidence[i] = evidence[i];
    }
    snapshot->result_by = json_read_text(&result, "by", JSON_OPTIONAL, 1, REF_MAX);
    json_read_end(&result);
}

static void read_reason(struct json_reader *parent, const char **class, const char **text)
{
    struct json_reader reason;
    if (json_read_object(parent, "reason", JSON_OPTIONAL, &reason)) {
        *class = read_known(&reason, "class", JSON_OPTIONAL, case_reason_words);
        *text = json_read_text(&reason, "text", JSON_REQUIRED, 1, TEXT_MAX);
        json_read_end(&reason);
    }
}

static void read_question(struct json_reader *parent, struct case_snapshot *snapshot)
{
    struct json_reader question;
    if (json_read_object(parent, "question", JSON_OPTIONAL, &question)) {
        snapshot->asked = read_known(&question, "asked", JSON_REQUIRED, case_asked_words);
        snapshot->question = json_read_text(&question, "text", JSON_REQUIRED, 1, TEXT_MAX);
        snapshot->answer = json_read_text(&question, "answer", JSON_OPTIONAL, 1, TEXT_MAX);
        json_read_end(&question);
    }
}

static void read_proposal(struct json_reader *parent, struct case_snapshot *snapshot)
{
    struct case_proposal *proposal = &snapshot->proposal;
    struct json_reader pending;
    proposal->action = -1;
    if (json_read_object(parent, "pending", JSON_OPTIONAL, &pending)) {
        const char *action = json_read_text(&pending, "action", JSON_REQUIRED, 1, CODE_MAX);
        proposal->action = action != NULL ? process_action_find(snapshot->process, action) : -1;
        if (action != NULL && proposal->action < 0) {
            json_read_fault(&pending, "action", "unknown_word", "the process has no such action");
        }
        proposal->by = json_read_text(&pending, "by", JSON_OPTIONAL, 1, REF_MAX);
        proposal->at = json_read_instant(&pending, "at", JSON_REQUIRED);
        read_reason(&pending, &proposal->reason_class, &proposal->reason_text);
        proposal->minutes = json_read_int(&pending, "minutes", JSON_OPTIONAL, 0, INT32_MAX, 0);
        json_read_end(&pending);
    }
}

static void read_trail(struct json_reader *parent, struct case_snapshot *snapshot)
{
    snapshot->trail_count = json_read_array(parent, "handovers", JSON_OPTIONAL, CASE_TRAIL_MAX);
    for (size_t i = 0; i < snapshot->trail_count; i++) {
        struct case_handover *handover = &snapshot->trail[i];
        struct json_reader reader;
        if (json_read_item(parent, "handovers", i, &reader)) {
            handover->from = json_read_text(&reader, "from", JSON_REQUIRED, UNIT_MIN, UNIT_MAX);
            handover->to = json_read_text(&reader, "to", JSON_REQUIRED, UNIT_MIN, UNIT_MAX);
            handover->reason = json_read_text(&reader, "reason", JSON_REQUIRED, 1, TEXT_MAX);
            handover->at = json_read_instant(&reader, "at", JSON_REQUIRED);
            json_read_end(&reader);
        }
    }
}

static void read_details(struct json_reader *parent, struct case_snapshot *snapshot)
{
    const struct process *process = snapshot->process;
    struct json_reader reader;
    if (!json_read_object(parent, "details", JSON_OPTIONAL, &reader)) {
        return;
    }
    for (int i = 0; i < process->detail_count; i++) {
        const char *code = process->details[i].code;
        const char *text = json_read_text(&reader, code, JSON_OPTIONAL, 1, TEXT_MAX);
        if (text != NULL) {
            snapshot->details[snapshot->detail_count++] = (struct case_detail){code, text};
        }
    }
    json_read_end(&reader);
}

static void read_audit(struct json_reader *parent, struct case_snapshot *snapshot)
{
    struct json_reader audit;
    if (json_read_object(parent, "audit", JSON_OPTIONAL, &audit)) {
        snapshot->audit =
            (enum case_audit)read_word(&audit, "state", JSON_REQUIRED, audit_state_words);
        snapshot->audit_text = json_read_text(&audit, "text", JSON_OPTIONAL, 1, TEXT_MAX);
        json_read_end(&audit);
    }
}

static void read_message(struct json_reader *parent, struct case_snapshot *snapshot)
{
    struct json_reader message;
    if (json_read_object(parent, "message", JSON_OPTIONAL, &message)) {
        json_read_uuid(&message, "id", JSON_REQUIRED, &snapshot->message);
        snapshot->message_media_count = json_read_texts(
            &message, "media", JSON_OPTIONAL, CASE_EVIDENCE_MAX, URL_MAX, &snapshot->message_media);
        json_read_end(&message);
    }
}

/* ---- the whole ---- */

static bool read_process(struct json_reader *reader, const struct process_book *book,
                         struct case_snapshot *snapshot, struct error *err)
{
    struct case_rule rule = {0};
    if (!read_rule(reader, "process", JSON_REQUIRED, &rule) || rule.code == NULL) {
        return false;
    }
    snapshot->process = process_find(book, rule.code, rule.version);
    return snapshot->process != NULL ||
           error_set(err, ERR_RETRY, "unknown_process", "process %.64s version %d is not loaded",
                     rule.code, rule.version);
}

static int read_state(struct json_reader *reader, const char *name, enum json_presence presence,
                      const struct process *process, int fallback)
{
    const char *code = json_read_text(reader, name, presence, 1, CODE_MAX);
    int state = code != NULL ? process_state_find(process, code) : fallback;
    if (state < 0) {
        json_read_fault(reader, name, "unknown_word", "the process has no such state");
        return fallback;
    }
    return state;
}

static void read_identity(struct json_reader *reader, struct case_snapshot *snapshot)
{
    const struct process *process = snapshot->process;
    json_read_uuid(reader, "case_id", JSON_REQUIRED, &snapshot->id);
    snapshot->version = (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    snapshot->ticket = json_read_text(reader, "ticket", JSON_REQUIRED, 17, 24);
    snapshot->category = json_read_text(reader, "category", JSON_REQUIRED, 1, CODE_MAX);
    snapshot->level = (enum case_level)read_word(reader, "level", JSON_REQUIRED, case_level_words);
    snapshot->state = read_state(reader, "state", JSON_REQUIRED, process, 0);
    snapshot->previous_state =
        read_state(reader, "previous_state", snapshot->version > 1 ? JSON_REQUIRED : JSON_OPTIONAL,
                   process, 0);
    snapshot->resume_state =
        read_state(reader, "resume_state", JSON_OPTIONAL, process, process->opening);
    snapshot->action = json_read_text(reader, "action", JSON_REQUIRED, 1, CODE_MAX);
    snapshot->at_us = json_read_instant(reader, "at", JSON_REQUIRED);
}

static void read_place_and_people(struct json_reader *reader, struct case_snapshot *snapshot)
{
    snapshot->queue = (enum case_queue)read_word(reader, "queue", JSON_REQUIRED, case_queue_words);
    snapshot->area = json_read_text(reader, "area", JSON_OPTIONAL, UNIT_MIN, UNIT_MAX);
    snapshot->area_set = json_read_int(reader, "area_set", JSON_OPTIONAL, 1, INT64_MAX, 0);
    snapshot->near_border = json_read_bool(reader, "near_border", JSON_REQUIRED, false);
    snapshot->near_area = json_read_text(reader, "near_area", JSON_OPTIONAL, UNIT_MIN, UNIT_MAX);
    snapshot->area_confirmed = json_read_bool(reader, "area_confirmed", JSON_OPTIONAL, false);
    snapshot->unit = json_read_text(reader, "unit",
                                    snapshot->queue == QUEUE_UNIT ? JSON_REQUIRED : JSON_OPTIONAL,
                                    UNIT_MIN, UNIT_MAX);
    snapshot->bound = json_read_bool(reader, "bound", JSON_OPTIONAL, false);
    snapshot->focal_point = json_read_text(reader, "focal_point", JSON_OPTIONAL, 1, REF_MAX);
    snapshot->assignee = json_read_text(reader, "assignee", JSON_OPTIONAL, 1, REF_MAX);
    snapshot->reporter_ref = json_read_text(reader, "reporter_ref", JSON_REQUIRED, 1, REF_MAX);
    snapshot->channel = json_read_text(reader, "channel", JSON_OPTIONAL, 1, CODE_MAX);
    snapshot->language = json_read_text(reader, "language", JSON_REQUIRED, 2, 2);
}

static void read_times(struct json_reader *reader, struct case_snapshot *snapshot)
{
    snapshot->opened_at = json_read_instant(reader, "opened_at", JSON_REQUIRED);
    snapshot->accepted_at = json_read_instant(reader, "accepted_at", JSON_OPTIONAL);
    snapshot->resolved_at = json_read_instant(reader, "resolved_at", JSON_OPTIONAL);
    snapshot->rejected_at = json_read_instant(reader, "rejected_at", JSON_OPTIONAL);
    snapshot->closed_at = json_read_instant(reader, "closed_at", JSON_OPTIONAL);
    snapshot->timeout_at = json_read_instant(reader, "timeout_at", JSON_OPTIONAL);
    snapshot->timeout_from = json_read_instant(reader, "timeout_from", JSON_OPTIONAL);
    read_clocks(reader, snapshot);
    read_tasks(reader, snapshot);
    read_alert(reader, snapshot);
}

static void read_course(struct json_reader *reader, struct case_snapshot *snapshot)
{
    read_trail(reader, snapshot);
    read_proposal(reader, snapshot);
    snapshot->extensions = (int)json_read_int(reader, "extensions", JSON_OPTIONAL, 0, COUNT_MAX, 0);
    snapshot->reopenings = (int)json_read_int(reader, "reopenings", JSON_OPTIONAL, 0, COUNT_MAX, 0);
    read_question(reader, snapshot);
    read_result(reader, snapshot);
    read_reason(reader, &snapshot->reason_class, &snapshot->reason_text);
    snapshot->rating = read_known(reader, "rating", JSON_OPTIONAL, case_rating_words);
    snapshot->rating_asked = json_read_bool(reader, "rating_asked", JSON_OPTIONAL, false);
    read_audit(reader, snapshot);
    json_read_uuid(reader, "merged_into", JSON_OPTIONAL, &snapshot->merged_into);
    json_read_uuid(reader, "split_from", JSON_OPTIONAL, &snapshot->split_from);
    read_details(reader, snapshot);
}

static void read_actor_and_rules(struct json_reader *reader, struct case_snapshot *snapshot)
{
    struct json_reader actor, rules;
    if (json_read_object(reader, "actor", JSON_REQUIRED, &actor)) {
        snapshot->actor_role = (enum actor)read_word(&actor, "role", JSON_REQUIRED, actor_words);
        snapshot->actor_ref = json_read_text(&actor, "ref", JSON_OPTIONAL, 1, REF_MAX);
        json_read_end(&actor);
    }
    if (json_read_object(reader, "rules", JSON_REQUIRED, &rules)) {
        read_rule(&rules, "routing", JSON_REQUIRED, &snapshot->routing_rule);
        read_rule(&rules, "receive", JSON_REQUIRED, &snapshot->receive_rule);
        read_rule(&rules, "resolve", JSON_OPTIONAL, &snapshot->resolve_rule);
        json_read_end(&rules);
    }
}

bool case_json_read(struct case_snapshot *snapshot, const struct process_book *book,
                    const char *text, size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(snapshot, 0, sizeof *snapshot);
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    bool whole = read_process(&reader, book, snapshot, err);
    if (whole) {
        read_identity(&reader, snapshot);
        read_place_and_people(&reader, snapshot);
        read_times(&reader, snapshot);
        read_course(&reader, snapshot);
        read_actor_and_rules(&reader, snapshot);
        snapshot->note = json_read_text(&reader, "note", JSON_OPTIONAL, 1, TEXT_MAX);
        read_message(&reader, snapshot);
        whole = json_read_end(&reader);
    }
    json_document_free(&document);
    return whole;
}
