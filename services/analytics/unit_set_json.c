/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/unit_set_json.h"

#include <string.h>

#include "common/json.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/code_json.h"

enum { SOURCE_MAX = 200, DISTRICTS_MAX = 100, AREAS_MAX = 1000 };

/* ^[0-9]+-(districts|units)$ */
static const char *read_code(struct json_reader *reader)
{
    const char *code = json_read_text(reader, "code", JSON_REQUIRED, 3, UNIT_SET_CODE_SIZE - 1);
    size_t digits = code != NULL ? strspn(code, "0123456789") : 0;
    if (code != NULL && (digits == 0 || (strcmp(code + digits, "-districts") != 0 &&
                                         strcmp(code + digits, "-units") != 0))) {
        json_read_fault(reader, "code", "not_allowed", "must be like 30-districts or 126-units");
        return NULL;
    }
    return code;
}

static void read_last(struct unit_set *set, struct json_reader *reader)
{
    int64_t end = json_read_instant(reader, "valid_to", JSON_OPTIONAL);
    set->last = end == 0 ? UNIT_SET_OPEN : period_day(end - 1);
}

/* The item's code, which no item before it has. */
static const char *read_once(struct json_reader *item, const char **codes, size_t *count)
{
    const char *code = code_read_unit(item, "code", JSON_REQUIRED);
    for (size_t i = 0; code != NULL && i < *count; i++) {
        if (strcmp(codes[i], code) == 0) {
            json_read_fault(item, "code", "not_allowed", "is there twice");
            return NULL;
        }
    }
    if (code != NULL) {
        codes[(*count)++] = code;
    }
    return code;
}

static void read_districts(struct told_unit_set *told, struct json_reader *reader)
{
    told->district_count = json_read_array(reader, "districts", JSON_OPTIONAL, DISTRICTS_MAX);
    told->districts = arena_array(reader->arena, told->district_count, sizeof *told->districts);
    const char **codes = arena_array(reader->arena, told->district_count, sizeof *codes);
    size_t read = 0;
    for (size_t i = 0; i < told->district_count; i++) {
        struct name *district = &told->districts[i];
        struct json_reader item;
        if (!json_read_item(reader, "districts", i, &item)) {
            continue;
        }
        district->code = read_once(&item, codes, &read);
        district->text = bilingual_read(&item, "name");
        json_read_end(&item);
    }
}

static void read_areas(struct unit_set *set, struct json_reader *reader)
{
    set->area_count = json_read_array(reader, "areas", JSON_REQUIRED, AREAS_MAX);
    set->areas = arena_array(reader->arena, set->area_count, sizeof *set->areas);
    code_check_few(reader, "areas", set->area_count, 1);
    const char **codes = arena_array(reader->arena, set->area_count, sizeof *codes);
    size_t read = 0;
    for (size_t i = 0; i < set->area_count; i++) {
        struct json_reader item;
        if (json_read_item(reader, "areas", i, &item)) {
            set->areas[i] = (struct unit_area){
                .code = read_once(&item, codes, &read),
                .district = code_read_unit(&item, "district", JSON_OPTIONAL),
                .successor = code_read_unit(&item, "successor", JSON_OPTIONAL),
            };
            json_read_end(&item);
        }
    }
}

bool unit_set_read(struct told_unit_set *told, const char *json, size_t size, struct arena *arena,
                   struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *told = (struct told_unit_set){.set = {.last = UNIT_SET_OPEN}};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    told->set.code = read_code(&reader);
    read_last(&told->set, &reader);
    json_read_text(&reader, "source", JSON_REQUIRED, 1, SOURCE_MAX);
    read_districts(told, &reader);
    read_areas(&told->set, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

#define KEY "unit_set:"

const char *unit_set_code_of(const char *key)
{
    return strncmp(key, KEY, strlen(KEY)) == 0 ? key + strlen(KEY) : NULL;
}
