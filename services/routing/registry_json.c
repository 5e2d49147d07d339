/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/opaque_ref.h"
#include "services/routing/day_json.h"
#include "services/routing/registry_json.h"

enum {
    CODE_MIN = 2,
    CODE_MAX = 32,
    FIELD_MAX = 64,
    NAME_MAX_POINTS = 200,
    PERSON_MAX = 120,
    EMAIL_MIN = 3,
    EMAIL_MAX = 254,
    TEXT_MAX = 2000,
    RANK_MAX = 9
};

typedef void read_body(struct json_reader *reader, struct registry_command *command);

static bool is_code(const char *text)
{
    return *text != '-' && strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == strlen(text);
}

static const char *read_code(struct json_reader *reader, const char *name,
                             enum json_presence presence)
{
    const char *code = json_read_text(reader, name, presence, CODE_MIN, CODE_MAX);
    if (code != NULL && !is_code(code)) {
        json_read_fault(reader, name, "bad_code", "must be digits, capital letters and -");
    }
    return code;
}

static const char *read_account(struct json_reader *reader)
{
    const char *text = json_read_text(reader, "account", JSON_REQUIRED, 1, OPAQUE_REF_MAX);
    if (text != NULL && !opaque_ref_has_form(text)) {
        json_read_fault(reader, "account", "bad_reference",
                        "must be an account id: visible ASCII without @");
    }
    return text;
}

/* One @ between two parts of letters, digits and what is usual in addresses; a domain. */
static bool is_email(const char *email)
{
    static const char usual[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    size_t local = strcspn(email, "@");
    const char *at = email + local;
    bool well = local > 0 && *at == '@' && email[0] != '.' && at[-1] != '.';
    for (const char *c = email; well && c < at; c++) {
        well = (strchr(usual, *c) != NULL || strchr("._%+'", *c) != NULL) &&
               !(*c == '.' && c[1] == '.');
    }
    while (well && *at != '\0') { /* each label behind its @ or dot */
        size_t label = strspn(at + 1, usual);
        well = label > 0 && label <= 63 && at[1] != '-' && at[label] != '-';
        at += label + 1;
        well = well && (*at == '.' || *at == '\0');
    }
    return well;
}

static const char *read_email(struct json_reader *reader, enum json_presence presence)
{
    const char *email = json_read_text(reader, "email", presence, EMAIL_MIN, EMAIL_MAX);
    if (email != NULL && !is_email(email)) {
        json_read_fault(reader, "email", "bad_email", "is not an e-mail address");
    }
    return email;
}

static void read_names(struct json_reader *reader, enum json_presence presence,
                       struct registry_command *command)
{
    struct json_reader name;
    if (json_read_object(reader, "name", presence, &name)) {
        command->name_vi = json_read_text(&name, "vi", JSON_REQUIRED, 1, NAME_MAX_POINTS);
        command->name_en = json_read_text(&name, "en", JSON_REQUIRED, 1, NAME_MAX_POINTS);
        json_read_end(&name);
    }
}

static const char *read_type(struct json_reader *reader, enum json_presence presence)
{
    int type = json_read_word(reader, "type", presence, registry_type_words);
    return type >= 0 ? registry_type_words[type] : NULL;
}

static void read_create(struct json_reader *reader, struct registry_command *command)
{
    command->code = read_code(reader, "code", JSON_REQUIRED);
    command->type = read_type(reader, JSON_REQUIRED);
    command->parent = read_code(reader, "parent", JSON_REQUIRED);
    read_names(reader, JSON_REQUIRED, command);
    command->from = day_json_read(reader, "from", JSON_REQUIRED, 0);
    command->last_day = day_json_read(reader, "last_day", JSON_OPTIONAL, DAY_OPEN);
    command->source = json_read_text(reader, "source", JSON_REQUIRED, 1, NAME_MAX_POINTS);
}

static void read_alter(struct json_reader *reader, struct registry_command *command)
{
    command->from = day_json_read(reader, "from", JSON_REQUIRED, 0);
    command->last_day = DAY_OPEN;
    command->type = read_type(reader, JSON_OPTIONAL);
    command->parent = read_code(reader, "parent", JSON_OPTIONAL);
    read_names(reader, JSON_OPTIONAL, command);
    command->source = json_read_text(reader, "source", JSON_REQUIRED, 1, NAME_MAX_POINTS);
}

static void read_end(struct json_reader *reader, struct registry_command *command)
{
    command->last_day = day_json_read(reader, "last_day", JSON_REQUIRED, 0);
}

static void read_merge(struct json_reader *reader, struct registry_command *command)
{
    command->into = read_code(reader, "into", JSON_REQUIRED);
    command->also_count =
        json_read_texts(reader, "also", JSON_OPTIONAL, REGISTRY_ALSO_MAX, CODE_MAX, &command->also);
    for (size_t i = 0; i < command->also_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "also[%zu]", i);
        if (!is_code(command->also[i])) {
            json_read_fault(reader, name, "bad_code", "must be digits, capital letters and -");
        }
    }
    command->from = day_json_read(reader, "from", JSON_REQUIRED, 0);
    command->last_day = DAY_OPEN;
}

