/* SPDX-License-Identifier: Apache-2.0 */
/* filed_case: a case out of what was filed at intake.
 *
 * Who files has been answered already, so the case must exist whatever became of what it asked
 * for: one whose slot cannot be had is opened as refused, with the reason in the reporter's
 * language; one that lacks a detail says so in its note. Pure but for the arena. */
#ifndef ROUTING_FILED_CASE_H
#define ROUTING_FILED_CASE_H

#include "services/routing/reception.h"
#include "services/routing/reference.h"
#include "services/routing/submission_json.h"

struct filed_case {
    struct submission submission;
    const struct process *process; /* that takes it in; NULL: none */
    struct case_detail details[CASE_DETAILS_MAX];
    size_t detail_count;
    const char *fault; /* the first detail that has not its form; NULL */
    struct uuid slot_id;
    bool wants_slot; /* and slot_id is one */

    /* What the tables know of the slot. */
    struct reception_slot slot;
    bool has_slot;
    bool is_booked; /* the reporter has a place in it */
};

/* Finds the process, and reads from the event's data what only that asks for. */
void filed_case_read(struct filed_case *filed, const struct process_book *book, const char *text,
                     size_t size, struct arena *arena);

/* Routed, promised and opened, or refused; texts are borrowed from all of these. False with
 * ERR_INPUT "unknown_kind" when no process takes in what was filed, or ERR_RETRY. */
bool filed_case_open(const struct filed_case *filed, const struct reference *reference,
                     int64_t now_us, struct arena *arena, struct case_snapshot *opened,
                     struct error *err);

/* Whether the case takes a place in its slot. */
bool filed_case_takes_place(const struct filed_case *filed, const struct case_snapshot *opened);

#endif
