/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/adoption_csv.h"

#include "services/analytics/figure_csv.h"

enum { SHARE_DECIMALS = 6 };

/* In the order of what writes them; due_ is of the last day that was in time. */
static const char *const columns[] = {
    "code",
    "definition_version",
    "unit",
    "area",
    "name_vi",
    "name_en",
    "at",
    "hidden",
    "value",
    "numerator",
    "denominator",
    "basis_since",
    "basis_source",
    "due_before",
    "due_hidden",
    "due_value",
    "due_numerator",
    "due_denominator",
    "due_met",
    "as_of",
    "cutoff",
};
enum { DUTY_COLUMNS = 5 /* due_hidden to due_met */ };

void adoption_csv_header(struct csv *csv)
{
    csv_put_header(csv, columns, sizeof columns / sizeof columns[0]);
}

/* hidden, value, numerator, denominator */
static void put_coverage(struct csv *csv, const struct coverage *coverage, bool hidden)
{
    bool has_basis = coverage->basis.code != NULL;
    csv_put_bool(csv, hidden);
    if (hidden) {
        csv_put_empty(csv, 3);
        return;
    }
    if (has_basis && coverage_has_share(coverage)) {
        csv_put_real(csv, coverage_share(coverage), SHARE_DECIMALS);
    } else {
        csv_put_text(csv, NULL);
    }
    csv_put_int(csv, coverage->accounts);
    if (has_basis) {
        csv_put_int(csv, coverage->basis.number);
    } else {
        csv_put_text(csv, NULL);
    }
}

static void put_basis(struct csv *csv, const struct coverage *coverage, bool hidden)
{
    if (hidden || coverage->basis.code == NULL) {
        csv_put_empty(csv, 2);
        return;
    }
    csv_put_day(csv, coverage->basis.since);
    csv_put_text(csv, coverage->basis.source);
}

static void put_duty(struct csv *csv, const struct coverage *then, bool hidden)
{
    if (then == NULL) {
        csv_put_empty(csv, DUTY_COLUMNS);
        return;
    }
    put_coverage(csv, then, hidden);
    if (!hidden && coverage_has_share(then)) {
        csv_put_bool(csv, coverage_is_full(then));
    } else {
        csv_put_text(csv, NULL);
    }
}

void adoption_csv_line(struct csv *csv, const struct adoption_line *line,
                       const struct moment *moment)
{
    const struct adoption *adoption = &line->adoption;
    const struct indicator *indicator = coverage_indicator(adoption->kind);
    bool of_unit = adoption->kind == BASIS_ROSTER;
    csv_put_text(csv, indicator->code);
    csv_put_int(csv, indicator->version);
    csv_put_text(csv, of_unit ? adoption->now.code : NULL);
    csv_put_text(csv, of_unit ? NULL : adoption->now.code);
    csv_put_text(csv, line->name.vi);
    csv_put_text(csv, line->name.en);
    csv_put_day(csv, adoption->day);
    put_coverage(csv, &adoption->now, line->hidden);
    put_basis(csv, &adoption->now, line->hidden);
    if (of_unit) {
        csv_put_day(csv, adoption_rule.before);
    } else {
        csv_put_text(csv, NULL);
    }
    put_duty(csv, adoption->then, line->then_hidden);
    csv_put_instant(csv, moment->as_of);
    csv_put_instant_if(csv, moment->cutoff);
    csv_end_line(csv);
}
