/* SPDX-License-Identifier: Apache-2.0 */
/* answer_json: answers and details as vn.hanoi.submission.submitted.v1 has them. */
#ifndef INTAKE_ANSWER_JSON_H
#define INTAKE_ANSWER_JSON_H

#include "answer.h"
#include "report.h"

/* An array in the arena, each with what was asked and what its keys mean; NULL: none. */
const char *answers_write(const struct answers *answers, struct arena *arena);

/* An object in the arena; NULL: none. */
const char *details_write(const struct report *report, struct arena *arena);

/* For sealing only. */
const char *business_write(const struct business *business, struct arena *arena);

#endif
