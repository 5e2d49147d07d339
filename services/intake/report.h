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
#include "submission.h"

/* Viet Nam with its waters (common.schema.json): what lies outside is swapped or mistyped. */
#define LAT_MIN 8.0
#define LAT_MAX 24.0
#define LON_MIN 102.0
#define LON_MAX 110.0

struct report {
    const char *category;
    int level; /* enum level; -1: the category's */
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
};

/* Body of POST /api/intake/submissions. Unknown members are refused. */
bool report_read(struct report *report, const char *json, size_t size, struct arena *arena,
                 struct error *err);

/* Data of vn.hanoi.incident.reported.v1. Unknown members are skipped. incident_id is the sender's
 * own name for it. */
bool report_read_incident(struct report *report, const char **incident_id, const char *json,
                          size_t size, struct arena *arena, struct error *err);

/* What both codecs and the form check alike; faults name the field. */
bool report_email_is_valid(const char *email);
bool report_phone_is_valid(const char *phone);
bool report_url_is_valid(const char *url);

#endif
