/* SPDX-License-Identifier: Apache-2.0 */
/* moderation: what of a submission's words and pictures everybody may see, as a person decided.
 *
 * A submission begins at version 0: nobody has looked. Each decision is the next version, names the
 * one that it saw, and is kept for ever; the last one holds. Pure. */
#ifndef INTAKE_MODERATION_H
#define INTAKE_MODERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"
#include "case_phase.h"
#include "submission.h"

enum moderation_decision {
    MODERATION_APPROVED, /* as it was written */
    MODERATION_REDACTED, /* in other words than the original */
    MODERATION_REJECTED, /* not at all */
    MODERATION_DECISIONS
};
extern const char *const moderation_decision_words[]; /* approved …; NULL ends the list */
/* What the body of a decision says: approve, approve_redacted, reject. */
extern const char *const moderation_wish_words[];

/* Why not; content rules of QĐ 1207/QĐ-UBND (clear, truthful, decent, own pictures), the classes
 * themselves are our assumption. */
extern const char *const moderation_class_words[];

enum { MODERATION_NOTE_MAX = 1000 };

/* As it holds; texts are in the arena of whoever read it. */
struct moderation {
    int32_t version; /* 0: nobody has looked, and the rest says nothing */
    enum moderation_decision decision;
    const char *title, *description; /* for everybody; NULL: none */
    const char *const *media;        /* which of the pictures */
    size_t media_count;
    bool exact_place; /* else to about 100 m */
};

/* What a moderator wants. */
struct moderation_wish {
    enum moderation_decision decision;
    const char *title, *description; /* of approve_redacted */
    const char *const *withheld;     /* pictures that are not shown */
    size_t withheld_count;
    int exact_place;    /* 1, 0; -1: not told */
    const char *reason; /* class of reject; else NULL */
    const char *note;   /* for colleagues; may be NULL */
};

/* Body of a decision; faults name the field. */
bool moderation_wish_read(struct moderation_wish *wish, const char *json, size_t size,
                          struct arena *arena, struct error *err);

/* Whether there is still something to decide about: not so of what its reporter took back, or what
 * another one stands for. */
bool moderation_is_open(enum case_phase phase);

/* The next state. False: a picture is not among the submission's (field error "withheld_media"), or
 * nothing is open (ERR_UNPROCESSABLE not_open). The place is exact unless told otherwise, of an
 * anonymous reporter only where it is told. Lists are in the arena. */
bool moderation_decide(struct moderation *next, const struct moderation *now,
                       const struct moderation_wish *wish, const struct submission *submission,
                       enum case_phase phase, struct arena *arena, struct error *err);

#endif
