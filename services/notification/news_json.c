/* SPDX-License-Identifier: Apache-2.0 */
#include "news_json.h"

#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/opaque_ref.h"
#include "notice_json.h"

enum { RUNS_MAX = 16 };

static const char *const mode_words[] = {"working", "always", NULL};
static const char *const queue_words[] = {"unit", "unroutable", "disputed", NULL};
static const char *const asked_words[] = {"reporter", "third_party", NULL};
static const char *const audit_words[] = {"pending", "passed", "failed", NULL};

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
        {"vn.hanoi.case.returned.v1", NEWS_RETURNED},
        {"vn.hanoi.case.info_requested.v1", NEWS_INFO_REQUESTED},
        {"vn.hanoi.case.info_supplied.v1", NEWS_INFO_SUPPLIED},
        {"vn.hanoi.case.extended.v1", NEWS_EXTENDED},
        {"vn.hanoi.case.proposed.v1", NEWS_PROPOSED},
        {"vn.hanoi.case.declined.v1", NEWS_DECLINED},
        {"vn.hanoi.case.reopened.v1", NEWS_REOPENED},
        {"vn.hanoi.case.rated.v1", NEWS_RATED},
        {"vn.hanoi.case.closed.v1", NEWS_CLOSED},
        {"vn.hanoi.case.withdrawn.v1", NEWS_WITHDRAWN},
        {"vn.hanoi.case.merged.v1", NEWS_MERGED},
        {"vn.hanoi.case.separated.v1", NEWS_SEPARATED},
        {"vn.hanoi.case.task_changed.v1", NEWS_TASK_CHANGED},
        {"vn.hanoi.case.audited.v1", NEWS_AUDITED},
        {"vn.hanoi.case.advanced.v1", NEWS_ADVANCED},
        {"vn.hanoi.case.commented.v1", NEWS_COMMENTED},
    };
    for (size_t i = 0; event_type != NULL && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(event_type, rows[i].event) == 0) {
            *type = rows[i].type;
            return true;
        }
    }
    return false;
}

static bool is_word(const char *word, const char *wanted)
{
    return word != NULL && strcmp(word, wanted) == 0;
}

static const char *read_ref(struct json_reader *reader, const char *name,
                            enum json_presence presence)
{
    const char *ref = json_read_text(reader, name, presence, 1, OPAQUE_REF_MAX);
    if (ref != NULL && !opaque_ref_has_form(ref)) {
        json_read_fault(reader, name, "not_allowed", "must be visible ASCII without @");
        return NULL;
    }
    return ref;
}

/* The subject of a mail holds it, so its form is checked: nothing but letters, digits, hyphens. */
static const char *read_ticket(struct json_reader *reader)
{
    const char *ticket = json_read_text(reader, "ticket", JSON_REQUIRED, 17, NOTICE_TICKET_MAX);
    static const char allowed[] = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    if (ticket != NULL && ticket[strspn(ticket, allowed)] != '\0') {
        json_read_fault(reader, "ticket", "not_allowed", "must be of A-Z, 0-9 and -");
        return NULL;
    }
    return ticket;
}

static enum language read_language(struct json_reader *reader)
{
    int language = json_read_word(reader, "language", JSON_REQUIRED, language_words);
    return language == LANGUAGE_EN ? LANGUAGE_EN : LANGUAGE_VI;
}

static bool read_event_id(struct news *news, const struct event_in *event, struct error *err)
{
    if (!uuid_parse(event->id, strlen(event->id), &news->event_id)) {
        return error_add_field(err, "id", "bad_uuid", "must be a UUID");
    }
    news->traceparent = event->traceparent;
    return true;
}

/* ---- submissions ---- */

