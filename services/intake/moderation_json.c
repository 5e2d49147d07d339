/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json.h"
#include "moderation.h"

const char *const moderation_wish_words[] = {"approve", "approve_redacted", "reject", NULL};

/* Members that another decision has. */
static void refuse_others(const struct moderation_wish *wish, struct json_reader *reader)
{
    if (wish->decision != MODERATION_REDACTED && (wish->title || wish->description)) {
        json_read_fault(reader, wish->title ? "title" : "description", "not_allowed",
                        "belongs to approve_redacted");
    }
    if (wish->decision != MODERATION_REJECTED && wish->reason != NULL) {
        json_read_fault(reader, "class", "not_allowed", "belongs to reject");
    }
    if (wish->decision == MODERATION_REJECTED &&
        (wish->withheld_count > 0 || wish->exact_place >= 0)) {
        json_read_fault(reader, wish->withheld_count > 0 ? "withheld_media" : "exact_place",
                        "not_allowed", "belongs to what is shown");
    }
}

static void require_own(const struct moderation_wish *wish, struct json_reader *reader)
{
    if (wish->decision == MODERATION_REDACTED && wish->description == NULL) {
        json_read_fault(reader, "description", "required", "must say what everybody may read");
    }
    if (wish->decision == MODERATION_REJECTED && wish->reason == NULL) {
        json_read_fault(reader, "class", "required", "must say why");
    }
}

static const char *read_class(struct json_reader *reader)
{
    int class = json_read_word(reader, "class", JSON_OPTIONAL, moderation_class_words);
    return class < 0 ? NULL : moderation_class_words[class];
}

/* -1 when it is not there. */
static int read_exact_place(struct json_reader *reader)
{
    bool if_absent_no = json_read_bool(reader, "exact_place", JSON_OPTIONAL, false);
    bool if_absent_yes = json_read_bool(reader, "exact_place", JSON_OPTIONAL, true);
    return if_absent_no == if_absent_yes ? if_absent_yes : -1;
}

bool moderation_wish_read(struct moderation_wish *wish, const char *json, size_t size,
                          struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *wish = (struct moderation_wish){.exact_place = -1};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    int decision = json_read_word(&reader, "decision", JSON_REQUIRED, moderation_wish_words);
    wish->title = json_read_text(&reader, "title", JSON_OPTIONAL, 1, TITLE_MAX);
    wish->description = json_read_text(&reader, "description", JSON_OPTIONAL, 1, DESCRIPTION_MAX);
    wish->withheld_count = json_read_texts(&reader, "withheld_media", JSON_OPTIONAL, MEDIA_MAX,
                                           MEDIA_URL_MAX, &wish->withheld);
    wish->exact_place = read_exact_place(&reader);
    wish->reason = read_class(&reader);
    wish->note = json_read_text(&reader, "note", JSON_OPTIONAL, 1, MODERATION_NOTE_MAX);
    if (decision >= 0 && !reader.faulty) {
        wish->decision = (enum moderation_decision)decision;
        refuse_others(wish, &reader);
        require_own(wish, &reader);
    }
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
