/* SPDX-License-Identifier: Apache-2.0 */
#include "notice_json.h"

#include <string.h>

#include "common/json.h"

enum {
    REF_MAX = 128,
    CODE_MAX = 64,
    UNIT_MAX = 32,
    TICKET_MAX = 24,
    TEXT_MAX = 4000,
    URL_MAX = 2000
};

static const char *const level_words[] = {"urgent", "complex", "normal", NULL};
static const char *const reason_words[] = {
    "out_of_scope_legal", "unclear", "duplicate", "not_city", "abusive", "other", NULL};

bool news_type_of_case(const char *event_type, enum news_type *type)
{
    static const struct {
        const char *event;
        enum news_type type;
    } rows[] = {
        {"vn.hanoi.case.opened.v1", NEWS_OPENED},
        {"vn.hanoi.case.accepted.v1", NEWS_ACCEPTED},
        {"vn.hanoi.case.assigned.v1", NEWS_ASSIGNED},
        {"vn.hanoi.case.started.v1", NEWS_STARTED},
        {"vn.hanoi.case.resolved.v1", NEWS_RESOLVED},
        {"vn.hanoi.case.rejected.v1", NEWS_REJECTED},
        {"vn.hanoi.case.routed.v1", NEWS_ROUTED},
        {"vn.hanoi.case.reminded.v1", NEWS_REMINDED},
        {"vn.hanoi.case.escalated.v1", NEWS_ESCALATED},
    };
    for (size_t i = 0; event_type != NULL && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(event_type, rows[i].event) == 0) {
            *type = rows[i].type;
            return true;
        }
    }
    return false;
}

/* The word itself, or NULL when absent or bad. */
static const char *read_word(struct json_reader *reader, const char *name,
                             enum json_presence presence, const char *const *words)
{
    int index = json_read_word(reader, name, presence, words);
    return index < 0 ? NULL : words[index];
}

/* Opaque references are visible ASCII without @. */
static const char *read_ref(struct json_reader *reader, const char *name,
                            enum json_presence presence)
{
    const char *ref = json_read_text(reader, name, presence, 1, REF_MAX);
    for (const char *c = ref; c != NULL && *c != '\0'; c++) {
        if (*c < '!' || *c > '~' || *c == '@') {
            json_read_fault(reader, name, "not_allowed", "must be visible ASCII without @");
            return NULL;
        }
    }
    return ref;
}

/* The subject of a mail holds it, so its form is checked: nothing but letters, digits, hyphens. */
static const char *read_ticket(struct json_reader *reader)
{
    const char *ticket = json_read_text(reader, "ticket", JSON_REQUIRED, 17, TICKET_MAX);
    static const char allowed[] = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (ticket != NULL && ticket[strspn(ticket, allowed)] != '\0') {
        json_read_fault(reader, "ticket", "not_allowed", "must be of A-Z, 0-9 and -");
        return NULL;
    }
    return ticket;
}

static bool read_event_id(struct news *news, const struct event_in *event, struct error *err)
{
    if (!uuid_parse(event->id, strlen(event->id), &news->event_id)) {
        return error_add_field(err, "id", "bad_uuid", "must be a UUID");
    }
    news->traceparent = event->traceparent;
    return true;
}

static void read_submission(struct news *news, struct json_reader *root)
{
    struct notice *notice = &news->notice;
    struct json_reader reporter;
    json_read_uuid(root, "submission_id", JSON_REQUIRED, &news->case_id);
    notice->ticket = read_ticket(root);
    notice->category = json_read_text(root, "category", JSON_REQUIRED, 1, CODE_MAX);
    notice->level = read_word(root, "level", JSON_REQUIRED, level_words);
    if (json_read_object(root, "reporter", JSON_REQUIRED, &reporter)) {
        news->reporter = read_ref(&reporter, "ref", JSON_REQUIRED);
        json_read_end(&reporter);
    }
    int language = json_read_word(root, "language", JSON_REQUIRED, language_words);
    news->language = language == LANGUAGE_EN ? LANGUAGE_EN : LANGUAGE_VI;
    notice->at = json_read_instant(root, "submitted_at", JSON_REQUIRED);
    notice->receive_due = json_read_instant(root, "receive_by", JSON_REQUIRED);
}

bool news_read_submission(struct news *news, const struct event_in *event, struct arena *arena,
                          struct error *err)
{
    struct json_document document;
    struct json_reader root;

