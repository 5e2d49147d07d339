/* SPDX-License-Identifier: Apache-2.0 */
/* order_subject: by what orders are counted, and which indicators they have. Pure,
 * data. */
#ifndef ANALYTICS_ORDER_SUBJECT_H
#define ANALYTICS_ORDER_SUBJECT_H

#include "services/analytics/subject.h"

extern const struct subject_layout order_subject;

#endif
