/* SPDX-License-Identifier: Apache-2.0 */
/* answer_template: words that officials begin an answer with.
 *
 * A template holds for a unit and those below it, for a process for a state and for an action; what
 * it does not name, it holds for all of. Its texts are templates (common/template.h) over the
 * places below. Pure. */
#ifndef ROUTING_ANSWER_TEMPLATE_H
#define ROUTING_ANSWER_TEMPLATE_H

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"
#include "services/routing/case.h"
#include "services/routing/process_book.h"
#include "services/routing/reference.h"

/* The places that texts may have filled in; ends with NULL. */
extern const char *const answer_places[];

struct answer_template {
    const char *unit, *process, *state, *action; /* NULL: all */
    const char *name;
    const char *text_vi;
    const char *text_en; /* NULL: none */
};

/* Whether there is the process, the state and the action; false with field errors. */
bool answer_template_check_scope(const struct process_book *book, const char *process,
                                 const char *state, const char *action, struct error *err);

/* Whether a text names only places that there are, and closes what it opens; false adds the field
 * error. */
bool answer_template_check(const char *field, const char *text, struct error *err);

/* The text for a case, in a language ("vi" or "en"); NULL when it cannot be filled in. */
const char *answer_template_fill(const char *text, const char *language,
                                 const struct case_snapshot *now, const struct reference *reference,
                                 struct arena *arena);

#endif
