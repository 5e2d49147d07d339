/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_json.h"

#include <stdio.h>
#include <string.h>

#include "services/routing/rule_json.h"

void case_json_put_rule(struct json_writer *writer, const char *name, const struct case_rule *rule)
{
    json_open_object(writer, name);
    rule_json_put(writer, rule);
    json_close_object(writer);
}

static void put_rule_if(struct json_writer *writer, const char *name, const struct case_rule *rule)
{
    if (rule->code != NULL) {
        case_json_put_rule(writer, name, rule);
    }
}

static void put_uuid_if(struct json_writer *writer, const char *name, const struct uuid *uuid)
{
    static const struct uuid none;
    if (!uuid_equal(uuid, &none)) {
        json_put_uuid(writer, name, uuid);
    }
}

static void put_int_if(struct json_writer *writer, const char *name, int64_t value)
{
    if (value != 0) {
        json_put_int(writer, name, value);
    }
}

static void put_true_if(struct json_writer *writer, const char *name, bool value)
{
    if (value) {
        json_put_bool(writer, name, true);
    }
}

/* ---- clocks ---- */

static void put_clock(struct json_writer *writer, const char *name, const struct case_clock *clock)
{
    if (clock->run_count == 0) {
        return;
    }
    json_open_object(writer, name);
    json_put_text(writer, "mode", clock_mode_words[clock->mode]);
    json_put_int(writer, "allowed_us", clock->allowed_us);
    json_open_array(writer, "runs");
    for (size_t i = 0; i < clock->run_count; i++) {
        json_open_object(writer, NULL);
        json_put_instant(writer, "from", clock->runs[i].from_us);
        json_put_instant_if(writer, "to", clock->runs[i].to_us);
        json_close_object(writer);
    }
    json_close_array(writer);
    put_true_if(writer, "stopped", clock->stopped);
    json_put_instant_if(writer, "due_working", clock->due_us[CLOCK_WORKING]);
    json_put_instant_if(writer, "due_always", clock->due_us[CLOCK_ALWAYS]);
    if (clock->has_spent) {
        json_put_int(writer, "spent_us", clock->spent_us);
    }
    put_true_if(writer, "reminded", clock->reminded);
    put_int_if(writer, "escalation", clock->escalation);
    json_close_object(writer);
}

const char *const case_clock_words[] = {"receive", "resolve", "dispatch", NULL};

static void put_clocks(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    json_open_object(writer, "clocks");
    for (int i = 0; i < CASE_CLOCKS; i++) {
        put_clock(writer, case_clock_words[i], &snapshot->clocks[i]);
    }
    json_close_object(writer);
}

