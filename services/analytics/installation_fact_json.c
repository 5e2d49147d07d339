/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/installation_fact_json.h"

#include "common/json.h"
#include "services/analytics/code_json.h"

/* Whether it is a UUID is checked; what is kept is its digest. */
static const char *read_ref(struct json_reader *reader, struct arena *arena)
{
    struct uuid id;
    char text[UUID_TEXT_SIZE];
    if (!json_read_uuid(reader, "installation_id", JSON_REQUIRED, &id)) {
        return NULL;
    }
    return arena_text(arena, uuid_format(&id, text));
}

bool installation_fact_read(struct installation_fact *installation, const char *json, size_t size,
                            struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *installation = (struct installation_fact){.ref = NULL};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    installation->ref = read_ref(&reader, arena);
    installation->area = code_read_unit(&reader, "area", JSON_OPTIONAL);
    installation->team = code_read_unit(&reader, "team", JSON_OPTIONAL);
    installation->at = json_read_instant(&reader, "at", JSON_REQUIRED);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
