/* SPDX-License-Identifier: Apache-2.0 */
/* store_record: the table of what other city systems know. */
#ifndef INTAKE_STORE_RECORD_H
#define INTAKE_STORE_RECORD_H

#include "common/cursor.h"
#include "common/pg.h"
#include "record.h"

/* Adds what puts the versions in, where they are newer than what is there, and what they end.
 * Adds nothing when there are none. Any order, any number of times. */
void store_put_records(struct pg_tx *tx, const struct record *const *records, size_t count,
                       int64_t now_us);

enum record_state { RECORD_CURRENT, RECORD_EXPIRED, RECORD_REPLACED, RECORD_CANCELLED };
extern const char *const record_state_words[]; /* NULL-terminated */

/* What to list: newest things first. Texts that are NULL and a state of -1 ask for all. */
struct record_query {
    const struct record_type *type;
    const char *subject, *source;
    int state;
    bool reads_all; /* also what is not public */
    const struct cursor *after;
    int64_t now_us;
    int32_t limit;
};
void store_list_records(struct pg_tx *tx, const struct record_query *query);

/* One that was listed; texts are borrowed from the result, part NULL when there is none. */
struct record_row {
    struct uuid id;
    const char *source, *subject, *part;
    int64_t at_us, expires_us, added_us;
    const char *state;
    const char *data;
};
void store_take_record(const struct pg_tx *tx, size_t row, struct record_row *out);

/* Takes away what expired, or was ended, before that instant: at most 1,000 at once. */
void store_forget_records(struct pg_tx *tx, int64_t before_us);

#endif
