/* SPDX-License-Identifier: Apache-2.0 */
/* Codec of vn.hanoi.warning.issued.v1: OASIS Common Alerting Protocol 1.2, sections 3.2.1 to
 * 3.2.4, as JSON. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/words.h"
#include "record_json.h"
#include "warning_area.h"

enum {
    NAME_MAX_CHARS = 128,
    REFERENCES_MAX = 100,
    REFERENCE_MAX = 300,
    INFOS_MAX = 10,
    CATEGORIES_MAX = 12,
    AREAS_MAX = 50,
    POLYGONS_MAX = 50,
    POLYGON_MAX = 20000,
    GEOCODES_MAX = 100
};

enum { ALERT, UPDATE, CANCEL };
enum { ACTUAL, EXERCISE, SYSTEM, TEST, DRAFT };
enum { PUBLIC, RESTRICTED, PRIVATE };

static const char *const statuses[] = {"Actual", "Exercise", "System", "Test", "Draft", NULL};
static const char *const message_types[] = {"Alert", "Update", "Cancel", NULL};
static const char *const scopes[] = {"Public", "Restricted", "Private", NULL};
static const char *const categories[] = {"Geo",   "Met",    "Safety", "Security",  "Rescue",
                                         "Fire",  "Health", "Env",    "Transport", "Infra",
                                         "CBRNE", "Other",  NULL};
static const char *const urgencies[] = {"Immediate", "Expected", "Future", "Past", "Unknown", NULL};
static const char *const severities[] = {"Extreme", "Severe", "Moderate", "Minor", "Unknown", NULL};
static const char *const certainties[] = {"Observed", "Likely",  "Possible",
                                          "Unlikely", "Unknown", NULL};

/* CAP 1.2, 3.2.1: no spaces, commas or restricted characters (< and &). */
static bool is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '!' || text[i] > '~' || strchr(",<&", text[i]) != NULL) {
            return false;
        }
    }
    return size > 0 && size <= NAME_MAX_CHARS;
}

static const char *copy_name(struct record_copy *copy, const char *name)
{
    const char *text = copy_text(copy, name, JSON_REQUIRED, 1, NAME_MAX_CHARS);
    if (text != NULL && !is_name(text, strlen(text))) {
        json_read_fault(&copy->reader, name, "bad_id", "must be visible ASCII without , < and &");
    }
    return text;
}

/* ---- what it refers to ---- */

/* "sender,identifier,sent" */
static bool read_reference(struct record_end *end, const char *text, const struct record *record,
                           struct arena *arena)
{
    size_t sender = strcspn(text, ",");
    const char *identifier = text[sender] == ',' ? text + sender + 1 : "";
    size_t size = strcspn(identifier, ",");
    int64_t sent;
    if (identifier[size] != ',' || !is_name(text, sender) || !is_name(identifier, size) ||
        !clock_parse(identifier + size + 1, strlen(identifier + size + 1), &sent)) {
        return false;
    }
    end->id = record_id(record->type, record->source, arena_copy(arena, identifier, size),
                        arena_copy(arena, text, sender));
    return true;
}

static void copy_references(struct record_copy *copy, int message_type)
{
    struct record *record = copy->record;
    struct arena *arena = copy->reader.arena;
    enum json_presence presence = message_type > ALERT ? JSON_REQUIRED : JSON_OPTIONAL;
    const char *const *texts;
    size_t count = copy_texts(copy, "references", presence, REFERENCES_MAX, REFERENCE_MAX, &texts);
    if (count == 0 && presence == JSON_REQUIRED) {
        json_read_fault(&copy->reader, "references", "required", "must say of which warnings");
    }
    struct record_end *ends = arena_array(arena, count, sizeof *ends);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        ends[i].is_cancelled = message_type == CANCEL;
        if (!read_reference(&ends[i], texts[i], record, arena)) {
            snprintf(name, sizeof name, "references[%zu]", i);
            json_read_fault(&copy->reader, name, "malformed", "must be sender,identifier,sent");
        }
    }
    record->ends = ends;
    record->end_count = message_type > ALERT ? count : 0;
}

/* ---- what it says ---- */

static void copy_categories(struct record_copy *info)
{
    const char *const *texts;
    size_t count = copy_texts(info, "category", JSON_OPTIONAL, CATEGORIES_MAX, 16, &texts);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        if (categories[word_index(categories, texts[i])] == NULL) {
            snprintf(name, sizeof name, "category[%zu]", i);
            json_read_fault(&info->reader, name, "not_allowed", "is not a category of CAP");
        }
    }
}

