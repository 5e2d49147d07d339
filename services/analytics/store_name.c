/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "services/analytics/store.h"

static const struct pg_statement put_names[] = {
    [NAME_UNIT] = {"analytics_put_unit_names",
                   "INSERT INTO unit_name (code, vi, en) "
                   "SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) "
                   "ON CONFLICT (code) DO UPDATE SET vi = excluded.vi, en = excluded.en"},
    [NAME_CATEGORY] = {"analytics_put_category_names",
                       "INSERT INTO category_name (code, vi, en) "
                       "SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) "
                       "ON CONFLICT (code) DO UPDATE SET vi = excluded.vi, en = excluded.en"},
};

/* No row: neither named nor counted. */
static const struct pg_statement read_name[] = {
    [NAME_UNIT] = {"analytics_read_unit_name",
                   "SELECT n.vi, n.en FROM (SELECT $1::text AS code) AS k "
                   "LEFT JOIN unit_name n ON n.code = k.code WHERE n.code IS NOT NULL "
                   "OR EXISTS (SELECT FROM cell c WHERE c.subject = $2::integer "
                   "AND c.grouping = $3::integer "
                   "AND c.period = 0 AND c.first = 0 AND c.a = k.code)"},
    [NAME_CATEGORY] = {"analytics_read_category_name",
                       "SELECT n.vi, n.en FROM (SELECT $1::text AS code) AS k "
                       "LEFT JOIN category_name n ON n.code = k.code WHERE n.code IS NOT NULL "
                       "OR EXISTS (SELECT FROM cell c WHERE c.subject = $2::integer "
                       "AND c.grouping = $3::integer "
                       "AND c.period = 0 AND c.first = 0 AND c.a = k.code)"},
};

static const struct pg_statement read_names[] = {
    [NAME_UNIT] = {"analytics_read_unit_names",
                   "SELECT code, vi, en FROM unit_name ORDER BY code COLLATE \"C\""},
    [NAME_CATEGORY] = {"analytics_read_category_names",
                       "SELECT code, vi, en FROM category_name ORDER BY code COLLATE \"C\""},
};

void store_put_names(struct pg_tx *tx, enum name_kind kind, const struct name *names, size_t count)
{
    struct pg_array codes, vi, en;

    pg_array_init(&codes, PG_TEXT);
    pg_array_init(&vi, PG_TEXT);
    pg_array_init(&en, PG_TEXT);
    for (size_t i = 0; i < count; i++) {
        pg_array_text(&codes, names[i].code);
        pg_array_text(&vi, names[i].text.vi);
        pg_array_text(&en, names[i].text.en);
    }
    pg_tx_add(tx, &put_names[kind]);
    pg_tx_array(tx, &codes);
    pg_tx_array(tx, &vi);
    pg_tx_array(tx, &en);
    pg_array_finish(&codes);
    pg_array_finish(&vi);
    pg_array_finish(&en);
}

static enum name_kind table_of(enum name_kind kind)
{
    return kind >= NAME_KINDS ? NAME_UNIT : kind;
}

static const enum dimension dimensions[] = {
    [NAME_UNIT] = DIMENSION_UNIT,
    [NAME_CATEGORY] = DIMENSION_CATEGORY,
    [NAME_AREA] = DIMENSION_AREA,
    [NAME_DISTRICT] = DIMENSION_DISTRICT,
};

void store_read_name(struct pg_tx *tx, enum name_kind kind, enum subject subject, const char *code)
{
    pg_tx_add(tx, &read_name[table_of(kind)]);
    pg_tx_text(tx, code);
    pg_tx_int4(tx, (int32_t)subject);
    pg_tx_int4(tx, grouping_find(subject, 1u << dimensions[kind]));
}

bool store_take_name(const struct pg_tx *tx, size_t statement, struct arena *arena,
                     struct bilingual *text)
{
    if (pg_rows(tx, statement) == 0) {
        return false;
    }
    text->vi = arena_text(arena, pg_value_text(tx, statement, 0, 0));
    text->en = arena_text(arena, pg_value_text(tx, statement, 0, 1));
    return true;
}

void store_read_names(struct pg_tx *tx, enum name_kind kind)
{
    pg_tx_add(tx, &read_names[table_of(kind)]);
}

bool store_find_name(const struct pg_tx *tx, size_t statement, const char *code,
                     struct bilingual *text)
{
    size_t low = 0, high = pg_rows(tx, statement);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(pg_value_text(tx, statement, middle, 0), code);
        if (order == 0) {
            *text = (struct bilingual){pg_value_text(tx, statement, middle, 1),
                                       pg_value_text(tx, statement, middle, 2)};
            return true;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return false;
}
