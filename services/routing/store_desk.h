/* SPDX-License-Identifier: Apache-2.0 */
/* store_desk: the SQL of what desks need beside the cases themselves, by table. As in store.h. */
#ifndef ROUTING_STORE_DESK_H
#define ROUTING_STORE_DESK_H

#include "common/auth.h"
#include "common/cursor.h"
#include "common/pg.h"
#include "services/routing/answer_template.h"
#include "services/routing/case.h"
#include "services/routing/case_change.h"
#include "services/routing/case_filter.h"
#include "services/routing/creation.h"

/* ---- store_case_list.c: queues for people ---- */

struct case_list_place {
    bool has_cursor;
    struct cursor cursor;
};

enum case_list_column {
    LIST_SNAPSHOT,
    LIST_DUE,
    LIST_ID,
    LIST_MATCHES,
    LIST_IS_STOP /* the look-up stopped here and goes on behind it */
};

/* Up to limit + 1 cases that match, in order, and perhaps a last one at which the look-up stopped:
 * that one need not match. */
void store_case_list(struct pg_tx *tx, const struct case_filter *filter, enum case_path path,
                     const struct case_list_place *place, int limit);

/* Whether PATH_WORDS has given up because the words are common after all. */
bool store_case_list_is_too_long(const struct pg_tx *tx, size_t statement);

/* One row: how many match, up to `most`; whether there may be more. */
void store_case_count(struct pg_tx *tx, const struct case_filter *filter, enum case_path path,
                      int most);
int64_t store_case_count_of(const struct pg_tx *tx, size_t statement, bool *more);

/* ---- store_words.c: by which words cases are found ---- */

struct word_rows {
    struct pg_array ids, tickets, plain, marked;
};
void word_rows_init(struct word_rows *rows);
void word_rows_finish(struct word_rows *rows);
/* The texts of a report, NULL: none. The arena is for the work alone. */
void word_rows_add(struct word_rows *rows, const struct uuid *case_id, const char *ticket,
                   const char *const *texts, size_t text_count, struct arena *arena);
/* Cases that have words already keep them. */
void store_words_add(struct pg_tx *tx, const struct word_rows *rows);

/* How common words are; the results replace the counts. */
void store_word_counts(struct pg_tx *tx);
void store_word_counts_take(const struct pg_tx *tx, size_t statement, struct word_counts *counts);

/* ---- store_access.c: who read what about whom, and why ---- */

struct access_row {
    int64_t at_us;
    struct uuid id;
    const char *account, *roles, *unit; /* unit NULL: none */
    const struct uuid *case_id;
    const char *what, *reason, *trace;
};
void store_access_add(struct pg_tx *tx, const struct access_row *row);

enum access_column {
    ACCESS_AT,
    ACCESS_ID,
    ACCESS_ACCOUNT,
    ACCESS_ROLES,
    ACCESS_UNIT,
    ACCESS_CASE,
    ACCESS_WHAT,
    ACCESS_REASON,
    ACCESS_TRACE
};

struct access_filter {
    const struct uuid *case_id; /* NULL: all */
    const char *account;        /* NULL: all */
    int64_t from_us, until_us;  /* from, up to but without */
    bool has_cursor;
    struct cursor cursor;
};
/* Newest first. */
void store_access_list(struct pg_tx *tx, const struct access_filter *filter, size_t rows);

/* ---- store_papers.c: what was filed, what was done, what was noted ---- */

/* Column: what was filed, as the data of its event. */
void store_report_read(struct pg_tx *tx, const struct uuid *case_id);
/* Column: snapshot; oldest first. */
void store_history_read(struct pg_tx *tx, const struct uuid *case_id);

/* ---- records that people keep: every result begins with these columns ---- */

enum record_column {
    RECORD_ID,
    RECORD_VERSION,
    RECORD_IS_MINE, /* the caller may change it */
    RECORD_FINGERPRINT,
    RECORD_COLUMNS
};

/* ---- store_filter.c: saved filters ---- */

enum filter_column {
    FILTER_NAME = RECORD_COLUMNS,
    FILTER_IS_SHARED,
    FILTER_QUERY,
    FILTER_CHANGED_AT
};

struct filter_row {
    const struct creation *creation;
    const char *account;
    const char *unit; /* with whom it is shared; NULL: nobody */
    const char *name;
    const char *query; /* JSON */
    int64_t changed_at;
};

