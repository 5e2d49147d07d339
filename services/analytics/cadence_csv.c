/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/cadence_csv.h"

#include "services/analytics/figure_csv.h"

enum { SHARE_DECIMALS = 6 };

/* In the order of what writes them. */
static const char *const columns[] = {
    "rule",
    "rule_version",
    "unit",
    "name_vi",
    "name_en",
    "period",
    "items",
    "windows",
    "kept",
    "missed",
    "share",
    "longest_gap_days",
    "last_missed_from",
    "last_item_on",
    "days_since_last",
    "next_due_on",
    "as_of",
    "cutoff",
};

void cadence_csv_header(struct csv *csv)
{
    csv_put_header(csv, columns, sizeof columns / sizeof columns[0]);
}

static void put_day(struct csv *csv, int32_t day)
{
    if (day != CADENCE_NONE) {
        csv_put_day(csv, day);
    } else {
        csv_put_text(csv, NULL);
    }
}

static void put_windows(struct csv *csv, const struct cadence *cadence)
{
    csv_put_int(csv, cadence->items);
    csv_put_int(csv, cadence->windows);
    csv_put_int(csv, cadence->kept);
    csv_put_int(csv, cadence->windows - cadence->kept);
    if (cadence->windows > 0) {
        csv_put_real(csv, (double)cadence->kept / cadence->windows, SHARE_DECIMALS);
    } else {
        csv_put_text(csv, NULL);
    }
    csv_put_int(csv, cadence->longest_gap);
}

void cadence_csv_line(struct csv *csv, const struct cadence_line *line, const struct moment *moment)
{
    char period[PERIOD_TEXT_SIZE];
    const struct cadence *cadence = line->cadence;
    csv_put_text(csv, cadence_rule.code);
    csv_put_int(csv, cadence_rule.version);
    csv_put_text(csv, line->unit);
    csv_put_text(csv, line->name.vi);
    csv_put_text(csv, line->name.en);
    csv_put_text(csv, period_format(line->period, period));
    put_windows(csv, cadence);
    put_day(csv, cadence->missed_last);
    put_day(csv, cadence->last_item);
    if (cadence->last_item != CADENCE_NONE) {
        csv_put_int(csv, period_day(moment->as_of) - cadence->last_item);
    } else {
        csv_put_text(csv, NULL);
    }
    put_day(csv, cadence->next_due);
    csv_put_instant(csv, moment->as_of);
    csv_put_instant_if(csv, moment->cutoff);
    csv_end_line(csv);
}
