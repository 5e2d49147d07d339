/* SPDX-License-Identifier: Apache-2.0 */
/* case_detail: finds what only some processes know of a case. Pure; texts are borrowed. */
#ifndef ROUTING_CASE_DETAIL_H
#define ROUTING_CASE_DETAIL_H

#include "services/routing/case.h"

/* The text of a detail by its code; NULL: not given. */
const char *case_detail_find(const struct case_detail *details, size_t count, const char *code);

/* The text of the detail that has a type in the process; NULL: no such detail, or not given. */
const char *case_detail_of(const struct process *process, enum detail_type type,
                           const struct case_detail *details, size_t count);

/* Whether the process needs the detail, and it is not given. */
bool case_detail_is_missing(const struct process_detail *detail, const struct case_detail *details,
                            size_t count);

/* Whether a case that has just come to this version gives the place in its slot back. */
bool case_gives_place_back(const struct case_snapshot *after);

#endif
