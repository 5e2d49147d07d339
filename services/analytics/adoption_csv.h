/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage as lines of a table; hidden numbers are empty, and told to be so. */
#ifndef ANALYTICS_ADOPTION_CSV_H
#define ANALYTICS_ADOPTION_CSV_H

#include "services/analytics/adoption_json.h"
#include "services/analytics/csv.h"

struct adoption_line {
    struct adoption adoption;
    struct bilingual name;    /* texts NULL: nothing named it */
    bool hidden, then_hidden; /* the reader may not see it as it is now, as it was in time */
};

void adoption_csv_header(struct csv *csv);
void adoption_csv_line(struct csv *csv, const struct adoption_line *line,
                       const struct moment *moment);

#endif
