/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_json.h"

#include <string.h>

enum { REF_MAX = 128, CODE_MAX = 64, SOURCE_MAX = 200, URL_MAX = 2000, TEXT_MAX = 4000 };

const char *case_event_type(enum case_action action)
{
    static const char *const types[CASE_ACTIONS] = {
        [CASE_OPEN] = "vn.hanoi.case.opened.v1",        [CASE_ACCEPT] = "vn.hanoi.case.accepted.v1",
        [CASE_ASSIGN] = "vn.hanoi.case.assigned.v1",    [CASE_START] = "vn.hanoi.case.started.v1",
        [CASE_RESOLVE] = "vn.hanoi.case.resolved.v1",   [CASE_REJECT] = "vn.hanoi.case.rejected.v1",
        [CASE_ROUTE] = "vn.hanoi.case.routed.v1",       [CASE_REMIND] = "vn.hanoi.case.reminded.v1",
        [CASE_ESCALATE] = "vn.hanoi.case.escalated.v1",
    };
    return types[action];
}

static void put_rule(struct json_writer *writer, const char *name, const struct case_rule *rule)
{
    if (rule->code == NULL) {
        return;
    }
    json_open_object(writer, name);
    json_put_text(writer, "code", rule->code);
    json_put_int(writer, "version", rule->version);
    json_put_text(writer, "source", rule->source);
    json_close_object(writer);
}