    *news = (struct news){.type = NEWS_SUBMITTED};
    if (!read_event_id(news, event, err) ||
        !json_document_parse(&document, event->data, event->data_size, err)) {
        return false;
    }
    json_read_root(&root, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_submission(news, &root);
    bool good = json_read_end(&root);
    json_document_free(&document);
    return good;
}

static void read_outcome(struct notice *notice, struct json_reader *root, enum news_type type)
{
    struct json_reader part;
    if (json_read_object(root, "result", type == NEWS_RESOLVED ? JSON_REQUIRED : JSON_OPTIONAL,
                         &part)) {
        notice->result = json_read_text(&part, "text", JSON_REQUIRED, 1, TEXT_MAX);
        notice->evidence_count = json_read_texts(&part, "evidence", JSON_REQUIRED,
                                                 NOTICE_EVIDENCE_MAX, URL_MAX, &notice->evidence);
        json_read_end(&part);
    }
    if (json_read_object(root, "reason", type == NEWS_REJECTED ? JSON_REQUIRED : JSON_OPTIONAL,
                         &part)) {
        notice->reason_class = read_word(&part, "class", JSON_REQUIRED, reason_words);
        notice->reason = json_read_text(&part, "text", JSON_REQUIRED, 1, TEXT_MAX);
        json_read_end(&part);
    }
}

static void read_case(struct news *news, struct json_reader *root)
{
    struct notice *notice = &news->notice;
    struct json_reader actor;
    json_read_uuid(root, "case_id", JSON_REQUIRED, &news->case_id);
    notice->ticket = read_ticket(root);
    notice->category = json_read_text(root, "category", JSON_REQUIRED, 1, CODE_MAX);
    notice->level = read_word(root, "level", JSON_REQUIRED, level_words);
    notice->at = json_read_instant(root, "at", JSON_REQUIRED);
    notice->unit = json_read_text(root, "unit", JSON_OPTIONAL, 2, UNIT_MAX);
    news->focal_point = read_ref(root, "focal_point", JSON_OPTIONAL);
    news->assignee = read_ref(root, "assignee", JSON_OPTIONAL);
    news->reporter = read_ref(root, "reporter_ref", JSON_REQUIRED);
    int language = json_read_word(root, "language", JSON_REQUIRED, language_words);
    news->language = language == LANGUAGE_EN ? LANGUAGE_EN : LANGUAGE_VI;
    notice->receive_due = json_read_instant(root, "receive_due", JSON_REQUIRED);
    notice->resolve_due = json_read_instant(root, "resolve_due", JSON_OPTIONAL);
    news->escalation = (int)json_read_int(root, "escalation", JSON_REQUIRED, 0, 3, 0);
    if (json_read_object(root, "actor", JSON_REQUIRED, &actor)) {
        news->actor = read_ref(&actor, "ref", JSON_OPTIONAL);
        json_read_end(&actor);
    }
    notice->note = json_read_text(root, "note", JSON_OPTIONAL, 1, TEXT_MAX);
    read_outcome(notice, root, news->type);
}

bool news_read_case(struct news *news, const struct event_in *event, enum news_type type,
                    struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader root;

    *news = (struct news){.type = type};
    if (!read_event_id(news, event, err) ||
        !json_document_parse(&document, event->data, event->data_size, err)) {
        return false;
    }
    json_read_root(&root, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_case(news, &root);
    bool good = json_read_end(&root);
    json_document_free(&document);
    return good;
}

void notice_write(const struct notice *notice, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "ticket", notice->ticket);
    json_put_text(&writer, "category", notice->category);
    json_put_text(&writer, "level", notice->level);
    json_put_text(&writer, "unit", notice->unit);
    json_put_instant(&writer, "at", notice->at);
    json_put_instant_if(&writer, "receive_due", notice->receive_due);
    json_put_instant_if(&writer, "resolve_due", notice->resolve_due);
    json_put_text(&writer, "result", notice->result);
    if (notice->evidence_count > 0) {
        json_open_array(&writer, "evidence");
        for (size_t i = 0; i < notice->evidence_count; i++) {
            json_put_text(&writer, NULL, notice->evidence[i]);
        }
        json_close_array(&writer);
    }
    json_put_text(&writer, "reason_class", notice->reason_class);
    json_put_text(&writer, "reason", notice->reason);
    json_put_text(&writer, "note", notice->note);
    json_close_object(&writer);
}

static void read_notice(struct notice *notice, struct json_reader *root)
{
    notice->ticket = json_read_text(root, "ticket", JSON_REQUIRED, 1, TICKET_MAX);
    notice->category = json_read_text(root, "category", JSON_REQUIRED, 1, CODE_MAX);
    notice->level = read_word(root, "level", JSON_REQUIRED, level_words);
    notice->unit = json_read_text(root, "unit", JSON_OPTIONAL, 1, UNIT_MAX);
    notice->at = json_read_instant(root, "at", JSON_REQUIRED);
    notice->receive_due = json_read_instant(root, "receive_due", JSON_OPTIONAL);
    notice->resolve_due = json_read_instant(root, "resolve_due", JSON_OPTIONAL);
    notice->result = json_read_text(root, "result", JSON_OPTIONAL, 1, TEXT_MAX);
    notice->evidence_count = json_read_texts(root, "evidence", JSON_OPTIONAL, NOTICE_EVIDENCE_MAX,
                                             URL_MAX, &notice->evidence);
    notice->reason_class = read_word(root, "reason_class", JSON_OPTIONAL, reason_words);
    notice->reason = json_read_text(root, "reason", JSON_OPTIONAL, 1, TEXT_MAX);
    notice->note = json_read_text(root, "note", JSON_OPTIONAL, 1, TEXT_MAX);
}

bool notice_read(struct notice *notice, const char *json, size_t size, struct arena *arena,
                 struct error *err)
{
    struct json_document document;
    struct json_reader root;

    *notice = (struct notice){0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&root, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_notice(notice, &root);
    bool good = json_read_end(&root);
    json_document_free(&document);
    return good;
}
