/* SPDX-License-Identifier: Apache-2.0 */
/* case_subject: cases as a subject: by what they are counted, and what is measured of them. */
#ifndef ANALYTICS_CASE_SUBJECT_H
#define ANALYTICS_CASE_SUBJECT_H

#include "services/analytics/subject.h"

extern const struct subject_layout case_subject;

#endif
