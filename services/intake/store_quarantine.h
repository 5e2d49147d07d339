/* SPDX-License-Identifier: Apache-2.0 */
/* store_quarantine: the table of what could not be taken as it came. */
#ifndef INTAKE_STORE_QUARANTINE_H
#define INTAKE_STORE_QUARANTINE_H

#include "common/cursor.h"
#include "common/pg.h"
#include "quarantine.h"

/* Puts them in; what is there already, whatever became of it, is counted once more. Adds nothing
 * when there are none. */
void store_quarantine(struct pg_tx *tx, const struct quarantined *const *items, size_t count,
                      int64_t now_us);

/* ---- what people see and do ---- */

struct quarantine_query {
    int state;                   /* -1: any */
    const char *source, *reason; /* a prefix of the known ones; NULL: any */
    const struct cursor *after;
    int32_t limit;
};
void store_list_quarantine(struct pg_tx *tx, const struct quarantine_query *query);
/* Two statements: the row, and what was done about it. */
void store_read_quarantine(struct pg_tx *tx, const struct uuid *id);

/* A row of either, texts borrowed from the result; the message only of one that was read. */
struct quarantine_row {
    struct uuid id;
    const char *source, *event_id, *prefix, *type, *reason, *field, *state;
    int32_t version;
    int64_t times, first_at, last_at, settled_at;
    bool has_submission, has_record;
    struct uuid submission, record;
    const char *fixed;
    const void *key, *headers, *value;
    size_t key_size, headers_size, value_size;
};
void store_take_quarantined(const struct pg_tx *tx, size_t row, struct quarantine_row *out,
                            bool whole);

/* Acts, if the row is at that version (-1: at any) and in a state that the act suits; notes who and
 * why. Two statements: whether it was done, and what there is. */
struct quarantine_deed {
    struct uuid id;
    enum quarantine_act act;
    int32_t version;
    const char *by, *why;
    const char *data; /* of a fix */
};
extern const struct pg_statement store_quarantine_act; /* for the verbs, too */
void store_act_on_quarantine(struct pg_tx *tx, const struct quarantine_deed *deed);
struct quarantine_outcome {
    bool done, is_there;
    int32_t version;
    const char *state;
};
void store_take_outcome(const struct pg_tx *tx, struct quarantine_outcome *outcome);

/* ---- letting go ---- */

/* Takes the lease, or keeps it, and reads what a person let go and of each source the first that
 * wait; none for others. Rows as of one that was read. */
void store_claim_quarantine(struct pg_tx *tx, const char *owner, int32_t limit);
/* What became of one that is held. */
struct quarantine_end {
    struct uuid id;
    bool is_released;           /* else open again */
    struct uuid idempotency;    /* of what was filed; nil: none */
    struct uuid record;         /* nil: none */
    const char *reason, *field; /* of one that is open again */
};
/* Comes before it: refuses the transaction when one of them was settled meanwhile. */
#define QUARANTINE_SETTLED "IH004"
void store_hold_quarantine(struct pg_tx *tx, const struct quarantine_end *ends, size_t count);
void store_end_quarantine(struct pg_tx *tx, const struct quarantine_end *ends, size_t count,
                          int64_t now_us);

/* Takes away what was settled before that instant: at most 1,000 at once. */
void store_forget_quarantine(struct pg_tx *tx, int64_t before_us);
/* How many are open, and how many wait. */
void store_count_quarantine(struct pg_tx *tx);

#endif
