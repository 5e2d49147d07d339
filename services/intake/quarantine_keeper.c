/* SPDX-License-Identifier: Apache-2.0 */
#include "quarantine_keeper.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/date.h"
#include "common/log.h"
#include "common/rounds.h"
#include "inbound.h"
#include "store_quarantine.h"
#include "store_record.h"
#include "store_source.h"

enum { PERIOD_MS = 250, CLAIM_MAX = 100, SWEEP_ROUNDS = 120 };

/* One that was taken up. */
struct candidate {
    const char *prefix; /* of a known source that it waits for; NULL: it waits for nothing */
    struct event_in event;
    struct inbound inbound;
    struct quarantine_end end;
    bool is_left; /* to a later round */
};

struct quarantine_keeper {
    struct intake *intake;
    struct quarantine_keeper_config config;
    struct rounds *rounds;
    unsigned begun;     /* rounds so far */
    struct arena arena; /* of the round */
    int32_t limit;      /* of a claim; 1 after the database has refused several */
    struct candidate *candidates;
    size_t count;
    struct quota_asks asks;

    struct filing **filings;
    size_t filing_count;
    const struct record **records;
    size_t record_count;
    struct quarantine_end *ends;
    size_t end_count;

    struct metrics_gauge *open, *waiting;
};

/* Steps of one round, in running order. */
static void claim(struct quarantine_keeper *keeper);
static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_quota(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void let_go(struct quarantine_keeper *keeper);
static void on_let_go(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void set_aside(struct quarantine_keeper *keeper); /* the one that the database refused */
static void on_set_aside(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end_round(struct quarantine_keeper *keeper);

/* Every half minute, instead of a claim. */
static void sweep(struct quarantine_keeper *keeper);
static void on_swept(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

static void begin_round(void *state)
{
    struct quarantine_keeper *keeper = state;
    if (keeper->begun++ % SWEEP_ROUNDS == 0) {
        sweep(keeper);
    } else {
        claim(keeper);
    }
}

static void keeper_free(void *state)
{
    struct quarantine_keeper *keeper = state;
    arena_finish(&keeper->arena);
    free(keeper);
}

struct quarantine_keeper *quarantine_keeper_new(struct intake *intake,
                                                const struct quarantine_keeper_config *config)
{
    struct quarantine_keeper *keeper = memory_zero(1, sizeof *keeper);
    struct metrics *metrics = intake->parts->metrics;
    static const char *const open[] = {"state=open", NULL}, *const waiting[] = {"state=waiting",
                                                                                NULL};
    const struct rounds_work work = {.begin = begin_round, .free = keeper_free, .state = keeper};
    keeper->intake = intake;
    keeper->config = *config;
    keeper->limit = CLAIM_MAX;
    arena_init(&keeper->arena);
    keeper->open = metrics_gauge(metrics, "intake_quarantined", "Events in quarantine.", open);
    keeper->waiting =
        metrics_gauge(metrics, "intake_quarantined", "Events in quarantine.", waiting);
    keeper->rounds = rounds_new(loop_uv(intake->parts->loop), &work, PERIOD_MS, PERIOD_MS);
    return keeper;
}

void quarantine_keeper_close(struct quarantine_keeper *keeper, quarantine_on_closed *on_closed,
                             void *arg)
{
    rounds_close(keeper->rounds, on_closed, arg);
}

static void end_round(struct quarantine_keeper *keeper)
{
    keeper->count = 0;
    arena_reset(&keeper->arena);
    rounds_end(keeper->rounds);
}

/* ---- what was settled long ago ---- */

static void sweep(struct quarantine_keeper *keeper)
{
    struct pg_tx *tx = pg_tx_new(keeper->intake->parts->pg);
    int64_t now_us = clock_now_us();
    store_count_quarantine(tx);
    store_forget_quarantine(tx, now_us - keeper->config.quarantine_days * DATE_DAY_US);
    store_forget_records(tx, now_us - keeper->config.record_days * DATE_DAY_US);
    pg_tx_send(tx, on_swept, keeper);
}

static void on_swept(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct quarantine_keeper *keeper = arg;
    if (outcome == PG_COMMITTED) {
        metrics_set(keeper->open, (double)pg_value_int8(tx, 0, 0, 0));
        metrics_set(keeper->waiting, (double)pg_value_int8(tx, 0, 0, 1));
    }
    end_round(keeper);
}

/* ---- taking up ---- */

static void claim(struct quarantine_keeper *keeper)
{
    struct pg_tx *tx = pg_tx_new(keeper->intake->parts->pg);
    store_claim_quarantine(tx, keeper->intake->parts->instance, keeper->limit);
    pg_tx_send(tx, on_claimed, keeper);
}

/* It must be taken up by a person again, for this. */
static void open_again(struct candidate *candidate, const char *reason, const char *field)
{
    candidate->end.reason = reason;
    candidate->end.field = field;
    candidate->prefix = NULL;
}

static void prepare(struct quarantine_keeper *keeper, struct candidate *candidate)
{
    static const struct inbound_sender sender = {.client = "inbound"};
    struct intake *intake = keeper->intake;
    struct arena *arena = &keeper->arena;
    struct error err = {0};
    candidate->inbound = (struct inbound){arena_alloc(arena, sizeof *candidate->inbound.filing),
                                          arena_alloc(arena, sizeof *candidate->inbound.record)};
    if (inbound_prepare(&candidate->inbound, &candidate->event, &sender,
                        filing_desk_filer(intake->desk), reference_current(intake->reference),
                        clock_now_us(), arena, &err)) {
        candidate->end.is_released = true;
    } else if (err.kind == ERR_RETRY) {
        candidate->is_left = true;
    } else {
        open_again(candidate, inbound_fault_class(&err), arena_text(arena, intake_fault(&err)));
    }
}

static void take_up(struct quarantine_keeper *keeper, const struct quarantine_row *row,
                    struct candidate *candidate)
{
    struct arena *arena = &keeper->arena;
    struct error err = {0};
    candidate->end.id = row->id;
    if (strcmp(row->state, quarantine_state_words[QUARANTINE_WAITING]) == 0) {
        candidate->prefix = arena_text(arena, row->prefix);
    }
    const char *value = row->value != NULL ? arena_copy(arena, row->value, row->value_size) : NULL;
    if (!quarantine_event(&candidate->event, arena_copy(arena, row->headers, row->headers_size),
                          row->headers_size, value, row->value_size, arena_text(arena, row->fixed),
                          arena, &err)) {
        open_again(candidate, "invalid_event", arena_text(arena, intake_fault(&err)));
        return;
    }
    const struct event_source *source =
        event_source_of(event_sources_current(keeper->intake->sources), candidate->event.source);
    if (source == NULL) {
        open_again(candidate, "unknown_source", "source");
    } else if (inbound_is_foreign(candidate->event.type, source)) {
        open_again(candidate, "foreign_type", "type");
    } else {
        prepare(keeper, candidate);
    }
}

/* What could come in now, if its source's quota lets it. */
static bool waits_for_quota(const struct candidate *candidate)
{
    return candidate->prefix != NULL && candidate->end.is_released;
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct quarantine_keeper *keeper = arg;
    struct arena *arena = &keeper->arena;
    struct quarantine_row row;

    keeper->count = outcome == PG_COMMITTED ? pg_rows(tx, 0) : 0;
    keeper->candidates = arena_array(arena, keeper->count, sizeof *keeper->candidates);
    keeper->asks =
        (struct quota_asks){.items = arena_array(arena, keeper->count, sizeof *keeper->asks.items)};
    for (size_t i = 0; i < keeper->count; i++) {
        struct candidate *candidate = &keeper->candidates[i];
        store_take_quarantined(tx, i, &row, true);
        take_up(keeper, &row, candidate);
        if (waits_for_quota(candidate)) {
            quota_asks_add(&keeper->asks, candidate->prefix);
        }
    }
    if (keeper->asks.count == 0) {
        let_go(keeper);
        return;
    }
    struct pg_tx *ask = pg_tx_new(keeper->intake->parts->pg);
    store_ask_quota(ask, &keeper->asks, false, false);
    pg_tx_send(ask, on_quota, keeper);
}

static void on_quota(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct quarantine_keeper *keeper = arg;
    if (outcome != PG_COMMITTED) {
        end_round(keeper);
        return;
    }
    store_take_quota(tx, &keeper->asks);
    for (size_t i = 0; i < keeper->count; i++) {
        struct candidate *candidate = &keeper->candidates[i];
        if (waits_for_quota(candidate) && !quota_asks_use(&keeper->asks, candidate->prefix)) {
            candidate->is_left = true;
        }
    }
    let_go(keeper);
}

/* ---- letting go ---- */

static void collect(struct quarantine_keeper *keeper, struct candidate *candidate)
{
    const struct filer *filer = filing_desk_filer(keeper->intake->desk);
    struct quarantine_end *end = &candidate->end;
    if (candidate->is_left) {
        return;
    }
    if (end->is_released && candidate->inbound.record != NULL) {
        end->record = candidate->inbound.record->id;
        keeper->records[keeper->record_count++] = candidate->inbound.record;
    } else if (end->is_released) {
        if (!filing_stage(candidate->inbound.filing, filer)) {
            return; /* no ticket number in stock: a later round */
        }
        end->idempotency = candidate->inbound.filing->idempotency;
        keeper->filings[keeper->filing_count++] = candidate->inbound.filing;
    }
    keeper->ends[keeper->end_count++] = *end;
}

static void let_go(struct quarantine_keeper *keeper)
{
    struct arena *arena = &keeper->arena;
    struct outbox *outbox = keeper->intake->parts->outbox;
    keeper->filings = arena_array(arena, keeper->count, sizeof(struct filing *));
    keeper->records = arena_array(arena, keeper->count, sizeof(const struct record *));
    keeper->ends = arena_array(arena, keeper->count, sizeof *keeper->ends);
    keeper->filing_count = keeper->record_count = keeper->end_count = 0;
    for (size_t i = 0; i < keeper->count; i++) {
        collect(keeper, &keeper->candidates[i]);
    }
    if (keeper->end_count == 0) {
        end_round(keeper);
        return;
    }
    struct pg_tx *tx = pg_tx_new(keeper->intake->parts->pg);
    int64_t now_us = clock_now_us();
    outbox_guard(outbox, tx);
    store_hold_quarantine(tx, keeper->ends, keeper->end_count);
    if (keeper->filing_count > 0) {
        filings_add(keeper->filings, keeper->filing_count, filing_desk_filer(keeper->intake->desk),
                    tx);
    }
    store_put_records(tx, keeper->records, keeper->record_count, now_us);
    store_end_quarantine(tx, keeper->ends, keeper->end_count, now_us);
    pg_tx_send(tx, on_let_go, keeper);
}

enum { FILE_STATEMENT = 2 }; /* after the guard and the hold */

static void on_let_go(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct quarantine_keeper *keeper = arg;
    struct error err = {0};
    filings_settle(keeper->filings, keeper->filing_count, filing_desk_filer(keeper->intake->desk),
                   outcome == PG_COMMITTED ? tx : NULL, FILE_STATEMENT, outcome == PG_UNKNOWN);
    if (outcome == PG_COMMITTED) {
        keeper->limit = CLAIM_MAX;
    } else {
        pg_tx_error(tx, outcome, &err);
        log_warn_error("quarantine_not_let_go", &err,
                       log_int("events", (int64_t)keeper->end_count));
    }
    if (outcome != PG_REFUSED || strcmp(pg_tx_sqlstate(tx), QUARANTINE_SETTLED) == 0) {
        end_round(keeper);
    } else if (keeper->end_count > 1) {
        keeper->limit = 1;
        end_round(keeper);
    } else {
        set_aside(keeper);
    }
}

static void set_aside(struct quarantine_keeper *keeper)
{
    struct pg_tx *tx = pg_tx_new(keeper->intake->parts->pg);
    struct quarantine_end end = {.id = keeper->ends[0].id, .reason = "refused_by_database"};
    store_hold_quarantine(tx, &end, 1);
    store_end_quarantine(tx, &end, 1, clock_now_us());
    pg_tx_send(tx, on_set_aside, keeper);
}

static void on_set_aside(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    (void)tx, (void)outcome; /* what failed comes up again */
    end_round(arg);
}
