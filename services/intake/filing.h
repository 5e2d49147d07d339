/* SPDX-License-Identifier: Apache-2.0 */
/* filing: from a checked report to a stored submission, once per idempotency key.
 *
 *   prepare ──▶ number ──▶ stage ──▶ commit ──▶ filed | repeated | key_reused
 *
 * prepare is the decision: is the category known, by when will it be received, who may be told.
 * A filing then gets its ticket number and its events are staged in the outbox; one statement
 * writes the rows of a whole batch with the events of those that won their idempotency key. For
 * the others the stored row is read: same input, same answer.
 *
 * HTTP edges hand filings to the desk (filing_desk.h), where those that wait go together in the
 * next transaction; the consumer of city.inbound.v1 puts the same statement into its own. */
#ifndef INTAKE_FILING_H
#define INTAKE_FILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/buffer.h"
#include "common/event.h"
#include "common/outbox.h"
#include "common/pg.h"
#include "common/seal.h"
#include "contact_memory.h"
#include "reference.h"
#include "report.h"
#include "sensor_alarm.h"
#include "submission.h"

enum { FINGERPRINT_SIZE = 16 };

struct ticket_numbers;

/* Who files, and how a repeat is recognised. Texts must outlive the filing. */
struct filing_origin {
    enum channel channel;
    const char *client;
    const struct principal *principal; /* who files; NULL: an event of another system */
    const char *account;               /* of the person it is from; NULL for a system */
    const char *filed_by;              /* the official who files for somebody else; NULL */
    const char *idempotency_scope;     /* who and where the key was used */
    const char *idempotency_key;       /* NULL: none */
    const void *input; /* bytes that a repeat must match; NULL: it may say anything */
    size_t input_size;
    const char *traceparent;
};

/* An alarm that is counted on the submission, whether it filed it or not. */
struct filing_alarm {
    struct sensor_alarm said;
    const char *source;
    struct uuid event; /* of source and id */
};

struct filing {
    struct submission submission;
    int64_t number;
    struct uuid idempotency; /* of scope and key; without a key the submission's own id */
    uint8_t fingerprint[FINGERPRINT_SIZE];
    bool any_input; /* a repeat is known by its key alone */
    const char *traceparent;
    /* The contact, told in the same transaction when it is news. contact_ref NULL: nothing to tell.
     */
    const char *contact_ref;
    const char *contact_sealed;
    uint8_t contact_digest[CONTACT_DIGEST_SIZE];
    struct uuid contact_command;
    bool contact_offered; /* in the last built transaction: not so when another of the same person
                             was */
    struct outbox_item *said, *told;
    const struct filing_alarm *alarm; /* NULL: not by a sensor */
    bool filed;                       /* by the last settled transaction */
};

/* What filings are made with; all borrowed. */
struct filer {
    struct outbox *outbox;
    struct seal *seal;
    struct ticket_numbers *numbers;
    struct contact_memory *contacts;
};

/* Decides. False: ERR_UNPROCESSABLE unknown_category, ERR_RETRY no_promise. Texts that the filing
 * keeps are in the arena, which must outlive it. */
bool filing_prepare(struct filing *filing, const struct filer *filer, const struct report *report,
                    const struct filing_origin *origin, const struct reference *reference,
                    int64_t now_us, struct arena *arena, struct error *err);

/* Gives it a ticket unless it has one. False: no number in stock, come back later. */
bool filing_take_number(struct filing *filing, struct ticket_numbers *numbers);

/* An event with the bytes that it borrows. Zero it first; may be used again and again. */
struct filing_event {
    struct event event;
    struct buffer data; /* finish it */
    char id[UUID_TEXT_SIZE];
};

void filing_write_event(const struct filing *filing, struct filing_event *out);
void filing_write_contact_event(const struct filing *filing, struct filing_event *out);

/* The items whose contact is to be told: of each person the last one. Sorted by person, which also
 * spares replicas a deadlock. `contacts` has room for count. */
size_t filings_pick_contacts(struct filing *const *items, size_t count, struct filing **contacts);

/* ---- in the outbox of the HTTP edges ---- */

/* Gives it a number and stages its events; does nothing when done before. False: no number. */
bool filing_stage(struct filing *filing, const struct filer *filer);
/* Gives up a staged filing that was never written. */
void filing_abandon(struct filing *filing, const struct filer *filer);

/* Adds the statement that files the items. */
void filings_add(struct filing *const *items, size_t count, const struct filer *filer,
                 struct pg_tx *tx);

/* After the commit: publishes what won and marks it filed; of the rest the events are dropped, or
 * when in_doubt left to the outbox. tx NULL: nothing won for sure. */
void filings_settle(struct filing *const *items, size_t count, const struct filer *filer,
                    const struct pg_tx *tx, size_t statement, bool in_doubt);

#endif
