/* SPDX-License-Identifier: Apache-2.0 */
/* report: what a sender says, before it becomes a submission.
 *
 * Three edges make one: the JSON route, Open311's form, and events of other city systems. Each
 * checks its own form here or in its codec; whether the category exists is the filing's question.
 */
#ifndef INTAKE_REPORT_H
#define INTAKE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"
#include "common/json.h"
#include "answer.h"
#include "kind.h"
#include "submission.h"

/* Viet Nam with its waters (common.schema.json): what lies outside is swapped or mistyped. */
#define LAT_MIN 8.0
#define LAT_MAX 24.0
#define LON_MIN 102.0
#define LON_MAX 110.0

struct reference;

/* A business that files, and who acts for it; name NULL: a person files. */
struct business {
    const char *name, *tax_code, *representative;
};

struct report {
    const char *category;
    const char *kind; /* NULL: not told, so the category's */
    int level;        /* enum level; -1: the category's */
    const char *title;
    const char *description;
    bool has_point;
    double lat, lon; /* meaningless without a point */
    const char *address, *address_id;
    const char *const *media;
    size_t media_count;
    bool anonymous;
    int language; /* enum language; -1: not told */
    struct contact contact;
    struct business business;
    bool asked; /* the sender could see what the category asks: answers are checked */
    struct said_list said;
    struct detail details[DETAILS_MAX];
    size_t detail_count;
};

/* Body of POST /api/intake/submissions. Unknown members are refused; answers and details are read
 * as the category and its kind ask for them. */
bool report_read(struct report *report, const struct reference *reference, const char *json,
                 size_t size, struct arena *arena, struct error *err);

/* The kind of the report's category; NULL when either is unknown. */
const struct kind *report_kind(const struct report *report, const struct reference *reference);

/* The part of report_read that goes by category and kind: answers, details, business. */
void report_read_terms(struct report *report, const struct reference *reference,
                       struct json_reader *reader);

/* Data of vn.hanoi.incident.reported.v1. Unknown members are skipped. incident_id is the sender's
 * own name for it. */
bool report_read_incident(struct report *report, const char **incident_id, const char *json,
                          size_t size, struct arena *arena, struct error *err);

/* What both codecs and the form check alike; faults name the field. */
bool report_email_is_valid(const char *email);
bool report_phone_is_valid(const char *phone);
bool report_url_is_valid(const char *url);
/* A URL, or the reference of an upload. */
bool report_media_is_valid(const char *media);
/* The member "media" of who may have uploaded here; the number of entries. */
size_t report_read_media(struct json_reader *reader, const char *const **media);

#endif