static void put_result(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    if (snapshot->result_text == NULL) {
        return;
    }
    json_open_object(writer, "result");
    json_put_text(writer, "text", snapshot->result_text);
    json_open_array(writer, "evidence");
    for (size_t i = 0; i < snapshot->evidence_count; i++) {
        json_put_text(writer, NULL, snapshot->evidence[i]);
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void put_reason(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    if (snapshot->reason_class == NULL) {
        return;
    }
    json_open_object(writer, "reason");
    json_put_text(writer, "class", snapshot->reason_class);
    json_put_text(writer, "text", snapshot->reason_text);
    json_close_object(writer);
}

static void put_place_and_people(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    json_put_text(writer, "queue", case_queue_words[snapshot->queue]);
    json_put_text(writer, "area", snapshot->area);
    json_put_bool(writer, "near_border", snapshot->near_border);
    json_put_text(writer, "near_area", snapshot->near_area);
    json_put_text(writer, "unit", snapshot->unit);
    json_put_text(writer, "focal_point", snapshot->focal_point);
    json_put_text(writer, "assignee", snapshot->assignee);
    json_put_text(writer, "reporter_ref", snapshot->reporter_ref);
    json_put_text(writer, "language", snapshot->language);
}

static void put_times(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    json_put_instant(writer, "opened_at", snapshot->opened_at);
    json_put_instant(writer, "receive_due", snapshot->receive_due);
    json_put_instant_if(writer, "accepted_at", snapshot->accepted_at);
    json_put_instant_if(writer, "resolve_due", snapshot->resolve_due);
    json_put_instant_if(writer, "resolved_at", snapshot->resolved_at);
    json_put_instant_if(writer, "rejected_at", snapshot->rejected_at);
    json_put_int(writer, "escalation", snapshot->escalation);
}

void case_json_put(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    json_put_uuid(writer, "case_id", &snapshot->id);
    json_put_int(writer, "version", snapshot->version);
    json_put_uuid(writer, "submission_id", &snapshot->id);
    json_put_text(writer, "ticket", snapshot->ticket);
    json_put_text(writer, "kind", "onsite_report");
    json_put_text(writer, "category", snapshot->category);
    json_put_text(writer, "level", case_level_words[snapshot->level]);
    json_put_text(writer, "state", case_state_words[snapshot->state]);
    if (snapshot->version > 1) {
        json_put_text(writer, "previous_state", case_state_words[snapshot->previous_state]);
    }
    json_put_text(writer, "action", case_action_words[snapshot->action]);
    json_put_instant(writer, "at", snapshot->at_us);
    put_place_and_people(writer, snapshot);
    put_times(writer, snapshot);
    put_result(writer, snapshot);
    put_reason(writer, snapshot);
    json_open_object(writer, "actor");
    json_put_text(writer, "role", case_role_words[snapshot->actor_role]);
    json_put_text(writer, "ref", snapshot->actor_ref);
    json_close_object(writer);
    json_open_object(writer, "rules");
    put_rule(writer, "routing", &snapshot->routing_rule);
    put_rule(writer, "receive", &snapshot->receive_rule);
    put_rule(writer, "resolve", &snapshot->resolve_rule);
    json_close_object(writer);
    json_put_text(writer, "note", snapshot->note);
}

void case_json_write(struct buffer *out, const struct case_snapshot *snapshot)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    case_json_put(&writer, snapshot);
    json_close_object(&writer);
}

void case_event_make(struct case_event *event, const struct case_snapshot *snapshot,
                     const char *traceparent, struct buffer *json)
{
    case_json_write(json, snapshot);
    uuid_format(&snapshot->id, event->case_id);
    event->event = (struct event){.id = uuid_new(),
                                  .type = case_event_type(snapshot->action),
                                  .subject = event->case_id,
                                  .topic = "city.cases.v1",
                                  .key = event->case_id,
                                  .time_us = snapshot->at_us,
                                  .traceparent = traceparent,
                                  .data = json->data,
                                  .data_size = json->size};
}

static void read_rule(struct json_reader *rules, const char *name, enum json_presence presence,
                      struct case_rule *rule)
{
    struct json_reader reader;
    if (json_read_object(rules, name, presence, &reader)) {
        rule->code = json_read_text(&reader, "code", JSON_REQUIRED, 1, CODE_MAX);
        rule->version = (int32_t)json_read_int(&reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
        rule->source = json_read_text(&reader, "source", JSON_REQUIRED, 1, SOURCE_MAX);
        json_read_end(&reader);
    }
}

static void read_result(struct json_reader *reader, struct case_snapshot *snapshot)
{
    struct json_reader result;
    const char *const *evidence;
    if (!json_read_object(reader, "result", JSON_OPTIONAL, &result)) {
        return;
    }
    snapshot->result_text = json_read_text(&result, "text", JSON_REQUIRED, 1, TEXT_MAX);
    snapshot->evidence_count =
        json_read_texts(&result, "evidence", JSON_REQUIRED, CASE_EVIDENCE_MAX, URL_MAX, &evidence);
    for (size_t i = 0; i < snapshot->evidence_count; i++) {
        snapshot->evidence[i] = evidence[i];
    }
    json_read_end(&result);
}

static void read_reason(struct json_reader *reader, struct case_snapshot *snapshot)
{
    struct json_reader reason;
    if (json_read_object(reader, "reason", JSON_OPTIONAL, &reason)) {
        int class = json_read_word(&reason, "class", JSON_REQUIRED, case_reason_words);
        snapshot->reason_class = class >= 0 ? case_reason_words[class] : NULL;
        snapshot->reason_text = json_read_text(&reason, "text", JSON_REQUIRED, 1, TEXT_MAX);
        json_read_end(&reason);
    }
}

static int read_word(struct json_reader *reader, const char *name, enum json_presence presence,
                     const char *const *words)
{
    int word = json_read_word(reader, name, presence, words);
    return word < 0 ? 0 : word; /* the fault is in the error */
}

static void read_place_and_people(struct json_reader *reader, struct case_snapshot *snapshot)
{
    snapshot->queue = (enum case_queue)read_word(reader, "queue", JSON_REQUIRED, case_queue_words);
    snapshot->area = json_read_text(reader, "area", JSON_OPTIONAL, 2, 32);
    snapshot->near_border = json_read_bool(reader, "near_border", JSON_REQUIRED, false);
    snapshot->near_area = json_read_text(reader, "near_area", JSON_OPTIONAL, 2, 32);
    snapshot->unit = json_read_text(
        reader, "unit", snapshot->queue == QUEUE_UNIT ? JSON_REQUIRED : JSON_OPTIONAL, 2, 32);
    snapshot->focal_point = json_read_text(reader, "focal_point", JSON_OPTIONAL, 1, REF_MAX);
    snapshot->assignee = json_read_text(reader, "assignee", JSON_OPTIONAL, 1, REF_MAX);
    snapshot->reporter_ref = json_read_text(reader, "reporter_ref", JSON_REQUIRED, 1, REF_MAX);
    snapshot->language = json_read_text(reader, "language", JSON_REQUIRED, 2, 2);
}

static void read_times(struct json_reader *reader, struct case_snapshot *snapshot)
{
    snapshot->opened_at = json_read_instant(reader, "opened_at", JSON_REQUIRED);
    snapshot->receive_due = json_read_instant(reader, "receive_due", JSON_REQUIRED);
    snapshot->accepted_at = json_read_instant(reader, "accepted_at", JSON_OPTIONAL);
    snapshot->resolve_due = json_read_instant(reader, "resolve_due", JSON_OPTIONAL);
    snapshot->resolved_at = json_read_instant(reader, "resolved_at", JSON_OPTIONAL);
    snapshot->rejected_at = json_read_instant(reader, "rejected_at", JSON_OPTIONAL);
    snapshot->escalation =
        (int)json_read_int(reader, "escalation", JSON_REQUIRED, 0, CASE_ESCALATIONS_MAX, 0);
}

static void read_actor_and_rules(struct json_reader *reader, struct case_snapshot *snapshot)
{
    struct json_reader actor, rules;
    if (json_read_object(reader, "actor", JSON_REQUIRED, &actor)) {
        snapshot->actor_role =
            (enum case_role)read_word(&actor, "role", JSON_REQUIRED, case_role_words);
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

bool case_json_read(struct case_snapshot *snapshot, const char *text, size_t size,
                    struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(snapshot, 0, sizeof *snapshot);
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    json_read_uuid(&reader, "case_id", JSON_REQUIRED, &snapshot->id);
    snapshot->version = (int32_t)json_read_int(&reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    snapshot->ticket = json_read_text(&reader, "ticket", JSON_REQUIRED, 17, 24);
    snapshot->category = json_read_text(&reader, "category", JSON_REQUIRED, 1, CODE_MAX);
    snapshot->level = (enum case_level)read_word(&reader, "level", JSON_REQUIRED, case_level_words);
    snapshot->state = (enum case_state)read_word(&reader, "state", JSON_REQUIRED, case_state_words);
    snapshot->previous_state = (enum case_state)read_word(
        &reader, "previous_state", snapshot->version > 1 ? JSON_REQUIRED : JSON_OPTIONAL,
        case_state_words);
    snapshot->action =
        (enum case_action)read_word(&reader, "action", JSON_REQUIRED, case_action_words);
    snapshot->at_us = json_read_instant(&reader, "at", JSON_REQUIRED);
    read_place_and_people(&reader, snapshot);
    read_times(&reader, snapshot);
    read_result(&reader, snapshot);
    read_reason(&reader, snapshot);
    read_actor_and_rules(&reader, snapshot);
    snapshot->note = json_read_text(&reader, "note", JSON_OPTIONAL, 1, TEXT_MAX);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}
