/* SPDX-License-Identifier: Apache-2.0 */
/* submission_view: a submission with what became of it, as readers see it. */
#ifndef INTAKE_SUBMISSION_VIEW_H
#define INTAKE_SUBMISSION_VIEW_H

#include "common/buffer.h"
#include "common/json.h"
#include "case_phase.h"
#include "media_reference.h"
#include "moderation.h"
#include "reference.h"
#include "submission.h"

/* One hand-over: who gave the case back, why, and who should have it. */
struct case_handover {
    const char *from;
    const char *to;
    const char *reason;
    int64_t at;
};

/* Where the case stands; texts are the words of the case events, instants µs, 0: none. */
struct case_view {
    int32_t version;   /* 0: no case yet */
    const char *state; /* of its process */
    enum case_phase phase;
    const char *queue;
    const char *unit;                 /* NULL while unroutable */
    int64_t receive_due, resolve_due; /* none while their clock stands still */
    int64_t timeout_at;               /* until then an answer, or an objection, is waited for */
    int64_t updated_at;
    int64_t
        closed_at; /* since when there is an outcome; 0: there is none, or it is as updated_at */
    const struct case_handover *handovers;
    size_t handover_count;
    const char *question;                  /* JSON {asked, text, answer}; NULL: nobody was asked */
    const char *result;                    /* JSON {text, evidence}; NULL unless resolved */
    const char *reason;                    /* JSON {class, text}; NULL unless rejected */
    const char *result_text, *reason_text; /* out of those; NULL where they are */
    const char *rating;                    /* NULL: not given */
    bool rating_asked;
    struct uuid merged_into; /* zero: stands for itself */
};

struct case_step {
    int32_t version;
    const char *action, *state;
    enum case_phase phase;
    const char *unit, *actor_role;
    const char *note, *reason; /* as far as the reporter may read them; NULL */
    int64_t at;
};

struct submission_view {
    struct submission submission;
    const char *business; /* JSON in clear; NULL: a person's, or not for this reader */
    struct case_view state;
    struct moderation moderation;
    int32_t supports;              /* people who meet the same */
    const struct case_step *steps; /* by version */
    size_t step_count;
};

bool case_view_is_closed(const struct case_view *view);
/* When what the public is told of it changed last; 0: no case yet. */
int64_t case_view_told_at(const struct case_view *view);
/* There is a result, and the reporter has not rated one yet. */
bool case_view_may_rate(const struct case_view *view);

/* Members that views for others have in common. Of an unknown unit, the code alone; NULL: none. */
void view_put_unit(struct json_writer *writer, const char *name, const char *code,
                   const struct reference *reference);
void view_put_phase(struct json_writer *writer, enum case_phase phase);

/* The whole, for its reporter. */
void submission_view_write(const struct submission_view *view, const struct reference *reference,
                           const struct media_linker *linker, struct buffer *out);
/* A line of a list, into an open array. */
void submission_view_write_item(const struct submission_view *view, struct json_writer *writer);

#endif