static void read_head(struct json_reader *reader, struct registry_command *command)
{
    command->account = read_account(reader);
    command->name = json_read_text(reader, "name", JSON_REQUIRED, 1, PERSON_MAX);
    command->email = read_email(reader, JSON_OPTIONAL);
    command->from = day_json_read(reader, "from", JSON_REQUIRED, 0);
    command->last_day = day_json_read(reader, "last_day", JSON_OPTIONAL, DAY_OPEN);
}

static void read_field(struct json_reader *reader, struct registry_command *command)
{
    command->field = json_read_text(reader, "field", JSON_REQUIRED, 1, FIELD_MAX);
    command->account = read_account(reader);
}

static void read_assign(struct json_reader *reader, struct registry_command *command)
{
    read_field(reader, command);
    command->name = json_read_text(reader, "name", JSON_REQUIRED, 1, PERSON_MAX);
    command->email = read_email(reader, JSON_REQUIRED);
    command->rank = (int32_t)json_read_int(reader, "rank", JSON_OPTIONAL, 1, RANK_MAX, 1);
    command->from = day_json_read(reader, "from", JSON_REQUIRED, 0);
    command->last_day = day_json_read(reader, "last_day", JSON_OPTIONAL, DAY_OPEN);
}

static void read_end_assignment(struct json_reader *reader, struct registry_command *command)
{
    read_field(reader, command);
    command->last_day = day_json_read(reader, "last_day", JSON_REQUIRED, 0);
}

static void read_absence(struct json_reader *reader, struct registry_command *command)
{
    command->account = read_account(reader);
    command->from = day_json_read(reader, "from", JSON_REQUIRED, 0);
    command->last_day = day_json_read(reader, "last_day", JSON_REQUIRED, 0);
}

static void read_end_absence(struct json_reader *reader, struct registry_command *command)
{
    command->account = read_account(reader);
    command->from = day_json_read(reader, "from", JSON_REQUIRED, 0);
    command->back_on = day_json_read(reader, "back_on", JSON_REQUIRED, 0);
}

bool registry_json_read(struct registry_command *command, const char *text, size_t size,
                        struct arena *arena, struct error *err)
{
    static read_body *const bodies[REGISTRY_ACTIONS] = {
        [REGISTRY_CREATE] = read_create,   [REGISTRY_ALTER] = read_alter,
        [REGISTRY_END] = read_end,         [REGISTRY_MERGE] = read_merge,
        [REGISTRY_NAME_HEAD] = read_head,  [REGISTRY_END_HEAD] = read_end,
        [REGISTRY_ASSIGN] = read_assign,   [REGISTRY_END_ASSIGNMENT] = read_end_assignment,
        [REGISTRY_ABSENCE] = read_absence, [REGISTRY_END_ABSENCE] = read_end_absence,
    };
    struct json_document document;
    struct json_reader reader;
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    bodies[command->action](&reader, command);
    command->reason = json_read_text(&reader, "reason", JSON_REQUIRED, 1, TEXT_MAX);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}
