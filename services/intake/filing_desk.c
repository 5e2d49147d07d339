/* SPDX-License-Identifier: Apache-2.0 */
#include "filing_desk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/batch.h"
#include "store_filing.h"
#include "ticket_numbers.h"

enum {
    ITEMS_MAX = 500, /* in one transaction: past the knee of rows per second (measured) */
    DEPTH = 2,       /* one is encoded while the other commits */
    QUEUE_MAX = 5000,
    DEADLINE_MS = 8000 /* within the request's own */
};

struct filing_desk {
    struct filing_desk_config config;
    struct filer filer;
    struct contact_memory *contacts;
    struct batch *batch;
    struct filing_request *first, *last; /* the line for a number */
    filing_desk_on_closed *on_closed;
    void *closed_arg;
};

/* Requests that lost, while their rows are looked up. */
struct lookup {
    size_t count;
    struct filing **items;
};

static void end_all(struct filing *const *items, size_t count, const struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct filing_request *request = (struct filing_request *)items[i];
        request->on_done(request, err);
    }
}

/* ---- building and settling a batch ---- */

static void build(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    struct filing_desk *desk = arg;
    outbox_guard(desk->config.outbox, tx);
    filings_add((struct filing *const *)items, count, &desk->filer, tx);
}

/* The stored row has the last word: it is ours from an earlier try, a repeat's, or another's. */
static bool take_row(struct filing *filing, const struct pg_tx *tx, size_t row, struct error *err)
{
    struct filing_request *request = (struct filing_request *)filing;
    struct uuid own = filing->submission.id;
    const void *fingerprint;

    store_take_filed(tx, row, &filing->submission, &fingerprint, request->arena);
    if (!uuid_equal(&own, &filing->submission.id) && !filing->any_input &&
        memcmp(fingerprint, filing->fingerprint, FINGERPRINT_SIZE) != 0) {
        return error_set(err, ERR_UNPROCESSABLE, "idempotency_key_reused",
                         "the Idempotency-Key was used with another body");
    }
    return true;
}

static bool find_row(struct filing *filing, const struct pg_tx *tx, struct error *err)
{
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        struct uuid idempotency = store_filed_idempotency(tx, row);
        if (uuid_equal(&idempotency, &filing->idempotency)) {
            return take_row(filing, tx, row, err);
        }
    }
    /* Lost to nobody: the row that won was rolled back; the client may send it again. */
    return error_set(err, ERR_RETRY, "filing_lost", "the submission was not stored: send again");
}

static void on_looked_up(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct lookup *lookup = arg;

    for (size_t i = 0; i < lookup->count; i++) {
        struct error err = {0};
        bool found = outcome == PG_COMMITTED ? find_row(lookup->items[i], tx, &err)
                                             : pg_tx_error(tx, outcome, &err);
        end_all(&lookup->items[i], 1, found ? NULL : &err);
    }
}

static void look_up(struct filing_desk *desk, struct filing *const *items, size_t count)
{
    struct pg_tx *tx = pg_tx_new(desk->config.pg);
    struct lookup *lookup = arena_alloc(pg_tx_arena(tx), sizeof *lookup);
    lookup->items = arena_array(pg_tx_arena(tx), count, sizeof *lookup->items);
    for (size_t i = 0; i < count; i++) {
        if (!items[i]->filed) {
            lookup->items[lookup->count++] = items[i];
        }
    }
    pg_tx_set_read_only(tx);
    store_find_filed(tx, lookup->items, lookup->count);
    pg_tx_send(tx, on_looked_up, lookup);
}

enum { FILE_STATEMENT = 1 }; /* after the guard */

static void on_batch_done(const struct pg_tx *tx, void **items, size_t count,
                          const struct error *err, bool in_doubt, void *arg)
{
    struct filing_desk *desk = arg;
    struct filing *const *filings = (struct filing *const *)items;
    size_t lost = 0;

    filings_settle(filings, count, &desk->filer, err == NULL ? tx : NULL, FILE_STATEMENT, in_doubt);
    if (err != NULL) {
        end_all(filings, count, err);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        lost += !filings[i]->filed;
    }
    if (lost > 0) {
        look_up(desk, filings, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (filings[i]->filed) {
            end_all(&filings[i], 1, NULL);
        }
    }
}

/* ---- the line for a number ---- */

static void submit_numbered(struct filing_desk *desk, struct filing_request *request)
{
    struct error err = {0};
    if (!batch_submit(desk->batch, request, &err)) {
        filing_abandon(&request->filing, &desk->filer);
        request->on_done(request, &err);
    }
}

static void on_stock(void *arg)
{
    struct filing_desk *desk = arg;
    while (desk->first != NULL && filing_stage(&desk->first->filing, &desk->filer)) {
        struct filing_request *request = desk->first;
        desk->first = request->next;
        submit_numbered(desk, request);
    }
}

void filing_desk_submit(struct filing_desk *desk, struct filing_request *request)
{
    if (desk->first == NULL && filing_stage(&request->filing, &desk->filer)) {
        submit_numbered(desk, request);
        return;
    }
    request->next = NULL;
    if (desk->first == NULL) {
        desk->first = request;
    } else {
        desk->last->next = request;
    }
    desk->last = request;
}

/* ---- opening and closing ---- */

struct filing_desk *filing_desk_new(const struct filing_desk_config *config)
{
    struct filing_desk *desk = memory_zero(1, sizeof *desk);
    static_assert(offsetof(struct filing_request, filing) == 0, "items are requests");
    desk->config = *config;
    desk->contacts = memory_zero(1, sizeof *desk->contacts);
    desk->filer = (struct filer){
        .outbox = config->outbox,
        .seal = config->seal,
        .numbers = ticket_numbers_new(config->loop, config->pg, on_stock, desk),
        .contacts = desk->contacts,
    };
    struct batch_config batch = {
        .name = "file",
        .items_max = ITEMS_MAX,
        .depth = DEPTH,
        .queue_max = QUEUE_MAX,
        .deadline_ms = DEADLINE_MS,
        .build = build,
        .done = on_batch_done,
        .arg = desk,
    };
    desk->batch = batch_new(config->pg, &batch, config->metrics);
    return desk;
}

static void on_numbers_closed(void *arg)
{
    struct filing_desk *desk = arg;
    filing_desk_on_closed *on_closed = desk->on_closed;
    void *closed_arg = desk->closed_arg;
    batch_free(desk->batch);
    free(desk->contacts);
    free(desk);
    on_closed(closed_arg);
}

void filing_desk_close(struct filing_desk *desk, filing_desk_on_closed *on_closed, void *arg)
{
    assert(desk->first == NULL && batch_is_idle(desk->batch));
    desk->on_closed = on_closed;
    desk->closed_arg = arg;
    ticket_numbers_close(desk->filer.numbers, on_numbers_closed, desk);
}

const struct filer *filing_desk_filer(struct filing_desk *desk)
{
    return &desk->filer;
}
