/* SPDX-License-Identifier: Apache-2.0 */
/* submission_view: a submission with what became of it, as readers see it. */
#ifndef INTAKE_SUBMISSION_VIEW_H
#define INTAKE_SUBMISSION_VIEW_H

#include "common/buffer.h"
#include "common/json.h"
#include "reference.h"
#include "submission.h"

/* Where the case stands; texts are the words of the case events. */
struct case_view {
    int32_t version; /* 0: no case yet */
    const char *state;
    const char *unit;                             /* NULL while unroutable */
    int64_t receive_due, resolve_due, updated_at; /* µs; resolve_due 0 before acceptance */
    const char *result;                           /* JSON {text, evidence}; NULL unless resolved */
    const char *reason;                           /* JSON {class, text}; NULL unless rejected */
    const char *result_text, *reason_text;        /* out of those; NULL where they are */
};

struct case_step {
    int32_t version;
    const char *action, *state, *unit, *actor_role, *note;
    int64_t at;
};

struct submission_view {
    struct submission submission;
    struct case_view state;
    const struct case_step *steps; /* by version */
    size_t step_count;
};

bool case_view_is_closed(const struct case_view *view);

/* The whole, for its reporter. */
void submission_view_write(const struct submission_view *view, const struct reference *reference,
                           struct buffer *out);
/* A line of a list, into an open array. */
void submission_view_write_item(const struct submission_view *view, struct json_writer *writer);

#endif
