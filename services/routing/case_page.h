/* SPDX-License-Identifier: Apache-2.0 */
/* case_page: a case as a page to print (A4, Vietnamese): what was filed, where, what was done by
 * whom, the hand-overs, and what it looks like before and after. No scripts. Pure. */
#ifndef ROUTING_CASE_PAGE_H
#define ROUTING_CASE_PAGE_H

#include "common/buffer.h"
#include "services/routing/case.h"
#include "services/routing/reference.h"
#include "services/routing/submission_json.h"

struct case_page {
    const struct case_snapshot *versions; /* oldest first; the last is the case as it is */
    size_t version_count;
    const struct submission *report;
    const struct reference *reference; /* names of units and categories, and the city's time */
    const char *printed_by;
    int64_t printed_at;
    const char *nonce; /* of the style, for the content security policy */
};

void case_page_write(struct buffer *out, const struct case_page *page);

/* What events are called on the page, by process_event_words; ends with NULL. */
extern const char *const case_page_events[];

#endif
