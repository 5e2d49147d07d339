/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/dry_run_json.h"

#include <string.h>

#include "services/routing/route_json.h"
#include "services/routing/rule_json.h"

enum { CODE_MAX = 64, FLOWS_MAX = 200 };

static bool stands_before(const struct rule_proposal *proposal, const char *code)
{
    for (size_t i = 0; i < proposal->count; i++) {
        if (proposal->rules[i].rule.code != NULL &&
            strcmp(proposal->rules[i].rule.code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void read_rules(struct json_reader *parent, struct rule_proposal *proposal)
{
    size_t count = json_read_array(parent, "rules", JSON_OPTIONAL, DRY_RUN_CHANGES_MAX);
    proposal->rules = arena_array(parent->arena, count, sizeof *proposal->rules);
    for (size_t i = 0; i < count; i++) {
        struct json_reader reader;
        struct route_rule *rule = &proposal->rules[i];
        if (json_read_item(parent, "rules", i, &reader)) {
            const char *code = route_code_json_read(&reader);
            if (code != NULL && stands_before(proposal, code)) {
                json_read_fault(&reader, "code", "twice", "another rule here has this code");
            }
            rule->rule = (struct case_rule){code, 0, "proposed"};
            route_rule_json_read(&reader, rule);
            json_read_end(&reader);
        }
        proposal->count = i + 1;
    }
}

bool dry_run_json_read(struct dry_run_request *asked, const char *text, size_t size,
                       struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;
    struct rule_proposal *proposal = &asked->proposal;
    memset(asked, 0, sizeof *asked);
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    read_rules(&reader, proposal);
    proposal->ended_count = json_read_texts(&reader, "ended", JSON_OPTIONAL, DRY_RUN_CHANGES_MAX,
                                            CODE_MAX, &proposal->ended);
    asked->from_us = json_read_instant_or(&reader, "from", JSON_OPTIONAL, -1);
    asked->to_us = json_read_instant_or(&reader, "to", JSON_OPTIONAL, -1);
    if (proposal->count + proposal->ended_count == 0) {
        json_read_fault(&reader, "rules", "required", "nothing is proposed");
    }
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

/* ---- the result ---- */

static void put_flows(struct json_writer *writer, const struct dry_run *run)
{
    struct case_flow *flows;
    size_t count = dry_run_flows(run, &flows);
    json_open_array(writer, "flows");
    for (size_t i = 0; i < count && i < FLOWS_MAX; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "from", flows[i].from);
        json_put_text(writer, "to", flows[i].to);
        json_put_int(writer, "cases", (int64_t)flows[i].cases);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_put_int(writer, "flows_left_out", count > FLOWS_MAX ? (int64_t)count - FLOWS_MAX : 0);
}

/* Proposed rules have no version yet. One that would lead in no case is told as well: nobody asks
 * its question, or another rule goes before it. */
static void put_rules(struct json_writer *writer, const struct dry_run *run)
{
    json_open_array(writer, "rules");
    for (size_t i = 0; i < run->proposed.count; i++) {
        const struct route_rule *rule = &run->proposed.rules[i];
        if (rule->rule.version == 0) {
            json_open_object(writer, NULL);
            json_put_text(writer, "code", rule->rule.code);
            json_put_int(writer, "cases", run->led[i]);
            json_close_object(writer);
        }
    }
    json_close_array(writer);
}

static void put_rule(struct json_writer *writer, const char *name, const struct case_rule *rule)
{
    json_open_object(writer, name);
    rule_json_put_marked(writer, rule);
    json_close_object(writer);
}

static void put_examples(struct json_writer *writer, const struct dry_run *run)
{
    json_open_array(writer, "examples");
    for (size_t i = 0; i < run->example_count; i++) {
        const struct moved_case *example = &run->examples[i];
        json_open_object(writer, NULL);
        json_put_uuid(writer, "case_id", &example->tried.id);
        for (int j = 0; j < ROUTE_DIMENSIONS; j++) {
            json_put_text(writer, route_fault_words[j], example->tried.of[j]);
        }
        json_put_text(writer, "from", example->from);
        put_rule(writer, "from_rule", example->from_rule);
        json_put_text(writer, "to", example->to);
        put_rule(writer, "to_rule", example->to_rule);
        json_close_object(writer);
    }
    json_close_array(writer);
}

void dry_run_json_put(struct json_writer *writer, const struct dry_run *run)
{
    json_put_int(writer, "cases", (int64_t)run->cases);
    json_put_int(writer, "moved", (int64_t)run->moved);
    json_put_int(writer, "cooperation_changed", (int64_t)run->cooperation_changed);
    json_open_object(writer, "unroutable");
    json_put_int(writer, "present", (int64_t)run->unroutable_present);
    json_put_int(writer, "proposed", (int64_t)run->unroutable_proposed);
    json_close_object(writer);
    put_flows(writer, run);
    put_rules(writer, run);
    put_examples(writer, run);
}
