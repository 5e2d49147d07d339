/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store_unit_set.h"

#include <string.h>

#include "common/uuid.h"

static const struct pg_statement put_unit_set = {
    "analytics_put_unit_set", "SELECT unit_set_put($1::text, $2::integer, $3::bytea, $4::text[], "
                              "$5::text[], $6::text[])"};

static const struct pg_statement withdraw_unit_set = {"analytics_withdraw_unit_set",
                                                      "SELECT unit_set_withdraw($1::text)"};

void store_put_unit_set(struct pg_tx *tx, const struct unit_set *set,
                        const uint8_t digest[DIGEST_SIZE])
{
    struct pg_array areas, districts, successors;
    pg_array_init(&areas, PG_TEXT);
    pg_array_init(&districts, PG_TEXT);
    pg_array_init(&successors, PG_TEXT);
    for (size_t i = 0; i < set->area_count; i++) {
        pg_array_text(&areas, set->areas[i].code);
        pg_array_text(&districts, set->areas[i].district);
        pg_array_text(&successors, set->areas[i].successor);
    }
    pg_tx_add(tx, &put_unit_set);
    pg_tx_text(tx, set->code);
    if (set->last == UNIT_SET_OPEN) {
        pg_tx_null(tx);
    } else {
        pg_tx_int4(tx, set->last);
    }
    pg_tx_bytes(tx, digest, DIGEST_SIZE);
    pg_tx_array(tx, &areas);
    pg_tx_array(tx, &districts);
    pg_tx_array(tx, &successors);
    pg_array_finish(&areas);
    pg_array_finish(&districts);
    pg_array_finish(&successors);
}

void store_withdraw_unit_set(struct pg_tx *tx, const char *code)
{
    pg_tx_add(tx, &withdraw_unit_set);
    pg_tx_text(tx, code);
}

/* ---- what counting goes by ---- */

static const struct pg_statement read_numbers = {
    "analytics_read_unit_set_numbers",
    "SELECT c.number, t.unit_sets FROM unit_set_change c, turn t"};

static const struct pg_statement read_areas = {
    "analytics_read_unit_set_areas",
    "SELECT s.code, coalesce(s.last_day, $1::integer), a.area, a.district, a.successor "
    "FROM unit_set s JOIN unit_set_area a ON a.unit_set = s.code ORDER BY s.code"};

void store_read_unit_set_numbers(struct pg_tx *tx)
{
    pg_tx_add(tx, &read_numbers);
}

void store_take_unit_set_numbers(const struct pg_tx *tx, size_t statement, int64_t *told,
                                 int64_t *counted)
{
    *told = pg_value_int8(tx, statement, 0, 0);
    *counted = pg_value_int8(tx, statement, 0, 1);
}

void store_read_unit_sets(struct pg_tx *tx)
{
    pg_tx_add(tx, &read_areas);
    pg_tx_int4(tx, UNIT_SET_OPEN);
}

static struct unit_set *set_of(struct unit_sets *sets, const char *code)
{
    struct unit_set *last = sets->count > 0 ? &sets->items[sets->count - 1] : NULL;
    return last != NULL && strcmp(last->code, code) == 0 ? last : NULL;
}

void store_take_unit_sets(const struct pg_tx *tx, size_t statement, struct arena *arena,
                          struct unit_sets *sets)
{
    size_t rows = pg_rows(tx, statement);
    *sets = (struct unit_sets){.items = arena_array(arena, rows, sizeof *sets->items)};
    for (size_t row = 0; row < rows; row++) {
        const char *code = pg_value_text(tx, statement, row, 0);
        struct unit_set *set = set_of(sets, code);
        if (set == NULL) {
            set = &sets->items[sets->count++];
            *set = (struct unit_set){
                .code = arena_text(arena, code),
                .last = pg_value_int4(tx, statement, row, 1),
                .areas = arena_array(arena, rows - row, sizeof *set->areas),
            };
        }
        set->areas[set->area_count++] = (struct unit_area){
            .code = arena_text(arena, pg_value_text(tx, statement, row, 2)),
            .district = arena_text(arena, pg_value_text(tx, statement, row, 3)),
            .successor = arena_text(arena, pg_value_text(tx, statement, row, 4)),
        };
    }
    unit_sets_sort(sets);
}

/* So many are looked at in a transaction, whatever they are: none takes longer than a second. */
enum { RECOUNT_MAX = 50000 };

/* Of later days than any set that ended an area is what it is called. */
static const struct pg_statement recount_places = {
    "analytics_recount_places",
    "WITH next AS (SELECT id, area, district, day FROM fact "
    "WHERE id > $1::uuid ORDER BY id LIMIT "
    "$2::integer), "
    "marked AS (UPDATE fact f SET turn_at = now() FROM next WHERE f.id = next.id "
    "AND (next.district IS NOT NULL OR next.area IS NOT NULL "
    "AND next.day <= (SELECT last_day FROM unit_set_change))) "
    "SELECT id FROM next ORDER BY id DESC LIMIT 1"};

static const struct pg_statement put_counted = {"analytics_put_unit_sets_counted",
                                                "UPDATE turn SET unit_sets = $1::bigint"};

void store_recount_places(struct pg_tx *tx, const struct uuid *after)
{
    pg_tx_add(tx, &recount_places);
    pg_tx_uuid(tx, after);
    pg_tx_int4(tx, RECOUNT_MAX);
}

bool store_take_recounted(const struct pg_tx *tx, size_t statement, struct uuid *last)
{
    bool more = pg_rows(tx, statement) > 0;
    if (more) {
        *last = pg_value_uuid(tx, statement, 0, 0);
    }
    return more;
}

void store_put_unit_sets_counted(struct pg_tx *tx, int64_t number)
{
    pg_tx_add(tx, &put_counted);
    pg_tx_int8(tx, number);
}
