/* SPDX-License-Identifier: Apache-2.0 */
/* The events of filings in the outbox: staged before the transaction, settled after it. */
#include "common/clock.h"
#include "filing.h"
#include "media_reference.h"
#include "store_filing.h"
#include "store_media.h"
#include "store_sensor.h"
#include "ticket_numbers.h"

bool filing_stage(struct filing *filing, const struct filer *filer)
{
    struct filing_event out = {.data = {0}};
    if (filing->said != NULL) {
        return true;
    }
    if (!filing_take_number(filing, filer->numbers)) {
        return false;
    }
    if (filing->contact_ref != NULL) { /* first, so that it is likely to arrive first */
        filing_write_contact_event(filing, &out);
        filing->told = outbox_stage(filer->outbox, &out.event, &filing->contact_command);
    }
    filing_write_event(filing, &out);
    filing->said = outbox_stage(filer->outbox, &out.event, &filing->submission.id);
    buffer_finish(&out.data);
    return true;
}

void filing_abandon(struct filing *filing, const struct filer *filer)
{
    if (filing->said == NULL) {
        return;
    }
    outbox_drop(filer->outbox, filing->said);
    if (filing->told != NULL) {
        outbox_drop(filer->outbox, filing->told);
    }
    filing->said = filing->told = NULL;
    ticket_numbers_give_back(filer->numbers, filing->number);
}

/* Of filings that lost there is no submission, so nothing is bound. */
static void filings_use_media(struct filing *const *items, size_t count, struct pg_tx *tx)
{
    size_t named = 0, used = 0;
    for (size_t i = 0; i < count; i++) {
        named += items[i]->submission.media_count;
    }
    struct media_use *uses = arena_array(pg_tx_arena(tx), named, sizeof *uses);
    for (size_t i = 0; i < count; i++) {
        const struct submission *submission = &items[i]->submission;
        for (size_t m = 0; m < submission->media_count; m++) {
            uses[used] = (struct media_use){.submission = submission->id};
            used += media_reference_parse(submission->media[m], &uses[used].media);
        }
    }
    store_use_media(tx, uses, used);
}

void filings_add(struct filing *const *items, size_t count, const struct filer *filer,
                 struct pg_tx *tx)
{
    struct filing **contacts = arena_array(pg_tx_arena(tx), count, sizeof *contacts);
    size_t contact_count = filings_pick_contacts(items, count, contacts);
    struct outbox_columns said;

    store_file(tx, items, count, contacts, contact_count);
    outbox_columns_init(&said, filer->outbox);
    for (size_t i = 0; i < count; i++) {
        outbox_columns_add(&said, items[i]->said);
    }
    for (size_t i = 0; i < contact_count; i++) {
        outbox_columns_add(&said, contacts[i]->told);
    }
    outbox_columns_put(&said, tx);
    outbox_columns_finish(&said);
    store_count_alarms(tx, items, count);
    filings_use_media(items, count, tx);
}

/* True when the command is the result's row `*row`; rows come in the order of the items, so that
 * one walk finds them. */
static bool takes_row(const struct pg_tx *tx, size_t statement, size_t *row,
                      const struct uuid *command)
{
    size_t rows = pg_rows(tx, statement);
    for (size_t i = 0; i < rows; i++) {
        size_t at = (*row + i) % rows;
        struct uuid won = pg_value_uuid(tx, statement, at, 0);
        if (uuid_equal(&won, command)) {
            *row = at + 1;
            return true;
        }
    }
    return false;
}

static void settle_item(struct filing *filing, const struct filer *filer, bool won, bool in_doubt)
{
    filing->filed = won;
    if (won) {
        outbox_publish(filer->outbox, filing->said);
    } else if (in_doubt) {
        outbox_doubt(filer->outbox, filing->said);
    } else {
        outbox_drop(filer->outbox, filing->said);
        ticket_numbers_give_back(filer->numbers, filing->number);
    }
    filing->said = NULL;
}

static void settle_contact(struct filing *filing, const struct filer *filer, bool won,
                           bool in_doubt)
{
    if (won) {
        outbox_publish(filer->outbox, filing->told);
    } else if (in_doubt) {
        outbox_doubt(filer->outbox, filing->told);
    } else {
        outbox_drop(filer->outbox, filing->told);
    }
    filing->told = NULL;
    if (won || (filing->contact_offered && !in_doubt)) { /* lost: the table had it already */
        contact_memory_note(filer->contacts, filing->contact_ref, filing->contact_digest,
                            clock_monotonic_us());
    }
}

void filings_settle(struct filing *const *items, size_t count, const struct filer *filer,
                    const struct pg_tx *tx, size_t statement, bool in_doubt)
{
    size_t row = 0, contact_row = 0;
    for (size_t i = 0; i < count; i++) {
        struct filing *filing = items[i];
        if (filing->told != NULL) {
            bool won =
                tx != NULL && takes_row(tx, statement, &contact_row, &filing->contact_command);
            settle_contact(filing, filer, won, in_doubt);
        }
        bool won = tx != NULL && takes_row(tx, statement, &row, &filing->submission.id);
        settle_item(filing, filer, won, in_doubt);
    }
}
