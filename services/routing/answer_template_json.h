/* SPDX-License-Identifier: Apache-2.0 */
/* answer_template_json: {name, unit?, process?, state?, action?, text: {vi, en?}}. */
#ifndef ROUTING_ANSWER_TEMPLATE_JSON_H
#define ROUTING_ANSWER_TEMPLATE_JSON_H

#include "services/routing/answer_template.h"

/* Texts live in the arena. Faults: unknown members, places that there are not, a process, state or
 * action that no process of the book has. */
bool answer_template_json_read(struct answer_template *template, const struct process_book *book,
                               const char *text, size_t size, struct arena *arena,
                               struct error *err);

#endif
