/* SPDX-License-Identifier: Apache-2.0 */
/* rate: how much each of many callers may do, a bucket of tokens for each.
 *
 * A bucket begins full, at `burst`, and fills by `per_s`. Memory is bounded whatever callers come:
 * the fullest bucket of a set makes room, and it loses the least by that. Counts are this
 * process's own: N replicas allow N times as much. No clock. */
#ifndef COMMON_RATE_H
#define COMMON_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate;

struct rate *rate_new(double per_s, double burst);
void rate_free(struct rate *rate);

/* Takes count tokens of that name. False: none is taken, and in *wait_s seconds (at least 1) there
 * will be enough. A count over the burst is served when the bucket is full, and owes the rest. */
bool rate_take(struct rate *rate, const char *name, unsigned count, uint64_t now_us,
               unsigned *wait_s);

#endif