static void put_tasks(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    if (snapshot->task_count == 0) {
        return;
    }
    json_open_array(writer, "tasks");
    for (size_t i = 0; i < snapshot->task_count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "unit", snapshot->tasks[i].unit);
        json_put_text(writer, "state", task_state_words[snapshot->tasks[i].state]);
        json_put_text(writer, "note", snapshot->tasks[i].note);
        put_clock(writer, "clock", &snapshot->tasks[i].clock);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* Which clock a reminder or a step is about, and which step it is. */
static void put_alert(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    int number = snapshot->alert_clock;
    if (number < 0) {
        return;
    }
    json_open_object(writer, "alert");
    json_put_text(writer, "clock", number < CASE_CLOCKS ? case_clock_words[number] : "task");
    if (number >= CASE_CLOCKS) {
        json_put_text(writer, "unit", snapshot->tasks[number - CASE_CLOCKS].unit);
    }
    json_put_int(writer, "step", case_clock_at(snapshot, (size_t)number)->escalation);
    json_close_object(writer);
}

/* ---- what was said ---- */

static void put_result(struct json_writer *writer, const struct case_snapshot *snapshot,
                       const char *by)
{
    if (snapshot->result_text == NULL) {
        return;
    }
    json_open_object(writer, "result");
    json_put_text(writer, "text", snapshot->result_text);
    json_put_texts(writer, "evidence", snapshot->evidence, snapshot->evidence_count);
    json_put_text(writer, "by", by);
    json_close_object(writer);
}

static void put_reason(struct json_writer *writer, const char *class, const char *text)
{
    if (text == NULL) {
        return;
    }
    json_open_object(writer, "reason");
    json_put_text(writer, "class", class);
    json_put_text(writer, "text", text);
    json_close_object(writer);
}

static void put_question(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    if (snapshot->question == NULL) {
        return;
    }
    json_open_object(writer, "question");
    json_put_text(writer, "asked", snapshot->asked);
    json_put_text(writer, "text", snapshot->question);
    json_put_text(writer, "answer", snapshot->answer);
    json_close_object(writer);
}

static void put_proposal(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    const struct case_proposal *proposal = &snapshot->proposal;
    if (proposal->action < 0) {
        return;
    }
    json_open_object(writer, "pending");
    json_put_text(writer, "action", snapshot->process->actions[proposal->action].code);
    json_put_text(writer, "by", proposal->by);
    json_put_instant(writer, "at", proposal->at);
    put_reason(writer, proposal->reason_class, proposal->reason_text);
    put_int_if(writer, "minutes", proposal->minutes);
    json_close_object(writer);
}

static void put_trail(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    if (snapshot->trail_count == 0) {
        return;
    }
    json_open_array(writer, "handovers");
    for (size_t i = 0; i < snapshot->trail_count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "from", snapshot->trail[i].from);
        json_put_text(writer, "to", snapshot->trail[i].to);
        json_put_text(writer, "reason", snapshot->trail[i].reason);
        json_put_instant(writer, "at", snapshot->trail[i].at);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static const char *detail_text(const struct case_snapshot *snapshot, const char *code)
{
    for (size_t i = 0; i < snapshot->detail_count; i++) {
        if (strcmp(snapshot->details[i].code, code) == 0) {
            return snapshot->details[i].text;
        }
    }
    return NULL;
}

/* In the order of the process, whenever they were set: as they are read. */
static void put_details(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    const struct process *process = snapshot->process;
    if (snapshot->detail_count == 0) {
        return;
    }
    json_open_object(writer, "details");
    for (int i = 0; i < process->detail_count; i++) {
        const char *code = process->details[i].code;
        json_put_text(writer, code, detail_text(snapshot, code));
    }
    json_close_object(writer);
}

static void put_audit(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    if (snapshot->audit == AUDIT_NONE) {
        return;
    }
    json_open_object(writer, "audit");
    json_put_text(writer, "state", audit_state_words[snapshot->audit]);
    json_put_text(writer, "text", snapshot->audit_text);
    json_close_object(writer);
}

static void put_message(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    if (uuid_is_nil(&snapshot->message)) {
        return;
    }
    json_open_object(writer, "message");
    json_put_uuid(writer, "id", &snapshot->message);
    if (snapshot->message_media_count > 0) {
        json_put_texts(writer, "media", snapshot->message_media, snapshot->message_media_count);
    }
    json_close_object(writer);
}

/* ---- the whole ---- */

static void put_identity(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    const struct process *process = snapshot->process;
    json_put_uuid(writer, "case_id", &snapshot->id);
    json_put_int(writer, "version", snapshot->version);
    json_put_uuid(writer, "submission_id", &snapshot->id);
    json_put_text(writer, "ticket", snapshot->ticket);
    json_put_text(writer, "kind", process->rule.code);
    put_rule_if(writer, "process", &process->rule);
    json_put_text(writer, "category", snapshot->category);
    json_put_text(writer, "level", case_level_words[snapshot->level]);
    json_put_text(writer, "phase", process_phase_words[case_phase(snapshot)]);
    json_put_text(writer, "state", process->states[snapshot->state].code);
    if (snapshot->version > 1) {
        json_put_text(writer, "previous_state", process->states[snapshot->previous_state].code);
    }
    if (snapshot->resume_state != process->opening) {
        json_put_text(writer, "resume_state", process->states[snapshot->resume_state].code);
    }
    json_put_text(writer, "action", snapshot->action);
    json_put_instant(writer, "at", snapshot->at_us);
}

static void put_place_and_people(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    json_put_text(writer, "queue", case_queue_words[snapshot->queue]);
    json_put_text(writer, "area", snapshot->area);
    put_int_if(writer, "area_set", snapshot->area_set);
    json_put_bool(writer, "near_border", snapshot->near_border);
    json_put_text(writer, "near_area", snapshot->near_area);
    put_true_if(writer, "area_confirmed", snapshot->area_confirmed);
    json_put_text(writer, "unit", snapshot->unit);
    put_true_if(writer, "bound", snapshot->bound);
    json_put_text(writer, "focal_point", snapshot->focal_point);
    json_put_text(writer, "assignee", snapshot->assignee);
    json_put_text(writer, "reporter_ref", snapshot->reporter_ref);
    json_put_text(writer, "channel", snapshot->channel);
    json_put_text(writer, "language", snapshot->language);
}

static void put_times(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    const struct case_clock *resolve = &snapshot->clocks[CASE_RESOLVE];
    json_put_instant(writer, "opened_at", snapshot->opened_at);
    json_put_instant_if(writer, "receive_due", clock_due(&snapshot->clocks[CASE_RECEIVE]));
    json_put_instant_if(writer, "accepted_at", snapshot->accepted_at);
    json_put_instant_if(writer, "resolve_due", resolve->run_count > 0 ? clock_due(resolve) : 0);
    json_put_instant_if(writer, "resolved_at", snapshot->resolved_at);
    json_put_instant_if(writer, "rejected_at", snapshot->rejected_at);
    json_put_instant_if(writer, "closed_at", snapshot->closed_at);
    json_put_instant_if(writer, "timeout_at", snapshot->timeout_at);
    json_put_instant_if(writer, "timeout_from", snapshot->timeout_from);
    json_put_int(writer, "escalation",
                 snapshot->accepted_at == 0 ? snapshot->clocks[CASE_RECEIVE].escalation
                                            : resolve->escalation);
    put_clocks(writer, snapshot);
    put_tasks(writer, snapshot);
    put_alert(writer, snapshot);
}

static void put_course(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    put_trail(writer, snapshot);
    put_proposal(writer, snapshot);
    put_int_if(writer, "extensions", snapshot->extensions);
    put_int_if(writer, "reopenings", snapshot->reopenings);
    put_question(writer, snapshot);
    put_result(writer, snapshot, snapshot->result_by);
    put_reason(writer, snapshot->reason_class, snapshot->reason_text);
    json_put_text(writer, "rating", snapshot->rating);
    put_true_if(writer, "rating_asked", snapshot->rating_asked);
    put_audit(writer, snapshot);
    put_uuid_if(writer, "merged_into", &snapshot->merged_into);
    put_uuid_if(writer, "split_from", &snapshot->split_from);
    put_details(writer, snapshot);
}

void case_json_put(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    put_identity(writer, snapshot);
    put_place_and_people(writer, snapshot);
    put_times(writer, snapshot);
    put_course(writer, snapshot);
    json_open_object(writer, "actor");
    json_put_text(writer, "role", actor_words[snapshot->actor_role]);
    json_put_text(writer, "ref", snapshot->actor_ref);
    json_close_object(writer);
    json_open_object(writer, "rules");
    put_rule_if(writer, "routing", &snapshot->routing_rule);
    put_rule_if(writer, "receive", &snapshot->receive_rule);
    put_rule_if(writer, "resolve", &snapshot->resolve_rule);
    json_close_object(writer);
    json_put_text(writer, "note", snapshot->note);
    put_message(writer, snapshot);
}

void case_json_write(struct buffer *out, const struct case_snapshot *snapshot)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    case_json_put(&writer, snapshot);
    json_close_object(&writer);
}

void case_json_put_for_reporter(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    const struct case_clock *resolve = &snapshot->clocks[CASE_RESOLVE];
    json_put_uuid(writer, "case_id", &snapshot->id);
    json_put_int(writer, "version", snapshot->version);
    json_put_text(writer, "ticket", snapshot->ticket);
    json_put_text(writer, "kind", snapshot->process->rule.code);
    json_put_text(writer, "category", snapshot->category);
    json_put_text(writer, "level", case_level_words[snapshot->level]);
    json_put_text(writer, "phase", process_phase_words[case_phase(snapshot)]);
    json_put_text(writer, "state", snapshot->process->states[snapshot->state].code);
    json_put_instant(writer, "at", snapshot->at_us);
    json_put_text(writer, "unit", snapshot->unit);
    json_put_instant(writer, "opened_at", snapshot->opened_at);
    json_put_instant_if(writer, "receive_due", clock_due(&snapshot->clocks[CASE_RECEIVE]));
    json_put_instant_if(writer, "resolve_due", resolve->run_count > 0 ? clock_due(resolve) : 0);
    json_put_instant_if(writer, "timeout_at", snapshot->timeout_at);
    put_trail(writer, snapshot);
    put_question(writer, snapshot);
    put_result(writer, snapshot, NULL);
    put_reason(writer, snapshot->reason_class, snapshot->reason_text);
    json_put_text(writer, "rating", snapshot->rating);
    put_uuid_if(writer, "merged_into", &snapshot->merged_into);
    put_details(writer, snapshot);
}

void case_event_make(struct case_event *event, const struct case_snapshot *snapshot,
                     const char *traceparent, struct buffer *json)
{
    case_json_write(json, snapshot);
    uuid_format(&snapshot->id, event->case_id);
    snprintf(event->type, sizeof event->type, "vn.hanoi.case.%s.v1",
             process_event_words[snapshot->event]);
    event->event = (struct event){.id = uuid_new(),
                                  .type = event->type,
                                  .subject = event->case_id,
                                  .topic = "city.cases.v1",
                                  .key = event->case_id,
                                  .time_us = snapshot->at_us,
                                  .traceparent = traceparent,
                                  .data = json->data,
                                  .data_size = json->size};
}
