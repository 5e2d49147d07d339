/* SPDX-License-Identifier: Apache-2.0 */
#include "notice_json.h"

const char *const notice_level_words[] = {"urgent", "complex", "normal", NULL};
const char *const notice_clock_words[] = {"receive", "resolve", "dispatch", "task", NULL};
const char *const notice_reason_words[] = {
    "out_of_scope_legal", "unclear", "duplicate", "not_city", "abusive", "other", NULL};
const char *const notice_rating_words[] = {"satisfied", "acceptable", "dissatisfied", NULL};

/* ---- writing ---- */

static void put_true_if(struct json_writer *writer, const char *name, bool value)
{
    if (value) {
        json_put_bool(writer, name, true);
    }
}

static void put_evidence(struct json_writer *writer, const struct notice *notice)
{
    if (notice->evidence_count > 0) {
        json_put_texts(writer, "evidence", notice->evidence, notice->evidence_count);
    }
}

static void put_handovers(struct json_writer *writer, const struct notice *notice)
{
    if (notice->handover_count == 0) {
        return;
    }
    json_open_array(writer, "handovers");
    for (size_t i = 0; i < notice->handover_count; i++) {
        const struct notice_handover *handover = &notice->handovers[i];
        json_open_object(writer, NULL);
        json_put_text(writer, "from", handover->from);
        json_put_text(writer, "to", handover->to);
        json_put_text(writer, "reason", handover->reason);
        json_put_instant(writer, "at", handover->at);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_times(struct json_writer *writer, const struct notice *notice)
{
    json_put_instant(writer, "at", notice->at);
    json_put_instant_if(writer, "receive_due", notice->receive_due);
    json_put_instant_if(writer, "resolve_due", notice->resolve_due);
    json_put_instant_if(writer, "timeout_at", notice->timeout_at);
    json_put_text(writer, "clock", notice->clock);
    json_put_instant_if(writer, "clock_due", notice->clock_due);
    json_put_instant_if(writer, "slot_at", notice->slot_at);
    if (notice->minutes > 0) {
        json_put_int(writer, "minutes", notice->minutes);
    }
}

static void put_words(struct json_writer *writer, const struct notice *notice)
{
    json_put_text(writer, "result", notice->result);
    put_evidence(writer, notice);
    put_true_if(writer, "has_uploads", notice->has_uploads);
    put_true_if(writer, "asks_rating", notice->asks_rating);
    json_put_text(writer, "reason_class", notice->reason_class);
    json_put_text(writer, "reason", notice->reason);
    json_put_text(writer, "question", notice->question);
    put_true_if(writer, "third_party", notice->third_party);
    json_put_text(writer, "answer", notice->answer);
    put_handovers(writer, notice);
    put_true_if(writer, "disputed", notice->disputed);
    put_true_if(writer, "check_failed", notice->check_failed);
    put_true_if(writer, "by_reporter", notice->by_reporter);
    put_true_if(writer, "is_split", notice->is_split);
    json_put_text(writer, "rating", notice->rating);
    json_put_text(writer, "note", notice->note);
}

void notice_write(const struct notice *notice, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "ticket", notice->ticket);
    json_put_text(&writer, "kind", notice->kind);
    json_put_text(&writer, "category", notice->category);
    json_put_text(&writer, "level", notice->level);
    json_put_text(&writer, "unit", notice->unit);
    json_put_text(&writer, "task_unit", notice->task_unit);
    put_times(&writer, notice);
    put_words(&writer, notice);
    json_close_object(&writer);
}

/* ---- reading ---- */

const char *notice_read_word(struct json_reader *reader, const char *name,
                             enum json_presence presence, const char *const *words)
{
    int index = json_read_word(reader, name, presence, words);
    return index < 0 ? NULL : words[index];
}

size_t notice_read_handovers(struct json_reader *parent, const struct notice_handover **handovers)
{
    size_t count = json_read_array(parent, "handovers", JSON_OPTIONAL, NOTICE_HANDOVERS_MAX);
    struct notice_handover *found = arena_array(parent->arena, count, sizeof *found);
    for (size_t i = 0; i < count; i++) {
        struct json_reader reader;
        if (json_read_item(parent, "handovers", i, &reader)) {
            found[i].from = json_read_text(&reader, "from", JSON_REQUIRED, 1, NOTICE_UNIT_MAX);
            found[i].to = json_read_text(&reader, "to", JSON_REQUIRED, 1, NOTICE_UNIT_MAX);
            found[i].reason = json_read_text(&reader, "reason", JSON_REQUIRED, 1, NOTICE_TEXT_MAX);
            found[i].at = json_read_instant(&reader, "at", JSON_REQUIRED);
            json_read_end(&reader);
        }
    }
    *handovers = found;
    return count;
}

static void read_times(struct notice *notice, struct json_reader *root)
{
    notice->at = json_read_instant(root, "at", JSON_REQUIRED);
    notice->receive_due = json_read_instant(root, "receive_due", JSON_OPTIONAL);
    notice->resolve_due = json_read_instant(root, "resolve_due", JSON_OPTIONAL);
    notice->timeout_at = json_read_instant(root, "timeout_at", JSON_OPTIONAL);
    notice->clock = notice_read_word(root, "clock", JSON_OPTIONAL, notice_clock_words);
    notice->clock_due = json_read_instant(root, "clock_due", JSON_OPTIONAL);
    notice->slot_at = json_read_instant(root, "slot_at", JSON_OPTIONAL);
    notice->minutes = json_read_int(root, "minutes", JSON_OPTIONAL, 0, INT32_MAX, 0);
}

static void read_words(struct notice *notice, struct json_reader *root)
{
    notice->result = json_read_text(root, "result", JSON_OPTIONAL, 1, NOTICE_TEXT_MAX);
    notice->evidence_count = json_read_texts(root, "evidence", JSON_OPTIONAL, NOTICE_EVIDENCE_MAX,
                                             NOTICE_URL_MAX, &notice->evidence);
    notice->has_uploads = json_read_bool(root, "has_uploads", JSON_OPTIONAL, false);
    notice->asks_rating = json_read_bool(root, "asks_rating", JSON_OPTIONAL, false);
    notice->reason_class =
        notice_read_word(root, "reason_class", JSON_OPTIONAL, notice_reason_words);
    notice->reason = json_read_text(root, "reason", JSON_OPTIONAL, 1, NOTICE_TEXT_MAX);
    notice->question = json_read_text(root, "question", JSON_OPTIONAL, 1, NOTICE_TEXT_MAX);
    notice->third_party = json_read_bool(root, "third_party", JSON_OPTIONAL, false);
    notice->answer = json_read_text(root, "answer", JSON_OPTIONAL, 1, NOTICE_TEXT_MAX);
    notice->handover_count = notice_read_handovers(root, &notice->handovers);
    notice->disputed = json_read_bool(root, "disputed", JSON_OPTIONAL, false);
    notice->check_failed = json_read_bool(root, "check_failed", JSON_OPTIONAL, false);
    notice->by_reporter = json_read_bool(root, "by_reporter", JSON_OPTIONAL, false);
    notice->is_split = json_read_bool(root, "is_split", JSON_OPTIONAL, false);
    notice->rating = notice_read_word(root, "rating", JSON_OPTIONAL, notice_rating_words);
    notice->note = json_read_text(root, "note", JSON_OPTIONAL, 1, NOTICE_TEXT_MAX);
}

static void read_notice(struct notice *notice, struct json_reader *root)
{
    notice->ticket = json_read_text(root, "ticket", JSON_REQUIRED, 1, NOTICE_TICKET_MAX);
    notice->kind = json_read_text(root, "kind", JSON_OPTIONAL, 1, NOTICE_CODE_MAX);
    notice->category = json_read_text(root, "category", JSON_REQUIRED, 1, NOTICE_CODE_MAX);
    notice->level = notice_read_word(root, "level", JSON_REQUIRED, notice_level_words);
    notice->unit = json_read_text(root, "unit", JSON_OPTIONAL, 1, NOTICE_UNIT_MAX);
    notice->task_unit = json_read_text(root, "task_unit", JSON_OPTIONAL, 1, NOTICE_UNIT_MAX);
    read_times(notice, root);
    read_words(notice, root);
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
