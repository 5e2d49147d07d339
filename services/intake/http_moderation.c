/* SPDX-License-Identifier: Apache-2.0 */
#include "http_moderation.h"

#include <string.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/http_page.h"
#include "common/http_pg.h"
#include "city_unit.h"
#include "idempotency.h"
#include "intake.h"
#include "moderation_view.h"
#include "store_moderation.h"
#include "store_submission.h"

#define NO_UNIT          "" /* which no case has */
#define UNIQUE_VIOLATION "23505"

/* The unit that the caller is confined to; NULL: the whole city. */
static const char *scope_of(const struct principal *principal)
{
    bool whole_city = principal_may(principal, "editor approver administrator");
    if (principal->unit == NULL) {
        return whole_city ? NULL : NO_UNIT;
    }
    return city_unit_sees_all(principal->unit) ? NULL : principal->unit;
}

/* ---- the queue ---- */

struct queue {
    struct http_page page;
    const struct intake *intake;
};

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct queue *queue = arg;
    struct http_page *page = &queue->page;
    const struct reference *reference = reference_current(queue->intake->reference);
    struct media_linker linker = intake_media_linker(queue->intake, http_arena(page->request));
    struct submission_view *views;
    struct cursor next = {0};
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t count = store_take_list(tx, &views, http_arena(page->request));
    size_t shown = http_page_shown(page, count);
    http_page_open(page);
    for (size_t i = 0; i < shown; i++) {
        moderation_write_item(&views[i], reference, &linker, &page->writer);
    }
    if (count > shown) {
        next = (struct cursor){views[shown - 1].submission.submitted_at,
                               views[shown - 1].submission.id};
    }
    http_page_answer(page, count > shown ? &next : NULL);
}

