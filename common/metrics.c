/* SPDX-License-Identifier: Apache-2.0 */
#include "common/metrics.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

struct metrics_counter {
    uint64_t value;
};

struct metrics_gauge {
    double value;
};

/* Upper bounds in seconds, and as they are written. A longer observation counts in the last. */
static const struct {
    double seconds;
    const char *text;
} bounds[] = {
    {0.0005, "0.0005"}, {0.001, "0.001"}, {0.0025, "0.0025"}, {0.005, "0.005"}, {0.01, "0.01"},
    {0.025, "0.025"},   {0.05, "0.05"},   {0.1, "0.1"},       {0.25, "0.25"},   {0.5, "0.5"},
    {1, "1"},           {2.5, "2.5"},     {5, "5"},           {10, "10"},       {INFINITY, "+Inf"},
};

enum { BOUNDS = sizeof bounds / sizeof bounds[0] };

struct metrics_histogram {
    uint64_t counts[BOUNDS]; /* each of its own range, not cumulative */
    double sum;
};

enum family_type { FAMILY_COUNTER, FAMILY_GAUGE, FAMILY_HISTOGRAM };

static const char *const type_names[] = {"counter", "gauge", "histogram"};

struct series {
    struct series *next;
    const char *labels; /* a="x",b="y" as written between braces; "" for none */
    union {
        struct metrics_counter counter;
        struct metrics_gauge gauge;
        struct metrics_histogram histogram;
    } value;
};

struct family {
    struct family *next;
    enum family_type type;
    const char *name, *help; /* borrowed */
    struct series *series, **series_end;
    size_t series_count;
};

struct collector {
    struct collector *next;
    metrics_collect *collect;
    void *arg;
};

struct metrics {
    struct arena arena; /* of families, series, collectors: none is ever removed */
    struct family *families, **families_end;
    struct collector *collectors, **collectors_end;
    struct buffer labels; /* of the series looked for */
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = memory_zero(1, sizeof *metrics);
    arena_init(&metrics->arena);
    buffer_init(&metrics->labels);
    metrics->families_end = &metrics->families;
    metrics->collectors_end = &metrics->collectors;
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics == NULL) {
        return;
    }
    buffer_finish(&metrics->labels);
    arena_finish(&metrics->arena);
    free(metrics);
}

static struct family *find_family(struct metrics *metrics, enum family_type type, const char *name,
                                  const char *help)
{
    struct family *family;
    for (family = metrics->families; family != NULL; family = family->next) {
        if (strcmp(family->name, name) == 0) {
            assert(family->type == type);
            return family;
        }
    }
    family = arena_alloc(&metrics->arena, sizeof *family);
    *family = (struct family){.type = type, .name = name, .help = help};
    family->series_end = &family->series;
    *metrics->families_end = family;
    metrics->families_end = &family->next;
    return family;
}

static void put_escaped(struct buffer *out, const char *text, bool in_quotes)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            buffer_put_text(out, "\\n");
            continue;
        }
        if (*text == '\\' || (*text == '"' && in_quotes)) {
            buffer_put_char(out, '\\');
        }
        buffer_put_char(out, *text);
    }
}

/* Writes "name=value" texts as the format wants them; with a value given, that for all. */
static const char *write_labels(struct buffer *out, const char *const *labels, const char *value)
{
    buffer_reset(out);
    buffer_put_text(out, "");
    for (size_t i = 0; labels != NULL && labels[i] != NULL; i++) {
        const char *equals = strchr(labels[i], '=');
        assert(i < METRICS_LABELS_MAX);
        assert(equals != NULL && equals > labels[i]);
        if (i > 0) {
            buffer_put_char(out, ',');
        }
        buffer_put(out, labels[i], (size_t)(equals - labels[i]));
        buffer_put_text(out, "=\"");
        put_escaped(out, value == NULL ? equals + 1 : value, true);
        buffer_put_char(out, '"');
    }
    return out->data;
}

static struct series *find_series(const struct family *family, const char *labels)
{
    struct series *series = family->series;
    while (series != NULL && strcmp(series->labels, labels) != 0) {
        series = series->next;
    }
    return series;
}

