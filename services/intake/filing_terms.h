/* SPDX-License-Identifier: Apache-2.0 */
/* filing_terms: what the category of a report, and the kind that it belongs to, ask of it. Pure
 * but for the arena. */
#ifndef INTAKE_FILING_TERMS_H
#define INTAKE_FILING_TERMS_H

#include "answer.h"
#include "filing.h"

struct filing_terms {
    const struct category *category; /* both borrowed from the reference */
    const struct kind *kind;
    struct answers answers;
};

/* False with field errors for what the report lacks or has too much of: an unknown category, a kind
 * that is not the category's, a kind that the sender may not file, answers and details. With
 * ERR_RETRY "no_kind" when it is not known yet how the kind is filed. */
bool filing_terms_meet(struct filing_terms *terms, const struct report *report,
                       const struct filing_origin *origin, const struct reference *reference,
                       struct arena *arena, struct error *err);

/* Whether what was said fits into an event. False with a field error. */
bool filing_terms_fit(const struct submission *submission, struct error *err);

#endif
