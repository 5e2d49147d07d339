/* SPDX-License-Identifier: Apache-2.0 */
/* What whoever filed a submission says later: POST …/supplements, answers, withdrawal, rating,
 * reopening. */
#include "http_messages.h"

#include "intake.h"
#include "media_check.h"
#include "media_reference.h"
#include "message_json.h"
#include "thread_json.h"

struct post {
    struct message_request message; /* first: the desk gives it back */
    struct media_check media;
    struct http_request *request;
    struct intake *intake;
};

/* Steps, in running order. */
static void post_decode(struct post *post, enum message_kind kind);
static void post_check_media(struct post *post);
static void on_media_checked(struct media_check *media, const struct error *err);
static void on_done(struct message_request *message, const struct thread_state *now,
                    const struct error *err);
static void post_answer(struct post *post); /* 202 with the receipt */
static void post_refuse(struct post *post, const struct thread_state *now, const struct error *err);

static void post_start(struct http_request *request, enum message_kind kind, void *state)
{
    struct post *post = arena_alloc(http_arena(request), sizeof *post);
    post->request = request;
    post->intake = state;
    post_decode(post, kind);
}

/* Who sends. False: it may not. */
static bool set_sender(struct message_request *message, struct http_request *request,
                       struct error *err)
{
    const struct principal *principal = http_principal(request);
    bool person = principal->kind == PRINCIPAL_PERSON;
    size_t size;
    if (!person && !principal_has(principal, "scope:report:write")) {
        return error_set(err, ERR_FORBIDDEN, "forbidden", "the key lacks the scope report:write");
    }
    message->reporter = person ? principal->id : NULL;
    message->client = person ? NULL : principal->id;
    const char *body = http_body(request, &size);
    message_request_key(message,
                        arena_format(http_arena(request), "%s %s %s", person ? "person" : "key",
                                     principal->id, http_path(request)),
                        http_idempotency_key(request), body, size);
    return true;
}

static void post_decode(struct post *post, enum message_kind kind)
{
    struct http_request *request = post->request;
    struct message *message = &post->message.message;
    struct error err = {0};
    size_t size;
    const char *body = http_body(request, &size);

    if (!message_read(message, kind, body, size, http_arena(request), &err) ||
        !http_param_uuid(request, "id", &message->submission_id, &err) ||
        !set_sender(&post->message, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    int64_t seen = http_if_match(request);
    message->case_version = (int32_t)(seen < INT32_MAX ? seen : INT32_MAX);
    post->message.traceparent = http_trace(request)->parent;
    post->message.on_done = on_done;
    post_check_media(post);
}

static void post_check_media(struct post *post)
{
    struct message *message = &post->message.message;
    struct arena *arena = http_arena(post->request);
    message->media = media_reference_of_links(message->media, message->media_count,
                                              post->intake->public_url, arena);
    post->media = (struct media_check){
        .media = message->media,
        .count = message->media_count,
        .field = "media",
        .on_checked = on_media_checked,
    };
    media_check_start(&post->media, post->request, post->intake->parts->pg);
}

static void on_media_checked(struct media_check *media, const struct error *err)
{
    struct post *post = (struct post *)((char *)media - offsetof(struct post, media));
    if (err != NULL) {
        http_answer_error(post->request, err);
        return;
    }
    message_desk_submit(post->intake->messages, &post->message);
}

static void on_done(struct message_request *message, const struct thread_state *now,
                    const struct error *err)
{
    struct post *post = (struct post *)message;
    if (err == NULL) {
        post_answer(post);
    } else if (now != NULL && (err->kind == ERR_CONFLICT || err->kind == ERR_UNPROCESSABLE)) {
        post_refuse(post, now, err);
    } else {
        http_answer_error(post->request, err);
    }
}

static void post_answer(struct post *post)
{
    const struct message *message = &post->message.message;
    struct buffer body;
    char id[UUID_TEXT_SIZE];
    buffer_init(&body);
    message_write_receipt(message, &body);
    http_answer_header(post->request, "Location",
                       arena_format(http_arena(post->request), "/api/intake/submissions/%s/thread",
                                    uuid_format(&message->submission_id, id)));
    http_answer(post->request, 202, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* A problem that tells where the case stands. */
static void post_refuse(struct post *post, const struct thread_state *now, const struct error *err)
{
    struct buffer body;
    struct json_writer writer;
    bool conflict = err->kind == ERR_CONFLICT;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "type", "about:blank");
    json_put_text(&writer, "title", conflict ? "Conflict" : "Unprocessable Content");
    json_put_int(&writer, "status", http_status(err->kind));
    json_put_text(&writer, "detail", err->text);
    json_put_text(&writer, "code", err->code);
    thread_put_current(&writer, now);
    json_put_text_size(&writer, "trace", trace_id(http_trace(post->request)), 32);
    json_close_object(&writer);
    http_answer(post->request, http_status(err->kind), "application/problem+json", body.data,
                body.size);
    buffer_finish(&body);
}

void http_post_supplement(struct http_request *request, void *state)
{
    post_start(request, MESSAGE_SUPPLEMENT, state);
}

void http_post_answer(struct http_request *request, void *state)
{
    post_start(request, MESSAGE_ANSWER, state);
}

void http_post_withdrawal(struct http_request *request, void *state)
{
    post_start(request, MESSAGE_WITHDRAWAL, state);
}

void http_post_rating(struct http_request *request, void *state)
{
    post_start(request, MESSAGE_RATING, state);
}

void http_post_reopening(struct http_request *request, void *state)
{
    post_start(request, MESSAGE_REOPENING, state);
}
