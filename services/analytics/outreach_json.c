/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/outreach_json.h"

#include "common/json.h"
#include "services/analytics/code_json.h"

enum { DAY_S = 86400, BRANCH_SIZE = 2, ADDRESS_MAX = 500 };

static const char *read_ref(struct json_reader *reader, const char *name, struct arena *arena)
{
    struct uuid id;
    char text[UUID_TEXT_SIZE];
    if (!json_read_uuid(reader, name, JSON_REQUIRED, &id)) {
        return NULL;
    }
    return arena_text(arena, uuid_format(&id, text));
}

static int32_t read_version(struct json_reader *reader)
{
    return (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
}

static int64_t read_count(struct json_reader *reader, const char *name)
{
    return json_read_int(reader, name, JSON_REQUIRED, 0, CODE_NUMBER_MAX, 0);
}

/* ---- activities ---- */

/* It is not counted by its point, but a point that is none shows a writer at fault. */
static void check_place(struct json_reader *reader)
{
    struct json_reader place;
    if (json_read_object(reader, "place", JSON_OPTIONAL, &place)) {
        json_read_real(&place, "lat", JSON_REQUIRED, 8, 24, 8);
        json_read_real(&place, "lon", JSON_REQUIRED, 102, 110, 102);
        json_read_text(&place, "address", JSON_OPTIONAL, 1, ADDRESS_MAX);
        json_read_end(&place);
    }
}

bool outreach_fact_read(struct outreach_fact *outreach, const char *json, size_t size,
                        struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *outreach = (struct outreach_fact){.ref = NULL};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    outreach->ref = read_ref(&reader, "outreach_id", arena);
    outreach->version = read_version(&reader);
    outreach->team = code_read_unit(&reader, "team", JSON_REQUIRED);
    outreach->area = code_read_unit(&reader, "area", JSON_REQUIRED);
    outreach->kind = code_read_word(&reader, "kind", JSON_REQUIRED);
    outreach->told = read_count(&reader, "told");
    outreach->helped = read_count(&reader, "helped");
    check_place(&reader);
    outreach->at = json_read_instant(&reader, "at", JSON_REQUIRED);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

/* ---- classes ---- */

bool training_fact_read(struct training_fact *training, const char *json, size_t size,
                        struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *training = (struct training_fact){.class_ref = NULL};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    training->class_ref = read_ref(&reader, "class_id", arena);
    training->unit = code_read_unit(&reader, "unit", JSON_REQUIRED);
    training->version = read_version(&reader);
    training->invited = read_count(&reader, "invited");
    training->attended = read_count(&reader, "attended");
    training->completed = read_count(&reader, "completed");
    training->at = json_read_instant(&reader, "at", JSON_REQUIRED);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

/* ---- calls ---- */

/* One or two digits, as text. */
static int read_branch(struct json_reader *reader)
{
    const char *branch = json_read_text(reader, "branch", JSON_REQUIRED, 1, BRANCH_SIZE);
    int number = 0;
    for (const char *at = branch; at != NULL && *at != '\0'; at++) {
        if (*at < '0' || *at > '9') {
            json_read_fault(reader, "branch", "not_allowed", "is no branch");
            return 0;
        }
        number = 10 * number + (*at - '0');
    }
    return number;
}

/* Where nobody talked, nothing may be told of a talk. */
static void refuse_talk(struct json_reader *reader)
{
    if (json_read_int(reader, "talked_s", JSON_OPTIONAL, 0, DAY_S, -1) >= 0) {
        json_read_fault(reader, "talked_s", "not_allowed", "is told though nobody talked");
    }
    if (code_read_word(reader, "topic", JSON_OPTIONAL) != NULL) {
        json_read_fault(reader, "topic", "not_allowed", "is told though nobody talked");
    }
    bool settled = json_read_bool(reader, "resolved_at_first_contact", JSON_OPTIONAL, false);
    if (settled || !json_read_bool(reader, "resolved_at_first_contact", JSON_OPTIONAL, true)) {
        json_read_fault(reader, "resolved_at_first_contact", "not_allowed",
                        "is told though nobody talked");
    }
}

static void read_talk(struct call_fact *call, struct json_reader *reader)
{
    json_read_int(reader, "talked_s", JSON_REQUIRED, 0, DAY_S, 0);
    call->topic = code_read_word(reader, "topic", JSON_REQUIRED);
    call->first_contact = json_read_bool(reader, "resolved_at_first_contact", JSON_REQUIRED, false);
}

static void read_call(struct call_fact *call, struct json_reader *reader, struct arena *arena)
{
    call->ref = read_ref(reader, "call_id", arena);
    call->version = read_version(reader);
    call->branch = read_branch(reader);
    call->waited_s = json_read_int(reader, "waited_s", JSON_REQUIRED, 0, DAY_S, 0);
    call->abandoned = json_read_bool(reader, "abandoned", JSON_REQUIRED, true);
    if (call->abandoned) {
        refuse_talk(reader);
    } else {
        read_talk(call, reader);
    }
    call->at = json_read_instant(reader, "at", JSON_REQUIRED);
}

bool call_fact_read(struct call_fact *call, const char *json, size_t size, struct arena *arena,
                    struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *call = (struct call_fact){.ref = NULL};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_call(call, &reader, arena);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
