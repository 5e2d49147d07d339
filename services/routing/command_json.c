/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/command_json.h"

#include "common/opaque_ref.h"
#include "common/words.h"
#include "services/routing/detail_json.h"
#include "services/routing/url_json.h"

enum {
    RESULT_MAX = 4000,
    TEXT_MAX = 2000,
    UNIT_MIN = 2,
    UNIT_MAX = 32,
    CODE_MAX = 64,
    MINUTES_MAX = 365 * 24 * 60
};

/* The text of a field, which is noted as given. */
static const char *read_text(struct json_reader *reader, const char *name, size_t min, size_t max,
                             enum process_field field, struct case_command *command)
{
    const char *text = json_read_text(reader, name, JSON_OPTIONAL, min, max);
    command->given |= text != NULL ? PROCESS_BIT(field) : 0;
    return text;
}

static const char *read_word(struct json_reader *reader, const char *name, const char *const *words,
                             enum process_field field, struct case_command *command)
{
    int word = json_read_word(reader, name, JSON_OPTIONAL, words);
    command->given |= word >= 0 ? PROCESS_BIT(field) : 0;
    return word >= 0 ? words[word] : NULL;
}

static void read_assignee(struct json_reader *reader, struct case_command *command)
{
    const char *text = read_text(reader, "assignee", 1, OPAQUE_REF_MAX, FIELD_ASSIGNEE, command);
    if (text != NULL && !opaque_ref_has_form(text)) {
        json_read_fault(reader, "assignee", "bad_reference",
                        "must be an account id: visible ASCII without @");
    }
    command->assignee = text;
}

static void read_evidence(struct json_reader *result, struct case_command *command)
{
    command->evidence_count =
        url_json_read(result, "evidence", JSON_OPTIONAL, CASE_EVIDENCE_MAX, &command->evidence);
    command->given |= command->evidence_count > 0 ? PROCESS_BIT(FIELD_EVIDENCE) : 0;
}

static void read_result(struct json_reader *reader, struct case_command *command)
{
    struct json_reader result;
    if (json_read_object(reader, "result", JSON_OPTIONAL, &result)) {
        command->result_text =
            read_text(&result, "text", 1, RESULT_MAX, FIELD_RESULT_TEXT, command);
        read_evidence(&result, command);
        json_read_end(&result);
    }
}

static void read_reason(struct json_reader *reader, struct case_command *command)
{
    struct json_reader reason;
    if (json_read_object(reader, "reason", JSON_OPTIONAL, &reason)) {
        command->reason_class =
            read_word(&reason, "class", case_reason_words, FIELD_REASON_CLASS, command);
        command->reason_text = read_text(&reason, "text", 1, TEXT_MAX, FIELD_REASON_TEXT, command);
        json_read_end(&reason);
    }
}

static void read_classification(struct json_reader *reader, struct case_command *command)
{
    command->category = read_text(reader, "category", 1, CODE_MAX, FIELD_CATEGORY, command);
    const char *level = read_word(reader, "level", case_level_words, FIELD_LEVEL, command);
    command->level = level != NULL ? word_index(case_level_words, level) : -1;
}

static void read_minutes(struct json_reader *reader, struct case_command *command)
{
    command->minutes = json_read_int(reader, "minutes", JSON_OPTIONAL, 1, MINUTES_MAX, 0);
    command->given |= command->minutes > 0 ? PROCESS_BIT(FIELD_MINUTES) : 0;
}

static void read_into(struct json_reader *reader, struct case_command *command)
{
    if (json_read_uuid(reader, "into", JSON_OPTIONAL, &command->into)) {
        command->given |= PROCESS_BIT(FIELD_INTO);
    }
}

/* process NULL: it is not known yet, and nobody looks into the details. */
static void read_details(struct json_reader *reader, const struct process *process,
                         struct case_command *command)
{
    struct json_reader unread;
    if (process == NULL) {
        json_read_object(reader, "details", JSON_OPTIONAL, &unread);
        return;
    }
    command->detail_count = details_read(reader, process, command->details);
    command->given |= command->detail_count > 0 ? PROCESS_BIT(FIELD_DETAILS) : 0;
}

