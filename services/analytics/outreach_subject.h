/* SPDX-License-Identifier: Apache-2.0 */
/* outreach_subject: what teams do so that people know and use it, on the day on which it was over.
 * Its channel is what was done. Numbers of counters are stored: append, never reorder. */
#ifndef ANALYTICS_OUTREACH_SUBJECT_H
#define ANALYTICS_OUTREACH_SUBJECT_H

#include "services/analytics/subject.h"

enum outreach_counter {
    OUTREACH_ALL,
    OUTREACH_TOLD,  /* people, summed: whoever is told twice counts twice */
    OUTREACH_HELPED /* people, summed */
};

extern const struct subject_layout outreach_subject;

#endif
