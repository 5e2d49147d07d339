/* SPDX-License-Identifier: Apache-2.0 */
/* training_subject: classes as a subject, each unit that was invited to one for itself, on the day
 * on which it was over. Numbers of counters are stored: append, never reorder. */
#ifndef ANALYTICS_TRAINING_SUBJECT_H
#define ANALYTICS_TRAINING_SUBJECT_H

#include "services/analytics/subject.h"

enum training_counter {
    TRAINING_ALL,     /* units invited to classes */
    TRAINING_INVITED, /* people, summed */
    TRAINING_ATTENDED,
    TRAINING_COMPLETED
};

extern const struct subject_layout training_subject;

#endif
