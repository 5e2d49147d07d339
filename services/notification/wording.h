/* SPDX-License-Identifier: Apache-2.0 */
/* wording: a notice in words: its template, filled in.
 *
 * A template's first line is the subject; the body follows after an empty line. A message in the
 * app has the same words without salutation and signature (section {{#mail}}). What a case is
 * called goes by its kind: {{matter}} within a sentence, {{Matter}} where one begins. Pure. */
#ifndef NOTIFICATION_WORDING_H
#define NOTIFICATION_WORDING_H

#include "common/arena.h"
#include "common/error.h"
#include "notice.h"
#include "reference.h"

struct wording {
    const char *subject, *body; /* in the arena */
};

struct wording_context {
    const struct reference *reference;
    enum template_id template;
    enum language language;
    const char *site; /* where people look a case up */
    const char *name; /* of the recipient; NULL: not known */
    bool mail;
};

/* False (ERR_FATAL) when the template is bad, which a test rules out. */
bool wording_make(struct wording *wording, const struct notice *notice,
                  const struct wording_context *context, struct arena *arena, struct error *err);

/* The text of a template as embedded in the program. */
const char *template_file(enum template_id template, enum language language, size_t *size);

#endif
