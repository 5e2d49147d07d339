/* SPDX-License-Identifier: Apache-2.0 */
/* cadence: does a unit keep telling the city something, as it must? Pure.
 *
 * The duty: "thường xuyên (tối thiểu 03 ngày 01 tin)", at least one item in three days. As a rule:
 *
 * - Days are calendar days of the city; rest days and holidays are days like others. Assumption.
 * - The duty begins on the day of the rule or on that on which the unit begins, whichever is
 *   later, and ends before the day on which the unit ends.
 * - An item is a publication of any kind, on the day on which it was published. One that was
 *   cancelled counts as if it had never been; a correction is no new item.
 * - Windows of window_days days follow each other from the first day of the duty. A window is kept
 *   when an item was published in it, else missed. It is judged when its last day is over; one that
 *   the duty does not reach the end of is never judged.
 * - The wait on a day is how many days before it the last item was published that was published
 *   before that day; on the first day of the duty it is 1, as if there had been an item on the eve.
 *   The longest gap is the longest wait, today's included.
 * - In a period: the windows whose last day lies in it, the waits on its days, its items.
 * - The next item is due on the last day of the window that runs, or, when that is kept already, of
 *   the one after it.
 *
 * Days are numbers since 1970-01-01. */
#ifndef ANALYTICS_CADENCE_H
#define ANALYTICS_CADENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "services/analytics/indicator.h"

struct cadence_rule {
    const char *code;
    int32_t version;
    int32_t window_days;
    int32_t from; /* day */
    const char *source;
    struct bilingual label, text, assumption;
};
extern const struct cadence_rule cadence_rule;

/* Does a unit of this type have the duty? */
bool cadence_binds(const char *type);

/* Of a unit: its first day, and the first one without it. */
struct duty {
    int32_t from, until; /* CADENCE_NO_END: nobody says that the unit ends */
};
enum { CADENCE_NO_END = INT32_MAX };
/* The rule's and the unit's days together. */
struct duty cadence_duty(int32_t unit_from, int32_t unit_until);

enum { CADENCE_NONE = -1 }; /* instead of a day */

struct cadence {
    int64_t items;
    int32_t windows; /* judged */
    int32_t kept;
    int32_t longest_gap; /* 0: the duty has no day in the period */
    int32_t missed_last; /* first day of the last window that was missed; CADENCE_NONE */
    int32_t last_item;   /* its day, whatever the period; CADENCE_NONE */
    int32_t next_due;    /* CADENCE_NONE: the duty is over */
};

/* days: of the items that count, rising; of each item its own. Those outside the duty or after
 * today are left out. */
void cadence_of(struct cadence *cadence, const struct duty *duty, const int32_t *days, size_t count,
                int32_t today, const struct period *period);

/* Below 0: a keeps the duty worse. Fewer windows kept, of its own; then the longer gap. Who has
 * nothing to be judged yet comes last. */
int cadence_order(const struct cadence *a, const struct cadence *b);

#endif
