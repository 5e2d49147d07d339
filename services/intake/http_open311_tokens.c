/* SPDX-License-Identifier: Apache-2.0 */
/* GET tokens/{token}. A request has its id at once, so POST never answers a token; to clients that
 * ask all the same, the ticket is its own. */
#include "http_open311.h"
#include "intake.h"
#include "store_submission.h"

static void on_token_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void token_answer(struct http_request *request, const char *ticket);

void http_open311_token(struct http_request *request, void *state)
{
    const struct intake *intake = state;
    const char *token = http_param(request, "token");
    struct public_query query = {.tickets = &token, .ticket_count = 1, .limit = 1};
    struct error err = {0};

    if (!open311_is_admitted(request, state)) {
        return;
    }
    if (!open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_public(tx, &query);
    pg_tx_send(tx, on_token_read, request);
}

static void on_token_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_request *request = arg;
    struct submission_view *views;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
    } else if (store_take_list(tx, &views, http_arena(request)) == 0) {
        error_set(&err, ERR_NOT_FOUND, "unknown_token", "token was not found");
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    token_answer(request, views[0].submission.ticket);
}

static void token_answer(struct http_request *request, const char *ticket)
{
    struct open311_writer writer;
    struct buffer body;
    buffer_init(&body);
    open311_start(&writer, open311_format_of(request), &body);
    open311_open_list(&writer, "service_requests");
    open311_open_item(&writer, "request");
    open311_text(&writer, "service_request_id", ticket);
    open311_text(&writer, "token", ticket);
    open311_close_item(&writer);
    open311_close_list(&writer);
    open311_answer(request, 200, &body);
    buffer_finish(&body);
}
