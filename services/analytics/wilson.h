/* SPDX-License-Identifier: Apache-2.0 */
/* wilson: how sure a share is. Pure.
 *
 * Wilson's score interval at 95 % (E. B. Wilson, JASA 22, 1927): holds for small numbers and for
 * shares near 0 and 1, where the textbook interval fails. */
#ifndef ANALYTICS_WILSON_H
#define ANALYTICS_WILSON_H

#include <stdint.h>

struct interval {
    double low, high;
};

/* 0 ≤ met ≤ all, all > 0. */
struct interval wilson_interval(int64_t met, int64_t all);
/* Of a share among n, which need not be whole: of a weighed one, the effective number. n > 0. */
struct interval wilson_of_share(double share, double n);

#endif
