/* SPDX-License-Identifier: Apache-2.0 */
/* adoption_subject: what is measured of adoption against a headcount or a population. Their
 * denominators are no sums of events, so nothing is counted here: coverage.h makes the figures. */
#ifndef ANALYTICS_ADOPTION_SUBJECT_H
#define ANALYTICS_ADOPTION_SUBJECT_H

#include "services/analytics/subject.h"

extern const struct subject_layout adoption_subject;

#endif