void http_list_moderation(struct http_request *request, void *state)
{
    struct queue *queue = arena_alloc(http_arena(request), sizeof *queue);
    struct error err = {0};
    queue->intake = state;
    if (!http_page_read(&queue->page, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    const struct moderation_queue wanted = {
        .after = queue->page.cursor.id,
        .category = http_query(request, "category"),
        .unit = scope_of(http_principal(request)),
        .limit = (int32_t)queue->page.limit + 1,
    };
    struct pg_tx *tx = pg_tx_new(queue->intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_unmoderated(tx, &wanted);
    pg_tx_send(tx, on_listed, queue);
}

/* ---- one of them, read and decided ---- */

struct judgement {
    struct http_request *request;
    struct intake *intake;
    struct uuid id;
    struct submission_view *view; /* as it was read */
    struct moderation_record *records;
    size_t record_count;

    struct moderation_wish wish; /* of a decision */
    struct uuid command;
    uint8_t fingerprint[DIGEST_SIZE];
    struct moderation_record decision;
};

/* Steps of a decision, in running order; GET ends with the second. */
static void judgement_read(struct judgement *judgement, pg_on_done *on_read);
static void on_shown(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg); /* taken before? */
static void judgement_decide(struct judgement *judgement);                 /* pure */
static void on_decided(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void judgement_answer(struct judgement *judgement, const struct moderation_record *record);

/* NULL after having answered with what is wrong. */
static struct judgement *judgement_new(struct http_request *request, void *state)
{
    struct judgement *judgement = arena_alloc(http_arena(request), sizeof *judgement);
    struct error err = {0};
    judgement->request = request;
    judgement->intake = state;
    if (!http_param_uuid(request, "id", &judgement->id, &err)) {
        http_answer_error(request, &err);
        return NULL;
    }
    return judgement;
}

static void judgement_read(struct judgement *judgement, pg_on_done *on_done)
{
    struct pg_tx *tx = pg_tx_new(judgement->intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_moderation(tx, &judgement->id, scope_of(http_principal(judgement->request)),
                          &judgement->command);
    pg_tx_send(tx, on_done, judgement);
}

/* False after having answered that it is not there. */
static bool take_read(struct judgement *judgement, const struct pg_tx *tx, enum pg_outcome outcome)
{
    struct arena *arena = http_arena(judgement->request);
    struct error err = {0};
    if (!http_is_committed(judgement->request, tx, outcome)) {
        return false;
    }
    if (store_take_list(tx, &judgement->view, arena) == 0) {
        error_set(&err, ERR_NOT_FOUND, "unknown_submission", "there is no such submission");
        http_answer_error(judgement->request, &err);
        return false;
    }
    judgement->record_count = store_take_decisions(tx, &judgement->records, arena);
    return true;
}

void http_get_moderation(struct http_request *request, void *state)
{
    struct judgement *judgement = judgement_new(request, state);
    if (judgement != NULL) {
        judgement_read(judgement, on_shown);
    }
}

static void on_shown(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct judgement *judgement = arg;
    struct json_writer writer;
    struct buffer body;
    if (!take_read(judgement, tx, outcome)) {
        return;
    }
    struct media_linker linker =
        intake_media_linker(judgement->intake, http_arena(judgement->request));
    buffer_init(&body);
    json_write_start(&writer, &body);
    moderation_write_whole(judgement->view, judgement->records, judgement->record_count,
                           reference_current(judgement->intake->reference), &linker, &writer);
    http_answer_version(judgement->request, judgement->view->moderation.version);
    http_answer(judgement->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* ---- a decision ---- */

static void name_command(struct judgement *judgement)
{
    struct http_request *request = judgement->request;
    const char *key = http_idempotency_key(request);
    size_t size;
    const char *body = http_body(request, &size);
    digest_sha256(body, size, judgement->fingerprint);
    if (key == NULL) {
        judgement->command = uuid_new();
        return;
    }
    judgement->command = idempotency_id(
        arena_format(http_arena(request), "person %s moderation", http_principal(request)->id),
        key);
}

void http_post_decision(struct http_request *request, void *state)
{
    struct judgement *judgement = judgement_new(request, state);
    struct error err = {0};
    size_t size;
    if (judgement == NULL) {
        return;
    }
    const char *body = http_body(request, &size);
    if (!moderation_wish_read(&judgement->wish, body, size, http_arena(request), &err)) {
        http_answer_error(request, &err);
        return;
    }
    name_command(judgement);
    judgement_read(judgement, on_read);
}

static void refuse(struct judgement *judgement, enum error_kind kind, const char *code,
                   const char *text)
{
    struct error err = {0};
    error_set(&err, kind, code, "%s", text);
    http_answer_error(judgement->request, &err);
}

/* The same command again: the same answer. */
static void answer_again(struct judgement *judgement, const struct moderation_taken *taken)
{
    bool same =
        uuid_equal(&taken->submission_id, &judgement->id) &&
        memcmp(taken->fingerprint, judgement->fingerprint, MODERATION_FINGERPRINT_SIZE) == 0;
    if (!same) {
        refuse(judgement, ERR_UNPROCESSABLE, "idempotency_key_reused",
               "the Idempotency-Key was used for another decision");
        return;
    }
    judgement_answer(judgement, &judgement->records[taken->version - 1]);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct judgement *judgement = arg;
    struct moderation_taken taken;
    if (!take_read(judgement, tx, outcome)) {
        return;
    }
    if (store_take_command(tx, &taken)) {
        answer_again(judgement, &taken);
    } else {
        judgement_decide(judgement);
    }
}

static void refuse_stale(struct judgement *judgement)
{
    refuse(judgement, ERR_CONFLICT, "stale_version",
           "somebody else decided meanwhile: read it again");
}

static void judgement_decide(struct judgement *judgement)
{
    const struct submission_view *view = judgement->view;
    struct moderation_record *decision = &judgement->decision;
    struct error err = {0};
    if (http_if_match(judgement->request) != view->moderation.version) {
        http_answer_version(judgement->request, view->moderation.version);
        refuse_stale(judgement);
        return;
    }
    if (!moderation_decide(&decision->moderation, &view->moderation, &judgement->wish,
                           &view->submission, view->state.phase, http_arena(judgement->request),
                           &err)) {
        http_answer_error(judgement->request, &err);
        return;
    }
    decision->reason = judgement->wish.reason;
    decision->note = judgement->wish.note;
    decision->account = http_principal(judgement->request)->id;
    decision->at = clock_now_us();
    struct pg_tx *tx = pg_tx_new(judgement->intake->parts->pg);
    store_moderate(tx, &judgement->id, decision, &judgement->command, judgement->fingerprint);
    pg_tx_send(tx, on_decided, judgement);
}

static void on_decided(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct judgement *judgement = arg;
    if (outcome == PG_REFUSED && strcmp(pg_tx_sqlstate(tx), UNIQUE_VIOLATION) == 0) {
        refuse(judgement, ERR_CONFLICT, "in_flight",
               "a request with this Idempotency-Key is under way");
        return;
    }
    if (!http_is_committed(judgement->request, tx, outcome)) {
        return;
    }
    if (pg_rows(tx, 0) == 0) {
        refuse_stale(judgement);
        return;
    }
    judgement_answer(judgement, &judgement->decision);
}

static void judgement_answer(struct judgement *judgement, const struct moderation_record *record)
{
    struct json_writer writer;
    struct buffer body;
    buffer_init(&body);
    json_write_start(&writer, &body);
    moderation_write_decision(record, NULL, &writer);
    http_answer_version(judgement->request, record->moderation.version);
    http_answer(judgement->request, 201, NULL, body.data, body.size);
    buffer_finish(&body);
}
