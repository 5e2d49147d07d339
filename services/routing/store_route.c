/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_route.h"

#include <string.h>

#include "services/routing/day.h"

static const char *text(const struct pg_tx *tx, size_t statement, size_t row, int column,
                        struct arena *arena)
{
    return arena_text(arena, pg_value_text(tx, statement, row, column));
}

static void read_cooperating(struct route_rule *rule, char *list)
{
    for (char *unit = strsep(&list, ","); unit != NULL && *unit != '\0';
         unit = strsep(&list, ",")) {
        rule->cooperating[rule->cooperating_count++] = unit; /* at most 8: a CHECK */
    }
}

void store_route_row(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                     struct route_rule *rule)
{
    *rule = (struct route_rule){
        .rule = {.code = text(tx, statement, row, 0, arena),
                 .version = pg_value_int4(tx, statement, row, 1),
                 .source = text(tx, statement, row, 2, arena)},
        .wanted = {[ROUTE_BY_PROCESS] = text(tx, statement, row, 3, arena),
                   [ROUTE_BY_AREA] = text(tx, statement, row, 4, arena),
                   [ROUTE_BY_CATEGORY] = text(tx, statement, row, 5, arena),
                   [ROUTE_BY_LEVEL] = text(tx, statement, row, 6, arena)},
        .lead = text(tx, statement, row, 7, arena),
        .focal_point = text(tx, statement, row, 8, arena),
        .valid_from = pg_value_instant(tx, statement, row, 10),
        .valid_to =
            pg_value_is_null(tx, statement, row, 11) ? 0 : pg_value_instant(tx, statement, row, 11),
    };
    read_cooperating(rule, arena_text(arena, pg_value_text(tx, statement, row, 9)));
}

/* ---- changes ---- */

/* The newest version of rule $1, and whether it is what is asked for. */
#define NEWEST(is_same)                                                                            \
    "newest AS (SELECT version, " is_same " AS same, valid_to FROM route_rule WHERE code = $1 "    \
    "ORDER BY version DESC LIMIT 1)"
#define OUTCOME                                                                                    \
    "SELECT EXISTS (SELECT FROM done), coalesce((SELECT same FROM newest), false), "               \
    "coalesce((SELECT version FROM newest), 0)"

static const struct pg_statement add = {
    "route_rule_add",
    "WITH " NEWEST("version = $2 AND (process, area, category, level, lead, focal_point, "
                   "cooperating, valid_from, valid_to, source) IS NOT DISTINCT FROM ($3::text, "
                   "$4::text, $5::text, $6::text, $7::text, $8::text, "
                   "string_to_array($9::text, ','), $10::text::date, $11::text::date, "
                   "$12::text)") ", "
                                 "done AS (INSERT INTO route_rule (code, version, process, area, "
                                 "category, level, lead, "
                                 "focal_point, cooperating, valid_from, valid_to, source) "
                                 "SELECT $1, $2::integer, $3, $4, $5, $6, $7, $8, "
                                 "string_to_array($9, ','), $10::text::date, "
                                 "$11::text::date, $12 WHERE $2 = coalesce((SELECT version FROM "
                                 "newest), 0) + 1 "
                                 "ON CONFLICT DO NOTHING RETURNING version) " OUTCOME};

static const char *join_cooperating(const struct route_rule *rule, struct arena *arena)
{
    const char *list = "";
    for (size_t i = 0; i < rule->cooperating_count; i++) {
        list = arena_format(arena, "%s%s%s", list, i > 0 ? "," : "", rule->cooperating[i]);
    }
    return list;
}

static void put_day(struct pg_tx *tx, int64_t day)
{
    char text[DAY_TEXT_SIZE];
    pg_tx_text(tx, day == ROUTE_DAY_OPEN ? NULL : day_format(day, text));
}

void store_route_add(struct pg_tx *tx, const struct route_change *change)
{
    const struct route_rule *rule = &change->rule;
    pg_tx_add(tx, &add);
    pg_tx_text(tx, rule->rule.code);
    pg_tx_int4(tx, rule->rule.version);
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        pg_tx_text(tx, rule->wanted[i]);
    }
    pg_tx_text(tx, rule->lead);
    pg_tx_text(tx, rule->focal_point);
    pg_tx_text(tx, join_cooperating(rule, pg_tx_arena(tx)));
    put_day(tx, change->first_day);
    put_day(tx, change->last_day);
    pg_tx_text(tx, rule->rule.source);
}

static const struct pg_statement end = {
    "route_rule_end",
    "WITH " NEWEST(
        "version = $2 AND valid_to = $3::text::date") ", "
                                                      "done AS (UPDATE route_rule r SET valid_to = "
                                                      "$3::text::date FROM newest "
                                                      "WHERE r.code = $1 AND r.version = "
                                                      "$2::integer AND r.version = newest.version "
                                                      "AND r.valid_from <= $3::text::date AND "
                                                      "(r.valid_to IS NULL OR r.valid_to > "
                                                      "$3::text::date) "
                                                      "RETURNING r.version) " OUTCOME};

void store_route_end(struct pg_tx *tx, const struct route_change *change)
{
    pg_tx_add(tx, &end);
    pg_tx_text(tx, change->rule.rule.code);
    pg_tx_int4(tx, change->rule.rule.version);
    put_day(tx, change->last_day);
}

enum route_stored store_route_result(const struct pg_tx *tx, size_t statement, int32_t *newest)
{
    *newest = pg_value_int4(tx, statement, 0, 2);
    if (pg_value_bool(tx, statement, 0, 0)) {
        return ROUTE_STORED;
    }
    return pg_value_bool(tx, statement, 0, 1) ? ROUTE_STORED_BEFORE : ROUTE_NOT_STORED;
}
