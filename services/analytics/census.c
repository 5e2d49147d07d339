/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/census.h"

#include "services/analytics/case_counter.h"
#include "services/analytics/delivery_counter.h"

_Static_assert((int)CASE_STATES <= (int)CENSUS_KINDS_MAX, "every state has its place");

/* In the order of their counters. */
static const char *const result_words[] = {"sent", "failed", "skipped", NULL};

const struct census_layout censuses[CENSUSES] = {
    [CENSUS_CASES] = {.subject = SUBJECT_CASES,
                      .owner = "routing",
                      .path = "/api/routing/census",
                      .url_setting = "ROUTING_URL",
                      .dimension = DIMENSION_UNIT,
                      .kind_word = "state",
                      .kind_words = case_state_words,
                      .kind_count = CASE_STATES,
                      .first_counter = CASE_STATE_FIRST,
                      .period = PERIOD_ALL},
    [CENSUS_DELIVERIES] = {.subject = SUBJECT_DELIVERIES,
                           .owner = "notification",
                           .path = "/api/notification/census",
                           .url_setting = "NOTIFICATION_URL",
                           .dimension = DIMENSION_CHANNEL,
                           .kind_word = "result",
                           .kind_words = result_words,
                           .kind_count = 3,
                           .first_counter = DELIVERIES_SENT,
                           .period = PERIOD_DAY},
};
