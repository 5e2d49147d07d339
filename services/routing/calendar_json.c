/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/calendar_json.h"

#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "services/routing/day_json.h"

enum { EXCEPTIONS_MAX = 4000, YEAR_DAYS = 366 };

static int32_t read_minute(struct json_reader *reader, const char *name)
{
    int hour = 0, minute = 0, end = 0;
    const char *text = json_read_text(reader, name, JSON_REQUIRED, 5, 5);
    if (text != NULL && (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) != 2 || end != 5 ||
                         hour > 24 || minute > 59)) {
        json_read_fault(reader, name, "bad_time", "must be a time of day like 08:00");
    }
    return hour * 60 + minute;
}

static size_t read_periods(struct json_reader *reader, enum json_presence presence,
                           struct calendar_period *periods)
{
    size_t count = json_read_array(reader, "periods", presence, CALENDAR_PERIODS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct json_reader period;
        if (json_read_item(reader, "periods", i, &period)) {
            periods[i].start_min = read_minute(&period, "start");
            periods[i].end_min = read_minute(&period, "end");
            json_read_end(&period);
        }
    }
    return count;
}

static void read_weekdays(struct json_reader *reader, struct calendar_rules *rules)
{
    static const char *const words[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    const char *const *texts;
    size_t count = json_read_texts(reader, "weekdays", JSON_REQUIRED, 7, 10, &texts);
    for (size_t i = 0; i < count; i++) {
        size_t day = 0;
        while (day < 7 && strcmp(words[day], texts[i]) != 0) {
            day++;
        }
        if (day == 7) {
            json_read_fault(reader, "weekdays", "unknown_word", "must be English weekdays");
        } else {
            rules->weekdays |= (uint8_t)(1 << day);
        }
    }
}

static void read_exceptions(struct json_reader *reader, struct calendar_rules *rules)
{
    size_t count = json_read_array(reader, "exceptions", JSON_REQUIRED, EXCEPTIONS_MAX);
    struct calendar_exception *exceptions = arena_array(reader->arena, count, sizeof *exceptions);
    for (size_t i = 0; i < count; i++) {
        struct json_reader exception;
        if (json_read_item(reader, "exceptions", i, &exception)) {
            exceptions[i].day = day_json_read(&exception, "date", JSON_REQUIRED, 0);
            exceptions[i].works = json_read_bool(&exception, "works", JSON_REQUIRED, false);
            exceptions[i].period_count =
                read_periods(&exception, JSON_OPTIONAL, exceptions[i].periods);
            json_read_end(&exception);
        }
    }
    rules->exceptions = exceptions;
    rules->exception_count = count;
}

struct calendar *calendar_json_read(const char *text, size_t size, int64_t *known_to,
                                    struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader, covers;
    struct calendar_rules rules = {0};

    if (!json_document_parse(&document, text, size, err)) {
        return NULL;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    rules.utc_offset_min =
        (int32_t)json_read_int(&reader, "utc_offset_minutes", JSON_REQUIRED, -840, 840, 0);
    if (json_read_object(&reader, "covers", JSON_REQUIRED, &covers)) {
        rules.first_day = day_json_read(&covers, "from", JSON_REQUIRED, 0);
        *known_to = day_json_read(&covers, "to", JSON_REQUIRED, 0);
        json_read_end(&covers);
    }
    rules.last_day = *known_to + YEAR_DAYS;
    read_weekdays(&reader, &rules);
    rules.period_count = read_periods(&reader, JSON_REQUIRED, rules.periods);
    read_exceptions(&reader, &rules);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole ? calendar_new(&rules, err) : NULL;
}
