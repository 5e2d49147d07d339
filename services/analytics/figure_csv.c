/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/figure_csv.h"

enum { SHARE_DECIMALS = 6, HOURS_DECIMALS = 2, FINE_HOURS_DECIMALS = 5 /* of seconds */ };

void csv_put_day(struct csv *csv, int32_t day)
{
    const struct period period = {PERIOD_DAY, day};
    char text[PERIOD_TEXT_SIZE];
    csv_put_text(csv, period_format(&period, text));
}

/* In the order of what writes them. */
static const char *const columns[] = {
    "code",           "definition_version",
    "subject",        "kind",
    "label_vi",       "label_en",
    "area",           "category",
    "channel",        "level",
    "process",        "reason",
    "team",           "unit",
    "name_vi",        "name_en",
    "period",         "window_from",
    "window_to",      "rank",
    "hidden",         "value",
    "numerator",      "denominator",
    "pending",        "interval_low",
    "interval_high",  "count",
    "open",           "median_hours",
    "p90_hours",      "median_with_open_hours",
    "relative_error", "uncertain",
    "as_of",          "cutoff",
    "district",       "unit_sets",
    "receive_rule",   "resolve_rule",
};
enum {
    RATIO_COLUMNS = 6, /* value to interval_high */
    TIME_COLUMNS = 6,  /* count to relative_error */
    UNCERTAIN_COLUMNS = 1
};

size_t figure_csv_count(void)
{
    return sizeof columns / sizeof columns[0];
}

void figure_csv_names(struct csv *csv)
{
    for (size_t i = 0; i < figure_csv_count(); i++) {
        csv_put_text(csv, columns[i]);
    }
}

void figure_csv_header(struct csv *csv)
{
    figure_csv_names(csv);
    csv_end_line(csv);
}

static void put_definition(struct csv *csv, const struct indicator *indicator)
{
    csv_put_text(csv, indicator->code);
    csv_put_int(csv, indicator->version);
    csv_put_text(csv, subjects[indicator->subject]->name);
    csv_put_text(csv, indicator_kind_words[indicator->kind]);
    csv_put_text(csv, indicator->label.vi);
    csv_put_text(csv, indicator->label.en);
}

/* Several are separated by blanks. */
static void put_unit_sets(struct csv *csv, const struct slice *slice, const struct moment *moment)
{
    const char *codes[UNIT_SETS_NAMED];
    size_t count = unit_sets_of(&moment->unit_sets, slice, codes);
    struct buffer text;
    buffer_init(&text);
    for (size_t i = 0; i < count; i++) {
        buffer_put_format(&text, "%s%s", i > 0 ? " " : "", codes[i]);
    }
    csv_put_text(csv, text.data);
    buffer_finish(&text);
}

static void put_window(struct csv *csv, const struct period *period, const struct moment *moment)
{
    char text[PERIOD_TEXT_SIZE];
    struct window window = figure_window(period, moment);
    csv_put_text(csv, period_format(period, text));
    csv_put_instant_if(csv, window.from);
    csv_put_instant(csv, window.to);
}

static void put_ratio(struct csv *csv, const struct figure *figure)
{
    bool has_value = figure->denominator > 0;
    if (has_value) {
        csv_put_real(csv, (double)figure->numerator / (double)figure->denominator, SHARE_DECIMALS);
    } else {
        csv_put_text(csv, NULL);
    }
    csv_put_int(csv, figure->numerator);
    csv_put_int(csv, figure->denominator);
    csv_put_int(csv, figure->pending);
    if (has_value && figure->indicator->kind == INDICATOR_SHARE) {
        csv_put_real(csv, figure->interval.low, SHARE_DECIMALS);
        csv_put_real(csv, figure->interval.high, SHARE_DECIMALS);
    } else {
        csv_put_empty(csv, 2);
    }
    csv_put_empty(csv, TIME_COLUMNS);
}

static void put_hours(struct csv *csv, const struct figure *figure)
{
    int decimals = figure->indicator->times_finer > 0 ? FINE_HOURS_DECIMALS : HOURS_DECIMALS;
    if (figure->denominator == 0) {
        csv_put_empty(csv, 3);
        return;
    }
    csv_put_real(csv, figure->median, decimals);
    csv_put_real(csv, figure->p90, decimals);
    if (figure->open_known) {
        csv_put_real(csv, figure->median_with_open, decimals);
    } else {
        csv_put_text(csv, NULL);
    }
}

static void put_times(struct csv *csv, const struct figure *figure)
{
    csv_put_empty(csv, RATIO_COLUMNS);
    csv_put_int(csv, figure->denominator);
    csv_put_int(csv, figure->pending);
    put_hours(csv, figure);
    csv_put_real(csv, SKETCH_ERROR, SHARE_DECIMALS);
}

static void put_value(struct csv *csv, const struct figure *figure)
{
    csv_put_bool(csv, figure->hidden);
    if (figure->hidden) {
        csv_put_empty(csv, RATIO_COLUMNS + TIME_COLUMNS + UNCERTAIN_COLUMNS);
        return;
    }
    if (figure->indicator->kind == INDICATOR_TIME) {
        put_times(csv, figure);
    } else {
        put_ratio(csv, figure);
    }
    csv_put_bool(csv, figure_is_uncertain(figure));
}

/* In the order of the columns. */
static const enum dimension dimensions[] = {
    DIMENSION_AREA,    DIMENSION_CATEGORY, DIMENSION_CHANNEL, DIMENSION_LEVEL,
    DIMENSION_PROCESS, DIMENSION_REASON,   DIMENSION_TEAM,    DIMENSION_UNIT,
};
static const enum dimension later_dimensions[] = {DIMENSION_RECEIVE_RULE, DIMENSION_RESOLVE_RULE};
enum {
    COUNT = sizeof dimensions / sizeof dimensions[0],
    LATER_COUNT = sizeof later_dimensions / sizeof later_dimensions[0]
};
_Static_assert(COUNT + 1 + LATER_COUNT == DIMENSIONS, "a column for each; districts beside");

static void put_members(struct csv *csv, const struct slice *slice, const enum dimension *order,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        csv_put_text(csv, slice->members[order[i]]);
    }
}

void figure_csv_fields(struct csv *csv, const struct figure_line *line, const struct moment *moment)
{
    put_definition(csv, line->figure->indicator);
    put_members(csv, line->slice, dimensions, COUNT);
    csv_put_text(csv, line->name.vi);
    csv_put_text(csv, line->name.en);
    put_window(csv, &line->slice->period, moment);
    if (line->rank > 0) {
        csv_put_int(csv, (int64_t)line->rank);
    } else {
        csv_put_text(csv, NULL);
    }
    put_value(csv, line->figure);
    csv_put_instant(csv, moment->as_of);
    csv_put_instant_if(csv, moment->cutoff);
    csv_put_text(csv, line->slice->members[DIMENSION_DISTRICT]);
    put_unit_sets(csv, line->slice, moment);
    put_members(csv, line->slice, later_dimensions, LATER_COUNT);
}

void figure_csv_line(struct csv *csv, const struct figure_line *line, const struct moment *moment)
{
    figure_csv_fields(csv, line, moment);
    csv_end_line(csv);
}
