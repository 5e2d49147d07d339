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

enum { NOTICE_EVIDENCE_MAX = 10, NOTICE_HANDOVERS_MAX = 8, NEWS_TASKS_MAX = 8 };

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
    TEMPLATE_RETURNED,
    TEMPLATE_INFO_REQUESTED,
    TEMPLATE_EXTENDED,
    TEMPLATE_REOPENED,
    TEMPLATE_CLOSED,
    TEMPLATE_WITHDRAWN,
    TEMPLATE_MERGED,
    TEMPLATE_SEPARATED,
    TEMPLATE_COMMENTED,
    TEMPLATE_APPOINTMENT,
    TEMPLATE_OPENED, /* to officials: a new case of their unit */
    TEMPLATE_GIVEN,  /* this case is yours */
    TEMPLATE_REMINDED,
    TEMPLATE_ESCALATED,
    TEMPLATE_DISPUTED,  /* decide whose it is */
    TEMPLATE_TASK,      /* do your part in another unit's case */
    TEMPLATE_PROPOSED,  /* approve or decline */
    TEMPLATE_DECLINED,  /* what was proposed */
    TEMPLATE_ANSWERED,  /* the clocks run again */
    TEMPLATE_CONTESTED, /* the result did not hold: work begins again */
    TEMPLATE_RATED,
    TEMPLATE_REMARK,     /* the reporter said something */
    TEMPLATE_CALLED_OFF, /* nothing is to be done any more */
    TEMPLATE_COUNT
};

/* The words of the three enums below, ended by NULL; index by the value. */
extern const char *const language_words[];
extern const char *const template_words[];
extern const char *const channel_words[];

enum channel { CHANNEL_EMAIL, CHANNEL_INAPP };

/* Who gave a case back, who should have it, and why. */
struct notice_handover {
    const char *from;
    const char *to;
    const char *reason;
    int64_t at;
};

/* Of the kinds of cases, the one that has an appointment. */
#define KIND_BOOKING "reception_booking"

/* Absent texts are NULL, instants that do not apply 0. */
struct notice {
    const char *ticket;
    const char *kind; /* as its event has it; NULL in rows from before it was kept */
    const char *category;
    const char *level;
    const char *unit;      /* NULL: none yet */
    const char *task_unit; /* of an alert about the part of a co-operating unit */
    int64_t at;
    int64_t receive_due;
    int64_t resolve_due;
    int64_t timeout_at; /* until then an answer, or an objection, is waited for */
    const char *clock;  /* that an alert is about: receive, resolve, dispatch, task */
    int64_t clock_due;
    const char *result; /* NULL unless resolved */
    const char *const *evidence;
    size_t evidence_count;
    bool has_uploads;         /* pictures that are seen where the case is, by who may */
    bool asks_rating;         /* the first result: asked once */
    const char *reason_class; /* of a rejection, proposed or done */
    const char *reason;       /* why this step was taken */
    const char *question;     /* NULL unless asked just now */
    bool third_party;         /* it was asked of somebody else */
    const char *answer;
    const struct notice_handover *handovers;
    size_t handover_count;
    bool disputed;      /* the city office decides whose it is */
    int64_t minutes;    /* of a proposed extension */
    bool check_failed;  /* by the control office */
    bool by_reporter;   /* the step is the reporter's own */
    bool is_split;      /* a part of another case */
    int64_t slot_at;    /* of an appointment */
    const char *rating; /* NULL unless rated just now */
    const char *note;   /* as far as it is for whoever is told */
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
    NEWS_ESCALATED,
    NEWS_RETURNED,
    NEWS_INFO_REQUESTED,
    NEWS_INFO_SUPPLIED,
    NEWS_EXTENDED,
    NEWS_PROPOSED,
    NEWS_DECLINED,
    NEWS_REOPENED,
    NEWS_RATED,
    NEWS_CLOSED,
    NEWS_WITHDRAWN,
    NEWS_MERGED,
    NEWS_SEPARATED,
    NEWS_TASK_CHANGED,
    NEWS_AUDITED,
    NEWS_ADVANCED,
    NEWS_COMMENTED,
    NEWS_TYPES
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
    bool actor_is_citizen;
    int escalation; /* which step; 0: none */
    /* Units whose part in the case begins now. */
    const char *task_units[NEWS_TASKS_MAX];
    size_t task_count;
    struct notice notice;
};

#endif
