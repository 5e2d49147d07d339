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
    const char *reporter_ref;
    const char *language;
    int64_t submitted_at;
    int64_t receive_by;
    struct case_rule receive_rule;
};

/* Texts live in the arena. Faults name the field. */
bool submission_json_read(struct submission *submission, const char *text, size_t size,
                          struct arena *arena, struct error *err);

#endif
