/* SPDX-License-Identifier: Apache-2.0 */
#include "settlement.h"

#include <stdlib.h>
#include <string.h>

#include "common/batch.h"
#include "common/clock.h"
#include "common/log.h"
#include "delivery_json.h"
#include "store_delivery.h"

enum { SETTLE_MAX = 500, SETTLE_QUEUE_MAX = 8192, SETTLE_DEADLINE_MS = 20000, SETTLE_DEPTH = 2 };

struct settlements {
    struct batch *batch;
    struct outbox *outbox;
    const struct seal *seal;
    struct buffer data; /* of the event being written */
    struct metrics_counter *ended[LETTER_RETURNED + 1];
};

static void stage_event(struct settlements *settlements, struct letter *letter)
{
    struct delivery_event out = {.data = settlements->data};
    struct delivery_said said = {
        .id = &letter->id,
        .event_id = &letter->event_id,
        .case_id = &letter->case_id,
        .recipient = letter->recipient,
        .channel = CHANNEL_EMAIL,
        .template = letter->template,
        .end = letter->end,
        .attempts = letter->attempts,
        .reason = letter->reason,
        .at = letter->ended_at,
    };
    delivery_write_event(&said, settlements->seal, &out);
    settlements->data = out.data;
    letter->said = outbox_stage(settlements->outbox, &out.event, &letter->id);
}

/* Events are staged once per letter, however often it is built. */
static void build_settlements(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    struct settlements *settlements = arg;
    struct letter *const *letters = (struct letter *const *)items;
    struct outbox_columns said;

    outbox_guard(settlements->outbox, tx);
    store_settle(tx, letters, count);
    outbox_columns_init(&said, settlements->outbox);
    for (size_t i = 0; i < count; i++) {
        if (letters[i]->said == NULL && letters[i]->end <= LETTER_SKIPPED) {
            stage_event(settlements, letters[i]);
        }
        if (letters[i]->said != NULL) {
            outbox_columns_add(&said, letters[i]->said);
        }
    }
    outbox_columns_put(&said, tx);
    outbox_columns_finish(&said);
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct uuid));
}

/* The ids whose end is now in the table, sorted. */
static size_t read_winners(const struct pg_tx *tx, struct uuid **winners)
{
    size_t count = tx != NULL ? pg_rows(tx, 1) : 0;
    *winners = memory_alloc((count + 1) * sizeof **winners);
    for (size_t i = 0; i < count; i++) {
        (*winners)[i] = pg_value_uuid(tx, 1, i, 0);
    }
    qsort(*winners, count, sizeof **winners, by_id);
    return count;
}

static void tell_end(struct settlements *settlements, struct letter *letter, bool won,
                     bool in_doubt)
{
    if (won) {
        metrics_add(settlements->ended[letter->end], 1);
    }
    if (letter->said != NULL && won) {
        outbox_publish(settlements->outbox, letter->said);
    } else if (letter->said != NULL && in_doubt) {
        outbox_doubt(settlements->outbox, letter->said);
    } else if (letter->said != NULL) {
        outbox_drop(settlements->outbox, letter->said);
    }
}

static void on_settled(const struct pg_tx *tx, void **items, size_t count, const struct error *err,
                       bool in_doubt, void *arg)
{
    struct uuid *winners;
    size_t winner_count = read_winners(err == NULL ? tx : NULL, &winners);

    if (err != NULL) {
        log_warn_error("mails_not_settled", err, log_int("count", (int64_t)count));
    }
    for (size_t i = 0; i < count; i++) {
        struct letter *letter = items[i];
        bool won = bsearch(&letter->id, winners, winner_count, sizeof *winners, by_id) != NULL;
        tell_end(arg, letter, won, in_doubt);
        letter_free(letter);
    }
    free(winners);
}

void settlements_put(struct settlements *settlements, struct letter *letter)
{
    struct error err = {0};
    letter->ended_at = clock_now_us();
    if (!batch_submit(settlements->batch, letter, &err)) {
        log_warn_error("mail_not_settled", &err); /* its lease runs out */
        letter_free(letter);
    }
}

bool settlements_are_idle(const struct settlements *settlements)
{
    return batch_is_idle(settlements->batch);
}

static void open_metrics(struct settlements *settlements, struct metrics *metrics)
{
    static const char *const results[] = {
        [LETTER_SENT] = "result=sent",         [LETTER_FAILED] = "result=failed",
        [LETTER_SKIPPED] = "result=skipped",   [LETTER_AGAIN] = "result=again",
        [LETTER_RETURNED] = "result=returned",
    };
    for (size_t i = 0; i <= LETTER_RETURNED; i++) {
        const char *const labels[] = {results[i], NULL};
        settlements->ended[i] =
            metrics_counter(metrics, "mails_total", "What became of e-mails, by result.", labels);
    }
}

struct settlements *settlements_new(struct pg *pg, struct outbox *outbox, const struct seal *seal,
                                    struct metrics *metrics)
{
    struct settlements *settlements = memory_zero(1, sizeof *settlements);
    struct batch_config config = {
        .name = "mails",
        .items_max = SETTLE_MAX,
        .depth = SETTLE_DEPTH,
        .queue_max = SETTLE_QUEUE_MAX,
        .deadline_ms = SETTLE_DEADLINE_MS,
        .build = build_settlements,
        .done = on_settled,
        .arg = settlements,
    };
    settlements->batch = batch_new(pg, &config, metrics);
    settlements->outbox = outbox;
    settlements->seal = seal;
    buffer_init(&settlements->data);
    open_metrics(settlements, metrics);
    return settlements;
}

void settlements_free(struct settlements *settlements)
{
    if (settlements != NULL) {
        batch_free(settlements->batch);
        buffer_finish(&settlements->data);
        free(settlements);
    }
}