static void copy_language(struct record_copy *info)
{
    const char *language = copy_text(info, "language", JSON_OPTIONAL, 2, 16);
    if (language != NULL && !warning_language_is_valid(language)) {
        json_read_fault(&info->reader, "language", "malformed", "must be as vi-VN");
    }
}

static void copy_polygons(struct record_copy *area)
{
    const char *const *texts;
    size_t count = copy_texts(area, "polygon", JSON_OPTIONAL, POLYGONS_MAX, POLYGON_MAX, &texts);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        if (!warning_polygon_is_valid(texts[i])) {
            snprintf(name, sizeof name, "polygon[%zu]", i);
            json_read_fault(&area->reader, name, "malformed",
                            "must be lat,lon four times or more, the last as the first");
        }
    }
}

static void copy_areas(struct record_copy *info)
{
    size_t count = copy_list(info, "area", JSON_OPTIONAL, AREAS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct record_copy area, code;
        if (!copy_item(info, "area", i, &area)) {
            continue;
        }
        copy_text(&area, "areaDesc", JSON_REQUIRED, 1, 1000);
        copy_polygons(&area);
        size_t codes = copy_list(&area, "geocode", JSON_OPTIONAL, GEOCODES_MAX);
        for (size_t c = 0; c < codes; c++) {
            if (copy_item(&area, "geocode", c, &code)) {
                copy_text(&code, "valueName", JSON_REQUIRED, 1, 100);
                copy_text(&code, "value", JSON_REQUIRED, 1, 100);
                copy_end(&code);
            }
        }
        copy_list_end(&area, codes, JSON_OPTIONAL);
        copy_end(&area);
    }
    copy_list_end(info, count, JSON_OPTIONAL);
}

/* Gives its end; 0: none. */
static int64_t copy_info(struct record_copy *info)
{
    copy_language(info);
    copy_categories(info);
    copy_text(info, "event", JSON_REQUIRED, 1, 200);
    copy_word(info, "urgency", JSON_REQUIRED, urgencies);
    copy_word(info, "severity", JSON_REQUIRED, severities);
    copy_word(info, "certainty", JSON_REQUIRED, certainties);
    copy_instant(info, "effective", JSON_OPTIONAL);
    copy_instant(info, "onset", JSON_OPTIONAL);
    int64_t expires = copy_instant(info, "expires", JSON_OPTIONAL);
    copy_text(info, "headline", JSON_OPTIONAL, 1, 300);
    copy_text(info, "description", JSON_OPTIONAL, 1, 8000);
    copy_text(info, "instruction", JSON_OPTIONAL, 1, 8000);
    copy_areas(info);
    return expires;
}

/* The warning is over when all that it says is. */
static void copy_infos(struct record_copy *copy, int message_type)
{
    enum json_presence presence = message_type == CANCEL ? JSON_OPTIONAL : JSON_REQUIRED;
    size_t count = copy_list(copy, "info", presence, INFOS_MAX);
    int64_t end = 0;
    bool endless = false;
    if (count == 0 && presence == JSON_REQUIRED) {
        json_read_fault(&copy->reader, "info", "required", "must say what is the matter");
    }
    for (size_t i = 0; i < count; i++) {
        struct record_copy info;
        if (copy_item(copy, "info", i, &info)) {
            int64_t expires = copy_info(&info);
            endless = endless || expires == 0;
            end = expires > end ? expires : end;
            copy_end(&info);
        }
    }
    copy_list_end(copy, count, presence);
    copy->record->expires_us = endless ? 0 : end;
}

void warning_copy(struct record_copy *copy)
{
    struct record *record = copy->record;
    record->subject = copy_name(copy, "identifier");
    record->part = copy_name(copy, "sender");
    record->at_us = copy_instant(copy, "sent", JSON_REQUIRED);
    int status = copy_word(copy, "status", JSON_REQUIRED, statuses);
    int message_type = copy_word(copy, "msgType", JSON_REQUIRED, message_types);
    int scope = copy_word(copy, "scope", JSON_REQUIRED, scopes);
    record->is_public = status == ACTUAL && scope == PUBLIC;
    record->is_cancelled = message_type == CANCEL;
    copy_references(copy, message_type);
    copy_infos(copy, message_type);
}