/* Those that are the reader's own, or shared with their unit. */
void store_filter_read(struct pg_tx *tx, const struct uuid *id, const struct principal *reader);
void store_filter_list(struct pg_tx *tx, const struct uuid *after, const struct principal *reader,
                       size_t rows);
void store_filter_add(struct pg_tx *tx, const struct filter_row *row);
void store_filter_change(struct pg_tx *tx, const struct uuid *id, const struct filter_row *row,
                         int64_t version);
void store_filter_remove(struct pg_tx *tx, const struct uuid *id, const char *account,
                         int64_t version);

/* ---- store_note.c: internal remarks ---- */

enum note_column { NOTE_AT = RECORD_COLUMNS, NOTE_ACCOUNT, NOTE_UNIT, NOTE_BODY };

struct note_row {
    const struct creation *creation;
    const struct uuid *case_id;
    int64_t at_us;
    const char *account, *unit, *body; /* unit NULL: none */
};
void store_note_add(struct pg_tx *tx, const struct note_row *row);
/* Oldest first. */
void store_note_list(struct pg_tx *tx, const struct uuid *case_id, const char *reader,
                     const struct cursor *after, size_t rows);

/* ---- store_template.c: words to begin an answer with ---- */

enum template_column {
    TEMPLATE_NAME = RECORD_COLUMNS,
    TEMPLATE_UNIT,
    TEMPLATE_PROCESS,
    TEMPLATE_STATE,
    TEMPLATE_ACTION,
    TEMPLATE_TEXT_VI,
    TEMPLATE_TEXT_EN,
    TEMPLATE_ACCOUNT,
    TEMPLATE_CHANGED_AT
};

/* Whose templates somebody may change: those of units, and with everywhere those of all. */
struct template_rights {
    const char *const *units;
    size_t unit_count;
    bool everywhere;
};

struct template_row {
    const struct creation *creation;
    const struct answer_template *text;
    const char *account;
    int64_t changed_at;
};

/* Templates that hold for one of the units or for all; for a process, state and action, NULL: any.
 */
struct template_filter {
    const char *const *units;
    size_t unit_count;
    const char *process, *state, *action;
};
void store_template_list(struct pg_tx *tx, const struct template_rights *rights,
                         const struct template_filter *filter, const struct uuid *after,
                         size_t rows);
void store_template_read(struct pg_tx *tx, const struct template_rights *rights,
                         const struct uuid *id);
void store_template_add(struct pg_tx *tx, const struct template_rights *rights,
                        const struct template_row *row);
void store_template_change(struct pg_tx *tx, const struct template_rights *rights,
                           const struct uuid *id, const struct template_row *row, int64_t version);
void store_template_remove(struct pg_tx *tx, const struct template_rights *rights,
                           const struct uuid *id, int64_t version);

/* ---- store_feed.c: what has changed since when ---- */

/* One row: up to which number everything is written, and how many versions there are from a number
 * on, up to `most`. */
void store_feed_begin(struct pg_tx *tx, const char *from, int most);
/* Versions from a number on, in the order of numbers, up to `most`. */
void store_feed_read(struct pg_tx *tx, const char *from, int most);
const char *store_feed_horizon(const struct pg_tx *tx);
size_t store_feed_count(const struct pg_tx *tx);
struct case_change store_feed_change(const struct pg_tx *tx,
                                     size_t row); /* texts are the result's */

/* ---- store_workload.c: who has how much to do ---- */

enum workload_column {
    WORKLOAD_DESK,
    WORKLOAD_ACCOUNT, /* NULL: nobody; of units always */
    WORKLOAD_OPEN,
    WORKLOAD_OVERDUE,
    WORKLOAD_SOON,
    WORKLOAD_PAUSED,
    WORKLOAD_UNASSIGNED
};

/* Per unit, or with by_account per unit and person; desks without open cases are left out. soon_us:
 * up to when due is soon. */
void store_workload(struct pg_tx *tx, const char *const *desks, size_t desk_count, bool by_account,
                    int64_t now_us, int64_t soon_us);

/* ---- store_census.c: how many cases there are ---- */

enum census_column {
    CENSUS_UNIT, /* NULL: nobody's */
    CENSUS_PHASE,
    CENSUS_STATE,
    CENSUS_CASES
};

void store_census(struct pg_tx *tx);

#endif
