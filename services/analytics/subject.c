/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/subject.h"

#include "services/analytics/account_subject.h"
#include "services/analytics/adoption_subject.h"
#include "services/analytics/case_subject.h"
#include "services/analytics/delivery_subject.h"
#include "services/analytics/order_subject.h"
#include "services/analytics/hotline_subject.h"
#include "services/analytics/installation_subject.h"
#include "services/analytics/outreach_subject.h"
#include "services/analytics/training_subject.h"

const char *const dimension_words[DIMENSIONS + 1] = {
    "unit",   "category", "process",  "level",        "area",         "channel",
    "reason", "team",     "district", "receive_rule", "resolve_rule", NULL};

const struct subject_layout *const subjects[SUBJECTS] = {
    [SUBJECT_CASES] = &case_subject,
    [SUBJECT_DELIVERIES] = &delivery_subject,
    [SUBJECT_ORDERS] = &order_subject,
    [SUBJECT_ACCOUNTS] = &account_subject,
    [SUBJECT_INSTALLATIONS] = &installation_subject,
    [SUBJECT_OUTREACH] = &outreach_subject,
    [SUBJECT_TRAINING] = &training_subject,
    [SUBJECT_HOTLINE] = &hotline_subject,
    [SUBJECT_ADOPTION] = &adoption_subject,
};

static unsigned dimensions_of(const struct grouping *grouping)
{
    unsigned dimensions = 0;
    for (size_t i = 0; i < grouping->dimension_count; i++) {
        dimensions |= 1u << grouping->dimensions[i];
    }
    return dimensions;
}

int grouping_find(enum subject subject, unsigned dimensions)
{
    const struct subject_layout *layout = subjects[subject];
    for (size_t i = 0; i < layout->grouping_count; i++) {
        if (dimensions_of(&layout->groupings[i]) == dimensions) {
            return (int)i;
        }
    }
    return -1;
}
