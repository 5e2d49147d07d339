/* SPDX-License-Identifier: Apache-2.0 */
/* burst: do unusually many report the same from one area? Pure.
 *
 * Time is cut into windows at fixed instants, the city into areas of ten cells by ten
 * (place_grid.h: about 2.2 km), so that all replicas count alike. A burst is a notice, never a
 * block: when the water rises, thousands report it, and each of them is right. The numbers are
 * assumptions. */
#ifndef INTAKE_BURST_H
#define INTAKE_BURST_H

#include <stdbool.h>
#include <stdint.h>

#define BURST_WINDOW_US (INT64_C(30) * 60 * 1000000)
#define BURST_USUAL_US  (INT64_C(28) * 24 * 3600 * 1000000)

enum { BURST_REPORTS_MIN = 20, BURST_RATIO_MIN = 5 };

/* The window that an instant lies in begins then. */
int64_t burst_window_of(int64_t at);

/* Reports per window of the weeks before it, of which there were `past`. */
double burst_usual(int64_t past);

/* How many times as many as usual; less than one report in a window counts as one. */
double burst_ratio(int64_t reports, double usual);

bool burst_is_one(int64_t reports, double usual);

struct burst_place {
    double lat, lon; /* the middle */
};
struct burst_place burst_place_of(int32_t area);

#endif
