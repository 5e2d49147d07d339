/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/duty_json.h"

#include "common/json.h"
#include "services/analytics/code_json.h"

static const char *const types[] = {"city",    "office",     "department", "district", "ward",
                                    "commune", "enterprise", "board",      "police",   NULL};

/* A unit that ends during a day has no duty on it any more. */
static void read_members(struct unit_duty *duty, struct json_reader *reader)
{
    duty->unit = code_read_unit(reader, "code", JSON_REQUIRED);
    int type = json_read_word(reader, "type", JSON_REQUIRED, types);
    duty->binds = type >= 0 && cadence_binds(types[type]);
    int64_t from = json_read_instant(reader, "valid_from", JSON_REQUIRED);
    int64_t until = json_read_instant(reader, "valid_to", JSON_OPTIONAL);
    duty->duty = cadence_duty(period_day(from), until != 0 ? period_day(until) : CADENCE_NO_END);
}

bool unit_duty_read(struct unit_duty *duty, const char *json, size_t size, struct arena *arena,
                    struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *duty = (struct unit_duty){.binds = false};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_members(duty, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
