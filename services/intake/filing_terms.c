/* SPDX-License-Identifier: Apache-2.0 */
#include "filing_terms.h"

#include <string.h>

#include "submission_json.h"

enum { EVENT_MAX = 60 * 1024 }; /* 64 KiB, less what the other members of the event take */

static bool find_kind(struct filing_terms *terms, const struct report *report,
                      const struct reference *reference, struct error *err)
{
    terms->category = reference_category(reference, report->category);
    if (terms->category == NULL) {
        return error_add_field(err, "category", "unknown_category",
                               "is not among those of GET /api/intake/categories");
    }
    if (report->kind != NULL && strcmp(report->kind, terms->category->kind) != 0) {
        return error_add_field(err, "kind", "not_allowed", "must be %s in this category",
                               terms->category->kind);
    }
    terms->kind = reference_kind(reference, terms->category->kind);
    return terms->kind != NULL ||
           error_set(err, ERR_RETRY, "no_kind", "how %s is filed is not published yet",
                     terms->category->kind);
}

bool filing_terms_meet(struct filing_terms *terms, const struct report *report,
                       const struct filing_origin *origin, const struct reference *reference,
                       struct arena *arena, struct error *err)
{
    *terms = (struct filing_terms){0};
    if (!find_kind(terms, report, reference, err)) {
        return false;
    }
    if (!kind_may_be_filed(terms->kind, origin->principal)) {
        return error_add_field(err, "category", "not_allowed", "%s is not yours to file",
                               terms->kind->code);
    }
    kind_check(terms->kind, report, err);
    if (report->asked) {
        answers_take(&terms->answers, &terms->category->questions, &report->said, arena, err);
    }
    return !error_is_set(err);
}

bool filing_terms_fit(const struct submission *submission, struct error *err)
{
    struct buffer out;
    if (submission->answers == NULL && submission->details == NULL) {
        return true; /* the limits of the other members see to it */
    }
    buffer_init(&out);
    submission_write_event(submission, &out);
    size_t size = out.size;
    buffer_finish(&out);
    return size <= EVENT_MAX ||
           error_add_field(err, "answers", "too_long", "and the description are too long together");
}
