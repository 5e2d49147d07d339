/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/census_json.h"

#include "services/analytics/code_json.h"

enum { ITEMS_MAX = 100000, STATE_MAX = 64 };

static void read_item(struct json_reader *reader, struct census_item *item)
{
    int phase = json_read_word(reader, "phase", JSON_REQUIRED, case_phase_words);
    const char *state = json_read_text(reader, "state", JSON_REQUIRED, 1, STATE_MAX);
    item->unit = code_read_unit(reader, "unit", JSON_OPTIONAL);
    item->cases = json_read_int(reader, "cases", JSON_REQUIRED, 1, CODE_NUMBER_MAX, 0);
    if (phase >= 0 && state != NULL) {
        item->state = case_state_of((enum case_phase)phase, state);
    }
}

bool census_read(struct census *census, const char *json, size_t size, struct arena *arena,
                 struct error *err)
{
    struct json_document document;
    struct json_reader reader, item;

    *census = (struct census){.count = 0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    size_t count = json_read_array(&reader, "items", JSON_REQUIRED, ITEMS_MAX);
    census->items = arena_array(arena, count, sizeof *census->items);
    for (size_t i = 0; i < count; i++) {
        if (json_read_item(&reader, "items", i, &item)) {
            read_item(&item, &census->items[census->count++]);
            json_read_end(&item);
        }
    }
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
