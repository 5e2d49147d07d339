/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: GET /api/intake/submissions and GET /api/intake/submissions/{id}. */

#include "common/http_page.h"
#include "common/http_pg.h"
#include "http_submissions.h"
#include "intake.h"
#include "store_submission.h"

enum { WAIT_MS = 2000, WAIT_MAX_MS = 9000 };

bool submission_reads_any(const struct principal *principal)
{
    return principal_may(principal, "scope:report:read auditor administrator hotline_operator");
}

/* ---- one ---- */

struct get {
    struct http_request *request;
    struct intake *intake;
    struct submission_read read;
    int64_t min_version;
    unsigned wait_ms;
    bool waited;
};

/* Steps, in running order. */
static void get_wait(struct get *get);
static void on_waited(void *arg);
static void get_read(struct get *get);
static void on_read(struct submission_read *read, const struct error *err); /* may wait, once */
static void get_answer(struct get *get, const struct submission_view *view);

void http_get_submission(struct http_request *request, void *state)
{
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    const struct principal *principal = http_principal(request);
    struct error err = {0};

    get->request = request;
    get->intake = state;
    get->min_version = http_query_int(request, "min_version", 0, INT32_MAX, 0, &err);
    get->wait_ms = (unsigned)http_query_int(request, "wait_ms", 0, WAIT_MAX_MS, WAIT_MS, &err);
    http_param_uuid(request, "id", &get->read.id, &err);
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    get->read.reporter = submission_reads_any(principal) ? NULL : principal->id;
    get->read.arena = http_arena(request);
    get->read.on_read = on_read;
    get->read.arg = get;
    if (wait_is_due(get->intake->wait, &get->read.id, get->min_version)) {
        get_wait(get);
    } else {
        get_read(get);
    }
}

static void get_wait(struct get *get)
{
    struct error err = {0};
    get->waited = true;
    if (!wait_for(get->intake->wait, &get->read.id, get->min_version, get->wait_ms, on_waited, get,
                  &err)) {
        http_answer_error(get->request, &err);
    }
}

static void on_waited(void *arg)
{
    get_read(arg);
}

static void get_read(struct get *get)
{
    struct error err = {0};
    if (!submission_reader_submit(get->intake->reader, &get->read, &err)) {
        http_answer_error(get->request, &err);
    }
}

/* Which business it is, is told in clear to who filed it, and to those who read any unless it asked
 * not to be named. */
static const char *business_of(const struct get *get, const struct submission *submission)
{
    char context[UUID_TEXT_SIZE];
    const char *plain;
    size_t size;
    bool hidden = get->read.reporter == NULL && submission->anonymous;
    if (submission->business == NULL || hidden ||
        !seal_read(get->intake->seal, submission->business, uuid_format(&submission->id, context),
                   get->read.arena, &plain, &size)) {
        return NULL;
    }
    return plain;
}

static void on_read(struct submission_read *read, const struct error *err)
{
    struct get *get = read->arg;
    struct error unknown = {0};

    if (err != NULL) {
        http_answer_error(get->request, err);
    } else if (!read->found) {
        error_set(&unknown, ERR_NOT_FOUND, "unknown_submission", "there is no such submission");
        http_answer_error(get->request, &unknown);
    } else if (read->view.state.version < get->min_version && !get->waited) {
        get_wait(get);
    } else {
        read->view.business = business_of(get, &read->view.submission);
        get_answer(get, &read->view);
    }
}

static void get_answer(struct get *get, const struct submission_view *view)
{
    struct media_linker linker = intake_media_linker(get->intake, http_arena(get->request));
    struct buffer body;
    buffer_init(&body);
    submission_view_write(view, reference_current(get->intake->reference), &linker, &body);
    http_answer_version(get->request, view->state.version);
    http_answer(get->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* ---- the reporter's own ---- */

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_page *page = arg;
    struct submission_view *views;

    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t count = store_take_list(tx, &views, http_arena(page->request));
    size_t shown = http_page_shown(page, count);
    http_page_open(page);
    for (size_t i = 0; i < shown; i++) {
        submission_view_write_item(&views[i], &page->writer);
    }
    struct cursor next = {0};
    if (count > shown) {
        next = (struct cursor){views[shown - 1].submission.submitted_at,
                               views[shown - 1].submission.id};
    }
    http_page_answer(page, count > shown ? &next : NULL);
}

void http_list_submissions(struct http_request *request, void *state)
{
    struct intake *intake = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct error err = {0};

    if (!http_page_read(page, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_own(tx, http_principal(request)->id, page->has_cursor ? &page->cursor : NULL,
                   (int32_t)page->limit + 1);
    pg_tx_send(tx, on_listed, page);
}
