/* SPDX-License-Identifier: Apache-2.0 */
/* thread: what may still be said about a submission, and everything that was, in one order.
 *
 * Intake judges by its own view of the case, which lags by a hop, and by its phase, whatever the
 * process: it refuses only what no process would do (tests/unit/routing/test_reporter_message.c
 * holds the shipped ones to that). The last word is the case's. Pure. */
#ifndef INTAKE_THREAD_H
#define INTAKE_THREAD_H

#include <stdbool.h>

#include "case_phase.h"
#include "common/error.h"
#include "message.h"

/* No law gives them: configuration. */
struct thread_limits {
    int32_t total, hourly; /* messages of one submission */
};

struct thread_state {
    int32_t case_version;  /* 0: no case yet */
    enum case_phase phase; /* meaningless without a case */
    bool asked;            /* the unit has asked the reporter, and waits */
    bool rating_asked, rated;
    int64_t timeout_at; /* a result may be contested until then; 0: as long as it is resolved */
    int32_t version;    /* of the submission, as the last message made it; 1: no message */
    int32_t recent;     /* messages of the last hour */
    unsigned under_way; /* bits of the kinds whose messages have no end yet */
};

/* Whether the message may be sent. False with
 *   ERR_CONFLICT      "stale_version"  the case is not at the version that the sender had seen
 *                     "already_sent"   one of its kind, or a withdrawal, has no end yet
 *   ERR_BUSY          "too_fast"       more than `hourly`
 *   ERR_UNPROCESSABLE "too_many_messages", "nothing_asked", "no_result", "already_rated",
 *                     "too_late", "window_over", "merged", "case_ended" */
bool thread_may_send(const struct thread_state *state, const struct message *message,
                     const struct thread_limits *limits, int64_t now_us, struct error *err);

/* A step of the case that says something. */
enum word_kind {
    WORD_QUESTION,
    WORD_ANSWER,
    WORD_RESULT,
    WORD_REJECTION,
    WORD_EXTENSION,
    WORD_COMMENT,
    WORD_RATING,
    WORD_REOPENING,
    WORD_WITHDRAWAL,
    WORD_NOTE, /* with any other step */
    WORD_KINDS
};
extern const char *const word_kind_words[];
enum word_author { WORD_BY_REPORTER, WORD_BY_UNIT, WORD_BY_SYSTEM };
extern const char *const word_author_words[];

struct case_word {
    int32_t version; /* of the case */
    enum word_kind kind;
    enum word_author by;
    const char *unit;         /* NULL: none yet */
    const char *text;         /* NULL: none */
    const char *rating;       /* NULL unless it rates */
    const char *const *media; /* evidence of a result, pictures of a message */
    size_t media_count;
    struct uuid message; /* that this step does; zero: none */
    int64_t at;
};

/* One of the two. */
struct thread_item {
    const struct message *message;
    const struct case_word *word;
};

/* Messages by version and words by version become one list; items has room for all. A message that
 * was done stands where its step stands, and that step is not told again; one that was refused, or
 * has no end yet, stands where it was said, after what its sender had said before. The count. */
size_t thread_order(const struct message *messages, size_t message_count,
                    const struct case_word *words, size_t word_count, struct thread_item *items);

#endif
