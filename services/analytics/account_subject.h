/* SPDX-License-Identifier: Apache-2.0 */
/* account_subject: accounts as a subject. Their process is their kind, their channel how they were
 * made. */
#ifndef ANALYTICS_ACCOUNT_SUBJECT_H
#define ANALYTICS_ACCOUNT_SUBJECT_H

#include "services/analytics/subject.h"

extern const struct subject_layout account_subject;

#endif
