/* SPDX-License-Identifier: Apache-2.0 */
#include "kind_json.h"

#include <string.h>

enum { NAME_MAX_POINTS = 200, SOURCE_MAX = 200, BY_MAX = 16, WORDS_MAX = 20 };

static const char *read_code(struct json_reader *reader, const char *name)
{
    const char *code = json_read_text(reader, name, JSON_REQUIRED, 2, KIND_MAX);
    if (code != NULL &&
        (strspn(code, "abcdefghijklmnopqrstuvwxyz_") != strlen(code) || code[0] == '_')) {
        json_read_fault(reader, name, "bad_code", "must be lower-case words joined by _");
    }
    return code;
}

/* Texts as one, with blanks between. */
static const char *read_by(struct json_reader *reader)
{
    const char *const *texts;
    const char *by = NULL;
    size_t count = json_read_texts(reader, "by", JSON_REQUIRED, BY_MAX, KIND_MAX, &texts);
    for (size_t i = 0; i < count; i++) {
        by = by == NULL ? texts[i] : arena_format(reader->arena, "%s %s", by, texts[i]);
    }
    if (count == 0 && !reader->faulty) {
        json_read_fault(reader, "by", "too_few", "must name who may file");
    }
    return by;
}

static const char *const *read_words(struct json_reader *reader, enum detail_type type)
{
    const char *const *texts;
    size_t count =
        json_read_texts(reader, "words", type == DETAIL_WORD ? JSON_REQUIRED : JSON_OPTIONAL,
                        WORDS_MAX, KIND_MAX, &texts);
    const char **words = arena_array(reader->arena, count + 1, sizeof *words);
    for (size_t i = 0; i < count; i++) {
        words[i] = texts[i];
    }
    words[count] = NULL;
    return words;
}

static void read_details(struct json_reader *filing, struct kind *kind)
{
    kind->detail_count = json_read_array(filing, "details", JSON_REQUIRED, DETAILS_MAX);
    for (size_t i = 0; i < kind->detail_count; i++) {
        struct kind_detail *detail = &kind->details[i];
        struct json_reader item;
        if (json_read_item(filing, "details", i, &item)) {
            detail->code = read_code(&item, "code");
            int type = json_read_word(&item, "type", JSON_REQUIRED, detail_type_words);
            detail->type = type < 0 ? DETAIL_TEXT : (enum detail_type)type;
            detail->required = json_read_bool(&item, "required", JSON_REQUIRED, false);
            detail->max = (size_t)json_read_int(&item, "max", JSON_REQUIRED, 1, DETAIL_TEXT_MAX, 1);
            detail->words = read_words(&item, detail->type);
            json_read_end(&item);
        }
    }
}

static void read_filing(struct json_reader *filing, struct kind *kind)
{
    kind->by = read_by(filing);
    kind->anonymous = json_read_bool(filing, "anonymous", JSON_REQUIRED, false);
    kind->location = json_read_bool(filing, "location", JSON_REQUIRED, false);
    read_details(filing, kind);
    kind->source = json_read_text(filing, "source", JSON_REQUIRED, 1, SOURCE_MAX);
}

/* ---- writing ---- */

static void put_words(struct json_writer *writer, const char *words)
{
    json_open_array(writer, "by");
    for (const char *word = words; *word != '\0';) {
        size_t size = strcspn(word, " ");
        json_put_text_size(writer, NULL, word, size);
        word += size + (word[size] == ' ');
    }
    json_close_array(writer);
}

static void put_detail(struct json_writer *writer, const struct kind_detail *detail)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "code", detail->code);
    json_put_text(writer, "type", detail_type_words[detail->type]);
    json_put_bool(writer, "required", detail->required);
    json_put_int(writer, "max", (int64_t)detail->max);
    if (detail->type == DETAIL_WORD) {
        json_open_array(writer, "words");
        for (size_t i = 0; detail->words[i] != NULL; i++) {
            json_put_text(writer, NULL, detail->words[i]);
        }
        json_close_array(writer);
    }
    json_close_object(writer);
}

static const char *write_filing(const struct kind *kind, struct arena *arena)
{
    struct json_writer writer;
    struct buffer out;
    buffer_init(&out);
    json_write_start(&writer, &out);
    json_open_object(&writer, NULL);
    put_words(&writer, kind->by);
    json_put_bool(&writer, "anonymous", kind->anonymous);
    json_put_bool(&writer, "location", kind->location);
    json_open_array(&writer, "details");
    for (size_t i = 0; i < kind->detail_count; i++) {
        put_detail(&writer, &kind->details[i]);
    }
    json_close_array(&writer);
    json_put_text(&writer, "source", kind->source);
    json_close_object(&writer);
    const char *text = arena_copy(arena, out.data, out.size);
    buffer_finish(&out);
    return text;
}

/* ---- the whole ---- */

static void read_names(struct json_reader *parent, struct kind *kind)
{
    struct json_reader names;
    if (json_read_object(parent, "name", JSON_REQUIRED, &names)) {
        kind->name_vi = json_read_text(&names, "vi", JSON_REQUIRED, 1, NAME_MAX_POINTS);
        kind->name_en = json_read_text(&names, "en", JSON_REQUIRED, 1, NAME_MAX_POINTS);
        json_read_end(&names);
    }
}

bool kind_read(struct kind *kind, const char *json, size_t size, struct arena *arena,
               struct error *err)
{
    struct json_document document;
    struct json_reader reader, filing;

    memset(kind, 0, sizeof *kind);
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    kind->code = read_code(&reader, "code");
    read_names(&reader, kind);
    bool filed = json_read_object(&reader, "filing", JSON_OPTIONAL, &filing);
    if (filed) {
        read_filing(&filing, kind);
        json_read_end(&filing);
    }
    bool good = json_read_end(&reader);
    if (good && filed) {
        kind->filing = write_filing(kind, arena);
    }
    json_document_free(&document);
    return good;
}

bool kind_read_filing(struct kind *kind, const char *filing, struct arena *arena)
{
    struct json_document document;
    struct json_reader reader;
    struct error err = {0};
    if (!json_document_parse(&document, filing, strlen(filing), &err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, &err);
    read_filing(&reader, kind);
    kind->filing = arena_text(arena, filing);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
