/* SPDX-License-Identifier: Apache-2.0 */
/* question_json: the questions of a category, as vn.hanoi.category.defined.v1, the table and GET
 * categories have them. */
#ifndef INTAKE_QUESTION_JSON_H
#define INTAKE_QUESTION_JSON_H

#include "common/json.h"
#include "question.h"

/* The member "questions", sorted; none when it is absent. Texts live in the reader's arena; faults
 * name the field. */
struct questions questions_read(struct json_reader *category);

/* An array. */
void questions_put(struct json_writer *writer, const char *name, const struct questions *questions);

#endif
