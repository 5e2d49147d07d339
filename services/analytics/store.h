/* SPDX-License-Identifier: Apache-2.0 */
/* store: all SQL of analytics. Functions `store_…(tx, …)` add statements to a transaction;
 * `store_take_…` read a statement's result, texts in the arena. */
#ifndef ANALYTICS_STORE_H
#define ANALYTICS_STORE_H

#include "common/digest.h"
#include "common/outbox.h"
#include "common/pg.h"
#include "services/analytics/figure.h"

/* ---- facts and their sums (store_fact.c) ---- */

/* Facts sorted by case, one of each; those that are not newer than what is there change nothing. */
void store_apply_facts(struct pg_tx *tx, const struct case_fact *facts,
                       const struct fact_count *counts, size_t count);
/* Facts whose count turned before now, oldest first. */
void store_read_due(struct pg_tx *tx, int64_t now, int32_t limit);
/* turn_at: the due time that it was found by. */
void store_take_due(const struct pg_tx *tx, size_t row, struct case_fact *fact, int64_t *turn_at);
/* Counts facts anew whose version and turn_at are still what was read. Returns the changed case
 * ids as rows. */
void store_turn_facts(struct pg_tx *tx, const struct case_fact *facts, const int64_t *turns_at,
                      const struct fact_count *counts, size_t count);

/* ---- figures (store_figure.c) ---- */

/* One row. */
void store_read_moment(struct pg_tx *tx);
/* False while a rebuild has not reached again what was counted before it. */
bool store_take_moment(const struct pg_tx *tx, size_t statement, struct moment *moment);

/* One row per code; NULL: of all. */
void store_read_figures(struct pg_tx *tx, const char *code, const char *unit, const char *category);
/* Fills one figure per definition that code (NULL: any) names; returns their number. */
size_t store_take_figures(const struct pg_tx *tx, size_t statement, const char *code,
                          const char *unit, const char *category, struct figure *figures);

/* Rows by unit and category. */
void store_read_unit(struct pg_tx *tx, const char *unit);
/* Every group of figures and every unit with something not yet published: two statements. */
void store_read_changed(struct pg_tx *tx);
size_t store_take_changed_figures(const struct pg_tx *tx, size_t statement, struct arena *arena,
                                  struct figure **figures);
size_t store_take_units(const struct pg_tx *tx, size_t statement, struct arena *arena,
                        struct unit_counts **units);

/* ---- publication (store_publication.c) ---- */

/* Takes the next turn if it is time and something changed: one row with its number, or none. The
 * turn is ours for lease_ms; a second passes between the end of one and the next. */
void store_claim_turn(struct pg_tx *tx, int32_t lease_ms);
/* What is not published yet: two statements, handed to store_publish after the values were read. */
void store_read_dirty(struct pg_tx *tx);

/* What is said of a key in a turn, and its event's place in the outbox. */
struct said {
    const char *topic, *key;
    uint8_t digest[DIGEST_SIZE]; /* of the value */
    struct uuid command;
    struct outbox_item *item;
};

/* Ends the turn if it is still ours: says what has another digest than last time (statement 1
 * after the guard returns those commands) and cleans what `dirty` (statements dirty_first and
 * dirty_first + 1) had read and nobody changed since. */
void store_publish(struct pg_tx *tx, struct outbox *outbox, int64_t turn, const struct said *said,
                   size_t count, const struct pg_tx *dirty, size_t dirty_first);

/* ---- names (store_name.c) ---- */

enum name_kind { NAME_UNIT, NAME_CATEGORY };

struct name {
    const char *code;
    struct bilingual text;
};

void store_put_names(struct pg_tx *tx, enum name_kind kind, const struct name *names, size_t count);
/* One row: is it known, by name or by its cases? And its name. */
void store_read_name(struct pg_tx *tx, enum name_kind kind, const char *code);
/* False: unknown. Texts are NULL when nothing named it. */
bool store_take_name(const struct pg_tx *tx, size_t statement, struct arena *arena,
                     struct bilingual *text);

#endif
