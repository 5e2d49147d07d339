/* SPDX-License-Identifier: Apache-2.0 */
/* hotline_subject: calls to branch 8 of 1022, which helps people with the app (Công điện
 * 05/CĐ-UBND), on the day on which they ended. Its reason is what a call was about. Calls to other
 * branches are known, since a later version may put the branch right, and not counted.
 *
 * Numbers of counters are stored: append, never reorder. */
#ifndef ANALYTICS_HOTLINE_SUBJECT_H
#define ANALYTICS_HOTLINE_SUBJECT_H

#include "services/analytics/subject.h"

enum hotline_counter {
    HOTLINE_ALL,
    HOTLINE_ABANDONED,
    HOTLINE_ANSWERED,
    HOTLINE_FIRST_CONTACT /* answered, and settled at once */
};

extern const struct subject_layout hotline_subject;

#endif
