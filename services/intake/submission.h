/* SPDX-License-Identifier: Apache-2.0 */
/* submission: what somebody filed. Its words are those of the event schema. */
#ifndef INTAKE_SUBMISSION_H
#define INTAKE_SUBMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/uuid.h"
#include "rule.h"
#include "ticket.h"

#define SUBMISSIONS_TOPIC "city.submissions.v1"

enum {
    TITLE_MAX = 200,        /* code points, as all of these */
    DESCRIPTION_MAX = 4000, /* Open311 GeoReport v2 */
    ADDRESS_MAX = 500,
    ADDRESS_ID_MAX = 100,
    MEDIA_MAX = 10,
    MEDIA_URL_MAX = 2000,
    CATEGORY_MAX = 64
};

/* Words at the index of the enum; NULL ends the list. */
enum channel { CHANNEL_APP, CHANNEL_OPEN311, CHANNEL_API, CHANNEL_INBOUND };
extern const char *const channel_words[];
extern const char *const submission_kind_words[]; /* "onsite_report" first */
enum level { LEVEL_URGENT, LEVEL_COMPLEX, LEVEL_NORMAL };
extern const char *const level_words[];
enum language { LANGUAGE_VI, LANGUAGE_EN };
extern const char *const language_words[];

/* Where a person may be reached; members may be NULL. */
struct contact {
    const char *email, *phone, *name;
};

/* Texts live in the arena of whoever made it. */
struct submission {
    struct uuid id;
    char ticket[TICKET_TEXT_SIZE];
    enum channel channel;
    const char *kind, *category;
    enum level level;
    const char *title; /* may be NULL */
    const char *description;
    bool has_point;                   /* else there is an address, or the id of one */
    double lat, lon;                  /* WGS84 */
    const char *address, *address_id; /* may be NULL */
    const char *const *media;
    size_t media_count;
    const char *answers, *details; /* JSON as the event has them; NULL: none */
    const char *reporter_ref;
    bool anonymous;
    const char *business; /* sealed for the id; NULL: a person files */
    const char *filed_by; /* the official who filed it for somebody; NULL: the reporter did */
    const char *client;
    enum language language;
    int64_t submitted_at, receive_by; /* µs */
    struct rule receive_rule;
};

#endif
