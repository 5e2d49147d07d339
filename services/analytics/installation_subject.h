/* SPDX-License-Identifier: Apache-2.0 */
/* installation_subject: installations of the app as a subject, on the day of their first opening.
 * Numbers of counters are stored: append, never reorder. */
#ifndef ANALYTICS_INSTALLATION_SUBJECT_H
#define ANALYTICS_INSTALLATION_SUBJECT_H

#include "services/analytics/subject.h"

enum installation_counter { INSTALLATION_ALL, INSTALLATION_ASSISTED };

extern const struct subject_layout installation_subject;

#endif
