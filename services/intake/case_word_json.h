/* SPDX-License-Identifier: Apache-2.0 */
/* case_word_json: what a case event says to whoever filed, and which of their messages it does. */
#ifndef INTAKE_CASE_WORD_JSON_H
#define INTAKE_CASE_WORD_JSON_H

#include "common/json.h"
#include "submission_view.h"
#include "thread.h"

/* Of a snapshot whose step has been read: its words are told as far as they are for the reporter.
 * word->version is 0 when there is nothing to say. Faults name the field. */
void case_word_read(struct case_word *word, const char *type, const struct case_step *step,
                    struct json_reader *root);

/* Data of vn.hanoi.message.refused.v1. */
struct message_refusal;
bool message_refusal_read(struct message_refusal *refusal, const char *json, size_t size,
                          struct arena *arena, struct error *err);

#endif
