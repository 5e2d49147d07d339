/* SPDX-License-Identifier: Apache-2.0 */
/* submission_json: reads vn.hanoi.submission.submitted.v1.
 *
 * Keeps what routing acts on and shows; the rest is checked and dropped. */
#ifndef ROUTING_SUBMISSION_JSON_H
#define ROUTING_SUBMISSION_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/routing/case.h"

#define SUBMISSION_SUBMITTED "vn.hanoi.submission.submitted.v1"

/* What was said to a question of the category, with what was asked. */
struct submission_answer {
    const char *code;
    const char *prompt_vi, *prompt_en;
    const char *const *values; /* of a list the keys */
    size_t value_count;
    const char *const *names_vi; /* what the keys mean; NULL: the values speak for themselves */
};

struct submission {
    struct uuid id;
    const char *ticket;
    const char *category;
    enum case_level level;
    const char *kind; /* the process that it asks for */
    const char *channel;
    const char *title; /* NULL: none */
    const char *description;
    bool has_place;
    double lat, lon;     /* meaningless without a place */
    const char *address; /* NULL: none */
    const char *const *media;
    size_t media_count;
    const struct submission_answer *answers;
    size_t answer_count;
    const char *reporter_ref;
    const char *language;
    int64_t submitted_at;
    int64_t receive_by;
    struct case_rule receive_rule;
};

/* Texts live in the arena. Faults name the field. */
bool submission_json_read(struct submission *submission, const char *text, size_t size,
                          struct arena *arena, struct error *err);

/* What only the process of the submission asks for, each that is there and has its form. False when
 * one was there and had not; err names the first such: "details.session". */
bool submission_json_read_details(const struct process *process, const char *text, size_t size,
                                  struct case_detail details[CASE_DETAILS_MAX], size_t *count,
                                  struct arena *arena, struct error *err);

#endif
