/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/coverage_json.h"

#include <string.h>

#include "common/json.h"
#include "services/routing/day.h"

struct unit_coverage {
    const struct reference *reference;
    const struct unit *unit;
    int64_t now_us;
    size_t lacking[FOCAL_NOBODY + 1]; /* fields, by enum focal_coverage */
};

static enum focal_coverage coverage_of(const struct unit_coverage *coverage, size_t category)
{
    const struct reference *reference = coverage->reference;
    return focal_point_coverage(&reference->focal_points, coverage->unit->code,
                                reference->categories[category].code, coverage->now_us);
}

static void count_fields(struct unit_coverage *coverage)
{
    for (size_t i = 0; i < coverage->reference->category_count; i++) {
        coverage->lacking[coverage_of(coverage, i)]++;
    }
}

static void put_fields(struct json_writer *writer, const char *name,
                       const struct unit_coverage *coverage, enum focal_coverage wanted)
{
    const struct reference *reference = coverage->reference;
    json_open_array(writer, name);
    if (coverage->lacking[wanted] == reference->category_count) {
        json_put_text(writer, NULL, FIELD_ANY);
    }
    for (size_t i = 0;
         coverage->lacking[wanted] < reference->category_count && i < reference->category_count;
         i++) {
        if (coverage_of(coverage, i) == wanted) {
            json_put_text(writer, NULL, reference->categories[i].code);
        }
    }
    json_close_array(writer);
}

static void put_unit(struct json_writer *writer, const struct unit_coverage *coverage)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "unit", coverage->unit->code);
    json_open_object(writer, "name");
    json_put_text(writer, "vi", coverage->unit->name_vi);
    json_put_text(writer, "en", coverage->unit->name_en);
    json_close_object(writer);
    put_fields(writer, "nobody", coverage, FOCAL_NOBODY);
    put_fields(writer, "away", coverage, FOCAL_AWAY);
    json_close_object(writer);
}

void coverage_json_write(struct buffer *out, const struct reference *reference,
                         const char *const *desks, size_t desk_count, int64_t now_us)
{
    struct json_writer writer;
    char day[DAY_TEXT_SIZE];
    int64_t unit_count = 0, covered = 0;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "day", day_format(reference->day, day));
    json_open_array(&writer, "items");
    for (size_t i = 0; i < desk_count; i++) {
        struct unit_coverage coverage = {.reference = reference, .now_us = now_us};
        coverage.unit = unit_find(&reference->units, desks[i]);
        if (coverage.unit == NULL || strcmp(desks[i], UNIT_CITY) == 0) {
            continue; /* ended, or the city, which has no desk */
        }
        count_fields(&coverage);
        unit_count++;
        if (coverage.lacking[FOCAL_ON_DUTY] == reference->category_count) {
            covered++;
        } else {
            put_unit(&writer, &coverage);
        }
    }
    json_close_array(&writer);
    json_put_int(&writer, "units", unit_count);
    json_put_int(&writer, "covered", covered);
    json_close_object(&writer);
}