/* The last place of a family is kept for "other". */
static struct series *take_series(struct metrics *metrics, enum family_type type, const char *name,
                                  const char *help, const char *const *labels)
{
    struct family *family = find_family(metrics, type, name, help);
    const char *written = write_labels(&metrics->labels, labels, NULL);
    struct series *series = find_series(family, written);

    if (series == NULL && family->series_count >= METRICS_SERIES_MAX - 1) {
        written = write_labels(&metrics->labels, labels, "other");
        series = find_series(family, written);
    }
    if (series != NULL) {
        return series;
    }
    series = arena_alloc(&metrics->arena, sizeof *series);
    series->labels = arena_text(&metrics->arena, written);
    *family->series_end = series;
    family->series_end = &series->next;
    family->series_count++;
    return series;
}

struct metrics_counter *metrics_counter(struct metrics *metrics, const char *name, const char *help,
                                        const char *const *labels)
{
    return &take_series(metrics, FAMILY_COUNTER, name, help, labels)->value.counter;
}

struct metrics_gauge *metrics_gauge(struct metrics *metrics, const char *name, const char *help,
                                    const char *const *labels)
{
    return &take_series(metrics, FAMILY_GAUGE, name, help, labels)->value.gauge;
}

struct metrics_histogram *metrics_histogram(struct metrics *metrics, const char *name,
                                            const char *help, const char *const *labels)
{
    return &take_series(metrics, FAMILY_HISTOGRAM, name, help, labels)->value.histogram;
}

void metrics_add(struct metrics_counter *counter, uint64_t more)
{
    counter->value += more;
}

void metrics_set(struct metrics_gauge *gauge, double value)
{
    gauge->value = value;
}

void metrics_observe(struct metrics_histogram *histogram, double seconds)
{
    size_t i = 0;
    assert(!isnan(seconds));
    while (seconds > bounds[i].seconds) {
        i++;
    }
    histogram->counts[i]++;
    histogram->sum += seconds;
}

void metrics_on_collect(struct metrics *metrics, metrics_collect *collect, void *arg)
{
    struct collector *collector = arena_alloc(&metrics->arena, sizeof *collector);
    *collector = (struct collector){.collect = collect, .arg = arg};
    *metrics->collectors_end = collector;
    metrics->collectors_end = &collector->next;
}

static void put_number(struct buffer *out, double value)
{
    if (isnan(value)) {
        buffer_put_text(out, "NaN\n");
    } else if (isinf(value)) {
        buffer_put_text(out, value > 0 ? "+Inf\n" : "-Inf\n");
    } else {
        buffer_put_format(out, "%.15g\n", value);
    }
}

/* name{labels} and a space; `suffix` makes part of a histogram. */
static void put_series_name(struct buffer *out, const struct family *family, const char *suffix,
                            const char *labels)
{
    buffer_put_text(out, family->name);
    buffer_put_text(out, suffix);
    if (*labels != '\0') {
        buffer_put_char(out, '{');
        buffer_put_text(out, labels);
        buffer_put_char(out, '}');
    }
    buffer_put_char(out, ' ');
}

static void put_histogram(struct buffer *out, const struct family *family,
                          const struct series *series)
{
    const struct metrics_histogram *histogram = &series->value.histogram;
    const char *comma = *series->labels == '\0' ? "" : ",";
    uint64_t count = 0;

    for (size_t i = 0; i < BOUNDS; i++) {
        count += histogram->counts[i];
        buffer_put_format(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", family->name,
                          series->labels, comma, bounds[i].text, count);
    }
    put_series_name(out, family, "_sum", series->labels);
    put_number(out, histogram->sum);
    put_series_name(out, family, "_count", series->labels);
    buffer_put_format(out, "%" PRIu64 "\n", count);
}

static void put_series(struct buffer *out, const struct family *family, const struct series *series)
{
    switch (family->type) {
    case FAMILY_COUNTER:
        put_series_name(out, family, "", series->labels);
        buffer_put_format(out, "%" PRIu64 "\n", series->value.counter.value);
        break;
    case FAMILY_GAUGE:
        put_series_name(out, family, "", series->labels);
        put_number(out, series->value.gauge.value);
        break;
    case FAMILY_HISTOGRAM:
        put_histogram(out, family, series);
        break;
    }
}

void metrics_write(struct metrics *metrics, struct buffer *out)
{
    for (struct collector *it = metrics->collectors; it != NULL; it = it->next) {
        it->collect(metrics, it->arg);
    }
    for (const struct family *family = metrics->families; family; family = family->next) {
        buffer_put_format(out, "# HELP %s ", family->name);
        put_escaped(out, family->help, false);
        buffer_put_format(out, "\n# TYPE %s %s\n", family->name, type_names[family->type]);
        for (const struct series *series = family->series; series; series = series->next) {
            put_series(out, family, series);
        }
    }
}
