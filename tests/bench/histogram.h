/* SPDX-License-Identifier: Apache-2.0 */
/* histogram: latencies in µs, log-linear with 64 steps per power of two: at most 1.6 % wrong. */
#ifndef BENCH_HISTOGRAM_H
#define BENCH_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_STEPS = 64, HISTOGRAM_POWERS = 32 };

struct histogram {
    uint64_t count, max;
    uint64_t cells[HISTOGRAM_STEPS * HISTOGRAM_POWERS];
};

void histogram_record(struct histogram *histogram, uint64_t us);
/* share 0–1 */
uint64_t histogram_quantile(const struct histogram *histogram, double share);

#endif
