/* SPDX-License-Identifier: Apache-2.0 */
/* opening: cases that are opened here, not filed at intake.
 *
 * An official records a petition or a call, a resident books a reception, a case with two matters
 * is split. What is opened gets a report of its own, in the form of a submission, so that desks
 * read all cases alike. Pure but for the arena. */
#ifndef ROUTING_OPENING_H
#define ROUTING_OPENING_H

#include "common/arena.h"
#include "services/routing/case.h"
#include "services/routing/reception.h"
#include "services/routing/reference.h"

enum { OPENING_MEDIA_MAX = 10, TICKET_SIZE = 25 };

/* What is told, in the words of whoever tells it; absent texts are NULL. */
struct opening_report {
    const char *channel, *client; /* by which way it came */
    const char *title, *description;
    bool has_place;
    double lat, lon;
    const char *address;
    const char *const *media;
    size_t media_count;
    bool anonymous; /* the reporter is not named to the unit */
};

/* What is asked for; absent texts are NULL. */
struct opening_request {
    const char *process; /* its code */
    const char *category;
    int level; /* enum case_level; -1: as the category */
    struct opening_report report;
    const char *unit; /* who shall lead; NULL: as the rules say */
    const char *language;
    const char *reporter_ref; /* on whose behalf; NULL: the caller's own */
    struct case_detail details[CASE_DETAILS_MAX];
    size_t detail_count;
    const char *note;
};

/* Who opens it, and what was found for it. */
struct opening_context {
    enum actor actor_role;
    const char *actor_ref;
    struct uuid id; /* of the case */
    const char *ticket;
    const struct reception_slot *slot;  /* the one that is asked for; NULL: there is none */
    bool has_place_in_slot;             /* the reporter has one already */
    const struct case_snapshot *parent; /* what it is split from; NULL: nothing */
    int64_t now_us;
    struct arena *arena; /* of what is not borrowed */
};

/* The process that is in force; NULL with a field error, or ERR_FORBIDDEN when none of the roles
 * may open a case of it. */
const struct process *opening_process(const struct reference *reference, const char *code,
                                      actor_set roles, int64_t now_us, struct error *err);

/* On whose behalf the case would be opened. */
const char *opening_reporter(const struct opening_request *request, const char *actor_ref);

/* The case at version 1; texts are borrowed from request, context, reference and book. False with
 * field errors for what the request lacks or names wrongly, with ERR_CONFLICT "slot_taken" or
 * "already_booked", or with ERR_RETRY "no_rule". A split has the reporter and the details of its
 * parent. */
bool opening_decide(const struct reference *reference, const struct process *process,
                    const struct opening_request *request, const struct opening_context *context,
                    struct case_snapshot *opened, struct error *err);

/* "HN-2026-90000001-X": the year in Hanoi, the number, a check digit. Returns text. */
char *opening_ticket(int64_t number, const struct calendar *calendar, int64_t now_us,
                     char text[TICKET_SIZE]);

#endif
