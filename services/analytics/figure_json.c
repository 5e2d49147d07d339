/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/figure_json.h"

#include "services/analytics/bilingual_json.h"

enum { SHARE_DECIMALS = 6, HOURS_DECIMALS = 2, FINE_HOURS_DECIMALS = 5 /* of seconds */ };

/* ---- pieces ---- */

void figure_put_unit_sets(struct json_writer *writer, const struct slice *slice,
                          const struct moment *moment)
{
    const char *codes[UNIT_SETS_NAMED];
    json_put_texts(writer, "unit_sets", codes, unit_sets_of(&moment->unit_sets, slice, codes));
}

void figure_put_window(struct json_writer *writer, const struct slice *slice,
                       const struct moment *moment)
{
    const struct period *period = &slice->period;
    struct window window = figure_window(period, moment);
    figure_put_unit_sets(writer, slice, moment);
    json_open_object(writer, "window");
    if (period->kind != PERIOD_ALL) {
        json_put_instant(writer, "from", window.from);
    }
    json_put_instant(writer, "to", window.to);
    json_close_object(writer);
    json_put_instant(writer, "as_of", moment->as_of);
    json_put_instant_if(writer, "cutoff", moment->cutoff);
}

void figure_put_definition(struct json_writer *writer, const struct indicator *indicator)
{
    json_put_text(writer, "code", indicator->code);
    json_put_int(writer, "definition_version", indicator->version);
    json_put_text(writer, "subject", subjects[indicator->subject]->name);
    json_put_text(writer, "kind", indicator_kind_words[indicator->kind]);
    json_put_text(writer, "better", indicator_better_words[indicator->better]);
    bilingual_put(writer, "label", &indicator->label);
    bilingual_put(writer, "formula", &indicator->formula);
    if (indicator->note.vi != NULL) {
        bilingual_put(writer, "note", &indicator->note);
    }
    json_put_text(writer, "source", indicator->source);
    json_put_int(writer, "threshold", indicator->threshold);
}

void figure_put_dimensions(struct json_writer *writer, const struct slice *slice)
{
    json_open_object(writer, "dimensions");
    for (size_t i = 0; i < DIMENSIONS; i++) {
        json_put_text(writer, dimension_words[slice_order[i]], slice->members[slice_order[i]]);
    }
    json_close_object(writer);
}

void figure_put_slice(struct json_writer *writer, const struct slice *slice)
{
    char text[PERIOD_TEXT_SIZE];
    figure_put_dimensions(writer, slice);
    json_put_text(writer, "period", period_format(&slice->period, text));
}

/* No value of nothing: 0 of 0 is neither good nor bad. */
static void put_ratio(struct json_writer *writer, const struct figure *figure)
{
    if (figure->denominator > 0) {
        json_put_real(writer, "value", (double)figure->numerator / (double)figure->denominator,
                      SHARE_DECIMALS);
    }
    json_put_int(writer, "numerator", figure->numerator);
    json_put_int(writer, "denominator", figure->denominator);
    json_put_int(writer, "pending", figure->pending);
    if (figure->indicator->kind == INDICATOR_SHARE && figure->denominator > 0) {
        json_open_object(writer, "interval");
        json_put_real(writer, "low", figure->interval.low, SHARE_DECIMALS);
        json_put_real(writer, "high", figure->interval.high, SHARE_DECIMALS);
        json_close_object(writer);
    }
}

static void put_times(struct json_writer *writer, const struct figure *figure)
{
    int decimals = figure->indicator->times_finer > 0 ? FINE_HOURS_DECIMALS : HOURS_DECIMALS;
    json_put_int(writer, "count", figure->denominator);
    json_put_int(writer, "open", figure->pending);
    if (figure->denominator > 0) {
        json_put_real(writer, "median_hours", figure->median, decimals);
        json_put_real(writer, "p90_hours", figure->p90, decimals);
        if (figure->open_known) {
            json_put_real(writer, "median_with_open_hours", figure->median_with_open, decimals);
        }
    }
    json_put_real(writer, "relative_error", SKETCH_ERROR, SHARE_DECIMALS);
}

void figure_put_value(struct json_writer *writer, const struct figure *figure)
{
    if (figure->hidden) {
        json_put_bool(writer, "hidden", true);
        return;
    }
    if (figure->indicator->kind == INDICATOR_TIME) {
        put_times(writer, figure);
    } else {
        put_ratio(writer, figure);
    }
    json_put_bool(writer, "uncertain", figure_is_uncertain(figure));
}

static void put_states(struct json_writer *writer, const char *name, const struct tally *tally)
{
    json_open_object(writer, name);
    for (int i = 0; i < CASE_STATES; i++) {
        json_put_int(writer, case_state_words[i], tally->counts[CASE_STATE_FIRST + i]);
    }
    json_close_object(writer);
}

/* ---- wholes ---- */

void figure_put(struct json_writer *writer, const struct figure *figure, const struct slice *slice,
                const struct moment *moment)
{
    json_open_object(writer, NULL);
    figure_put_definition(writer, figure->indicator);
    figure_put_slice(writer, slice);
    figure_put_value(writer, figure);
    figure_put_window(writer, slice, moment);
    json_close_object(writer);
}

void figure_put_counts(struct json_writer *writer, const struct unit_counts *counts)
{
    if (counts->hidden) {
        json_put_bool(writer, "hidden", true);
        return;
    }
    put_states(writer, "counts", counts->total);
    json_open_object(writer, "by_category");
    for (size_t i = 0; i < counts->category_count; i++) {
        put_states(writer, counts->categories[i].category, counts->categories[i].tally);
    }
    json_close_object(writer);
    json_put_int(writer, "overdue", counts->total->counts[CASE_OVERDUE]);
    json_open_object(writer, "handovers");
    json_put_int(writer, "returned", counts->total->counts[CASE_RETURNED]);
    json_put_int(writer, "received", counts->total->counts[CASE_TAKEN_OVER]);
    json_close_object(writer);
}

/* ---- events ---- */

const char *figure_event_type(const struct figure *figure)
{
    return figure->indicator->kind == INDICATOR_TIME ? "vn.hanoi.duration.changed.v1"
                                                     : "vn.hanoi.indicator.changed.v1";
}

void figure_event_write(struct buffer *out, const struct figure *figure, const struct slice *slice,
                        const struct moment *moment, int64_t sequence)
{
    struct json_writer writer;

    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", figure->indicator->code);
    json_put_int(&writer, "definition_version", figure->indicator->version);
    figure_put_slice(&writer, slice);
    figure_put_value(&writer, figure);
    figure_put_window(&writer, slice, moment);
    json_put_int(&writer, "sequence", sequence);
    json_close_object(&writer);
}

size_t unit_event_write(struct buffer *out, const struct unit_counts *counts,
                        const struct moment *moment, int64_t sequence)
{
    struct json_writer writer;

    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "unit", counts->unit);
    figure_put_counts(&writer, counts);
    size_t stable = out->size;
    json_put_instant(&writer, "cutoff", moment->cutoff);
    json_put_int(&writer, "sequence", sequence);
    json_close_object(&writer);
    return stable;
}
