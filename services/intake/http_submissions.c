/* SPDX-License-Identifier: Apache-2.0 */
/* Filing: POST /api/intake/submissions. */
#include "http_submissions.h"

#include <stddef.h>
#include <string.h>

#include "common/clock.h"
#include "intake.h"
#include "media_check.h"
#include "media_reference.h"
#include "sender_check.h"
#include "submission_json.h"

struct post {
    struct filing_request filing; /* first: the desk gives it back */
    struct media_check media;
    struct http_request *request;
    struct intake *intake;
    bool insists;              /* it is no duplicate */
    struct sender_check check; /* of a person's */
};

static void post_decode(struct post *post); /* body to report to filing */
static void post_check_media(struct post *post, const struct report *report);
static void on_media_checked(struct media_check *media, const struct error *err);
static void post_file(struct post *post); /* a person's is checked first */
static void on_filed(struct filing_request *filing, const struct error *err);
static void post_answer(struct post *post); /* 201 with the receipt */

void http_post_submission(struct http_request *request, void *state)
{
    struct post *post = arena_alloc(http_arena(request), sizeof *post);
    post->request = request;
    post->intake = state;
    post->filing.arena = http_arena(request);
    post->filing.on_done = on_filed;
    post_decode(post);
}

static bool read_insists(struct post *post, struct error *err)
{
    const char *text = http_query(post->request, "not_duplicate");
    post->insists = text != NULL && strcmp(text, "true") == 0;
    if (text != NULL && !post->insists && strcmp(text, "false") != 0) {
        return error_add_field(err, "not_duplicate", "not_a_boolean", "must be true or false");
    }
    return true;
}

/* Whom the principal files for. False: it may not file. */
static bool read_origin(struct filing_origin *origin, struct http_request *request,
                        struct error *err)
{
    const struct principal *principal = http_principal(request);
    struct arena *arena = http_arena(request);
    bool person = principal->kind == PRINCIPAL_PERSON;

    if (!person && !principal_has(principal, "scope:report:write")) {
        return error_set(err, ERR_FORBIDDEN, "forbidden", "the key lacks the scope report:write");
    }
    *origin = (struct filing_origin){
        .channel = person ? CHANNEL_APP : CHANNEL_API,
        .client = principal->id,
        .principal = principal,
        .account = person ? principal->id : NULL,
        .idempotency_scope =
            arena_format(arena, "%s %s submissions", person ? "person" : "key", principal->id),
        .idempotency_key = http_idempotency_key(request),
        .traceparent = http_trace(request)->parent,
    };
    origin->input = http_body(request, &origin->input_size);
    return true;
}

/* A person is reached where the sign-in says; a system tells in the body whom to reach. */
static bool set_contact(struct report *report, const struct principal *principal, struct error *err)
{
    bool told = report->contact.email || report->contact.phone || report->contact.name;
    if (principal->kind == PRINCIPAL_PERSON) {
        if (told) {
            return error_add_field(err, "contact", "not_allowed",
                                   "is for systems; yours comes from your sign-in");
        }
        report->contact = (struct contact){.email = principal->email, .name = principal->name};
    }
    return true;
}

/* What an official takes down for somebody else is that person's, or nobody's. */
static bool set_reporter(struct filing_origin *origin, struct report *report,
                         const struct reference *reference, struct error *err)
{
    const struct kind *kind = report_kind(report, reference);
    if (origin->account == NULL || kind == NULL || !kind_is_for_others(kind)) {
        return set_contact(report, origin->principal, err);
    }
    origin->filed_by = origin->account;
    origin->account = NULL;
    origin->client = "hotline";
    return true;
}

static void post_decode(struct post *post)
{
    struct intake *intake = post->intake;
    struct http_request *request = post->request;
    struct arena *arena = http_arena(request);
    const struct reference *reference = reference_current(intake->reference);
    struct filing_origin origin;
    struct report report;
    struct error err = {0};

    if (!gate_admit_filing(intake->gate, request, &err) || !read_insists(post, &err) ||
        !read_origin(&origin, request, &err) ||
        !report_read(&report, reference, origin.input, origin.input_size, arena, &err) ||
        !set_reporter(&origin, &report, reference, &err)) {
        http_answer_error(request, &err);
        return;
    }
    report.media =
        media_reference_of_links(report.media, report.media_count, intake->public_url, arena);
    if (!filing_prepare(&post->filing.filing, filing_desk_filer(intake->desk), &report, &origin,
                        reference, clock_now_us(), arena, &err)) {
        http_answer_error(request, &err);
        return;
    }
    post_check_media(post, &report);
}

static void post_check_media(struct post *post, const struct report *report)
{
    post->media = (struct media_check){
        .media = report->media,
        .count = report->media_count,
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
    post_file(post);
}

static void post_file(struct post *post)
{
    if (http_principal(post->request)->kind != PRINCIPAL_PERSON) {
        filing_desk_submit(post->intake->desk, &post->filing);
        return;
    }
    post->check = (struct sender_check){
        .request = post->request,
        .intake = post->intake,
        .filing = &post->filing,
        .insists = post->insists,
    };
    sender_check_start(&post->check);
}

static void on_filed(struct filing_request *filing, const struct error *err)
{
    struct post *post = (struct post *)filing;
    if (err != NULL) {
        http_answer_error(post->request, err);
        return;
    }
    post_answer(post);
}

static void post_answer(struct post *post)
{
    const struct submission *submission = &post->filing.filing.submission;
    struct arena *arena = post->filing.arena;
    struct buffer body;
    char id[UUID_TEXT_SIZE];

    buffer_init(&body);
    submission_write_receipt(submission, &body);
    http_answer_header(
        post->request, "Location",
        arena_format(arena, "/api/intake/submissions/%s", uuid_format(&submission->id, id)));
    http_answer_version(post->request, 1);
    http_answer(post->request, 201, NULL, body.data, body.size);
    buffer_finish(&body);
}
