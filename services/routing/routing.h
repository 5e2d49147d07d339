/* SPDX-License-Identifier: Apache-2.0 */
/* routing: the state of the running service, shared by its edges. */
#ifndef ROUTING_ROUTING_H
#define ROUTING_ROUTING_H

#include "common/service.h"
#include "common/wait.h"
#include "services/routing/case_batch.h"
#include "services/routing/reference.h"
#include "services/routing/word_counts.h"

struct reference_watch;
struct timekeeper;
struct succession;
struct audit_timer;
struct sign_key;
struct case_feed;

struct routing {
    struct service_parts *parts;   /* borrowed */
    struct reference *reference;   /* NULL until there is one in the database */
    struct process_book processes; /* every version, also of cases that go on under old ones */
    struct reference_watch *watch; /* keeps `reference` up to date and publishes it */
    struct timekeeper *timekeeper;
    struct succession *succession;
    struct case_reader *reader;
    struct case_writer *writer;
    struct sign_key *audit_key; /* private */
    struct audit_timer *audit;  /* makes the checkpoints of the history */
    struct wait *wait;          /* GETs that wait for a version of a case */
    bool is_importing;          /* boundaries are read: one file at a time, they take memory */
    bool is_trying;             /* rules are tried out: one set at a time, it takes seconds */
    struct case_feed *feed;     /* streams of changes */
    struct word_counts word_counts;
    uint64_t word_counts_at_us; /* when they were read, by the monotonic clock; 0: not yet */
    bool word_counts_are_old;   /* a word was commoner than they say */
};

/* The hooks of struct service. */
void routing_open(struct service_parts *parts, void **state, service_on_opened *on_opened,
                  void *arg);
void routing_close(void *state, service_on_closed *on_closed, void *arg);
bool routing_is_ready(struct buffer *why_not, void *state);

#endif