static void read_fields(struct json_reader *reader, const struct process *process,
                        struct case_command *command)
{
    read_result(reader, command);
    read_reason(reader, command);
    read_assignee(reader, command);
    command->unit = read_text(reader, "unit", UNIT_MIN, UNIT_MAX, FIELD_UNIT, command);
    command->proposed_unit =
        read_text(reader, "proposed_unit", UNIT_MIN, UNIT_MAX, FIELD_PROPOSED_UNIT, command);
    command->question = read_text(reader, "question", 1, TEXT_MAX, FIELD_QUESTION, command);
    command->asked = read_word(reader, "asked", case_asked_words, FIELD_ASKED, command);
    command->answer = read_text(reader, "answer", 1, RESULT_MAX, FIELD_ANSWER, command);
    command->rating = read_word(reader, "rating", case_rating_words, FIELD_RATING, command);
    read_minutes(reader, command);
    read_into(reader, command);
    read_classification(reader, command);
    read_details(reader, process, command);
    command->note = read_text(reader, "note", 1, TEXT_MAX, FIELD_NOTE, command);
}

bool command_json_read(struct case_command *command, const struct process *process,
                       const char *text, size_t size, struct arena *arena, struct error *err)
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
    read_fields(&reader, process, command);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

/* ---- many cases ---- */

static void read_case(struct json_reader *reader, struct command_bulk *bulk, size_t index)
{
    struct command_case *wanted = &bulk->cases[index];
    struct json_reader item;
    if (!json_read_item(reader, "cases", index, &item)) {
        return;
    }
    bool named = json_read_uuid(&item, "id", JSON_REQUIRED, &wanted->id);
    wanted->version = json_read_int(&item, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    for (size_t i = 0; named && i < index; i++) {
        if (uuid_equal(&bulk->cases[i].id, &wanted->id)) {
            json_read_fault(&item, "id", "twice", "a case may be named once");
            break;
        }
    }
    json_read_end(&item);
}

static void read_cases(struct json_reader *reader, struct command_bulk *bulk)
{
    bulk->case_count = json_read_array(reader, "cases", JSON_REQUIRED, COMMAND_CASES_MAX);
    bulk->cases = arena_array(reader->arena, bulk->case_count, sizeof *bulk->cases);
    for (size_t i = 0; i < bulk->case_count; i++) {
        read_case(reader, bulk, i);
    }
    if (bulk->case_count == 0) {
        json_read_fault(reader, "cases", "too_few", "must name a case");
    }
}

bool command_bulk_read(struct command_bulk *bulk, const char *text, size_t size,
                       struct arena *arena, struct error *err)
{
    struct json_reader reader;
    struct case_command form = {0}; /* read again for each case, with the details of its process */
    *bulk = (struct command_bulk){0};
    if (!json_document_parse(&bulk->document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &bulk->document, arena, JSON_STRICT_FIELDS, err);
    bulk->action = json_read_text(&reader, "action", JSON_REQUIRED, 1, CODE_MAX);
    read_cases(&reader, bulk);
    read_fields(&reader, NULL, &form);
    return json_read_end(&reader);
}

bool command_bulk_read_command(const struct command_bulk *bulk, struct case_command *command,
                               const struct process *process, struct arena *arena,
                               struct error *err)
{
    struct json_reader reader;
    json_read_root(&reader, &bulk->document, arena, JSON_STRICT_FIELDS, err);
    json_read_text(&reader, "action", JSON_REQUIRED, 1, CODE_MAX);
    json_read_array(&reader, "cases", JSON_REQUIRED, COMMAND_CASES_MAX);
    read_fields(&reader, process, command);
    return json_read_end(&reader);
}

void command_bulk_finish(struct command_bulk *bulk)
{
    json_document_free(&bulk->document);
}
