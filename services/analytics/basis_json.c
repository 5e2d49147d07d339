/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/basis_json.h"

#include "common/json.h"
#include "services/analytics/code_json.h"
#include "services/analytics/period.h"

enum { SOURCE_MAX = 200, DAY_SIZE = 10, YEAR_FIRST = 2000, YEAR_LAST = 2200 };

static int32_t read_day(struct json_reader *reader, const char *name)
{
    const char *text = json_read_text(reader, name, JSON_REQUIRED, DAY_SIZE, DAY_SIZE);
    struct period day = {PERIOD_DAY, 0};
    if (text != NULL && (!period_parse(text, &day) || day.kind != PERIOD_DAY)) {
        json_read_fault(reader, name, "not_allowed", "is no day");
    }
    return day.first;
}

static void read_roster(struct basis *basis, struct json_reader *reader)
{
    basis->code = code_read_unit(reader, "unit", JSON_REQUIRED);
    basis->since = read_day(reader, "as_of");
    basis->number = json_read_int(reader, "headcount", JSON_REQUIRED, 0, CODE_NUMBER_MAX, 0);
}

static void read_population(struct basis *basis, struct json_reader *reader)
{
    basis->code = code_read_unit(reader, "area", JSON_REQUIRED);
    basis->since = basis_year_day(
        (int)json_read_int(reader, "year", JSON_REQUIRED, YEAR_FIRST, YEAR_LAST, YEAR_FIRST));
    basis->number = json_read_int(reader, "over_15", JSON_REQUIRED, 0, CODE_NUMBER_MAX, 0);
    json_read_int(reader, "with_smartphone", JSON_OPTIONAL, 0, CODE_NUMBER_MAX, 0);
}

bool basis_read(struct basis *basis, enum basis_kind kind, const char *json, size_t size,
                struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *basis = (struct basis){.kind = kind};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    if (kind == BASIS_ROSTER) {
        read_roster(basis, &reader);
    } else {
        read_population(basis, &reader);
    }
    basis->source = json_read_text(&reader, "source", JSON_REQUIRED, 1, SOURCE_MAX);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
