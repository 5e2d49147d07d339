/* SPDX-License-Identifier: Apache-2.0 */
/* census: what the owner of something counts itself, and what that is compared with here. Pure,
 * data.
 *
 * Each number is of one member of a dimension and of one kind: cases by unit and state, deliveries
 * by channel and result. Cases are all there ever were. Deliveries are those that came to their end
 * in the days that the owner counts, which it tells: their topic does not keep all. */
#ifndef ANALYTICS_CENSUS_H
#define ANALYTICS_CENSUS_H

#include "services/analytics/subject.h"

enum { CENSUS_CASES, CENSUS_DELIVERIES, CENSUSES };

enum { CENSUS_KINDS_MAX = 8 };

struct census_layout {
    enum subject subject;
    const char *owner;       /* the service; its answer is read by census_json.h */
    const char *path;        /* of its API, below what the setting says */
    const char *url_setting; /* empty: nothing is compared */
    enum dimension dimension;
    const char *kind_word; /* what the kinds are */
    const char *const *kind_words;
    int kind_count;
    int first_counter;       /* here: one for each kind, in their order */
    enum period_kind period; /* of the sums that are added up: from the census's first day on */
};
extern const struct census_layout censuses[CENSUSES];

/* So many of a member's are of this kind; member NULL: they have none, but are the city's. */
struct census_item {
    const char *member;
    int kind;
    int64_t number;
};
struct census {
    int32_t first;             /* day; 0: since the beginning */
    struct census_item *items; /* of a member and kind there may be several */
    size_t count;
};

#endif
