/* SPDX-License-Identifier: Apache-2.0 */
/* notice: what one event means to the people concerned.
 *
 * `notice` is what a message is written from: it is kept with each delivery, as codes and times,
 * and becomes words only when a message is rendered. `news` is an event as this service reads it:
 * the notice, and who is concerned. Texts are borrowed from the arena that they were read with. */
#ifndef NOTIFICATION_NOTICE_H
#define NOTIFICATION_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/uuid.h"

enum { NOTICE_EVIDENCE_MAX = 10 };

enum language { LANGUAGE_VI, LANGUAGE_EN, LANGUAGE_COUNT };

/* What is told; each has a template in each language (templates/<word>.<language>.txt). */
enum template_id {
    TEMPLATE_ACKNOWLEDGED, /* to the reporter */
    TEMPLATE_ACCEPTED,
    TEMPLATE_ASSIGNED,
    TEMPLATE_STARTED,
    TEMPLATE_RESOLVED,
    TEMPLATE_REJECTED,
    TEMPLATE_ROUTED,
    TEMPLATE_OPENED, /* to officials: a new case of their unit */
    TEMPLATE_GIVEN,  /* this case is yours */
    TEMPLATE_REMINDED,
    TEMPLATE_ESCALATED,
    TEMPLATE_COUNT
};

/* The words of the three enums below, ended by NULL; index by the value. */
extern const char *const language_words[];
extern const char *const template_words[];
extern const char *const channel_words[];

enum channel { CHANNEL_EMAIL, CHANNEL_INAPP };

struct notice {
    const char *ticket;
    const char *category;
    const char *level;
    const char *unit; /* NULL: none yet */
    int64_t at;
    int64_t receive_due; /* 0: does not apply; so below */
    int64_t resolve_due;
    const char *result; /* NULL unless resolved */
    const char *const *evidence;
    size_t evidence_count;
    const char *reason_class; /* NULL unless rejected */
    const char *reason;
    const char *note; /* public; may be NULL */
};

enum news_type {
    NEWS_SUBMITTED,
    NEWS_OPENED,
    NEWS_ACCEPTED,
    NEWS_ASSIGNED,
    NEWS_STARTED,
    NEWS_RESOLVED,
    NEWS_REJECTED,
    NEWS_ROUTED,
    NEWS_REMINDED,
    NEWS_ESCALATED
};

struct news {
    enum news_type type;
    struct uuid event_id;
    struct uuid case_id; /* = the submission's */
    const char *traceparent;
    const char *reporter;
    enum language language;  /* of the reporter */
    const char *focal_point; /* NULL: none; so assignee */
    const char *assignee;
    const char *actor; /* who did it; NULL: the system */
    int escalation;
    struct notice notice;
};

#endif
