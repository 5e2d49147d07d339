/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/census_json.h"

#include "services/analytics/case_fact.h"
#include "services/analytics/code_json.h"
#include "services/analytics/period.h"

enum { ITEMS_MAX = 100000, STATE_MAX = 64 };

static void read_cases(struct json_reader *reader, struct census_item *item)
{
    int phase = json_read_word(reader, "phase", JSON_REQUIRED, case_phase_words);
    const char *state = json_read_text(reader, "state", JSON_REQUIRED, 1, STATE_MAX);
    item->member = code_read_unit(reader, "unit", JSON_OPTIONAL);
    item->number = json_read_int(reader, "cases", JSON_REQUIRED, 1, CODE_NUMBER_MAX, 0);
    if (phase >= 0 && state != NULL) {
        item->kind = (int)case_state_of((enum case_phase)phase, state);
    }
}

static void read_deliveries(struct json_reader *reader, struct census_item *item)
{
    const char *const *words = censuses[CENSUS_DELIVERIES].kind_words;
    int result = json_read_word(reader, "result", JSON_REQUIRED, words);
    item->member = code_read_word(reader, "channel", JSON_REQUIRED);
    item->number = json_read_int(reader, "deliveries", JSON_REQUIRED, 1, CODE_NUMBER_MAX, 0);
    item->kind = result >= 0 ? result : 0;
}

/* Within a day no sums are kept. */
static int32_t read_since(struct json_reader *reader)
{
    int64_t since = json_read_instant(reader, "since", JSON_REQUIRED);
    int32_t day = period_day(since);
    if (since != 0 && since != period_instant(day)) {
        json_read_fault(reader, "since", "not_allowed", "must be the beginning of a city day");
    }
    return day;
}

bool census_read(struct census *census, const struct census_layout *layout, const char *json,
                 size_t size, struct arena *arena, struct error *err)
{
    static void (*const read_item[CENSUSES])(struct json_reader *, struct census_item *) = {
        [CENSUS_CASES] = read_cases, [CENSUS_DELIVERIES] = read_deliveries};
    struct json_document document;
    struct json_reader reader, item;

    *census = (struct census){.count = 0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    if (layout->period == PERIOD_DAY) {
        census->first = read_since(&reader);
    }
    size_t count = json_read_array(&reader, "items", JSON_REQUIRED, ITEMS_MAX);
    census->items = arena_array(arena, count, sizeof *census->items);
    for (size_t i = 0; i < count; i++) {
        if (json_read_item(&reader, "items", i, &item)) {
            read_item[layout - censuses](&item, &census->items[census->count++]);
            json_read_end(&item);
        }
    }
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