static void read_submission(struct news *news, struct json_reader *root)
{
    struct notice *notice = &news->notice;
    struct json_reader reporter;
    json_read_uuid(root, "submission_id", JSON_REQUIRED, &news->case_id);
    notice->ticket = read_ticket(root);
    notice->kind = json_read_text(root, "kind", JSON_REQUIRED, 1, NOTICE_CODE_MAX);
    notice->category = json_read_text(root, "category", JSON_REQUIRED, 1, NOTICE_CODE_MAX);
    notice->level = notice_read_word(root, "level", JSON_REQUIRED, notice_level_words);
    if (json_read_object(root, "reporter", JSON_REQUIRED, &reporter)) {
        news->reporter = read_ref(&reporter, "ref", JSON_REQUIRED);
        json_read_end(&reporter);
    }
    news->language = read_language(root);
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

/* ---- clocks ---- */

/* What we look at of a clock: since when it runs, and the due instant that binds. */
struct clock_read {
    int64_t from, due;
};

static struct clock_read read_clock(struct json_reader *parent, const char *name)
{
    struct json_reader clock, run;
    struct clock_read found = {0};
    if (!json_read_object(parent, name, JSON_OPTIONAL, &clock)) {
        return found;
    }
    const char *mode = notice_read_word(&clock, "mode", JSON_REQUIRED, mode_words);
    int64_t due_working = json_read_instant(&clock, "due_working", JSON_OPTIONAL);
    int64_t due_always = json_read_instant(&clock, "due_always", JSON_OPTIONAL);
    found.due = is_word(mode, "always") ? due_always : due_working;
    if (json_read_array(&clock, "runs", JSON_REQUIRED, RUNS_MAX) > 0 &&
        json_read_item(&clock, "runs", 0, &run)) {
        found.from = json_read_instant(&run, "from", JSON_REQUIRED);
        json_read_end(&run);
    }
    json_read_end(&clock);
    return found;
}

static struct clock_read read_case_clock(struct json_reader *root, const char *name)
{
    struct json_reader clocks;
    struct clock_read found = {0};
    if (json_read_object(root, "clocks", JSON_OPTIONAL, &clocks)) {
        found = read_clock(&clocks, name);
        json_read_end(&clocks);
    }
    return found;
}

/* A co-operating unit is told when its clock begins: with the acceptance, or when it is asked
 * later. The due instant of the part that an alert is about goes into the notice. */
static void read_tasks(struct news *news, struct json_reader *root)
{
    struct notice *notice = &news->notice;
    size_t count = json_read_array(root, "tasks", JSON_OPTIONAL, NEWS_TASKS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct json_reader task;
        if (!json_read_item(root, "tasks", i, &task)) {
            continue;
        }
        const char *unit = json_read_text(&task, "unit", JSON_REQUIRED, 2, NOTICE_UNIT_MAX);
        const char *state = json_read_text(&task, "state", JSON_REQUIRED, 1, NOTICE_CODE_MAX);
        struct clock_read clock = read_clock(&task, "clock");
        json_read_end(&task);
        if (is_word(state, "open") && clock.from == notice->at) {
            news->task_units[news->task_count++] = unit;
        }
        if (notice->task_unit != NULL && is_word(unit, notice->task_unit)) {
            notice->clock_due = clock.due;
        }
    }
}

/* Events from before there were alerts tell the step alone. */
static void read_alert(struct news *news, struct json_reader *root)
{
    struct notice *notice = &news->notice;
    struct json_reader alert;
    news->escalation = (int)json_read_int(root, "escalation", JSON_REQUIRED, 0, 3, 0);
    if (json_read_object(root, "alert", JSON_OPTIONAL, &alert)) {
        notice->clock = notice_read_word(&alert, "clock", JSON_REQUIRED, notice_clock_words);
        notice->task_unit = json_read_text(&alert, "unit", JSON_OPTIONAL, 2, NOTICE_UNIT_MAX);
        news->escalation = (int)json_read_int(&alert, "step", JSON_REQUIRED, 0, 3, 0);
        json_read_end(&alert);
    }
    if (notice->clock != NULL && notice->task_unit == NULL) {
        notice->clock_due = read_case_clock(root, notice->clock).due;
    }
}

/* Asked once: with the first result, when the clock of the result is still the one that began with
 * acceptance. After a reopening or a failed check it is another. */
static bool is_first_result(const struct clock_read *resolve, int64_t accepted_at)
{
    return resolve->from == 0 || accepted_at == 0 || resolve->from == accepted_at;
}

/* ---- what was said ---- */

/* References of uploads are for intake to turn into links: a mail says only that there are some. */
static void read_evidence(struct notice *notice, struct json_reader *result)
{
    const char *const *all;
    size_t count = json_read_texts(result, "evidence", JSON_REQUIRED, NOTICE_EVIDENCE_MAX,
                                   NOTICE_URL_MAX, &all);
    const char **links = arena_array(result->arena, count, sizeof *links);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(all[i], "media:", 6) == 0) {
            notice->has_uploads = true;
        } else {
            links[notice->evidence_count++] = all[i];
        }
    }
    notice->evidence = links;
}

