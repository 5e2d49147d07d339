/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/publication_fact_json.h"

#include <string.h>

#include "common/json.h"
#include "services/analytics/code_json.h"

enum { KIND_ALERT = 1 };

static const char *const kinds[] = {"news", "alert", "guide", NULL};
static const char *const severities[] = {"extreme", "severe", "moderate", "minor", "unknown", NULL};
static const char *const languages[] = {"vi", "en", NULL};

/* Alerts have one, nothing else has. */
static void check_severity(struct json_reader *reader, int kind)
{
    int severity = json_read_word(reader, "severity",
                                  kind == KIND_ALERT ? JSON_REQUIRED : JSON_OPTIONAL, severities);
    if (severity >= 0 && kind != KIND_ALERT) {
        json_read_fault(reader, "severity", "not_allowed", "is told of alerts only");
    }
}

static void read_times(struct publication_fact *publication, const char *type,
                       struct json_reader *reader)
{
    bool corrected = strcmp(type, "vn.hanoi.publication.corrected.v1") == 0;
    enum json_presence cancelled =
        strcmp(type, "vn.hanoi.publication.cancelled.v1") == 0 ? JSON_REQUIRED : JSON_OPTIONAL;
    publication->published_at = json_read_instant(reader, "published_at", JSON_REQUIRED);
    json_read_instant(reader, "corrected_at", corrected ? JSON_REQUIRED : JSON_OPTIONAL);
    publication->cancelled_at = json_read_instant(reader, "cancelled_at", cancelled);
    code_read_word(reader, "cancelled_reason", cancelled);
    publication->at = json_read_instant(reader, "at", JSON_REQUIRED);
}

static void read_members(struct publication_fact *publication, const char *type,
                         struct json_reader *reader)
{
    json_read_uuid(reader, "publication_id", JSON_REQUIRED, &publication->publication_id);
    publication->version =
        (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    publication->unit = code_read_unit(reader, "unit", JSON_REQUIRED);
    int kind = json_read_word(reader, "kind", JSON_REQUIRED, kinds);
    if (kind >= 0) {
        check_severity(reader, kind);
    }
    code_read_category(reader, "category", JSON_OPTIONAL);
    code_read_areas(reader, "areas");
    json_read_word(reader, "language", JSON_REQUIRED, languages);
    read_times(publication, type, reader);
}

bool publication_fact_read(struct publication_fact *publication, const char *type, const char *json,
                           size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *publication = (struct publication_fact){.version = 0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_members(publication, type, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
