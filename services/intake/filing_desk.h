/* SPDX-License-Identifier: Apache-2.0 */
/* filing_desk: where filings of the HTTP edges queue for the next transaction.
 *
 *   submit ──▶ [line for a number] ──▶ batch ──▶ won ──▶ filed
 *                                              lost ──▶ look up ──▶ repeated, or key reused
 *
 * Loop thread only. */
#ifndef INTAKE_FILING_DESK_H
#define INTAKE_FILING_DESK_H

#include "filing.h"

struct filing_request;
/* err NULL: filed, now or by an earlier request with the same key and input: filing.submission is
 * the stored one as far as a receipt needs it. ERR_UNPROCESSABLE idempotency_key_reused: the key
 * was used with another input. */
typedef void filing_on_done(struct filing_request *request, const struct error *err);

/* Owned by the edge, e.g. in the request's arena, until on_done. */
struct filing_request {
    struct filing filing; /* prepared */
    struct arena *arena;
    filing_on_done *on_done;
    struct filing_request *next; /* in the line for a number */
};

struct filing_desk_config {
    uv_loop_t *loop;
    struct pg *pg;
    struct outbox *outbox;
    struct metrics *metrics;
    struct seal *seal;
};

struct filing_desk;
struct filing_desk *filing_desk_new(const struct filing_desk_config *config);
/* No request may be under way. */
typedef void filing_desk_on_closed(void *arg);
void filing_desk_close(struct filing_desk *desk, filing_desk_on_closed *on_closed, void *arg);

const struct filer *filing_desk_filer(struct filing_desk *desk);

/* on_done is called once, later or at once (ERR_BUSY). */
void filing_desk_submit(struct filing_desk *desk, struct filing_request *request);

#endif
