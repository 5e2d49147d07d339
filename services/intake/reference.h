/* SPDX-License-Identifier: Apache-2.0 */
/* reference: the categories, unit names and promises that filings are answered from.
 *
 * A snapshot is immutable; `reference_source` replaces it when the tables changed (this process or
 * another replica took city.reference.v1): texts of a snapshot may be used until control returns
 * to the loop, longer only as copies. */
#ifndef INTAKE_REFERENCE_H
#define INTAKE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "common/arena.h"
#include "common/pg.h"
#include "promise.h"
#include "submission.h"

struct category {
    const char *code, *name_vi, *name_en, *group_vi, *group_en;
    enum level level;
    const char *keywords;
    bool sensitive; /* never in public lists */
};

struct unit_name {
    const char *code, *name_vi, *name_en;
};

struct reference {
    struct arena arena;
    int64_t changes;                   /* of reference_change when it was read */
    const struct category *categories; /* by code */
    size_t category_count;
    const struct unit_name *units; /* by code */
    size_t unit_count;
    const struct promise *promises;
    size_t promise_count;
};

/* NULL when there is none. */
const struct category *reference_category(const struct reference *reference, const char *code);
const struct unit_name *reference_unit(const struct reference *reference, const char *code);

/* ---- keeping it current ---- */
struct reference_source;

/* Reads the first snapshot, then calls on_opened; polls for changes each half second. */
typedef void reference_on_opened(void *arg);
struct reference_source *reference_source_new(uv_loop_t *loop, struct pg *pg,
                                              reference_on_opened *on_opened, void *arg);
typedef void reference_on_closed(void *arg);
void reference_source_close(struct reference_source *source, reference_on_closed *on_closed,
                            void *arg);
const struct reference *reference_current(const struct reference_source *source);
/* The tables changed by our own hand: read them now. */
void reference_source_refresh(struct reference_source *source);

#endif
