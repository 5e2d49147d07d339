/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/figure_json.h"

enum { VALUE_DECIMALS = 6 };

/* ---- pieces ---- */

void figure_put_window(struct json_writer *writer, const struct moment *moment)
{
    json_open_object(writer, "window");
    json_put_instant(writer, "to", moment->as_of);
    json_close_object(writer);
    json_put_instant_if(writer, "cutoff", moment->cutoff);
}

void figure_put_bilingual(struct json_writer *writer, const char *name,
                          const struct bilingual *text)
{
    json_open_object(writer, name);
    json_put_text(writer, "vi", text->vi);
    json_put_text(writer, "en", text->en);
    json_close_object(writer);
}

void figure_put_definition(struct json_writer *writer, const struct indicator *indicator)
{
    json_put_text(writer, "code", indicator->code);
    json_put_int(writer, "definition_version", indicator->version);
    figure_put_bilingual(writer, "label", &indicator->label);
    figure_put_bilingual(writer, "formula", &indicator->formula);
    json_put_text(writer, "source", indicator->source);
}

static void put_dimensions(struct json_writer *writer, const struct figure *figure)
{
    json_open_object(writer, "dimensions");
    json_put_text(writer, "category", figure->category);
    json_put_text(writer, "unit", figure->unit);
    json_close_object(writer);
}

/* No value of nothing: 0 of 0 is neither good nor bad. */
static void put_value(struct json_writer *writer, const struct figure *figure)
{
    if (figure->denominator > 0) {
        json_put_real(writer, "value", (double)figure->numerator / (double)figure->denominator,
                      VALUE_DECIMALS);
    }
    json_put_int(writer, "numerator", figure->numerator);
    json_put_int(writer, "denominator", figure->denominator);
}

static void put_states(struct json_writer *writer, const char *name,
                       const struct state_counts *counts)
{
    json_open_object(writer, name);
    for (size_t i = 0; i < CASE_STATES; i++) {
        json_put_int(writer, case_state_words[i], counts->states[i]);
    }
    json_close_object(writer);
}

/* ---- wholes ---- */

void figure_put(struct json_writer *writer, const struct figure *figure,
                const struct moment *moment)
{
    json_open_object(writer, NULL);
    figure_put_definition(writer, figure->indicator);
    put_dimensions(writer, figure);
    put_value(writer, figure);
    json_put_int(writer, "pending", figure->pending);
    figure_put_window(writer, moment);
    json_close_object(writer);
}

void figure_put_counts(struct json_writer *writer, const struct unit_counts *counts)
{
    put_states(writer, "counts", &counts->total);
    json_open_object(writer, "by_category");
    for (size_t i = 0; i < counts->category_count; i++) {
        put_states(writer, counts->categories[i].category, &counts->categories[i].counts);
    }
    json_close_object(writer);
    json_put_int(writer, "overdue", counts->total.overdue);
    json_open_object(writer, "handovers");
    json_put_int(writer, "returned", counts->total.returned);
    json_put_int(writer, "received", counts->total.received);
    json_close_object(writer);
}

size_t figure_event_write(struct buffer *out, const struct figure *figure,
                          const struct moment *moment, int64_t sequence)
{
    struct json_writer writer;

    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", figure->indicator->code);
    json_put_int(&writer, "definition_version", figure->indicator->version);
    put_dimensions(&writer, figure);
    put_value(&writer, figure);
    size_t stable = out->size;
    figure_put_window(&writer, moment);
    json_put_int(&writer, "sequence", sequence);
    json_close_object(&writer);
    return stable;
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

const char *figure_key(const struct figure *figure, struct arena *arena)
{
    const char *category = figure->category, *unit = figure->unit;
    return arena_format(arena, "%s|%s%s%s%s%s", figure->indicator->code,
                        category != NULL ? "category=" : "", category != NULL ? category : "",
                        category != NULL && unit != NULL ? "," : "", unit != NULL ? "unit=" : "",
                        unit != NULL ? unit : "");
}
