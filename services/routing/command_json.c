/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/command_json.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"

enum { RESULT_MAX = 4000, TEXT_MAX = 2000, URL_MAX = 2000, REF_MAX = 128, UNIT_MAX = 32 };

static void read_assignee(struct json_reader *reader, struct case_command *command)
{
    const char *text = json_read_text(reader, "assignee", JSON_OPTIONAL, 1, REF_MAX);
    for (const char *c = text; c != NULL && *c != '\0'; c++) {
        if (*c < '!' || *c > '~' || *c == '@') {
            json_read_fault(reader, "assignee", "bad_reference",
                            "must be an account id: visible ASCII without @");
            break;
        }
    }
    command->assignee = text;
}

static void read_result(struct json_reader *reader, struct case_command *command)
{
    struct json_reader result;
    if (!json_read_object(reader, "result", JSON_OPTIONAL, &result)) {
        return;
    }
    command->result_text = json_read_text(&result, "text", JSON_OPTIONAL, 1, RESULT_MAX);
    command->evidence_count = json_read_texts(&result, "evidence", JSON_OPTIONAL, CASE_EVIDENCE_MAX,
                                              URL_MAX, &command->evidence);
    for (size_t i = 0; i < command->evidence_count; i++) {
        if (strncmp(command->evidence[i], "https://", 8) != 0 || command->evidence[i][8] == '\0') {
            char name[32];
            snprintf(name, sizeof name, "evidence[%zu]", i);
            json_read_fault(&result, name, "bad_url", "must be an https URL");
        }
    }
    json_read_end(&result);
}

static void read_reason(struct json_reader *reader, struct case_command *command)
{
    struct json_reader reason;
    if (json_read_object(reader, "reason", JSON_OPTIONAL, &reason)) {
        int class = json_read_word(&reason, "class", JSON_OPTIONAL, case_reason_words);
        command->reason_class = class >= 0 ? case_reason_words[class] : NULL;
        command->reason_text = json_read_text(&reason, "text", JSON_OPTIONAL, 1, TEXT_MAX);
        json_read_end(&reason);
    }
}

static void read_fields(struct json_reader *reader, struct case_command *command)
{
    switch (command->action) {
    case CASE_ASSIGN:
        read_assignee(reader, command);
        break;
    case CASE_RESOLVE:
        read_result(reader, command);
        break;
    case CASE_REJECT:
        read_reason(reader, command);
        break;
    case CASE_ROUTE:
        command->unit = json_read_text(reader, "unit", JSON_OPTIONAL, 2, UNIT_MAX);
        break;
    default:
        break;
    }
    command->note = json_read_text(reader, "note", JSON_OPTIONAL, 1, TEXT_MAX);
}

bool command_json_read(struct case_command *command, const char *text, size_t size,
                       struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    if (size == 0) {
        text = "{}";
        size = 2;
    }
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    read_fields(&reader, command);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}
