/* SPDX-License-Identifier: Apache-2.0 */
/* store_submission: reading submissions and their cases, and applying case events. */
#ifndef INTAKE_STORE_SUBMISSION_H
#define INTAKE_STORE_SUBMISSION_H

#include "common/arena.h"
#include "common/cursor.h"
#include "common/pg.h"
#include "place_grid.h"
#include "submission_view.h"
#include "thread.h"

/* ---- reading: add the statements, then take the results of the committed transaction ---- */

/* By id, with their timelines. reporters: of the same length; NULL: whoever filed it. */
void store_read_submissions(struct pg_tx *tx, const struct pg_array *ids,
                            const struct pg_array *reporters);
/* Which of the ids the row is about; rows come in their order, and only for those that are there.
 */
size_t store_submission_position(const struct pg_tx *tx, size_t row);
/* *step goes through the timelines from 0, row by row. */
void store_take_submission(const struct pg_tx *tx, size_t row, size_t *step,
                           struct submission_view *view, struct arena *arena);

/* The reporter's own, newest first, after the cursor. */
void store_list_own(struct pg_tx *tx, const char *reporter, const struct cursor *after,
                    int32_t limit);

/* A box of the map. A place is compared as it will be answered, with so many decimals
 * unless everybody may see more: else small boxes would find out what coarse answers keep to
 * themselves. */
struct public_box {
    struct place_box box;
    int decimals;
};

/* The id of the submission with this ticket: no or one row. */
void store_find_ticket(struct pg_tx *tx, const char *ticket);

/* What Open311 may ask for; sensitive categories never come out. Newest first: by submitted_at, or
 * by what changed last where that is asked for. */
struct public_query {
    const char *const *tickets; /* overrides the rest when ticket_count > 0 */
    size_t ticket_count;
    const char *const *categories; /* 0: all */
    size_t category_count;
    bool open, closed;
    int64_t from, to; /* submitted_at, µs, to exclusive */
    bool by_update;
    int64_t told_from, told_to;   /* case_view_told_at or submitted_at; with by_update */
    const struct public_box *box; /* NULL: everywhere */
    int32_t limit, offset;
};
void store_list_public(struct pg_tx *tx, const struct public_query *query);

/* The least id that a filing of this millisecond can have (RFC 9562, UUIDv7). */
struct uuid store_first_id_at(int64_t instant_us);

/* The timelines of what was listed, alone in their transaction. */
void store_read_timelines(struct pg_tx *tx, const struct submission_view *views, size_t count);
void store_take_timelines(const struct pg_tx *tx, struct submission_view *views, size_t count,
                          struct arena *arena);

/* Rows of the two lists; views without steps. */
size_t store_take_list(const struct pg_tx *tx, struct submission_view **views, struct arena *arena);

/* Versions of the cases of these submissions, for waiters: rows (id, version). */
void store_read_versions(struct pg_tx *tx, const struct uuid *ids, size_t count);

/* ---- applying city.cases.v1 ---- */

struct case_event {
    struct uuid submission_id;
    struct case_view state;
    struct case_step step;
    struct case_word word;      /* version 0: it says nothing to the reporter */
    const struct uuid *uploads; /* that show the result */
    size_t upload_count;
    const char *assignee;   /* an account; NULL: nobody yet */
    const char *task_units; /* of units that co-operate, blank-separated; NULL: none */
};
/* Steps are kept once per version; the view only moves forward. Events of one case may come in
 * any order and more than once. */
void store_apply_cases(struct pg_tx *tx, const struct case_event *events, size_t count,
                       struct arena *arena);

#endif
