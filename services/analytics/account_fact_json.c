/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/account_fact_json.h"

#include <string.h>

#include "common/json.h"
#include "common/opaque_ref.h"
#include "services/analytics/code_json.h"

enum { ASSURANCE_MAX = 2 };

static const char *read_ref(struct json_reader *reader)
{
    const char *ref = json_read_text(reader, "account", JSON_REQUIRED, 1, OPAQUE_REF_MAX);
    if (ref != NULL && !opaque_ref_has_form(ref)) {
        json_read_fault(reader, "account", "not_allowed", "is no opaque id");
        return NULL;
    }
    return ref;
}

static const char *refuse(struct json_reader *reader, const char *name, const char *text)
{
    if (code_read_unit(reader, name, JSON_OPTIONAL) != NULL) {
        json_read_fault(reader, name, "not_allowed", text);
    }
    return NULL;
}

/* An official is one of a unit, everybody else of a place: never both, so that nobody is counted
 * among the staff and the residents. */
static void read_belonging(struct account_fact *account, struct json_reader *reader)
{
    if (account->kind == ACCOUNT_OFFICIAL) {
        account->unit = code_read_unit(reader, "unit", JSON_REQUIRED);
        account->area = refuse(reader, "area", "is not told of an official");
    } else {
        account->unit = refuse(reader, "unit", "is told of officials only");
        account->area = code_read_unit(reader, "area", JSON_OPTIONAL);
    }
}

static enum json_presence needed(const char *type, const char *step)
{
    return strcmp(type, step) == 0 ? JSON_REQUIRED : JSON_OPTIONAL;
}

static void read_times(struct account_fact *account, const char *type, struct json_reader *reader)
{
    account->created_at = json_read_instant(reader, "created_at", JSON_REQUIRED);
    account->activated_at =
        json_read_instant(reader, "activated_at", needed(type, "vn.hanoi.account.activated.v1"));
    account->closed_at =
        json_read_instant(reader, "closed_at", needed(type, "vn.hanoi.account.closed.v1"));
    account->at = json_read_instant(reader, "at", JSON_REQUIRED);
}

static void read_members(struct account_fact *account, const char *type, struct json_reader *reader)
{
    bool first = strcmp(type, "vn.hanoi.account.created.v1") == 0;
    account->ref = read_ref(reader);
    account->version =
        (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, first ? 1 : INT32_MAX, 0);
    int kind = json_read_word(reader, "kind", JSON_REQUIRED, account_kind_words);
    if (kind >= 0) {
        account->kind = (enum account_kind)kind;
        read_belonging(account, reader);
    }
    int method = json_read_word(reader, "method", JSON_REQUIRED, account_method_words);
    account->method = method >= 0 ? (enum account_method)method : METHOD_VNEID;
    json_read_int(reader, "assurance", JSON_REQUIRED, 0, ASSURANCE_MAX, 0);
    account->team = code_read_unit(reader, "team", JSON_OPTIONAL);
    read_times(account, type, reader);
}

bool account_fact_read(struct account_fact *account, const char *type, const char *json,
                       size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *account = (struct account_fact){.step = ACCOUNT_MADE};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_members(account, type, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
