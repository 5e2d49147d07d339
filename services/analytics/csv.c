/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/csv.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "common/clock.h"

void csv_start(struct csv *csv, struct buffer *out)
{
    *csv = (struct csv){.out = out};
}

static void lead(struct csv *csv)
{
    if (csv->comma) {
        buffer_put_char(csv->out, ',');
    }
    csv->comma = true;
}

static bool is_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
}

/* Quotes are doubled; where there are none, all of it is as it stands. */
void csv_put_text(struct csv *csv, const char *text)
{
    lead(csv);
    if (text == NULL) {
        return;
    }
    const char *quote = strpbrk(text, ",\"\r\n") != NULL ? "\"" : "";
    buffer_put_text(csv->out, quote);
    buffer_put_text(csv->out, is_formula(text) ? "'" : "");
    for (; *text != '\0'; text++) {
        buffer_put_text(csv->out, *text == '"' ? "\"" : "");
        buffer_put_char(csv->out, *text);
    }
    buffer_put_text(csv->out, quote);
}

void csv_put_header(struct csv *csv, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        csv_put_text(csv, names[i]);
    }
    csv_end_line(csv);
}

void csv_put_int(struct csv *csv, int64_t value)
{
    lead(csv);
    buffer_put_format(csv->out, "%lld", (long long)value);
}

void csv_put_real(struct csv *csv, double value, int decimals)
{
    static const int64_t powers[CSV_DECIMALS_MAX + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    assert(decimals >= 0 && decimals <= CSV_DECIMALS_MAX);
    assert(isfinite(value) && fabs(value) < CSV_REAL_MAX);
    int64_t scaled = llround(fabs(value) * (double)powers[decimals]);
    while (decimals > 0 && scaled % 10 == 0) {
        scaled /= 10;
        decimals--;
    }
    lead(csv);
    buffer_put_format(csv->out, "%s%lld", value < 0 && scaled > 0 ? "-" : "",
                      (long long)(scaled / powers[decimals]));
    if (decimals > 0) {
        buffer_put_format(csv->out, ".%0*lld", decimals, (long long)(scaled % powers[decimals]));
    }
}

void csv_put_bool(struct csv *csv, bool value)
{
    csv_put_text(csv, value ? "true" : "false");
}

void csv_put_instant(struct csv *csv, int64_t instant)
{
    char text[CLOCK_TEXT_SIZE];
    csv_put_text(csv, clock_format(instant, text));
}

void csv_put_instant_if(struct csv *csv, int64_t instant)
{
    if (instant != 0) {
        csv_put_instant(csv, instant);
    } else {
        csv_put_text(csv, NULL);
    }
}

void csv_put_empty(struct csv *csv, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        csv_put_text(csv, NULL);
    }
}

void csv_end_line(struct csv *csv)
{
    buffer_put_text(csv->out, "\r\n");
    csv->comma = false;
}
