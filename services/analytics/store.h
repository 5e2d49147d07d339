/* SPDX-License-Identifier: Apache-2.0 */
/* store: all SQL of analytics. Functions `store_…(tx, …)` add statements to a transaction;
 * `store_take_…` read a statement's result, texts in the arena. */
#ifndef ANALYTICS_STORE_H
#define ANALYTICS_STORE_H

#include "common/digest.h"
#include "common/outbox.h"
#include "common/pg.h"
#include "services/analytics/contribution.h"
#include "services/analytics/coverage.h"
#include "services/analytics/facts.h"
#include "services/analytics/figure.h"
#include "services/analytics/slice.h"

/* ---- facts (store_fact.c) ---- */

/* What a batch of events told, one of each fact, until the turn's holder has counted it. */
void store_put_heard(struct pg_tx *tx, const struct told_fact *facts, size_t count);

/* A fact that is to be counted anew, and how it is counted now. */
struct changed_fact {
    struct uuid id;
    enum subject subject;
    int32_t version;
    struct fact_body body;
    struct contribution counted; /* as it is in the cells */
    struct contribution counts;  /* as it shall be; filled by the fold */
    int64_t turn_at;
};

/* Two statements: batches that were heard, the oldest first, so many that they have heard_max
 * facts, or STORE_HEARD_BATCHES; at most turned_max facts that time alone has changed by now. Of
 * subjects that this program knows. */
enum { STORE_HEARD_BATCHES = 500 };
void store_read_changed(struct pg_tx *tx, int64_t now, int32_t heard_max, int32_t turned_max);
/* All that was heard, as it came; ids: of the batches, as many as there are rows. */
struct told_fact *store_take_heard(const struct pg_tx *tx, size_t statement, struct arena *arena,
                                   size_t *count, int64_t *ids);
size_t store_take_turned(const struct pg_tx *tx, size_t statement, struct arena *arena,
                         struct changed_fact *facts);

/* What is stored of facts that were told. */
void store_read_stored(struct pg_tx *tx, const struct told_fact *told, size_t count);
/* What remains to be counted of them: those that are newer than what is stored, or tell what a case
 * was filed under where that is not known. Returns how many. */
size_t store_take_stored(const struct pg_tx *tx, size_t statement, struct arena *arena,
                         const struct told_fact *told, size_t count, struct changed_fact *facts);

/* As they are counted from now on. */
void store_put_counted(struct pg_tx *tx, const struct changed_fact *facts, size_t count);
/* These batches are counted. */
void store_forget_heard(struct pg_tx *tx, const int64_t *ids, size_t count);

/* ---- cells (store_cell.c) ---- */

/* Rows (place from 1 on, data) of those that there are. */
void store_read_cells(struct pg_tx *tx, const struct cell_key *const *keys, size_t count);
/* data[i]: packed tally of keys[i]; untold[i]: it is to be told. */
struct cell_write {
    const struct cell_key *key;
    const char *data;
    size_t size;
    bool untold;
};
void store_put_cells(struct pg_tx *tx, const struct cell_write *writes, size_t count);

/* A cell that was read. */
struct cell_row {
    struct cell_key key;
    struct tally tally, said;
    bool was_said;
};
/* Cells to be told that were not told since `before`, the longest waiting first. */
void store_read_untold(struct pg_tx *tx, int64_t before, int32_t limit);
/* Cells of a kind of period that were told and began before a day. */
void store_read_outdated(struct pg_tx *tx, enum period_kind kind, int32_t before, int32_t limit);
/* A cell whole, or its counts alone: without durations, and what was said. */
enum cell_part { CELL_WHOLE, CELL_COUNTS };
/* The cells of a slice, in the order of periods and members. */
void store_read_slice(struct pg_tx *tx, const struct slice_cells *cells, enum cell_part part);
/* part: what was read, or less of it. False: the row is of another program. */
bool store_take_cell(const struct pg_tx *tx, size_t statement, size_t row, enum cell_part part,
                     struct arena *arena, struct cell_row *cell);
/* Cells of these groupings and kinds of period (wheres: first days and members are of no matter),
 * in the order of their keys: their counts. */
void store_read_kinds(struct pg_tx *tx, const struct cell_key *wheres, size_t count);
/* These are to be looked at by the publisher again, if there are such cells. */
void store_mark_untold(struct pg_tx *tx, const struct cell_key *keys, size_t count);
/* And cells of these groupings and kinds of period, from their first days on, of which nothing was
 * said yet. */
