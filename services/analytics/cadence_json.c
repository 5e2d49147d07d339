/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/cadence_json.h"

#include "services/analytics/bilingual_json.h"

enum { SHARE_DECIMALS = 6 };

static void put_day(struct json_writer *writer, const char *name, int32_t day)
{
    const struct period period = {PERIOD_DAY, day};
    char text[PERIOD_TEXT_SIZE];
    if (day != CADENCE_NONE) {
        json_put_text(writer, name, period_format(&period, text));
    }
}

void cadence_put_rule(struct json_writer *writer)
{
    json_open_object(writer, "rule");
    json_put_text(writer, "code", cadence_rule.code);
    json_put_int(writer, "version", cadence_rule.version);
    json_put_text(writer, "source", cadence_rule.source);
    json_put_int(writer, "window_days", cadence_rule.window_days);
    put_day(writer, "valid_from", cadence_rule.from);
    bilingual_put(writer, "label", &cadence_rule.label);
    bilingual_put(writer, "text", &cadence_rule.text);
    bilingual_put(writer, "assumption", &cadence_rule.assumption);
    json_close_object(writer);
}

/* No share of nothing. */
void cadence_put(struct json_writer *writer, const struct cadence *cadence, int32_t today)
{
    json_put_int(writer, "items", cadence->items);
    json_put_int(writer, "windows", cadence->windows);
    json_put_int(writer, "kept", cadence->kept);
    json_put_int(writer, "missed", cadence->windows - cadence->kept);
    if (cadence->windows > 0) {
        json_put_real(writer, "share", (double)cadence->kept / cadence->windows, SHARE_DECIMALS);
    }
    json_put_int(writer, "longest_gap_days", cadence->longest_gap);
    put_day(writer, "last_missed_from", cadence->missed_last);
    put_day(writer, "last_item_on", cadence->last_item);
    if (cadence->last_item != CADENCE_NONE) {
        json_put_int(writer, "days_since_last", today - cadence->last_item);
    }
    put_day(writer, "next_due_on", cadence->next_due);
}

size_t cadence_event_write(struct buffer *out, const struct cadence_news *news)
{
    struct json_writer writer;

    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "unit", news->unit);
    json_open_object(&writer, "rule");
    json_put_text(&writer, "code", cadence_rule.code);
    json_put_int(&writer, "version", cadence_rule.version);
    json_put_text(&writer, "source", cadence_rule.source);
    json_close_object(&writer);
    cadence_put(&writer, news->cadence, period_day(news->as_of));
    size_t stable = out->size;
    json_put_instant(&writer, "as_of", news->as_of);
    json_put_instant_if(&writer, "cutoff", news->cutoff);
    json_put_int(&writer, "sequence", news->sequence);
    json_close_object(&writer);
    return stable;
}
