/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/wilson.h"

#include <math.h>

#define Z 1.959963984540054 /* of the normal distribution, two-sided 95 % */

struct interval wilson_of_share(double share, double n)
{
    double centre = share + Z * Z / (2 * n);
    double reach = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n));
    double low = (centre - reach) / (1 + Z * Z / n), high = (centre + reach) / (1 + Z * Z / n);
    return (struct interval){share <= 0 ? 0 : low, share >= 1 ? 1 : high};
}

struct interval wilson_interval(int64_t met, int64_t all)
{
    return wilson_of_share((double)met / (double)all, (double)all);
}
