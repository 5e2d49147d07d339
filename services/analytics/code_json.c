/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/code_json.h"

#include <string.h>

enum {
    UNIT_MIN = 2,
    UNIT_MAX = 32,
    CATEGORY_MAX = 64,
    WORD_MAX = 64,
    AREAS_MAX = 126,
    HASH_SIZE = 64
};

#define DIGITS "0123456789"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"

/* NULL stays NULL. */
static const char *keep(struct json_reader *reader, const char *name, const char *code, bool good)
{
    if (code != NULL && !good) {
        json_read_fault(reader, name, "not_allowed", "is no code");
        return NULL;
    }
    return code;
}

static bool is_unit(const char *code)
{
    return code != NULL && code[0] != '-' && code[strspn(code, DIGITS UPPER "-")] == '\0';
}

const char *code_read_unit(struct json_reader *reader, const char *name,
                           enum json_presence presence)
{
    const char *code = json_read_text(reader, name, presence, UNIT_MIN, UNIT_MAX);
    return keep(reader, name, code, is_unit(code));
}

void code_read_areas(struct json_reader *reader, const char *name)
{
    const char *const *areas;
    size_t count = json_read_texts(reader, name, JSON_OPTIONAL, AREAS_MAX, UNIT_MAX, &areas);
    if (count == 0 && json_read_has(reader, name) && !reader->faulty) {
        json_read_fault(reader, name, "too_few", "absent means the whole city");
    }
    for (size_t i = 0; i < count; i++) {
        if (strlen(areas[i]) < UNIT_MIN || !is_unit(areas[i])) {
            json_read_fault(reader, arena_format(reader->arena, "%s[%zu]", name, i), "not_allowed",
                            "is no code");
        }
    }
}

const char *code_read_category(struct json_reader *reader, const char *name,
                               enum json_presence presence)
{
    const char *code = json_read_text(reader, name, presence, 1, CATEGORY_MAX);
    return keep(reader, name, code,
                code != NULL && code[0] != '-' && code[strlen(code) - 1] != '-' &&
                    strstr(code, "--") == NULL && code[strspn(code, DIGITS LOWER "-")] == '\0');
}

const char *code_read_word(struct json_reader *reader, const char *name,
                           enum json_presence presence)
{
    const char *word = json_read_text(reader, name, presence, 1, WORD_MAX);
    return keep(reader, name, word,
                word != NULL && word[0] >= 'a' && word[0] <= 'z' &&
                    word[strspn(word, DIGITS LOWER "_")] == '\0');
}

/* Words, with one mark between two. */
static bool is_rule(const char *code)
{
    size_t size = strspn(code, DIGITS LOWER);
    while (size > 0 && code[size] != '\0' && strchr("_.-", code[size]) != NULL) {
        size_t word = strspn(code + size + 1, DIGITS LOWER);
        size = word > 0 ? size + 1 + word : 0;
    }
    return size > 0 && code[size] == '\0';
}

const char *code_read_rule(struct json_reader *reader, const char *name,
                           enum json_presence presence)
{
    const char *code = json_read_text(reader, name, presence, 1, WORD_MAX);
    return keep(reader, name, code, code != NULL && is_rule(code));
}

const char *code_read_hash(struct json_reader *reader, const char *name)
{
    const char *hash = json_read_text(reader, name, JSON_REQUIRED, HASH_SIZE, HASH_SIZE);
    if (hash != NULL && strspn(hash, DIGITS "abcdef") != HASH_SIZE) {
        json_read_fault(reader, name, "not_allowed", "is no hash");
        return NULL;
    }
    return hash;
}

void code_check_few(struct json_reader *reader, const char *name, size_t count, size_t least)
{
    if (count < least && json_read_has(reader, name) && !reader->faulty) {
        json_read_fault(reader, name, "too_few", "has too few items");
    }
}
