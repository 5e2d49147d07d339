/* SPDX-License-Identifier: Apache-2.0 */
/* reporter_message: what whoever filed a report says about it later (city.submissions.v1).
 *
 * Each kind asks for a step that the process of the case knows by the event that tells of it and by
 * who may take it: a report is withdrawn by "withdraw", a booking by "cancel". Pure. */
#ifndef ROUTING_REPORTER_MESSAGE_H
#define ROUTING_REPORTER_MESSAGE_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"
#include "common/event.h"
#include "services/routing/case_command.h"

enum message_kind {
    MESSAGE_SUPPLEMENT,
    MESSAGE_ANSWER, /* to the question that the unit has asked */
    MESSAGE_WITHDRAWAL,
    MESSAGE_RATING,
    MESSAGE_REOPENING,
    MESSAGE_KINDS
};
extern const char *const message_kind_words[];

struct reporter_message {
    struct uuid id;
    struct uuid case_id; /* the submission's */
    int32_t version;     /* of the submission */
    enum message_kind kind;
    const char *text;   /* NULL: none */
    const char *rating; /* one of case_rating_words; NULL unless it rates */
    const char *const *media;
    size_t media_count;
    int32_t case_version; /* that the reporter had seen; 0: whichever there is */
    int64_t at;
};

/* Whether events of this type are messages. */
bool reporter_message_is(const char *type);

/* Reads the data of such an event; texts live in the arena. Faults name the field. */
bool reporter_message_read(struct reporter_message *message, const char *type, const char *json,
                           size_t size, struct arena *arena, struct error *err);

/* The command that it is, in the name of the case's reporter. False with ERR_NOT_FOUND
 * "unknown_action": in the process of the case nobody can do such a thing. */
bool reporter_message_command(const struct reporter_message *message,
                              const struct case_snapshot *now, struct case_command *command,
                              struct error *err);

/* Why a message was not done, and the case as it is. */
struct message_refusal {
    const struct reporter_message *message;
    const char *code;
    int32_t version;
    const char *phase, *state;
    int64_t at;
    const char *traceparent; /* NULL: none */
};

/* The event that tells of it, under a new id. json is filled and lent to it. */
struct refusal_event {
    struct event event;
    char case_id[UUID_TEXT_SIZE]; /* its subject and key */
};
void refusal_event_make(struct refusal_event *event, const struct message_refusal *refusal,
                        struct buffer *json);

#endif
