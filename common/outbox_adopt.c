/* SPDX-License-Identifier: Apache-2.0 */
/* Tidying for others: events of instances that do not come back, and rows past their age.
 *
 * An orphan's unsaid rows become rows of our own slot, under numbers reserved before; a
 * placeholder in the list keeps the watermark and the reading of rows below them until the
 * transaction has ended. */

#include "common/clock.h"
#include "common/log.h"
#include "common/outbox_private.h"

enum {
    ADOPT_ROWS = 10000,
    ADOPT_US = 10 * 1000 * 1000,
    PATIENCE_S = 15,              /* past the end of a lease */
    STEADY_US = 30 * 1000 * 1000, /* after an outage of the database all leases are late */
    TRIM_ROWS = 1000,
    TRIM_US = 60 * 1000 * 1000
};

static const struct pg_statement adopt_statement = {
    "outbox_adopt", "SELECT orphan, moved FROM outbox_adopt($1::integer, $2::bigint, $3::integer, "
                    "$4::integer)"};

/* Statement 1 after the void of doubt: rows under the reserved numbers, if it had happened. */
static const struct pg_statement adopted_statement = {
    "outbox_adopted", "SELECT count(*) FROM outbox WHERE slot = $1::integer AND seq >= $2::bigint "
                      "AND seq < $2::bigint + $3::integer AND topic <> ''"};

static const struct pg_statement fence_statement = {
    "outbox_fence", "INSERT INTO outbox (slot, seq, topic, headers) "
                    "VALUES ($1::integer, $2::bigint, '', ''::bytea) ON CONFLICT DO NOTHING"};

static void adopt_settle(struct outbox *outbox, int64_t moved)
{
    outbox_unlink_free(outbox, outbox->adopted);
    outbox->adopted = NULL;
    outbox->adopting = false;
    outbox->adopt_doubt = false;
    outbox->in_table += (size_t)moved;
    outbox_pump(outbox);
}

static void on_adopted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct outbox *outbox = arg;
    if (outcome == PG_UNKNOWN) {
        outbox->adopt_doubt = true;
    } else if (outcome != PG_COMMITTED) {
        adopt_settle(outbox, 0);
    } else {
        int64_t moved = pg_value_int8(tx, 1, 0, 1);
        if (!pg_value_is_null(tx, 1, 0, 0)) {
            log_warn("outbox_slot_adopted", log_int("slot", pg_value_int4(tx, 1, 0, 0)),
                     log_int("events", moved));
            outbox->adopt_us = 0; /* look for the next one at once */
        }
        adopt_settle(outbox, moved);
    }
    outbox_ended(outbox);
}

static void adopt_send(struct outbox *outbox)
{
    struct pg_tx *tx = pg_tx_new(outbox->pg);

    /* The numbers are ours for good; those that no row takes stay a gap. */
    struct outbox_item *item = outbox_item_new(&(struct outbox_parts){.topic = "", .headers = ""});
    item->state = ITEM_ADOPTED;
    item->seq = outbox->next_seq;
    outbox->next_seq += ADOPT_ROWS;
    outbox_fall_behind(outbox);
    outbox_link(outbox, item, NULL);
    outbox->adopted = item;
    outbox->adopting = true;
    outbox_guard(outbox, tx);
    pg_tx_add(tx, &adopt_statement);
    pg_tx_int4(tx, outbox->slot);
    pg_tx_int8(tx, item->seq);
    pg_tx_int4(tx, ADOPT_ROWS);
    pg_tx_int4(tx, PATIENCE_S);
    outbox_send(outbox, tx, on_adopted, outbox);
}

static void on_adopt_asked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct outbox *outbox = arg;
    if (outcome == PG_COMMITTED) {
        adopt_settle(outbox, pg_value_int8(tx, 2, 0, 0));
    } else {
        outbox->adopt_doubt = true; /* again with the next tick */
    }
    outbox_ended(outbox);
}

static void adopt_ask(struct outbox *outbox)
{
    struct pg_tx *tx = pg_tx_new(outbox->pg);
    outbox->adopt_doubt = false;
    outbox_guard(outbox, tx);
    pg_tx_add(tx, &fence_statement);
    pg_tx_int4(tx, outbox->slot);
    pg_tx_int8(tx, outbox->adopted->seq);
    pg_tx_add(tx, &adopted_statement);
    pg_tx_int4(tx, outbox->slot);
    pg_tx_int8(tx, outbox->adopted->seq);
    pg_tx_int4(tx, ADOPT_ROWS);
    outbox_send(outbox, tx, on_adopt_asked, outbox);
}

/* Is there an orphan? Asked first, so that a lone instance does not use up numbers. */
static const struct pg_statement orphan_statement = {
    "outbox_orphan", "SELECT EXISTS (SELECT 1 FROM outbox_slot WHERE owner <> '' "
                     "AND slot <> $1::integer "
                     "AND leased_until < now() - $2::integer * interval '1 second')"};

static void on_orphan(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct outbox *outbox = arg;
    bool found = outcome == PG_COMMITTED && pg_value_bool(tx, 0, 0, 0);

    outbox->adopting = false;
    if (found && !outbox->closing && !outbox->lost) {
        adopt_send(outbox);
    }
    outbox_ended(outbox);
}

void outbox_adopt(struct outbox *outbox, uint64_t now_us)
{
    if (outbox->adopt_doubt) {
        adopt_ask(outbox);
        return;
    }
    if (outbox->adopting || outbox->closing || outbox->behind ||
        now_us - outbox->adopt_us < ADOPT_US || now_us - outbox->steady_since_us < STEADY_US) {
        return;
    }
    outbox->adopt_us = now_us;
    outbox->adopting = true;
    struct pg_tx *tx = pg_tx_new(outbox->pg);
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, &orphan_statement);
    pg_tx_int4(tx, outbox->slot);
    pg_tx_int4(tx, PATIENCE_S);
    outbox_send(outbox, tx, on_orphan, outbox);
}

static const struct pg_statement trim_statement = {
    "outbox_trim",
    "WITH old AS (SELECT o.slot, o.seq FROM outbox o JOIN outbox_slot s ON s.slot = o.slot "
    "WHERE o.created_at < now() - $1::integer * interval '1 day' AND o.seq <= s.published "
    "LIMIT $2::bigint FOR UPDATE OF o SKIP LOCKED), "
    "gone AS (DELETE FROM outbox o USING old WHERE o.slot = old.slot AND o.seq = old.seq "
    "RETURNING 1) SELECT count(*) FROM gone"};

static void on_trimmed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct outbox *outbox = arg;
    if (outcome == PG_COMMITTED && pg_value_int8(tx, 0, 0, 0) == TRIM_ROWS) {
        outbox->trim_us = 0; /* there is more: go on with the next tick */
    }
    outbox_ended(outbox);
}

void outbox_trim(struct outbox *outbox, uint64_t now_us)
{
    if (outbox->closing || now_us - outbox->trim_us < TRIM_US) {
        return;
    }
    outbox->trim_us = now_us;
    struct pg_tx *tx = pg_tx_new(outbox->pg);
    pg_tx_add(tx, &trim_statement);
    pg_tx_int4(tx, (int32_t)outbox->retention_days);
    pg_tx_int8(tx, TRIM_ROWS);
    outbox_send(outbox, tx, on_trimmed, outbox);
}
