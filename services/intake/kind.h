/* SPDX-License-Identifier: Apache-2.0 */
/* kind: how one kind of submission is filed, as routing tells of its process
 * (vn.hanoi.process.defined.v1): who may, whether unnamed, whether a place is needed, and what it
 * asks for that others do not. Pure; texts are borrowed. */
#ifndef INTAKE_KIND_H
#define INTAKE_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/auth.h"
#include "common/error.h"

struct report;

enum { KIND_MAX = 32, DETAILS_MAX = 12, DETAIL_CODE_MAX = 32, DETAIL_TEXT_MAX = 4000 };

enum detail_type {
    DETAIL_TEXT,
    DETAIL_DATE,
    DETAIL_INSTANT,
    DETAIL_WORD,
    DETAIL_DEADLINE, /* a date */
    DETAIL_CONSENT,  /* how the person agreed on whose behalf it is filed */
    DETAIL_SLOT      /* the id of a reception slot */
};
extern const char *const detail_type_words[];
extern const char *const consent_words[]; /* "none" first */

struct kind_detail {
    const char *code;
    enum detail_type type;
    bool required;
    size_t max;               /* code points of a text */
    const char *const *words; /* of a word; NULL ends the list */
};

struct kind {
    const char *code;
    const char *name_vi, *name_en;
    const char *by; /* who may file, as roles of a route's access; NULL: it is not filed here */
    bool anonymous, location;
    struct kind_detail details[DETAILS_MAX];
    size_t detail_count;
    const char *source;
    const char *filing; /* the same as JSON, as it was told; NULL where by is */
};

/* A text to a detail's code. */
struct detail {
    const char *code, *text;
};

/* Whether the principal may file it; principal NULL: an event of another system. */
bool kind_may_be_filed(const struct kind *kind, const struct principal *principal);
/* Whether it is filed for somebody else, who must have agreed to be named. */
bool kind_is_for_others(const struct kind *kind);
/* Whether anything must be told that only this kind asks for. */
bool kind_needs_details(const struct kind *kind);

/* What a report must and must not have to be of the kind. False with field errors. */
bool kind_check(const struct kind *kind, const struct report *report, struct error *err);

#endif