void store_mark_unsaid(struct pg_tx *tx, const struct cell_key *wheres, size_t count);
/* Its period's first day. */
int32_t store_cell_first(const struct pg_tx *tx, size_t statement, size_t row);
/* The cells of these rows are told as they were read, at that instant; 0: they are told no more. */
void store_put_told(struct pg_tx *tx, const struct cell_row *cells, size_t count, int64_t at);

/* ---- the turn (store_turn.c) ---- */

/* One row with its number, if nobody holds it. */
void store_claim_turn(struct pg_tx *tx, int32_t lease_ms);
/* Keeps it; one row with the next number. as_of, cutoff: 0 leaves what is there. Everything in the
 * transaction is rolled back when the turn is not ours any more. */
void store_take_turn(struct pg_tx *tx, int64_t number, int32_t lease_ms, int64_t as_of,
                     int64_t cutoff);
/* When that was the end of a rebuild, it is over. */
void store_end_rebuild(struct pg_tx *tx);
/* How many rounds of counting there were; -1 while sums are not whole. */
void store_read_counted(struct pg_tx *tx);
int64_t store_take_counted(const struct pg_tx *tx, size_t statement);
void store_leave_turn(struct pg_tx *tx, int64_t number);
/* One row. */
void store_read_moment(struct pg_tx *tx);
/* False while a rebuild has not reached again what was counted before it. */
bool store_take_moment(const struct pg_tx *tx, size_t statement, struct moment *moment);

/* ---- what was said (store_said.c) ---- */

/* Inserts the staged events into the outbox: the statement's rows are their commands. */
void store_put_events(struct pg_tx *tx, struct outbox *outbox, struct outbox_item *const *items,
                      const struct uuid *commands, size_t count);
/* The cells, since the beginning, of these units' categories, by unit and category: their counts.
 */
void store_read_unit_categories(struct pg_tx *tx, const char *const *units, size_t count);
/* Rows (unit, digest). */
void store_read_units_said(struct pg_tx *tx, const char *const *units, size_t count);
void store_put_units_said(struct pg_tx *tx, const char *const *units, const uint8_t *digests,
                          size_t count); /* DIGEST_SIZE bytes each */

/* ---- adoption (store_adoption.c) ---- */

/* One of each kind, code and day; those without a source are withdrawn. */
void store_put_bases(struct pg_tx *tx, const struct basis *bases, size_t count);

/* Two statements: accounts and bases of these codes as they were at the end of a day; codes NULL:
 * of all. */
void store_read_coverages(struct pg_tx *tx, enum basis_kind kind, int32_t day,
                          const char *const *codes, size_t count);
/* From the first of the two on; the list is in the order of codes. Returns how many. */
size_t store_take_coverages(const struct pg_tx *tx, size_t statement, enum basis_kind kind,
                            struct arena *arena, struct coverage **list);

/* What is or was said of a unit's or an area's adoption, and on what grounds. */
struct said_adoption {
    enum basis_kind kind;
    const char *code;
    const char *data; /* of the cell that was looked at; NULL: there was none */
    size_t size;
    int64_t basis;
    bool was_said; /* digest is of what was said before */
    bool is_said;  /* it is said now */
    uint8_t digest[DIGEST_SIZE];
};
/* Of whom something may have to be said on a day, and was not since `before`. */
void store_read_unsaid_adoption(struct pg_tx *tx, int32_t day, int64_t before, int32_t limit);
void store_take_unsaid_adoption(const struct pg_tx *tx, size_t statement, size_t row,
                                struct arena *arena, struct said_adoption *said);
/* They were looked at, and said where is_said. */
void store_put_said_adoption(struct pg_tx *tx, int32_t day, const struct said_adoption *said,
                             size_t count);

/* ---- names (store_name.c) ---- */

enum name_kind {
    NAME_UNIT,
    NAME_CATEGORY,
    NAME_KINDS,
    NAME_AREA = NAME_KINDS, /* named as units, and so are districts */
    NAME_DISTRICT
};

struct name {
    const char *code;
    struct bilingual text;
};

void store_put_names(struct pg_tx *tx, enum name_kind kind, const struct name *names, size_t count);
/* One row: is it known, by name or by what is counted of it in a subject? And its name. NAME_AREA
 * and NAME_DISTRICT: a unit's name, their own figures. */
void store_read_name(struct pg_tx *tx, enum name_kind kind, enum subject subject, const char *code);
/* All of a kind, by code. */
void store_read_names(struct pg_tx *tx, enum name_kind kind);
/* Among them; texts are the result's. False: nothing named it. */
bool store_find_name(const struct pg_tx *tx, size_t statement, const char *code,
                     struct bilingual *text);
/* False: unknown. Texts are NULL when nothing named it. */
bool store_take_name(const struct pg_tx *tx, size_t statement, struct arena *arena,
                     struct bilingual *text);

#endif
