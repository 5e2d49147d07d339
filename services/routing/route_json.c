/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/route_json.h"

#include <string.h>

#include "services/routing/day.h"
#include "services/routing/day_json.h"
#include "services/routing/rule_json.h"

#define CODE_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

enum { CODE_MAX = 64, UNIT_MAX = 32, REF_MAX = 128, SOURCE_MAX = 200, REASON_MAX = 2000 };

void route_rule_json_put(struct json_writer *writer, const struct route_rule *rule)
{
    rule_json_put_marked(writer, &rule->rule);
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        json_put_text(writer, route_fault_words[i], rule->wanted[i]);
    }
    json_put_text(writer, "lead", rule->lead);
    json_put_texts(writer, "cooperating", rule->cooperating, rule->cooperating_count);
    json_put_text(writer, "focal_point", rule->focal_point);
    json_put_instant(writer, "valid_from", rule->valid_from);
    json_put_instant_if(writer, "valid_to", rule->valid_to);
}

void route_end_json_put(struct json_writer *writer, const struct route_change *change)
{
    char day[DAY_TEXT_SIZE];
    json_put_text(writer, "code", change->rule.rule.code);
    json_put_int(writer, "version", change->rule.rule.version);
    json_put_text(writer, "last_day", day_format(change->last_day, day));
}

static void read_cooperating(struct json_reader *reader, struct route_rule *rule)
{
    const char *const *units;
    rule->cooperating_count = json_read_texts(reader, "cooperating", JSON_OPTIONAL,
                                              ROUTE_COOPERATING_MAX, UNIT_MAX, &units);
    for (size_t i = 0; i < rule->cooperating_count; i++) {
        rule->cooperating[i] = units[i];
    }
}

void route_rule_json_read(struct json_reader *reader, struct route_rule *rule)
{
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        const char *word = json_read_text(reader, route_fault_words[i], JSON_OPTIONAL, 1, CODE_MAX);
        rule->wanted[i] = word != NULL ? word : ROUTE_ANY;
    }
    rule->lead = json_read_text(reader, "lead", JSON_REQUIRED, 1, UNIT_MAX);
    read_cooperating(reader, rule);
    rule->focal_point = json_read_text(reader, "focal_point", JSON_OPTIONAL, 1, REF_MAX);
}

const char *route_code_json_read(struct json_reader *reader)
{
    const char *code = json_read_text(reader, "code", JSON_REQUIRED, 1, CODE_MAX);
    if (code != NULL && (*code == '-' || strspn(code, CODE_LETTERS) != strlen(code))) {
        json_read_fault(reader, "code", "bad_code", "must be small letters, digits and -");
    }
    return code;
}

static void read_new(struct json_reader *reader, struct route_change *change)
{
    change->rule.rule.code = route_code_json_read(reader);
    route_rule_json_read(reader, &change->rule);
    change->first_day = day_json_read(reader, "from", JSON_REQUIRED, ROUTE_DAY_OPEN);
    change->last_day = day_json_read(reader, "last_day", JSON_OPTIONAL, ROUTE_DAY_OPEN);
    change->rule.rule.source = json_read_text(reader, "source", JSON_REQUIRED, 1, SOURCE_MAX);
}

static void read_end(struct json_reader *reader, struct route_change *change)
{
    change->last_day = day_json_read(reader, "last_day", JSON_REQUIRED, ROUTE_DAY_OPEN);
}

static bool read_change(struct route_change *change, const char *text, size_t size,
                        void (*read)(struct json_reader *, struct route_change *),
                        struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;
    memset(change, 0, sizeof *change);
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    read(&reader, change);
    change->reason = json_read_text(&reader, "reason", JSON_REQUIRED, 1, REASON_MAX);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

bool route_change_json_read_new(struct route_change *change, const char *text, size_t size,
                                struct arena *arena, struct error *err)
{
    return read_change(change, text, size, read_new, arena, err);
}

bool route_change_json_read_end(struct route_change *change, const char *text, size_t size,
                                struct arena *arena, struct error *err)
{
    return read_change(change, text, size, read_end, arena, err);
}