static void read_result(struct notice *notice, struct json_reader *root)
{
    struct json_reader result;
    struct clock_read resolve = read_case_clock(root, "resolve");
    int64_t accepted_at = json_read_instant(root, "accepted_at", JSON_OPTIONAL);
    bool asked = json_read_bool(root, "rating_asked", JSON_OPTIONAL, false);
    const char *rating = notice_read_word(root, "rating", JSON_OPTIONAL, notice_rating_words);
    notice->asks_rating = asked && rating == NULL && is_first_result(&resolve, accepted_at);
    if (json_read_object(root, "result", JSON_REQUIRED, &result)) {
        notice->result = json_read_text(&result, "text", JSON_REQUIRED, 1, NOTICE_TEXT_MAX);
        read_evidence(notice, &result);
        json_read_end(&result);
    }
}

static void read_reason(struct notice *notice, struct json_reader *parent,
                        enum json_presence presence, enum json_presence class_presence)
{
    struct json_reader reason;
    if (json_read_object(parent, "reason", presence, &reason)) {
        notice->reason_class =
            notice_read_word(&reason, "class", class_presence, notice_reason_words);
        notice->reason = json_read_text(&reason, "text", JSON_REQUIRED, 1, NOTICE_TEXT_MAX);
        json_read_end(&reason);
    }
}

static void read_proposal(struct notice *notice, struct json_reader *root)
{
    struct json_reader pending;
    if (json_read_object(root, "pending", JSON_REQUIRED, &pending)) {
        notice->minutes = json_read_int(&pending, "minutes", JSON_OPTIONAL, 1, INT32_MAX, 0);
        read_reason(notice, &pending, JSON_OPTIONAL, JSON_OPTIONAL);
        json_read_end(&pending);
    }
}

static void read_check(struct notice *notice, struct json_reader *root)
{
    struct json_reader audit;
    if (json_read_object(root, "audit", JSON_REQUIRED, &audit)) {
        notice->check_failed =
            is_word(notice_read_word(&audit, "state", JSON_REQUIRED, audit_words), "failed");
        notice->reason = json_read_text(&audit, "text", JSON_OPTIONAL, 1, NOTICE_TEXT_MAX);
        json_read_end(&audit);
    }
}

static void read_question(struct notice *notice, struct json_reader *root)
{
    struct json_reader question;
    if (json_read_object(root, "question", JSON_REQUIRED, &question)) {
        notice->third_party = is_word(
            notice_read_word(&question, "asked", JSON_REQUIRED, asked_words), "third_party");
        notice->question = json_read_text(&question, "text", JSON_REQUIRED, 1, NOTICE_TEXT_MAX);
        notice->answer = json_read_text(&question, "answer", JSON_OPTIONAL, 1, NOTICE_TEXT_MAX);
        json_read_end(&question);
    }
}

/* A booked appointment; a time that nobody can read is as good as none. */
static void read_appointment(struct notice *notice, struct json_reader *root)
{
    struct json_reader details;
    if (is_word(notice->kind, KIND_BOOKING) &&
        json_read_object(root, "details", JSON_OPTIONAL, &details)) {
        const char *slot = json_read_text(&details, "slot_at", JSON_OPTIONAL, 1, NOTICE_CODE_MAX);
        if (slot == NULL || !clock_parse(slot, strlen(slot), &notice->slot_at)) {
            notice->slot_at = 0;
        }
        json_read_end(&details);
    }
}

