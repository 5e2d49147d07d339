/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/slice.h"

#include <string.h>

const enum dimension slice_order[DIMENSIONS] = {
    DIMENSION_AREA,         DIMENSION_CATEGORY, DIMENSION_CHANNEL, DIMENSION_DISTRICT,
    DIMENSION_LEVEL,        DIMENSION_PROCESS,  DIMENSION_REASON,  DIMENSION_RECEIVE_RULE,
    DIMENSION_RESOLVE_RULE, DIMENSION_TEAM,     DIMENSION_UNIT,
};

static unsigned dimensions_of(const struct slice *slice)
{
    unsigned dimensions = 0;
    for (size_t i = 0; i < DIMENSIONS; i++) {
        dimensions |= (slice->members[i] != NULL ? 1u : 0u) << i;
    }
    return dimensions;
}

/* Months lie in one quarter and one year; weeks lie in nothing, and nothing lies in a day. */
enum slice_fault slice_find(struct slice_cells *cells, enum subject subject,
                            const struct slice *slice, unsigned also)
{
    int number = grouping_find(subject, dimensions_of(slice) | also);
    enum period_kind kind = slice->period.kind;
    if (number < 0) {
        return SLICE_NO_GROUPING;
    }
    const struct grouping *grouping = &subjects[subject]->groupings[number];
    if ((grouping->kept >> kind & 1) == 0) {
        if (kind == PERIOD_WEEK || kind == PERIOD_DAY) {
            return SLICE_NO_PERIOD;
        }
        kind = PERIOD_MONTH;
    }
    *cells = (struct slice_cells){.subject = subject,
                                  .grouping = number,
                                  .kind = kind,
                                  .from = slice->period.first,
                                  .to = period_end(&slice->period)};
    for (size_t i = 0; i < grouping->dimension_count; i++) {
        cells->members[i] = slice->members[grouping->dimensions[i]];
    }
    return SLICE_KEPT;
}

struct cell_key slice_cell(const struct slice_cells *cells, const struct period *period)
{
    struct cell_key key = {
        .subject = cells->subject, .grouping = cells->grouping, .period = *period};
    for (size_t i = 0; i < GROUPING_DIMENSIONS; i++) {
        key.members[i] = cells->members[i] != NULL ? cells->members[i] : "";
    }
    return key;
}

struct slice slice_of(const struct cell_key *key)
{
    const struct grouping *grouping = &subjects[key->subject]->groupings[key->grouping];
    struct slice slice = {.period = key->period};
    for (size_t i = 0; i < grouping->dimension_count; i++) {
        slice.members[grouping->dimensions[i]] = key->members[i];
    }
    return slice;
}

/* ---- the key ---- */

static void put_pair(struct buffer *out, const char *name, const char *value)
{
    if (out->data[out->size - 1] != '|') {
        buffer_put_char(out, ',');
    }
    buffer_put_format(out, "%s=%s", name, value);
}

static void put_period(struct buffer *out, const struct period *period)
{
    char text[PERIOD_TEXT_SIZE];
    if (period->kind != PERIOD_ALL) {
        put_pair(out, "period", period_format(period, text));
    }
}

const char *slice_key(const char *code, const struct slice *slice, struct arena *arena)
{
    struct buffer out;
    bool period_is_put = false;
    buffer_init(&out);
    buffer_put_format(&out, "%s|", code);
    for (size_t i = 0; i < DIMENSIONS; i++) {
        enum dimension dimension = slice_order[i];
        if (!period_is_put && strcmp(dimension_words[dimension], "period") > 0) {
            put_period(&out, &slice->period);
            period_is_put = true;
        }
        if (slice->members[dimension] != NULL) {
            put_pair(&out, dimension_words[dimension], slice->members[dimension]);
        }
    }
    const char *key = arena_copy(arena, out.data, out.size);
    buffer_finish(&out);
    return key;
}
