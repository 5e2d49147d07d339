/* SPDX-License-Identifier: Apache-2.0 */
/* dry_run: where would cases have gone under other rules?
 *
 * Takes the rules of now and those that are proposed, and judges case after case by both, as they
 * would be at one instant. A case is taken as it is classified now: the question is where it
 * belongs, not what was once thought of it. Everything is copied into the run's arena, so it may
 * wait between cases while the rules of the running service change. Pure but for the arena. */
#ifndef ROUTING_DRY_RUN_H
#define ROUTING_DRY_RUN_H

#include "common/arena.h"
#include "common/uuid.h"
#include "services/routing/route.h"

enum { DRY_RUN_CHANGES_MAX = 200, DRY_RUN_EXAMPLES_MAX = 200 };

/* What is proposed: rules as they shall be (a code that is known is replaced), and codes of rules
 * that shall end. */
struct rule_proposal {
    struct route_rule *rules; /* valid_from and valid_to are not looked at */
    size_t count;
    const char *const *ended;
    size_t ended_count;
};

struct tried_case {
    struct uuid id;
    const char *of[ROUTE_DIMENSIONS]; /* as in struct route_question */
};

/* A case that would have had another lead; texts are the run's. */
struct moved_case {
    struct tried_case tried;
    const char *from, *to; /* NULL: unroutable */
    const struct case_rule *from_rule, *to_rule;
};

struct dry_run {
    struct arena *arena;
    struct unit_set units; /* codes alone */
    struct route_rules present, proposed;
    int64_t at_us;
    size_t cases;
    size_t moved;               /* another lead, or one instead of none, or none */
    size_t cooperation_changed; /* the same lead, other units beside it */
    size_t unroutable_present, unroutable_proposed;
    uint32_t *flows; /* of moved cases: from × to, by place in units; the last one is nobody */
    uint32_t *led;   /* cases of each proposed rule, in the order of `proposed` */
    struct moved_case examples[DRY_RUN_EXAMPLES_MAX]; /* the first ones */
    size_t example_count;
};

/* The run lives in the arena, too. */
struct dry_run *dry_run_new(const struct unit_set *units, const struct route_rules *present,
                            const struct rule_proposal *proposal, int64_t at_us,
                            struct arena *arena);

void dry_run_judge(struct dry_run *run, const struct tried_case *tried);

struct case_flow {
    const char *from, *to; /* NULL: unroutable */
    size_t cases;
};

/* From where to where cases would have moved: the largest flows first, and those alike by code. In
 * the arena of the run. */
size_t dry_run_flows(const struct dry_run *run, struct case_flow **flows);

#endif
