/* SPDX-License-Identifier: Apache-2.0 */
/* account_fact: what counting needs to know of an account, as its latest event told it. Pure.
 *
 * Whose it is stays out: the ref only makes the ids of the facts, and is not stored. Instants are
 * microseconds of UTC; 0 is "not (yet)". */
#ifndef ANALYTICS_ACCOUNT_FACT_H
#define ANALYTICS_ACCOUNT_FACT_H

#include <stdbool.h>

#include "services/analytics/facts.h"

enum account_kind { ACCOUNT_CITIZEN, ACCOUNT_BUSINESS, ACCOUNT_OFFICIAL, ACCOUNT_KINDS };
extern const char *const account_kind_words[ACCOUNT_KINDS + 1]; /* NULL-terminated */

enum account_method {
    METHOD_VNEID,
    METHOD_SSO,
    METHOD_PHONE,
    METHOD_ASSISTED, /* somebody helped */
    ACCOUNT_METHODS
};
extern const char *const account_method_words[ACCOUNT_METHODS + 1]; /* NULL-terminated */

/* The days of an account's life, each a fact. */
enum account_step { ACCOUNT_MADE, ACCOUNT_USED, ACCOUNT_ENDED, ACCOUNT_STEPS };

struct account_fact {
    const char *ref; /* NULL once it was stored */
    enum account_step step;
    int32_t version;
    enum account_kind kind;
    enum account_method method;
    const char *unit; /* of an official; NULL of others */
    const char *area; /* of others; NULL: not known */
    const char *team; /* that helped; NULL: none */
    int64_t created_at;
    int64_t activated_at; /* first used */
    int64_t closed_at;
    int64_t at; /* of the event */
};

/* The facts of the steps that it has taken; bodies are the arena's. Returns how many. */
size_t account_tell(const struct account_fact *account, struct told_fact told[ACCOUNT_STEPS],
                    struct arena *arena);

/* When a step was taken; 0: it was not yet. */
int64_t account_step_at(const struct account_fact *account, enum account_step step);

/* Texts are the arena's. False: these bytes were written by no program of this layout. */
bool account_unpack(struct account_fact *account, const void *bytes, size_t size,
                    struct arena *arena);

#endif
