/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/wilson.h"

#include <math.h>

#define Z 1.959963984540054 /* of the normal distribution, two-sided 95 % */

struct interval wilson_interval(int64_t met, int64_t all)
{
    double n = (double)all, p = (double)met / n;
    double centre = p + Z * Z / (2 * n);
    double reach = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    double low = (centre - reach) / (1 + Z * Z / n), high = (centre + reach) / (1 + Z * Z / n);
    return (struct interval){met == 0 ? 0 : low, met == all ? 1 : high};
}
