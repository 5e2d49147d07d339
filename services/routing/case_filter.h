/* SPDX-License-Identifier: Apache-2.0 */
/* case_filter: which cases a list asks for, and on which way they are found.
 *
 * The same names and texts come as parameters of a query and out of a saved filter. A list shows
 * open cases in due order, or closed ones, newest first. Pure. */
#ifndef ROUTING_CASE_FILTER_H
#define ROUTING_CASE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "common/uuid.h"
#include "services/routing/case_words.h"
#include "services/routing/process_book.h"
#include "services/routing/word_counts.h"

/* The names that a filter knows; ends with NULL. */
extern const char *const case_filter_names[];

enum { CASE_FILTER_TEXT_MAX = 200, CASE_FILTER_WORDS_MAX = 8 };

struct case_filter {
    const char *unit;         /* NULL: all of the scope */
    const char *const *desks; /* of the scope, narrowed to the unit; the edge's to fill */
    size_t desk_count;
    bool whole_city; /* the desks are all that there are: no need to look */
    bool is_closed;  /* the closed ones instead of the open ones */
    const char *phase, *state, *process, *queue, *level, *area, *category; /* NULL: any */
    const char *assignee;                                                  /* NULL: any, or none */
    bool unassigned;
    int64_t due_after, due_before;             /* from, up to but without. Open ones only */
    bool proposed, audit_pending, near_border; /* those alone */
    bool task;                                 /* units of the scope co-operate in it */
    bool has_merged_into;
    struct uuid merged_into;
    const struct case_words *words; /* all of them, and the ticket if there is one; NULL: any */
};

/* NULL: not given. */
typedef const char *case_filter_lookup(const char *name, void *arg);

/* Reads all but the desks. account: who "me" is. Texts are the lookup's, words live in the arena.
 * False with field errors for what is malformed, or contradicts itself. */
bool case_filter_read(struct case_filter *filter, case_filter_lookup *lookup, void *arg,
                      const struct process_book *processes, const char *account, int64_t now_us,
                      struct arena *arena, struct error *err);

/* Where to look. The first ones walk through a queue in its order, and past a bound leave the rest
 * to the next page; the last ones find what is rare anywhere. */
enum case_path {
    PATH_DESK,     /* the queue of one desk */
    PATH_DESKS,    /* of a few */
    PATH_CITY,     /* of all */
    PATH_ASSIGNEE, /* all that one person has */
    PATH_FLAGGED,  /* proposals, and places near a border */
    PATH_AUDIT,    /* results that the control office must check */
    PATH_TASKS,    /* what units co-operate in */
    PATH_MERGED,   /* what was merged into a case */
    PATH_TICKET,   /* the case of a ticket */
    PATH_WORDS,    /* what has certain words */
    CASE_PATHS
};
enum case_path case_filter_path(const struct case_filter *filter, const struct word_counts *counts);

/* The way that is always there. */
enum case_path case_filter_walk(const struct case_filter *filter);

#endif
