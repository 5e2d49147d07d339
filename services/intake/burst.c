/* SPDX-License-Identifier: Apache-2.0 */
#include "burst.h"

enum { AREAS_PER_DEGREE = 50, ROW = 10000 };

int64_t burst_window_of(int64_t at)
{
    return at - at % BURST_WINDOW_US;
}

double burst_usual(int64_t past)
{
    return (double)past * (double)BURST_WINDOW_US / (double)BURST_USUAL_US;
}

double burst_ratio(int64_t reports, double usual)
{
    return (double)reports / (usual > 1 ? usual : 1);
}

bool burst_is_one(int64_t reports, double usual)
{
    return reports >= BURST_REPORTS_MIN && burst_ratio(reports, usual) >= BURST_RATIO_MIN;
}

struct burst_place burst_place_of(int32_t area)
{
    return (struct burst_place){(area / ROW + 0.5) / AREAS_PER_DEGREE,
                                (area % ROW + 0.5) / AREAS_PER_DEGREE};
}
