/* SPDX-License-Identifier: Apache-2.0 */
#include "case_word_json.h"

#include <string.h>

#include "common/words.h"
#include "store_message.h"

enum { WORD_MAX = 32, CODE_MAX = 48, QUESTION_MAX = 2000, TEXT_MAX = 4000 };

/* Of a type that is not among them, what is noted is told. */
static enum word_kind kind_of(const char *type)
{
    static const char *const types[] = {
        "vn.hanoi.case.info_requested.v1", "vn.hanoi.case.info_supplied.v1",
        "vn.hanoi.case.resolved.v1",       "vn.hanoi.case.rejected.v1",
        "vn.hanoi.case.extended.v1",       "vn.hanoi.case.commented.v1",
        "vn.hanoi.case.rated.v1",          "vn.hanoi.case.reopened.v1",
        "vn.hanoi.case.withdrawn.v1",      NULL};
    static const enum word_kind kinds[] = {
        WORD_QUESTION, WORD_ANSWER, WORD_RESULT,    WORD_REJECTION,  WORD_EXTENSION,
        WORD_COMMENT,  WORD_RATING, WORD_REOPENING, WORD_WITHDRAWAL, WORD_NOTE};
    return kinds[word_index(types, type)];
}

static enum word_author author_of(const char *role)
{
    static const char *const roles[] = {"citizen", "system", NULL};
    static const enum word_author authors[] = {WORD_BY_REPORTER, WORD_BY_SYSTEM, WORD_BY_UNIT};
    return role != NULL ? authors[word_index(roles, role)] : WORD_BY_UNIT;
}

static const char *read_question(struct json_reader *root, const char *member, size_t max)
{
    struct json_reader question;
    const char *text = NULL;
    if (json_read_object(root, "question", JSON_OPTIONAL, &question)) {
        text = json_read_text(&question, member, JSON_OPTIONAL, 1, max);
        json_read_end(&question);
    }
    return text;
}

static const char *read_result(struct case_word *word, struct json_reader *root)
{
    struct json_reader result;
    const char *text = NULL;
    if (json_read_object(root, "result", JSON_OPTIONAL, &result)) {
        text = json_read_text(&result, "text", JSON_REQUIRED, 1, TEXT_MAX);
        word->media_count = json_read_texts(&result, "evidence", JSON_REQUIRED, MEDIA_MAX,
                                            MEDIA_URL_MAX, &word->media);
        json_read_end(&result);
    }
    return text;
}

static const char *read_text(struct case_word *word, const struct case_step *step,
                             struct json_reader *root)
{
    switch (word->kind) {
    case WORD_QUESTION:
        return read_question(root, "text", QUESTION_MAX);
    case WORD_ANSWER:
        return read_question(root, "answer", TEXT_MAX);
    case WORD_RESULT:
        return read_result(word, root);
    case WORD_REJECTION:
    case WORD_EXTENSION:
    case WORD_REOPENING:
        return step->reason;
    case WORD_COMMENT:
    case WORD_RATING:
    case WORD_WITHDRAWAL:
    case WORD_NOTE:
    case WORD_KINDS:
        break;
    }
    return step->note;
}

static void read_message(struct case_word *word, struct json_reader *root)
{
    struct json_reader message;
    const char *const *media;
    if (!json_read_object(root, "message", JSON_OPTIONAL, &message)) {
        return;
    }
    json_read_uuid(&message, "id", JSON_REQUIRED, &word->message);
    size_t count =
        json_read_texts(&message, "media", JSON_OPTIONAL, MEDIA_MAX, MEDIA_URL_MAX, &media);
    if (count > 0) {
        word->media = media;
        word->media_count = count;
    }
    json_read_end(&message);
}

void case_word_read(struct case_word *word, const char *type, const struct case_step *step,
                    struct json_reader *root)
{
    *word = (struct case_word){.kind = kind_of(type),
                               .by = author_of(step->actor_role),
                               .unit = step->unit,
                               .at = step->at};
    word->text = read_text(word, step, root);
    read_message(word, root);
    if (word->kind == WORD_RATING) {
        int rating = json_read_word(root, "rating", JSON_OPTIONAL, message_rating_words);
        word->rating = rating >= 0 ? message_rating_words[rating] : NULL;
    }
    bool speaks = word->text != NULL || !uuid_is_nil(&word->message) ||
                  (word->kind != WORD_NOTE && word->kind != WORD_ANSWER);
    word->version = speaks ? step->version : 0;
}

bool message_refusal_read(struct message_refusal *refusal, const char *json, size_t size,
                          struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;
    *refusal = (struct message_refusal){.code = NULL};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    json_read_uuid(&reader, "message_id", JSON_REQUIRED, &refusal->message);
    json_read_word(&reader, "kind", JSON_REQUIRED, message_kind_words);
    refusal->code = json_read_text(&reader, "code", JSON_REQUIRED, 2, CODE_MAX);
    if (refusal->code != NULL &&
        strspn(refusal->code, "abcdefghijklmnopqrstuvwxyz_") != strlen(refusal->code)) {
        json_read_fault(&reader, "code", "bad_code", "must be lower-case letters and _");
    }
    refusal->version = (int32_t)json_read_int(&reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    refusal->at = json_read_instant(&reader, "at", JSON_REQUIRED);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
