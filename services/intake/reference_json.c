/* SPDX-License-Identifier: Apache-2.0 */
#include "reference_json.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "question_json.h"

enum { NAME_MAX_POINTS = 200, KEYWORDS_MAX = 64, KEYWORD_MAX = 64, CODE_MAX = 64 };
enum { DUPLICATE_RADIUS_MAX_M = 1000 };

static void read_bilingual(struct json_reader *parent, const char *name, const char **vi,
                           const char **en)
{
    struct json_reader reader;
    if (json_read_object(parent, name, JSON_REQUIRED, &reader)) {
        *vi = json_read_text(&reader, "vi", JSON_REQUIRED, 1, NAME_MAX_POINTS);
        *en = json_read_text(&reader, "en", JSON_REQUIRED, 1, NAME_MAX_POINTS);
        json_read_end(&reader);
    }
}

static const char *read_keywords(struct json_reader *reader, struct arena *arena)
{
    const char *const *words;
    struct buffer out;
    size_t count =
        json_read_texts(reader, "keywords", JSON_REQUIRED, KEYWORDS_MAX, KEYWORD_MAX, &words);
    buffer_init(&out);
    buffer_put(&out, "", 0);
    for (size_t i = 0; i < count; i++) {
        buffer_put_text(&out, i > 0 ? "," : "");
        buffer_put_text(&out, words[i]);
    }
    const char *joined = arena_copy(arena, out.data, out.size);
    buffer_finish(&out);
    return joined;
}

bool category_read(struct category *category, const char *json, size_t size, struct arena *arena,
                   struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(category, 0, sizeof *category);
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    category->code = json_read_text(&reader, "code", JSON_REQUIRED, 1, CODE_MAX);
    if (category->code != NULL &&
        strspn(category->code, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(category->code)) {
        json_read_fault(&reader, "code", "bad_code", "must be lower-case letters, digits and -");
    }
    read_bilingual(&reader, "name", &category->name_vi, &category->name_en);
    read_bilingual(&reader, "group", &category->group_vi, &category->group_en);
    int level = json_read_word(&reader, "level", JSON_REQUIRED, level_words);
    category->level = level < 0 ? LEVEL_NORMAL : (enum level)level;
    category->keywords = read_keywords(&reader, arena);
    category->sensitive = json_read_bool(&reader, "sensitive", JSON_REQUIRED, false);
    category->duplicate_radius_m = (int32_t)json_read_int(
        &reader, "duplicate_radius_m", JSON_OPTIONAL, 1, DUPLICATE_RADIUS_MAX_M, 0);
    int kind = json_read_word(&reader, "kind", JSON_OPTIONAL, submission_kind_words);
    category->kind = submission_kind_words[kind < 0 ? 0 : kind];
    category->questions = questions_read(&reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

bool unit_name_read(struct unit_name *unit, const char *json, size_t size, struct arena *arena,
                    struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    memset(unit, 0, sizeof *unit);
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    unit->code = json_read_text(&reader, "code", JSON_REQUIRED, 2, 32);
    read_bilingual(&reader, "name", &unit->name_vi, &unit->name_en);
    unit->parent = json_read_text(&reader, "parent", JSON_OPTIONAL, 2, 32);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

static void read_rule(struct rule *rule, struct json_reader *parent)
{
    struct json_reader reader;
    if (json_read_object(parent, "rule", JSON_REQUIRED, &reader)) {
        rule->code = json_read_text(&reader, "code", JSON_REQUIRED, 1, CODE_MAX);
        rule->version = (int32_t)json_read_int(&reader, "version", JSON_REQUIRED, 1, INT32_MAX, 1);
        rule->source = json_read_text(&reader, "source", JSON_REQUIRED, 1, 200);
        json_read_int(&reader, "minutes", JSON_REQUIRED, 1, 1000000, 1);
        json_read_end(&reader);
    }
}

static void read_segments(struct promise *promise, struct json_reader *reader, struct arena *arena)
{
    size_t count = json_read_array(reader, "segments", JSON_REQUIRED, PROMISE_SEGMENTS_MAX);
    struct promise_segment *segments = arena_array(arena, count, sizeof *segments);
    for (size_t i = 0; i < count; i++) {
        struct json_reader item;
        if (json_read_item(reader, "segments", i, &item)) {
            segments[i].from = json_read_instant(&item, "from", JSON_REQUIRED);
            segments[i].due = json_read_instant(&item, "due", JSON_REQUIRED);
            segments[i].slope = (int)json_read_int(&item, "slope", JSON_REQUIRED, 0, 1, 0);
            if (i > 0 && segments[i].from <= segments[i - 1].from) {
                json_read_fault(&item, "from", "not_ascending", "must follow the segment before");
            }
            json_read_end(&item);
        }
    }
    if (count == 0) {
        json_read_fault(reader, "segments", "too_few", "must hold at least one segment");
    }
    promise->segments = segments;
    promise->segment_count = count;
}

bool promise_read(struct promise *promise, const char *json, size_t size, struct arena *arena,
                  struct error *err)
{
    static const char *const kinds[] = {"receive", NULL};
    struct json_document document;
    struct json_reader reader;
    int year, month;
    char end;

    memset(promise, 0, sizeof *promise);
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    json_read_word(&reader, "kind", JSON_REQUIRED, kinds);
    promise->month = json_read_text(&reader, "month", JSON_REQUIRED, 7, 7);
    if (promise->month != NULL && (sscanf(promise->month, "%4d-%2d%c", &year, &month, &end) != 2 ||
                                   month < 1 || month > 12)) {
        json_read_fault(&reader, "month", "bad_month", "must be like 2026-11");
    }
    read_rule(&promise->rule, &reader);
    read_segments(promise, &reader, arena);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
