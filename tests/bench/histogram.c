/* SPDX-License-Identifier: Apache-2.0 */
#include "histogram.h"

static unsigned cell_of(uint64_t us)
{
    if (us < HISTOGRAM_STEPS) {
        return (unsigned)us;
    }
    unsigned power = 63 - (unsigned)__builtin_clzll(us); /* at least 6 */
    unsigned step = (unsigned)(us >> (power - 6)) - HISTOGRAM_STEPS;
    unsigned cell = (power - 5) * HISTOGRAM_STEPS + step;
    unsigned last = HISTOGRAM_STEPS * HISTOGRAM_POWERS - 1;
    return cell < last ? cell : last;
}

static uint64_t value_of(unsigned cell)
{
    if (cell < HISTOGRAM_STEPS) {
        return cell;
    }
    unsigned power = cell / HISTOGRAM_STEPS + 5, step = cell % HISTOGRAM_STEPS;
    return (uint64_t)(HISTOGRAM_STEPS + step) << (power - 6);
}

void histogram_record(struct histogram *histogram, uint64_t us)
{
    histogram->cells[cell_of(us)]++;
    histogram->count++;
    histogram->max = us > histogram->max ? us : histogram->max;
}

uint64_t histogram_quantile(const struct histogram *histogram, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)histogram->count), seen = 0;
    for (unsigned cell = 0; cell < HISTOGRAM_STEPS * HISTOGRAM_POWERS; cell++) {
        seen += histogram->cells[cell];
        if (seen > wanted) {
            return value_of(cell);
        }
    }
    return histogram->max;
}
