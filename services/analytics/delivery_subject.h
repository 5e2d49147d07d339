/* SPDX-License-Identifier: Apache-2.0 */
/* delivery_subject: by what messages to people are counted, and which indicators they have. Pure,
 * data. */
#ifndef ANALYTICS_DELIVERY_SUBJECT_H
#define ANALYTICS_DELIVERY_SUBJECT_H

#include "services/analytics/subject.h"

extern const struct subject_layout delivery_subject;

#endif
