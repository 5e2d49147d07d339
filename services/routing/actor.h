/* SPDX-License-Identifier: Apache-2.0 */
/* actor: who may act on a case, as a set of bits.
 *
 * The first bits are roles of the token; they count only for a case at a desk of the actor's
 * scope. The others are relations of the actor to one case, whatever their role. Pure. */
#ifndef ROUTING_ACTOR_H
#define ROUTING_ACTOR_H

#include <stdint.h>

enum actor {
    ROLE_SYSTEM,
    ROLE_CITIZEN,
    ROLE_OFFICER,
    ROLE_FOCAL_POINT,
    ROLE_SUPERVISOR,
    ROLE_EDITOR,
    ROLE_APPROVER,
    ROLE_HOTLINE_OPERATOR,
    ROLE_VOLUNTEER,
    ROLE_AUDITOR,
    ROLE_ADMINISTRATOR,
    ACTOR_ROLES,
    ACTOR_ASSIGNEE = ACTOR_ROLES, /* the case was given to them */
    ACTOR_REPORTER,               /* the case is about what they filed */
    ACTOR_CITY_OFFICE,            /* works at a desk whose scope is the whole city */
    ACTOR_TASK_UNIT,              /* leads a unit that co-operates in the case */
    ACTORS
};

typedef uint32_t actor_set;
#define ACTOR_BIT(actor) ((actor_set)1 << (actor))

/* The words of JSON and SQL: those of roles first; ends with NULL. */
extern const char *const actor_words[];

/* Under which of their roles somebody acts: the most specific one that is both theirs and allowed,
 * else any that they have (an assignee, a reporter), else citizen. */
enum actor actor_role(actor_set actor, actor_set allowed);

#endif
