/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/figure.h"

void state_counts_add(struct state_counts *sum, const struct state_counts *more)
{
    for (size_t i = 0; i < CASE_STATES; i++) {
        sum->states[i] += more->states[i];
    }
    sum->overdue += more->overdue;
    sum->returned += more->returned;
    sum->received += more->received;
}
