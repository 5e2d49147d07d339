/* SPDX-License-Identifier: Apache-2.0 */
/* Figures as lines of a table: one form for whatever is asked, so that tables can be put below each
 * other. A hidden figure has `hidden` true and no numbers. */
#ifndef ANALYTICS_FIGURE_CSV_H
#define ANALYTICS_FIGURE_CSV_H

#include "services/analytics/csv.h"
#include "services/analytics/figure.h"
#include "services/analytics/slice.h"

/* What some tables know beside the figure. */
struct figure_line {
    const struct figure *figure;
    const struct slice *slice;
    struct bilingual name; /* of the member that is compared; NULL: not known, or none is */
    size_t rank;           /* 0: none */
};

/* The same without ends of lines, to stand among other columns. */
size_t figure_csv_count(void);
void figure_csv_names(struct csv *csv);
void figure_csv_fields(struct csv *csv, const struct figure_line *line,
                       const struct moment *moment);

void figure_csv_header(struct csv *csv);
void figure_csv_line(struct csv *csv, const struct figure_line *line, const struct moment *moment);

/* A day as 2026-11-24. */
void csv_put_day(struct csv *csv, int32_t day);

#endif