/* What only some events tell; a snapshot keeps much that was news before. */
static void read_special(struct news *news, struct json_reader *root)
{
    struct notice *notice = &news->notice;
    switch (news->type) {
    case NEWS_RESOLVED:
        read_result(notice, root);
        break;
    case NEWS_REJECTED:
        read_reason(notice, root, JSON_REQUIRED, JSON_REQUIRED);
        break;
    case NEWS_OPENED: /* what was filed could not be had */
        read_reason(notice, root, JSON_OPTIONAL, JSON_OPTIONAL);
        break;
    case NEWS_EXTENDED:
    case NEWS_REOPENED:
        read_reason(notice, root, JSON_OPTIONAL, JSON_OPTIONAL);
        notice->reason_class = NULL;
        break;
    case NEWS_PROPOSED:
        read_proposal(notice, root);
        break;
    case NEWS_AUDITED:
        read_check(notice, root);
        break;
    case NEWS_INFO_REQUESTED:
    case NEWS_INFO_SUPPLIED:
        read_question(notice, root);
        break;
    case NEWS_RETURNED:
    case NEWS_ROUTED:
        notice->handover_count = notice_read_handovers(root, &notice->handovers);
        break;
    case NEWS_RATED:
        notice->rating = notice_read_word(root, "rating", JSON_REQUIRED, notice_rating_words);
        break;
    default:
        break;
    }
}

/* ---- cases ---- */

static void read_actor(struct news *news, struct json_reader *root)
{
    struct json_reader actor;
    if (json_read_object(root, "actor", JSON_REQUIRED, &actor)) {
        const char *role = json_read_text(&actor, "role", JSON_REQUIRED, 1, NOTICE_CODE_MAX);
        news->actor = read_ref(&actor, "ref", JSON_OPTIONAL);
        news->actor_is_citizen = is_word(role, "citizen");
        json_read_end(&actor);
    }
    news->notice.by_reporter = is_word(news->actor, news->reporter != NULL ? news->reporter : "");
}

static void read_case(struct news *news, struct json_reader *root)
{
    struct notice *notice = &news->notice;
    struct uuid parent;
    json_read_uuid(root, "case_id", JSON_REQUIRED, &news->case_id);
    notice->ticket = read_ticket(root);
    notice->kind = json_read_text(root, "kind", JSON_REQUIRED, 1, NOTICE_CODE_MAX);
    notice->category = json_read_text(root, "category", JSON_REQUIRED, 1, NOTICE_CODE_MAX);
    notice->level = notice_read_word(root, "level", JSON_REQUIRED, notice_level_words);
    notice->at = json_read_instant(root, "at", JSON_REQUIRED);
    notice->disputed =
        is_word(notice_read_word(root, "queue", JSON_REQUIRED, queue_words), "disputed");
    notice->unit = json_read_text(root, "unit", JSON_OPTIONAL, 2, NOTICE_UNIT_MAX);
    news->focal_point = read_ref(root, "focal_point", JSON_OPTIONAL);
    news->assignee = read_ref(root, "assignee", JSON_OPTIONAL);
    news->reporter = read_ref(root, "reporter_ref", JSON_REQUIRED);
    news->language = read_language(root);
    notice->receive_due = json_read_instant(root, "receive_due", JSON_OPTIONAL);
    notice->resolve_due = json_read_instant(root, "resolve_due", JSON_OPTIONAL);
    notice->timeout_at = json_read_instant(root, "timeout_at", JSON_OPTIONAL);
    notice->is_split = json_read_uuid(root, "split_from", JSON_OPTIONAL, &parent);
    notice->note = json_read_text(root, "note", JSON_OPTIONAL, 1, NOTICE_TEXT_MAX);
    read_appointment(notice, root);
    read_actor(news, root);
    read_alert(news, root);
    read_tasks(news, root);
    read_special(news, root);
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
