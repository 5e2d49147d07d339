/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/figure.h"

struct window figure_window(const struct period *period, const struct moment *moment)
{
    bool is_all = period->kind == PERIOD_ALL;
    int64_t end = is_all ? moment->as_of : period_instant(period_end(period));
    return (struct window){.from = is_all ? 0 : period_instant(period->first),
                           .to = end < moment->as_of ? end : moment->as_of};
}

static double hours_of(const struct figure *figure, int32_t bucket)
{
    int finer = figure->indicator->times_finer;
    return sketch_hours(bucket) / (finer > 0 ? finer : 1);
}

static void measure_times(struct figure *figure, const struct tally *tally)
{
    int64_t timed = sketch_total(&tally->times);
    figure->numerator = figure->denominator = timed;
    if (timed == 0) {
        return;
    }
    int32_t with_open = sketch_quantile(&tally->times, 0.5, figure->pending);
    figure->median = hours_of(figure, sketch_quantile(&tally->times, 0.5, 0));
    figure->p90 = hours_of(figure, sketch_quantile(&tally->times, 0.9, 0));
    figure->open_known = with_open != SKETCH_NONE;
    figure->median_with_open = hours_of(figure, with_open);
}

void figure_of(struct figure *figure, const struct indicator *indicator, const struct tally *tally)
{
    *figure = (struct figure){
        .indicator = indicator,
        .numerator = tally_sum(tally, indicator->numerator),
        .denominator = tally_sum(tally, indicator->denominator) -
                       tally_sum(tally, indicator->denominator_less),
        .pending = tally_sum(tally, indicator->pending),
    };
    if (indicator->kind == INDICATOR_TIME) {
        measure_times(figure, tally);
    } else if (indicator->kind == INDICATOR_SHARE && figure->denominator > 0) {
        figure->interval = wilson_interval(figure->numerator, figure->denominator);
    }
}

bool figure_is_uncertain(const struct figure *figure)
{
    return figure->denominator < figure->indicator->threshold;
}

static int compare(double a, double b)
{
    return (a > b) - (a < b);
}

int figure_order(const struct figure *a, const struct figure *b)
{
    int higher = a->indicator->kind == INDICATOR_TIME
                     ? compare(a->median, b->median)
                     : compare((double)a->numerator / (double)a->denominator,
                               (double)b->numerator / (double)b->denominator);
    return a->indicator->better == BETTER_LOW ? higher : -higher;
}

bool figure_equal(const struct figure *a, const struct figure *b)
{
    return a->indicator == b->indicator && a->numerator == b->numerator &&
           a->denominator == b->denominator && a->pending == b->pending && a->median == b->median &&
           a->p90 == b->p90 && a->open_known == b->open_known &&
           a->median_with_open == b->median_with_open;
}
