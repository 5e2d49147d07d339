/* SPDX-License-Identifier: Apache-2.0 */
/* POST servicerequestupdates: what a client's user says later becomes a message of the one who
 * filed. A client does not close a case: its status is told to the unit with the words; only REOPEN
 * asks for something. */
#include <string.h>

#include "common/clock.h"
#include "common/words.h"
#include "http_open311.h"
#include "intake.h"
#include "media_check.h"
#include "report.h"
#include "store_submission.h"

struct post {
    struct message_request message; /* first: the desk gives it back */
    struct media_check media;
    struct http_request *request;
    struct intake *intake;
    const char *ticket;
};

/* Steps, in running order. */
static void post_decode(struct post *post);
static void post_check_media(struct post *post);
static void on_media_checked(struct media_check *media, const struct error *err);
static void post_find(struct post *post); /* the submission of the ticket */
static void on_found(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_done(struct message_request *message, const struct thread_state *now,
                    const struct error *err);
static void post_answer(struct post *post);
static void post_refuse(struct post *post, const struct error *err);

enum { UPDATE_ID_MAX = 128, UPDATE_TEXT_MAX = 1900 }; /* the status comes before the text */

/* As FixMyStreet's clients know them. */
static const char *const statuses[] = {"OPEN",
                                       "CLOSED",
                                       "FIXED",
                                       "IN_PROGRESS",
                                       "ACTION_SCHEDULED",
                                       "INVESTIGATING",
                                       "DUPLICATE",
                                       "NOT_COUNCILS_RESPONSIBILITY",
                                       "NO_FURTHER_ACTION",
                                       "INTERNAL_REFERRAL",
                                       "FOR_TRIAGE",
                                       "CANCELLED",
                                       "REOPEN",
                                       NULL};
enum { STATUS_OPEN = 0, STATUS_REOPEN = 12 };

void http_open311_post_update(struct http_request *request, void *state)
{
    struct post *post = arena_alloc(http_arena(request), sizeof *post);
    post->request = request;
    post->intake = state;
    post->message.traceparent = http_trace(request)->parent;
    post->message.on_done = on_done;
    post_decode(post);
}

/* Absent: nothing has changed. */
static int read_status(const struct http_request *request, struct error *err)
{
    const char *text = open311_form(request, "status");
    int status = text != NULL ? word_index(statuses, text) : STATUS_OPEN;
    if (statuses[status] == NULL) {
        error_add_field(err, "status", "unknown_status", "is none of the extended statuses");
        return STATUS_OPEN;
    }
    return status;
}

static void check_update_id(const char *id, struct error *err)
{
    bool visible = id != NULL && strlen(id) <= UPDATE_ID_MAX;
    for (const char *c = id; visible && *c != '\0'; c++) {
        visible = *c >= ' ' && *c <= '~';
    }
    if (id != NULL && !visible) {
        error_add_field(err, "update_id", "bad_id", "must be at most %d visible characters",
                        UPDATE_ID_MAX);
    }
}

/* When the client's user said it: checked, and not kept, since ours is the order of arrival. */
static void check_datetime(const struct http_request *request, struct error *err)
{
    const char *text = open311_form(request, "updated_datetime");
    int64_t at;
    if (text != NULL && !clock_parse(text, strlen(text), &at)) {
        error_add_field(err, "updated_datetime", "bad_date", "must be a date with time and zone");
    }
}

static void set_words(struct message *message, const struct report *said, int status,
                      struct arena *arena)
{
    bool plain = status == STATUS_OPEN || status == STATUS_REOPEN;
    *message = (struct message){
        .kind = status == STATUS_REOPEN ? MESSAGE_REOPENING : MESSAGE_SUPPLEMENT,
        .text = plain ? said->description
                      : arena_format(arena, "[%s] %s", statuses[status], said->description),
        .media = said->media,
        .media_count = said->media_count,
        .case_version = -1,
    };
}

static void post_decode(struct post *post)
{
    struct http_request *request = post->request;
    struct arena *arena = http_arena(request);
    const char *client = http_principal(request)->id;
    const char *update_id = open311_form(request, "update_id");
    struct report said = {0};
    struct error err = {0};

    if (open311_check_jurisdiction(open311_form(request, "jurisdiction_id"), &err)) {
        post->ticket = open311_form(request, "service_request_id");
        if (post->ticket == NULL) {
            error_add_field(&err, "service_request_id", "required", "is required");
        }
        int status = read_status(request, &err);
        open311_read_said(&said, request, UPDATE_TEXT_MAX, post->intake->public_url, &err);
        if (open311_form(request, "description") == NULL) {
            error_add_field(&err, "description", "required", "is required");
        }
        check_update_id(update_id, &err);
        check_datetime(request, &err);
        set_words(&post->message.message, &said, status, arena);
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    post->message.client = client;
    message_request_key(&post->message, arena_format(arena, "key %s open311 update", client),
                        update_id, post->ticket, strlen(post->ticket));
    post_check_media(post);
}

static void post_check_media(struct post *post)
{
    post->media = (struct media_check){
        .media = post->message.message.media,
        .count = post->message.message.media_count,
        .field = "media_url",
        .on_checked = on_media_checked,
    };
    media_check_start(&post->media, post->request, post->intake->parts->pg);
}

static void on_media_checked(struct media_check *media, const struct error *err)
{
    struct post *post = (struct post *)((char *)media - offsetof(struct post, media));
    if (err != NULL) {
        post_refuse(post, err);
        return;
    }
    post_find(post);
}

static void post_find(struct post *post)
{
    struct pg_tx *tx = pg_tx_new(post->intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_find_ticket(tx, post->ticket);
    pg_tx_send(tx, on_found, post);
}

static bool set_unknown(struct error *err)
{
    return error_set(err, ERR_NOT_FOUND, "unknown_request", "service_request_id was not found");
}

static void on_found(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct post *post = arg;
    struct error err = {0};
    if (pg_tx_error(tx, outcome, &err) && pg_rows(tx, 0) == 0) {
        set_unknown(&err);
    }
    if (error_is_set(&err)) {
        http_answer_error(post->request, &err);
        return;
    }
    post->message.message.submission_id = pg_value_uuid(tx, 0, 0, 0);
    message_desk_submit(post->intake->messages, &post->message);
}

static void on_done(struct message_request *message, const struct thread_state *now,
                    const struct error *err)
{
    struct post *post = (struct post *)message;
    (void)now;
    if (err == NULL) {
        post_answer(post);
    } else {
        post_refuse(post, err);
    }
}

static void post_answer(struct post *post)
{
    struct open311_writer writer;
    struct buffer body;
    buffer_init(&body);
    open311_start(&writer, open311_format_of(post->request), &body);
    open311_open_list(&writer, "service_request_updates");
    open311_open_item(&writer, "request_update");
    open311_text(&writer, "update_id",
                 arena_format(http_arena(post->request), "%s.m%d", post->ticket,
                              (int)post->message.message.version));
    open311_text(&writer, "service_request_id", post->ticket);
    open311_close_item(&writer);
    open311_close_list(&writer);
    open311_answer(post->request, 200, &body);
    buffer_finish(&body);
}

/* The standard knows 404 for what is not there, 403 for the key, and 400 for the rest. */
static void post_refuse(struct post *post, const struct error *err)
{
    struct error told = *err;
    if (err->kind == ERR_NOT_FOUND) {
        told = (struct error){0};
        set_unknown(&told);
    } else if (err->kind == ERR_CONFLICT || err->kind == ERR_UNPROCESSABLE) {
        told.kind = ERR_INPUT;
    }
    http_answer_error(post->request, &told);
}
