/* SPDX-License-Identifier: Apache-2.0 */
/* The cadence of units as lines of a table. */
#ifndef ANALYTICS_CADENCE_CSV_H
#define ANALYTICS_CADENCE_CSV_H

#include "services/analytics/cadence.h"
#include "services/analytics/csv.h"
#include "services/analytics/figure.h"

struct cadence_line {
    const char *unit;
    struct bilingual name; /* texts NULL: nothing named it */
    const struct period *period;
    const struct cadence *cadence;
};

void cadence_csv_header(struct csv *csv);
void cadence_csv_line(struct csv *csv, const struct cadence_line *line,
                      const struct moment *moment);

#endif
