/* SPDX-License-Identifier: Apache-2.0 */
/* message: what whoever filed a submission says about it later. Its words are those of the events.
 *
 *   sent ──▶ done      a version of the case names it
 *        └─▶ refused   the case says why not */
#ifndef INTAKE_MESSAGE_H
#define INTAKE_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "common/uuid.h"

enum { MESSAGE_TEXT_MAX = 2000 }; /* code points: what a case takes as note or reason */

/* Words at the index of the enum; NULL ends the list. */
enum message_kind {
    MESSAGE_SUPPLEMENT,
    MESSAGE_ANSWER, /* to the question that the unit has asked */
    MESSAGE_WITHDRAWAL,
    MESSAGE_RATING,
    MESSAGE_REOPENING,
    MESSAGE_KINDS
};
extern const char *const message_kind_words[];
enum message_state { MESSAGE_SENT, MESSAGE_DONE, MESSAGE_REFUSED };
extern const char *const message_state_words[];
extern const char *const message_rating_words[]; /* hài lòng, chấp nhận, chưa hài lòng */

/* Texts live in the arena of whoever made it. */
struct message {
    struct uuid id, submission_id;
    int32_t version; /* of the submission: 2, 3, … */
    enum message_kind kind;
    const char *text;         /* NULL: none */
    const char *rating;       /* NULL unless it rates */
    const char *const *media; /* URLs and references of uploads */
    size_t media_count;
    int32_t case_version; /* that the sender had seen; -1: did not say */
    int64_t at;           /* µs */
    enum message_state state;
    int32_t settled_version; /* of the case; 0: not settled */
    const char *refused;     /* why; NULL unless refused */
};

#endif
